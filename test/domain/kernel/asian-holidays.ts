// Japan's national holidays and Hong Kong's general holidays as their laws state them.
import { at, DAY, dow, easter, iso, MONDAY, nth, type Rule } from './holiday-rule.ts'

/**
 * Equinox days by the linear formula the National Astronomical Observatory of Japan's dates follow between 1980 and 2099.
 * A national holiday on a Sunday moves to the next day that is none; a day between two of them is one too.
 */
export const japaneseNational: Rule = (year) => {
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
export const hongKong: Rule = (year) => {
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
