// Rules of docs/book.md about lots against the oracle: methods, scopes, pools, choices, actions, each with its arithmetic.
import { describe, expect, it } from 'vitest'
import { oracleBook, oracleEntries } from './oracle.ts'
import { ALWAYS, postedOn } from './posted.ts'
import type { OracleEvent } from './shapes.ts'
import { announced, eur, fill, opened, registered, split, units } from './story.ts'

describe('rules about lots, worked by hand', () => {
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
      '8000 settled -20u 0 / 0',
      '8000 unsettled 20u 0 / 0',
    ])
    expect(
      [...oracleBook(history, { portfolio: 'P', asAt: ALWAYS }).values()].map((b) => [b.account, b.units, b.local]),
    ).toStrictEqual([
      [1000, '0', '20'],
      [4100, '0', '-20'],
      [8000, '-20', '0'],
      [8000, '20', '0'],
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
      '8000 settled 4u 0 / 0',
    ])
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
      '8000 unsettled 10u 0 / 0',
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
      '8000 settled -3u 0 / 0',
      '8000 unsettled -2u 0 / 0',
    ])
    expect(postedOn(history, '2025-03-06').filter((line) => line.includes('/S/2'))).toStrictEqual([
      `1100 ${A}/S/2 settled 2u USD 10 / 10`,
      `1100 ${A}/S/2 unsettled -2u USD -10 / -10`,
    ])
  })
})
