// Year fractions from actual days: over calendar years, over coupon periods, and with leap days counted or left out.
import {
  addDays,
  addMonths,
  dayOf,
  daysBetween,
  isLeapYear,
  monthOf,
  type PlainDate,
  plainDate,
  yearOf,
} from './date.ts'
import { addRational, type Rational, rational } from './rational.ts'
import { refuse } from './refusal.ts'

const newYear = (year: number) => plainDate(`${String(year).padStart(4, '0')}-01-01`)
const daysOfYear = (year: number) => (isLeapYear(year) ? 366 : 365)

/** How many 29 Februaries lie after `from`, up to and including `to`. */
export function leapDaysIn(from: PlainDate, to: PlainDate): number {
  let days = 0
  for (let year = yearOf(from); year <= yearOf(to); year++)
    if (isLeapYear(year)) {
      const leapDay = `${String(year).padStart(4, '0')}-02-29`
      if (from < leapDay && leapDay <= to) days++
    }
  return days
}

/** Act/Act ISDA (2006, 4.16(b)): days in leap years / 366 + days in other years / 365. Needs `from` <= `to`. */
export function actActIsda(from: PlainDate, to: PlainDate): Rational {
  let sum = rational(0)
  for (let year = yearOf(from); year <= yearOf(to); year++) {
    const start = year === yearOf(from) ? from : newYear(year)
    const end = year === yearOf(to) ? to : newYear(year + 1)
    sum = addRational(sum, rational(daysBetween(start, end), daysOfYear(year)))
  }
  return sum
}

/**
 * Act/Act AFB (ISDA 2006, 4.16(b) as the Association Francaise des Banques has it): whole years counted back from the end, and what
 * is left over 366 when it holds a 29 February, else 365. A year back from 28 February of a common year is 29 February in a leap year.
 */
export function actActAfb(from: PlainDate, to: PlainDate): Rational {
  let years = 0
  let end = to
  for (;;) {
    const clamped = addMonths(end, -12)
    const before =
      monthOf(clamped) === 2 && dayOf(clamped) === 28 && isLeapYear(yearOf(clamped)) ? addDays(clamped, 1) : clamped
    if (before < from) break
    end = before
    years++
  }
  const holdsLeapDay = from < end && leapDaysIn(addDays(from, -1), addDays(end, -1)) > 0
  return addRational(rational(years), rational(daysBetween(from, end), holdsLeapDay ? 366 : 365))
}

/** The regular coupons that Act/Act ICMA counts by. */
export interface CouponGrid {
  /** Coupons a year: 1, 2, 3, 4, 6 or 12. */
  readonly frequency: number
  /**
   * Dates at which regular coupon periods begin or end, in order, at least one. Periods beyond them are notional: rolled on from the
   * nearest date, month by month.
   */
  readonly dates: readonly PlainDate[]
  /** Whether notional periods roll from the last day of a month to the last day of a month. */
  readonly endOfMonth?: boolean
}

/** The grid's dates widened until they reach around `from` and `to`. */
function gridAround({ frequency, dates, endOfMonth = false }: CouponGrid, from: PlainDate, to: PlainDate): PlainDate[] {
  const months = 12 / frequency
  if (!Number.isInteger(months) || months < 1 || months > 12) {
    return refuse({
      code: 'bad-frequency',
      message: `${frequency} coupons a year do not divide twelve months`,
      field: 'frequency',
      remedy: 'use 1, 2, 3, 4, 6 or 12',
    })
  }
  const grid = [...dates]
  let [first] = grid
  let last = grid.at(-1)
  if (first === undefined || last === undefined) {
    return refuse({
      code: 'coupon-date-missing',
      message: 'Act/Act ICMA counts by coupon periods, and no regular coupon date is given',
      field: 'regular',
      remedy: 'state one or more regular coupon dates',
    })
  }
  const rule = endOfMonth ? 'stick' : 'clamp'
  while (from < first) {
    first = addMonths(first, -months, rule)
    grid.unshift(first)
  }
  while (last < to) {
    last = addMonths(last, months, rule)
    grid.push(last)
  }
  return grid
}

/**
 * Act/Act ICMA (rule 251; ISDA 2006, 4.16(c)): over the coupon periods touched, days in the period / (frequency x days of the whole
 * period), a long or short coupon being parts of notional periods.
 */
export function actActIcma(from: PlainDate, to: PlainDate, coupons: CouponGrid): Rational {
  const grid = gridAround(coupons, from, to)
  let sum = rational(0)
  for (const [i, end] of grid.entries()) {
    const start = grid[i - 1]
    if (start === undefined || end <= from || start >= to) continue
    const days = daysBetween(start > from ? start : from, end < to ? end : to)
    sum = addRational(sum, rational(days, coupons.frequency * daysBetween(start, end)))
  }
  return sum
}
