// Bonds and deposits: interest accrues on settled positions up to the last closed day, coupons and redemptions fall due by the terms.
import { describe, expect, it } from 'vitest'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import type { BondTerms } from '../../src/domain/instrument/life-terms.ts'
import type { FillTerms } from '../../src/domain/portfolio/facts.ts'
import { balances, imbalances, written } from './lines.ts'
import { cashTerms, closed, contributed, fill, living, rate, Story } from './story.ts'

/** 6 % on 15 January and 15 July, 30/360: 10,000 nominal earn 10,000 x 6 % / 360 = 1.666 a day, 50 a month, 300 a coupon. */
const SIX: BondTerms = {
  rate: '0.06',
  frequency: 2,
  dayCount: '30/360-ISDA',
  issueDate: '2024-01-15',
  maturityDate: '2027-01-15',
}

function bond(terms: Partial<BondTerms> = {}, currency = 'USD'): BookEvent {
  return living('B', { type: 'bond', multiplier: '0.01', currency, bond: { ...SIX, ...terms } })
}

/** Nominal at a price per cent, with the interest of the trade. */
function traded(
  execId: string,
  side: FillTerms['side'],
  nominal: number,
  price: number,
  accruedInterest: string,
  tradeDate: string,
  settles: string,
  more: Partial<FillTerms> = {},
): BookEvent {
  const consideration = String((nominal * price) / 100)
  return fill(execId, side, 'B', String(nominal), String(price), tradeDate, {
    consideration,
    accruedInterest,
    settles,
    ...more,
  })
}

const told = (story: Story, name: string) => written(story.book.journal, ({ entry }) => entry === name)
const telling = (...units: BookEvent[][]) => {
  const story = new Story()
  for (const events of units) story.tell(...events)
  return story
}
/** What stands on an account, in the currency of the books. */
const standing = (story: Story, account: number, until: string) =>
  [...story.book.journal]
    .filter((posting) => posting.account === account && posting.effectiveDate <= until)
    .reduce((sum, { local }) => Math.round((sum + Number(local)) * 100) / 100, 0)

describe('a bond bought between coupons', () => {
  const buy = traded('B', 'buy', 10_000, 99, '50', '2025-02-13', '2025-02-15')
  const days = closed('2025-02-13', '2025-02-14', '2025-02-17', '2025-02-18')

  it('accrues from its settlement on, a difference on each closed day', () => {
    const story = telling([bond()], [buy], days)
    expect(told(story, 'accrual:B:2025-02-13/main/accrual')).toStrictEqual([])
    expect(told(story, 'accrual:B:2025-02-14/main/accrual')).toStrictEqual([])
    // 32 days: 53.33, of which 50 were bought; then 33 days: 55
    expect(told(story, 'accrual:B:2025-02-17/main/accrual')).toStrictEqual([
      '1310 USD +3.33/+3.33',
      '4010 USD -3.33/-3.33',
    ])
    expect(told(story, 'accrual:B:2025-02-18/main/accrual')).toStrictEqual([
      '1310 USD +1.67/+1.67',
      '4010 USD -1.67/-1.67',
    ])
    // 300 - 55; the next coupon is known ahead, the one after it is not
    expect(told(story, 'coupon:B:2025-07-15/main/ex')).toStrictEqual(['1310 USD +245/+245', '4010 USD -245/-245'])
    expect(told(story, 'coupon:B:2025-07-15/main/pay')).toStrictEqual(['1000 USD +300/+300', '1310 USD -300/-300'])
    expect(told(story, 'coupon:B:2026-01-15/main/pay')).toStrictEqual([])
    expect(standing(story, 1310, '2025-07-15')).toBe(0)
    expect(standing(story, 4010, '2025-12-31')).toBe(-250)
  })

  it('pays coupon after coupon as days are closed, and its nominal at maturity', () => {
    const story = telling([bond()], [buy], closed('2027-01-14'))
    expect(told(story, 'coupon:B:2026-07-15/main/pay')).toStrictEqual(['1000 USD +300/+300', '1310 USD -300/-300'])
    // bought at 9,900, redeemed at 10,000
    expect(told(story, 'maturity:B:2027-01-15/main/ex')).toStrictEqual([
      '1100 fill:B:2025-02-13:B -10000u USD -9900/-9900',
      '1330 USD +10000/+10000',
      '4100 USD -100/-100',
      '8000 +10000u',
    ])
    expect(told(story, 'maturity:B:2027-01-15/main/pay')).toStrictEqual([
      '1000 USD +10000/+10000',
      '1330 USD -10000/-10000',
    ])
    expect(standing(story, 1310, '2027-01-15')).toBe(0)
    // 4 coupons of 300 less the 50 bought
    expect(standing(story, 4010, '2027-01-15')).toBe(-1150)
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })

  it('sold again, its buyer pays what accrued: the book keeps income to the settlement of the sale', () => {
    // 30/360 from 15 January to 15 April: 90 days, 150
    const sale = traded('S', 'sell', 10_000, 100, '150', '2025-04-11', '2025-04-15')
    const story = telling([bond()], [buy], [sale], closed('2025-04-10', '2025-04-14', '2025-04-15', '2025-04-16'))
    expect(told(story, 'fill:B:2025-04-11:S/trade')).toContain('1310 USD -150/-150')
    // 89 days are 148.33 on the 14th, 150 on the 15th less the 150 that were sold
    expect(standing(story, 1310, '2025-04-14')).toBe(-1.67)
    expect(standing(story, 1310, '2025-04-15')).toBe(0)
    expect(standing(story, 4010, '2025-12-31')).toBe(-100)
    expect(told(story, 'coupon:B:2025-07-15/main/pay')).toStrictEqual([])
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })

  it('gives the coupon to who had settled the day before, whoever trades around it', () => {
    // settles on the coupon date itself: no interest, and the coupon stays with the seller
    const sale = traded('S', 'sell', 4_000, 100, '0', '2025-07-11', '2025-07-15')
    const story = telling([bond()], [buy], [sale], closed('2025-07-14', '2025-07-15', '2025-07-16'))
    expect(told(story, 'coupon:B:2025-07-15/main/pay')).toStrictEqual(['1000 USD +300/+300', '1310 USD -300/-300'])
    // 6,000 at 1 a day from the 15th to the 16th
    expect(told(story, 'accrual:B:2025-07-16/main/accrual')).toStrictEqual(['1310 USD +1/+1', '4010 USD -1/-1'])
    expect(told(story, 'coupon:B:2026-01-15/main/pay')).toStrictEqual(['1000 USD +180/+180', '1310 USD -180/-180'])
  })
})

describe('in the ex-coupon period', () => {
  it('a buyer is paid back interest that it will not get; a seller keeps the coupon', () => {
    // ex 7 days before 15 July; settled on the 10th: 5 days to the coupon, 10,000 x 6 % x 5 / 360 = 8.33 below zero
    const terms = bond({ exCouponDays: 7 })
    const days = closed('2025-07-09', '2025-07-10', '2025-07-11', '2025-07-14', '2025-07-15')
    const buyer = telling([terms], [traded('B', 'buy', 10_000, 99, '-8.33', '2025-07-09', '2025-07-10')], days)
    expect(standing(buyer, 1310, '2025-07-10')).toBe(-8.33)
    // four days later, on the 14th: one day to go
    expect(standing(buyer, 1310, '2025-07-14')).toBe(-1.67)
    expect(standing(buyer, 1310, '2025-07-15')).toBe(0)
    expect(told(buyer, 'coupon:B:2025-07-15/main/pay')).toStrictEqual([])
    expect(standing(buyer, 4010, '2025-07-15')).toBe(-8.33)

    const first = traded('B', 'buy', 10_000, 99, '0', '2025-01-13', '2025-01-15')
    const sale = traded('S', 'sell', 10_000, 99, '-8.33', '2025-07-09', '2025-07-10')
    const seller = telling([terms], [first], [sale], days)
    expect(told(seller, 'coupon:B:2025-07-15/main/pay')).toStrictEqual(['1000 USD +300/+300', '1310 USD -300/-300'])
    // all of the coupon, less what the buyer was paid back
    expect(standing(seller, 4010, '2025-07-15')).toBe(-291.67)
    expect(standing(seller, 1310, '2025-07-15')).toBe(0)
  })
})

describe('what becomes known late about a bond', () => {
  const buy = traded('B', 'buy', 10_000, 99, '50', '2025-02-13', '2025-02-15')
  const more = traded('C', 'buy', 5_000, 98, '25', '2025-02-12', '2025-02-15')
  const sale = traded('S', 'sell', 8_000, 100, '120', '2025-04-11', '2025-04-15')
  const days = closed('2025-02-14', '2025-02-17', '2025-03-31', '2025-04-14', '2025-04-16', '2025-08-01')
  const whole = telling([bond()], [buy, more], [sale], days)

  it('leaves the book of telling it in time', () => {
    for (const other of [
      telling([bond()], [sale], days, [more], [buy]),
      telling([buy], [sale], days, [bond()], [more]),
      telling([bond({ rate: '0.07' })], [buy, more, sale], days, [
        { type: 'InstrumentAmended', data: { instrument: 'B', changes: { bond: SIX } } },
      ]),
    ])
      expect(balances(other.book.journal)).toStrictEqual(balances(whole.book.journal))
    expect(balances(whole.folded())).toStrictEqual(balances(whole.book.journal))
  })

  it('takes a coupon back when its purchase is busted', () => {
    const story = telling([bond()], [buy], days)
    const bust = { fact: 'fill:B:2025-02-13:B', execId: 'X', execRefId: 'B', tradeDate: '2025-02-13' }
    story.tell({ type: 'FillBusted', data: bust })
    expect([...balances(story.book.journal)]).toStrictEqual([])
  })
})

describe('terms that change on the way', () => {
  it('a floating bond accrues at the rate fixed for each day', () => {
    const floating = bond({ dayCount: 'ACT/360', frequency: 4 })
    const fixing = { kind: 'coupon-rate', from: '2025-02-15', value: '0.036' } as const
    const buy = traded('B', 'buy', 10_000, 100, '0', '2025-01-13', '2025-01-15')
    const story = telling([floating], [buy], closed('2025-02-17'), [
      { type: 'FixingRecorded', data: { instrument: 'B', fixing } },
    ])
    // 31 days at 6 %: 51.67, then 2 days at 3.6 %: 2
    expect(standing(story, 4010, '2025-02-17')).toBe(-53.67)
    expect(balances(story.folded())).toStrictEqual(balances(story.book.journal))
  })

  it('an index-linked one pays on nominal times its index ratio', () => {
    const linked = bond({ indexLinked: true })
    const fixing = { kind: 'index-ratio', from: '2025-07-01', value: '1.1' } as const
    const buy = traded('B', 'buy', 10_000, 100, '0', '2025-01-13', '2025-01-15')
    const story = telling([linked], [buy], [{ type: 'FixingRecorded', data: { instrument: 'B', fixing } }])
    expect(told(story, 'coupon:B:2025-07-15/main/pay')).toStrictEqual(['1000 USD +330/+330', '1310 USD -330/-330'])
  })

  it('a bond in default accrues and pays no more; what had accrued stays owed', () => {
    const buy = traded('B', 'buy', 10_000, 100, '0', '2025-01-13', '2025-01-15')
    const story = telling(
      [bond({ defaultedOn: '2025-03-15' })],
      [buy],
      closed('2025-03-14', '2025-04-30', '2025-08-29'),
    )
    // 60 days: 100
    expect(standing(story, 1310, '2025-08-29')).toBe(100)
    expect(told(story, 'coupon:B:2025-07-15/main/pay')).toStrictEqual([])
    expect(told(story, 'maturity:B:2027-01-15/main/pay')).toStrictEqual([])
  })

  it('what falls on a closed day is paid on the next open one', () => {
    const buy = traded('B', 'buy', 10_000, 100, '0', '2025-01-13', '2025-01-15')
    const story = telling([bond({ paymentCalendar: 'WEEKDAYS', maturityDate: '2026-06-13' })], [buy])
    // 13 December 2025 is a Saturday; 13 June 2025 a Friday
    story.tell(...closed('2025-06-13'))
    const paid = [...story.book.journal].filter(({ entry }) => entry === 'coupon:B:2025-12-13/main/pay')
    expect(paid.map(({ effectiveDate }) => effectiveDate)).toStrictEqual(['2025-12-15', '2025-12-15'])
  })
})

describe('interest and money', () => {
  it('in another currency is accrued at the rate of each day; the coupon brings the difference', () => {
    const story = new Story()
    for (const [date, value] of [
      ['2025-01-13', '1.00'],
      ['2025-01-15', '1.00'],
      ['2025-04-15', '1.10'],
      ['2025-07-15', '1.20'],
    ] as const)
      story.tell(rate(date, value))
    const buy = traded('B', 'buy', 10_000, 100, '0', '2025-01-13', '2025-01-15', { currency: 'EUR' })
    story.tell(bond({}, 'EUR'), buy, ...closed('2025-04-15'))
    // 150 at 1.10 and 150 at 1.20: 345; received 300 at 1.20: 360
    expect(told(story, 'accrual:B:2025-04-15/main/accrual')).toStrictEqual(['1310 EUR +150/+165', '4010 EUR -150/-165'])
    expect(told(story, 'coupon:B:2025-07-15/main/pay')).toStrictEqual([
      '1000 EUR +300/+360',
      '1310 EUR -300/-345',
      '4130 EUR 0/-15',
    ])
  })

  it('a short position owes what it does not hold, on the margin account', () => {
    const short = traded('S', 'sell-short', 10_000, 100, '0', '2025-01-13', '2025-01-15')
    const story = telling([bond()], [short], closed('2025-02-15'))
    expect(told(story, 'accrual:B:2025-02-15/main/accrual')).toStrictEqual(['1310 USD -50/-50', '5300 USD +50/+50'])
    expect(told(story, 'coupon:B:2025-07-15/main/pay')).toStrictEqual(['1010 USD -300/-300', '1310 USD +300/+300'])
  })

  it('waits for its receipt where settlement is actual', () => {
    const story = new Story({ actual: true })
    const buy = traded('B', 'buy', 10_000, 100, '0', '2025-01-13', '2025-01-15')
    story.tell(contributed('c1', '20000', 'USD', '2025-01-02'), bond(), buy)
    expect(told(story, 'coupon:B:2025-07-15/main/pay')).toStrictEqual([])
    const settles = { kind: 'coupon', ref: '2025-07-15', instrument: 'B' } as const
    const cash = cashTerms('r1', '299', 'USD', '2025-07-16')
    story.tell({ type: 'CashReceived', data: { fact: 'receipt:r1', cash, settles } })
    expect(told(story, 'receipt:r1/cash')).toStrictEqual(['1000 USD +299/+299', '1310 USD -299/-299'])
    expect(standing(story, 1310, '2025-12-31')).toBe(1)
    expect(story.book.breaks).toStrictEqual([])
    // the bond was never bought: the money waits in suspense, and says so
    const bust = { fact: 'fill:B:2025-01-13:B', execId: 'X', execRefId: 'B', tradeDate: '2025-01-13' }
    story.tell({ type: 'FillBusted', data: bust })
    expect(told(story, 'receipt:r1/cash')).toStrictEqual(['1000 USD +299/+299', '1900 USD -299/-299'])
    expect(story.book.breaks.map(({ code }) => code)).toStrictEqual(['dangling-settles'])
    expect(balances(story.folded())).toStrictEqual(balances(story.book.journal))
  })
})

describe('a deposit', () => {
  it('accrues to its maturity, which pays nominal and interest at once', () => {
    const deposit = { rate: '0.036', dayCount: 'ACT/360', startDate: '2025-01-15', maturityDate: '2025-04-15' } as const
    const placed = fill('D', 'buy', 'D', '100000', '1', '2025-01-15', { settles: '2025-01-15' })
    const story = telling([living('D', { type: 'money-market', deposit })], [placed], closed('2025-01-31'))
    // 10 a day: 16 days, then 90 in all
    expect(told(story, 'accrual:D:2025-01-31/main/accrual')).toStrictEqual(['1310 USD +160/+160', '4010 USD -160/-160'])
    expect(told(story, 'coupon:D:2025-04-15/main/pay')).toStrictEqual(['1000 USD +900/+900', '1310 USD -900/-900'])
    expect(told(story, 'maturity:D:2025-04-15/main/pay')).toStrictEqual([
      '1000 USD +100000/+100000',
      '1330 USD -100000/-100000',
    ])
  })

  it('taken instead of placed is a repo: a liability at what was received, its interest an expense', () => {
    const deposit = { rate: '0.036', dayCount: 'ACT/360', startDate: '2025-01-15', maturityDate: '2025-01-22' } as const
    const taken = fill('R', 'sell-short', 'D', '100000', '1', '2025-01-15', { settles: '2025-01-15' })
    const story = telling([living('D', { type: 'money-market', deposit })], [taken], closed('2025-01-17'))
    expect(told(story, 'fill:B:2025-01-15:R/trade')).toContain('2100 fill:B:2025-01-15:R -100000u USD -100000/-100000')
    // 10 a day: 2 days, then 7 in all
    expect(told(story, 'accrual:D:2025-01-17/main/accrual')).toStrictEqual(['1310 USD -20/-20', '5400 USD +20/+20'])
    expect(told(story, 'coupon:D:2025-01-22/main/pay')).toStrictEqual(['1010 USD -70/-70', '1310 USD +70/+70'])
    expect(told(story, 'maturity:D:2025-01-22/main/pay')).toStrictEqual([
      '1010 USD -100000/-100000',
      '1330 USD +100000/+100000',
    ])
  })
})
