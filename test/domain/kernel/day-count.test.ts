// Day counts against printed examples, and what must hold for any two dates.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendar } from '../../../src/domain/kernel/calendars.ts'
import { addDays, addMonths, daysBetween, fromDayNumber, plainDate } from '../../../src/domain/kernel/date.ts'
import {
  DAY_COUNTS,
  type DayCount,
  dayCountDays,
  type DayCountTerms,
  yearFraction,
} from '../../../src/domain/kernel/day-count.ts'
import { addRational, negRational, rational, rationalText } from '../../../src/domain/kernel/rational.ts'
import { codeOf } from './refused.ts'

const d = plainDate
const fraction = (convention: DayCount, from: string, to: string, terms: DayCountTerms = {}) =>
  yearFraction(convention, d(from), d(to), terms)
const days = (convention: DayCount, from: string, to: string) => dayCountDays(convention, d(from), d(to))

describe('day counts', () => {
  it('divide actual days by the named number', () => {
    // 2025-01-31 to 2025-07-31: 181 days.
    expect(fraction('ACT/360', '2025-01-31', '2025-07-31')).toStrictEqual(rational(181, 360))
    expect(fraction('ACT/365F', '2025-01-31', '2025-07-31')).toStrictEqual(rational(181, 365))
    expect(fraction('ACT/365.25', '2025-01-31', '2025-07-31')).toStrictEqual(rational(181 * 4, 1461))
  })

  it('split Act/Act ISDA at new year by the length of each year', () => {
    // OpenGamma Strata, StandardDayCounts tests: 4 days of 2011, then 59 of 2012; then 58 of 2016 over whole years.
    expect(fraction('ACT/ACT-ISDA', '2011-12-28', '2012-02-29')).toStrictEqual(
      addRational(rational(4, 365), rational(59, 366)),
    )
    expect(fraction('ACT/ACT-ISDA', '2011-12-28', '2016-02-28')).toStrictEqual(
      addRational(addRational(rational(4, 365), rational(58, 366)), rational(4)),
    )
  })

  it('look for a 29 February from the start on, the end left out, under Act/Act AFB', () => {
    expect(fraction('ACT/ACT-AFB', '2011-12-28', '2012-03-01')).toStrictEqual(rational(64, 366))
    expect(fraction('ACT/ACT-AFB', '2011-12-28', '2012-02-29')).toStrictEqual(rational(63, 365))
  })

  it('look for a 29 February after the start, the end included, under Act/365 Actual', () => {
    expect(fraction('ACT/365-ACTUAL', '2012-02-28', '2012-02-29')).toStrictEqual(rational(1, 366))
    expect(fraction('ACT/365-ACTUAL', '2012-02-29', '2012-03-31')).toStrictEqual(rational(31, 365))
  })

  it('leave 29 Februaries out under NL/365', () => {
    // 2012-02-28 to 2012-03-01 is two days, one of them 29 February.
    expect(days('NL/365', '2012-02-28', '2012-03-01')).toBe(1)
  })

  it('ask annual coupons for a leap day and others for a leap year, under Act/365L', () => {
    const from = '2011-08-15'
    expect(fraction('ACT/365L', from, '2012-02-15', { frequency: 2 })).toStrictEqual(rational(184, 366))
    expect(fraction('ACT/365L', from, '2012-02-15', { frequency: 1 })).toStrictEqual(rational(184, 365))
    expect(fraction('ACT/365L', from, '2012-02-15', { frequency: 1, periodEnd: d('2012-08-15') })).toStrictEqual(
      rational(184, 366),
    )
  })

  it('tell the 30/360 rules apart at the end of February and on the 31st', () => {
    const rules = ['30/360-ISDA', '30U/360-EOM', '30/360-PSA', '30E/360', '30E/360-ISDA', '30E+/360'] as const
    const by = (from: string, to: string) => rules.map((rule) => days(rule, from, to))
    // From 28 February to 31 March: 33, or 30 where February ends on a 30th (d2 31 -> 30 then too), 32 where only each 31 is cut.
    expect(by('2007-02-28', '2007-03-31')).toStrictEqual([33, 30, 30, 32, 30, 33])
    // From end to end of February: a year, less two days where only the end is not moved.
    expect(by('2007-02-28', '2008-02-29')).toStrictEqual([361, 360, 359, 361, 360, 361])
    // From 30 January to 31 March: 30E+/360 reaches 1 April.
    expect(by('2007-01-30', '2007-03-31')).toStrictEqual([60, 60, 60, 60, 60, 61])
    // From 15 January to 31 March: without a start on the 30th the 31st stays, but under the E rules.
    expect(by('2007-01-15', '2007-03-31')).toStrictEqual([76, 76, 76, 75, 75, 76])
  })

  it('keep the end of February at the termination date under 30E/360 ISDA', () => {
    expect(dayCountDays('30E/360-ISDA', d('2007-08-31'), d('2008-02-29'))).toBe(180)
    expect(dayCountDays('30E/360-ISDA', d('2007-08-31'), d('2008-02-29'), { termination: d('2008-02-29') })).toBe(179)
  })

  it('count a long first coupon in notional periods under Act/Act ICMA', () => {
    // ISDA EMU memo: 153 of the 184 days from 2002-07-15 to 2003-01-15, and a whole half-year.
    const terms = { coupons: { frequency: 2, dates: [d('2003-01-15'), d('2003-07-15')] } }
    expect(fraction('ACT/ACT-ICMA', '2002-08-15', '2003-07-15', terms)).toStrictEqual(
      addRational(rational(153, 2 * 184), rational(1, 2)),
    )
  })

  it('refuse what they cannot count', () => {
    expect(codeOf(() => fraction('ACT/ACT-ICMA', '2025-01-01', '2025-02-01'))).toBe('coupon-date-missing')
    expect(codeOf(() => fraction('ACT/365L', '2025-01-01', '2025-02-01'))).toBe('coupon-date-missing')
    expect(codeOf(() => fraction('BUS/252', '2025-01-01', '2025-02-01'))).toBe('calendar-missing')
    const coupons = { frequency: 5, dates: [d('2025-01-01')] }
    expect(codeOf(() => fraction('ACT/ACT-ICMA', '2025-01-01', '2025-02-01', { coupons }))).toBe('bad-frequency')
  })

  const anyDate = fc.integer({ min: 17000, max: 21000 }).map(fromDayNumber)
  const terms: DayCountTerms = {
    calendar: calendar('TARGET'),
    frequency: 2,
    coupons: { frequency: 2, dates: [d('2020-05-15')] },
  }

  it('are the same the other way round, below zero', () => {
    fc.assert(
      fc.property(anyDate, anyDate, fc.constantFrom(...DAY_COUNTS), (from, to, convention) => {
        fc.pre(from !== to && convention !== '1/1')
        expect(yearFraction(convention, to, from, terms)).toStrictEqual(
          negRational(yearFraction(convention, from, to, terms)),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('add up over any day between, where they count day by day', () => {
    const additive = ['ACT/360', 'ACT/365F', 'ACT/366', 'NL/365', 'ACT/ACT-ISDA', 'ACT/ACT-ICMA', 'BUS/252'] as const
    fc.assert(
      fc.property(anyDate, anyDate, anyDate, fc.constantFrom(...additive), (a, b, c, convention) => {
        const [from = a, middle = b, to = c] = [a, b, c].sort()
        expect(
          addRational(yearFraction(convention, from, middle, terms), yearFraction(convention, middle, to, terms)),
        ).toStrictEqual(yearFraction(convention, from, to, terms))
      }),
      { numRuns: 300 },
    )
  })

  it('make a whole coupon period one part of a year under Act/Act ICMA, whatever its days', () => {
    fc.assert(
      fc.property(anyDate, fc.constantFrom(1, 2, 3, 4, 6, 12), (start, frequency) => {
        const end = addMonths(start, 12 / frequency)
        const coupons = { frequency, dates: [start, end] }
        expect(yearFraction('ACT/ACT-ICMA', start, end, { coupons })).toStrictEqual(rational(1, frequency))
      }),
      { numRuns: 200 },
    )
  })

  it('stay within a few days of the calendar', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 1, max: 2000 }), (from, n) => {
        const to = addDays(from, n)
        // At most 5.25 days a year fall away, and up to 3 at each end.
        for (const rule of ['30/360-ISDA', '30U/360-EOM', '30/360-PSA', '30E/360', '30E/360-ISDA', '30E+/360'] as const)
          expect(Math.abs(dayCountDays(rule, from, to) - daysBetween(from, to))).toBeLessThanOrEqual((n * 6) / 365 + 6)
      }),
      { numRuns: 200 },
    )
  })
})

describe('rationals', () => {
  it('are written to a number of places, ties to even', () => {
    expect(
      [rational(1, 3), rational(2, 3), rational(-1, 8), rational(1, 8), rational(3, 8)].map((r) => rationalText(r, 2)),
    ).toStrictEqual(['0.33', '0.67', '-0.12', '0.12', '0.38'])
    expect(rationalText(rational(5, 2), 0)).toBe('2')
    expect(rationalText(rational(-1, 1000), 2)).toBe('0')
    expect(rationalText(rational(7), 6)).toBe('7')
  })
})
