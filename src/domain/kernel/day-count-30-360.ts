// Days between two dates where every month has 30: the variants differ only in what they do at the ends of months.
import { dayOf, daysInMonth, isMonthEnd, monthOf, type PlainDate, yearOf } from './date.ts'

/** A rule for days 30 and 31 and for the end of February, by convention. */
export type Thirty360 = '30/360-ISDA' | '30U/360-EOM' | '30/360-PSA' | '30E/360' | '30E/360-ISDA' | '30E+/360'

const isFebruaryEnd = (date: PlainDate) => monthOf(date) === 2 && isMonthEnd(date)

/**
 * 360 (y2 - y1) + 30 (m2 - m1) + (d2 - d1), with the days adjusted:
 * - `30/360-ISDA` (ISDA 2006 section 4.16(f), bond basis): d1 31 -> 30; d2 31 -> 30 when d1 is now 30;
 * - `30U/360-EOM` (US, with the end-of-month rule): first the ends of February -> 30 (d2's only where d1 is one too), then as `30/360-ISDA`;
 * - `30/360-PSA`: d1 at any end of February -> 30, then as `30/360-ISDA`;
 * - `30E/360` (4.16(g), eurobond basis): each 31 -> 30;
 * - `30E/360-ISDA` (4.16(h)): each 31 or end of February -> 30, but not d2 at the end of February when it is the termination date;
 * - `30E+/360`: d1 31 -> 30; d2 31 -> the first of the next month.
 */
export function thirty360Days(rule: Thirty360, from: PlainDate, to: PlainDate, termination?: PlainDate): number {
  let start = dayOf(from)
  let end = dayOf(to)
  if (rule === '30E/360-ISDA') {
    if (isFebruaryEnd(from)) start = 30
    if (isFebruaryEnd(to) && to !== termination) end = 30
  } else if (rule === '30U/360-EOM' || rule === '30/360-PSA') {
    if (rule === '30U/360-EOM' && isFebruaryEnd(from) && isFebruaryEnd(to)) end = 30
    if (isFebruaryEnd(from)) start = 30
  }
  if (start === 31) start = 30
  if (end === 31) {
    if (rule === '30E/360' || rule === '30E/360-ISDA') end = 30
    else if (rule === '30E+/360')
      end = 31 // 30 days of this month and the first of the next
    else if (start === 30) end = 30
  }
  return 360 * (yearOf(to) - yearOf(from)) + 30 * (monthOf(to) - monthOf(from)) + end - start
}

/**
 * Whole months between two dates, or undefined: from a day to the same day, or to the last day of a month that is too short for it
 * (either way round).
 */
export function wholeMonths(from: PlainDate, to: PlainDate): number | undefined {
  const start = dayOf(from)
  const end = dayOf(to)
  const short = (date: PlainDate) => dayOf(date) === daysInMonth(yearOf(date), monthOf(date))
  if (start !== end && !(start > end && short(to)) && !(start < end && short(from))) return undefined
  return 12 * (yearOf(to) - yearOf(from)) + monthOf(to) - monthOf(from)
}
