// Holidays of New Zealand by province, and of South Africa.
import { addDays, weekday } from '../date.ts'
import { christmasMoved } from './european.ts'
import {
  announced,
  dateOf,
  EASTER_MONDAY,
  easterly,
  fixed,
  GOOD_FRIDAY,
  type Holiday,
  MONDAY,
  nth,
  type Rule,
} from './rule.ts'

/** 1 and 2 January: at a weekend, the weekdays that follow them (1 January on a Sunday is kept on Tuesday: Monday is the day after). */
function newYearMoved(year: number): readonly Holiday[] {
  const day = weekday(dateOf(year, 1, 1))
  return [
    { date: dateOf(year, 1, day >= 6 ? 3 : 1), why: "New Year's Day" },
    { date: dateOf(year, 1, day === 5 || day === 6 ? 4 : 2), why: "Day after New Year's Day" },
  ]
}

const NEW_ZEALAND: readonly Rule[] = [
  newYearMoved,
  // Moved to Mondays since the Holidays (Full Recognition of Waitangi Day and ANZAC Day) Amendment Act 2013.
  fixed(2, 6, 'Waitangi Day', 'none', { to: 2013 }),
  fixed(2, 6, 'Waitangi Day', 'weekend-to-monday', { from: 2014 }),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  fixed(4, 25, 'Anzac Day', 'none', { to: 2013 }),
  fixed(4, 25, 'Anzac Day', 'weekend-to-monday', { from: 2014 }),
  nth(6, MONDAY, 1, "Sovereign's Birthday"),
  // Te Kahui o Matariki Public Holiday Act 2022, schedule 1.
  announced(
    'Matariki',
    ...['2022-06-24', '2023-07-14', '2024-06-28', '2025-06-20', '2026-07-10', '2027-06-25', '2028-07-14', '2029-07-06'],
    ...['2030-06-21', '2031-07-11', '2032-07-02', '2033-06-24', '2034-07-07', '2035-06-29', '2036-07-18', '2037-07-10'],
  ),
  announced('Memorial Day for Queen Elizabeth II', '2022-09-26'),
  nth(10, MONDAY, 4, 'Labour Day'),
  christmasMoved,
]

/** The Monday nearest to a day of January. */
const mondayNearest =
  (day: number, why: string): Rule =>
  (year) => {
    const date = dateOf(year, 1, day)
    const past = weekday(date) - 1
    return [{ date: addDays(date, past <= 3 ? -past : 7 - past), why }]
  }

export const NEW_ZEALAND_BY_PROVINCE = {
  auckland: [...NEW_ZEALAND, mondayNearest(29, 'Auckland Anniversary')],
  wellington: [...NEW_ZEALAND, mondayNearest(22, 'Wellington Anniversary')],
} as const

/** Public Holidays Act 1994: a holiday on a Sunday gives the Monday. */
export const SOUTH_AFRICA: readonly Rule[] = [
  fixed(1, 1, "New Year's Day", 'sunday-to-monday'),
  fixed(3, 21, 'Human Rights Day', 'sunday-to-monday'),
  GOOD_FRIDAY,
  easterly(1, 'Family Day'),
  fixed(4, 27, 'Freedom Day', 'sunday-to-monday'),
  fixed(5, 1, "Workers' Day", 'sunday-to-monday'),
  fixed(6, 16, 'Youth Day', 'sunday-to-monday'),
  fixed(8, 9, "National Women's Day", 'sunday-to-monday'),
  fixed(9, 24, 'Heritage Day', 'sunday-to-monday'),
  fixed(12, 16, 'Day of Reconciliation', 'sunday-to-monday'),
  fixed(12, 25, 'Christmas Day'),
  fixed(12, 26, 'Day of Goodwill', 'sunday-to-monday'),
]
