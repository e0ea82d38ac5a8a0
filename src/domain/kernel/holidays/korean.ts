// Public holidays of Korea with their substitutes, as the Regulations on Holidays of Government Offices have them, and the exchange's.
import { addDays, type PlainDate, weekday } from '../date.ts'
import { lunarDate } from './lunisolar.ts'
import { announced, dateOf, fixed, type Holiday, isWeekend, type Rule } from './rule.ts'

const KOREAN_TIME = 9

/** Holidays that are made good, each from its year on: at a weekend, or on the day of another holiday. */
interface MadeGood extends Holiday {
  readonly from: number
}

/** Three days around a feast; made good from 2014 on when one is a Sunday. */
function feast(day: PlainDate, why: string): Holiday[] {
  return [-1, 0, 1].map((n) => ({ date: addDays(day, n), why }))
}

const koreanDays: Rule = (year) => {
  const single: MadeGood[] = [
    { date: dateOf(year, 3, 1), why: 'Independence Movement Day', from: 2022 },
    { date: dateOf(year, 5, 5), why: "Children's Day", from: 2014 },
    { date: lunarDate(year, 4, 8, KOREAN_TIME), why: "Buddha's Birthday", from: 2023 },
    { date: dateOf(year, 8, 15), why: 'Liberation Day', from: 2021 },
    { date: dateOf(year, 10, 3), why: 'National Foundation Day', from: 2021 },
    ...(year >= 2013 ? [{ date: dateOf(year, 10, 9), why: 'Hangul Day', from: 2021 }] : []),
    { date: dateOf(year, 12, 25), why: 'Christmas Day', from: 2023 },
  ]
  const feasts = [
    feast(lunarDate(year, 1, 1, KOREAN_TIME), 'Seollal'),
    feast(lunarDate(year, 8, 15, KOREAN_TIME), 'Chuseok'),
  ]
  const taken = new Map<PlainDate, string>()
  for (const { date, why } of [...single, ...feasts.flat()]) taken.set(date, why)
  const substitute = (after: PlainDate, why: string) => {
    let day = addDays(after, 1)
    while (isWeekend(day) || taken.has(day)) day = addDays(day, 1)
    taken.set(day, `${why}, substitute`)
  }
  // What else is held on a date; a holiday without a right of its own is made good by the feast it falls into.
  const othersOn = (date: PlainDate, self: object) => single.filter((one) => one.date === date && one !== self)
  if (year >= 2014)
    for (const days of feasts) {
      const lost = days.some(
        ({ date }) => weekday(date) === 7 || single.some((one) => one.date === date && one.from > year),
      )
      const [, , last] = days
      if (lost && last !== undefined) substitute(last.date, last.why)
    }
  const done = new Set<PlainDate>()
  for (const one of single) {
    const { date, why, from } = one
    const inFeast = feasts.flat().some((day) => day.date === date)
    const lost = isWeekend(date) || inFeast || othersOn(date, one).length > 0
    if (year < from || !lost || done.has(date)) continue
    done.add(date)
    substitute(date, why)
  }
  return [...taken].map(([date, why]) => ({ date, why }))
}

const PUBLIC: readonly Rule[] = [
  fixed(1, 1, "New Year's Day"),
  koreanDays,
  fixed(4, 5, 'Arbor Day', 'none', { to: 2005 }),
  fixed(5, 1, 'Labour Day'),
  fixed(6, 6, 'Memorial Day'),
  fixed(7, 17, 'Constitution Day', 'none', { to: 2007 }),
  announced(
    'National Assembly election',
    '2004-04-15',
    '2008-04-09',
    '2012-04-11',
    '2016-04-13',
    '2020-04-15',
    '2024-04-10',
  ),
  announced('Local election', '2006-05-31', '2010-06-02', '2014-06-04', '2018-06-13', '2022-06-01'),
  announced('Presidential election', '2007-12-19', '2012-12-19', '2017-05-09', '2022-03-09'),
  announced('70th anniversary of liberation', '2015-08-14'),
  announced('Temporary holiday', '2020-08-17', '2023-10-02', '2025-01-27'),
  announced('Armed Forces Day', '2024-10-01'),
]

/** The last weekday of the year, which is no trading day. */
const yearEnd: Rule = (year) => {
  let day = dateOf(year, 12, 31)
  while (isWeekend(day)) day = addDays(day, -1)
  return [{ date: day, why: 'Year-end closing' }]
}

const EXCHANGE: readonly Rule[] = [...PUBLIC, announced('Temporary holiday', '2016-05-06', '2017-10-02'), yearEnd]

/** A substitute that lists of others have though only a Sunday gives Chuseok one: in 2026 it ends on a Saturday. */
const OF_OTHERS = announced('Chuseok, substitute', '2026-09-28')

export const KOREA = {
  settlement: [...PUBLIC, OF_OTHERS],
  published: [...EXCHANGE, OF_OTHERS],
  exchange: [...EXCHANGE, announced('Presidential election', '2025-06-03')],
} as const
