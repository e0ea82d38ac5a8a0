// Holidays of the United States by market, back to when Saturdays stopped being business days, and of Brazil.
import { addDays, type PlainDate } from '../date.ts'
import {
  announced,
  dateOf,
  during,
  easterly,
  fixed,
  GOOD_FRIDAY,
  MONDAY,
  nth,
  nthWeekday,
  type Rule,
  THURSDAY,
  type Shift,
} from './rule.ts'

/** The Uniform Monday Holiday Act (1968) moved three holidays to Mondays from 1971 on. */
const MOVED = 1971

const washington = (shift: Shift): Rule[] => [
  fixed(2, 22, "Washington's Birthday", shift, { to: MOVED - 1 }),
  nth(2, MONDAY, 3, "Washington's Birthday", { from: MOVED }),
]
const memorial = (shift: Shift): Rule[] => [
  fixed(5, 30, 'Memorial Day', shift, { to: MOVED - 1 }),
  nth(5, MONDAY, -1, 'Memorial Day', { from: MOVED }),
]
/** Observed on a Monday in October from 1971 to 1977. */
const veterans = (shift: Shift): Rule[] => [
  fixed(11, 11, 'Veterans Day', shift, { to: MOVED - 1 }),
  nth(10, MONDAY, 4, 'Veterans Day', { from: MOVED, to: 1977 }),
  fixed(11, 11, 'Veterans Day', shift, { from: 1978 }),
]
const LABOR: Rule = nth(9, MONDAY, 1, 'Labor Day')
const THANKSGIVING: Rule = nth(11, THURSDAY, 4, 'Thanksgiving Day')
const COLUMBUS: Rule = nth(10, MONDAY, 2, 'Columbus Day', { from: MOVED })
const king = (from: number): Rule => nth(1, MONDAY, 3, 'Martin Luther King Jr. Day', { from })
const juneteenth = (shift: Shift): Rule => fixed(6, 19, 'Juneteenth', shift, { from: 2022 })

/** A federal holiday on a Saturday is kept on Friday, New Year's Day too. */
const FEDERAL: readonly Rule[] = [
  // Given by the year it is kept in as well: 1 January 2005, a Saturday, is kept on 31 December 2004.
  (year) => [year, year + 1].flatMap((y) => fixed(1, 1, "New Year's Day", 'nearest-weekday')(y)),
  king(1983),
  ...washington('nearest-weekday'),
  ...memorial('nearest-weekday'),
  juneteenth('nearest-weekday'),
  fixed(7, 4, 'Independence Day', 'nearest-weekday'),
  LABOR,
  COLUMBUS,
  ...veterans('nearest-weekday'),
  THANKSGIVING,
  fixed(12, 25, 'Christmas Day', 'nearest-weekday'),
]

/** The Reserve Banks move a holiday from a Sunday to Monday, and keep none that falls on a Saturday. */
const RESERVE_BANKS: readonly Rule[] = [
  fixed(1, 1, "New Year's Day", 'sunday-to-monday'),
  king(1983),
  ...washington('sunday-to-monday'),
  ...memorial('sunday-to-monday'),
  juneteenth('sunday-to-monday'),
  fixed(7, 4, 'Independence Day', 'sunday-to-monday'),
  LABOR,
  COLUMBUS,
  ...veterans('sunday-to-monday'),
  THANKSGIVING,
  fixed(12, 25, 'Christmas Day', 'sunday-to-monday'),
]

const REAGAN = announced('Day of mourning for President Reagan', '2004-06-11')
const BUSH = announced('Day of mourning for President George H. W. Bush', '2018-12-05')

/** On a Good Friday with a jobs report the bond market opens for half a day. */
const JOBS_REPORT_FRIDAYS = [1996, 1999, 2007, 2010, 2012, 2015, 2021, 2023]

const TREASURIES: readonly Rule[] = [
  fixed(1, 1, "New Year's Day", 'sunday-to-monday'),
  king(1983),
  ...washington('nearest-weekday'),
  ...memorial('nearest-weekday'),
  juneteenth('nearest-weekday'),
  fixed(7, 4, 'Independence Day', 'nearest-weekday'),
  LABOR,
  COLUMBUS,
  ...veterans('sunday-to-monday'),
  THANKSGIVING,
  fixed(12, 25, 'Christmas Day', 'nearest-weekday'),
  REAGAN,
  BUSH,
  announced('Hurricane Sandy', '2012-10-30'),
]

/** The first Tuesday after a Monday in November: each year to 1968, then with a President to elect, to 1980. */
const electionDay: Rule = (year) =>
  year <= 1968 || (year <= 1980 && year % 4 === 0)
    ? [{ date: addDays(nthWeekday(year, 11, MONDAY, 1), 1), why: 'Election Day' }]
    : []

/** The paperwork crisis: no trading on Wednesdays from 12 June to the end of 1968. */
const paperworkCrisis: Rule = (year) => {
  if (year !== 1968) return []
  const wednesdays: PlainDate[] = []
  for (let day = dateOf(1968, 6, 12); day <= '1968-12-31'; day = addDays(day, 7)) wednesdays.push(day)
  return wednesdays.map((date) => ({ date, why: 'Paperwork crisis' }))
}

const NEW_YORK: readonly Rule[] = [
  fixed(1, 1, "New Year's Day", 'sunday-to-monday'),
  king(1998),
  ...washington('nearest-weekday'),
  GOOD_FRIDAY,
  ...memorial('nearest-weekday'),
  juneteenth('nearest-weekday'),
  fixed(7, 4, 'Independence Day', 'nearest-weekday'),
  LABOR,
  electionDay,
  THANKSGIVING,
  fixed(12, 25, 'Christmas Day', 'nearest-weekday'),
  paperworkCrisis,
  announced('Christmas Eve', '1954-12-24', '1956-12-24', '1965-12-24'),
  announced('Day after Christmas Day', '1958-12-26'),
  announced('Day before Decoration Day', '1961-05-29'),
  announced('Funeral of President Kennedy', '1963-11-25'),
  announced('Day of mourning for Martin Luther King Jr.', '1968-04-09'),
  announced('Day after Independence Day', '1968-07-05'),
  announced('Heavy snow', '1969-02-10'),
  announced('Funeral of President Eisenhower', '1969-03-31'),
  announced('Day of participation in the landing on the moon', '1969-07-21'),
  announced('Funeral of President Truman', '1972-12-28'),
  announced('Funeral of President Johnson', '1973-01-25'),
  announced('New York blackout', '1977-07-14'),
  announced('Hurricane Gloria', '1985-09-27'),
  announced('Funeral of President Nixon', '1994-04-27'),
  announced('Attacks of 11 September', '2001-09-11/2001-09-14'),
  REAGAN,
  announced('Day of mourning for President Ford', '2007-01-02'),
  announced('Hurricane Sandy', '2012-10-29', '2012-10-30'),
  BUSH,
  announced('Day of mourning for President Carter', '2025-01-09'),
]

export const US = {
  settlement: FEDERAL,
  reserveBanks: RESERVE_BANKS,
  treasuries: [...TREASURIES, during({ except: JOBS_REPORT_FRIDAYS }, GOOD_FRIDAY)],
  sofr: [...TREASURIES, GOOD_FRIDAY],
  newYork: NEW_YORK,
} as const

/** Anbima's national holidays: none is moved. */
export const BRAZIL: readonly Rule[] = [
  fixed(1, 1, "New Year's Day"),
  easterly(-48, 'Carnival'),
  easterly(-47, 'Carnival'),
  GOOD_FRIDAY,
  fixed(4, 21, "Tiradentes' Day"),
  fixed(5, 1, 'Labour Day'),
  easterly(60, 'Corpus Christi'),
  fixed(9, 7, 'Independence Day'),
  fixed(10, 12, 'Our Lady of Aparecida'),
  fixed(11, 2, "All Souls' Day"),
  fixed(11, 15, 'Republic Day'),
  fixed(11, 20, 'Black Awareness Day', 'none', { from: 2024 }),
  fixed(12, 25, 'Christmas Day'),
]
