// What holiday rules are made of: fixed days and their substitutes, n-th weekdays, days counted from Easter, days announced once.
import {
  addDays,
  daysInMonth,
  fromDayNumber,
  dayNumber,
  type PlainDate,
  plainDate,
  type Weekday,
  weekday,
  yearOf,
} from '../date.ts'

export interface Holiday {
  readonly date: PlainDate
  readonly why: string
}

/** The holidays of a year. A rule may give a day at a weekend, or in the year next to it: whoever asks for days leaves those out. */
export type Rule = (year: number) => readonly Holiday[]

/** Where a holiday goes that falls on a weekend: to the next Monday, to the nearest weekday, or nowhere. */
export type Shift = 'none' | 'sunday-to-monday' | 'weekend-to-monday' | 'nearest-weekday'

/** First and last year of a rule, both included. */
export interface Years {
  readonly from?: number
  readonly to?: number
  readonly except?: readonly number[]
}

export const MONDAY = 1
export const THURSDAY = 4
const SATURDAY = 6
const SUNDAY = 7

/** The date of a year, month and day. */
export function dateOf(year: number, month: number, day: number): PlainDate {
  return plainDate(`${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
}

export const isWeekend = (date: PlainDate): boolean => weekday(date) >= SATURDAY

function applies(year: number, { from = 0, to = 9999, except = [] }: Years): boolean {
  return year >= from && year <= to && !except.includes(year)
}

/** The rule, in these years only. */
export function during(years: Years, rule: Rule): Rule {
  return (year) => (applies(year, years) ? rule(year) : [])
}

export function shifted(date: PlainDate, shift: Shift): PlainDate {
  const day = weekday(date)
  if (shift === 'nearest-weekday') return addDays(date, day === SATURDAY ? -1 : day === SUNDAY ? 1 : 0)
  if (shift === 'weekend-to-monday') return addDays(date, day === SATURDAY ? 2 : day === SUNDAY ? 1 : 0)
  return addDays(date, shift === 'sunday-to-monday' && day === SUNDAY ? 1 : 0)
}

/** The same day every year. */
export function fixed(month: number, day: number, why: string, shift: Shift = 'none', years: Years = {}): Rule {
  return during(years, (year) => [{ date: shifted(dateOf(year, month, day), shift), why }])
}

/** The n-th given weekday of a month; -1 is the last. */
export function nthWeekday(year: number, month: number, day: Weekday, n: number): PlainDate {
  if (n < 0) {
    const last = dateOf(year, month, daysInMonth(year, month))
    return addDays(last, -((weekday(last) - day + 7) % 7))
  }
  const first = dateOf(year, month, 1)
  return addDays(first, ((day - weekday(first) + 7) % 7) + 7 * (n - 1))
}

/** The n-th given weekday of a month, every year. */
export function nth(month: number, day: Weekday, n: number, why: string, years: Years = {}): Rule {
  return during(years, (year) => [{ date: nthWeekday(year, month, day, n), why }])
}

/** Easter Sunday of the Gregorian calendar (the anonymous computus of Nature, 20 April 1876). */
export function easterSunday(year: number): PlainDate {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const rest = year % 100
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - epact - (rest % 4)) % 7
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451)
  const days = epact + toSunday - 7 * late + 114
  return dateOf(year, Math.floor(days / 31), (days % 31) + 1)
}

/** Easter Sunday of the Orthodox churches: the Julian computus (Meeus), 13 days on between 1900 and 2099. */
export function orthodoxEasterSunday(year: number): PlainDate {
  const moon = (19 * (year % 19) + 15) % 30
  const toSunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
  const days = moon + toSunday + 114
  return addDays(dateOf(year, Math.floor(days / 31), (days % 31) + 1), 13)
}

/** A number of days from Easter Sunday: -2 is Good Friday. */
export function easterly(days: number, why: string, years: Years = {}): Rule {
  return during(years, (year) => [{ date: addDays(easterSunday(year), days), why }])
}

/** A number of days from Orthodox Easter Sunday. */
export function orthodox(days: number, why: string, years: Years = {}): Rule {
  return during(years, (year) => [{ date: addDays(orthodoxEasterSunday(year), days), why }])
}

/** Days proclaimed or announced once: "2012-10-29", or from a first to a last day, "2014-01-31/2014-02-06". */
export function announced(why: string, ...spans: readonly string[]): Rule {
  const holidays = spans.flatMap((span) => {
    const [first = '', last = first] = span.split('/')
    const from = dayNumber(plainDate(first))
    const days = dayNumber(plainDate(last)) - from + 1
    return Array.from({ length: days }, (_, i): Holiday => ({ date: fromDayNumber(from + i), why }))
  })
  return (year) => holidays.filter(({ date }) => yearOf(date) === year)
}

export const GOOD_FRIDAY: Rule = easterly(-2, 'Good Friday')
export const EASTER_MONDAY: Rule = easterly(1, 'Easter Monday')
