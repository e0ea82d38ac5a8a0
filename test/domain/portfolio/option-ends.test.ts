// The end of an option: what it delivers and when follows from the option's terms, and is recorded as decided.
import { describe, it } from 'vitest'
import type { OptionTerms } from '../../../src/domain/instrument/life-terms.ts'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import { factGiven } from '../../../src/domain/portfolio/given.ts'
import type { KnownInstrument } from '../../../src/domain/portfolio/reference-knowledge.ts'
import { given, knowing } from './story.ts'

const OPTION: OptionTerms = {
  underlying: 'UND',
  right: 'call',
  strike: '52.5',
  strikeCurrency: 'USD',
  expiry: '2025-06-20',
  style: 'european',
  settlement: 'physical',
}
const place = { sleeve: 'main', custodyAccount: 'main', cashAccount: 'main' }

function instrument(id: string, more: Partial<KnownInstrument>): KnownInstrument {
  const plain = {
    type: 'equity',
    currency: 'USD',
    multiplier: '1',
    quantityPlaces: 0,
    market: 'US',
    tradingCalendar: 'XNYS',
  }
  return { id, ...plain, ...more }
}

function ended(
  changes: object,
  terms: Partial<OptionTerms> = {},
  underlying: Partial<KnownInstrument> = {},
): PortfolioCommand {
  const option = instrument('OPT', { type: 'option', multiplier: '100', option: { ...OPTION, ...terms } })
  const said = {
    ref: 'x',
    date: '2025-06-20',
    instrument: 'OPT',
    outcome: 'exercise',
    quantity: '2',
    settlementDate: '2025-06-23',
    ...changes,
  }
  return {
    type: 'RecordFact',
    ref: 'x',
    as: factGiven.parse({ type: 'OptionEnded', option: said }),
    knowledge: knowing(option, instrument('UND', underlying), instrument('STK', {})),
  }
}

const whole = {
  ref: 'x',
  date: '2025-06-20',
  instrument: 'OPT',
  outcome: 'exercise',
  side: 'long',
  quantity: '2',
  costs: [],
  settlementDate: '2025-06-23',
  ...place,
}

describe('the end of an option', () => {
  it.each([
    ['exercise', 'call', 'long', 'buy'],
    ['exercise', 'put', 'long', 'sell'],
    ['assignment', 'call', 'short', 'sell'],
    ['assignment', 'put', 'short', 'buy'],
  ] as const)('by %s of a %s (%s) is a %s of the underlying at the strike', (outcome, right, side, trade) => {
    // 2 x 100 at 52.50
    const delivery = {
      instrument: 'UND',
      side: trade,
      quantity: '200',
      price: '52.5',
      amount: '10500',
      currency: 'USD',
    }
    given()
      .when(ended({ outcome }, { right }))
      .records({ type: 'OptionEnded', data: { fact: 'option:x', option: { ...whole, outcome, side, delivery } } })
  })

  it('by expiry delivers nothing, of a bought or a written one as is said', () => {
    given()
      .when(ended({ outcome: 'expiry', side: 'short' }))
      .records({
        type: 'OptionEnded',
        data: { fact: 'option:x', option: { ...whole, outcome: 'expiry', side: 'short' } },
      })
    given()
      .when(ended({ outcome: 'expiry' }))
      .refused({ code: 'side-required', field: 'side' })
  })

  it('settled in cash pays what is stated', () => {
    const cash = { amount: '1200', currency: 'USD' }
    given()
      .when(ended({ cash }, { settlement: 'cash' }))
      .records({ type: 'OptionEnded', data: { fact: 'option:x', option: { ...whole, cash } } })
    given()
      .when(ended({}, { settlement: 'cash' }))
      .refused({ code: 'cash-required', field: 'cash' })
    given().when(ended({ cash })).refused({ code: 'cash-not-expected', field: 'cash' })
  })

  it.each([
    [{ instrument: 'STK' }, {}, 'not-an-option', 'instrument'],
    [{ instrument: 'NONE' }, {}, 'unknown-instrument', 'instrument'],
    [{ side: 'short' }, {}, 'contradictory-outcome', 'side'],
    [{ date: '2025-06-19' }, {}, 'not-exercisable', 'date'],
    [{ date: '2025-06-23' }, { style: 'american' }, 'after-expiry', 'date'],
    [{ date: '2025-06-19', outcome: 'expiry', side: 'long' }, {}, 'before-expiry', 'date'],
    [{}, { underlying: 'NONE' }, 'unknown-underlying', 'instrument'],
    [{ quantity: '1.5' }, {}, 'quantity-too-fine', 'quantity'],
    [{ lots: [{ lot: 'fill:B:2025-03-03:B', units: '3' }] }, {}, 'lots-exceed-quantity', 'lots'],
  ] as const)('that says %o of an option of %o is refused', (changes, terms, code, field) => {
    given().when(ended(changes, terms)).refused({ code, field })
  })

  it('on a future is refused: a contract has no cost that the premium could be part of', () => {
    const future = { underlying: 'SPX', expiry: '2025-06-20', settlement: 'cash' } as const
    given()
      .when(ended({}, {}, { type: 'future', future }))
      .refused({ code: 'option-on-contract', field: 'outcome' })
  })
})
