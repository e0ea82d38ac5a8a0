// When a bond pays interest, and what share of a year lies between two days of one of its coupon periods.
import { addMonths, dayNumber, fromDayNumber, isMonthEnd, type PlainDate, plainDate } from '../kernel/date.ts'
import { yearFraction } from '../kernel/day-count.ts'
import type { Rational } from '../kernel/rational.ts'
import type { BondTerms } from './life-terms.ts'

/** Days from `start` (counted) to `end` (not), the coupon's date; `grid` are regular coupon dates beside it. */
export interface CouponPeriod {
  readonly start: number
  readonly end: number
  readonly grid: readonly PlainDate[]
}

/** A perpetual bond's coupons are known for so many years. */
const PERPETUAL_YEARS = 150

export class CouponSchedule {
  readonly issue: number
  /** Null for a perpetual bond. */
  readonly maturity: number | null
  /** Coupon dates as day numbers, in order; the maturity is the last. */
  readonly dates: readonly number[]
  readonly #terms: BondTerms
  readonly #monthEnd: boolean
  /** Whether the last coupon is a whole number of months after the one before. */
  readonly #regularEnd: boolean

  constructor(terms: BondTerms) {
    const { issueDate, maturityDate, firstCouponDate, frequency, monthEnd = false } = terms
    this.#terms = terms
    this.issue = dayNumber(plainDate(issueDate))
    this.maturity = maturityDate === undefined ? null : dayNumber(plainDate(maturityDate))
    const anchor = firstCouponDate ?? maturityDate ?? issueDate
    this.#monthEnd = monthEnd && isMonthEnd(plainDate(anchor))
    const dates = frequency === 0 ? [] : this.#rolled(12 / frequency)
    const last = this.maturity
    this.#regularEnd = last === null || frequency === 0 || dates.includes(last)
    this.dates = last === null || dates.includes(last) ? dates : [...dates, last]
  }

  /** From the first coupon on where the terms name it, else back from the maturity. */
  #rolled(months: number): number[] {
    const { firstCouponDate, maturityDate } = this.#terms
    const rule = this.#monthEnd ? 'stick' : 'clamp'
    const at = (anchor: string, k: number) => dayNumber(addMonths(plainDate(anchor), k * months, rule))
    const dates: number[] = []
    if (firstCouponDate !== undefined) {
      const last = this.maturity ?? at(firstCouponDate, (PERPETUAL_YEARS * 12) / months)
      for (let k = 0; at(firstCouponDate, k) <= last; k++) dates.push(at(firstCouponDate, k))
      return dates
    }
    if (maturityDate === undefined) return dates
    for (let k = 0; at(maturityDate, -k) > this.issue; k++) dates.unshift(at(maturityDate, -k))
    return dates
  }

  /** The period a day lies in: on a coupon date the next one; null before the issue and from the last coupon on. */
  period(day: number): CouponPeriod | null {
    if (day < this.issue) return null
    const next = this.dates.findIndex((date) => date > day)
    return next < 0 ? null : this.#periodAt(next)
  }

  /** The period that a coupon of a date pays for; null when there is none on it. */
  periodOf(coupon: number): CouponPeriod | null {
    const at = this.dates.indexOf(coupon)
    return at < 0 ? null : this.#periodAt(at)
  }

  #periodAt(at: number): CouponPeriod {
    const end = this.dates[at] ?? this.issue
    const before = this.dates[at - 1]
    const isLast = at === this.dates.length - 1
    // A grid date must be regular: an odd first period rolls back from its end, an odd last one on from its start.
    const regular = [
      ...(before === undefined ? [] : [before]),
      ...(isLast && !this.#regularEnd && before !== undefined ? [] : [end]),
    ]
    return { start: before ?? this.issue, end, grid: regular.map(fromDayNumber) }
  }

  /** The exact share of a year between two days of a period. */
  yearFraction(period: CouponPeriod, from: number, to: number): Rational {
    const { dayCount, frequency, maturityDate } = this.#terms
    return yearFraction(dayCount, fromDayNumber(from), fromDayNumber(to), {
      coupons: { frequency: frequency === 0 ? 1 : frequency, dates: period.grid, endOfMonth: this.#monthEnd },
      frequency: frequency === 0 ? 1 : frequency,
      periodEnd: fromDayNumber(period.end),
      ...(maturityDate === undefined ? {} : { termination: plainDate(maturityDate) }),
    })
  }
}
