// Plain calendar dates (proleptic Gregorian, no zone, no time of day) as ISO text and as day numbers; never a JS Date.
import { refuse } from './refusal.ts'

declare const plain: unique symbol

/** A date that exists, written `2025-03-14`, in 0001-01-01 to 9999-12-31. As text, `<` and `===` order and compare it. */
export type PlainDate = string & { readonly [plain]: true }

/** Monday is 1 and Sunday 7, as ISO 8601 counts. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** Day number of 0001-01-01; day 0 is 1970-01-01. */
const FIRST_DAY = -719162
/** Day number of 9999-12-31. */
const LAST_DAY = 2932896

/** Whether the text is a date that exists. */
export function isPlainDate(text: string): text is PlainDate {
  if (typeof text !== 'string' || text.length !== 10) return false
  for (let i = 0; i < 10; i++) {
    const code = text.charCodeAt(i)
    if (i === 4 || i === 7 ? code !== 45 : code < 48 || code > 57) return false
  }
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const year = digits(text, 0, 4)
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/**
 * Reads a date.
 * @throws Refused `not-a-date`.
 */
export function plainDate(text: string): PlainDate {
  return isPlainDate(text)
    ? text
    : refuse({
        code: 'not-a-date',
        message: `${JSON.stringify(text)} is not a date that exists`,
        remedy: 'write it as year-month-day, such as "2025-03-14"',
      })
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 48
  return value
}

/** The year, 1 to 9999. */
export const yearOf = (date: PlainDate): number => digits(date, 0, 4)
/** The month, 1 to 12. */
export const monthOf = (date: PlainDate): number => digits(date, 5, 7)
/** The day of the month, 1 to 31. */
export const dayOf = (date: PlainDate): number => digits(date, 8, 10)

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Days in a month, 28 to 31. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/**
 * Days since 1970-01-01 (negative before). Counted in years that start in March, so that the leap day is the last of its year and
 * the months before a date follow one line: floor((153 m + 2) / 5) for m months after March.
 */
export function dayNumber(date: PlainDate): number {
  const month = monthOf(date)
  const year = month <= 2 ? yearOf(date) - 1 : yearOf(date)
  const sinceMarch = month <= 2 ? month + 9 : month - 3
  const leaps = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)
  // 719469 days lie between 1 March of year 0 and 1970-01-01, less one because days of a month count from 1.
  return year * 365 + leaps + Math.floor((153 * sinceMarch + 2) / 5) + dayOf(date) - 719469
}

/** Dates between 1970 and 2106 are made once: a fold asks for the same few thousand again and again. */
const MADE: PlainDate[] = []
const MADE_MAX = 50_000

/**
 * The date of a day number.
 * @throws Refused `date-out-of-range` outside 0001-01-01 to 9999-12-31, or for a fraction.
 */
export function fromDayNumber(number: number): PlainDate {
  if (number >= 0 && number < MADE_MAX) {
    const made = MADE[number]
    if (made !== undefined) return made
  }
  if (!Number.isInteger(number) || number < FIRST_DAY || number > LAST_DAY) {
    return refuse({ code: 'date-out-of-range', message: `day ${number} is not between 0001-01-01 and 9999-12-31` })
  }
  const days = number + 719468
  const era = Math.floor(days / 146097)
  const dayOfEra = days - era * 146097
  // 1460, 36524 and 146096 are the last days of a leap cycle, a century and an era: the ones that do not fit 365 days.
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const sinceMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = sinceMarch < 10 ? sinceMarch + 3 : sinceMarch - 9
  const day = dayOfYear - Math.floor((153 * sinceMarch + 2) / 5) + 1
  const date = written(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  if (number >= 0 && number < MADE_MAX) MADE[number] = date
  return date
}

function written(year: number, month: number, day: number): PlainDate {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return plainDate(text)
}

/** The date n days later (earlier for a negative n). */
export function addDays(date: PlainDate, n: number): PlainDate {
  return fromDayNumber(dayNumber(date) + n)
}

/** How many days `to` lies after `from`. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return dayNumber(to) - dayNumber(from)
}

/**
 * The same day of the month n months later, or the last day of that month when it is shorter (31 January + 1 = 28 February).
 * `stick` is the end-of-month rule of bond schedules: from the last day of a month to the last day of a month (28 February + 1 = 31 March).
 */
export function addMonths(date: PlainDate, n: number, monthEnd: 'clamp' | 'stick' = 'clamp'): PlainDate {
  const months = yearOf(date) * 12 + monthOf(date) - 1 + n
  const year = Math.floor(months / 12)
  const month = months - year * 12 + 1
  if (!(year >= 1 && year <= 9999)) {
    return refuse({
      code: 'date-out-of-range',
      message: `${date} plus ${n} months is not between 0001-01-01 and 9999-12-31`,
    })
  }
  const last = daysInMonth(year, month)
  const day = monthEnd === 'stick' && isMonthEnd(date) ? last : Math.min(dayOf(date), last)
  return written(year, month, day)
}

/** The same date n years later; 29 February becomes 1 March in a common year (the holding-period rule of BOOK.md section 2). */
export function addYears(date: PlainDate, n: number): PlainDate {
  const clamped = addMonths(date, 12 * n)
  return dayOf(clamped) === dayOf(date) ? clamped : addDays(clamped, 1)
}

/** Whether it is the last day of its month. */
export function isMonthEnd(date: PlainDate): boolean {
  return dayOf(date) === daysInMonth(yearOf(date), monthOf(date))
}

/** -1, 0 or 1 as a is before, on or after b. */
export function compareDates(a: PlainDate, b: PlainDate): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The day of the week, Monday 1 to Sunday 7. */
export function weekday(date: PlainDate): Weekday {
  return weekdayOf(dayNumber(date))
}

const WEEKDAYS: readonly Weekday[] = [4, 5, 6, 7, 1, 2, 3]

/** The day of the week of a day number: 1970-01-01 was a Thursday. */
export function weekdayOf(number: number): Weekday {
  return (
    WEEKDAYS[((number % 7) + 7) % 7] ?? refuse({ code: 'date-out-of-range', message: `${number} is not a day number` })
  )
}
