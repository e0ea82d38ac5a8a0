// The holiday rules as their authorities state them, written a second way (JS Date in UTC): the oracle of the dated calendars.

export type Closures = Map<string, string>
type Rule = (year: number) => readonly (readonly [date: string, reason: string])[]
type Shift = 'none' | 'sunday-to-monday' | 'weekend-to-monday' | 'nearest-weekday'

const DAY = 86_400_000
const at = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day)
export const iso = (time: number) => new Date(time).toISOString().slice(0, 10)
const dow = (time: number) => new Date(time).getUTCDay()
const isWeekend = (time: number) => dow(time) === 0 || dow(time) === 6

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
function nth(year: number, month: number, weekday: number, n: number): number {
  if (n < 0) {
    const last = at(year, month + 1, 0)
    return last - ((dow(last) - weekday + 7) % 7) * DAY
  }
  const first = at(year, month, 1)
  return first + (((weekday - dow(first) + 7) % 7) + 7 * (n - 1)) * DAY
}

const fixed =
  (month: number, day: number, reason: string, shift: Shift = 'none', from = 0, to = 9999): Rule =>
  (year) =>
    year < from || year > to ? [] : [[iso(shifted(at(year, month, day), shift)), reason]]
const floating =
  (month: number, weekday: number, n: number, reason: string, from = 0, to = 9999): Rule =>
  (year) =>
    year < from || year > to ? [] : [[iso(nth(year, month, weekday, n)), reason]]
const easterly =
  (offset: number, reason: string, from = 0, to = 9999): Rule =>
  (year) =>
    year < from || year > to ? [] : [[iso(easter(year) + offset * DAY), reason]]
const once =
  (date: string, reason: string): Rule =>
  (year) =>
    date.startsWith(`${year}-`) ? [[date, reason]] : []
const without =
  (rule: Rule, ...years: number[]): Rule =>
  (year) =>
    years.includes(year) ? [] : rule(year)

/** Christmas and Boxing Day where a weekend gives the next weekdays that are not holidays already. */
const christmasWithSubstitutes: Rule = (year) => {
  const day = dow(at(year, 12, 25))
  const christmas = day === 6 || day === 0 ? at(year, 12, 27) : at(year, 12, 25)
  const boxing = day === 5 || day === 6 ? at(year, 12, 28) : at(year, 12, 26)
  return [
    [iso(christmas), 'Christmas Day'],
    [iso(boxing), 'Boxing Day'],
  ]
}

const MONDAY = 1
const GOOD_FRIDAY = easterly(-2, 'Good Friday')
const EASTER_MONDAY = easterly(1, 'Easter Monday')

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

/**
 * Equinox days by the linear formula the National Astronomical Observatory of Japan's dates follow between 1980 and 2099.
 * A national holiday on a Sunday moves to the next day that is none; a day between two of them is one too.
 */
const japaneseNational: Rule = (year) => {
  const leap = Math.floor((year - 1980) / 4)
  const spring = Math.floor(20.8431 + 0.242194 * (year - 1980) - leap)
  const autumn = Math.floor(23.2488 + 0.242194 * (year - 1980) - leap)
  const olympic = year === 2020 || year === 2021
  const days: [number, string][] = [
    [at(year, 1, 1), "New Year's Day"],
    [nth(year, 1, MONDAY, 2), 'Coming of Age Day'],
    [at(year, 2, 11), 'National Foundation Day'],
    [at(year, 3, spring), 'Vernal Equinox Day'],
    [at(year, 4, 29), 'Showa Day'],
    [at(year, 5, 3), 'Constitution Memorial Day'],
    [at(year, 5, 4), 'Greenery Day'],
    [at(year, 5, 5), "Children's Day"],
    [year === 2020 ? at(year, 7, 23) : year === 2021 ? at(year, 7, 22) : nth(year, 7, MONDAY, 3), 'Marine Day'],
    [nth(year, 9, MONDAY, 3), 'Respect for the Aged Day'],
    [at(year, 9, autumn), 'Autumnal Equinox Day'],
    [year === 2020 ? at(year, 7, 24) : year === 2021 ? at(year, 7, 23) : nth(year, 10, MONDAY, 2), 'Sports Day'],
    [at(year, 11, 3), 'Culture Day'],
    [at(year, 11, 23), 'Labor Thanksgiving Day'],
  ]
  if (year >= 2016) {
    const mountain = year === 2020 ? 10 : year === 2021 ? 8 : 11
    days.push([at(year, 8, mountain), olympic ? 'Mountain Day, moved for the Olympic Games' : 'Mountain Day'])
  }
  if (year >= 2020) days.push([at(year, 2, 23), "Emperor's Birthday"])
  if (year <= 2018) days.push([at(year, 12, 23), "Emperor's Birthday"])
  if (year === 2019) {
    days.push([at(2019, 5, 1), 'Accession of Emperor Naruhito'])
    days.push([at(2019, 10, 22), 'Enthronement ceremony of Emperor Naruhito'])
  }
  const national = new Map(days)
  for (const [time, reason] of days) {
    if (dow(time) === 0) {
      let next = time + DAY
      while (national.has(next)) next += DAY
      national.set(next, `${reason}, substitute`)
    }
  }
  for (const [time] of days)
    if (national.has(time + 2 * DAY) && !national.has(time + DAY) && dow(time + DAY) !== 0)
      national.set(time + DAY, 'Day between two national holidays')
  return [...national].map(([time, reason]) => [iso(time), reason] as const)
}

const JAPAN: Rule[] = [
  japaneseNational,
  fixed(1, 2, 'Bank holiday'),
  fixed(1, 3, 'Bank holiday'),
  fixed(12, 31, 'Bank holiday'),
]

/**
 * Lunar New Year, Buddha's Birthday (4/8), Tuen Ng (5/5), Mid-Autumn (8/15) and Chung Yeung (9/9) by the Hong Kong Observatory's
 * conversion tables. Not computed: the new moons of 2027-02-06 and 2030-02-02 fall minutes from midnight, and ICU gets them wrong.
 */
const LUNAR_DAYS = new Map<number, readonly string[]>([
  [2015, ['02-19', '05-25', '06-20', '09-27', '10-21']],
  [2016, ['02-08', '05-14', '06-09', '09-15', '10-09']],
  [2017, ['01-28', '05-03', '05-30', '10-04', '10-28']],
  [2018, ['02-16', '05-22', '06-18', '09-24', '10-17']],
  [2019, ['02-05', '05-12', '06-07', '09-13', '10-07']],
  [2020, ['01-25', '04-30', '06-25', '10-01', '10-25']],
  [2021, ['02-12', '05-19', '06-14', '09-21', '10-14']],
  [2022, ['02-01', '05-08', '06-03', '09-10', '10-04']],
  [2023, ['01-22', '05-26', '06-22', '09-29', '10-23']],
  [2024, ['02-10', '05-15', '06-10', '09-17', '10-11']],
  [2025, ['01-29', '05-05', '05-31', '10-06', '10-29']],
  [2026, ['02-17', '05-24', '06-19', '09-25', '10-18']],
  [2027, ['02-06', '05-13', '06-09', '09-15', '10-08']],
  [2028, ['01-26', '05-02', '05-28', '10-03', '10-26']],
  [2029, ['02-13', '05-20', '06-16', '09-22', '10-16']],
  [2030, ['02-03', '05-09', '06-05', '09-12', '10-05']],
])

function lunarDays(year: number): readonly number[] {
  const days = LUNAR_DAYS.get(year)
  if (days === undefined) throw new Error(`no lunar days for ${year}`)
  return days.map((day) => Date.parse(`${year}-${day}`))
}

/** General Holidays Ordinance, cap. 149, as amended in 2011: a holiday on a Sunday gives the next day that is not one. */
const hongKong: Rule = (year) => {
  const qingming = Math.floor((year % 100) * 0.2422 + 4.81) - Math.floor((year % 100) / 4)
  const [newYear = 0, buddha = 0, tuenNg = 0, midAutumn = 0, chungYeung = 0] = lunarDays(year)
  const days = new Map<number, string>([
    [easter(year) - 2 * DAY, 'Good Friday'],
    [easter(year) + DAY, 'Easter Monday'],
    [at(year, 12, 25), 'Christmas Day'],
  ])
  const add = (time: number, reason: string) => {
    let day = time
    while (dow(day) === 0 || days.has(day)) day += DAY
    days.set(day, day === time ? reason : `${reason}, substitute`)
  }
  add(at(year, 1, 1), "New Year's Day")
  // One of the three days on a Sunday is replaced by the fourth day of Lunar New Year.
  const three = [0, 1, 2].map((n) => newYear + n * DAY)
  for (const day of three) if (dow(day) !== 0) days.set(day, 'Lunar New Year')
  if (three.some((day) => dow(day) === 0)) days.set(newYear + 3 * DAY, 'Lunar New Year, fourth day')
  add(at(year, 4, qingming), 'Ching Ming Festival')
  add(at(year, 5, 1), 'Labour Day')
  add(buddha, "Buddha's Birthday")
  add(tuenNg, 'Tuen Ng Festival')
  add(at(year, 7, 1), 'HKSAR Establishment Day')
  add(at(year, 10, 1), 'National Day')
  add(midAutumn + DAY, 'Day after Mid-Autumn Festival')
  add(chungYeung, 'Chung Yeung Festival')
  // The first weekday after Christmas Day (Saturday counts), and a day more when Christmas is a Sunday.
  add(at(year, 12, 26), 'First weekday after Christmas Day')
  if (dow(at(year, 12, 25)) === 0) add(at(year, 12, 27), 'Christmas Day, substitute')
  return [...days].map(([time, reason]) => [iso(time), reason] as const)
}
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
