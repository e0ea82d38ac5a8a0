// Days and moments as the fold compares them: day numbers and microseconds, read once from the event's text.
import { dayNumber, fromDayNumber, plainDate } from '../kernel/date.ts'
import { epochMicros, fromEpochMicros, instant } from '../kernel/instant.ts'

/** No day: before every date that exists. */
export const NO_DAY = -0x80000000
/** No instant: sorts after every instant, as BOOK.md section 6 asks. */
export const NO_INSTANT = Number.POSITIVE_INFINITY

/** Days by text: facts name the same few thousand dates again and again. */
const DAYS = new Map<string, number>()
const DAYS_MAX = 20_000

/** The day number of a date text. @throws Refused `not-a-date`. */
export function dayOf(date: string): number {
  const known = DAYS.get(date)
  if (known !== undefined) return known
  const day = dayNumber(plainDate(date))
  if (DAYS.size < DAYS_MAX) DAYS.set(date, day)
  return day
}

/** Texts by day: every posting names three dates, nearly always of the same few thousand days. */
const TEXTS = new Map<number, string>()

/** The date text of a day number. */
export function dateOf(day: number): string {
  const known = TEXTS.get(day)
  if (known !== undefined) return known
  const text = fromDayNumber(day)
  if (TEXTS.size < DAYS_MAX) TEXTS.set(day, text)
  return text
}

/** Microseconds since 1970 of an instant text, or NO_INSTANT. @throws Refused `not-an-instant`. */
export function microsOf(text: string | undefined): number {
  if (text === undefined) return NO_INSTANT
  const quick = quickMicros(text)
  return Number.isNaN(quick) ? epochMicros(instant(text)) : quick
}

const SECOND = 1_000_000
const DOT = 46
const Z = 90

/** The plain UTC form by its digits: a fold reads one instant a fill. NaN for anything that is not plainly right. */
function quickMicros(text: string): number {
  const end = text.length - 1
  if (end < 19 || end > 26 || text.charCodeAt(end) !== Z || text.charCodeAt(10) !== 84) return Number.NaN
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  if (!(hour < 24 && minute < 60 && second < 60) || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58)
    return Number.NaN
  let micros = 0
  if (end > 19) {
    if (end === 20 || text.charCodeAt(19) !== DOT) return Number.NaN
    let unit = 100_000
    for (let i = 20; i < end; i++) {
      const digit = text.charCodeAt(i) - 48
      if (!(digit >= 0 && digit <= 9)) return Number.NaN
      micros += digit * unit
      unit /= 10
    }
  }
  const value = dayOf(text.slice(0, 10)) * 86_400 * SECOND + (hour * 3600 + minute * 60 + second) * SECOND + micros
  return Number.isSafeInteger(value) ? value : Number.NaN
}

/** Two digits as a number; NaN when they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** The instant text of microseconds, or null. */
export function instantOf(micros: number): string | null {
  return micros === NO_INSTANT ? null : fromEpochMicros(micros)
}
