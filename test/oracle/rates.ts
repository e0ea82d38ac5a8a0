// Rates as exact fractions: functional currency per unit of another, from the policy's series, or null when not known.
import { type Base, Decimal, decimal, money } from './arithmetic.ts'
import { type Holidays, lastOpenDay } from './days.ts'
import { type Knowledge, rateKey } from './knowledge.ts'
import type { Policy } from './shapes.ts'

export interface Rate {
  readonly numerator: Decimal
  readonly denominator: Decimal
}
export const ONE: Rate = { numerator: new Decimal(1), denominator: new Decimal(1) }
export const rateOf = (text: string): Rate => ({ numerator: decimal(text), denominator: new Decimal(1) })
export const inverse = (rate: Rate): Rate => ({ numerator: rate.denominator, denominator: rate.numerator })
const times = (a: Rate, b: Rate): Rate => ({
  numerator: a.numerator.times(b.numerator),
  denominator: a.denominator.times(b.denominator),
})

/** Rounded once, at the end. Nothing is nothing at any rate. */
export function convert(amount: Decimal, rate: Rate | null, into: string): Base {
  if (amount.isZero()) return amount
  return rate === null ? null : money(amount.times(rate.numerator).dividedBy(rate.denominator), into)
}

/**
 * One `from` in `to` on a business date: what is recorded for that day, else, on a closed day of the series, what is
 * recorded for the last open day before it; else not known.
 */
export function fixingOn(
  known: Knowledge,
  series: Policy['fx'],
  holidays: Holidays,
  from: string,
  to: string,
  date: string,
): Rate | null {
  if (from === to) return ONE
  const lastOpen = lastOpenDay(date, holidays)
  return recordedOn(known, series, from, to, date) ?? recordedOn(known, series, from, to, lastOpen)
}

/** Direct, else the inverse, else through the pivot, all of one day. */
function recordedOn(known: Knowledge, series: Policy['fx'], from: string, to: string, day: string): Rate | null {
  const pair = (a: string, b: string): Rate | null => {
    if (a === b) return ONE
    const direct = known.rates.get(rateKey(series.source, series.fixing, day, a, b))
    if (direct !== undefined) return rateOf(direct)
    const other = known.rates.get(rateKey(series.source, series.fixing, day, b, a))
    return other === undefined ? null : inverse(rateOf(other))
  }
  const straight = pair(from, to)
  if (straight !== null) return straight
  const first = pair(from, series.pivot)
  const second = pair(series.pivot, to)
  return first === null || second === null ? null : times(first, second)
}
