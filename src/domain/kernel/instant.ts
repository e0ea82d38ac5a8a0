// Instants as UTC text to the microsecond, and the date a clock on a wall shows in a zone; never a JS Date.
import { dayNumber, fromDayNumber, isPlainDate, type PlainDate, plainDate } from './date.ts'
import { refuse } from './refusal.ts'

declare const instantBrand: unique symbol

/**
 * A moment, written `2025-03-14T15:00:00.123456Z`: always UTC, always six places, so that `<` and `===` on the text order and
 * compare moments.
 */
export type Instant = string & { readonly [instantBrand]: true }

const SHAPE = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/
const DAY_MICROS = 86_400_000_000

/**
 * Reads an ISO 8601 instant with `Z` or an offset and normalises it to UTC microseconds.
 * @throws Refused `not-an-instant`: no zone, a time that does not exist (a leap second included), more than six places with digits.
 */
export function instant(text: string): Instant {
  const parts = typeof text === 'string' ? SHAPE.exec(text) : null
  if (parts === null) return no(text, 'it is not an ISO instant')
  const [, date = '', hour = '', minute = '', second = '', fraction = '', zone = ''] = parts
  if (!isPlainDate(date)) return no(text, `${date} does not exist`)
  if (Number(hour) > 23 || Number(minute) > 59) return no(text, 'there is no such time of day')
  if (Number(second) > 59)
    return no(text, 'leap seconds are not kept: the venue states such a moment as second 59 or 00')
  if (/[1-9]/.test(fraction.slice(6))) return no(text, 'it is finer than a microsecond')
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  // What is already in UTC keeps its text; an offset is taken off in whole microseconds.
  if (zone === 'Z') return branded(`${date}T${hour}:${minute}:${second}.${micros}Z`)
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  if (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4, 6)) > 59) return no(text, 'there is no such offset')
  const local = (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1_000_000 + Number(micros)
  const shift = (zone.startsWith('-') ? offset : -offset) * 60_000_000
  return fromEpochMicros(dayNumber(date) * DAY_MICROS + local + shift)
}

/** Milliseconds since 1970-01-01T00:00Z, cut to the millisecond before; exact for every instant. */
export function epochMillis(at: Instant): number {
  const seconds = Number(at.slice(11, 13)) * 3600 + Number(at.slice(14, 16)) * 60 + Number(at.slice(17, 19))
  return dayNumber(dateInUtc(at)) * 86_400_000 + seconds * 1000 + Number(at.slice(20, 23))
}

/**
 * Microseconds since 1970-01-01T00:00Z.
 * @throws Refused `not-an-instant` before 1685 and after 2255, where they are no safe integer.
 */
export function epochMicros(at: Instant): number {
  const micros = epochMillis(at) * 1000 + Number(at.slice(23, 26))
  return Number.isSafeInteger(micros) ? micros : no(at, 'its microseconds since 1970 cannot be held exactly')
}

/**
 * The instant that many microseconds after 1970-01-01T00:00Z.
 * @throws Refused `not-an-instant` when it is not a safe integer.
 */
export function fromEpochMicros(micros: number): Instant {
  if (!Number.isSafeInteger(micros))
    return no(String(micros), 'it is not a whole number of microseconds that can be held exactly')
  const day = Math.floor(micros / DAY_MICROS)
  const rest = micros - day * DAY_MICROS
  const seconds = Math.floor(rest / 1_000_000)
  const two = (value: number) => String(value).padStart(2, '0')
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return branded(`${fromDayNumber(day)}T${time}.${String(rest % 1_000_000).padStart(6, '0')}Z`)
}

/** -1, 0 or 1 as a is before, at or after b. */
export function compareInstants(a: Instant, b: Instant): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The date in UTC. */
export function dateInUtc(at: Instant): PlainDate {
  return plainDate(at.slice(0, 10))
}

const FORMATS = new Map<string, Intl.DateTimeFormat>()

/**
 * The date on the wall of an IANA zone (`America/New_York`) at that instant, by the zone rules of the running Node.
 * @throws Refused `unknown-time-zone`.
 */
export function dateInZone(at: Instant, zone: string): PlainDate {
  if (zone === 'UTC') return dateInUtc(at)
  let format = FORMATS.get(zone)
  if (format === undefined) {
    format = formatFor(zone)
    FORMATS.set(zone, format)
  }
  const part = new Map(format.formatToParts(epochMillis(at)).map(({ type, value }) => [type, value]))
  return plainDate(`${part.get('year')?.padStart(4, '0')}-${part.get('month')}-${part.get('day')}`)
}

function formatFor(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
  } catch {
    return refuse({
      code: 'unknown-time-zone',
      message: `${JSON.stringify(zone)} is not an IANA time zone`,
      remedy: 'use a name such as "America/New_York" or "UTC"',
    })
  }
}

function branded(text: string): Instant {
  return text as Instant
}

function no(text: string, why: string): never {
  return refuse({
    code: 'not-an-instant',
    message: `${JSON.stringify(text)} cannot be taken as an instant: ${why}`,
    remedy: 'write it as "2025-03-14T15:00:00.123456Z"',
  })
}
