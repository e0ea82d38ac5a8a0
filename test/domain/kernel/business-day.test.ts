// Dates moved to business days, and calendars computed from rules.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adjusted, advanced, BUSINESS_DAY_CONVENTIONS } from '../../../src/domain/kernel/business-day.ts'
import { countBusinessDays, dayStatus, isBusinessDay } from '../../../src/domain/kernel/calendar.ts'
import { calendar } from '../../../src/domain/kernel/calendars.ts'
import { daysBetween, fromDayNumber, plainDate } from '../../../src/domain/kernel/date.ts'
import { lunarDate } from '../../../src/domain/kernel/holidays/lunisolar.ts'
import { easterSunday, orthodoxEasterSunday } from '../../../src/domain/kernel/holidays/rule.ts'
import { codeOf } from './refused.ts'

const d = plainDate
const target = calendar('TARGET')

describe('business-day conventions', () => {
  const all = (date: string) => BUSINESS_DAY_CONVENTIONS.map((convention) => adjusted(target, d(date), convention))

  it('move a Saturday at the end of a month in seven ways', () => {
    // 2025-05-31 is a Saturday: Monday is in June, so the modified forms go back to Friday; nearest is Friday.
    expect(all('2025-05-31')).toStrictEqual([
      '2025-05-31',
      '2025-06-02',
      '2025-05-30',
      '2025-05-30',
      '2025-05-30',
      '2025-05-30',
      '2025-05-30',
    ])
  })

  it('move a Sunday at the start of a month in seven ways', () => {
    // 2025-06-01: Friday is in May, so modified preceding goes on to Monday; nearest is Monday.
    expect(all('2025-06-01')).toStrictEqual([
      '2025-06-01',
      '2025-06-02',
      '2025-06-02',
      '2025-06-02',
      '2025-05-30',
      '2025-06-02',
      '2025-06-02',
    ])
  })

  it('turn round before the 15th under the half-month convention', () => {
    // 2025-06-15 is a Sunday: Monday is the 16th.
    expect(adjusted(target, d('2025-06-15'), 'half-month-modified-following')).toBe('2025-06-13')
    expect(adjusted(target, d('2025-06-15'), 'modified-following')).toBe('2025-06-16')
  })

  it('send a last business day to a last business day when asked to', () => {
    // Friday 2025-05-30 is the last business day of May; the last of June is Monday the 30th, of August Friday the 29th.
    const from = d('2025-05-30')
    expect(advanced(target, from, { count: 1, unit: 'months' }, 'following', true)).toBe('2025-06-30')
    expect(advanced(target, from, { count: 3, unit: 'months' }, 'following', true)).toBe('2025-08-29')
    expect(advanced(target, from, { count: 3, unit: 'months' }, 'following')).toBe('2025-09-01')
  })

  const day = fc.integer({ min: 17000, max: 21000 }).map(fromDayNumber)

  it('always answer a business day, and leave one alone', () => {
    fc.assert(
      fc.property(day, fc.constantFrom(...BUSINESS_DAY_CONVENTIONS), (date, convention) => {
        const moved = adjusted(target, date, convention)
        expect(convention === 'unadjusted' || isBusinessDay(target, moved)).toBe(true)
        expect(adjusted(target, moved, convention)).toBe(moved)
        if (convention.startsWith('modified')) expect(moved.slice(0, 7)).toBe(date.slice(0, 7))
      }),
      { numRuns: 300 },
    )
  })

  it('count business days so that ends counted or not differ by the ends alone', () => {
    fc.assert(
      fc.property(day, day, (a, b) => {
        fc.pre(a !== b)
        const [from = a, to = b] = [a, b].sort()
        const count = (first: boolean, last: boolean) => countBusinessDays(target, from, to, { first, last })
        expect(count(true, true) - count(false, true)).toBe(isBusinessDay(target, from) ? 1 : 0)
        expect(count(true, true) - count(true, false)).toBe(isBusinessDay(target, to) ? 1 : 0)
        expect(countBusinessDays(target, to, from, { first: true, last: false })).toBe(-count(false, true))
        expect(count(true, true)).toBeLessThanOrEqual(daysBetween(from, to) + 1)
      }),
      { numRuns: 200 },
    )
  })
})

describe('calendars computed from rules', () => {
  it('agree with the dated calendars the ledger settles by, 2015 to 2030', () => {
    for (const [computed, dated] of [
      ['US-NYSE', 'XNYS'],
      ['US-FED', 'USD'],
      ['EU-TARGET', 'TARGET'],
      ['GB-EXCHANGE', 'XLON'],
      ['GB-SETTLEMENT', 'UK'],
      ['DE-EUREX', 'XETR'],
    ] as const) {
      const within = [...calendar(computed).closures.keys()].filter((date) => date >= '2015' && date < '2031')
      // Xetra kept Whit Monday and German Unity Day until 2021, and Reformation Day in 2017; Eurex did not.
      const more = computed === 'DE-EUREX' ? /Whit|Unity|Reformation/ : /^$/
      const expected = [...calendar(dated).closures].filter(([, why]) => !more.test(why)).map(([date]) => date)
      expect({ computed, dates: within }).toStrictEqual({ computed, dates: expected })
    }
  })

  it('know Easter of both churches', () => {
    expect([2024, 2025, 2038].map(easterSunday)).toStrictEqual(['2024-03-31', '2025-04-20', '2038-04-25'])
    expect([2024, 2025, 2027].map(orthodoxEasterSunday)).toStrictEqual(['2024-05-05', '2025-04-20', '2027-05-02'])
  })

  it('find lunar new years from the moon and the sun, leap months left out', () => {
    // Hong Kong Observatory: 2023 has a leap second month, 2033 a leap eleventh, the rarest case.
    expect([2023, 2024, 2025, 2033, 2034].map((year) => lunarDate(year, 1, 1, 8))).toStrictEqual([
      '2023-01-22',
      '2024-02-10',
      '2025-01-29',
      '2033-01-31',
      '2034-02-19',
    ])
    expect(lunarDate(2033, 8, 15, 8)).toBe('2033-09-08')
  })

  it('open a weekend day that was traded instead', () => {
    expect(dayStatus(calendar('RU-MOEX'), d('2012-03-11'))).toBe('open')
    expect(dayStatus(calendar('RU-MOEX'), d('2012-03-18'))).toBe('closed')
  })

  it('keep what happened apart from what was published', () => {
    const on = (date: string) => ['KR-KRX', 'XKRX'].map((id) => dayStatus(calendar(id), d(date)))
    expect(on('2025-06-03')).toStrictEqual(['open', 'closed'])
    expect(on('2026-09-28')).toStrictEqual(['closed', 'open'])
  })

  it('know nothing outside their years', () => {
    expect(codeOf(() => isBusinessDay(calendar('CN-SSE'), d('2027-01-04')))).toBe('outside-calendar')
  })
})
