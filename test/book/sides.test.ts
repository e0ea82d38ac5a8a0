// Long, short, crossing zero, what costs do, and where the money of each leg settles.
import { describe, expect, it } from 'vitest'
import { lotsOf } from '../../src/domain/book/views.ts'
import { imbalances, written } from './lines.ts'
import { fill, rate, registered, Story } from './story.ts'

const entry = (name: string) => (p: { readonly entry: string }) => p.entry === name
const held = (story: Story) => lotsOf(story.book.journal).map((row) => `${row.side} ${row.units} at ${row.local}`)

describe('keeping', () => {
  it('netting: a sale of more than is held is two legs, its amounts shared by units', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    story.tell(fill('S', 'sell', 'XYZ', '30', '20', '2025-01-07', { commission: '1' }))
    // leg 1: 10 of 30 units: 600 x 1/3 = 200, cost 1 x 1/3 = 0.33; leg 2: 400 and 0.67
    expect(written(story.book.journal, entry('fill:B:2025-01-07:S/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-06:A -10u USD -100/-100',
      '1200 USD +199.67/+199.67',
      '4100 USD -99.67/-99.67',
      '8000 +10u',
    ])
    expect(written(story.book.journal, entry('fill:B:2025-01-07:S/trade/2'))).toStrictEqual([
      '1200 USD +399.33/+399.33',
      '2100 fill:B:2025-01-07:S -20u USD -399.33/-399.33',
      '8000 +20u',
    ])
    // the leg on the short lot is owed and paid on the margin account
    expect(written(story.book.journal, entry('fill:B:2025-01-07:S/settle/2')).slice(0, 2)).toStrictEqual([
      '1010 USD +399.33/+399.33',
      '1200 USD -399.33/-399.33',
    ])
    expect(story.book.breaks).toStrictEqual([])
  })

  it('long-only: an oversell opens a short lot that is flagged, and a break until it is covered', () => {
    const story = new Story({ policy: { keeping: 'long-only' } })
    story.tell(registered('XYZ'))
    const oversold = story.tell(fill('S', 'sell', 'XYZ', '10', '20', '2025-01-07'))
    expect(held(story)).toStrictEqual(['short -10 at -200'])
    expect(oversold.postings.find((p) => p.account === 2100)?.flags).toStrictEqual(['oversold'])
    expect(oversold.breaksOpened.map(({ code, fact, since }) => [code, fact, since])).toStrictEqual([
      ['oversold', 'fill:B:2025-01-07:S', '2025-01-07'],
    ])
    const covered = story.tell(fill('A', 'buy', 'XYZ', '10', '15', '2025-01-08'))
    expect(held(story)).toStrictEqual([])
    expect(covered.breaksClosed.map(({ code }) => code)).toStrictEqual(['oversold'])
  })

  it('long-short: both sides are held side by side, and a position effect overrides the side word', () => {
    const story = new Story({ policy: { keeping: 'long-short' } })
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    story.tell(fill('B', 'sell-short', 'XYZ', '10', '20', '2025-01-07'))
    expect(held(story)).toStrictEqual(['long 10 at 100', 'short -10 at -200'])
    story.tell(fill('C', 'sell', 'XYZ', '4', '20', '2025-01-08', { positionEffect: 'open' }))
    story.tell(fill('D', 'buy', 'XYZ', '10', '15', '2025-01-09', { positionEffect: 'close' }))
    expect(held(story)).toStrictEqual(['long 10 at 100', 'short -4 at -80'])
  })

  it('long-short: what a closing side cannot relieve opens the other side', () => {
    const story = new Story({ policy: { keeping: 'long-short' } })
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    const sold = story.tell(fill('S', 'sell', 'XYZ', '15', '20', '2025-01-07'))
    expect(held(story)).toStrictEqual(['short -5 at -100'])
    expect(sold.breaksOpened.map(({ code }) => code)).toStrictEqual(['oversold'])
  })
})

describe('costs', () => {
  const costs = { commission: { onBuy: 'expense', onSell: 'expense' } } as const

  it('are part of the cost, or an expense of their own where the policy says so', () => {
    const story = new Story({ policy: { costs } })
    story.tell(registered('XYZ'))
    const stamp = { type: 'stamp-duty', amount: '3', currency: 'USD' } as const
    const commission = { type: 'commission', amount: '2', currency: 'USD' } as const
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', { costs: [stamp, commission] }))
    expect(written(story.book.journal, entry('fill:B:2025-01-06:A/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-06:A +10u USD +103/+103',
      '2200 USD -105/-105',
      '5100 USD +2/+2',
      '8000 -10u',
    ])
    story.tell(fill('S', 'sell', 'XYZ', '10', '20', '2025-01-07', { costs: [stamp, commission] }))
    // proceeds 200 - 3 = 197, gain 94, money 195
    expect(written(story.book.journal, entry('fill:B:2025-01-07:S/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-06:A -10u USD -103/-103',
      '1200 USD +195/+195',
      '4100 USD -94/-94',
      '5100 USD +2/+2',
      '8000 +10u',
    ])
  })
})

describe('gains', () => {
  const bought = (gainConvention: 'closing-rate' | 'opening-rate' | 'all-in-price') => {
    const story = new Story({ policy: { gainConvention } })
    story.tell(registered('XYZ', 'EUR'), rate('2025-01-06', '1.10'), rate('2025-01-07', '1.20'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '100', '2025-01-06', { currency: 'EUR' }))
    story.tell(fill('S', 'sell', 'XYZ', '10', '150', '2025-01-07', { currency: 'EUR' }))
    return written(story.book.journal, (p) => p.account === 4100 || p.account === 4110)
  }

  // whole gain: 1,500 x 1.20 - 1,000 x 1.10 = 700
  it('are struck at the closing rate by default: 500 x 1.20 and 1,000 x 0.10', () => {
    expect(bought('closing-rate')).toStrictEqual(['4100 EUR -500/-600', '4110 EUR 0/-100'])
  })
  it('or at the opening rate: 500 x 1.10 and the rest', () => {
    expect(bought('opening-rate')).toStrictEqual(['4100 EUR -500/-550', '4110 EUR 0/-150'])
  })
  it('or all in the price', () => {
    expect(bought('all-in-price')).toStrictEqual(['4100 EUR -500/-700'])
  })

  it('of a short lot have their FX part on the proceeds: 1,000 x (1.10 - 1.20)', () => {
    const story = new Story()
    story.tell(registered('XYZ', 'EUR'), rate('2025-01-06', '1.10'), rate('2025-01-07', '1.20'))
    story.tell(fill('S', 'sell', 'XYZ', '10', '100', '2025-01-06', { currency: 'EUR' }))
    story.tell(fill('C', 'buy', 'XYZ', '10', '80', '2025-01-07', { currency: 'EUR' }))
    // 200 x 1.20 = 240 price gain; proceeds were worth 1,100, at closing 1,200: a loss of 100
    expect(written(story.book.journal, entry('fill:B:2025-01-07:C/trade'))).toStrictEqual([
      '2100 fill:B:2025-01-06:S +10u EUR +1000/+1100',
      '2200 EUR -800/-960',
      '4100 EUR -200/-240',
      '4110 EUR 0/+100',
      '8000 -10u',
    ])
  })

  it('of a lot bought in another currency cross 9000: cost is base cost at the closing rate', () => {
    const story = new Story()
    story.tell(registered('XYZ', 'EUR'), rate('2025-01-06', '1.10'), rate('2025-01-07', '1.25'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '100', '2025-01-06', { currency: 'USD' }))
    story.tell(fill('S', 'sell', 'XYZ', '10', '100', '2025-01-07', { currency: 'EUR' }))
    // 1,000 / 1.25 = EUR 800; gain EUR 200 = USD 250; the receivable EUR 1,000 = USD 1,250
    const trade = [...story.book.journal].filter(entry('fill:B:2025-01-07:S/trade'))
    expect(written(trade, () => true)).toStrictEqual([
      '1100 fill:B:2025-01-06:A -10u USD -1000/-1000',
      '1200 EUR +1000/+1250',
      '4100 EUR -200/-250',
      '8000 +10u',
      '9000 EUR -800/-1000',
      '9000 USD +1000/+1000',
    ])
    expect(imbalances(trade)).toStrictEqual([])
  })
})
