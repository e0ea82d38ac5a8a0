// The dates of a bond's coupons from its terms, rolled from one end, with a short or long coupon at the other.
import { addMonths, daysBetween, type PlainDate } from './date.ts'
import type { CouponGrid } from './day-count-actual.ts'
import { refuse } from './refusal.ts'

export interface ScheduleTerms {
  /** Where interest begins. */
  readonly start: PlainDate
  readonly maturity: PlainDate
  /** Coupons a year: 1, 2, 3, 4, 6 or 12. */
  readonly frequency: number
  /** End of a first coupon that is not regular. */
  readonly firstCoupon?: PlainDate
  /** Beginning of a last coupon that is not regular. */
  readonly nextToLast?: PlainDate
  /** The end that regular dates are counted from; the irregular coupon is at the other one. Default: back from maturity. */
  readonly roll?: 'backward' | 'forward'
  /** Dates on ends of months go to ends of months. */
  readonly endOfMonth?: boolean
}

/** Dates at which coupon periods begin and end: the start first, maturity last. @throws Refused `dates-out-of-order`. */
export function couponDates(terms: ScheduleTerms): PlainDate[] {
  const { start, maturity, frequency, firstCoupon, nextToLast, roll = 'backward', endOfMonth = false } = terms
  const first = firstCoupon ?? start
  const last = nextToLast ?? maturity
  if (start >= maturity || first < start || last > maturity || first > last)
    return refuse({
      code: 'dates-out-of-order',
      message: `coupons from ${start} to ${maturity} do not run forward`,
      field: 'maturity',
      remedy: 'state the start, first coupon, next to last coupon and maturity in order',
    })
  const months = 12 / frequency
  const rule = endOfMonth ? 'stick' : 'clamp'
  const regular: PlainDate[] = []
  if (roll === 'backward')
    for (let n = 0; ; n++) {
      const date = addMonths(last, -n * months, rule)
      if (date <= first) break
      regular.unshift(date)
    }
  else
    for (let n = 0; ; n++) {
      const date = addMonths(first, n * months, rule)
      if (date >= last) break
      regular.push(date)
    }
  return [...new Set([start, first, ...regular, last, maturity])]
}

/**
 * The regular ones of coupon dates: what Act/Act ICMA counts by. A first or last date that is not a period off is left out; `slack`
 * days are forgiven, for dates as a prospectus lists them (28 February in a leap year).
 */
export function regularGrid(dates: readonly PlainDate[], frequency: number, endOfMonth = false, slack = 0): CouponGrid {
  const rule = endOfMonth ? 'stick' : 'clamp'
  const months = 12 / frequency
  const apart = (from: PlainDate | undefined, to: PlainDate | undefined) =>
    from !== undefined &&
    to !== undefined &&
    (Math.abs(daysBetween(addMonths(from, months, rule), to)) <= slack ||
      Math.abs(daysBetween(addMonths(to, -months, rule), from)) <= slack)
  const from = apart(dates[0], dates[1]) || dates.length < 3 ? 0 : 1
  const to = apart(dates.at(-2), dates.at(-1)) || dates.length - from < 2 ? dates.length : dates.length - 1
  return { frequency, dates: dates.slice(from, to), endOfMonth }
}
