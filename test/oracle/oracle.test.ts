// The oracle against entries worked by hand: it must be right before it judges anything.
import { describe, expect, it } from 'vitest'
import { postedOn } from './posted.ts'
import type { OracleEvent } from './shapes.ts'
import { announced, contributed, eur, fill, fxTraded, opened, received, registered, split, units } from './story.ts'

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
      '8000 unsettled -100u 0 / 0',
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
      '8000 unsettled 60u 0 / 0',
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
      '8000 settled -40u 0 / 0',
    ])
    expect(postedOn(story, '2025-05-12')).toStrictEqual([
      `1100 ${L1}/split/1/spin/2 settled 20u EUR 801.6 / 881.76`,
      `1100 ${L1}/split/1 settled EUR -801.6 / -881.76`,
      '8000 settled -20u 0 / 0',
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
      '8000 unsettled 50u 0 / 0',
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
      '8000 unsettled -50u 0 / 0',
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
      '8000 settled 30u 0 / 0',
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
      '8000 settled -30u 0 / 0',
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
      '8000 unsettled -10u 0 / 0',
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
