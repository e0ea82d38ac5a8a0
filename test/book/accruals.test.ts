// Interest on cash and fees on borrowed securities: day by day, exact in between, posted to the minor unit, paid at the period's end.
import { describe, expect, it } from 'vitest'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import type { BorrowTerms, InterestTerms } from '../../src/domain/portfolio/financing-terms.ts'
import { balances, imbalances, written } from './lines.ts'
import { contributed, fill, rate, registered, Story } from './story.ts'

const closed = (date: string): BookEvent => ({ type: 'BusinessDayClosed', data: { calendar: 'WEEKDAYS', date } })
const interest = (ref: string, terms: Partial<InterestTerms> = {}): BookEvent => ({
  type: 'CashInterestSet',
  data: {
    fact: `interest-terms:${ref}`,
    interest: {
      effectiveOn: '2025-01-01',
      cashAccount: 'main',
      currency: 'USD',
      dayCount: 'ACT/360',
      tiering: 'marginal',
      credit: [{ from: '0', rate: '0.036' }],
      debit: [{ from: '0', rate: '0.072' }],
      capitalise: 'monthly',
      ...terms,
    },
  },
})
const borrow = (ref: string, terms: Partial<BorrowTerms> = {}): BookEvent => ({
  type: 'BorrowRateSet',
  data: {
    fact: `borrow-rate:${ref}`,
    borrow: {
      effectiveOn: '2025-01-01',
      instrument: 'ABC',
      rate: '0.36',
      currency: 'USD',
      dayCount: 'ACT/360',
      price: { source: 'V', basis: 'close', snap: 'eod' },
      ...terms,
    },
  },
})
const taken = (date: string, price: string, priceDate: string): BookEvent => ({
  type: 'BorrowPriceTaken',
  data: {
    fact: `borrow-price:ABC-${date}`,
    taken: { date, instrument: 'ABC', price, currency: 'USD', priceDate, source: 'V' },
  },
})
const named = (start: string) => (p: { readonly entry: string }) => p.entry.startsWith(start)
const daysOf = (story: Story, account: number) =>
  [...story.book.journal]
    .filter((line) => line.account === account)
    .map(({ effectiveDate, local }) => `${effectiveDate} ${local}`)

describe('interest on cash', () => {
  it('accrues each calendar day on its closing balance, up to the last closed business day', () => {
    const story = new Story()
    story.tell(contributed('c', '100000', 'USD', '2025-01-06'), interest('i'))
    expect(daysOf(story, 1310)).toStrictEqual([])
    // 100,000 x 3.6 % / 360 = 10.00 a day; the weekend of the 11th accrues when Monday is closed.
    story.tell(closed('2025-01-08'))
    expect(daysOf(story, 1310)).toStrictEqual(['2025-01-06 10', '2025-01-07 10', '2025-01-08 10'])
    const difference = story.tell(closed('2025-01-13'))
    expect(
      difference.postings.filter(({ account }) => account === 4010).map((p) => [p.effectiveDate, p.local, p.phase]),
    ).toStrictEqual([
      ['2025-01-09', '-10', 8],
      ['2025-01-10', '-10', 8],
      ['2025-01-11', '-10', 8],
      ['2025-01-12', '-10', 8],
      ['2025-01-13', '-10', 8],
    ])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('keeps the exact sum between roundings, pays it on the last day of the month, and earns on it from then on', () => {
    const story = new Story()
    // 1,000 x 3.6 % / 360 = 0.1 a day: 26 days of January from the 6th on are 2.60.
    story.tell(contributed('c', '1000.05', 'USD', '2025-01-06'), interest('i'), closed('2025-02-03'))
    expect(written(story.book.journal, named('interest/main/USD/2025-01'))).toStrictEqual([
      '1000 USD +2.6/+2.6',
      '4010 USD -2.6/-2.6',
    ])
    expect(written(story.book.journal, (p) => p.entry === 'interest/main/USD/2025-01-31/paid')).toStrictEqual([
      '1000 USD +2.6/+2.6',
      '1310 USD -2.6/-2.6',
    ])
    // February: 1,002.65 x 3 days x 0.0001 = 0.300795 -> 0.30 (in January the odd 0.0013 ended with the period).
    expect(daysOf(story, 1310).filter((line) => line > '2025-02')).toStrictEqual([
      '2025-02-01 0.1',
      '2025-02-02 0.1',
      '2025-02-03 0.1',
    ])
    expect(imbalances(story.posted)).toStrictEqual([])
  })

  it('charges a balance below zero, on its size', () => {
    const story = new Story()
    story.tell(
      {
        type: 'CashWithdrawn',
        data: {
          fact: 'withdrawal:w',
          cash: {
            ref: 'w',
            amount: '50000',
            currency: 'USD',
            valueDate: '2025-01-06',
            sleeve: 'main',
            custodyAccount: 'main',
            cashAccount: 'main',
          },
        },
      },
      interest('i'),
      closed('2025-01-31'),
    )
    // 50,000 x 7.2 % / 360 = 10.00 a day, 26 days.
    expect(written(story.book.journal, named('interest/'))).toStrictEqual(['1000 USD -260/-260', '5400 USD +260/+260'])
    expect(written(story.book.journal, named('interest/main/USD/2025-01-31/paid'))).toStrictEqual([
      '1000 USD -260/-260',
      '2400 USD +260/+260',
    ])
  })

  it('pays each band at its own rate, or the whole balance at the rate of its band', () => {
    const credit = [
      { from: '10000', rate: '0.036' },
      { from: '50000', rate: '0.072' },
    ]
    const tiers = (tiering: InterestTerms['tiering']) => {
      const story = new Story()
      story.tell(
        contributed('c', '60000', 'USD', '2025-01-06'),
        interest('i', { credit, tiering }),
        closed('2025-01-06'),
      )
      return daysOf(story, 1310)
    }
    // (50,000 - 10,000) x 0.0001 + (60,000 - 50,000) x 0.0002 = 6.00; whole: 60,000 x 0.0002 = 12.00.
    expect(tiers('marginal')).toStrictEqual(['2025-01-06 6'])
    expect(tiers('whole')).toStrictEqual(['2025-01-06 12'])
  })

  it.each([
    // 3,660,000 x 3.6 %: / 360 = 366.00, / 365 = 360.986..., ISDA in the leap year 2024 / 366 = 360.00.
    ['ACT/360', '366'],
    ['ACT/365F', '360.99'],
    ['ACT/ACT-ISDA', '360'],
  ] as const)('counts a day by %s', (dayCount, amount) => {
    const story = new Story()
    story.tell(
      contributed('c', '3660000', 'USD', '2024-02-12'),
      interest('i', { dayCount, effectiveOn: '2024-02-12' }),
      closed('2024-02-12'),
    )
    expect(daysOf(story, 1310)).toStrictEqual([`2024-02-12 ${amount}`])
  })

  it('counts 30 days for every month by 30E/360: the 30th of January is followed by nothing, 28 February by three days', () => {
    const story = new Story()
    story.tell(
      contributed('c', '100000', 'USD', '2025-01-27'),
      interest('i', { dayCount: '30E/360', capitalise: 'annually' }),
      closed('2025-03-03'),
    )
    const days = daysOf(story, 1310)
    expect(days.filter((line) => line.startsWith('2025-01-30'))).toStrictEqual([])
    expect(days.filter((line) => line.startsWith('2025-02-28'))).toStrictEqual(['2025-02-28 30'])
    // 27, 28, 29 and 31 January, 27 days of February to the 27th, three for the 28th, 1 to 3 March: 37 x 10.00.
    expect(written(story.book.journal, named('interest/'))).toStrictEqual(['1310 USD +370/+370', '4010 USD -370/-370'])
  })

  it('takes up a late movement from its day on, and new terms from theirs', () => {
    const story = new Story()
    story.tell(contributed('c', '100000', 'USD', '2025-01-06'), interest('i'), closed('2025-01-10'))
    const late = story.tell(contributed('late', '50000', 'USD', '2025-01-09'))
    // 5.00 more on the 9th and the 10th.
    expect(
      late.postings.filter(({ account }) => account === 1310).map((p) => `${p.effectiveDate} ${p.local}`),
    ).toStrictEqual(['2025-01-09 5', '2025-01-10 5'])
    const better = story.tell(interest('better', { effectiveOn: '2025-01-10', credit: [{ from: '0', rate: '0.072' }] }))
    expect(
      better.postings.filter(({ account }) => account === 1310).map((p) => `${p.effectiveDate} ${p.local}`),
    ).toStrictEqual(['2025-01-10 15'])
    const cancelled = story.tell({ type: 'FactCancelled', data: { fact: 'interest-terms:i' } })
    expect(
      cancelled.postings.filter(({ account }) => account === 1310).map((p) => `${p.effectiveDate} ${p.local}`),
    ).toStrictEqual(['2025-01-06 -10', '2025-01-07 -10', '2025-01-08 -10', '2025-01-09 -15'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('is booked at the rate of its day, paid at the rate of the payment, and waits where a rate is missing', () => {
    const story = new Story()
    const all = { currency: 'EUR', capitalise: 'monthly' } as const
    story.tell(
      rate('2025-01-30', '1.10'),
      contributed('c', '1000000', 'EUR', '2025-01-30'),
      interest('i', { ...all, effectiveOn: '2025-01-30' }),
      closed('2025-01-31'),
    )
    expect(written(story.book.journal, named('interest/main/EUR/2025-01-30'))).toStrictEqual([
      '1310 EUR +100/+110',
      '4010 EUR -100/-110',
    ])
    expect(written(story.book.journal, (p) => p.entry === 'interest/main/EUR/2025-01-31/paid')).toStrictEqual([
      '1000 EUR +200/pending',
      '1310 EUR -200/pending',
      '4130 EUR 0/pending',
    ])
    story.tell(rate('2025-01-31', '1.12'))
    // 200 at 1.12 = 224 against 110 + 112 booked: a gain of 2.00 on what was receivable.
    expect(written(story.book.journal, (p) => p.entry === 'interest/main/EUR/2025-01-31/paid')).toStrictEqual([
      '1000 EUR +200/+224',
      '1310 EUR -200/-222',
      '4130 EUR 0/-2',
    ])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })
})

describe('a fee on what is borrowed', () => {
  const short = (story: Story) =>
    story.tell(
      registered('ABC', 'USD'),
      fill('S', 'sell-short', 'ABC', '100', '40', '2025-01-06', { settles: '2025-01-07' }),
    )

  it('is charged from settlement on, on the price taken for the business day, and paid monthly from the margin account', () => {
    const story = new Story({ policy: { keeping: 'long-short' } })
    short(story)
    story.tell(
      borrow('b'),
      taken('2025-01-07', '40', '2025-01-06'),
      taken('2025-01-08', '50', '2025-01-07'),
      closed('2025-01-08'),
    )
    // 100 x 40 x 36 % / 360 = 4.00; then 100 x 50 x 0.001 = 5.00.
    expect(daysOf(story, 5310)).toStrictEqual(['2025-01-07 4', '2025-01-08 5'])
    expect(daysOf(story, 2400)).toStrictEqual(['2025-01-07 -4', '2025-01-08 -5'])
  })

  it('is unknown on a day without a price, never zero: a break says so and nothing of the month is paid until it is taken', () => {
    const story = new Story({ policy: { keeping: 'long-short' } })
    short(story)
    story.tell(
      borrow('b', { effectiveOn: '2025-01-30' }),
      taken('2025-01-31', '40', '2025-01-30'),
      closed('2025-01-31'),
    )
    expect(daysOf(story, 5310)).toStrictEqual(['2025-01-31 4'])
    expect(story.book.breaks.map(({ code, fact, since }) => [code, fact, since])).toStrictEqual([
      ['borrow-fee-unknown', 'borrow/ABC/USD', '2025-01-30'],
    ])
    expect([...story.book.journal].filter(named('borrow/ABC/USD/2025-01-31/paid'))).toStrictEqual([])
    story.tell(taken('2025-01-30', '50', '2025-01-29'))
    expect(story.book.breaks).toStrictEqual([])
    // 5.00 + 4.00 out of the margin account.
    expect(written(story.book.journal, named('borrow/ABC/USD/2025-01-31/paid'))).toStrictEqual([
      '1010 USD -9/-9',
      '2400 USD +9/+9',
    ])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('charges a weekend on the price of its Friday', () => {
    const story = new Story({ policy: { keeping: 'long-short' } })
    short(story)
    story.tell(
      borrow('b', { effectiveOn: '2025-01-10' }),
      taken('2025-01-10', '40', '2025-01-09'),
      taken('2025-01-13', '80', '2025-01-10'),
      closed('2025-01-13'),
    )
    expect(daysOf(story, 5310)).toStrictEqual(['2025-01-10 4', '2025-01-11 4', '2025-01-12 4', '2025-01-13 8'])
  })

  it('lets the margin account earn on what the fee leaves of it', () => {
    const story = new Story({ policy: { keeping: 'long-short' } })
    short(story)
    story.tell(
      borrow('b', { effectiveOn: '2025-01-31' }),
      taken('2025-01-31', '40', '2025-01-30'),
      interest('m', { cashAccount: 'margin', effectiveOn: '2025-01-31', credit: [{ from: '0', rate: '0.36' }] }),
      closed('2025-02-03'),
    )
    // Proceeds 4,000 less the fee of 4.00 paid on the 31st: 3,996 x 0.001 = 4.00 that day; then 4,000.00 with it.
    expect(daysOf(story, 1310).slice(0, 1)).toStrictEqual(['2025-01-31 4'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })
})
