// Every fact but a fill: recorded once under its reference, corrected to its newest terms, cancelled for good.
import { describe, it } from 'vitest'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import { type FactGiven, factGiven } from '../../../src/domain/portfolio/given.ts'
import { bust, given, knowledge, record } from './story.ts'

const cash = (changes: object = {}) => ({
  ref: 'C1',
  amount: '250',
  currency: 'USD',
  valueDate: '2025-03-10',
  ...changes,
})
const place = { sleeve: 'main', custodyAccount: 'main', cashAccount: 'main' }

function recorded(as: object, ref = 'C1'): PortfolioCommand {
  return { type: 'RecordFact', ref, as: parsed(as), knowledge }
}

function corrects(as: object, ref = 'C1', reason?: string): PortfolioCommand {
  return { type: 'CorrectFact', ref, as: parsed(as), knowledge, reason }
}

function parsed(as: object): FactGiven {
  return factGiven.parse(as)
}

const contribution = (changes: object = {}) => ({ type: 'CashContributed', cash: cash(changes) })

describe('a fact', () => {
  it('is named by its kind and its reference, and goes to the default places', () => {
    given()
      .when(recorded(contribution()))
      .records({ type: 'CashContributed', data: { fact: 'contribution:C1', cash: { ...cash(), ...place } } })
      .warned()
  })

  it.each([
    [{ type: 'CashWithdrawn', cash: cash() }, 'withdrawal:C1'],
    [{ type: 'FeeCharged', fee: 'custody', cash: cash() }, 'fee:C1'],
    [{ type: 'InterestReceived', cash: cash() }, 'interest:C1'],
    [{ type: 'InterestPaid', cash: cash() }, 'interest:C1'],
    [{ type: 'TaxPaid', tax: 'stamp', cash: cash() }, 'tax:C1'],
    [{ type: 'CashReceived', cash: cash(), settles: { kind: 'dividend', ref: 'D1' } }, 'receipt:C1'],
    [{ type: 'CashTransferred', cash: cash(), toCashAccount: 'margin', toSleeve: 'main' }, 'cash-transfer:C1'],
  ])('of each kind of cash keeps what it says: %o', (as, fact) => {
    const { type, ...rest } = as
    given()
      .when(recorded(as))
      .records({ type, data: { fact, ...rest, cash: { ...cash(), ...place } } })
  })

  it('sent again records nothing; with other content it is refused', () => {
    given(recorded(contribution()))
      .when(recorded(contribution({ amount: '250.00' })))
      .records()
    given(recorded(contribution()))
      .when(recorded(contribution({ amount: '251' })))
      .refused({ code: 'idempotency-conflict', details: { fact: 'contribution:C1' } })
  })

  it('sent again after its correction is still the same: a resubmission repeats what was first said', () => {
    given(recorded(contribution()), corrects(contribution({ amount: '251' })))
      .when(recorded(contribution()))
      .records()
  })

  it('is corrected to its newest terms, whole; the same terms again change nothing', () => {
    given(recorded(contribution()))
      .when(corrects(contribution({ amount: '251' }), 'C1', 'typo'))
      .records({
        type: 'FactCorrected',
        data: {
          fact: 'contribution:C1',
          reason: 'typo',
          as: { type: 'CashContributed', cash: { ...cash({ amount: '251' }), ...place } },
        },
      })
    given(recorded(contribution()), corrects(contribution({ amount: '251' })))
      .when(corrects(contribution({ amount: '251' }), 'C1', 'again'))
      .records()
  })

  it('of interest received may turn out to be interest paid', () => {
    given(recorded({ type: 'InterestReceived', cash: cash() }))
      .when(corrects({ type: 'InterestPaid', cash: cash() }))
      .records({
        type: 'FactCorrected',
        data: { fact: 'interest:C1', as: { type: 'InterestPaid', cash: { ...cash(), ...place } } },
      })
  })

  it('is cancelled once, and stays cancelled', () => {
    const cancel: PortfolioCommand = { type: 'CancelFact', fact: 'contribution:C1', reason: 'twice' }
    given(recorded(contribution()))
      .when(cancel)
      .records({ type: 'FactCancelled', data: { fact: 'contribution:C1', reason: 'twice' } })
    given(recorded(contribution()), cancel).when(cancel).records()
    given(recorded(contribution()), cancel)
      .when(corrects(contribution({ amount: '1' })))
      .refused({ code: 'fact-cancelled', remedy: 'record it anew under another reference' })
  })

  it('that nobody recorded cannot be corrected or cancelled, and a fill is busted instead', () => {
    given().when(corrects(contribution())).refused({ code: 'unknown-fact', field: 'fact' })
    given().when({ type: 'CancelFact', fact: 'fee:C9' }).refused({ code: 'unknown-fact' })
    given(record()).when({ type: 'CancelFact', fact: 'fill:BROKER:2025-03-10:X1' }).refused({ code: 'bust-the-fill' })
  })

  it('on a day that is not a business day is recorded with a warning', () => {
    given()
      .when(recorded(contribution({ valueDate: '2025-03-08' })))
      .warned('not-a-business-day')
  })

  it.each([
    ['before the portfolio opened', contribution({ valueDate: '2025-01-01' }), 'before-portfolio-opened', 'valueDate'],
    ['finer than a cent', contribution({ amount: '0.001' }), 'amount-too-fine', 'amount'],
    ['in whole yen and a half', contribution({ amount: '0.5', currency: 'JPY' }), 'amount-too-fine', 'amount'],
    ['in an unknown currency', contribution({ currency: 'ZZZ' }), 'unknown-currency', 'amount'],
    ['to an unknown account', contribution({ cashAccount: 'X' }), 'unknown-cash-account', 'cashAccount'],
    [
      'moved to where it is',
      { type: 'CashTransferred', cash: cash(), toCashAccount: 'main' },
      'transfer-to-itself',
      'toCashAccount',
    ],
    [
      'moved to nowhere',
      { type: 'CashTransferred', cash: cash(), toCashAccount: 'X' },
      'unknown-cash-account',
      'toCashAccount',
    ],
    [
      'settling something and standing alone',
      {
        type: 'CashReceived',
        cash: cash(),
        settles: { kind: 'coupon', ref: 'D1' },
        standalone: { income: 'interest' },
      },
      'settles-and-standalone',
      'standalone',
    ],
    [
      'from an unknown instrument',
      { type: 'CashReceived', cash: cash(), standalone: { income: 'dividends', instrument: 'NEW' } },
      'unknown-instrument',
      'standalone.instrument',
    ],
  ])('%s is refused', (_, as, code, field) => {
    given().when(recorded(as)).refused({ code, field })
  })
})

describe('an FX trade', () => {
  const fx = (changes: object = {}) => ({
    type: 'FxTraded',
    fx: {
      ref: 'F1',
      tradeDate: '2025-03-10',
      valueDate: '2025-03-12',
      sold: { amount: '5000', currency: 'EUR' },
      bought: { amount: '5600', currency: 'USD' },
      ...changes,
    },
  })

  it('is recorded with its two legs', () => {
    given()
      .when(recorded(fx(), 'F1'))
      .records({ type: 'FxTraded', data: { fact: 'fx:F1', fx: { ...fx().fx, costs: [], ...place } } })
  })

  it.each([
    ['in one currency', { bought: { amount: '1', currency: 'EUR' } }, 'same-currency', 'bought.currency'],
    ['with a value date before its trade date', { valueDate: '2025-03-07' }, 'value-before-trade', 'valueDate'],
    [
      'with a leg finer than its currency',
      { sold: { amount: '1.005', currency: 'EUR' } },
      'amount-too-fine',
      'sold.amount',
    ],
    [
      'with a cost in a third currency',
      { costs: [{ type: 'other', amount: '1', currency: 'GBP' }] },
      'cost-currency',
      'costs.0.currency',
    ],
  ])('%s is refused', (_, changes, code, field) => {
    given()
      .when(recorded(fx(changes), 'F1'))
      .refused({ code, field })
  })
})

describe('an opening balance', () => {
  const lot = { lot: 'L1', instrument: 'ABC', units: '10', cost: '900', currency: 'USD', acquiredOn: '2020-05-04' }
  const opening = (changes: object = {}) => ({
    type: 'OpeningBalanceDeclared',
    opening: { ref: 'O1', date: '2025-01-02', cash: [{ currency: 'USD', amount: '-5' }], lots: [lot], ...changes },
  })

  it('declares cash and lots with their history', () => {
    given()
      .when(recorded(opening(), 'O1'))
      .records({
        type: 'OpeningBalanceDeclared',
        data: {
          fact: 'opening:O1',
          opening: {
            ref: 'O1',
            date: '2025-01-02',
            cash: [{ currency: 'USD', amount: '-5', sleeve: 'main', cashAccount: 'main' }],
            lots: [{ ...lot, sleeve: 'main', custodyAccount: 'main' }],
          },
        },
      })
  })

  it.each([
    ['of nothing', { cash: [], lots: [] }, 'empty-opening', 'opening'],
    [
      'with a lot acquired after it',
      { lots: [{ ...lot, acquiredOn: '2025-01-03' }] },
      'acquired-after-opening',
      'lots.0.acquiredOn',
    ],
    ['with one lot twice', { lots: [lot, lot] }, 'duplicate-lot', 'lots.1.lot'],
    ['with a lot of no units', { lots: [{ ...lot, units: '0' }] }, 'no-units', 'lots.0.units'],
    ['of an unknown instrument', { lots: [{ ...lot, instrument: 'NEW' }] }, 'unknown-instrument', 'lots.0.instrument'],
    [
      'with a base cost finer than a cent',
      { lots: [{ ...lot, baseCost: '0.001' }] },
      'amount-too-fine',
      'lots.0.baseCost',
    ],
  ])('%s is refused', (_, changes, code, field) => {
    given()
      .when(recorded(opening(changes), 'O1'))
      .refused({ code, field })
  })
})

describe('identified lots', () => {
  const FILL = 'fill:BROKER:2025-03-10:X1'
  const sale = record({ side: 'sell' })
  const lots = (changes: object = {}) => ({
    type: 'LotsIdentified',
    fill: FILL,
    lots: [{ lot: 'L1', units: '10' }],
    algorithm: 'client',
    ...changes,
  })

  it('fix the relief of a fill that stands', () => {
    given(sale)
      .when(recorded(lots(), 'I1'))
      .records({
        type: 'LotsIdentified',
        data: { fact: 'lots:I1', fill: FILL, lots: [{ lot: 'L1', units: '10' }], algorithm: 'client' },
      })
  })

  it('are refused for a fill that is not there, is busted, has them already, or is smaller', () => {
    given().when(recorded(lots(), 'I1')).refused({ code: 'unknown-fill', field: 'fill' })
    given(sale, bust()).when(recorded(lots(), 'I1')).refused({ code: 'fill-busted', field: 'fill' })
    given(sale, recorded(lots(), 'I1')).when(recorded(lots(), 'I2')).refused({ code: 'lots-already-identified' })
    given(sale)
      .when(recorded(lots({ lots: [{ lot: 'L1', units: '11' }] }), 'I1'))
      .refused({ code: 'lots-exceed-quantity' })
  })

  it('can be identified anew once cancelled', () => {
    given(sale, recorded(lots(), 'I1'), { type: 'CancelFact', fact: 'lots:I1' })
      .when(recorded(lots(), 'I2'))
      .records({
        type: 'LotsIdentified',
        data: { fact: 'lots:I2', fill: FILL, lots: [{ lot: 'L1', units: '10' }], algorithm: 'client' },
      })
  })
})

describe('a policy change', () => {
  const change = (changes: object) => recorded({ type: 'PolicyChanged', effectiveOn: '2025-06-01', changes }, 'P1')

  it('names only what changes, from a date', () => {
    given()
      .when(change({ lotMethod: 'average' }))
      .records({
        type: 'PolicyChanged',
        data: { fact: 'policy:P1', effectiveOn: '2025-06-01', changes: { lotMethod: 'average' } },
      })
  })

  it('of nothing, or to a calendar or zone that is not there, is refused', () => {
    given().when(change({})).refused({ code: 'nothing-to-change', field: 'changes' })
    given()
      .when(change({ calendar: 'XMOON' }))
      .refused({ code: 'unknown-calendar', field: 'changes.calendar' })
    given()
      .when(change({ zone: 'Mars/Olympus' }))
      .refused({ code: 'unknown-time-zone', field: 'changes.zone' })
  })
})
