// One business-day calendar as dated data, unions of them, and counting business days. Outside its dates a calendar knows nothing.
import { z } from 'zod'
import { dayNumber, fromDayNumber, isPlainDate, type PlainDate, weekdayOf } from './date.ts'
import { refuse } from './refusal.ts'

/**
 * Three different things: when a venue trades, when a securities depository settles, when a currency's payment system moves money.
 * A union of several is `joint`.
 */
export type CalendarKind = 'trading' | 'settlement' | 'currency' | 'joint'

/** A calendar over the days `from` to `to`, both included. */
export interface Calendar {
  readonly id: string
  readonly kind: CalendarKind
  readonly name: string
  readonly from: PlainDate
  readonly to: PlainDate
  /** Where the closures come from, in words. */
  readonly source: string
  /** Weekday closures and why; weekends are not listed. */
  readonly closures: ReadonlyMap<string, string>
  /** One byte a day from `from` on: 1 is a business day. Derived, so that counting days costs no look-up by text. */
  readonly open: Uint8Array
}

const date = z.string().refine(isPlainDate, 'must be a date that exists')

/** A calendar as a file holds it. */
export const calendarFile = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9._~-]{1,64}$/),
  kind: z.enum(['trading', 'settlement', 'currency']),
  name: z.string().min(1),
  from: date,
  to: date,
  source: z.string().min(1),
  /** ISO weekdays that are never business days; Saturday and Sunday unless stated. */
  weekend: z
    .array(z.literal([1, 2, 3, 4, 5, 6, 7]))
    .max(6)
    .default([6, 7]),
  /** Reason by date. */
  closures: z.record(date, z.string().min(1)),
})

/**
 * Makes a calendar from parsed JSON of the shape {@link calendarFile}.
 * @throws Refused `bad-calendar`, naming the first field that is wrong; a closure outside `from`..`to` is one.
 */
export function loadCalendar(json: unknown): Calendar {
  const read = calendarFile.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    return bad(issue?.path.join('.') ?? '', issue?.message ?? 'it cannot be read')
  }
  const { id, kind, name, from, to, source, weekend, closures } = read.data
  return madeCalendar({ id, kind, name, from, to, source, weekend, closures: new Map(Object.entries(closures)) })
}

/** What a calendar is made from. */
export interface CalendarDays {
  readonly id: string
  readonly kind: CalendarKind
  readonly name: string
  readonly from: PlainDate
  readonly to: PlainDate
  readonly source: string
  /** Weekday closures and why. */
  readonly closures: ReadonlyMap<string, string>
  /** ISO weekdays that are never business days; Saturday and Sunday unless stated. */
  readonly weekend?: readonly number[]
  /** Days of a weekend that are business days for once. */
  readonly opened?: readonly PlainDate[]
}

/** Makes a calendar from its closures. @throws Refused `bad-calendar`: a closure outside `from`..`to` is one. */
export function madeCalendar(days: CalendarDays): Calendar {
  const { id, kind, name, from, to, source, closures, weekend = [6, 7], opened = [] } = days
  if (from > to) return bad('to', `${to} is before ${from}`)
  const first = dayNumber(from)
  const resting = new Set<number>(weekend)
  const open = new Uint8Array(dayNumber(to) - first + 1)
  for (let i = 0; i < open.length; i++) open[i] = resting.has(weekdayOf(first + i)) ? 0 : 1
  for (const day of opened) open[dayNumber(day) - first] = 1
  const closed = [...closures].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [day] of closed) {
    if (!isPlainDate(day) || day < from || day > to) return bad(`closures.${day}`, `it is not in ${from} to ${to}`)
    open[dayNumber(day) - first] = 0
  }
  return { id, kind, name, from, to, source, closures: new Map(closed), open }
}

function bad(field: string, why: string): never {
  return refuse({
    code: 'bad-calendar',
    message: `the calendar cannot be used: ${field}: ${why}`,
    field,
    remedy: 'correct the file',
  })
}

/**
 * The calendar whose business days are those of all the given ones; it knows the days that all of them know.
 * @throws Refused `bad-calendar` for none, or for calendars whose dates have no day in common.
 */
export function union(calendars: readonly Calendar[]): Calendar {
  const [only, ...others] = calendars
  if (only === undefined) return bad('', 'a union of no calendars')
  if (others.length === 0) return only
  const id = calendars.map((calendar) => calendar.id).join('+')
  let { from, to } = only
  for (const calendar of others) {
    if (calendar.from > from) from = calendar.from
    if (calendar.to < to) to = calendar.to
  }
  if (from > to) return bad('from', `${id} have no day in common`)
  const first = dayNumber(from)
  const open = new Uint8Array(dayNumber(to) - first + 1)
  for (let i = 0; i < open.length; i++)
    open[i] = calendars.every((calendar) => calendar.open[first + i - dayNumber(calendar.from)] === 1) ? 1 : 0
  const closures = new Map<string, string>()
  for (const calendar of calendars)
    for (const [day, why] of calendar.closures)
      if (day >= from && day <= to)
        closures.set(day, closures.has(day) ? `${closures.get(day)}; ${calendar.id}: ${why}` : `${calendar.id}: ${why}`)
  const sources = new Set(calendars.map((calendar) => calendar.source))
  return { id, kind: 'joint', name: id, from, to, source: [...sources].join('; '), closures, open }
}

/** What the calendar knows of a day; `unknown` outside its dates. */
export function dayStatus(calendar: Calendar, date: PlainDate): 'open' | 'closed' | 'unknown' {
  const open = calendar.open[dayNumber(date) - dayNumber(calendar.from)]
  return open === undefined ? 'unknown' : open === 1 ? 'open' : 'closed'
}

/**
 * Whether it is a business day.
 * @throws Refused `outside-calendar` beyond the calendar's dates: a day nobody has data for is not silently a business day.
 */
export function isBusinessDay(calendar: Calendar, date: PlainDate): boolean {
  return isOpen(calendar, dayNumber(date))
}

function isOpen(calendar: Calendar, day: number): boolean {
  const open = calendar.open[day - dayNumber(calendar.from)]
  if (open !== undefined) return open === 1
  return refuse({
    code: 'outside-calendar',
    message: `calendar ${calendar.id} knows ${calendar.from} to ${calendar.to}, not ${fromDayNumber(day)}`,
    remedy: 'load a calendar file that covers the date, or state the date yourself',
    details: { calendar: calendar.id, from: calendar.from, to: calendar.to },
  })
}

/** The date itself when it is a business day, else the first one after it ("following"). @throws Refused `outside-calendar`. */
export function onOrAfter(calendar: Calendar, date: PlainDate): PlainDate {
  return scan(calendar, dayNumber(date), 1)
}

/** The date itself when it is a business day, else the last one before it ("preceding"). @throws Refused `outside-calendar`. */
export function onOrBefore(calendar: Calendar, date: PlainDate): PlainDate {
  return scan(calendar, dayNumber(date), -1)
}

/** The first business day after the date. @throws Refused `outside-calendar`. */
export function nextBusinessDay(calendar: Calendar, date: PlainDate): PlainDate {
  return scan(calendar, dayNumber(date) + 1, 1)
}

/** The last business day before the date. @throws Refused `outside-calendar`. */
export function previousBusinessDay(calendar: Calendar, date: PlainDate): PlainDate {
  return scan(calendar, dayNumber(date) - 1, -1)
}

function scan(calendar: Calendar, from: number, step: 1 | -1): PlainDate {
  let day = from
  while (!isOpen(calendar, day)) day += step
  return fromDayNumber(day)
}

/**
 * The n-th business day after the date (before it for a negative n); for 0, the date itself or the first business day after it.
 * The date need not be a business day: from a Saturday, 1 is Monday.
 * @throws Refused `outside-calendar`.
 */
export function addBusinessDays(calendar: Calendar, date: PlainDate, n: number): PlainDate {
  if (n === 0) return onOrAfter(calendar, date)
  const step = n > 0 ? 1 : -1
  let day = dayNumber(date)
  for (let left = Math.abs(n); left > 0; ) {
    day += step
    if (isOpen(calendar, day)) left--
  }
  return fromDayNumber(day)
}

/** How many business days lie after `from` up to and including `to`; negative when `to` is earlier. @throws Refused `outside-calendar`. */
export function businessDaysBetween(calendar: Calendar, from: PlainDate, to: PlainDate): number {
  if (to < from) return -businessDaysBetween(calendar, to, from)
  let days = 0
  for (let day = dayNumber(from) + 1; day <= dayNumber(to); day++) if (isOpen(calendar, day)) days++
  return days
}

/**
 * How many business days lie between two dates, each end counted or not as stated (an end that is counted must be a business day
 * itself to add one). Below zero when `to` is earlier. Of a single day, only both ends counted make one.
 * @throws Refused `outside-calendar`.
 */
export function countBusinessDays(
  calendar: Calendar,
  from: PlainDate,
  to: PlainDate,
  counted: { readonly first: boolean; readonly last: boolean },
): number {
  if (to < from) return -countBusinessDays(calendar, to, from, { first: counted.last, last: counted.first })
  if (from === to) return counted.first && counted.last && isBusinessDay(calendar, from) ? 1 : 0
  const after = businessDaysBetween(calendar, from, to)
  return (
    after +
    (counted.first && isBusinessDay(calendar, from) ? 1 : 0) -
    (!counted.last && isBusinessDay(calendar, to) ? 1 : 0)
  )
}
