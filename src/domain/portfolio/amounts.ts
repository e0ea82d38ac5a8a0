// Checks that every amount a portfolio records is one its book can carry: a known currency, whole minor units.
import { currency, isCurrency } from '../kernel/currency.ts'
import { decimal, decimalText, halfEven } from '../kernel/decimal.ts'
import { refuse, type Warning } from '../kernel/refusal.ts'
import type { TradingCost } from './facts.ts'
import type { KnownInstrument, ReferenceKnowledge } from './reference-knowledge.ts'

/** @throws Refused `unknown-currency`. */
export function knownCurrency(code: string, field: string): void {
  if (isCurrency(code)) return
  refuse({
    code: 'unknown-currency',
    message: `${code} is not a currency this ledger knows`,
    field,
    remedy: 'use an ISO 4217 code in capitals such as "EUR"',
  })
}

/**
 * An amount of money in whole minor units of a known currency.
 * @throws Refused `unknown-currency`, `no-minor-unit`, `amount-too-fine`.
 */
export function wholeMinorUnits(amount: string, code: string, field: string): void {
  knownCurrency(code, field)
  const places = currency(code).minorUnits
  if (places === null) {
    refuse({
      code: 'no-minor-unit',
      message: `ISO 4217 gives ${code} no smallest unit, so no amount of it can be booked exactly`,
      field,
      remedy: 'keep it as an instrument with its own quantity places',
    })
  }
  if (placesOfText(amount) <= places) return
  refuse({
    code: 'amount-too-fine',
    message: `${amount} ${code} has more places than the currency's ${places}`,
    field,
    remedy: `state it in whole units of ${code}'s ${places === 0 ? 'unit' : `${places} decimal places`}, as it will be paid`,
  })
}

/** @throws Refused `quantity-too-fine`. */
export function fittingQuantity(quantity: string, instrument: KnownInstrument, field: string): void {
  if (placesOfText(quantity) <= instrument.quantityPlaces) return
  refuse({
    code: 'quantity-too-fine',
    message: `${instrument.id} is kept to ${instrument.quantityPlaces} places; ${quantity} has more`,
    field,
    remedy: `check the quantity, or raise the instrument's quantityPlaces to ${placesOfText(quantity)}`,
  })
}

/** Costs are in one of the currencies allowed. @throws Refused `cost-currency` and as {@link wholeMinorUnits}. */
export function costsIn(allowed: readonly string[], costs: readonly TradingCost[], field: string): void {
  costs.forEach((cost, i) => {
    wholeMinorUnits(cost.amount, cost.currency, `${field}.${i}.amount`)
    if (allowed.includes(cost.currency)) return
    refuse({
      code: 'cost-currency',
      message: `a cost of ${cost.amount} ${cost.currency} cannot be part of a trade in ${allowed.join(' and ')}`,
      field: `${field}.${i}.currency`,
      remedy: `state it in ${allowed.join(' or ')}, or record it as a fee of its own`,
    })
  })
}

/** price x quantity x multiplier in the currency's minor units, half to even. */
export function priced(price: string, quantity: string, multiplier: string, code: string): string {
  const exact = decimal(price).times(decimal(quantity)).times(decimal(multiplier))
  return decimalText(halfEven(exact, currency(code).minorUnits ?? 0))
}

/** What to say when the consideration is more than one minor unit away from the price; it is recorded as given either way. */
export function considerationWarning(given: string, expected: string, code: string): Warning[] {
  const places = currency(code).minorUnits ?? 0
  const unit = decimal(places === 0 ? '1' : `0.${'1'.padStart(places, '0')}`)
  if (decimal(given).minus(decimal(expected)).abs().lessThanOrEqualTo(unit)) return []
  return [
    {
      code: 'consideration-mismatch',
      message: `the consideration ${given} ${code} is not price x quantity x multiplier, ${expected}`,
      field: 'consideration',
      remedy: 'check the fill; it is booked at the consideration as given',
      details: { given, expected },
    },
  ]
}

/** What to say of a date on which the calendar is closed, or of a calendar that cannot tell. */
export function dayWarning(knowledge: ReferenceKnowledge, calendar: string, date: string, field: string): Warning[] {
  const open = knowledge.isBusinessDay(calendar, date)
  if (open === true) return []
  return open === false
    ? [
        {
          code: 'not-a-business-day',
          message: `${date} is not a business day of ${calendar}`,
          field,
          remedy: 'check the date',
        },
      ]
    : [{ code: 'calendar-unknown', message: `${calendar} says nothing about ${date}`, field, remedy: 'check the date' }]
}

function placesOfText(text: string): number {
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.length - point - 1
}
