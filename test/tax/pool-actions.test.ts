// Returns of capital, accumulated income and distributions in the pools of the UK and Canadian views.
import { describe, expect, it } from 'vitest'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import type { ActionTerms } from '../../src/domain/instrument/events.ts'
import { canada } from '../../src/domain/tax/canada/canada.ts'
import { uk } from '../../src/domain/tax/uk/uk.ts'
import { announced, fill, registered, Story } from '../book/story.ts'
import { heldIn, rowsOf, totalsOf, viewOf } from './told-views.ts'

function told(currency: string): Story {
  const story = new Story({ baseCurrency: currency })
  story.tell(registered('XYZ', currency, 6))
  return story
}

let count = 0
function trade(side: 'buy' | 'sell', currency: string, quantity: string, price: string, date: string): BookEvent {
  count++
  return fill(`T${count}`, side, 'XYZ', quantity, price, date, { currency })
}

type CashLeg = Extract<ActionTerms['legs'][number], { kind: 'cash' }>

function paid(
  caev: string,
  currency: string,
  perUnit: string,
  exDate: string,
  leg: Pick<CashLeg, 'income' | 'notional'>,
): BookEvent {
  count++
  const legs: CashLeg[] = [{ kind: 'cash', leg: 1, currency, perUnit, ...leg }]
  return announced('XYZ', { action: `a${count}`, caev, exDate, payDate: exDate, legs })
}

describe('UK pools', () => {
  it('are lowered by a return of capital from its day on, never before, and the excess is a gain', () => {
    const story = told('GBP')
    story.tell(trade('buy', 'GBP', '100', '10', '2024-01-02'), trade('sell', 'GBP', '50', '12', '2024-06-03'))
    story.tell(
      paid('CAPD', 'GBP', '1', '2024-09-02', { income: 'capital' }),
      trade('sell', 'GBP', '40', '12', '2024-12-02'),
    )
    story.tell(paid('CAPD', 'GBP', '12', '2025-02-03', { income: 'capital' }))
    // 50 of 1,000 / 100: 600 - 500. Then 500 - 50 = 450 for 50: 480 - 360. Ten are left at 90: 120 is 30 more.
    const view = viewOf(uk, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2024-06-03 XYZ section-104 50: 600 500 100',
      '2024-12-02 XYZ section-104 40: 480 360 120',
      '2025-02-03 XYZ capital-distribution 0: 30 0 30',
    ])
    expect(heldIn(view)).toStrictEqual(['XYZ 10 at 0'])
  })

  it('have all of a further return as a gain when nothing of the cost is left', () => {
    const story = told('GBP')
    story.tell(trade('buy', 'GBP', '10', '1', '2024-01-02'))
    story.tell(paid('CAPD', 'GBP', '1', '2024-09-02', { income: 'capital' }))
    story.tell(paid('CAPD', 'GBP', '0.5', '2024-10-01', { income: 'capital' }))
    // 10 - 10 = 0, then 5 more: the lot has no line of its own any more, the gain is told all the same.
    expect(rowsOf(viewOf(uk, [{ story }]))).toStrictEqual(['2024-10-01 XYZ capital-distribution 0: 5 0 5'])
  })

  it('take excess over one lot’s cost from the others: there is one pool', () => {
    const story = told('GBP')
    story.tell(trade('buy', 'GBP', '10', '1', '2024-01-02'), trade('buy', 'GBP', '10', '9', '2024-01-03'))
    story.tell(paid('CAPD', 'GBP', '2', '2024-09-02', { income: 'capital' }))
    // The book has a gain of 10 on the first lot (20 returned of 10); the pool is 100 - 40 = 60.
    const view = viewOf(uk, [{ story }])
    expect([rowsOf(view), heldIn(view)]).toStrictEqual([[], ['XYZ 20 at 60']])
  })

  it('are raised by income that was only credited, which counts six months later where that is the convention', () => {
    const story = told('GBP')
    story.tell(trade('buy', 'GBP', '600', '100', '2023-06-01'))
    story.tell(paid('ACCU', 'GBP', '2.1', '2023-11-01', { income: 'dividend', notional: true }))
    const view = viewOf(uk, [{ story }], { conventions: { notionalIncome: 'six-months-later' } })
    // 600 x 2.10 = 1,260, received on 1 May 2024: 2024/25, when 500 are free.
    expect(heldIn(view)).toStrictEqual(['XYZ 600 at 61260'])
    expect(totalsOf(view, '2024/25')).toStrictEqual({
      'notional-dividends': '1260',
      withheld: '0',
      'dividend-allowance': '500',
      'taxable-dividends': '760',
    })
  })
})

describe('Canadian cost bases', () => {
  it('cannot fall below zero: the excess is a gain and is flagged', () => {
    const story = told('CAD')
    story.tell(trade('buy', 'CAD', '10', '2', '2024-01-02'))
    story.tell(paid('CAPD', 'CAD', '3', '2024-09-03', { income: 'capital' }))
    const view = viewOf(canada, [{ story }])
    expect(rowsOf(view)).toStrictEqual(['2024-09-03 XYZ negative-cost-base 0: 10 0 10'])
    expect(view.flags.map(({ code }) => code)).toStrictEqual(['negative-cost-base'])
    expect(heldIn(view)).toStrictEqual(['XYZ 10 at 0'])
  })

  it('rise with a reinvested capital gains distribution, which is a gain of the year', () => {
    const story = told('CAD')
    story.tell(trade('buy', 'CAD', '2', '10', '2024-01-02'))
    story.tell(paid('ACCU', 'CAD', '1', '2024-12-20', { income: 'other', notional: true }))
    story.tell(paid('CAPG', 'CAD', '3', '2024-12-30', { income: 'other' }))
    const view = viewOf(canada, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2024-12-20 XYZ capital-gains-distribution 0: 2 0 2',
      '2024-12-30 XYZ capital-gains-distribution 0: 6 0 6',
    ])
    expect(heldIn(view)).toStrictEqual(['XYZ 2 at 22'])
  })
})
