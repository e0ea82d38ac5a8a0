// Counting business days: on one calendar and on several, and never beyond what a calendar knows.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addBusinessDays,
  businessDaysBetween,
  dayStatus,
  isBusinessDay,
  loadCalendar,
  nextBusinessDay,
  onOrAfter,
  onOrBefore,
  previousBusinessDay,
  union,
} from '../../../src/domain/kernel/calendar.ts'
import { CALENDARS, calendar, jointCalendar, withCalendars } from '../../../src/domain/kernel/calendars.ts'
import { fromDayNumber, plainDate } from '../../../src/domain/kernel/date.ts'
import { codeOf, refusalOf } from './refused.ts'

const d = plainDate
const file = {
  id: 'CLUB',
  kind: 'trading',
  name: 'A club',
  from: '2024-12-01',
  to: '2025-01-31',
  source: 'the club',
  closures: { '2024-12-25': 'Christmas', '2024-12-26': 'Boxing Day', '2025-01-01': 'New Year' },
}
const club = loadCalendar(file)

describe('a calendar', () => {
  it('says which days are business days, and why others are not', () => {
    expect(
      ['2024-12-24', '2024-12-25', '2024-12-28', '2025-02-01', '2024-11-30'].map((day) => dayStatus(club, d(day))),
    ).toStrictEqual(['open', 'closed', 'closed', 'unknown', 'unknown'])
    expect(club.closures.get('2024-12-25')).toBe('Christmas')
  })

  it('refuses a day it has no data for', () => {
    const refusal = refusalOf(() => isBusinessDay(club, d('2025-02-03')))
    expect(refusal).toStrictEqual({
      code: 'outside-calendar',
      message: 'calendar CLUB knows 2024-12-01 to 2025-01-31, not 2025-02-03',
      remedy: 'load a calendar file that covers the date, or state the date yourself',
      details: { calendar: 'CLUB', from: '2024-12-01', to: '2025-01-31' },
    })
    expect(codeOf(() => nextBusinessDay(club, d('2025-01-31')))).toBe('outside-calendar')
    expect(codeOf(() => addBusinessDays(club, d('2025-01-30'), 2))).toBe('outside-calendar')
    expect(codeOf(() => previousBusinessDay(club, d('2024-12-02')))).toBe('outside-calendar')
  })

  it('moves to the next and the previous business day', () => {
    // 2024-12-25 and 26 are closed, 28 and 29 a weekend.
    expect([
      onOrAfter(club, d('2024-12-25')),
      onOrAfter(club, d('2024-12-24')),
      onOrBefore(club, d('2024-12-29')),
      nextBusinessDay(club, d('2024-12-24')),
      previousBusinessDay(club, d('2024-12-27')),
    ]).toStrictEqual(['2024-12-27', '2024-12-24', '2024-12-27', '2024-12-27', '2024-12-24'])
  })

  it('counts business days from any day, forwards and backwards', () => {
    expect([
      addBusinessDays(club, d('2024-12-24'), 2),
      addBusinessDays(club, d('2024-12-28'), 1),
      addBusinessDays(club, d('2024-12-28'), 0),
      addBusinessDays(club, d('2025-01-02'), -2),
    ]).toStrictEqual(['2024-12-30', '2024-12-30', '2024-12-30', '2024-12-30'])
    // After the 24th up to the 2nd: 27, 30, 31, 2.
    expect(businessDaysBetween(club, d('2024-12-24'), d('2025-01-02'))).toBe(4)
    expect(businessDaysBetween(club, d('2025-01-02'), d('2024-12-24'))).toBe(-4)
  })

  it('may rest on other days than Saturday and Sunday', () => {
    const gulf = loadCalendar({ ...file, id: 'GULF', weekend: [5, 6] })
    expect(
      ['2024-12-05', '2024-12-06', '2024-12-07', '2024-12-08'].map((day) => dayStatus(gulf, d(day))),
    ).toStrictEqual(['open', 'closed', 'closed', 'open'])
  })

  it('is refused as a file when something in it cannot be meant', () => {
    const field = (change: object) => refusalOf(() => loadCalendar({ ...file, ...change }))
    expect(field({ closures: { '2024-02-30': 'x' } }).code).toBe('bad-calendar')
    expect(field({ closures: { '2025-02-03': 'x' } }).field).toBe('closures.2025-02-03')
    expect(field({ from: '2025-02-01' }).field).toBe('to')
    expect(field({ holidays: [] }).code).toBe('bad-calendar')
    expect(field({ kind: 'lunar' }).field).toBe('kind')
    expect(field({ weekend: [8] }).field).toBe('weekend.0')
    expect(codeOf(() => loadCalendar(null))).toBe('bad-calendar')
  })
})

describe('calendars together', () => {
  it('are open when all are, and know what all know', () => {
    const joint = jointCalendar(['US', 'TARGET'])
    // 2024-10-14 is Columbus Day, 2024-05-01 Labour Day in TARGET.
    expect([
      dayStatus(joint, d('2024-10-14')),
      dayStatus(joint, d('2024-05-01')),
      dayStatus(joint, d('2024-05-02')),
    ]).toStrictEqual(['closed', 'closed', 'open'])
    expect(joint.closures.get('2024-12-25')).toBe('US: Christmas Day; TARGET: Christmas Day')
    const narrow = union([calendar('US'), club])
    expect([narrow.from, narrow.to, narrow.kind, narrow.id]).toStrictEqual([
      '2024-12-01',
      '2025-01-31',
      'joint',
      'US+CLUB',
    ])
    expect(codeOf(() => isBusinessDay(narrow, d('2025-03-03')))).toBe('outside-calendar')
  })

  it('are one made once for the same table, and refused when there are none or no common day', () => {
    expect(jointCalendar(['US', 'USD'])).toBe(jointCalendar(['US', 'USD']))
    expect(codeOf(() => union([]))).toBe('bad-calendar')
    expect(
      codeOf(() => union([club, loadCalendar({ ...file, from: '2026-01-01', to: '2026-12-31', closures: {} })])),
    ).toBe('bad-calendar')
    expect(codeOf(() => jointCalendar(['US', 'SEK']))).toBe('unknown-calendar')
  })

  it('come from files too, and a newer file replaces an older one', () => {
    const table = withCalendars(CALENDARS, [
      club,
      loadCalendar({ ...file, id: 'XNYS', closures: { '2024-12-24': 'Snow' } }),
    ])
    expect(dayStatus(calendar('CLUB', table), d('2024-12-24'))).toBe('open')
    expect(dayStatus(calendar('XNYS', table), d('2024-12-24'))).toBe('closed')
    expect(dayStatus(jointCalendar(['XNYS'], table), d('2024-12-24'))).toBe('closed')
    expect(dayStatus(jointCalendar(['XNYS']), d('2024-12-24'))).toBe('open')
    expect(codeOf(() => calendar('CLUB'))).toBe('unknown-calendar')
  })
})

describe('properties of counting', () => {
  const ids = fc.uniqueArray(fc.constantFrom('XNYS', 'US', 'TARGET', 'JP', 'GBP', 'CHF', 'HK'), {
    minLength: 1,
    maxLength: 3,
  })
  // 2016-01-01 to 2029-12-31, so that no count leaves the calendars.
  const dates = fc.integer({ min: 16801, max: 21914 }).map(fromDayNumber)
  const counts = fc.integer({ min: 1, max: 40 })

  it('n days on and n days back returns to where it started, and the days between are n', () => {
    fc.assert(
      fc.property(ids, dates, counts, (list, date, n) => {
        const joint = jointCalendar(list)
        const start = onOrAfter(joint, date)
        const end = addBusinessDays(joint, start, n)
        expect(isBusinessDay(joint, end)).toBe(true)
        expect(addBusinessDays(joint, end, -n)).toBe(start)
        expect(businessDaysBetween(joint, start, end)).toBe(n)
      }),
      { numRuns: 200 },
    )
  })

  it('a joint day is a business day of every member', () => {
    fc.assert(
      fc.property(ids, dates, (list, date) => {
        expect(isBusinessDay(jointCalendar(list), date)).toBe(list.every((id) => isBusinessDay(calendar(id), date)))
      }),
      { numRuns: 200 },
    )
  })
})
