// Corporate actions: announced, amended, cancelled; terms that contradict themselves are refused before the fold can meet them.
import { describe, it } from 'vitest'
import { actionGiven, instrumentGiven } from '../../../src/domain/instrument/given.ts'
import {
  type InstrumentCommand,
  instrument,
  type InstrumentKnowledge,
} from '../../../src/domain/instrument/instrument.ts'
import { story } from './story.ts'

const knowledge: InstrumentKnowledge = {
  knowsInstrument: (id) => id === 'CHILD',
  knowsCalendar: () => true,
  knowsMarket: () => true,
  bearers: () => [],
}

const register: InstrumentCommand = {
  type: 'RegisterInstrument',
  terms: instrumentGiven.parse({
    instrument: 'ABC',
    name: 'ABC',
    type: 'equity',
    currency: 'USD',
    market: 'US',
    tradingCalendar: 'XNYS',
  }),
  knowledge,
}

const cash = { kind: 'cash', leg: 1, income: 'dividend', currency: 'USD', perUnit: '0.50' }
const security = (changes: object = {}) => ({
  kind: 'security',
  leg: 1,
  instrument: 'ABC',
  ratio: { numerator: '2', denominator: '1' },
  replaces: true,
  holdingPeriod: 'keep',
  fractions: 'keep',
  ...changes,
})
const dividend = {
  action: 'D1',
  caev: 'DVCA',
  exDate: '2025-03-10',
  recordDate: '2025-03-10',
  payDate: '2025-03-24',
  legs: [cash],
}
const split = { action: 'S1', caev: 'SPLF', exDate: '2025-03-10', legs: [security()] }
const child = (changes: object = {}) =>
  security({
    instrument: 'CHILD',
    replaces: false,
    ratio: { numerator: '1', denominator: '4' },
    basisShare: '0.2',
    ...changes,
  })
const spin = { action: 'X1', caev: 'SOFF', exDate: '2025-03-10', legs: [child()] }

const choice = {
  action: 'V1',
  caev: 'DVOP',
  exDate: '2025-03-10',
  legs: [],
  options: [
    { option: 1, caop: 'CASH', default: true, legs: [cash] },
    {
      option: 2,
      caop: 'SECU',
      legs: [
        security({
          leg: 2,
          replaces: false,
          ratio: { numerator: '1', denominator: '40' },
          income: 'dividend',
          value: { price: '20', currency: 'USD' },
        }),
      ],
    },
  ],
}

const announce = (terms: object): InstrumentCommand => ({
  type: 'AnnounceAction',
  terms: actionGiven.parse(terms),
  knowledge,
})
const amends = (terms: object): InstrumentCommand => ({
  type: 'AmendAction',
  terms: actionGiven.parse(terms),
  knowledge,
})
const cancel = (action: string): InstrumentCommand => ({ type: 'CancelAction', action })
const having = story(instrument)

describe('a corporate action', () => {
  it.each([
    ['a cash dividend', dividend],
    ['a split', split],
    ['a reverse split', { ...split, caev: 'SPLR', legs: [security({ ratio: { numerator: '1', denominator: '10' } })] }],
    ['a spin-off', spin],
    ['a spin-off whose basis is not published yet', { ...spin, legs: [child({ basisShare: 'unknown' })] }],
    ['a dividend with a choice', choice],
    ['a return of capital', { ...dividend, caev: 'CAPD', legs: [{ ...cash, income: 'capital' }] }],
    ['suspended trading, which does nothing', { action: 'I1', caev: 'SUSP', exDate: '2025-03-10', legs: [] }],
    [
      'a bonus issue',
      {
        ...split,
        caev: 'BONU',
        legs: [security({ replaces: false, ratio: { numerator: '1', denominator: '4' }, basisShare: '0.2' })],
      },
    ],
  ])('may be %s', (_, terms) => {
    having(register)
      .when(announce(terms))
      .records({ type: 'CorporateActionAnnounced', data: { instrument: 'ABC', terms: actionGiven.parse(terms) } })
  })

  it('announced again on the same terms records nothing, also after it was amended; on others it is refused', () => {
    const amended = { ...dividend, payDate: '2025-03-25' }
    having(register, announce(dividend), amends(amended)).when(announce(dividend)).records()
    having(register, announce(dividend))
      .when(announce(amended))
      .refused({ code: 'idempotency-conflict', details: { fact: 'ca:ABC:D1' } })
  })

  it('is amended to its newest terms, whole', () => {
    const amended = { ...dividend, legs: [{ ...cash, perUnit: '0.55' }] }
    having(register, announce(dividend))
      .when(amends(amended))
      .records({ type: 'CorporateActionAmended', data: { instrument: 'ABC', terms: actionGiven.parse(amended) } })
    having(register, announce(dividend))
      .when(amends({ ...dividend, legs: [{ ...cash, perUnit: '0.5' }] }))
      .records()
    having(register, announce(dividend))
      .when(amends({ ...split, action: 'D1' }))
      .refused({ code: 'caev-changed' })
    having(register).when(amends(dividend)).refused({ code: 'unknown-action' })
  })

  it('is cancelled for good', () => {
    having(register, announce(dividend))
      .when(cancel('D1'))
      .records({ type: 'CorporateActionCancelled', data: { instrument: 'ABC', action: 'D1' } })
    having(register, announce(dividend), cancel('D1')).when(cancel('D1')).records()
    having(register, announce(dividend), cancel('D1'))
      .when(amends({ ...dividend, payDate: '2025-04-01' }))
      .refused({ code: 'action-cancelled' })
    having(register).when(cancel('D1')).refused({ code: 'unknown-action' })
  })

  it.each([
    ['of a code that does not exist', { ...dividend, caev: 'ABCD' }, 'unknown-action-code', 'caev'],
    ['an offer without options', { ...dividend, caev: 'TEND', legs: [] }, 'contradictory-terms', 'options'],
    ['information that does something', { ...dividend, caev: 'INFO' }, 'contradictory-terms', 'legs'],
    ['that does nothing', { ...dividend, legs: [] }, 'contradictory-terms', 'legs'],
    [
      'a dividend that sells',
      { ...dividend, legs: [{ ...cash, income: 'sale' }] },
      'contradictory-terms',
      'legs.0.income',
    ],
    [
      'a dividend that is not paid',
      { ...dividend, legs: [{ ...cash, notional: true }] },
      'contradictory-terms',
      'legs.0.notional',
    ],
    [
      'boot beside units of no stated value',
      {
        ...dividend,
        caev: 'MRGR',
        legs: [
          { ...cash, income: 'boot' },
          { ...child({ replaces: true }), leg: 2 },
        ],
      },
      'contradictory-terms',
      'legs',
    ],
    [
      'units that go twice',
      {
        ...dividend,
        caev: 'MRGR',
        legs: [
          { ...cash, income: 'sale' },
          { ...child({ replaces: true }), leg: 2 },
        ],
      },
      'contradictory-terms',
      'legs',
    ],
    [
      'income in units whose value nobody states',
      { ...dividend, caev: 'DVSE', legs: [security({ replaces: false, income: 'dividend' })] },
      'contradictory-terms',
      'legs.0.value',
    ],
    [
      'more units surrendered than held',
      {
        ...dividend,
        caev: 'PCAL',
        legs: [{ ...cash, income: 'sale', surrenders: { numerator: '2', denominator: '1' } }],
      },
      'contradictory-terms',
      'legs.0.surrenders',
    ],
    [
      'more of the cost repaid than there is',
      { ...dividend, caev: 'PRED', legs: [{ ...cash, income: 'principal', costShare: '1.5' }] },
      'rate-over-one',
      'legs.0.costShare',
    ],
    [
      'a choice without a default',
      { ...choice, options: choice.options.map(({ default: _, ...option }) => option) },
      'default-option',
      'options',
    ],
    [
      'a choice with two defaults',
      { ...choice, options: choice.options.map((option) => ({ ...option, default: true })) },
      'default-option',
      'options',
    ],
    [
      'options out of count',
      { ...choice, options: choice.options.map((option) => ({ ...option, option: 3 })) },
      'option-misnumbered',
      'options.0.option',
    ],
    [
      "a custodian's deadline after the market's",
      { ...choice, responseDeadline: '2025-03-08', marketDeadline: '2025-03-07' },
      'dates-out-of-order',
      'responseDeadline',
    ],
    [
      'elections that end before it is announced',
      { ...choice, announcedOn: '2025-03-08', marketDeadline: '2025-03-07' },
      'dates-out-of-order',
      'marketDeadline',
    ],
    ['that pays before its ex-date', { ...dividend, payDate: '2025-03-07' }, 'dates-out-of-order', 'payDate'],
    ['that pays before its record date', { ...dividend, recordDate: '2025-03-25' }, 'dates-out-of-order', 'payDate'],
    ['with legs out of count', { ...dividend, legs: [{ ...cash, leg: 2 }] }, 'legs-misnumbered', 'legs.0.leg'],
    [
      'in an unknown currency',
      { ...dividend, legs: [{ ...cash, currency: 'QQQ' }] },
      'unknown-currency',
      'legs.0.currency',
    ],
    [
      'withholding more than all',
      { ...dividend, legs: [{ ...cash, withholding: { statutory: '15', treaty: '0.15' } }] },
      'rate-over-one',
      'legs.0.withholding.statutory',
    ],
    ['a dividend that gives shares', { ...dividend, legs: [security()] }, 'contradictory-terms', 'legs.0.kind'],
    [
      'a split that gives fewer',
      { ...split, legs: [security({ ratio: { numerator: '1', denominator: '2' } })] },
      'contradictory-terms',
      'legs.0.ratio',
    ],
    ['a reverse split that gives more', { ...split, caev: 'SPLR' }, 'contradictory-terms', 'legs.0.ratio'],
    [
      'a split one for one',
      { ...split, legs: [security({ ratio: { numerator: '3', denominator: '3' } })] },
      'contradictory-terms',
      'legs.0.ratio',
    ],
    [
      'a split into something else',
      { ...split, legs: [security({ instrument: 'CHILD' })] },
      'contradictory-terms',
      'legs.0',
    ],
    [
      'a split that keeps the old units',
      { ...split, legs: [security({ replaces: false })] },
      'contradictory-terms',
      'legs.0',
    ],
    [
      'a spin-off that says nothing of cost',
      { ...spin, legs: [child({ basisShare: undefined })] },
      'contradictory-terms',
      'legs.0.basisShare',
    ],
    ['a spin-off of itself', { ...spin, legs: [child({ instrument: 'ABC' })] }, 'contradictory-terms', 'legs.0'],
    [
      'a spin-off of an instrument nobody knows',
      { ...spin, legs: [child({ instrument: 'NEW' })] },
      'unknown-instrument',
      'legs.0.instrument',
    ],
    [
      'that takes more than the whole cost',
      { ...spin, legs: [child({ basisShare: '0.6' }), { ...child({ basisShare: '0.5' }), leg: 2 }] },
      'basis-over-one',
      'legs',
    ],
    [
      'a bonus of something else',
      { ...split, caev: 'BONU', legs: [child({ basisShare: undefined })] },
      'contradictory-terms',
      'legs.0.instrument',
    ],
  ])('%s is refused', (_, terms, code, field) => {
    having(register)
      .when(announce(terms))
      .refused({ code, field: `terms.${field}` })
  })
})

describe('interest and maturity of an instrument that pays by its terms', () => {
  const fivePercent = { rate: '0.05', frequency: 2, maturityDate: '2030-06-15' }
  const bond = (pays: object = fivePercent): InstrumentCommand => ({
    type: 'RegisterInstrument',
    terms: instrumentGiven.parse({
      instrument: 'ABC',
      name: 'ABC 5 % 2030',
      type: 'bond',
      currency: 'USD',
      market: 'US',
      tradingCalendar: 'XNYS',
      bond: { dayCount: '30/360-ISDA', issueDate: '2020-06-15', ...pays },
    }),
    knowledge,
  })
  const interest = { action: 'I1', caev: 'INTR', exDate: '2025-06-15', legs: [{ ...cash, income: 'interest' }] }
  const maturity = {
    action: 'M1',
    caev: 'REDM',
    exDate: '2030-06-15',
    legs: [{ ...cash, income: 'sale', perUnit: '1' }],
  }

  it('are not announced too: they would be booked twice', () => {
    const refused = { code: 'paid-by-terms', field: 'terms.caev' }
    having(bond()).when(announce(interest)).refused(refused)
    having(bond()).when(announce(maturity)).refused(refused)
  })

  it('are actions where the terms do not pay: no rate, no maturity, or after the default', () => {
    having(bond({ frequency: 0, maturityDate: '2030-06-15' }))
      .when(announce(interest))
      .warned()
    const perpetual = { rate: '0.05', frequency: 2, firstCouponDate: '2020-12-15' }
    having(bond(perpetual)).when(announce(maturity)).warned()
    having(bond({ ...fivePercent, defaultedOn: '2025-01-02' }))
      .when(announce(interest))
      .warned()
    having(bond({ ...fivePercent, defaultedOn: '2025-07-01' }))
      .when(announce(interest))
      .refused({ code: 'paid-by-terms' })
    having(register).when(announce(interest)).warned()
  })
})
