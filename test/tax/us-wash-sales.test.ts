// Wash sales of the US regime: the worked cases of Pub. 550 and Reg. 1.1091, and each rule with its arithmetic.
import { describe, expect, it } from 'vitest'
import { decimal } from '../../src/domain/kernel/decimal.ts'
import type { Holder } from '../../src/domain/tax/core/owners.ts'
import { taxActionsOf } from '../../src/domain/tax/core/tax-actions.ts'
import { announced, fill, registered, split, Story } from '../book/story.ts'
import { linesOf, lotsOf, totalsOf, usView } from './us-view.ts'

const ANN: Holder = { owner: 'ann', taxStatus: 'taxable' }

/** A book that bought and sold as told: `+B1 2025-01-06 100 at 10`, `-S1 2025-02-03 40 at 12`. */
function traded(...trades: string[]): Story {
  const story = new Story()
  story.tell(registered('XYZ'))
  for (const trade of trades) {
    const [name = '', date = '', units = '', , price = '', of, lot] = trade.split(' ')
    const lots = of === 'of' && lot !== undefined ? { lots: [{ lot, units }] } : {}
    story.tell(fill(name.slice(1), name.startsWith('+') ? 'buy' : 'sell', 'XYZ', units, price, date, lots))
  }
  return story
}

describe('a loss with a replacement within 30 days', () => {
  it('W1: is not allowed, and is added to the basis of the replacement', () => {
    // 750 - 1,000 = -250, disallowed; 800 + 250 = 1,050. Held 28 days (6 January to 3 February), tacked: 10 February - 28.
    const view = usView(traded('+B1 2025-01-06 100 at 10', '-S1 2025-02-03 100 at 7.5', '+B2 2025-02-10 100 at 8'))
    expect(linesOf(view)).toStrictEqual(['100 of B1 since 2025-01-06: 750 - 1000 W 250 = 0 short'])
    expect(lotsOf(view)).toStrictEqual(['100 of B2 as since 2025-01-13: 1050'])
    expect(totalsOf(view)).toStrictEqual({ '2025 short-term': '0', '2025 wash-sale-disallowed': '250' })
  })

  it('W2: makes the basis of the new units the old basis, more or less the difference in price', () => {
    // Bought at 100, sold at 80: bought again at 90 the basis is 110, at 70 it is 90.
    const bought = ['+B1 2025-01-06 1 at 100', '-S1 2025-02-03 1 at 80']
    expect(lotsOf(usView(traded(...bought, '+B2 2025-02-10 1 at 90')))).toStrictEqual([
      '1 of B2 as since 2025-01-13: 110',
    ])
    expect(lotsOf(usView(traded(...bought, '+B2 2025-02-10 1 at 70')))).toStrictEqual([
      '1 of B2 as since 2025-01-13: 90',
    ])
  })

  it('W3: is disallowed share for share when fewer are bought again', () => {
    // Loss 500 on 100; 60 are replaced: 300 disallowed, 200 allowed; 660 + 300 = 960.
    const view = usView(traded('+B1 2025-01-06 100 at 15', '-S1 2025-02-03 100 at 10', '+B2 2025-02-10 60 at 11'))
    expect(linesOf(view)).toStrictEqual([
      '60 of B1 since 2025-01-06: 600 - 900 W 300 = 0 short',
      '40 of B1 since 2025-01-06: 400 - 600 = -200 short',
    ])
    expect(lotsOf(view)).toStrictEqual(['60 of B2 as since 2025-01-13: 960'])
  })

  it('W4: of several lots goes to the replacement in the order of the losses, which is parted by what it replaced', () => {
    // Losses of the three lots in the order sold: 10 x 20 = 200, 10 x 10 = 100; the third is a gain. 15 are bought again:
    // 10 replace the first lot (200), 5 the second (half of 100); the other 50 are allowed.
    const view = usView(
      traded(
        '+B1 2024-01-08 10 at 50',
        '+B2 2024-02-05 10 at 40',
        '+B3 2024-03-04 10 at 20',
        '-S1 2025-02-03 30 at 30',
        '+B4 2025-02-10 15 at 30',
      ),
    )
    expect(linesOf(view)).toStrictEqual([
      '10 of B1 since 2024-01-08: 300 - 500 W 200 = 0 long',
      '5 of B2 since 2024-02-05: 150 - 200 W 50 = 0 short',
      '5 of B2 since 2024-02-05: 150 - 200 = -50 short',
      '10 of B3 since 2024-03-04: 300 - 200 = 100 short',
    ])
    // 392 days (8 January 2024 to 3 February 2025) and 364 days are tacked.
    expect(lotsOf(view)).toStrictEqual(['10 of B4 as since 2024-01-15: 500', '5 of B4 as since 2024-02-12: 200'])
  })

  it('counts 30 days before and after, the day itself, and not the 31st', () => {
    const sold = ['+B1 2024-01-02 10 at 20', '-S1 2025-03-03 10 at 10']
    const lossAfter = (trade: string) => totalsOf(usView(traded(...sold, trade)))['2025 wash-sale-disallowed']
    // 3 March + 30 = 2 April, 3 March - 30 = 1 February.
    expect(lossAfter('+B2 2025-04-02 10 at 10')).toBe('100')
    expect(lossAfter('+B2 2025-04-03 10 at 10')).toBeUndefined()
    expect(lossAfter('+B2 2025-02-01 10 at 10')).toBe('100')
    expect(lossAfter('+B2 2025-01-31 10 at 10')).toBeUndefined()
  })
})

describe('a replacement', () => {
  it('serves once only', () => {
    // The first loss takes all of B3; the second finds nothing left.
    const view = usView(
      traded(
        '+B1 2024-01-08 10 at 20',
        '+B2 2024-01-09 10 at 20',
        '-S1 2025-02-03 10 at 15',
        '-S2 2025-02-04 10 at 15',
        '+B3 2025-02-10 10 at 15',
      ),
    )
    expect(linesOf(view)).toStrictEqual([
      '10 of B1 since 2024-01-08: 150 - 200 W 50 = 0 long',
      '10 of B2 since 2024-01-09: 150 - 200 = -50 long',
    ])
  })

  it('sold at a loss is washed again with the loss it carries', () => {
    // 200 - 100 = 100 lost, then 300 + 100 - 220 = 180, then 500 + 180.
    const view = usView(
      traded(
        '+B1 2025-01-06 10 at 20',
        '-S1 2025-01-20 10 at 10',
        '+B2 2025-02-03 10 at 30',
        '-S2 2025-03-03 10 at 22',
        '+B3 2025-03-10 10 at 50',
      ),
    )
    expect(linesOf(view).map((line) => line.replace(/^.*: /, ''))).toStrictEqual([
      '100 - 200 W 100 = 0 short',
      '220 - 400 W 180 = 0 short',
    ])
    // 14 days, then 28 + 14 = 42 days: 10 March - 42 = 27 January.
    expect(lotsOf(view)).toStrictEqual(['10 of B3 as since 2025-01-27: 680'])
  })

  it('is never what was sold, nor the rest of the same purchase', () => {
    const view = usView(traded('+B1 2025-01-20 200 at 10', '-S1 2025-02-03 100 at 8'))
    expect(linesOf(view)).toStrictEqual(['100 of B1 since 2025-01-20: 800 - 1000 = -200 short'])
  })

  it('is never another fill of the same order', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    story.tell(fill('B1', 'buy', 'XYZ', '100', '10', '2025-01-20', { order: 'O1' }))
    story.tell(fill('B2', 'buy', 'XYZ', '100', '10', '2025-01-20', { order: 'O1' }))
    story.tell(fill('S1', 'sell', 'XYZ', '100', '8', '2025-02-03'))
    expect(totalsOf(usView(story))).toStrictEqual({ '2025 short-term': '-200' })
  })

  it('may be a lot that the same day is sold later, but not one sold in the same sale', () => {
    const bought = ['+B1 2025-01-06 10 at 20', '+B2 2025-01-20 10 at 19']
    const together = usView(traded(...bought, '-S1 2025-02-03 20 at 18'))
    expect(totalsOf(together)).toStrictEqual({ '2025 short-term': '-30' })
    const apart = usView(traded(...bought, '-S1 2025-02-03 10 at 18', '-S2 2025-02-03 10 at 18'))
    // 20 are disallowed and come back with the second sale: 180 - (190 + 20) = -30.
    expect(totalsOf(apart)).toStrictEqual({ '2025 short-term': '-30', '2025 wash-sale-disallowed': '20' })
  })

  it('was not acquired before what was sold, unless that is asked for', () => {
    const story = traded(
      '+B1 2025-01-20 10 at 20',
      '+B2 2025-01-27 10 at 25',
      '-S1 2025-02-03 10 at 18 of fill:B:2025-01-27:B2',
    )
    expect(totalsOf(usView(story))).toStrictEqual({ '2025 short-term': '-70' })
    expect(totalsOf(usView(story, { conventions: { earlier: 'eligible' } }))).toStrictEqual({
      '2025 short-term': '0',
      '2025 wash-sale-disallowed': '70',
    })
  })

  it('takes the date of what was sold, where that is the convention', () => {
    const story = traded('+B1 2025-01-06 100 at 10', '-S1 2025-02-03 100 at 7.5', '+B2 2025-02-10 100 at 8')
    expect(lotsOf(usView(story, { conventions: { tacking: 'holding-date' } }))).toStrictEqual([
      '100 of B2 as since 2025-01-06: 1050',
    ])
  })

  it('counts in units of the sale when it is bought after a split', () => {
    // 10 sold; 20 after 2:1 are 10 of before: all replaced. 200 - 100 = 100 goes to them.
    const story = traded('+B1 2025-01-06 10 at 20', '-S1 2025-02-03 10 at 10', '+B2 2025-02-20 25 at 5')
    story.tell(announced('XYZ', split('two', '2025-02-10', '2', '1')))
    const actions = taxActionsOf(story.reference.actionsOn('XYZ', story.position))
    const view = usView(story, { instrument: () => ({ type: 'equity', underlying: null, actions }) })
    expect(totalsOf(view)).toStrictEqual({ '2025 short-term': '0', '2025 wash-sale-disallowed': '100' })
    expect(lotsOf(view)).toStrictEqual(['20 of B2 as since 2025-01-23: 200', '5 of B2 since 2025-02-20: 25'])
  })

  it('keeps what it carries through a split', () => {
    const story = traded('+B1 2025-01-06 10 at 20', '-S1 2025-02-03 10 at 10', '+B2 2025-02-04 15 at 10')
    story.tell(announced('XYZ', split('two', '2025-03-10', '2', '1')))
    // 10 carry 100, 5 do not; all double: 100 + 100 and 50.
    expect(lotsOf(usView(story))).toStrictEqual([
      '20 of B2/two/1 as since 2025-01-07: 200',
      '10 of B2/two/1 since 2025-02-04: 50',
    ])
  })
})

describe('the taxpayer', () => {
  const sold = () => traded('+B1 2025-01-06 100 at 10', '-S1 2025-02-03 100 at 7.5')

  it('is the same in all portfolios of one owner', () => {
    const held = [
      [sold(), ANN],
      [traded('+B2 2025-02-10 100 at 8'), ANN],
    ] as const
    const view = usView(held)
    expect(totalsOf(view)['2025 wash-sale-disallowed']).toBe('250')
    expect(lotsOf(view)).toStrictEqual(['100 of B2 as since 2025-01-13: 1050'])
    // As a broker sees it: another account is nobody's business.
    expect(totalsOf(usView(held, { conventions: { scope: 'account' } }))).toStrictEqual({ '2025 short-term': '-250' })
  })

  it('loses the loss for good when a retirement account buys', () => {
    const view = usView([
      [sold(), ANN],
      [traded('+B2 2025-02-10 100 at 8'), { owner: 'ann', taxStatus: 'retirement' }],
    ])
    expect(linesOf(view)).toStrictEqual(['100 of B1 since 2025-01-06: 750 - 1000 W 250 = 0 short'])
    expect(view.lines[0]?.rules).toStrictEqual(['relief:fifo', 'wash-sale-permanent'])
    // The lot in the retirement account keeps its own cost.
    expect(lotsOf(view)).toStrictEqual(['100 of B2 since 2025-02-10: 800'])
  })

  it('has no gains or losses in a retirement account', () => {
    const view = usView([[sold(), { owner: 'ann', taxStatus: 'retirement' }]])
    expect([view.lines, view.totals]).toStrictEqual([[], []])
  })

  it('is one with the spouse, from the day they are linked', () => {
    const held = [
      [sold(), ANN],
      [traded('+B2 2025-02-10 100 at 8'), { owner: 'bob', taxStatus: 'taxable' }],
    ] as const
    const linked = (from: string) => ({ affiliates: [{ owner: 'bob', relation: 'spouse', from }] as const })
    expect(totalsOf(usView(held, linked('2020-01-01')))['2025 wash-sale-disallowed']).toBe('250')
    expect(totalsOf(usView(held, linked('2025-06-01')))).toStrictEqual({ '2025 short-term': '-250' })
    expect(totalsOf(usView(held))).toStrictEqual({ '2025 short-term': '-250' })
  })

  it('replaces stock by calls on it, contract for a hundred', () => {
    const story = sold()
    story.tell(registered('CALL'))
    story.tell(fill('C1', 'buy', 'CALL', '1', '50', '2025-02-10'))
    const underlying = { instrument: 'XYZ', multiplier: decimal('100'), call: true }
    const view = usView(story, {
      instrument: (id) =>
        id === 'CALL' ? { type: 'option', underlying, actions: [] } : { type: 'equity', underlying: null, actions: [] },
    })
    expect(totalsOf(view)['2025 wash-sale-disallowed']).toBe('250')
    expect(lotsOf(view)).toStrictEqual(['1 of C1 as since 2025-01-13: 300'])
  })
})

describe('a loss on a short sale', () => {
  it('is washed by another short sale within 30 days', () => {
    // Sold short at 10, covered at 12: 200 lost; short again at 11 for 1,100: less 200 makes 900 of proceeds.
    const story = traded('-S1 2025-01-06 100 at 10', '+B1 2025-02-03 100 at 12', '-S2 2025-02-10 100 at 11')
    const view = usView(story)
    expect(linesOf(view)).toStrictEqual(['100 of S1 since 2025-01-06: 1000 - 1200 W 200 = 0 short'])
    expect(lotsOf(view)).toStrictEqual(['100 of S2 as since 2025-01-13: 900'])
  })

  it('is flagged when it is made against a position at a gain', () => {
    const story = new Story({ policy: { keeping: 'long-short' } })
    story.tell(registered('XYZ'))
    story.tell(fill('B1', 'buy', 'XYZ', '100', '10', '2025-01-06'))
    story.tell(fill('S1', 'sell-short', 'XYZ', '100', '15', '2025-02-03'))
    expect(usView(story).flags.map(({ code, fact }) => [code, fact])).toStrictEqual([
      ['constructive-sale', 'fill:B:2025-02-03:S1'],
    ])
  })
})

describe('the horizon', () => {
  it('leaves a loss provisional until 30 days have passed, and a gain not', () => {
    const story = traded('+B1 2025-01-06 100 at 10', '-S1 2025-02-03 50 at 7.5', '-S2 2025-02-03 50 at 12')
    expect(linesOf(usView(story, { effectiveAt: '2025-02-03', horizon: '2025-03-04' }))).toStrictEqual([
      '50 of B1 since 2025-01-06: 375 - 500 = -125 short, until 2025-03-05',
      '50 of B1 since 2025-01-06: 600 - 500 = 100 short',
    ])
    expect(linesOf(usView(story, { effectiveAt: '2025-02-03', horizon: '2025-03-05' }))[0]).toBe(
      '50 of B1 since 2025-01-06: 375 - 500 = -125 short',
    )
  })

  it('lets a purchase after the day of the report decide a loss of before, but shows lots as they were', () => {
    const story = traded(
      '+B1 2025-01-06 100 at 10',
      '+B0 2025-01-20 10 at 10',
      '-S1 2025-02-03 100 at 7.5',
      '+B2 2025-02-10 100 at 8',
    )
    const asked = { effectiveAt: '2025-02-02' }
    expect([linesOf(usView(story, asked)), lotsOf(usView(story, asked))]).toStrictEqual([
      [],
      ['100 of B1 since 2025-01-06: 1000', '10 of B0 since 2025-01-20: 100'],
    ])
    expect(totalsOf(usView(story, { effectiveAt: '2025-02-03' }))).toStrictEqual({
      '2025 short-term': '0',
      '2025 wash-sale-disallowed': '250',
    })
  })
})

describe('the holding period', () => {
  it('is long from a year after the day after acquisition, 29 February rolling to 1 March', () => {
    const term = (bought: string, sold: string) =>
      usView(traded(`+B1 ${bought} 1 at 10`, `-S1 ${sold} 1 at 20`)).lines[0]?.term
    expect(term('2023-02-28', '2024-02-29')).toBe('short')
    expect(term('2023-02-28', '2024-03-01')).toBe('long')
    expect(term('2024-02-28', '2025-02-28')).toBe('short')
    expect(term('2024-02-28', '2025-03-01')).toBe('long')
    expect(term('2024-02-29', '2025-03-01')).toBe('long')
  })
})
