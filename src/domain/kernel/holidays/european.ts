// Holidays of European markets: bank holidays and the days exchanges add to them.
import { weekday } from '../date.ts'
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
  orthodox,
  type Rule,
} from './rule.ts'
import { islamic } from './islamic.ts'

const NEW_YEAR = fixed(1, 1, "New Year's Day")
const DAY_AFTER_NEW_YEAR = fixed(1, 2, "Day after New Year's Day")
const LABOUR = fixed(5, 1, 'Labour Day')
const CHRISTMAS_EVE = fixed(12, 24, 'Christmas Eve')
const CHRISTMAS = fixed(12, 25, 'Christmas Day')
const BOXING = fixed(12, 26, 'Boxing Day')
const NEW_YEARS_EVE = fixed(12, 31, "New Year's Eve")
const ORTHODOX_CHRISTMAS = fixed(1, 7, 'Orthodox Christmas')

/** Closing days of the euro system: those of 1999 were fewer, those of 2000 and 2001 partly other ones. */
export const TARGET: readonly Rule[] = [
  NEW_YEAR,
  easterly(-2, 'Good Friday', { from: 2000 }),
  easterly(1, 'Easter Monday', { from: 2000 }),
  fixed(5, 1, 'Labour Day', 'none', { from: 2000 }),
  CHRISTMAS,
  fixed(12, 26, '26 December', 'none', { from: 2000 }),
  announced('Change of millennium', '1999-12-31'),
  announced('Euro cash changeover', '2001-12-31'),
]

/** Christmas Day and Boxing Day: at a weekend, the weekdays that follow them. */
export function christmasMoved(year: number): readonly Holiday[] {
  const day = weekday(dateOf(year, 12, 25))
  return [
    { date: dateOf(year, 12, day >= 6 ? 27 : 25), why: 'Christmas Day' },
    { date: dateOf(year, 12, day === 5 || day === 6 ? 28 : 26), why: 'Boxing Day' },
  ]
}

/** Bank holidays in England and Wales since the first early May holiday, with the proclamations for royal occasions. */
export const ENGLAND: readonly Rule[] = [
  fixed(1, 1, "New Year's Day", 'weekend-to-monday'),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  nth(5, MONDAY, 1, 'Early May bank holiday', { except: [1995, 2020] }),
  announced('Early May bank holiday, moved to VE Day', '1995-05-08', '2020-05-08'),
  nth(5, MONDAY, -1, 'Spring bank holiday', { except: [2002, 2012, 2022] }),
  announced('Spring bank holiday, moved to the Golden Jubilee', '2002-06-04'),
  announced('Golden Jubilee', '2002-06-03'),
  announced('Spring bank holiday, moved to the Diamond Jubilee', '2012-06-04'),
  announced('Diamond Jubilee', '2012-06-05'),
  announced('Spring bank holiday, moved to the Platinum Jubilee', '2022-06-02'),
  announced('Platinum Jubilee', '2022-06-03'),
  nth(8, MONDAY, -1, 'Summer bank holiday'),
  christmasMoved,
  announced('Royal wedding', '1981-07-29', '2011-04-29'),
  announced('Change of millennium', '1999-12-31'),
  announced('State funeral of Queen Elizabeth II', '2022-09-19'),
  announced('Coronation of King Charles III', '2023-05-08'),
]

const EXCHANGE: readonly Rule[] = [NEW_YEAR, GOOD_FRIDAY, EASTER_MONDAY, LABOUR, CHRISTMAS_EVE, CHRISTMAS, BOXING]

export const GERMANY = { frankfurt: EXCHANGE, eurex: [...EXCHANGE, NEW_YEARS_EVE] } as const

export const MILAN: readonly Rule[] = [...EXCHANGE, NEW_YEARS_EVE, fixed(8, 15, 'Assumption')]

export const DENMARK: readonly Rule[] = [
  NEW_YEAR,
  easterly(-3, 'Maundy Thursday'),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  easterly(26, 'Great Prayer Day', { to: 2023 }),
  easterly(39, 'Ascension Day'),
  easterly(40, 'Day after Ascension Day', { from: 2009 }),
  easterly(50, 'Whit Monday'),
  fixed(6, 5, 'Constitution Day'),
  CHRISTMAS_EVE,
  CHRISTMAS,
  BOXING,
  NEW_YEARS_EVE,
]

export const MONTENEGRO: readonly Rule[] = [
  NEW_YEAR,
  DAY_AFTER_NEW_YEAR,
  LABOUR,
  fixed(5, 2, 'Labour Day, second day'),
  fixed(5, 21, 'Independence Day'),
  fixed(5, 22, 'Independence Day, second day'),
  fixed(7, 13, 'Statehood Day'),
  fixed(7, 14, 'Statehood Day, second day'),
  fixed(11, 13, "Njegos's Day"),
]

export const NORTH_MACEDONIA: readonly Rule[] = [
  NEW_YEAR,
  ORTHODOX_CHRISTMAS,
  islamic(10, 1, 'Eid al-Fitr'),
  orthodox(1, 'Orthodox Easter Monday'),
  LABOUR,
  fixed(5, 24, 'Saints Cyril and Methodius'),
  islamic(12, 10, 'Eid al-Adha'),
  fixed(8, 2, 'Republic Day'),
  fixed(9, 8, 'Independence Day'),
  fixed(10, 11, 'Day of the Uprising'),
  fixed(10, 23, 'Day of the Revolutionary Struggle'),
  fixed(12, 8, 'Saint Clement of Ohrid'),
]

export const SERBIA: readonly Rule[] = [
  NEW_YEAR,
  DAY_AFTER_NEW_YEAR,
  ORTHODOX_CHRISTMAS,
  fixed(2, 15, 'Statehood Day'),
  fixed(2, 16, 'Statehood Day, second day'),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  LABOUR,
  fixed(5, 2, 'Labour Day, second day'),
  fixed(11, 11, 'Armistice Day'),
  NEW_YEARS_EVE,
]

export const SLOVENIA: readonly Rule[] = [
  NEW_YEAR,
  DAY_AFTER_NEW_YEAR,
  GOOD_FRIDAY,
  EASTER_MONDAY,
  LABOUR,
  fixed(5, 2, 'Labour Day, second day'),
  fixed(6, 25, 'Statehood Day'),
  CHRISTMAS_EVE,
  CHRISTMAS,
  BOXING,
  NEW_YEARS_EVE,
]

export const CROATIA: readonly Rule[] = [
  NEW_YEAR,
  fixed(1, 6, 'Epiphany'),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  LABOUR,
  easterly(60, 'Corpus Christi'),
  fixed(6, 22, 'Day of the Anti-Fascist Struggle'),
  fixed(8, 5, 'Victory Day'),
  fixed(11, 18, 'Remembrance Day'),
  CHRISTMAS_EVE,
  CHRISTMAS,
  BOXING,
  NEW_YEARS_EVE,
]
