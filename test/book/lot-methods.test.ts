// Which lots a sale takes: every method of the journal, relief scopes, choices, changes of method and what the lens shows.
import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/domain/portfolio/policy.ts'
import { lotsOf } from '../../src/domain/book/views.ts'
import { imbalances, written } from './lines.ts'
import { fill, registered, Story, type StoryOptions } from './story.ts'

/** Three lots: A 10 at 10, B 10 at 30, C 10 at 20; then 15 sold at 40. */
function sold(options: StoryOptions = {}, sale: Parameters<typeof fill>[6] = {}): Story {
  const story = new Story(options)
  story.tell(registered('XYZ'))
  story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
  story.tell(fill('B', 'buy', 'XYZ', '10', '30', '2025-01-07'))
  story.tell(fill('C', 'buy', 'XYZ', '10', '20', '2025-01-08'))
  story.tell(fill('S', 'sell', 'XYZ', '15', '40', '2025-01-09', sale))
  return story
}

const left = (story: Story) =>
  lotsOf(story.book.journal).map((row) => `${row.lot.slice(-1)} ${row.units} at ${row.local}`)
const method = (lotMethod: Policy['lotMethod'], more: Partial<Policy> = {}) => ({ policy: { lotMethod, ...more } })

describe('a sale of 15 of three lots of 10', () => {
  it.each([
    // A whole (100), half of B (150): left B 5 at 150, C 10 at 200
    ['fifo', ['B 5 at 150', 'C 10 at 200']],
    // C whole (200), half of B (150): left A 10 at 100, B 5 at 150
    ['lifo', ['A 10 at 100', 'B 5 at 150']],
    // B whole (300), half of C (100): left A 10 at 100, C 5 at 100
    ['hifo', ['A 10 at 100', 'C 5 at 100']],
    // A whole (100), half of C (100): left B 10 at 300, C 5 at 100
    ['lowest-cost', ['B 10 at 300', 'C 5 at 100']],
    // one pool of 30 at 600 under A's id: 15 cost 300
    ['average', ['A 15 at 300']],
  ] as const)('takes by %s', (lotMethod, lots) => {
    expect(left(sold(method(lotMethod)))).toStrictEqual(lots)
  })

  it('takes the chosen lots in the order chosen, and the rest by the default method, marked as a fallback', () => {
    const lots = [
      { lot: 'fill:B:2025-01-08:C', units: '4' },
      { lot: 'fill:B:2025-01-07:B', units: '6' },
    ]
    const story = sold(method('specific'), { lots })
    // C 4 (80), B 6 (180), then FIFO: A 5 (50)
    expect(left(story)).toStrictEqual(['A 5 at 50', 'B 4 at 120', 'C 6 at 120'])
    const fallback = [...story.book.journal].filter((p) => p.flags.includes('fallback') && p.account === 1100)
    expect(fallback.map((p) => `${p.lot} ${p.units} ${p.rule}`)).toStrictEqual(['fill:B:2025-01-06:A -5 relief:fifo'])
  })

  it('falls back and opens a break when a chosen lot is not there, and closes it when the choice is put right', () => {
    const story = sold(method('specific'), { lots: [{ lot: 'fill:B:2025-01-02:Z', units: '15' }] })
    expect(left(story)).toStrictEqual(['B 5 at 150', 'C 10 at 200'])
    expect(story.book.breaks.map(({ code, fact }) => [code, fact])).toStrictEqual([
      ['dangling-lot-choice', 'fill:B:2025-01-09:S'],
    ])
    const lots = [
      { lot: 'fill:B:2025-01-07:B', units: '10' },
      { lot: 'fill:B:2025-01-08:C', units: '5' },
    ]
    const data = { fact: 'lots:1', fill: 'fill:B:2025-01-09:S', lots, algorithm: 'client' }
    const difference = story.tell({ type: 'LotsIdentified', data })
    expect(left(story)).toStrictEqual(['A 10 at 100', 'C 5 at 100'])
    expect(difference.breaksClosed).toHaveLength(1)
    expect(story.book.breaks).toStrictEqual([])
  })

  it('shows another method through a lens without touching the log', () => {
    expect(left(sold({ ...method('fifo'), lens: { lotMethod: 'hifo' } }))).toStrictEqual(['A 10 at 100', 'C 5 at 100'])
  })
})

describe('relief scopes', () => {
  function across(reliefScope: Policy['reliefScope']): Story {
    const story = new Story({ policy: { reliefScope } })
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', { sleeve: 'growth' }))
    story.tell(fill('B', 'buy', 'XYZ', '10', '30', '2025-01-07'))
    story.tell(fill('S', 'sell', 'XYZ', '10', '40', '2025-01-09'))
    return story
  }

  it('stay in the sleeve by default', () => {
    expect(left(across('sleeve-account'))).toStrictEqual(['A 10 at 100'])
  })

  it('reach other sleeves when wider, which 2500 balances at cost', () => {
    const story = across('account')
    expect(left(story)).toStrictEqual(['B 10 at 300'])
    const trade = [...story.book.journal].filter((p) => p.entry === 'fill:B:2025-01-09:S/trade')
    const of = (sleeve: string) => written(trade, (p) => p.sleeve === sleeve)
    expect(of('growth')).toStrictEqual([
      '1100 fill:B:2025-01-06:A -10u USD -100/-100',
      '2500 USD +100/+100',
      '8000 +10u',
    ])
    expect(of('main')).toStrictEqual(['1200 USD +400/+400', '2500 USD -100/-100', '4100 USD -300/-300'])
    expect(imbalances(trade)).toStrictEqual([])
  })
})

describe('changes of method', () => {
  it('make one pool of the lots on the day of the change, under the oldest id', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    story.tell(fill('B', 'buy', 'XYZ', '10', '30', '2025-01-07', { settles: '2025-01-14' }))
    const changes = { lotMethod: 'average' } as const
    story.tell({ type: 'PolicyChanged', data: { fact: 'policy:1', effectiveOn: '2025-01-10', changes } })
    expect(left(story)).toStrictEqual(['A 20 at 400'])
    const entry = (p: { readonly entry: string }) => p.entry === 'policy:1/method/XYZ'
    // B had not settled: its state goes with it
    expect(written(story.book.journal, entry, true)).toStrictEqual([
      '1100 fill:B:2025-01-06:A unsettled +10u USD +300/+300',
      '1100 fill:B:2025-01-07:B unsettled -10u USD -300/-300',
    ])
    // the sale of 5 relieves 400 x 5 / 20 = 100; the settlement of B now moves the pool's lines
    story.tell(fill('S', 'sell', 'XYZ', '5', '40', '2025-01-13'))
    expect(left(story)).toStrictEqual(['A 15 at 300'])
    expect(lotsOf(story.book.journal, { view: 'settlement' }).map((row) => row.units)).toStrictEqual(['15'])
  })

  it('from average post nothing: the pool is a lot with the oldest date', () => {
    const story = new Story({ policy: { lotMethod: 'average' } })
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    story.tell(fill('B', 'buy', 'XYZ', '10', '30', '2025-01-07'))
    const changes = { lotMethod: 'fifo' } as const
    const changed = story.tell({
      type: 'PolicyChanged',
      data: { fact: 'policy:1', effectiveOn: '2025-01-10', changes },
    })
    expect(changed.postings).toStrictEqual([])
    story.tell(fill('C', 'buy', 'XYZ', '10', '50', '2025-01-13'))
    expect(lotsOf(story.book.journal).map((row) => [row.lot, row.units, row.acquiredOn])).toStrictEqual([
      ['fill:B:2025-01-06:A', '20', '2025-01-06'],
      ['fill:B:2025-01-13:C', '10', '2025-01-13'],
    ])
  })
})

describe('relief in parts', () => {
  it('leaves exactly nothing: thirds are cumulated, not repeated', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '3', '33.34', '2025-01-06', { consideration: '100.00' }))
    const costs = ['2025-01-07', '2025-01-08', '2025-01-09'].map((date, i) => {
      const { postings } = story.tell(fill(`S${i}`, 'sell', 'XYZ', '1', '40', date))
      return postings.find((p) => p.account === 1100 && p.rule === 'relief:fifo')?.local
    })
    // 100 x 1/3 = 33.33; 100 x 2/3 = 66.67 - 33.33 = 33.34; 100 - 66.67 = 33.33
    expect(costs).toStrictEqual(['-33.33', '-33.34', '-33.33'])
    expect(left(story)).toStrictEqual([])
  })
})
