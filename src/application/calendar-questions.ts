// What can be asked of calendars and day counts: nothing is recorded and nothing recorded is read.
import { z } from 'zod'
import { adjusted, advanced, BUSINESS_DAY_CONVENTIONS, type Period } from '../domain/kernel/business-day.ts'
import { type Calendar, countBusinessDays, dayStatus } from '../domain/kernel/calendar.ts'
import { type Calendars, calendar } from '../domain/kernel/calendars.ts'
import { addDays, daysBetween, type PlainDate, plainDate } from '../domain/kernel/date.ts'
import { DAY_COUNTS, dayCountDays, yearFraction } from '../domain/kernel/day-count.ts'
import { rationalText } from '../domain/kernel/rational.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import { dateText, idText } from '../domain/kernel/schemas.ts'

const flag = z.enum(['true', 'false']).optional()
/** Longest span of days listed at once. */
const LISTED_DAYS_MAX = 40_000
/** Places of a year fraction: what a share of money of 18 digits needs. */
const FRACTION_PLACES = 18

export const holidaysQuery = {
  from: dateText,
  to: dateText,
  weekends: flag.meta({ description: 'true: weekend days that are no business days are listed too' }),
}
export const businessDayQuery = {
  date: dateText,
  convention: z.enum(BUSINESS_DAY_CONVENTIONS),
  period: z
    .string()
    .regex(/^-?\d{1,5}[DWMY]$/, 'a number of D (business days), W, M or Y, such as 3M or -2D')
    .optional()
    .meta({ description: 'how far to go first: business days, weeks, months or years; without, the date itself' }),
  endOfMonth: flag.meta({ description: 'true: the end of a month goes to the end of a month' }),
}
export const businessDaysQuery = {
  from: dateText,
  to: dateText,
  counted: z
    .enum(['first', 'last', 'both', 'none'])
    .optional()
    .meta({ description: 'which of the two dates count when they are business days; default: first' }),
}
const FREQUENCIES = ['1', '2', '3', '4', '6', '12'] as const
export const dayCountQuery = {
  convention: z.enum(DAY_COUNTS),
  from: dateText,
  to: dateText,
  frequency: z.enum(FREQUENCIES).optional().meta({ description: 'coupons a year (ACT/ACT-ICMA, ACT/365L)' }),
  regular: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(,\d{4}-\d\d-\d\d){0,1000}$/, 'dates with commas between')
    .optional()
    .meta({
      description: 'dates of regular coupons in order, at least one; notional periods go on from them (ACT/ACT-ICMA)',
    }),
  endOfMonth: flag.meta({ description: 'true: notional periods end on last days of months (ACT/ACT-ICMA)' }),
  periodEnd: dateText.optional().meta({ description: 'end of the coupon period (ACT/365L); default: to' }),
  termination: dateText.optional().meta({ description: 'the date whose end of February stays (30E/360-ISDA)' }),
  calendar: idText.optional().meta({ description: 'whose business days (BUS/252)' }),
}

const described = z.object({
  calendar: z.string(),
  kind: z.string(),
  name: z.string(),
  from: z.string(),
  to: z.string(),
  source: z.string(),
})
export const calendarsAnswer = z.object({ rows: z.array(described) })
export const holidaysAnswer = z.object({
  calendar: z.string(),
  rows: z.array(z.object({ date: z.string(), why: z.string() })),
})
export const businessDayAnswer = z.object({ calendar: z.string(), date: z.string(), businessDay: z.boolean() })
export const businessDaysAnswer = z.object({ calendar: z.string(), days: z.number() })
export const dayCountAnswer = z.object({
  convention: z.string(),
  days: z.number().meta({ description: 'as the convention counts them' }),
  yearFraction: z.string().meta({ description: 'the fraction to 18 places, ties to even' }),
  numerator: z.string(),
  denominator: z.string(),
})

type Asked<Q extends z.ZodRawShape> = z.output<z.ZodObject<Q>>

export function listCalendars(table: Calendars): z.output<typeof calendarsAnswer> {
  const rows = [...table.values()].map(({ id, kind, name, from, to, source }) => ({
    calendar: id,
    kind,
    name,
    from,
    to,
    source,
  }))
  return { rows: rows.sort((a, b) => (a.calendar < b.calendar ? -1 : 1)) }
}

/** The days of a closed range that are no business days, in order. @throws Refused `outside-calendar`, `range-too-long`. */
export function listHolidays(of: Calendar, { from, to, weekends }: Asked<typeof holidaysQuery>) {
  const first = plainDate(from)
  const days = daysBetween(first, plainDate(to))
  if (days < 0 || days > LISTED_DAYS_MAX) return badRange(days < 0)
  const rows: { date: PlainDate; why: string }[] = []
  for (let i = 0; i <= days; i++) {
    const date = addDays(first, i)
    const status = dayStatus(of, date)
    if (status === 'open') continue
    if (status === 'unknown') countBusinessDays(of, date, date, { first: true, last: true }) // refuses, with the remedy
    const why = of.closures.get(date)
    if (why !== undefined || weekends === 'true') rows.push({ date, why: why ?? 'weekend' })
  }
  return { calendar: of.id, rows }
}

function badRange(backwards: boolean): never {
  return refuse({
    code: backwards ? 'dates-out-of-order' : 'range-too-long',
    message: backwards ? 'the range ends before it begins' : `at most ${LISTED_DAYS_MAX} days are listed at once`,
    field: 'to',
    remedy: backwards ? 'swap the dates' : 'ask for fewer years',
  })
}

const UNITS: Readonly<Record<string, Period['unit']>> = { D: 'days', W: 'weeks', M: 'months', Y: 'years' }

/** The date that a convention gives, a period on. @throws Refused `outside-calendar`. */
export function businessDayFrom(of: Calendar, asked: Asked<typeof businessDayQuery>) {
  const { date, convention, period, endOfMonth } = asked
  const start = plainDate(date)
  const unit = UNITS[period?.at(-1) ?? '']
  const found =
    period === undefined || unit === undefined
      ? adjusted(of, start, convention)
      : advanced(of, start, { count: Number(period.slice(0, -1)), unit }, convention, endOfMonth === 'true')
  return { calendar: of.id, date: found, businessDay: dayStatus(of, found) === 'open' }
}

/** How many business days lie between two dates. @throws Refused `outside-calendar`. */
export function businessDaysIn(of: Calendar, { from, to, counted = 'first' }: Asked<typeof businessDaysQuery>) {
  const ends = { first: counted === 'first' || counted === 'both', last: counted === 'last' || counted === 'both' }
  return { calendar: of.id, days: countBusinessDays(of, plainDate(from), plainDate(to), ends) }
}

/** Days and share of a year by a convention. @throws Refused as `yearFraction`. */
export function dayCount(table: Calendars, asked: Asked<typeof dayCountQuery>): z.output<typeof dayCountAnswer> {
  const { convention, frequency, regular, endOfMonth, periodEnd, termination } = asked
  const from = plainDate(asked.from)
  const to = plainDate(asked.to)
  const terms = {
    ...(frequency === undefined ? {} : { frequency: Number(frequency) }),
    ...(frequency === undefined || regular === undefined
      ? {}
      : {
          coupons: {
            frequency: Number(frequency),
            dates: regular.split(',').map(plainDate),
            endOfMonth: endOfMonth === 'true',
          },
        }),
    ...(periodEnd === undefined ? {} : { periodEnd: plainDate(periodEnd) }),
    ...(termination === undefined ? {} : { termination: plainDate(termination) }),
    ...(asked.calendar === undefined ? {} : { calendar: calendar(asked.calendar, table) }),
  }
  const fraction = yearFraction(convention, from, to, terms)
  return {
    convention,
    days: dayCountDays(convention, from, to, terms),
    yearFraction: rationalText(fraction, FRACTION_PLACES),
    numerator: String(fraction.numerator),
    denominator: String(fraction.denominator),
  }
}
