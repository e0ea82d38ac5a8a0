// Futures: units without money, gains marked every closed day against the settlement price, paid the next day, realised on closing.
import { describe, expect, it } from 'vitest'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import type { FillTerms } from '../../src/domain/portfolio/facts.ts'
import { balances, imbalances, written } from './lines.ts'
import { closed, fill, living, rate, settlementPrice, Story } from './story.ts'

const ANY = { underlying: 'SPX', expiry: '2025-03-21', settlement: 'cash' } as const

function future(currency = 'USD'): BookEvent {
  return living('F', { type: 'future', multiplier: '50', currency, future: ANY })
}

/** Its consideration is price x contracts x 50. */
function traded(
  execId: string,
  side: FillTerms['side'],
  contracts: number,
  price: number,
  date: string,
  more: Partial<FillTerms> & { readonly commission?: string } = {},
): BookEvent {
  const consideration = String(contracts * price * 50)
  return fill(execId, side, 'F', String(contracts), String(price), date, { consideration, ...more })
}

const entry =
  (name: string) =>
  ({ entry }: { readonly entry: string }) =>
    entry === name
const told = (story: Story, name: string) => written(story.book.journal, entry(name))
/** Postings of a day that nobody told of before leave the same book as telling everything in order. */
const same = (a: Story, b: Story) => expect(balances(a.book.journal)).toStrictEqual(balances(b.book.journal))

describe('a future', () => {
  it('is marked on closed days only, and from one settlement price to the next', () => {
    const story = new Story()
    story.tell(future(), traded('B', 'buy', 3, 100, '2025-03-03'))
    story.tell(settlementPrice('F', '2025-03-03', '101'), settlementPrice('F', '2025-03-05', '99'))
    expect(told(story, 'mark:F:2025-03-03/main/mark')).toStrictEqual([])
    // 3 x 50 x (101 - 100) = 150; no price on the 4th; 3 x 50 x (99 - 101) = -300
    story.tell(...closed('2025-03-03', '2025-03-04', '2025-03-05'))
    expect(told(story, 'mark:F:2025-03-03/main/mark')).toStrictEqual(['1340 USD +150/+150', '4140 USD -150/-150'])
    expect(told(story, 'mark:F:2025-03-05/main/mark')).toStrictEqual(['1340 USD -300/-300', '4140 USD +300/+300'])
    expect(told(story, 'mark:F:2025-03-05/main/pay')).toStrictEqual(['1010 USD -300/-300', '1340 USD +300/+300'])
  })

  it('pays on the next open day of its calendar: Friday on Monday', () => {
    const story = new Story()
    story.tell(future(), traded('B', 'buy', 1, 100, '2025-03-07'), settlementPrice('F', '2025-03-07', '102'))
    story.tell(...closed('2025-03-07'))
    const paid = [...story.book.journal].filter(entry('mark:F:2025-03-07/main/pay'))
    expect(paid.map(({ effectiveDate }) => effectiveDate)).toStrictEqual(['2025-03-10', '2025-03-10'])
  })

  it('sold short gains when the price falls', () => {
    const story = new Story()
    story.tell(future(), traded('S', 'sell-short', 2, 100, '2025-03-03'), settlementPrice('F', '2025-03-03', '97'))
    story.tell(...closed('2025-03-03'))
    // 2 x 50 x (100 - 97) = 300
    expect(told(story, 'mark:F:2025-03-03/main/mark')).toStrictEqual(['1340 USD +300/+300', '4140 USD -300/-300'])
    story.tell(traded('C', 'buy-to-cover', 2, 98, '2025-03-04'))
    // since the mark 2 x 50 x (97 - 98) = -100; over its life 2 x 50 x (100 - 98) = 200
    expect(told(story, 'fill:B:2025-03-04:C/trade')).toStrictEqual([
      '1340 USD -100/-100',
      '2100 fill:B:2025-03-03:S +2u USD 0/0',
      '4100 USD -200/-200',
      '4140 USD +300/+300',
      '8000 -2u',
    ])
  })

  it('closed in part realises that part of what was marked, first in first out', () => {
    const story = new Story()
    story.tell(future(), traded('B1', 'buy', 2, 100, '2025-03-03'), traded('B2', 'buy', 2, 104, '2025-03-03'))
    story.tell(settlementPrice('F', '2025-03-03', '105'), ...closed('2025-03-03'))
    story.tell(traded('S', 'sell', 3, 106, '2025-03-04'))
    // of B1: 2 x 50 x 6 = 600, 500 of it marked; of B2: 1 x 50 x 2 = 100, 50 of it marked; 3 x 50 x 1 = 150 since
    expect(told(story, 'fill:B:2025-03-04:S/trade')).toStrictEqual([
      '1100 fill:B:2025-03-03:B1 -2u USD 0/0',
      '1100 fill:B:2025-03-03:B2 -1u USD 0/0',
      '1340 USD +150/+150',
      '4100 USD -700/-700',
      '4140 USD +550/+550',
      '8000 +3u',
    ])
    const gains = story.differences.flatMap(({ disposals }) => disposals)
    expect(gains.map(({ lot, gain }) => [lot, gain])).toStrictEqual([
      ['fill:B:2025-03-03:B1', '600'],
      ['fill:B:2025-03-03:B2', '100'],
    ])
  })

  it('pays its costs as expenses from the margin account', () => {
    const story = new Story()
    story.tell(future(), traded('B', 'buy', 1, 100, '2025-03-03', { commission: '4.50' }))
    expect(told(story, 'fill:B:2025-03-03:B/trade')).toStrictEqual([
      '1100 fill:B:2025-03-03:B +1u USD 0/0',
      '2200 USD -4.5/-4.5',
      '5100 USD +4.5/+4.5',
      '8000 -1u',
    ])
  })

  it('in another currency gains at the rate of each mark', () => {
    const story = new Story()
    for (const [date, value] of [
      ['2025-03-03', '1.10'],
      ['2025-03-04', '1.20'],
      ['2025-03-05', '1.25'],
    ] as const)
      story.tell(rate(date, value))
    story.tell(future('EUR'), traded('B', 'buy', 1, 100, '2025-03-03', { currency: 'EUR' }))
    story.tell(settlementPrice('F', '2025-03-03', '110', 'EUR'), ...closed('2025-03-03'))
    // 50 x 10 = 500 at 1.10; paid at 1.20
    expect(told(story, 'mark:F:2025-03-03/main/mark')).toStrictEqual(['1340 EUR +500/+550', '4140 EUR -500/-550'])
    expect(told(story, 'mark:F:2025-03-03/main/pay')).toStrictEqual([
      '1010 EUR +500/+600',
      '1340 EUR -500/-550',
      '4130 EUR 0/-50',
    ])
    const settlement = { date: '2025-03-05', given: true, currency: 'EUR' }
    story.tell(traded('S', 'sell', 1, 112, '2025-03-04', { currency: 'EUR', settlement }))
    // 50 x 2 = 100 at 1.20, with the 550 of before: 670
    expect(told(story, 'fill:B:2025-03-04:S/trade')).toStrictEqual([
      '1100 fill:B:2025-03-03:B -1u EUR 0/0',
      '1340 EUR +100/+120',
      '4100 EUR -600/-670',
      '4140 EUR +500/+550',
      '8000 +1u',
    ])
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })

  it('is closed by the settlement price of its expiry, whatever has not settled yet', () => {
    const story = new Story()
    story.tell(future(), traded('B', 'buy', 1, 100, '2025-03-20'))
    const settlement = { date: '2025-03-24', given: true, currency: 'USD' }
    story.tell(traded('L', 'buy', 1, 101, '2025-03-21', { settlement }))
    story.tell(settlementPrice('F', '2025-03-21', '103'), ...closed('2025-03-20', '2025-03-21'))
    // 50 x 3 and 50 x 2
    expect(told(story, 'mark:F:2025-03-21/main/mark')).toStrictEqual([
      '1100 fill:B:2025-03-20:B -1u USD 0/0',
      '1100 fill:B:2025-03-21:L -1u USD 0/0',
      '1340 USD +250/+250',
      '4100 USD -250/-250',
      '8000 +2u',
    ])
    const left = new Map<string, number>()
    for (const { account, state, units } of story.book.journal)
      if (account === 1100) left.set(`${state}`, (left.get(`${state}`) ?? 0) + Number(units))
    expect([...left].sort()).toStrictEqual([
      ['settled', 0],
      ['unsettled', 0],
    ])
  })
})

describe('a future still held after its expiry', () => {
  it('is a break until its last settlement price closes it', () => {
    const story = new Story()
    story.tell(future(), traded('B', 'buy', 1, 100, '2025-03-20'), ...closed('2025-03-20', '2025-03-21'))
    expect(story.book.breaks.map(({ code, fact }) => [code, fact])).toStrictEqual([
      ['expired-open', 'expired:F:2025-03-21'],
    ])
    story.tell(settlementPrice('F', '2025-03-21', '103'))
    expect(story.book.breaks.map(({ code }) => code)).toStrictEqual([])
  })
})

describe('what becomes known late', () => {
  const told = (...units: BookEvent[][]) => {
    const story = new Story()
    for (const events of units) story.tell(...events)
    return story
  }
  const days = closed('2025-03-03', '2025-03-04')
  const buy = traded('B', 'buy', 2, 100, '2025-03-03')
  const sell = traded('S', 'sell', 1, 103, '2025-03-04')
  const prices = [settlementPrice('F', '2025-03-03', '101'), settlementPrice('F', '2025-03-04', '102')]
  const whole = told([future()], [buy], [prices[0]!, prices[1]!], days, [sell])

  it('leaves the book of telling it in time', () => {
    same(told([future(), ...days, ...prices], [sell], [buy]), whole)
    same(told([buy, sell], prices, days, [future()]), whole)
    same(told([future(), buy], days, [sell], [prices[1]!], [prices[0]!]), whole)
    expect(balances(whole.folded())).toStrictEqual(balances(whole.book.journal))
  })

  it('corrects a settlement price by the difference, there and on the next day', () => {
    const story = told([future(), buy], prices, days, [sell])
    const corrected = { instrument: 'F', price: '101.50', currency: 'USD' }
    const of = { source: 'EXCH', date: '2025-03-03', basis: 'settlement', snap: 'final' } as const
    const { postings } = story.tell({ type: 'PriceCorrected', data: { ...of, row: corrected, cause: 'amended' } })
    // 2 x 50 x 0.50 = 50 more on the 3rd; of it 25 less on each of the sale and the mark of the one left on the 4th
    expect(written(postings, entry('mark:F:2025-03-03/main/mark'))).toStrictEqual([
      '1340 USD +50/+50',
      '4140 USD -50/-50',
    ])
    expect(written(postings, entry('fill:B:2025-03-04:S/trade'))).toStrictEqual([
      '1340 USD -25/-25',
      '4140 USD +25/+25',
    ])
    expect(written(postings, entry('mark:F:2025-03-04/main/mark'))).toStrictEqual([
      '1340 USD -25/-25',
      '4140 USD +25/+25',
    ])
    expect(balances(story.folded())).toStrictEqual(balances(story.book.journal))
  })

  it('takes the mark back with its price', () => {
    const story = told([future(), buy], prices, days, [sell])
    const of = { source: 'EXCH', date: '2025-03-03', basis: 'settlement', snap: 'final' } as const
    story.tell({ type: 'PriceWithdrawn', data: { ...of, instrument: 'F', cause: 'never was' } })
    same(story, told([future(), buy], [prices[1]!], days, [sell]))
  })
})
