// Rules of docs/book.md about money against the oracle: rates, pools, legs, receivables, instants, each with its arithmetic.
import { describe, expect, it } from 'vitest'
import { oracleBook, oracleEntries } from './oracle.ts'
import { ALWAYS, postedOn } from './posted.ts'
import {
  announced,
  contributed,
  eur,
  fill,
  fxTraded,
  opened,
  rates,
  received,
  registered,
  units,
  withdrawn,
} from './story.ts'

const L1 = 'fill:B:2025-03-03:X1'

describe('rules about money, worked by hand', () => {
  it('keeps a purchase whose rate is missing unknown, and the cash it paid until the pool crosses zero', () => {
    // 2025-03-03 has no fixing: the trade is pending. The settlement has one, but what it settles is unknown.
    const history = units(
      opened(),
      registered('XYZ', 'EUR'),
      eur('2025-02-03', '1.10'),
      contributed('C1', '100', 'EUR', '2025-02-03'),
      eur('2025-03-05', '1.20'),
      fill('X1', 'buy', '10', 'XYZ', '60', { settles: '2025-03-05' }),
      eur('2025-03-06', '1.30'),
      withdrawn('W1', '50', 'EUR', '2025-03-06'),
      eur('2025-03-07', '1.40'),
      contributed('C2', '20', 'EUR', '2025-03-07'),
    )
    expect(postedOn(history, '2025-03-03')).toStrictEqual([
      `1100 ${L1} unsettled 10u EUR 60 / null`,
      '2200 EUR -60 / null',
      '8000 unsettled -10u 0 / null', // all of an entry, never some
    ])
    const end = oracleBook(history, { portfolio: 'P', asAt: ALWAYS, effectiveAt: '2025-03-06' })
    expect(end.get('1000 main - cash - - - EUR')).toMatchObject({ local: '-10', base: null })
    const entries = oracleEntries(history, { portfolio: 'P', asAt: ALWAYS })
    const pool = entries.filter((entry) => entry.entry.startsWith('pool/'))
    // 03-05: pending payment. 03-06: 40 - 50 crosses zero: the excess of 10 is worth 50 x 1.30 x 10/50 = 13.
    // 03-07: -10 at -13 and +20 at 28: 10 of 20 paid back for 14, the pool keeps 10 at 14. x = 14 - (-13 + 28) = -1
    expect(pool.map(({ entry, pending }) => [entry, pending])).toStrictEqual([
      ['pool/cash/1000/EUR/2025-03-05', true],
      ['pool/cash/1000/EUR/2025-03-06', true],
      ['pool/cash/1000/EUR/2025-03-07', false],
    ])
    expect(pool[2]!.lines.map((line) => [line.account, line.base?.toFixed()])).toStrictEqual([
      [1000, '-1'],
      [4120, '1'],
    ])
  })

  it('carries Friday over the weekend, but never over a due fixing that is missing', () => {
    const history = units(
      opened(),
      eur('2025-03-06', '1.10'),
      eur('2025-03-14', '1.20'),
      contributed('A', '100', 'EUR', '2025-03-08'), // Saturday; Friday 03-07 is missing, Thursday is not taken
      contributed('B', '100', 'EUR', '2025-03-16'), // Sunday; Friday 03-14 is there
    )
    const fold = oracleEntries(history, { portfolio: 'P', asAt: ALWAYS })
    expect(
      fold.filter((e) => e.entry.endsWith('/cash')).map((e) => [e.entry, e.lines[0]!.base?.toFixed()]),
    ).toStrictEqual([
      ['contribution:A/cash', undefined],
      ['contribution:B/cash', '120'],
    ])
  })

  it('triangulates through the pivot with exact fractions', () => {
    // GBP -> EUR -> USD: 1 / 0.85 x 1.10 = 1.294117...; 100 GBP = 129.41
    const history = units(
      opened(),
      rates('2025-03-03', ['EUR', 'USD', '1.10'], ['EUR', 'GBP', '0.85']),
      contributed('A', '100', 'GBP', '2025-03-03'),
    )
    expect(postedOn(history, '2025-03-03')).toStrictEqual(['1000 GBP 100 / 129.41', '3000 GBP -100 / -129.41'])
  })

  it('splits a fill that crosses zero into two legs, costs by units', () => {
    // sell 15, 10 held: leg 1 gets 10/15 of 150.01 = 100.01 (half even of 100.0066...) and of 0.10 = 0.07; leg 2 50.00 and 0.03
    const history = units(
      opened(),
      registered('ABC', 'USD'),
      fill('A', 'buy', '10', 'ABC', '90', { currency: 'USD' }),
      fill('B', 'sell', '15', 'ABC', '150.01', {
        currency: 'USD',
        commission: '0.10',
        tradeDate: '2025-03-04',
        settles: '2025-03-06',
      }),
    )
    expect(postedOn(history, '2025-03-04')).toStrictEqual([
      '1100 fill:B:2025-03-03:A unsettled -10u USD -90 / -90',
      '1200 USD 99.94 / 99.94', // on the cash account
      '1200 USD 49.97 / 49.97', // on the margin account
      '2100 fill:B:2025-03-04:B unsettled -5u USD -49.97 / -49.97',
      '4100 fill:B:2025-03-03:A USD -9.94 / -9.94',
      '8000 unsettled 15u 0 / 0',
    ])
  })

  it('clears a receivable as confirmed: the difference of a contractual one, the amount of an actual one', () => {
    const sale = fill('A', 'sell', '10', 'XYZ', '100', { currency: 'USD', settles: '2025-03-05' })
    const settles = { settles: { kind: 'trade', ref: 'fill:B:2025-03-03:A' } as const }
    const short = received('R', '99', 'USD', '2025-03-06', settles)
    const base = [registered('XYZ', 'USD'), sale, short]
    expect(postedOn(units(opened(), ...base), '2025-03-06')).toStrictEqual(['1000 USD -1 / -1', '1200 USD 1 / 1'])
    expect(postedOn(units(opened({ settlement: 'actual' }), ...base), '2025-03-06')).toStrictEqual([
      '1000 USD 99 / 99',
      '1200 USD -99 / -99',
    ])
  })

  it('books costs of an FX trade at the rate the trade itself implies', () => {
    // EUR 1,000 sold for USD 1,100; fee EUR 10 at 1.10
    const history = units(
      opened(),
      fxTraded(
        'F',
        { amount: '1000', currency: 'EUR' },
        { amount: '1100', currency: 'USD' },
        '2025-03-03',
        '2025-03-05',
        {
          costs: [{ type: 'commission', amount: '10', currency: 'EUR' }],
        },
      ),
    )
    expect(postedOn(history, '2025-03-03')).toStrictEqual([
      '1210 USD 1100 / 1100',
      '2210 EUR -1010 / -1111',
      '5100 EUR 10 / 11',
      '9000 EUR 1000 / 1100',
      '9000 USD -1100 / -1100',
    ])
  })

  it('asked at an instant, knows the fills with an instant up to it and nothing of the evening', () => {
    const usd = (time: string) => ({ currency: 'USD', settles: '2025-03-05', executedAt: `2025-03-03T${time}Z` })
    const history = units(
      opened(),
      registered('XYZ', 'USD'),
      fill('A', 'buy', '10', 'XYZ', '100', usd('14:30:00')),
      fill('B', 'buy', '10', 'XYZ', '100', usd('14:30:00.5')),
      fill('C', 'buy', '10', 'XYZ', '100', { currency: 'USD', settles: '2025-03-05' }),
      withdrawn('W', '7', 'USD', '2025-03-03'),
    )
    const at = (effectiveAt: string) =>
      [...oracleBook(history, { portfolio: 'P', asAt: ALWAYS, effectiveAt }).values()]
        .filter(({ account }) => account === 1100 || account === 1000)
        .map(({ account, lot, units, local }) => `${account} ${lot?.slice(-1) ?? ''} ${units} ${local}`)
    expect(at('2025-03-03T14:30:00.25Z')).toStrictEqual(['1100 A 10 100'])
    expect(at('2025-03-03')).toStrictEqual(['1000  0 -7', '1100 A 10 100', '1100 B 10 100', '1100 C 10 100'])
  })

  it('receives a dividend of several lots in parts by their amounts, cumulated', () => {
    // net 1.00 and 2.00 and 4.00; 1.01 of 7 received: 0.14, 0.29 (0.43 - 0.14), 0.58 (1.01 - 0.43)
    const usd = (day: number) => ({ currency: 'USD', tradeDate: `2025-03-0${day}` })
    const history = units(
      opened({ settlement: 'actual' }),
      registered('XYZ', 'USD'),
      fill('A', 'buy', '1', 'XYZ', '10', usd(3)),
      fill('B', 'buy', '2', 'XYZ', '10', usd(4)),
      fill('C', 'buy', '4', 'XYZ', '10', usd(5)),
      announced('XYZ', {
        action: 'D',
        caev: 'DVCA',
        exDate: '2025-03-06',
        payDate: '2025-03-07',
        legs: [{ kind: 'cash', leg: 1, income: 'dividend', currency: 'USD', perUnit: '1' }],
      }),
      received('R', '1.01', 'USD', '2025-03-10', { settles: { kind: 'dividend', ref: 'D', instrument: 'XYZ' } }),
    )
    expect(postedOn(history, '2025-03-10')).toStrictEqual([
      '1000 USD 1.01 / 1.01',
      '1300 fill:B:2025-03-03:A USD -0.14 / -0.14',
      '1300 fill:B:2025-03-04:B USD -0.29 / -0.29',
      '1300 fill:B:2025-03-05:C USD -0.58 / -0.58',
    ])
  })
})
