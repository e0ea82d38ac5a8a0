// Single rules of docs/book.md against the oracle, each with its arithmetic.
import { describe, expect, it } from 'vitest'
import { oracleBook, oracleEntries } from './oracle.ts'
import { ALWAYS, postedOn } from './posted.ts'
import type { OracleEvent } from './shapes.ts'
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
  split,
  units,
  withdrawn,
} from './story.ts'

const L1 = 'fill:B:2025-03-03:X1'

describe('rules worked by hand', () => {
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
      '8000 -10u 0 / null', // all of an entry, never some
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
      '8000 15u 0 / 0',
    ])
  })

  it('moves what waits for settlement into the new lot of a split, sold units too', () => {
    const history = units(
      opened(),
      registered('XYZ', 'USD'),
      fill('A', 'buy', '10', 'XYZ', '100', { currency: 'USD', tradeDate: '2025-03-03', settles: '2025-03-03' }),
      fill('B', 'sell', '10', 'XYZ', '120', { currency: 'USD', tradeDate: '2025-03-04', settles: '2025-03-06' }),
      announced('XYZ', split('S', '2025-03-05', '3:1')),
    )
    const A = 'fill:B:2025-03-03:A'
    expect(postedOn(history, '2025-03-05')).toStrictEqual([
      `1100 ${A} settled -10u USD -100 / -100`,
      `1100 ${A} unsettled 10u USD 100 / 100`,
      `1100 ${A}/S/1 settled 30u USD 100 / 100`,
      `1100 ${A}/S/1 unsettled -30u USD -100 / -100`,
    ])
    expect(
      [...oracleBook(history, { portfolio: 'P', asAt: ALWAYS }).values()].map((b) => [b.account, b.local]),
    ).toStrictEqual([
      [1000, '20'],
      [4100, '-20'],
    ])
  })

  it('pays a fraction in lieu: its share of cost against its price', () => {
    // 7 held, 1:2 -> 3.5: 3 new units, half a unit at 30 = 15.00; it takes 0.5/3.5 of 70.00 = 10.00; gain 5.00
    const history = units(
      opened(),
      registered('XYZ', 'USD'),
      fill('A', 'buy', '7', 'XYZ', '70', { currency: 'USD' }),
      announced(
        'XYZ',
        split('S', '2025-03-05', '1:2', { fractions: 'cash-in-lieu', cashInLieu: { price: '30', currency: 'USD' } }),
      ),
    )
    const A = 'fill:B:2025-03-03:A'
    expect(postedOn(history, '2025-03-05')).toStrictEqual([
      `1100 ${A} settled -7u USD -70 / -70`,
      `1100 ${A}/S/1 settled 3u USD 60 / 60`,
      `1330 ${A} USD 15 / 15`,
      `4100 ${A} USD -5 / -5`,
      '8000 4u 0 / 0',
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

  it('takes lots by each method', () => {
    const at = (day: number, more = {}) => ({ currency: 'USD', tradeDate: `2025-03-0${day}`, ...more })
    const reliefs = (lotMethod: 'fifo' | 'lifo' | 'hifo' | 'lowest-cost' | 'average') =>
      postedOn(
        units(
          opened({ lotMethod }),
          registered('XYZ', 'USD'),
          fill('A', 'buy', '10', 'XYZ', '100', at(3)),
          fill('B', 'buy', '10', 'XYZ', '150', at(4)),
          fill('C', 'buy', '10', 'XYZ', '80', at(5)),
          fill('D', 'sell', '12', 'XYZ', '240', at(6, { settles: '2025-03-10' })),
        ),
        '2025-03-06',
      ).filter((line) => line.startsWith('1100'))
    const [A, B, C] = ['3:A', '4:B', '5:C'].map((end) => `fill:B:2025-03-0${end}`)
    expect(reliefs('fifo')).toStrictEqual([
      `1100 ${A} unsettled -10u USD -100 / -100`,
      `1100 ${B} unsettled -2u USD -30 / -30`,
    ])
    expect(reliefs('lifo')).toStrictEqual([
      `1100 ${B} unsettled -2u USD -30 / -30`,
      `1100 ${C} unsettled -10u USD -80 / -80`,
    ])
    expect(reliefs('hifo')).toStrictEqual([
      `1100 ${A} unsettled -2u USD -20 / -20`,
      `1100 ${B} unsettled -10u USD -150 / -150`,
    ])
    expect(reliefs('lowest-cost')).toStrictEqual([
      `1100 ${A} unsettled -2u USD -20 / -20`,
      `1100 ${C} unsettled -10u USD -80 / -80`,
    ])
    // 12 of 30 units that cost 330 together
    expect(reliefs('average')).toStrictEqual([`1100 ${A} unsettled -12u USD -132 / -132`])
  })

  it('relieves a lot of another sleeve through 2500 at cost', () => {
    const history = units(
      opened({ reliefScope: 'account' }),
      registered('XYZ', 'EUR'),
      eur('2025-03-03', '1.10'),
      eur('2025-03-04', '1.20'),
      fill('A', 'buy', '10', 'XYZ', '100', { sleeve: 'other' }),
      fill('B', 'sell', '4', 'XYZ', '60', { tradeDate: '2025-03-04', settles: '2025-03-06' }),
    )
    const A = 'fill:B:2025-03-03:A'
    const entry = oracleEntries(history, { portfolio: 'P', asAt: ALWAYS }).find(({ entry }) =>
      entry.endsWith(':B/trade'),
    )!
    // cost 40 at 44.00; gain 20 x 1.20 = 24.00; FX 40 x 1.20 - 44 = 4.00; proceeds 60 x 1.20 = 72.00
    expect(
      entry.lines.map((l) => `${l.sleeve} ${l.account} ${l.lot ?? '-'} ${l.units} ${l.local} ${l.base}`),
    ).toStrictEqual([
      `other 1100 ${A} -4 -40 -44`,
      'other 2500 - 0 40 44',
      'main 2500 - 0 -40 -44',
      `main 4100 ${A} 0 -20 -24`,
      `main 4110 ${A} 0 0 -4`,
      'main 1200 - 0 60 72',
      'other 8000 - 4 0 0',
    ])
  })

  it('gives the remainder of a pool to its last unit, and opens a new pool after zero', () => {
    // 3 for 100.00: a third each, rounded cumulated: 33.33, 33.34 (66.67 - 33.33), 33.33
    const usd = (day: number) => ({ currency: 'USD', tradeDate: `2025-03-0${day}` })
    const history = units(
      opened({ lotMethod: 'average' }),
      registered('XYZ', 'USD'),
      fill('A', 'buy', '3', 'XYZ', '100', usd(3)),
      fill('S', 'sell', '1', 'XYZ', '50', usd(4)),
      fill('T', 'sell', '1', 'XYZ', '50', usd(5)),
      fill('U', 'sell', '1', 'XYZ', '50', usd(6)),
      fill('B', 'buy', '1', 'XYZ', '10', usd(7)),
    )
    const gains = oracleEntries(history, { portfolio: 'P', asAt: ALWAYS })
      .flatMap((entry) => entry.lines)
      .filter((line) => line.account === 4100)
      .map((line) => line.local.toFixed())
    expect(gains).toStrictEqual(['-16.67', '-16.66', '-16.67'])
    expect(postedOn(history, '2025-03-07')[1]).toBe('1100 fill:B:2025-03-07:B settled 1u USD 10 / 10')
  })

  it('takes the lots that were chosen, follows them through a split, and falls back for the rest', () => {
    const usd = { currency: 'USD', tradeDate: '2025-03-03' }
    const history = units(
      opened({ lotMethod: 'specific', defaultMethod: 'hifo' }),
      registered('XYZ', 'USD'),
      fill('A', 'buy', '10', 'XYZ', '100', usd),
      fill('B', 'buy', '10', 'XYZ', '300', usd),
      fill('C', 'buy', '10', 'XYZ', '200', usd),
      announced('XYZ', split('S', '2025-03-04', '2:1')),
      fill('D', 'sell', '30', 'XYZ', '900', {
        ...usd,
        tradeDate: '2025-03-05',
        settles: '2025-03-07',
        lots: [
          { lot: 'fill:B:2025-03-03:A', units: '5' },
          { lot: 'fill:B:2025-03-03:gone', units: '9' },
        ],
      }),
    )
    // 5 of 20 new A units cost 25; then the dearest: all 20 of B for 300, 5 of C for 50
    expect(postedOn(history, '2025-03-05').filter((line) => line.startsWith('1100'))).toStrictEqual([
      '1100 fill:B:2025-03-03:A/S/1 unsettled -5u USD -25 / -25',
      '1100 fill:B:2025-03-03:B/S/1 unsettled -20u USD -300 / -300',
      '1100 fill:B:2025-03-03:C/S/1 unsettled -5u USD -50 / -50',
    ])
  })

  it('sells a lot that was bought in another currency through 9000', () => {
    // cost USD 110 at 110.00 base; at 1.20 that is EUR 91.67; proceeds EUR 120: gain 28.33 x 1.20 = 34.00 (33.996)
    const history = units(
      opened(),
      registered('XYZ', 'EUR'),
      eur('2025-03-04', '1.20'),
      fill('A', 'buy', '10', 'XYZ', '110', { currency: 'USD' }),
      fill('B', 'sell', '10', 'XYZ', '120', { tradeDate: '2025-03-04', settles: '2025-03-06' }),
    )
    expect(postedOn(history, '2025-03-04')).toStrictEqual([
      '1100 fill:B:2025-03-03:A unsettled -10u USD -110 / -110',
      '1200 EUR 120 / 144',
      '4100 fill:B:2025-03-03:A EUR -28.33 / -34',
      '8000 10u 0 / 0',
      '9000 EUR -91.67 / -110',
      '9000 USD 110 / 110',
    ])
  })

  it('passes the cost of a lot that gets no unit to the next one, and loses it when there is none', () => {
    const usd = (day: number) => ({ currency: 'USD', tradeDate: `2025-03-0${day}` })
    const bought = [fill('A', 'buy', '1', 'XYZ', '10', usd(3)), fill('B', 'buy', '9', 'XYZ', '90', usd(4))]
    const reverse = (ratio: string) =>
      units(opened(), registered('XYZ', 'USD'), ...bought, announced('XYZ', split('S', '2025-03-05', ratio)))
    // 10 held, 1:10: one new unit by largest remainder to B (0.9 against 0.1), which takes the 10.00 of A
    expect(postedOn(reverse('1:10'), '2025-03-05').filter((line) => line.includes('/S/1'))).toStrictEqual([
      '1100 fill:B:2025-03-04:B/S/1 settled 1u USD 100 / 100',
    ])
    expect(postedOn(reverse('1:20'), '2025-03-05').filter((line) => line.startsWith('4'))).toStrictEqual([
      '4100 fill:B:2025-03-03:A USD 10 / 10',
      '4100 fill:B:2025-03-04:B USD 90 / 90',
    ])
  })

  it('gives the child of a spin-off what waits for settlement', () => {
    // 10 units, 4 of them unsettled: 5 new units, 2 of them unsettled; a fifth of the cost of each
    const usd = { currency: 'USD' }
    const spin: OracleEvent = announced('XYZ', {
      action: 'S',
      caev: 'SOFF',
      exDate: '2025-03-05',
      legs: [
        {
          kind: 'security',
          leg: 2,
          instrument: 'KID',
          ratio: { numerator: '1', denominator: '2' },
          replaces: false,
          basisShare: '0.2',
          holdingPeriod: 'tack',
          fractions: 'down',
        },
      ],
    })
    const history = units(
      opened({ lotMethod: 'average' }),
      registered('XYZ', 'USD'),
      registered('KID', 'USD'),
      fill('A', 'buy', '6', 'XYZ', '60', usd),
      fill('B', 'buy', '4', 'XYZ', '50', { ...usd, settles: '2025-03-06' }),
      spin,
    )
    const A = 'fill:B:2025-03-03:A'
    expect(postedOn(history, '2025-03-05')).toStrictEqual([
      `1100 ${A}/S/2 settled 3u USD 12 / 12`,
      `1100 ${A}/S/2 unsettled 2u USD 10 / 10`,
      `1100 ${A} settled USD -12 / -12`,
      `1100 ${A} unsettled USD -10 / -10`,
      '8000 -5u 0 / 0',
    ])
    expect(postedOn(history, '2025-03-06').filter((line) => line.includes('/S/2'))).toStrictEqual([
      `1100 ${A}/S/2 settled 2u USD 10 / 10`,
      `1100 ${A}/S/2 unsettled -2u USD -10 / -10`,
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
