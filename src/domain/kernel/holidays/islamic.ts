// Feasts of the Islamic calendar by its arithmetical (tabular) form; authorities that follow a sighting may be a day off it.
import { fromDayNumber } from '../date.ts'
import type { Rule } from './rule.ts'

/** Day number (1970-01-01 is 0) of 1 Muharram of year 1, civil epoch: 16 July 622 Julian. */
const EPOCH = -492148

/** Day number of a date of the tabular calendar: months of 30 and 29 days in turn, eleven leap years in thirty. */
export function islamicDay(year: number, month: number, day: number): number {
  const months = 29 * (month - 1) + Math.floor(month / 2)
  return EPOCH + 354 * (year - 1) + Math.floor((3 + 11 * year) / 30) + months + day - 1
}

/** A feast: it falls once a year of the Gregorian calendar, and twice about every 33 years. */
export function islamic(month: number, day: number, why: string): Rule {
  return (year) => {
    const about = Math.floor((year - 622) * (365.2425 / 354.367))
    return [about - 1, about, about + 1, about + 2]
      .map((lunar) => ({ date: fromDayNumber(islamicDay(lunar, month, day)), why }))
      .filter(({ date }) => Number(date.slice(0, 4)) === year)
  }
}
