// QuantLib's calendars, date rolling, business-day counts and day counts, asked through the calendar reads.
import { isNear, isSame } from '../figures.ts'
import type { Door, FolderFiles, GoldenCase, GoldenFolder } from '../golden-case.ts'

/** The source's names of calendars, and ours. */
const CALENDARS: Readonly<Record<string, string>> = {
  'UnitedStates(UnitedStates::Settlement)': 'US-SETTLEMENT',
  'UnitedStates(UnitedStates::GovernmentBond)': 'US-GOVT',
  'UnitedStates(UnitedStates::NYSE)': 'US-NYSE',
  'TARGET()': 'EU-TARGET',
  'Germany(Germany::FrankfurtStockExchange)': 'DE-FRANKFURT',
  'Germany(Germany::Eurex)': 'DE-EUREX',
  'Germany(Germany::Xetra)': 'DE-XETRA',
  'UnitedKingdom(UnitedKingdom::Settlement)': 'GB-SETTLEMENT',
  'UnitedKingdom(UnitedKingdom::Exchange)': 'GB-EXCHANGE',
  'UnitedKingdom(UnitedKingdom::Metals)': 'GB-METALS',
  'Italy(Italy::Exchange)': 'IT-EXCHANGE',
  'Russia(Russia::MOEX)': 'RU-MOEX',
  'Brazil()': 'BR-SETTLEMENT',
  'Denmark()': 'DK',
  'SouthKorea(SouthKorea::Settlement)': 'KR-SETTLEMENT',
  'SouthKorea(SouthKorea::KRX)': 'KR-KRX',
  'China(China::SSE)': 'CN-SSE',
  'Montenegro()': 'ME',
  'NorthMacedonia()': 'MK',
  'Serbia()': 'RS',
  'Slovenia()': 'SI',
  'Croatia()': 'HR',
  'Malaysia()': 'MY',
  'Uzbekistan()': 'UZ',
  'NewZealand Auckland': 'NZ-AUCKLAND',
  'NewZealand Wellington': 'NZ-WELLINGTON',
  'UnitedStates NYSE': 'US-NYSE',
  'UnitedStates SOFR': 'US-SOFR',
  'UnitedStates FederalReserve': 'US-FED',
}

function calendarOf(name: string): string {
  const id = CALENDARS[name]
  if (id === undefined) throw new Error(`no calendar of ours is named for ${name}`)
  return id
}

interface HolidayLists {
  readonly lists: readonly {
    readonly calendar: string
    readonly from: string
    readonly to: string
    readonly includes_weekends: boolean
    readonly expected_holidays: readonly string[]
  }[]
  readonly single_dates: readonly {
    readonly calendar: string
    readonly date: string
    readonly expected_holiday: boolean
  }[]
}

async function holidays(door: Door, calendar: string, from: string, to: string, weekends: boolean) {
  const { rows } = await door.ask(
    'GET',
    `/v1/calendars/${calendarOf(calendar)}/holidays?from=${from}&to=${to}&weekends=${weekends}`,
  )
  return (rows as { readonly date: string }[]).map(({ date }) => date)
}

function holidayCases({ lists, single_dates }: HolidayLists): GoldenCase[] {
  return [
    ...lists.map(
      ({ calendar, from, to, includes_weekends, expected_holidays }): GoldenCase => ({
        name: `holidays of ${calendar} from ${from} to ${to}`,
        figures: expected_holidays.length,
        async run(door) {
          isSame(calendar, await holidays(door, calendar, from, to, includes_weekends), expected_holidays)
          return undefined
        },
      }),
    ),
    ...single_dates.map(
      ({ calendar, date, expected_holiday }): GoldenCase => ({
        name: `${date} is ${expected_holiday ? 'a' : 'no'} holiday of ${calendar}`,
        async run(door) {
          isSame(calendar, await holidays(door, calendar, date, date, true), expected_holiday ? [date] : [])
          return undefined
        },
      }),
    ),
  ]
}

interface BusinessDays {
  readonly advance: {
    readonly cases: readonly {
      readonly convention: string
      readonly start: string
      readonly period: string
      readonly end_of_month: boolean
      readonly expected: string
    }[]
  }
  readonly business_days_between: { readonly dates: readonly string[] } & Readonly<Record<string, readonly number[]>>
}

/** `HalfMonthModifiedFollowing` is `half-month-modified-following`. */
const kebab = (name: string) => name.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()
/** `-1 Months` is `-1M`. */
const period = (text: string) => text.replace(/^(-?\d+) (\w).*$/, '$1$2')

const COUNTED: Readonly<Record<string, string>> = {
  expected_from_incl_to_excl: 'first',
  expected_from_excl_to_incl: 'last',
  expected_both_incl: 'both',
  expected_both_excl: 'none',
}

function businessDayCases({ advance, business_days_between }: BusinessDays): GoldenCase[] {
  const { dates } = business_days_between
  return [
    ...advance.cases.map(
      (one): GoldenCase => ({
        name: `${one.start} and ${one.period}, ${one.convention}${one.end_of_month ? ', end of month' : ''}`,
        async run(door) {
          const asked = `date=${one.start}&convention=${kebab(one.convention)}&period=${period(one.period)}`
          const { date } = await door.ask(
            'GET',
            `/v1/calendars/ZA/business-day?${asked}&endOfMonth=${one.end_of_month}`,
          )
          isSame('date', date, one.expected)
          return undefined
        },
      }),
    ),
    ...Object.entries(COUNTED).map(
      ([key, counted]): GoldenCase => ({
        name: `business days of Brazil between dates, ${key.replace('expected_', '')}`,
        figures: dates.length - 1,
        async run(door) {
          const found: unknown[] = []
          for (const [i, to] of dates.entries()) {
            const from = dates[i - 1]
            if (from === undefined) continue
            const url = `/v1/calendars/BR-SETTLEMENT/business-days?from=${from}&to=${to}&counted=${counted}`
            found.push((await door.ask('GET', url)).days)
          }
          isSame('days', found, business_days_between[key])
          return undefined
        },
      }),
    ),
  ]
}

interface DayCountCase {
  readonly convention?: string
  readonly start: string
  readonly end: string
  readonly ref_start?: string
  readonly ref_end?: string
  readonly termination_date?: string
  readonly schedule?: string
  readonly expected?: number
  readonly expected_days?: number
}

interface DayCounters {
  readonly tests: Readonly<
    Record<
      string,
      {
        readonly tolerance?: number
        readonly cases?: readonly DayCountCase[]
        readonly dates?: readonly string[]
        readonly expected_between_consecutive?: readonly number[]
      }
    >
  >
}

const count = (door: Door, convention: string, from: string, to: string, more = '') =>
  door.ask('GET', `/v1/day-count?convention=${convention}&from=${from}&to=${to}${more}`)

/** Tables of days by a 30/xxx rule: the convention of each, and what a day is divided by. */
const TABLES: Readonly<Record<string, readonly [convention: string, denominator: number]>> = {
  thirty365: ['30/365', 365],
  thirty360_BondBasis: ['30/360-ISDA', 360],
  thirty360_EurobondBasis: ['30E/360', 360],
  thirty360_USA: ['30U/360-EOM', 360],
  thirty360_ISDA: ['30E/360-ISDA', 360],
}

const ACT_ACT: Readonly<Record<string, string>> = {
  'ActualActual ISDA': 'ACT/ACT-ISDA',
  'ActualActual ISMA': 'ACT/ACT-ICMA',
  'ActualActual AFB': 'ACT/ACT-AFB',
}

/** Coupons a year of a reference period: as many as fit into twelve months. */
function frequencyOf(from: string, to: string): number {
  const months =
    Number(to.slice(0, 4)) * 12 + Number(to.slice(5, 7)) - Number(from.slice(0, 4)) * 12 - Number(from.slice(5, 7))
  return 12 / months
}

/** The schedules the source says in words, as the query says them. */
const SCHEDULES: Readonly<Record<string, string>> = {
  'semiannual, accrual 1999-01-30, first coupon 1999-07-30, penultimate 2000-01-30, maturity 2000-06-30, no EOM':
    '&frequency=2&regular=1999-07-30,2000-01-30',
  'quarterly, accrual 1999-05-31, first coupon 1999-08-31, penultimate 1999-11-30, maturity 2000-04-30, EOM':
    '&frequency=4&regular=1999-08-31,1999-11-30&endOfMonth=true',
  'same, no EOM': '&frequency=4&regular=1999-08-31,1999-11-30',
  'semiannual EOM, issue 2017-01-17, first coupon 2017-08-31, maturity 2026-02-28 (quasi coupons 2016-08-31, 2017-02-28)':
    '&frequency=2&regular=2017-08-31,2018-02-28&endOfMonth=true',
}

/** Consecutive dates, and the share of a year between each two. */
const CHAINS: Readonly<Record<string, readonly [convention: string, more: string]>> = {
  business252_brazil: ['BUS/252', '&calendar=BR-SETTLEMENT'],
  act366: ['ACT/366', ''],
  act36525: ['ACT/365.25', ''],
}

function dayCountCases({ tests }: DayCounters): GoldenCase[] {
  const cases: GoldenCase[] = []
  const known = new Set<string>()
  const of = (name: string) => {
    const test = tests[name]
    if (test === undefined) throw new Error(`the folder has no test ${name}`)
    known.add(name)
    return test
  }
  for (const [name, [convention, denominator]] of Object.entries(TABLES))
    for (const { start, end, termination_date, expected_days = Number.NaN } of of(name).cases ?? [])
      cases.push({
        name: `${convention} from ${start} to ${end}`,
        async run(door) {
          const termination = termination_date === undefined ? '' : `&termination=${termination_date}`
          const found = await count(door, convention, start, end, termination)
          isSame('days', found.days, expected_days)
          isNear('share of a year', found.yearFraction, (expected_days / denominator).toFixed(15), '0.00000000000001')
          return undefined
        },
      })
  const { cases: actAct = [], tolerance: actTolerance = 0 } = of('actual_actual')
  for (const { convention = '', start, end, ref_start, ref_end, expected = Number.NaN } of actAct)
    cases.push({
      name: `${convention} from ${start} to ${end}`,
      async run(door) {
        const coupons =
          ref_start === undefined || ref_end === undefined
            ? ''
            : `&frequency=${frequencyOf(ref_start, ref_end)}&regular=${ref_start},${ref_end}`
        const found = await count(door, ACT_ACT[convention] ?? convention, start, end, coupons)
        isNear('share of a year', found.yearFraction, expected, actTolerance)
        return undefined
      },
    })
  for (const name of ['actual_actual_isma_odd', 'actual_actual_isma_long_first']) {
    const test = of(name)
    for (const { start, end, schedule, expected = Number.NaN } of test.cases ?? [])
      cases.push({
        name: `Act/Act ICMA of an odd coupon from ${start} to ${end}, ${schedule ?? 'long first coupon'}`,
        async run(door) {
          const coupons = SCHEDULES[schedule ?? String(Reflect.get(test, 'schedule'))]
          if (coupons === undefined) throw new Error(`unknown schedule ${schedule}`)
          const found = await count(door, 'ACT/ACT-ICMA', start, end, coupons)
          isNear('share of a year', found.yearFraction, expected, test.tolerance ?? 0)
          return undefined
        },
      })
  }
  for (const [name, [convention, more]] of Object.entries(CHAINS)) {
    const { dates = [], expected_between_consecutive: expected = [], tolerance = 0 } = of(name)
    for (const [i, end] of dates.entries()) {
      const start = dates[i - 1]
      if (start === undefined) continue
      cases.push({
        name: `${convention} from ${start} to ${end}`,
        async run(door) {
          const found = await count(door, convention, start, end, more)
          isNear('share of a year', found.yearFraction, expected[i - 1] ?? Number.NaN, tolerance)
          return undefined
        },
      })
    }
  }
  known.add('simple')
  cases.push(...simpleCases())
  const left = Object.keys(tests).filter((name) => !known.has(name))
  if (left.length > 0) throw new Error(`no case of ours reads ${left.join(', ')}`)
  return cases
}

/** Any whole 3, 6 or 12 months from any day of 2002 to 2005: exactly a quarter, a half, a year. */
function simpleCases(): GoldenCase[] {
  const DAY = 86_400_000
  return (
    [
      [3, '0.25'],
      [6, '0.5'],
      [12, '1'],
    ] as const
  ).map(([months, expected]) => ({
    name: `the simple day count of ${months} months from any day of 2002 to 2005`,
    async run(door) {
      for (let time = Date.UTC(2002, 0, 1); time <= Date.UTC(2005, 11, 31); time += DAY) {
        const start = new Date(time)
        const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months + 1, 0)).getUTCDate()
        const day = Math.min(start.getUTCDate(), last)
        const end = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, day))
        const iso = (date: Date) => date.toISOString().slice(0, 10)
        const found = await count(door, 'SIMPLE', iso(start), iso(end))
        isSame(`from ${iso(start)}`, found.yearFraction, expected)
      }
      return undefined
    },
  }))
}

export const folder: GoldenFolder = {
  folder: 'h1_calendars_daycount_quantlib',
  cases: (files: FolderFiles) => [
    ...dayCountCases(files.json('day_counters.json')),
    ...businessDayCases(files.json('business_days.json')),
    ...holidayCases(files.json('holiday_lists.json')),
  ],
}
