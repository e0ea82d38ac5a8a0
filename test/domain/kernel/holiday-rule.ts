// What holiday rules are made of, written a second way (JS Date in UTC) so that the oracle shares nothing with the domain.

export type Rule = (year: number) => readonly (readonly [date: string, reason: string])[]
export type Shift = 'none' | 'sunday-to-monday' | 'weekend-to-monday' | 'nearest-weekday'

export const DAY = 86_400_000
export const at = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day)
export const iso = (time: number) => new Date(time).toISOString().slice(0, 10)
export const dow = (time: number) => new Date(time).getUTCDay()
export const isWeekend = (time: number) => dow(time) === 0 || dow(time) === 6

/** Easter Sunday by the anonymous Gregorian computus (Nature, 20 April 1876). */
export function easter(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return at(year, Math.floor(n / 31), (n % 31) + 1)
}

function shifted(time: number, shift: Shift): number {
  const day = dow(time)
  if (shift === 'nearest-weekday') return day === 6 ? time - DAY : day === 0 ? time + DAY : time
  if (shift === 'weekend-to-monday') return day === 6 ? time + 2 * DAY : day === 0 ? time + DAY : time
  return shift === 'sunday-to-monday' && day === 0 ? time + DAY : time
}

/** The n-th given weekday of a month (Sunday 0); -1 is the last. */
export function nth(year: number, month: number, weekday: number, n: number): number {
  if (n < 0) {
    const last = at(year, month + 1, 0)
    return last - ((dow(last) - weekday + 7) % 7) * DAY
  }
  const first = at(year, month, 1)
  return first + (((weekday - dow(first) + 7) % 7) + 7 * (n - 1)) * DAY
}

export const fixed =
  (month: number, day: number, reason: string, shift: Shift = 'none', from = 0, to = 9999): Rule =>
  (year) =>
    year < from || year > to ? [] : [[iso(shifted(at(year, month, day), shift)), reason]]
export const floating =
  (month: number, weekday: number, n: number, reason: string, from = 0, to = 9999): Rule =>
  (year) =>
    year < from || year > to ? [] : [[iso(nth(year, month, weekday, n)), reason]]
export const easterly =
  (offset: number, reason: string, from = 0, to = 9999): Rule =>
  (year) =>
    year < from || year > to ? [] : [[iso(easter(year) + offset * DAY), reason]]
export const once =
  (date: string, reason: string): Rule =>
  (year) =>
    date.startsWith(`${year}-`) ? [[date, reason]] : []
export const without =
  (rule: Rule, ...years: number[]): Rule =>
  (year) =>
    years.includes(year) ? [] : rule(year)

/** Christmas and Boxing Day where a weekend gives the next weekdays that are not holidays already. */
export const christmasWithSubstitutes: Rule = (year) => {
  const day = dow(at(year, 12, 25))
  const christmas = day === 6 || day === 0 ? at(year, 12, 27) : at(year, 12, 25)
  const boxing = day === 5 || day === 6 ? at(year, 12, 28) : at(year, 12, 26)
  return [
    [iso(christmas), 'Christmas Day'],
    [iso(boxing), 'Boxing Day'],
  ]
}

export const MONDAY = 1
export const GOOD_FRIDAY = easterly(-2, 'Good Friday')
export const EASTER_MONDAY = easterly(1, 'Easter Monday')
