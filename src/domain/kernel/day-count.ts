// What share of a year lies between two dates, by the conventions of the markets, as an exact rational.
import { type Calendar, countBusinessDays } from './calendar.ts'
import { daysBetween, isLeapYear, type PlainDate, yearOf } from './date.ts'
import { type Thirty360, thirty360Days, wholeMonths } from './day-count-30-360.ts'
import { actActAfb, actActIcma, actActIsda, type CouponGrid, leapDaysIn } from './day-count-actual.ts'
import { negRational, type Rational, rational } from './rational.ts'
import { refuse } from './refusal.ts'

/** The conventions, by the name the market uses. docs/analytics/day-counts.md says each in words with its source. */
export const DAY_COUNTS = [
  'ACT/360',
  'ACT/364',
  'ACT/365F',
  'ACT/365.25',
  'ACT/365-ACTUAL',
  'ACT/365L',
  'ACT/366',
  'NL/365',
  'ACT/ACT-ISDA',
  'ACT/ACT-ICMA',
  'ACT/ACT-AFB',
  '30/360-ISDA',
  '30U/360-EOM',
  '30/360-PSA',
  '30E/360',
  '30E/360-ISDA',
  '30E+/360',
  '30/365',
  'BUS/252',
  'SIMPLE',
  '1/1',
] as const
export type DayCount = (typeof DAY_COUNTS)[number]

/** What some conventions need beyond two dates. */
export interface DayCountTerms {
  /** `ACT/ACT-ICMA` counts by coupon periods. */
  readonly coupons?: CouponGrid
  /** `ACT/365L`: coupons a year. */
  readonly frequency?: number
  /** `ACT/365L`: the last day of the coupon period the dates lie in; `to` unless stated. */
  readonly periodEnd?: PlainDate
  /** `30E/360-ISDA`: the termination date, whose end of February stays. */
  readonly termination?: PlainDate
  /** `BUS/252`: whose business days. */
  readonly calendar?: Calendar
}

/** Where a convention divides days by a number: the number. */
const DENOMINATORS: Partial<Readonly<Record<DayCount, Rational>>> = {
  'ACT/360': rational(360),
  'ACT/364': rational(364),
  'ACT/365F': rational(365),
  'ACT/365.25': rational(1461, 4),
  'ACT/366': rational(366),
  'NL/365': rational(365),
  '30/360-ISDA': rational(360),
  '30U/360-EOM': rational(360),
  '30/360-PSA': rational(360),
  '30E/360': rational(360),
  '30E/360-ISDA': rational(360),
  '30E+/360': rational(360),
  '30/365': rational(365),
  'BUS/252': rational(252),
}

/**
 * The days the convention counts from `from` to `to`: `from` counts and `to` does not. Below zero when `to` is earlier.
 * @throws Refused `calendar-missing` for BUS/252 without one, `outside-calendar`.
 */
export function dayCountDays(convention: DayCount, from: PlainDate, to: PlainDate, terms: DayCountTerms = {}): number {
  if (to < from) return -dayCountDays(convention, to, from, terms)
  switch (convention) {
    case 'NL/365':
      return daysBetween(from, to) - leapDaysIn(from, to)
    case 'BUS/252':
      return countBusinessDays(calendarOf(terms), from, to, { first: true, last: false })
    case '30/365':
      return thirty360Days('30E/360', from, to)
    case 'SIMPLE':
      return thirty360Days('30/360-ISDA', from, to)
    default:
      return isThirty360(convention) ? thirty360Days(convention, from, to, terms.termination) : daysBetween(from, to)
  }
}

/**
 * The share of a year from `from` to `to`, exact. Below zero when `to` is earlier: the same dates the other way round.
 * @throws Refused `coupon-date-missing`, `bad-frequency` (ACT/ACT-ICMA, ACT/365L), `calendar-missing`, `outside-calendar` (BUS/252).
 */
export function yearFraction(
  convention: DayCount,
  from: PlainDate,
  to: PlainDate,
  terms: DayCountTerms = {},
): Rational {
  if (to < from) return negRational(yearFraction(convention, to, from, terms))
  switch (convention) {
    case 'ACT/ACT-ISDA':
      return actActIsda(from, to)
    case 'ACT/ACT-AFB':
      return actActAfb(from, to)
    case 'ACT/ACT-ICMA':
      return actActIcma(from, to, terms.coupons ?? noCoupons())
    case 'ACT/365-ACTUAL':
      return rational(daysBetween(from, to), leapDaysIn(from, to) > 0 ? 366 : 365)
    case 'ACT/365L':
      return rational(daysBetween(from, to), denominator365L(from, to, terms))
    case 'SIMPLE': {
      const months = wholeMonths(from, to)
      return months === undefined ? rational(dayCountDays(convention, from, to), 360) : rational(months, 12)
    }
    case '1/1':
      return rational(1)
    default: {
      const { numerator, denominator } = DENOMINATORS[convention] ?? rational(1)
      return rational(BigInt(dayCountDays(convention, from, to, terms)) * denominator, numerator)
    }
  }
}

const THIRTY_360: ReadonlySet<string> = new Set<Thirty360>([
  '30/360-ISDA',
  '30U/360-EOM',
  '30/360-PSA',
  '30E/360',
  '30E/360-ISDA',
  '30E+/360',
])

function isThirty360(convention: DayCount): convention is Thirty360 {
  return THIRTY_360.has(convention)
}

/** ISDA 2006, 4.16(i): annual coupons ask for a 29 February in the days counted, others whether the period ends in a leap year. */
function denominator365L(from: PlainDate, to: PlainDate, { frequency, periodEnd = to }: DayCountTerms): number {
  if (frequency === undefined) return noCoupons()
  const long = frequency === 1 ? leapDaysIn(from, periodEnd) > 0 : isLeapYear(yearOf(periodEnd))
  return long ? 366 : 365
}

function noCoupons(): never {
  return refuse({
    code: 'coupon-date-missing',
    message: 'the convention counts by coupon periods, and none are given',
    field: 'frequency',
    remedy: 'state the frequency and one or more regular coupon dates',
  })
}

function calendarOf({ calendar }: DayCountTerms): Calendar {
  return (
    calendar ??
    refuse({
      code: 'calendar-missing',
      message: 'BUS/252 counts business days, and no calendar is given',
      field: 'calendar',
      remedy: 'name the calendar, such as BR',
    })
  )
}
