// The oracle against entries worked by hand: it must be right before it judges anything.
import { describe, expect, it } from 'vitest'
import { decimal } from './arithmetic.ts'
import { oracleBook, oracleEntries } from './oracle.ts'
import type { OracleEvent, OracleUnit } from './shapes.ts'
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

const ALWAYS = 10n ** 12n

/** What one date posted, per balance: `account lot state units ccy local / base`, shortest form first. */
function postedOn(
  history: readonly OracleUnit[],
  date: string,
  options: { functional?: string; portfolio?: string } = {},
): string[] {
  const all = { portfolio: 'P', ...options, asAt: ALWAYS }
  const before = oracleBook(history, { ...all, effectiveAt: dayBefore(date) })
  const after = oracleBook(history, { ...all, effectiveAt: date })
  const lines: string[] = []
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [b, a] = [before.get(key), after.get(key)]
    const { account, lot, state, currency } = (a ?? b)!
    const less = (x: string | undefined, y: string | undefined) => decimal(x ?? '0').minus(y ?? '0')
    const units = less(a?.units, b?.units)
    const local = less(a?.local, b?.local)
    const base = a?.base === null || b?.base === null ? null : less(a?.base, b?.base)
    if (units.isZero() && local.isZero() && base?.isZero()) continue
    const words = [account, lot, state, units.isZero() ? null : `${units}u`, currency, `${local} / ${base}`]
    lines.push(words.filter((word) => word !== null).join(' '))
  }
  return lines
}
const dayBefore = (date: string) => new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10)

const L1 = 'fill:B:2025-03-03:X1'
const STORY: OracleEvent[] = [
  opened(),
  registered('XYZ', 'EUR'),
  registered('SPN', 'EUR'),
  eur('2025-02-03', '1.10'),
  contributed('C1', '20000', 'EUR', '2025-02-03'),
  eur('2025-03-03', '1.10'),
  eur('2025-03-05', '1.12'),
  fill('X1', 'buy', '100', 'XYZ', '10000', { commission: '20', settles: '2025-03-05' }),
  eur('2025-03-10', '1.15'),
  eur('2025-03-12', '1.14'),
  fill('X2', 'sell', '60', 'XYZ', '7200', { commission: '12', tradeDate: '2025-03-10', settles: '2025-03-12' }),
  eur('2025-03-19', '1.13'),
  fxTraded('F1', { amount: '5000', currency: 'EUR' }, { amount: '5600', currency: 'USD' }, '2025-03-17', '2025-03-19'),
  eur('2025-04-01', '1.10'),
  eur('2025-04-15', '1.12'),
  announced('XYZ', {
    action: 'D1',
    caev: 'DVCA',
    exDate: '2025-04-01',
    payDate: '2025-04-15',
    legs: [
      {
        kind: 'cash',
        leg: 1,
        income: 'dividend',
        currency: 'EUR',
        perUnit: '2.00',
        withholding: { statutory: '0.25', treaty: '0.15' },
      },
    ],
  }),
  eur('2025-05-01', '1.08'),
  received('R1', '8', 'EUR', '2025-05-01', { settles: { kind: 'reclaim', ref: 'D1', instrument: 'XYZ' } }),
  announced('XYZ', split('split', '2025-05-05', '2:1')),
  announced('XYZ', {
    action: 'spin',
    caev: 'SOFF',
    exDate: '2025-05-12',
    legs: [
      {
        kind: 'security',
        leg: 2,
        instrument: 'SPN',
        ratio: { numerator: '1', denominator: '4' },
        replaces: false,
        basisShare: '0.2',
        holdingPeriod: 'tack',
        fractions: 'cash-in-lieu',
      },
    ],
  }),
]
const story = units(...STORY)

describe('the worked entries of BOOK.md section 5', () => {
  it('row 1: a purchase at cost, then its settlement with the pool entry of the day', () => {
    // 10,020 x 1.10 = 11,022.00; cash 10,020 x 1.12 = 11,222.40, of which the pool gives 10,020 x 22,000/20,000 = 11,022.00
    expect(postedOn(story, '2025-03-03')).toStrictEqual([
      `1100 ${L1} unsettled 100u EUR 10020 / 11022`,
      '2200 EUR -10020 / -11022',
      '8000 -100u 0 / 0',
    ])
    expect(postedOn(story, '2025-03-05')).toStrictEqual([
      '1000 EUR -10020 / -11022',
      `1100 ${L1} settled 100u EUR 10020 / 11022`,
      `1100 ${L1} unsettled -100u EUR -10020 / -11022`,
      '2200 EUR 10020 / 11022',
      '4120 EUR 0 / -200.4',
      '4130 EUR 0 / 200.4',
    ])
  })

  it('row 2: a sale with its price gain at the closing rate and the FX gain on cost', () => {
    // gain 7,188 - 6,012 = 1,176 x 1.15 = 1,352.40; FX 6,012 x (1.15 - 1.10) = 300.60
    expect(postedOn(story, '2025-03-10')).toStrictEqual([
      `1100 ${L1} unsettled -60u EUR -6012 / -6613.2`,
      '1200 EUR 7188 / 8266.2',
      `4100 ${L1} EUR -1176 / -1352.4`,
      `4110 ${L1} EUR 0 / -300.6`,
      '8000 60u 0 / 0',
    ])
    expect(postedOn(story, '2025-03-12')).toStrictEqual([
      '1000 EUR 7188 / 8194.32',
      `1100 ${L1} settled -60u EUR -6012 / -6613.2`,
      `1100 ${L1} unsettled 60u EUR 6012 / 6613.2`,
      '1200 EUR -7188 / -8266.2',
      '4130 EUR 0 / 71.88',
    ])
  })

  it('row 3: an FX trade and its settlement out of the pool', () => {
    // pool 17,168 EUR at 19,172.32; 5,000 of it cost 5,583.74 (half even of 5,583.737...); bought for 5,600; 5,000 x 1.13 = 5,650
    expect(postedOn(story, '2025-03-17')).toStrictEqual([
      '1210 USD 5600 / 5600',
      '2210 EUR -5000 / -5600',
      '9000 EUR 5000 / 5600',
      '9000 USD -5600 / -5600',
    ])
    expect(postedOn(story, '2025-03-19')).toStrictEqual([
      '1000 EUR -5000 / -5583.74',
      '1000 USD 5600 / 5600',
      '1210 USD -5600 / -5600',
      '2210 EUR 5000 / 5600',
      '4120 EUR 0 / -66.26',
      '4130 EUR 0 / 50',
    ])
  })

  it('row 4: a dividend with withholding, its payment, and the reclaim received', () => {
    // gross 80, withheld 20, final 12, reclaimable 8, net 60
    expect(postedOn(story, '2025-04-01')).toStrictEqual([
      `1300 ${L1} EUR 60 / 66`,
      `1320 ${L1} EUR 8 / 8.8`,
      `4000 ${L1} EUR -80 / -88`,
      `5200 ${L1} EUR 12 / 13.2`,
    ])
    expect(postedOn(story, '2025-04-15')).toStrictEqual([
      '1000 EUR 60 / 67.2',
      `1300 ${L1} EUR -60 / -66`,
      '4130 EUR 0 / -1.2',
    ])
    expect(postedOn(story, '2025-05-01')).toStrictEqual([
      '1000 EUR 8 / 8.64',
      `1320 ${L1} EUR -8 / -8.8`,
      '4130 EUR 0 / 0.16',
    ])
  })

  it('rows 5 and 6: a split moves the cost to a new lot, a spin-off a fifth of it', () => {
    expect(postedOn(story, '2025-05-05')).toStrictEqual([
      `1100 ${L1} settled -40u EUR -4008 / -4408.8`,
      `1100 ${L1}/split/1 settled 80u EUR 4008 / 4408.8`,
      '8000 -40u 0 / 0',
    ])
    expect(postedOn(story, '2025-05-12')).toStrictEqual([
      `1100 ${L1}/split/1/spin/2 settled 20u EUR 801.6 / 881.76`,
      `1100 ${L1}/split/1 settled EUR -801.6 / -881.76`,
      '8000 -20u 0 / 0',
    ])
  })

  it('row 7: a short sale and its cover, on the margin account', () => {
    const usd = { currency: 'USD', commission: '5' }
    const history = units(
      opened(),
      registered('ABC', 'USD'),
      fill('S1', 'sell', '50', 'ABC', '2000', { ...usd, settles: '2025-03-05' }),
      fill('S2', 'buy', '50', 'ABC', '1750', { ...usd, tradeDate: '2025-03-10', settles: '2025-03-12' }),
    )
    const S1 = 'fill:B:2025-03-03:S1'
    expect(postedOn(history, '2025-03-03')).toStrictEqual([
      '1200 USD 1995 / 1995',
      `2100 ${S1} unsettled -50u USD -1995 / -1995`,
      '8000 50u 0 / 0',
    ])
    expect(postedOn(history, '2025-03-05')).toStrictEqual([
      '1010 USD 1995 / 1995',
      '1200 USD -1995 / -1995',
      `2100 ${S1} settled -50u USD -1995 / -1995`,
      `2100 ${S1} unsettled 50u USD 1995 / 1995`,
    ])
    expect(postedOn(history, '2025-03-10')).toStrictEqual([
      `2100 ${S1} unsettled 50u USD 1995 / 1995`,
      '2200 USD -1755 / -1755',
      `4100 ${S1} USD -240 / -240`,
      '8000 -50u 0 / 0',
    ])
    expect(postedOn(history, '2025-03-12')).toStrictEqual([
      '1010 USD -1755 / -1755',
      `2100 ${S1} settled 50u USD 1995 / 1995`,
      `2100 ${S1} unsettled -50u USD -1995 / -1995`,
      '2200 USD 1755 / 1755',
    ])
  })

  it('row 11: a transfer in kind at cost, valued by the receiver at the original rate of the date it was acquired', () => {
    const lot = { lot: 'L7', units: '30', cost: '900', currency: 'USD', acquiredOn: '2025-01-06' }
    const transfer: OracleEvent = {
      type: 'TransferRecorded',
      data: {
        terms: {
          transfer: 'T1',
          date: '2025-03-03',
          atOpen: false,
          ownership: 'same',
          instrument: 'ABC',
          from: { portfolio: 'G', sleeve: 'main', custodyAccount: 'cust' },
          to: { portfolio: 'R', sleeve: 'main', custodyAccount: 'cust' },
          lots: [lot],
          marketValue: { amount: '1200', currency: 'USD' },
        },
      },
    }
    const giver = units(
      opened(),
      registered('ABC', 'USD'),
      {
        type: 'OpeningBalanceDeclared',
        data: {
          fact: 'opening:O',
          opening: {
            ref: 'O',
            date: '2025-01-06',
            cash: [],
            lots: [{ ...lot, instrument: 'ABC', sleeve: 'main', custodyAccount: 'cust' }],
          },
        },
      },
      { ...transfer, data: { terms: { ...transfer.data.terms, lots: [{ ...lot, lot: 'opening:O:L7' }] } } },
    )
    expect(postedOn(giver, '2025-03-03', { portfolio: 'G' })).toStrictEqual([
      '1100 opening:O:L7 settled -30u USD -900 / -900',
      '3020 USD 900 / 900',
      '8000 30u 0 / 0',
    ])
    const receiver = units(
      opened({}, { baseCurrency: 'EUR' }),
      registered('ABC', 'USD'),
      eur('2025-01-06', '1.08'),
      transfer,
    )
    // USD 900 / 1.08 = EUR 833.33
    expect(postedOn(receiver, '2025-03-03', { portfolio: 'R' })).toStrictEqual([
      '1100 L7 settled 30u USD 900 / 833.33',
      '3020 USD -900 / -833.33',
      '8000 -30u 0 / 0',
    ])
  })

  it('row 12: a purchase in dollars paid in euro at the broker rate', () => {
    // 900 EUR for USD 1,000; then 900 x 1.12 = 1,008 at the day's rate, and 972 out of a pool that cost 1.08
    const history = units(
      opened(),
      registered('QRS', 'USD'),
      eur('2025-02-03', '1.08'),
      contributed('C1', '9000', 'EUR', '2025-02-03'),
      eur('2025-03-05', '1.12'),
      fill('Q1', 'buy', '10', 'QRS', '1000', {
        currency: 'USD',
        settles: '2025-03-05',
        settledIn: { currency: 'EUR', amount: '900' },
      }),
    )
    const Q1 = 'fill:B:2025-03-03:Q1'
    expect(postedOn(history, '2025-03-03')).toStrictEqual([
      `1100 ${Q1} unsettled 10u USD 1000 / 1000`,
      '2200 EUR -900 / -1000',
      '8000 -10u 0 / 0',
      '9000 EUR 900 / 1000',
      '9000 USD -1000 / -1000',
    ])
    expect(postedOn(history, '2025-03-05')).toStrictEqual([
      '1000 EUR -900 / -972',
      `1100 ${Q1} settled 10u USD 1000 / 1000`,
      `1100 ${Q1} unsettled -10u USD -1000 / -1000`,
      '2200 EUR 900 / 1000',
      '4120 EUR 0 / -36',
      '4130 EUR 0 / 8',
    ])
  })
})

describe('rules worked by hand', () => {
  it('balances every entry: base, each currency, units with 8000, per sleeve', () => {
    for (const entry of oracleEntries(story, { portfolio: 'P', asAt: ALWAYS })) {
      const base = entry.lines.reduce((total, line) => total.plus(line.base ?? 0), decimal(0))
      const local = entry.lines.reduce((total, line) => total.plus(line.local), decimal(0))
      const unitsOf = entry.lines.reduce((total, line) => total.plus(line.units), decimal(0))
      expect([entry.entry, base.toFixed(), local.toFixed(), unitsOf.toFixed()]).toStrictEqual([
        entry.entry,
        '0',
        '0',
        '0',
      ])
    }
  })

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
})
