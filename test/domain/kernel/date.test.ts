// Plain dates and instants, held against the calendar of the JavaScript engine, which the domain itself never asks.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  addYears,
  compareDates,
  dayNumber,
  daysBetween,
  daysInMonth,
  fromDayNumber,
  isMonthEnd,
  isPlainDate,
  plainDate,
  weekday,
} from '../../../src/domain/kernel/date.ts'
import {
  compareInstants,
  dateInUtc,
  dateInZone,
  epochMicros,
  epochMillis,
  fromEpochMicros,
  instant,
} from '../../../src/domain/kernel/instant.ts'
import { codeOf } from './refused.ts'

const d = plainDate
const FIRST = dayNumber(d('0001-01-01'))
const LAST = dayNumber(d('9999-12-31'))
const days = fc.integer({ min: FIRST, max: LAST })

/** The engine's own spelling of a day: ISO text is 'YYYY-MM-DDT...' for the years 0 to 9999. */
const byEngine = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10)

describe('a plain date', () => {
  it('exists or is refused', () => {
    expect(isPlainDate('2024-02-29')).toBe(true)
    for (const wrong of [
      '2023-02-29',
      '1900-02-29',
      '2024-13-01',
      '2024-00-10',
      '2024-04-31',
      '2024-1-01',
      '0000-01-01',
      '20240101',
      '2024-01-01T',
      'today',
      '',
    ])
      expect([wrong, codeOf(() => plainDate(wrong))]).toStrictEqual([wrong, 'not-a-date'])
  })

  it('is the number of days since 1970-01-01', () => {
    expect([
      dayNumber(d('1970-01-01')),
      dayNumber(d('1969-12-31')),
      dayNumber(d('2000-03-01')),
      FIRST,
      LAST,
    ]).toStrictEqual([0, -1, 11017, -719162, 2932896])
    expect(codeOf(() => fromDayNumber(LAST + 1))).toBe('date-out-of-range')
    expect(codeOf(() => fromDayNumber(0.5))).toBe('date-out-of-range')
    expect(codeOf(() => fromDayNumber(Number.NaN))).toBe('date-out-of-range')
  })

  it('agrees with the engine on every day from 1890 to 2110', () => {
    for (let day = dayNumber(d('1890-01-01')); day <= dayNumber(d('2110-12-31')); day++)
      if (fromDayNumber(day) !== byEngine(day) || dayNumber(fromDayNumber(day)) !== day)
        expect.unreachable(`day ${day} is ${byEngine(day)}, not ${fromDayNumber(day)}`)
  })

  it('agrees with the engine on any day of its range, and on its weekday', () => {
    fc.assert(
      fc.property(days, (day) => {
        const date = fromDayNumber(day)
        expect(date).toBe(byEngine(day))
        expect(dayNumber(date)).toBe(day)
        expect(weekday(date) % 7).toBe(new Date(day * 86_400_000).getUTCDay())
      }),
      { numRuns: 1000 },
    )
  })

  it('orders as its text does', () => {
    fc.assert(
      fc.property(days, days, (a, b) => {
        expect(compareDates(fromDayNumber(a), fromDayNumber(b))).toBe(Math.sign(a - b))
        expect(daysBetween(fromDayNumber(a), fromDayNumber(b))).toBe(b - a)
      }),
      { numRuns: 200 },
    )
  })

  it('moves by days across months, years and leap days', () => {
    expect([addDays(d('2024-02-28'), 1), addDays(d('2024-02-28'), 2), addDays(d('2025-01-01'), -1)]).toStrictEqual([
      '2024-02-29',
      '2024-03-01',
      '2024-12-31',
    ])
  })

  it('moves by months to the same day, or to the last one of a shorter month', () => {
    expect([
      addMonths(d('2025-01-31'), 1),
      addMonths(d('2024-01-31'), 1),
      addMonths(d('2024-03-31'), -1),
      addMonths(d('2024-11-15'), 14),
    ]).toStrictEqual(['2025-02-28', '2024-02-29', '2024-02-29', '2026-01-15'])
    expect(codeOf(() => addMonths(d('9999-12-01'), 1))).toBe('date-out-of-range')
  })

  it('keeps to the end of the month when the schedule says so', () => {
    // The end-of-month rule of bond schedules: 28 February 2025 is a month end, so 31 March follows.
    expect([
      addMonths(d('2025-02-28'), 1, 'stick'),
      addMonths(d('2025-02-28'), 1),
      addMonths(d('2025-02-27'), 1, 'stick'),
    ]).toStrictEqual(['2025-03-31', '2025-03-28', '2025-03-27'])
    expect([isMonthEnd(d('2024-02-28')), isMonthEnd(d('2024-02-29')), daysInMonth(2100, 2)]).toStrictEqual([
      false,
      true,
      28,
    ])
  })

  it('is long-term from the day after acquisition a year on, 29 February rolling to 1 March', () => {
    // domain-standards.md section 2: bought 2023-02-28 -> 2024-03-01; 2024-02-28 and 2024-02-29 -> 2025-03-01.
    const longTermFrom = (acquired: string) => addYears(addDays(d(acquired), 1), 1)
    expect(['2023-02-28', '2024-02-28', '2024-02-29', '2024-06-14'].map(longTermFrom)).toStrictEqual([
      '2024-03-01',
      '2025-03-01',
      '2025-03-01',
      '2025-06-15',
    ])
  })
})

describe('an instant', () => {
  it('is written in UTC with six places, however it came', () => {
    expect(
      [
        '2025-03-14T15:00:00Z',
        '2025-03-14T15:00:00.5Z',
        '2025-03-14T23:30:00.123456-05:00',
        '2025-01-01T00:15:00+01:00',
        '2025-03-14T15:00:00.1234560Z',
      ].map(instant),
    ).toStrictEqual([
      '2025-03-14T15:00:00.000000Z',
      '2025-03-14T15:00:00.500000Z',
      '2025-03-15T04:30:00.123456Z',
      '2024-12-31T23:15:00.000000Z',
      '2025-03-14T15:00:00.123456Z',
    ])
  })

  it('is refused without a zone, outside the clock, on a leap second, or finer than a microsecond', () => {
    for (const wrong of [
      '2025-03-14T15:00:00',
      '2025-03-14',
      '2025-02-30T00:00:00Z',
      '2025-03-14T24:00:00Z',
      '2025-03-14T15:60:00Z',
      '2016-12-31T23:59:60Z',
      '2025-03-14T15:00:00.1234567Z',
      '2025-03-14T15:00:00+25:00',
      '2025-03-14t15:00:00z',
      '',
    ])
      expect([wrong, codeOf(() => instant(wrong))]).toStrictEqual([wrong, 'not-an-instant'])
  })

  it('counts microseconds and back, in order, as the engine counts milliseconds', () => {
    const micros = fc.integer({ min: -9_000_000_000_000_000, max: 9_000_000_000_000_000 })
    fc.assert(
      fc.property(micros, micros, (a, b) => {
        const at = fromEpochMicros(a)
        expect(epochMicros(at)).toBe(a)
        expect(epochMillis(at)).toBe(Math.floor(a / 1000))
        expect(at.slice(0, 23)).toBe(new Date(Math.floor(a / 1000)).toISOString().slice(0, 23))
        expect(instant(at)).toBe(at)
        expect(compareInstants(at, fromEpochMicros(b))).toBe(Math.sign(a - b))
      }),
      { numRuns: 300 },
    )
    expect(codeOf(() => epochMicros(instant('2300-01-01T00:00:00Z')))).toBe('not-an-instant')
    expect(codeOf(() => fromEpochMicros(0.5))).toBe('not-an-instant')
  })

  it('falls on the date that a clock in the zone shows', () => {
    // New York is at UTC-4 from 2025-03-09: 03:30Z is 23:30 the evening before.
    expect(dateInZone(instant('2025-03-15T03:30:00Z'), 'America/New_York')).toBe('2025-03-14')
    expect(dateInZone(instant('2025-03-15T04:00:00Z'), 'America/New_York')).toBe('2025-03-15')
    expect(dateInZone(instant('2025-03-14T15:00:00Z'), 'Asia/Tokyo')).toBe('2025-03-15')
    expect(dateInZone(instant('2025-03-14T23:59:59.999999Z'), 'UTC')).toBe('2025-03-14')
    expect(dateInUtc(instant('2025-03-14T23:30:00-05:00'))).toBe('2025-03-15')
    expect(codeOf(() => dateInZone(instant('2025-03-14T15:00:00Z'), 'Mars/Olympus'))).toBe('unknown-time-zone')
  })
})
