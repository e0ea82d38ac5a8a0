// Days and moments as the fold compares them: day numbers and microseconds, read once from the event's text.
import { dayNumber, fromDayNumber, plainDate } from '../kernel/date.ts'
import { epochMicros, fromEpochMicros, instant } from '../kernel/instant.ts'

/** No day: before every date that exists. */
export const NO_DAY = -0x80000000
/** No instant: sorts after every instant, as BOOK.md section 6 asks. */
export const NO_INSTANT = Number.POSITIVE_INFINITY

let lastText = ''
let lastDay = NO_DAY

/** The day number of a date text; facts of one day come together, so the last answer is kept. */
export function dayOf(date: string): number {
  if (date === lastText) return lastDay
  lastDay = dayNumber(plainDate(date))
  lastText = date
  return lastDay
}

/** The date text of a day number. */
export function dateOf(day: number): string {
  return fromDayNumber(day)
}

/** Microseconds since 1970 of an instant text, or NO_INSTANT. */
export function microsOf(text: string | undefined): number {
  return text === undefined ? NO_INSTANT : epochMicros(instant(text))
}

/** The instant text of microseconds, or null. */
export function instantOf(micros: number): string | null {
  return micros === NO_INSTANT ? null : fromEpochMicros(micros)
}
