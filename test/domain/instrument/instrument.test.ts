// Instruments: what the book carries, who bears which identifier when, and what may still change.
import { describe, expect, it } from 'vitest'
import { instrumentChanges, instrumentGiven } from '../../../src/domain/instrument/given.ts'
import { type IdentifierSpan, spansOf } from '../../../src/domain/instrument/identifiers.ts'
import {
  type InstrumentCommand,
  instrument,
  type InstrumentKnowledge,
} from '../../../src/domain/instrument/instrument.ts'
import { story } from './story.ts'

/** Knows the calendar XNYS, the market US and the instrument CHILD; nobody else bears an identifier unless `others` says so. */
const knowing = (...others: { instrument: string; span: IdentifierSpan }[]): InstrumentKnowledge => ({
  knowsInstrument: (id) => id === 'CHILD',
  knowsCalendar: (id) => id === 'XNYS',
  knowsMarket: (id) => id === 'US',
  bearers: (scheme, value, market) =>
    others.filter(({ span }) => span.scheme === scheme && span.value === value && span.market === market),
})
const knowledge = knowing()

const given = (changes: object = {}) =>
  instrumentGiven.parse({
    instrument: 'ABC',
    name: 'ABC Inc',
    type: 'equity',
    currency: 'USD',
    market: 'US',
    tradingCalendar: 'XNYS',
    ...changes,
  })
const register = (changes: object = {}, known = knowledge): InstrumentCommand => ({
  type: 'RegisterInstrument',
  terms: given(changes),
  knowledge: known,
})
const amend = (changes: object): InstrumentCommand => ({
  type: 'AmendInstrument',
  changes: instrumentChanges.parse(changes),
  knowledge,
})
const ticker = (value: string, from?: string) => ({
  scheme: 'ticker' as const,
  value,
  market: 'XNYS',
  ...(from ? { from } : {}),
})
const assign = (value: string, from?: string, known = knowledge): InstrumentCommand => ({
  type: 'AssignIdentifier',
  identifier: ticker(value, from),
  knowledge: known,
})

const having = story(instrument)

describe('an instrument', () => {
  it('is registered with its terms, whole shares and a multiplier of 1 unless stated', () => {
    having().when(register()).records({ type: 'InstrumentRegistered', data: given() })
    expect(given()).toMatchObject({ multiplier: '1', quantityPlaces: 0, identifiers: [], classifications: [] })
  })

  it('registered again on the same terms records nothing, on others it is refused', () => {
    having(register()).when(register()).records()
    having(register())
      .when(register({ name: 'Other' }))
      .refused({ code: 'idempotency-conflict' })
  })

  it.each(['fx-forward', 'right', 'warrant', 'swap', 'cds'])(
    'of type %s is refused: the book does not carry it yet',
    (type) => {
      having().when(register({ type })).refused({ code: 'unsupported-instrument', field: 'type' })
    },
  )

  it('of type future needs the terms of one, and no other type may have them', () => {
    const future = { underlying: 'SPX', expiry: '2025-06-20', settlement: 'cash' } as const
    having()
      .when(register({ type: 'future', multiplier: '50', future }))
      .records({ type: 'InstrumentRegistered', data: given({ type: 'future', multiplier: '50', future }) })
    having()
      .when(register({ type: 'future' }))
      .refused({ code: 'terms-required', field: 'future' })
    having()
      .when(register({ type: 'equity', future }))
      .refused({ code: 'terms-not-expected', field: 'future' })
  })

  const bond = {
    rate: '0.05',
    frequency: 2,
    dayCount: '30/360-ISDA',
    issueDate: '2024-01-27',
    maturityDate: '2030-07-27',
  } as const

  it.each([
    [{ rate: undefined }, 'contradictory-terms', 'bond.rate'],
    [{ maturityDate: undefined }, 'contradictory-terms', 'bond.maturityDate'],
    [{ maturityDate: '2024-01-26' }, 'dates-out-of-order', 'bond.maturityDate'],
    [{ firstCouponDate: '2031-01-27' }, 'dates-out-of-order', 'bond.firstCouponDate'],
    [{ defaultedOn: '2023-01-27' }, 'dates-out-of-order', 'bond.defaultedOn'],
    [{ paymentCalendar: 'MOON' }, 'unknown-calendar', 'bond.paymentCalendar'],
  ])('that is a bond with %o is refused', (changes, code, field) => {
    const { rate, ...rest } = { ...bond, ...changes }
    const terms = { ...rest, ...(rate === undefined ? {} : { rate }) }
    having()
      .when(register({ type: 'bond', bond: JSON.parse(JSON.stringify(terms)) }))
      .refused({ code, field })
  })

  it('that is a bond has its running terms fixed from a day on; the same again changes nothing, another value counts', () => {
    const fixed = (value: string) =>
      ({ type: 'RecordFixing', fixing: { kind: 'coupon-rate', from: '2025-01-27', value } }) as const
    const known = register({ type: 'bond', bond })
    const fixing = { kind: 'coupon-rate', from: '2025-01-27', value: '0.04' }
    having(known)
      .when(fixed('0.04'))
      .records({ type: 'FixingRecorded', data: { instrument: 'ABC', fixing } })
    having(known, fixed('0.04')).when(fixed('0.04')).records()
    having(register()).when(fixed('0.04')).refused({ code: 'fixing-not-expected' })
  })

  it.each(['equity', 'etf', 'fund', 'adr', 'crypto'])('of type %s is carried', (type) => {
    having()
      .when(register({ type }))
      .records({ type: 'InstrumentRegistered', data: given({ type }) })
  })

  it.each([
    [{ currency: 'QQQ' }, 'unknown-currency', 'currency'],
    [{ market: 'MOON' }, 'unknown-market', 'market'],
    [{ tradingCalendar: 'XMOON' }, 'unknown-calendar', 'tradingCalendar'],
    [{ identifiers: [{ scheme: 'isin', value: 'US0378331006' }] }, 'wrong-check-digit', 'identifiers.0.value'],
    [{ identifiers: [{ scheme: 'ticker', value: 'ABC' }] }, 'market-required', 'identifiers.0.market'],
  ])('with %o is refused', (changes, code, field) => {
    having().when(register(changes)).refused({ code, field })
  })

  it('is amended in what is named; the same again changes nothing', () => {
    having(register())
      .when(amend({ name: 'ABC plc' }))
      .records({ type: 'InstrumentAmended', data: { instrument: 'ABC', changes: { name: 'ABC plc' } } })
    having(register())
      .when(amend({ name: 'ABC Inc' }))
      .records()
    having()
      .when(amend({ name: 'x' }))
      .refused({ code: 'unknown-instrument' })
  })

  it('may get more places for its quantities, never fewer: some may be recorded', () => {
    having(register({ quantityPlaces: 3 }))
      .when(amend({ quantityPlaces: 6 }))
      .warned()
    having(register({ quantityPlaces: 3 }))
      .when(amend({ quantityPlaces: 2 }))
      .refused({ code: 'quantity-places-lowered', field: 'changes.quantityPlaces' })
  })

  it('is classified from a date; the same again changes nothing', () => {
    const classify = (code: string): InstrumentCommand => ({
      type: 'ClassifyInstrument',
      classification: { taxonomy: 'GICS', code, from: '2025-01-01' },
    })
    having(register()).when(classify('45')).warned()
    having(register(), classify('45')).when(classify('45')).records()
    having(register(), classify('45')).when(classify('50')).warned()
  })
})

describe('an identifier', () => {
  it('names an instrument until the day before the next of its scheme and market', () => {
    expect(spansOf([ticker('OLD'), ticker('NEW', '2025-03-01'), { scheme: 'isin', value: 'X' }])).toStrictEqual([
      { scheme: 'ticker', value: 'OLD', market: 'XNYS', from: null, to: '2025-02-28' },
      { scheme: 'ticker', value: 'NEW', market: 'XNYS', from: '2025-03-01', to: null },
      { scheme: 'isin', value: 'X', market: null, from: null, to: null },
    ])
  })

  it('assigned once is there; withdrawn, it never was', () => {
    const withdraw: InstrumentCommand = {
      type: 'WithdrawIdentifier',
      identifier: ticker('ABC'),
      knowledge,
      reason: 'typo',
    }
    having(register())
      .when(assign('ABC'))
      .records({ type: 'IdentifierAssigned', data: { instrument: 'ABC', identifier: ticker('ABC') } })
    having(register(), assign('ABC')).when(assign('ABC')).records()
    having(register(), assign('ABC'))
      .when(withdraw)
      .records({ type: 'IdentifierWithdrawn', data: { instrument: 'ABC', identifier: ticker('ABC'), reason: 'typo' } })
    having(register()).when(withdraw).records()
  })

  it('that another instrument bears on one of the days is refused', () => {
    // ZED bore the ticker until the end of February.
    const zed = {
      instrument: 'ZED',
      span: { scheme: 'ticker', value: 'T', market: 'XNYS', from: null, to: '2025-02-28' },
    }
    having(register())
      .when(assign('T', '2025-02-28', knowing(zed)))
      .refused({ code: 'identifier-taken', details: { instrument: 'ZED' } })
    having(register())
      .when(assign('T', '2025-03-01', knowing(zed)))
      .warned()
    having()
      .when(register({ identifiers: [ticker('T')] }, knowing(zed)))
      .refused({ code: 'identifier-taken' })
  })
})
