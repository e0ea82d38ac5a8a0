// When trades settle: the printed cases, every change of cycle on its day, and no guess where nothing is known.
import { describe, expect, it } from 'vitest'
import { plainDate } from '../../../src/domain/kernel/date.ts'
import {
  fxSpotDate,
  loadSettlementCycles,
  marketOfVenue,
  SETTLEMENT_CYCLES,
  settlementCycle,
  settlementDate,
} from '../../../src/domain/kernel/settlement-cycle.ts'
import { codeOf, refusalOf } from './refused.ts'

const d = plainDate
const settles = (tradeDate: string, market: string, ...currencies: string[]) =>
  settlementDate({ tradeDate: d(tradeDate), market, type: 'equity', currencies })

describe('a settlement date', () => {
  it('is 2024-10-15 for US trades of 2024-10-11 and of 2024-10-14 (BOOK.md section 7)', () => {
    // Friday's next business day would be Monday, but Columbus Day is no settlement day; Monday's own next day is Tuesday.
    expect(settles('2024-10-11', 'US', 'USD')).toBe('2024-10-15')
    expect(settles('2024-10-14', 'US', 'USD')).toBe('2024-10-15')
  })

  it('is the same day for the last trades of an old cycle and the first of a shorter one', () => {
    // US: T+2 from Friday 24 May over Memorial Day is the 29th, as is T+1 from Tuesday the 28th.
    expect([settles('2024-05-24', 'US', 'USD'), settles('2024-05-28', 'US', 'USD')]).toStrictEqual([
      '2024-05-29',
      '2024-05-29',
    ])
    // US: T+3 from Friday 1 September 2017 over Labor Day is the 7th, as is T+2 from Tuesday the 5th.
    expect([settles('2017-09-01', 'US', 'USD'), settles('2017-09-05', 'US', 'USD')]).toStrictEqual([
      '2017-09-07',
      '2017-09-07',
    ])
    // Canada: T+2 from Friday 24 May 2024 is Tuesday the 28th, as is T+1 from Monday the 27th.
    expect([settles('2024-05-24', 'CA', 'CAD'), settles('2024-05-27', 'CA', 'CAD')]).toStrictEqual([
      '2024-05-28',
      '2024-05-28',
    ])
    // Japan: T+3 from Friday 12 July 2019 over Marine Day is the 18th, as is T+2 from Tuesday the 16th.
    expect([settles('2019-07-12', 'JP', 'JPY'), settles('2019-07-16', 'JP', 'JPY')]).toStrictEqual([
      '2019-07-18',
      '2019-07-18',
    ])
    // EU, UK, Switzerland: T+2 from Friday 8 October 2027 is Tuesday the 12th, as is T+1 from Monday the 11th.
    for (const [market, currency] of [
      ['EU', 'EUR'],
      ['UK', 'GBP'],
      ['CH', 'CHF'],
    ] as const)
      expect([settles('2027-10-08', market, currency), settles('2027-10-11', market, currency)]).toStrictEqual([
        '2027-10-12',
        '2027-10-12',
      ])
  })

  it('waits for the currencies that move, not only for the depository', () => {
    // Wednesday 30 April 2025, T+1: the US settles on 1 May, the euro moves on the 2nd.
    expect(settles('2025-04-30', 'US', 'USD')).toBe('2025-05-01')
    expect(settles('2025-04-30', 'US', 'USD', 'EUR')).toBe('2025-05-02')
  })

  it('does not wait for the exchange: trades settle on a day of mourning', () => {
    // 2025-01-08, T+1: the exchanges were closed on the 9th for President Carter, DTC was not.
    expect(settles('2025-01-08', 'US', 'USD')).toBe('2025-01-09')
  })

  it('is the trade date for crypto assets, on any day of the week', () => {
    expect(settlementDate({ tradeDate: d('2024-10-13'), market: 'CRYPTO', type: 'crypto', currencies: ['USD'] })).toBe(
      '2024-10-13',
    )
  })

  it('is refused where the market, the cycle or a calendar is unknown', () => {
    expect(codeOf(() => settles('2024-10-11', 'MARS', 'USD'))).toBe('unknown-market')
    expect(
      refusalOf(() => settlementDate({ tradeDate: d('2024-10-11'), market: 'US', type: 'swap', currencies: ['USD'] })),
    ).toStrictEqual({
      code: 'unknown-settlement-cycle',
      message: 'no settlement cycle is known for swap traded in US on 2024-10-11',
      remedy: 'state the settlement date of the trade, or load a file with the cycle',
      details: { market: 'US', type: 'swap', tradeDate: '2024-10-11' },
    })
    expect(codeOf(() => settles('2024-10-11', 'US', 'SEK'))).toBe('unknown-calendar')
    expect(codeOf(() => settles('2030-12-31', 'US', 'USD'))).toBe('outside-calendar')
    expect(codeOf(() => settles('2014-12-30', 'US', 'USD'))).toBe('outside-calendar')
  })
})

describe('a settlement cycle', () => {
  it('depends on market, type and trade date', () => {
    const days = (market: string, type: string, date: string) => settlementCycle(market, type, d(date))
    expect([
      days('US', 'equity', '2017-09-04'),
      days('US', 'equity', '2017-09-05'),
      days('US', 'equity', '2024-05-27'),
      days('US', 'equity', '2024-05-28'),
    ]).toStrictEqual([3, 2, 2, 1])
    expect([
      days('AU', 'equity', '2016-03-04'),
      days('AU', 'equity', '2016-03-07'),
      days('HK', 'equity', '2024-01-02'),
    ]).toStrictEqual([3, 2, 2])
    expect([
      days('US', 'option', '2020-01-02'),
      days('US', 'fund', '2020-01-02'),
      days('EU', 'bond', '2027-10-11'),
    ]).toStrictEqual([1, 1, 1])
    expect(codeOf(() => days('EU', 'equity', '2014-10-05'))).toBe('unknown-settlement-cycle')
  })

  it('never says two things about one trade, and leaves no gap between cycles', () => {
    const { cycles } = SETTLEMENT_CYCLES
    for (const market of new Set(cycles.map((cycle) => cycle.market)))
      for (const type of new Set(cycles.flatMap((cycle) => cycle.types))) {
        const one = cycles.filter((cycle) => cycle.market === market && cycle.types.includes(type))
        const starts = one.slice(1).map((cycle) => Date.parse(cycle.from))
        const ends = one.slice(0, -1).map((cycle) => Date.parse(cycle.to ?? '') + 86_400_000)
        expect([market, type, starts]).toStrictEqual([market, type, ends])
      }
  })

  it('comes with the venues of its market', () => {
    expect(
      ['XNYS', 'XNAS', 'XLON', 'XETR', 'XPAR', 'XSWX', 'XTSE', 'XTKS', 'XHKG', 'XXXX'].map((mic) => marketOfVenue(mic)),
    ).toStrictEqual(['US', 'US', 'UK', 'EU', 'EU', 'CH', 'CA', 'JP', 'HK', null])
  })

  it('comes from a file too', () => {
    const cycles = loadSettlementCycles({
      markets: [{ id: 'IN', calendar: 'US', venues: ['XNSE'], source: 'a test' }],
      cycles: [{ market: 'IN', types: ['equity'], from: '2023-01-27', to: null, days: 0, source: 'a test' }],
      fxSpot: { days: 2, oneDay: [], source: 'a test' },
    })
    // T+0 on a holiday of the depository settles on its next business day.
    expect(
      settlementDate({ tradeDate: d('2024-10-14'), market: 'IN', type: 'equity', currencies: ['USD'], cycles }),
    ).toBe('2024-10-15')
    expect(refusalOf(() => loadSettlementCycles({ markets: [], cycles: [{}] })).field).toBe('cycles.0.market')
  })
})

describe('an FX spot date', () => {
  it('is two business days on, one for the Canadian dollar', () => {
    // Tuesday 1 October 2024.
    expect(fxSpotDate(d('2024-10-01'), 'EUR', 'USD')).toBe('2024-10-03')
    expect(fxSpotDate(d('2024-10-01'), 'USD', 'CAD')).toBe('2024-10-02')
  })

  it('lets a US holiday count on the way but not as the value date', () => {
    // From Wednesday 3 July: the 4th counts for EUR, the 5th is spot. From Tuesday the 2nd, spot would be the 4th and moves to the 5th.
    expect(fxSpotDate(d('2024-07-03'), 'EUR', 'USD')).toBe('2024-07-05')
    expect(fxSpotDate(d('2024-07-02'), 'EUR', 'USD')).toBe('2024-07-05')
    // A cross settles through the dollar as well.
    expect(fxSpotDate(d('2024-07-02'), 'EUR', 'GBP')).toBe('2024-07-05')
  })

  it('skips the holidays of both currencies', () => {
    // From Tuesday 24 December 2024: 25 and 26 are closed for EUR and GBP, so the two days are the 27th and the 30th.
    expect(fxSpotDate(d('2024-12-24'), 'EUR', 'GBP')).toBe('2024-12-30')
    expect(codeOf(() => fxSpotDate(d('2024-12-24'), 'EUR', 'EUR'))).toBe('same-currency')
    expect(codeOf(() => fxSpotDate(d('2024-12-24'), 'EUR', 'SEK'))).toBe('unknown-calendar')
  })
})
