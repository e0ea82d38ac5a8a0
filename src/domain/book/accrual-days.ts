// The part of a year one calendar day is, as a whole number of a unit that every day count divides: exact, day by day.
import { fromDayNumber, isLeapYear } from '../kernel/date.ts'
import type { AccrualDays } from '../portfolio/financing-terms.ts'

/** The least common multiple of 360, 365 and 366. */
export const YEAR_PARTS = 1_603_080n

/**
 * From the close of `day` to the next one's, in YEAR_PARTS of a year. ACT/ACT-ISDA: by the year the day lies in. 30E/360 counts every
 * month as 30 days, so that the 30th of a month of 31 is followed by a day of none, and 28 February by one of three.
 */
export function yearParts(count: AccrualDays, day: number): bigint {
  switch (count) {
    case 'ACT/360':
      return YEAR_PARTS / 360n
    case 'ACT/365F':
      return YEAR_PARTS / 365n
    case 'ACT/ACT-ISDA':
      return YEAR_PARTS / (isLeapYear(Number(fromDayNumber(day).slice(0, 4))) ? 366n : 365n)
    case '30E/360':
      return (YEAR_PARTS / 360n) * BigInt(thirties(day + 1) - thirties(day))
  }
}

function thirties(day: number): number {
  const [year = 0, month = 0, date = 0] = fromDayNumber(day).split('-').map(Number)
  return 360 * year + 30 * month + Math.min(date, 30)
}

/** The last day of its month, quarter, half or year. */
export function isPeriodEnd(period: 'monthly' | 'quarterly' | 'semi-annually' | 'annually', day: number): boolean {
  const tomorrow = fromDayNumber(day + 1)
  if (tomorrow.slice(8) !== '01') return false
  const months = { monthly: 1, quarterly: 3, 'semi-annually': 6, annually: 12 }[period]
  return (Number(tomorrow.slice(5, 7)) - 1) % months === 0
}
