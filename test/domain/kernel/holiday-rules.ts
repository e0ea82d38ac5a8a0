// The holiday rules of every shipped calendar as their authorities state them: the oracle of the dated calendars.
import { hongKong, japaneseNational } from './asian-holidays.ts'
import {
  at,
  christmasWithSubstitutes,
  DAY,
  dow,
  EASTER_MONDAY,
  easterly,
  fixed,
  floating,
  GOOD_FRIDAY,
  isWeekend,
  iso,
  MONDAY,
  once,
  type Rule,
  without,
} from './holiday-rule.ts'

export type Closures = Map<string, string>

const federalFloating: Rule[] = [
  floating(1, MONDAY, 3, 'Martin Luther King Jr. Day'),
  floating(2, MONDAY, 3, "Washington's Birthday"),
  floating(5, MONDAY, -1, 'Memorial Day'),
  floating(9, MONDAY, 1, 'Labor Day'),
  floating(11, 4, 4, 'Thanksgiving Day'),
]

const NYSE: Rule[] = [
  fixed(1, 1, "New Year's Day", 'sunday-to-monday'),
  ...federalFloating,
  GOOD_FRIDAY,
  fixed(6, 19, 'Juneteenth', 'nearest-weekday', 2022),
  fixed(7, 4, 'Independence Day', 'nearest-weekday'),
  fixed(12, 25, 'Christmas Day', 'nearest-weekday'),
]
const NYSE_SPECIAL: Rule[] = [
  once('2001-09-11', 'Attacks of 11 September'),
  once('2001-09-12', 'Attacks of 11 September'),
  once('2001-09-13', 'Attacks of 11 September'),
  once('2001-09-14', 'Attacks of 11 September'),
  once('2004-06-11', 'Day of mourning for President Reagan'),
  once('2007-01-02', 'Day of mourning for President Ford'),
  once('2012-10-29', 'Hurricane Sandy'),
  once('2012-10-30', 'Hurricane Sandy'),
  once('2018-12-05', 'Day of mourning for President George H. W. Bush'),
  once('2025-01-09', 'Day of mourning for President Carter'),
]

const FED: Rule[] = [
  fixed(1, 1, "New Year's Day", 'sunday-to-monday'),
  ...federalFloating,
  fixed(6, 19, 'Juneteenth', 'sunday-to-monday', 2022),
  fixed(7, 4, 'Independence Day', 'sunday-to-monday'),
  floating(10, MONDAY, 2, 'Columbus Day'),
  fixed(11, 11, 'Veterans Day', 'sunday-to-monday'),
  fixed(12, 25, 'Christmas Day', 'sunday-to-monday'),
]

const ENGLAND: Rule[] = [
  fixed(1, 1, "New Year's Day", 'weekend-to-monday'),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  without(floating(5, MONDAY, 1, 'Early May bank holiday'), 2020),
  once('2020-05-08', 'Early May bank holiday, moved to VE Day'),
  without(floating(5, MONDAY, -1, 'Spring bank holiday'), 2012, 2022),
  once('2012-06-04', 'Spring bank holiday, moved to the Diamond Jubilee'),
  once('2012-06-05', 'Diamond Jubilee'),
  once('2022-06-02', 'Spring bank holiday, moved to the Platinum Jubilee'),
  once('2022-06-03', 'Platinum Jubilee'),
  once('2022-09-19', 'State funeral of Queen Elizabeth II'),
  once('2023-05-08', 'Coronation of King Charles III'),
  floating(8, MONDAY, -1, 'Summer bank holiday'),
  christmasWithSubstitutes,
]

const TARGET: Rule[] = [
  fixed(1, 1, "New Year's Day"),
  easterly(-2, 'Good Friday', 2000),
  easterly(1, 'Easter Monday', 2000),
  fixed(5, 1, 'Labour Day', 'none', 2000),
  fixed(12, 25, 'Christmas Day', 'none', 2000),
  fixed(12, 26, '26 December', 'none', 2000),
  once('1999-12-31', 'Change of millennium'),
  once('2001-12-31', 'Euro cash changeover'),
]

const EURONEXT: Rule[] = [
  fixed(1, 1, "New Year's Day"),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  fixed(5, 1, 'Labour Day'),
  fixed(12, 25, 'Christmas Day'),
  fixed(12, 26, '26 December'),
]

const XETRA: Rule[] = [
  ...EURONEXT,
  easterly(50, 'Whit Monday', 2015, 2021),
  fixed(10, 3, 'Day of German Unity', 'none', 2014, 2021),
  once('2017-10-31', 'Reformation Day, 500th anniversary'),
  fixed(12, 24, 'Christmas Eve'),
  fixed(12, 31, "New Year's Eve"),
]

const SWISS: Rule[] = [
  fixed(1, 1, "New Year's Day"),
  fixed(1, 2, "Berchtold's Day"),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  fixed(5, 1, 'Labour Day'),
  easterly(39, 'Ascension Day'),
  easterly(50, 'Whit Monday'),
  fixed(8, 1, 'Swiss National Day'),
  fixed(12, 25, 'Christmas Day'),
  fixed(12, 26, "St Stephen's Day"),
]

const TORONTO: Rule[] = [
  fixed(1, 1, "New Year's Day", 'weekend-to-monday'),
  floating(2, MONDAY, 3, 'Family Day', 2008),
  GOOD_FRIDAY,
  (year) => [[iso(at(year, 5, 24) - ((dow(at(year, 5, 24)) + 6) % 7) * DAY), 'Victoria Day']],
  fixed(7, 1, 'Canada Day', 'weekend-to-monday'),
  floating(8, MONDAY, 1, 'Civic Holiday'),
  floating(9, MONDAY, 1, 'Labour Day'),
  floating(10, MONDAY, 2, 'Thanksgiving Day'),
  christmasWithSubstitutes,
]
const CANADIAN_BANKS: Rule[] = [
  ...TORONTO,
  fixed(9, 30, 'National Day for Truth and Reconciliation', 'weekend-to-monday', 2021),
  fixed(11, 11, 'Remembrance Day', 'weekend-to-monday'),
]

const AUSTRALIA: Rule[] = [
  fixed(1, 1, "New Year's Day", 'weekend-to-monday'),
  fixed(1, 26, 'Australia Day', 'weekend-to-monday'),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  fixed(4, 25, 'Anzac Day'),
  floating(6, MONDAY, 2, "Sovereign's Birthday"),
  once('2022-09-22', 'National day of mourning for Queen Elizabeth II'),
  christmasWithSubstitutes,
]

const JAPAN: Rule[] = [
  japaneseNational,
  fixed(1, 2, 'Bank holiday'),
  fixed(1, 3, 'Bank holiday'),
  fixed(12, 31, 'Bank holiday'),
]

const HONG_KONG: Rule[] = [hongKong, once('2015-09-03', '70th anniversary of victory in the war of resistance')]
/** Days on which signal 8 or black rain stood at noon; since 2024-09-23 the market trades through severe weather. */
const HONG_KONG_WEATHER: Rule[] = [
  once('2016-08-02', 'Typhoon Nida'),
  once('2016-10-21', 'Typhoon Haima'),
  once('2017-08-23', 'Typhoon Hato'),
  once('2020-10-13', 'Tropical storm Nangka'),
  once('2021-10-13', 'Tropical storm Kompasu'),
  once('2023-07-17', 'Typhoon Talim'),
  once('2023-09-01', 'Typhoon Saola'),
  once('2023-09-08', 'Black rainstorm'),
  once('2024-09-06', 'Typhoon Yagi'),
]

export type CalendarRules = {
  readonly id: string
  readonly kind: 'trading' | 'settlement' | 'currency'
  readonly name: string
  readonly source: string
  readonly rules: readonly Rule[]
}
const rules = (id: string, kind: CalendarRules['kind'], name: string, source: string, list: Rule[]): CalendarRules => ({
  id,
  kind,
  name,
  source,
  rules: list,
})

const BANK_OF_JAPAN =
  'Act on National Holidays (Japan) with the moves of 2019-2021; banks close 31 December to 3 January'
const NYSE_RULE = 'NYSE rule 7.2 and the special closures announced by the exchange'
const EURONEXT_LIST = 'Euronext trading calendar'
const ENGLISH = 'Bank holidays in England and Wales, with the royal proclamations of 2020, 2022 and 2023'
const T2 = 'ECB long-term calendar of TARGET closing days (since 2002)'
const RESERVE = 'Federal Reserve Banks holiday schedule: a holiday on a Saturday is not moved'
const ORDINANCE = 'General Holidays Ordinance (Hong Kong, cap. 149)'
const SIX = 'SIX Interbank Clearing and SIX Swiss Exchange holidays'
const CANADA = 'Payments Canada and Bank of Canada holidays as kept in Toronto'
const ASX = 'ASX trading and settlement calendar'

export const CALENDAR_RULES: readonly CalendarRules[] = [
  rules('XNYS', 'trading', 'New York Stock Exchange', NYSE_RULE, [...NYSE, ...NYSE_SPECIAL]),
  rules('XNAS', 'trading', 'Nasdaq', `Nasdaq follows ${NYSE_RULE}`, [...NYSE, ...NYSE_SPECIAL]),
  rules('XLON', 'trading', 'London Stock Exchange', ENGLISH, ENGLAND),
  rules(
    'XTKS',
    'trading',
    'Tokyo Stock Exchange',
    `${BANK_OF_JAPAN}; the halted session of 2020-10-01 is no closure`,
    JAPAN,
  ),
  rules('XETR', 'trading', 'Xetra', 'Deutsche Börse trading calendars', XETRA),
  rules('XPAR', 'trading', 'Euronext Paris', EURONEXT_LIST, EURONEXT),
  rules('XAMS', 'trading', 'Euronext Amsterdam', EURONEXT_LIST, EURONEXT),
  rules('XSWX', 'trading', 'SIX Swiss Exchange', SIX, [
    ...SWISS,
    fixed(12, 24, 'Christmas Eve'),
    fixed(12, 31, "New Year's Eve"),
  ]),
  rules('XTSE', 'trading', 'Toronto Stock Exchange', 'TMX trading calendar', TORONTO),
  rules('XHKG', 'trading', 'Hong Kong Exchange', `${ORDINANCE}; whole-day weather closures by HKEX`, [
    ...HONG_KONG,
    ...HONG_KONG_WEATHER,
  ]),
  rules('XASX', 'trading', 'Australian Securities Exchange', ASX, AUSTRALIA),
  rules(
    'US',
    'settlement',
    'NSCC and DTC',
    'FINRA settlement schedules: closed when the Fedwire is, or the exchanges for a holiday (not for mourning or weather)',
    [...FED, ...NYSE],
  ),
  rules('UK', 'settlement', 'CREST', ENGLISH, ENGLAND),
  rules('TARGET', 'settlement', 'TARGET2-Securities and T2', T2, TARGET),
  rules('JP', 'settlement', 'JASDEC', BANK_OF_JAPAN, JAPAN),
  rules('CH', 'settlement', 'SIX SIS', SIX, SWISS),
  rules('CA', 'settlement', 'CDS', CANADA, CANADIAN_BANKS),
  rules('HK', 'settlement', 'CCASS', `${ORDINANCE}; whole-day weather closures by HKEX`, [
    ...HONG_KONG,
    ...HONG_KONG_WEATHER,
  ]),
  rules('AU', 'settlement', 'CHESS', ASX, AUSTRALIA),
  rules('USD', 'currency', 'US dollar (Fedwire)', RESERVE, FED),
  rules('EUR', 'currency', 'Euro (T2)', T2, TARGET),
  rules('GBP', 'currency', 'Pound sterling (CHAPS)', ENGLISH, ENGLAND),
  rules('JPY', 'currency', 'Yen (BOJ-NET)', BANK_OF_JAPAN, JAPAN),
  rules('CHF', 'currency', 'Swiss franc (SIC)', SIX, SWISS),
  rules('CAD', 'currency', 'Canadian dollar (Lynx)', CANADA, CANADIAN_BANKS),
  rules('HKD', 'currency', 'Hong Kong dollar (CHATS)', ORDINANCE, HONG_KONG),
  rules('AUD', 'currency', 'Australian dollar (RITS)', 'Reserve Bank of Australia: national holidays', AUSTRALIA),
]

/** The weekday closures the rules give for the years, in order of date, with their reasons. */
export function closuresBy(list: readonly Rule[], fromYear: number, toYear: number): Closures {
  const found = new Map<string, string>()
  for (let year = fromYear; year <= toYear; year++)
    for (const rule of list)
      for (const [date, reason] of rule(year))
        if (!isWeekend(Date.parse(date)) && !found.has(date)) found.set(date, reason)
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The rules of one calendar. */
export function rulesOf(id: string): CalendarRules {
  const found = CALENDAR_RULES.find((calendar) => calendar.id === id)
  if (found === undefined) throw new Error(`no rules for ${id}`)
  return found
}
