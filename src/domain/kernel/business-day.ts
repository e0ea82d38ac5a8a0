// Moving dates to business days and along business days: the conventions of loans, swaps and bonds (ISDA 2006, section 4.12).
import { addBusinessDays, type Calendar, isBusinessDay, onOrAfter, onOrBefore } from './calendar.ts'
import {
  addDays,
  addMonths,
  dayOf,
  daysInMonth,
  isMonthEnd,
  monthOf,
  type PlainDate,
  plainDate,
  yearOf,
} from './date.ts'

/** What happens to a date that is no business day. */
export const BUSINESS_DAY_CONVENTIONS = [
  'unadjusted',
  'following',
  'modified-following',
  'half-month-modified-following',
  'preceding',
  'modified-preceding',
  'nearest',
] as const
export type BusinessDayConvention = (typeof BUSINESS_DAY_CONVENTIONS)[number]

/** A span of time; days are business days. Counted backwards where below zero. */
export interface Period {
  readonly count: number
  readonly unit: 'days' | 'weeks' | 'months' | 'years'
}

/**
 * The date as the convention moves it: to the next business day (`following`) or the last one (`preceding`); their modified forms
 * turn round rather than leave the month, and the half-month form rather than pass the 15th; `nearest` takes the closer, the later
 * of two equally close.
 * @throws Refused `outside-calendar`.
 */
export function adjusted(calendar: Calendar, date: PlainDate, convention: BusinessDayConvention): PlainDate {
  if (convention === 'unadjusted' || isBusinessDay(calendar, date)) return date
  if (convention === 'nearest') return nearest(calendar, date)
  const forward = !convention.endsWith('preceding')
  const moved = forward ? onOrAfter(calendar, date) : onOrBefore(calendar, date)
  if (convention === 'following' || convention === 'preceding') return moved
  const left = monthOf(moved) !== monthOf(date)
  const passed = convention === 'half-month-modified-following' && dayOf(date) <= 15 && dayOf(moved) > 15
  if (!left && !passed) return moved
  return forward ? onOrBefore(calendar, date) : onOrAfter(calendar, date)
}

function nearest(calendar: Calendar, date: PlainDate): PlainDate {
  for (let days = 1; ; days++) {
    if (isBusinessDay(calendar, addDays(date, days))) return addDays(date, days)
    if (isBusinessDay(calendar, addDays(date, -days))) return addDays(date, -days)
  }
}

const lastOfMonth = (date: PlainDate) =>
  plainDate(`${date.slice(0, 8)}${String(daysInMonth(yearOf(date), monthOf(date))).padStart(2, '0')}`)

/** Whether no business day of the month comes after the date. @throws Refused `outside-calendar`. */
export function isLastBusinessDay(calendar: Calendar, date: PlainDate): boolean {
  return monthOf(onOrAfter(calendar, addDays(date, 1))) !== monthOf(date)
}

/**
 * A period from a date: business days are counted, weeks, months and years are calendar ones adjusted by the convention. With
 * `endOfMonth` a last business day of its month goes to a last business day (unadjusted: a last day to a last day).
 * @throws Refused `outside-calendar`.
 */
export function advanced(
  calendar: Calendar,
  date: PlainDate,
  { count, unit }: Period,
  convention: BusinessDayConvention,
  endOfMonth = false,
): PlainDate {
  if (count === 0) return adjusted(calendar, date, convention)
  if (unit === 'days') return addBusinessDays(calendar, date, count)
  if (unit === 'weeks') return adjusted(calendar, addDays(date, 7 * count), convention)
  const moved = addMonths(date, unit === 'years' ? 12 * count : count)
  if (endOfMonth && convention === 'unadjusted' && isMonthEnd(date)) return lastOfMonth(moved)
  if (endOfMonth && convention !== 'unadjusted' && isLastBusinessDay(calendar, date))
    return onOrBefore(calendar, lastOfMonth(moved))
  return adjusted(calendar, moved, convention)
}
