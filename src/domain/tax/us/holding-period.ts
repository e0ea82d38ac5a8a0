// How long something was held under US rules: the count starts the day after acquisition and includes the day of sale.
import { dateOf, dayOf } from '../../book/day.ts'
import { addDays, addYears, plainDate } from '../../kernel/date.ts'

const FIRST_LONG = new Map<number, number>()
const KEPT_MAX = 20_000

/** First day (as a day number) on which a sale is long-term: a year after the day after acquisition, 29 February rolling to 1 March. */
export function longTermFrom(acquired: number): number {
  const known = FIRST_LONG.get(acquired)
  if (known !== undefined) return known
  const day = dayOf(addYears(addDays(plainDate(dateOf(acquired)), 1), 1))
  if (FIRST_LONG.size < KEPT_MAX) FIRST_LONG.set(acquired, day)
  return day
}

export function termOf(acquired: number, sold: number): 'short' | 'long' {
  return sold >= longTermFrom(acquired) ? 'long' : 'short'
}
