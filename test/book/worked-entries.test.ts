// The worked entries of BOOK.md section 5, exactly as printed.
import { describe, expect, it } from 'vitest'
import { lotsOf } from '../../src/domain/book/views.ts'
import { imbalances, printed, written } from './lines.ts'
import {
  announced,
  cashTerms,
  closed,
  contributed,
  fill,
  fxTerms,
  living,
  rate,
  registered,
  settlementPrice,
  spinOff,
  split,
  Story,
} from './story.ts'

const of =
  (...names: string[]) =>
  ({ entry }: { readonly entry: string }) =>
    names.some((name) => entry === name || entry.startsWith(name))

/** The net of a settlement and its day's pool entry, as section 5 prints it, without the lots' move between states. */
const settled = (story: Story, name: string, date: string) =>
  written(story.book.journal, of(name, `pool/main/1000/EUR/${date}`)).filter((line) => !line.startsWith('1100'))

describe('the story of XYZ in a USD book', () => {
  const story = new Story()
  story.tell(registered('XYZ', 'EUR'))
  story.tell(rate('2025-01-02', '1.10'), contributed('c1', '20000', 'EUR', '2025-01-02'))
  story.tell(
    rate('2025-01-06', '1.12'),
    fill('L1', 'buy', 'XYZ', '100', '100', '2025-01-02', { currency: 'EUR', commission: '20', settles: '2025-01-06' }),
  )
  story.tell(
    rate('2025-01-07', '1.15'),
    rate('2025-01-09', '1.14'),
    fill('S1', 'sell', 'XYZ', '60', '120', '2025-01-07', { currency: 'EUR', commission: '12', settles: '2025-01-09' }),
  )

  it('row 1: buys 100 at 100 with 20 commission, capitalised', () => {
    expect(written(story.book.journal, of('fill:B:2025-01-02:L1/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-02:L1 +100u EUR +10020/+11022',
      '2200 EUR -10020/-11022',
      '8000 -100u',
    ])
    expect(settled(story, 'fill:B:2025-01-02:L1/settle', '2025-01-06')).toStrictEqual([
      '1000 EUR -10020/-11022',
      '2200 EUR +10020/+11022',
      '4120 EUR 0/-200.4',
      '4130 EUR 0/+200.4',
    ])
  })

  it('row 2: sells 60 at 120 less 12 commission', () => {
    expect(written(story.book.journal, of('fill:B:2025-01-07:S1/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-02:L1 -60u EUR -6012/-6613.2',
      '1200 EUR +7188/+8266.2',
      '4100 EUR -1176/-1352.4',
      '4110 EUR 0/-300.6',
      '8000 +60u',
    ])
    expect(settled(story, 'fill:B:2025-01-07:S1/settle', '2025-01-09')).toStrictEqual([
      '1000 EUR +7188/+8194.32',
      '1200 EUR -7188/-8266.2',
      '4130 EUR 0/+71.88',
    ])
  })
})

describe('the story of XYZ goes on', () => {
  const story = new Story()
  story.tell(registered('XYZ', 'EUR'), registered('SPN', 'EUR'))
  for (const [date, value] of Object.entries({
    '2025-01-02': '1.10',
    '2025-01-06': '1.12',
    '2025-01-07': '1.15',
    '2025-01-09': '1.14',
    '2025-01-13': '1.13',
    '2025-01-15': '1.10',
    '2025-01-17': '1.12',
    '2025-01-20': '1.08',
  }))
    story.tell(rate(date, value))
  story.tell(contributed('c1', '20000', 'EUR', '2025-01-02'))
  const buy = { currency: 'EUR', commission: '20', settles: '2025-01-06' }
  const sell = { currency: 'EUR', commission: '12', settles: '2025-01-09' }
  story.tell(fill('L1', 'buy', 'XYZ', '100', '100', '2025-01-02', buy))
  story.tell(fill('S1', 'sell', 'XYZ', '60', '120', '2025-01-07', sell))

  it('row 3: sells EUR 5,000 for USD 5,600', () => {
    const fx = fxTerms('x1', '5000 EUR', '5600 USD', '2025-01-09', '2025-01-13')
    story.tell({ type: 'FxTraded', data: { fact: 'fx:x1', fx } })
    expect(written(story.book.journal, of('fx:x1/trade'))).toStrictEqual([
      '1210 USD +5600/+5600',
      '2210 EUR -5000/-5600',
      '9000 EUR +5000/+5600',
      '9000 USD -5600/-5600',
    ])
    // pool: 20,000 at 22,000; less 10,020 at 11,022; plus 7,188 at 8,194.32 = 17,168 at 19,172.32; 5,000 of it cost 5,583.74
    expect(settled(story, 'fx:x1/settle', '2025-01-13')).toStrictEqual([
      '1000 EUR -5000/-5583.74',
      '1000 USD +5600/+5600',
      '1210 USD -5600/-5600',
      '2210 EUR +5000/+5600',
      '4120 EUR 0/-66.26',
      '4130 EUR 0/+50',
    ])
  })

  it('row 4: a dividend of EUR 2.00 on 40, 25 % withheld of which 10 % can be reclaimed', () => {
    const withholding = { statutory: '0.25', treaty: '0.15' }
    const leg = { kind: 'cash', leg: 1, income: 'dividend', currency: 'EUR', perUnit: '2.00', withholding } as const
    story.tell(
      announced('XYZ', { action: 'div', caev: 'DVCA', exDate: '2025-01-15', payDate: '2025-01-17', legs: [leg] }),
    )
    expect(written(story.book.journal, of('ca:XYZ:div/main/ex'))).toStrictEqual([
      '1300 EUR +60/+66',
      '1320 EUR +8/+8.8',
      '4000 EUR -80/-88',
      '5200 EUR +12/+13.2',
    ])
    expect(written(story.book.journal, of('ca:XYZ:div/main/pay'))).toStrictEqual([
      '1000 EUR +60/+67.2',
      '1300 EUR -60/-66',
      '4130 EUR 0/-1.2',
    ])
    const settles = { kind: 'reclaim', ref: 'div', instrument: 'XYZ' } as const
    const cash = cashTerms('r1', '8', 'EUR', '2025-01-20')
    story.tell({ type: 'CashReceived', data: { fact: 'receipt:r1', cash, settles } })
    expect(written(story.book.journal, of('receipt:r1/cash'))).toStrictEqual([
      '1000 EUR +8/+8.64',
      '1320 EUR -8/-8.8',
      '4130 EUR 0/+0.16',
    ])
  })

  it('row 5: splits 2:1', () => {
    story.tell(announced('XYZ', split('split', '2025-01-21', '2', '1')))
    expect(written(story.book.journal, of('ca:XYZ:split/main/ex'))).toStrictEqual([
      '1100 fill:B:2025-01-02:L1 -40u EUR -4008/-4408.8',
      '1100 fill:B:2025-01-02:L1/split/1 +80u EUR +4008/+4408.8',
      '8000 -40u',
    ])
  })

  it('row 6: spins off 1 for 4, the parent keeping 80 %, and the date goes with the lot', () => {
    story.tell(announced('XYZ', spinOff('spin', '2025-01-22', 'SPN', '1', '4', '0.2', 2)))
    expect(written(story.book.journal, of('ca:XYZ:spin/main/ex'))).toStrictEqual([
      '1100 fill:B:2025-01-02:L1/split/1 EUR -801.6/-881.76',
      '1100 fill:B:2025-01-02:L1/split/1/spin/2 +20u EUR +801.6/+881.76',
      '8000 -20u',
    ])
    const child = lotsOf(story.book.journal).find((row) => row.instrument === 'SPN')
    expect(child?.acquiredOn).toBe('2025-01-02')
  })

  it('ends in a trial balance of zero, and units zero with account 8000', () => {
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })
})

describe('single rows', () => {
  it('row 7: shorts 50 ABC at 40 less 5, covers at 35 plus 5; both legs settle on margin', () => {
    const story = new Story()
    story.tell(registered('ABC'))
    story.tell(fill('S1', 'sell-short', 'ABC', '50', '40', '2025-01-06', { commission: '5', settles: '2025-01-08' }))
    story.tell(fill('C1', 'buy-to-cover', 'ABC', '50', '35', '2025-01-09', { commission: '5', settles: '2025-01-13' }))
    const short = 'fill:B:2025-01-06:S1'
    expect(written(story.book.journal, of(`${short}/trade`))).toStrictEqual([
      '1200 USD +1995/+1995',
      `2100 ${short} -50u USD -1995/-1995`,
      '8000 +50u',
    ])
    expect(written(story.book.journal, of(`${short}/settle`))).toStrictEqual([
      '1010 USD +1995/+1995',
      '1200 USD -1995/-1995',
    ])
    const cover = 'fill:B:2025-01-09:C1'
    expect(written(story.book.journal, of(`${cover}/trade`))).toStrictEqual(
      [`2100 ${short} +50u USD +1995/+1995`, '2200 USD -1755/-1755', '4100 USD -240/-240', '8000 -50u'].sort(),
    )
    expect(written(story.book.journal, of(`${cover}/settle`))).toStrictEqual([
      '1010 USD -1755/-1755',
      '2200 USD +1755/+1755',
    ])
  })

  it('row 8: 10,000 nominal at 98 with 120 accrued; accrual to the coupon, then a coupon of 250', () => {
    const story = new Story()
    const bond = {
      rate: '0.05',
      frequency: 2,
      dayCount: '30/360-ISDA',
      issueDate: '2024-01-27',
      maturityDate: '2030-07-27',
    } as const
    story.tell(living('B', { type: 'bond', multiplier: '0.01', bond }), contributed('c1', '20000', 'USD', '2025-03-03'))
    // 86 days of 30/360 since 27 January are 119.44; booked as given: 120
    const more = { consideration: '9800', accruedInterest: '120', settles: '2025-04-23' }
    story.tell(fill('B1', 'buy', 'B', '10000', '98', '2025-04-21', more))
    const bought = 'fill:B:2025-04-21:B1'
    expect(written(story.book.journal, of(`${bought}/trade`))).toStrictEqual([
      `1100 ${bought} +10000u USD +9800/+9800`,
      '1310 USD +120/+120',
      '2200 USD -9920/-9920',
      '8000 -10000u',
    ])
    expect(
      written(story.book.journal, of(`${bought}/settle`)).filter((line) => !line.startsWith('1100')),
    ).toStrictEqual(['1000 USD -9920/-9920', '2200 USD +9920/+9920'])
    // half a year at 5 % of 10,000 is 250; 130 of it are income
    expect(written(story.book.journal, of('coupon:B:2025-07-27/main/ex'))).toStrictEqual([
      '1310 USD +130/+130',
      '4010 USD -130/-130',
    ])
    expect(written(story.book.journal, of('coupon:B:2025-07-27/main/pay'))).toStrictEqual([
      '1000 USD +250/+250',
      '1310 USD -250/-250',
    ])
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })

  it('row 9: long 2 futures x50 at 4,000, margin 20,000; marked at 4,010; sold at 4,025', () => {
    const story = new Story()
    const future = { underlying: 'SPX', expiry: '2025-06-20', settlement: 'cash' } as const
    story.tell(living('F', { type: 'future', multiplier: '50', future }))
    story.tell(contributed('c1', '50000', 'USD', '2025-03-03'))
    const bought = 'fill:B:2025-03-03:F1'
    story.tell(fill('F1', 'buy', 'F', '2', '4000', '2025-03-03', { consideration: '400000', settles: '2025-03-04' }))
    const margin = cashTerms('m1', '20000', 'USD', '2025-03-03')
    story.tell({
      type: 'CashTransferred',
      data: { fact: 'cash-transfer:m1', cash: margin, toCashAccount: 'margin', toSleeve: 'main' },
    })
    expect(written(story.book.journal, of(`${bought}/`))).toStrictEqual([`1100 ${bought} +2u USD 0/0`, '8000 -2u'])
    expect(written(story.book.journal, of('cash-transfer:m1'))).toStrictEqual([
      '1000 USD -20000/-20000',
      '1010 USD +20000/+20000',
    ])

    // 2 x 50 x (4,010 - 4,000) = 1,000
    story.tell(settlementPrice('F', '2025-03-03', '4010'))
    story.tell(...closed('2025-03-03'))
    expect(written(story.book.journal, of('mark:F:2025-03-03/main/mark'))).toStrictEqual([
      '1340 USD +1000/+1000',
      '4140 USD -1000/-1000',
    ])
    expect(written(story.book.journal, of('mark:F:2025-03-03/main/pay'))).toStrictEqual([
      '1010 USD +1000/+1000',
      '1340 USD -1000/-1000',
    ])

    // 2 x 50 x (4,025 - 4,010) = 1,500 since the mark; 1,000 + 1,500 of variation margin become the realised gain
    const sale = 'fill:B:2025-03-04:F2'
    story.tell(fill('F2', 'sell', 'F', '2', '4025', '2025-03-04', { consideration: '402500', settles: '2025-03-05' }))
    expect(printed(story.book.journal.ofEntry(`${sale}/trade`))).toStrictEqual([
      `1100 ${bought} -2u USD 0/0`,
      '8000 +2u',
      '1340 USD +1500/+1500',
      '4140 USD -1500/-1500',
      '4140 USD +2500/+2500',
      '4100 USD -2500/-2500',
    ])
    expect(written(story.book.journal, of(`${sale}/settle`))).toStrictEqual([
      '1010 USD +1500/+1500',
      '1340 USD -1500/-1500',
    ])
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })

  it('row 10: 1 % a year on a struck NAV of 3,650,000; invoiced 3,010 after 30 days; paid', () => {
    const story = new Story()
    const place = { sleeve: 'main', custodyAccount: 'main', cashAccount: 'main' }
    const of30 = Array.from({ length: 30 }, (_, i) => `2025-06-${String(i + 1).padStart(2, '0')}`)
    for (const date of of30) {
      // 3,650,000 x 1 % / 365
      const accrual = {
        ref: date,
        schedule: 'M',
        date,
        nav: '3650000',
        rate: '0.01',
        amount: '100',
        currency: 'USD',
        ...place,
      }
      story.tell({ type: 'FeeAccrued', data: { fact: `fee-accrual:${date}`, accrual } })
    }
    expect(written(story.book.journal, of('fee-accrual:2025-06-01/'))).toStrictEqual([
      '2400 USD -100/-100',
      '5000 USD +100/+100',
    ])
    const invoice = {
      ref: 'june',
      schedule: 'M',
      through: '2025-06-30',
      date: '2025-06-30',
      payDate: '2025-07-10',
      amount: '3010',
      currency: 'USD',
      ...place,
    }
    story.tell({ type: 'FeeInvoiced', data: { fact: 'fee-invoice:june', invoice } })
    expect(written(story.book.journal, of('fee-invoice:june/accrual'))).toStrictEqual([
      '2400 USD -10/-10',
      '5000 USD +10/+10',
    ])
    expect(written(story.book.journal, of('fee-invoice:june/pay'))).toStrictEqual([
      '1000 USD -3010/-3010',
      '2400 USD +3010/+3010',
    ])
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })

  it('row 11: 30 ABC move in kind; the receiver counts their cost at the rate of their own trade date', () => {
    const lot = { lot: 'L7', units: '30', cost: '900', currency: 'USD', acquiredOn: '2024-06-03' }
    const terms = {
      transfer: 't1',
      date: '2025-01-10',
      atOpen: false,
      ownership: 'same' as const,
      instrument: 'ABC',
      lots: [lot],
      marketValue: { amount: '1200', currency: 'USD' },
    }
    const here = { portfolio: 'p', sleeve: 'main', custodyAccount: 'main' }
    const there = { ...here, portfolio: 'q' }

    const receiver = new Story({ baseCurrency: 'EUR' })
    receiver.tell(registered('ABC'), rate('2024-06-03', '1.08'))
    receiver.tell({ type: 'TransferRecorded', data: { terms: { ...terms, from: there, to: here } } })
    // 900 / 1.08 = 833.33
    expect(written(receiver.book.journal, of('transfer:t1/in'))).toStrictEqual([
      '1100 L7 +30u USD +900/+833.33',
      '3020 USD -900/-833.33',
      '8000 -30u',
    ])

    const giver = new Story()
    giver.tell(registered('ABC'))
    giver.tell({
      type: 'TransferRecorded',
      data: { terms: { ...terms, transfer: 't0', date: '2025-01-08', from: there, to: here } },
    })
    const left = giver.tell({ type: 'TransferRecorded', data: { terms: { ...terms, from: here, to: there } } })
    expect(written(left.postings, of('transfer:t1/out'))).toStrictEqual([
      '1100 L7 -30u USD -900/-900',
      '3020 USD +900/+900',
      '8000 +30u',
    ])
    expect(left.postings.find((p) => p.account === 3020)?.marketValue).toBe('1200')
  })

  it("row 12: 10 QRS at USD 100, settled in EUR 900 at the broker's rate", () => {
    const story = new Story()
    story.tell(registered('QRS'), rate('2025-01-02', '1.08'), rate('2025-01-08', '1.12'))
    story.tell(contributed('c1', '5000', 'EUR', '2025-01-02'))
    const settlement = { date: '2025-01-08', given: true, currency: 'EUR', amount: '900' }
    story.tell(fill('Q1', 'buy', 'QRS', '10', '100', '2025-01-06', { settlement }))
    expect(written(story.book.journal, of('fill:B:2025-01-06:Q1/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-06:Q1 +10u USD +1000/+1000',
      '2200 EUR -900/-1000',
      '8000 -10u',
      '9000 EUR +900/+1000',
      '9000 USD -1000/-1000',
    ])
    expect(settled(story, 'fill:B:2025-01-06:Q1/settle', '2025-01-08')).toStrictEqual([
      '1000 EUR -900/-972',
      '2200 EUR +900/+1000',
      '4120 EUR 0/-36',
      '4130 EUR 0/+8',
    ])
  })
})
