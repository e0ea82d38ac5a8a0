// From a fill as given to the terms the log records: first what needs only the portfolio, then what needs the instrument.
import { defined } from '../kernel/defined.ts'
import { decimal, decimalText, ZERO } from '../kernel/decimal.ts'
import { refuse, type Warning } from '../kernel/refusal.ts'
import { considerationWarning, costsIn, dayWarning, fittingQuantity, priced, wholeMinorUnits } from './amounts.ts'
import type { FillTerms, ParkedFillTerms } from './facts.ts'
import type { FillGiven } from './given.ts'
import { placesOf } from './places.ts'
import type { KnownInstrument, ReferenceKnowledge } from './reference-knowledge.ts'
import type { PortfolioState } from './state.ts'

/**
 * The fill with its places, checked as far as the portfolio alone can: what a parked fill holds.
 * @throws Refused as placesOf and amounts.ts, `settlement-amount-required`, `settlement-amount-not-expected`,
 * `lots-exceed-quantity`, `duplicate-lot`, `before-portfolio-opened`.
 */
export function drafted(state: PortfolioState, given: FillGiven): ParkedFillTerms {
  const { instrument, consideration, settlement, ...rest } = given
  const { currency } = rest
  onOrAfterOpening(state, rest.tradeDate, 'tradeDate')
  wholeMinorUnits('0', currency, 'currency')
  if (consideration !== 'from-price') wholeMinorUnits(consideration, currency, 'consideration')
  if (rest.accruedInterest !== undefined) wholeMinorUnits(rest.accruedInterest, currency, 'accruedInterest')
  costsIn([currency], rest.costs, 'costs')
  const settles = { ...settlement, currency: settlement.currency ?? currency }
  checkSettlement(settles, currency)
  if (rest.lots !== undefined) checkLots(rest.lots, rest.quantity)
  return defined({
    ...rest,
    ...placesOf(state, given, ''),
    named: instrument,
    consideration: consideration === 'from-price' ? undefined : consideration,
    settlement: settles,
  })
}

/** @throws Refused `before-portfolio-opened`. */
export function onOrAfterOpening(state: PortfolioState, date: string, field: string): void {
  const openedOn = state.opened?.openedOn ?? date
  if (date >= openedOn) return
  refuse({
    code: 'before-portfolio-opened',
    message: `${date} is before the portfolio opened on ${openedOn}; its policies say nothing about that day`,
    field,
    remedy: 'check the date, or bring the history in as an opening balance with its lots',
  })
}

/** @throws Refused when the settlement amount does not fit the currencies. */
function checkSettlement(settlement: ParkedFillTerms['settlement'], currency: string): void {
  if (settlement.currency === currency) {
    if (settlement.amount === undefined) return
    refuse({
      code: 'settlement-amount-not-expected',
      message: `it settles in ${currency}, the currency it trades in: the amount follows from consideration and costs`,
      field: 'settlement.amount',
      remedy: 'leave settlement.amount out, or name the other currency it settles in',
    })
  }
  if (settlement.amount === undefined) {
    refuse({
      code: 'settlement-amount-required',
      message: `it trades in ${currency} and settles in ${settlement.currency}: no rate of ours may stand for the broker's`,
      field: 'settlement.amount',
      remedy: `state the net amount in ${settlement.currency} (FIX 119)`,
    })
  }
  wholeMinorUnits(settlement.amount, settlement.currency, 'settlement.amount')
}

/** @throws Refused `duplicate-lot`, `lots-exceed-quantity`. */
export function checkLots(
  lots: readonly { readonly lot: string; readonly units: string }[],
  quantity: string | null,
): void {
  const twice = lots.findIndex(({ lot }, i) => lots.findIndex((other) => other.lot === lot) !== i)
  if (twice >= 0) {
    const field = `lots.${twice}.lot`
    refuse({
      code: 'duplicate-lot',
      message: `lot ${lots[twice]?.lot} is chosen twice`,
      field,
      remedy: 'name each lot once',
    })
  }
  if (quantity === null) return
  const chosen = lots.reduce((sum, { units }) => sum.plus(decimal(units)), ZERO)
  if (chosen.lessThanOrEqualTo(decimal(quantity))) return
  refuse({
    code: 'lots-exceed-quantity',
    message: `the chosen lots hold ${decimalText(chosen)} units, more than the ${quantity} of the fill`,
    field: 'lots',
    remedy: 'choose no more units than the fill has',
  })
}

/** A draft as its message gave it, for the second step. */
export type Finished =
  | { readonly known: true; readonly terms: FillTerms; readonly warnings: readonly Warning[] }
  | { readonly known: false; readonly because: 'unknown-instrument' | 'ambiguous-instrument' }

/**
 * The whole terms, once the instrument is known; `instead` is an instrument id that a person says is meant.
 * @throws Refused `quantity-too-fine`, `settlement-date-required`, `amount-too-fine`.
 */
export function finished(draft: ParkedFillTerms, knowledge: ReferenceKnowledge, instead?: string): Finished {
  const asked = instead === undefined ? draft.named : ({ scheme: 'id', value: instead } as const)
  const instrument = knowledge.instrument(asked, draft.tradeDate)
  if (instrument === 'unknown') return { known: false, because: 'unknown-instrument' }
  if (instrument === 'ambiguous') return { known: false, because: 'ambiguous-instrument' }
  fittingQuantity(draft.quantity, instrument, 'quantity')
  const { named, settlement, ...rest } = draft
  const plain = named.scheme === 'id' && named.value === instrument.id
  const expected = priced(rest.price, rest.quantity, instrument.multiplier, rest.currency)
  const settles = settlementOf(draft, instrument, knowledge)
  const warnings = [
    ...dayWarning(knowledge, instrument.tradingCalendar, rest.tradeDate, 'tradeDate'),
    ...(rest.consideration === undefined ? [] : considerationWarning(rest.consideration, expected, rest.currency)),
    ...(draft.accruedInterest === undefined ? interestWarning(instrument) : []),
    ...settles.warnings,
  ]
  const terms = defined({
    ...rest,
    instrument: instrument.id,
    named: plain ? undefined : named,
    consideration: rest.consideration ?? expected,
    considerationFrom: rest.consideration === undefined ? ('price' as const) : undefined,
    settlement: settles.settlement,
  })
  return { known: true, terms, warnings }
}

/** A bond that bears interest is traded with the interest that accrued, or flat: which of them, only the sender knows. */
function interestWarning({ id, bond }: KnownInstrument): Warning[] {
  if (bond?.rate === undefined) return []
  return [
    {
      code: 'accrued-interest-missing',
      message: `${id} bears interest, and the fill says nothing of what accrued: it is booked as traded flat`,
      field: 'accruedInterest',
      remedy: 'state it (FIX 159), "0" when it trades flat',
    },
  ]
}

function settlementOf(
  { settlement, tradeDate, currency }: ParkedFillTerms,
  instrument: KnownInstrument,
  knowledge: ReferenceKnowledge,
): { readonly settlement: FillTerms['settlement']; readonly warnings: readonly Warning[] } {
  const { date, ...rest } = settlement
  if (date !== undefined) {
    const warnings: Warning[] = []
    if (date < tradeDate) {
      warnings.push({
        code: 'settles-before-trade',
        message: `it settles on ${date}, before it trades on ${tradeDate}; it is booked as settled on its trade date`,
        field: 'settlement.date',
        remedy: 'check the date',
      })
    }
    return { settlement: { ...rest, date, given: true }, warnings }
  }
  const derived = knowledge.settlementDate(instrument, tradeDate, [...new Set([currency, rest.currency])])
  if (derived.ok) return { settlement: { ...rest, date: derived.date, given: false }, warnings: [] }
  return refuse({
    code: 'settlement-date-required',
    message: `no settlement date can be derived: ${derived.refusal.message}`,
    field: 'settlement.date',
    remedy: 'state settlement.date (FIX 64)',
  })
}
