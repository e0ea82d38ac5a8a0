// The shipped calendars are what the rules say, and the rules agree with lists made by others.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dayStatus, isBusinessDay } from '../../../src/domain/kernel/calendar.ts'
import { CALENDARS, calendar } from '../../../src/domain/kernel/calendars.ts'
import { addDays, type PlainDate, plainDate, weekday } from '../../../src/domain/kernel/date.ts'
import { REFERENCE_CALENDARS } from '../../../src/domain/kernel/holidays/reference-calendars.ts'
import { CALENDAR_RULES, closuresBy, rulesOf } from './holiday-rules.ts'

const DATA = '../../../src/domain/kernel/data'
/** QuantLib's own test lists (github lballabio/QuantLib, commit 2a13d455, modified BSD); not part of the project. */
const GOLDEN = '/work/shared/golden/h1_calendars_daycount_quantlib/holiday_lists.json'

describe('the shipped calendars', () => {
  for (const kind of ['trading', 'settlement', 'currency'] as const) {
    it(`hold for ${kind} exactly the closures of the rules, 2015 to 2030`, async () => {
      const calendars = CALENDAR_RULES.filter((rules) => rules.kind === kind).map(({ id, name, source, rules }) => ({
        id,
        kind,
        name,
        from: '2015-01-01',
        to: '2030-12-31',
        source,
        closures: Object.fromEntries(closuresBy(rules, 2015, 2030)),
      }))
      // `npx vitest run test/domain/kernel/calendar-data -u` writes the file anew after a rule has changed.
      await expect(`${JSON.stringify({ calendars }, null, 2)}\n`).toMatchFileSnapshot(`${DATA}/${kind}-calendars.json`)
    })
  }

  it('are open on every day that is neither a weekend nor a closure', () => {
    for (const { id, rules } of CALENDAR_RULES) {
      const closed = closuresBy(rules, 2015, 2030)
      for (let day = plainDate('2015-01-01'); day <= '2030-12-31'; day = addDays(day, 1))
        if (isBusinessDay(calendar(id), day) !== (weekday(day) < 6 && !closed.has(day)))
          expect.unreachable(`${id} on ${day}`)
    }
    expect(CALENDARS.size).toBe(CALENDAR_RULES.length + REFERENCE_CALENDARS.length)
  })

  const days = (id: string, year: number) =>
    [...calendar(id).closures.keys()].filter((day) => day.startsWith(`${year}-`))

  it('know the closures nobody could have computed', () => {
    const closed = (id: string, ...dates: string[]) => dates.map((day) => dayStatus(calendar(id), plainDate(day)))
    // Days of mourning for two presidents: no trading, yet trades settled and the Fedwire was open.
    expect(closed('XNYS', '2018-12-05', '2025-01-09')).toStrictEqual(['closed', 'closed'])
    expect(closed('US', '2018-12-05', '2025-01-09')).toStrictEqual(['open', 'open'])
    // VE Day moved the bank holiday from 4 to 8 May 2020; jubilee and funeral in 2022; coronation in 2023.
    expect(closed('XLON', '2020-05-04', '2020-05-08')).toStrictEqual(['open', 'closed'])
    expect(closed('XLON', '2022-05-30', '2022-06-02', '2022-06-03', '2022-09-19', '2023-05-08')).toStrictEqual([
      'open',
      'closed',
      'closed',
      'closed',
      'closed',
    ])
    // The accession made ten days of Golden Week 2019; the halted session of 2020-10-01 was a business day.
    expect(days('XTKS', 2019).slice(6, 12)).toStrictEqual([
      '2019-04-29',
      '2019-04-30',
      '2019-05-01',
      '2019-05-02',
      '2019-05-03',
      '2019-05-06',
    ])
    expect(
      closed(
        'XTKS',
        '2019-10-22',
        '2020-07-23',
        '2020-07-24',
        '2020-08-10',
        '2021-07-22',
        '2021-07-23',
        '2021-08-09',
        '2020-10-01',
      ),
    ).toStrictEqual(['closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'open'])
    // Xetra traded on Whit Monday and German Unity Day again from 2022.
    expect(closed('XETR', '2021-05-24', '2022-06-06', '2018-10-03', '2022-10-03', '2017-10-31')).toStrictEqual([
      'closed',
      'open',
      'closed',
      'open',
      'closed',
    ])
  })

  it('keep trading, settlement and currency apart', () => {
    const on = (day: PlainDate) => ['XNYS', 'US', 'USD'].map((id) => dayStatus(calendar(id), day))
    // Columbus Day and Veterans Day: the exchange trades, nothing settles. Good Friday: the Fedwire is open, nothing settles.
    expect(on(plainDate('2024-10-14'))).toStrictEqual(['open', 'closed', 'closed'])
    expect(on(plainDate('2024-11-11'))).toStrictEqual(['open', 'closed', 'closed'])
    expect(on(plainDate('2024-03-29'))).toStrictEqual(['closed', 'closed', 'open'])
    // 4 July 2026 is a Saturday: the exchange keeps Friday, the Reserve Banks keep no day.
    expect(on(plainDate('2026-07-03'))).toStrictEqual(['closed', 'closed', 'open'])
  })
})

describe('the rules against QuantLib', () => {
  const golden: {
    lists: { calendar: string; from: string; to: string; expected_holidays: string[] }[]
    single_dates: { calendar: string; date: string; expected_holiday: boolean }[]
  } | null = existsSync(GOLDEN) ? JSON.parse(readFileSync(GOLDEN, 'utf8')) : null
  if (golden === null) console.warn(`skipped: QuantLib's holiday lists are not at ${GOLDEN}`)

  const lists: [name: string, id: string, missing: string[], extra: string[]][] = [
    ['UnitedStates(UnitedStates::NYSE)', 'XNYS', [], []],
    ['TARGET()', 'TARGET', [], []],
    ['TARGET()', 'EUR', [], []],
    ['UnitedKingdom(UnitedKingdom::Exchange)', 'XLON', [], []],
    ['UnitedKingdom(UnitedKingdom::Settlement)', 'UK', [], []],
    // QuantLib lets Xetra trade on New Year's Eve; Deutsche Börse's calendars close it, and 30 December is the last day.
    ['Germany(Germany::Xetra)', 'XETR', [], ['2003-12-31', '2004-12-31']],
    // QuantLib's settlement calendar is a federal one: it moves New Year's Day to a Friday, and settles on Good Friday.
    ['UnitedStates(UnitedStates::Settlement)', 'US', ['2004-12-31'], ['2004-04-09', '2005-03-25']],
  ]
  for (const [name, id, missing, extra] of lists) {
    it.skipIf(golden === null)(`${id} has the holidays of ${name}`, () => {
      const list = golden?.lists.find((one) => one.calendar === name && one.from >= '1999')
      if (list === undefined) return expect.unreachable(`${name} is not in the lists`)
      const ours = [...closuresBy(rulesOf(id).rules, Number(list.from.slice(0, 4)), Number(list.to.slice(0, 4))).keys()]
      expect(list.expected_holidays.filter((day) => !ours.includes(day))).toStrictEqual(missing)
      expect(ours.filter((day) => !list.expected_holidays.includes(day))).toStrictEqual(extra)
    })
  }

  it.skipIf(golden === null)('USD and XNYS have the single days QuantLib tests', () => {
    const wanted = new Map([
      ['UnitedStates FederalReserve', 'USD'],
      ['UnitedStates NYSE', 'XNYS'],
    ])
    const tested = (golden?.single_dates ?? []).filter((one) => wanted.has(one.calendar) && one.date >= '2001')
    const wrong = tested.filter(({ calendar: name, date, expected_holiday }) => {
      const year = Number(date.slice(0, 4))
      const closed =
        closuresBy(rulesOf(wanted.get(name) ?? '').rules, year, year).has(date) || weekday(plainDate(date)) > 5
      return closed !== expected_holiday
    })
    expect(wrong).toStrictEqual([])
    expect(tested).toHaveLength(18)
  })
})
