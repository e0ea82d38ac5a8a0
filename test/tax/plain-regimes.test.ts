// Regimes with one fixed order of relief: Germany by account, average-cost countries over all that is held.
import { describe, expect, it } from 'vitest'
import { austria, france, germany, sweden } from '../../src/domain/tax/plain/regimes.ts'
import { announced, fill, registered, spinOff, split, Story } from '../book/story.ts'
import { heldIn, rowsOf, totalsOf, viewOf } from './told-views.ts'

function told(currency: string): Story {
  const story = new Story({ baseCurrency: currency, policy: { lotMethod: 'lifo' } })
  story.tell(registered('XYZ', currency, 6), registered('KID', currency, 6))
  return story
}

let count = 0
function trade(side: 'buy' | 'sell', quantity: string, price: string, date: string, more: Record<string, string> = {}) {
  count++
  return fill(`T${count}`, side, 'XYZ', quantity, price, date, { currency: 'EUR', ...more })
}

describe('German gains', () => {
  it('are first in first out within an account, whatever the book relieved', () => {
    const story = told('EUR')
    story.tell(trade('buy', '10', '10', '2024-01-02'), trade('buy', '10', '20', '2024-02-01'))
    story.tell(trade('buy', '10', '1', '2024-01-03', { custodyAccount: 'other' }))
    story.tell(trade('sell', '15', '30', '2024-06-03'))
    // 10 of 2 January: 300 - 100; 5 of 1 February: 150 - 100. The other account's cheap units stay.
    const view = viewOf(germany, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2024-06-03 XYZ fifo 10: 300 100 200 bought 2024-01-02',
      '2024-06-03 XYZ fifo 5: 150 100 50 bought 2024-02-01',
    ])
    expect(heldIn(view)).toStrictEqual(['XYZ 5 at 100', 'XYZ 10 at 10'])
    expect(totalsOf(view, '2024')).toStrictEqual({
      proceeds: '450',
      cost: '200',
      gains: '250',
      losses: '0',
      'net-gain': '250',
    })
  })

  it('on what was bought before 2009 are told and not counted', () => {
    const story = told('EUR')
    story.tell(trade('buy', '10', '10', '2008-12-30'), trade('sell', '10', '30', '2024-06-03'))
    const view = viewOf(germany, [{ story }])
    expect(rowsOf(view)).toStrictEqual(['2024-06-03 XYZ fifo+acquired-before 10: 300 100 200 bought 2008-12-30'])
    expect(totalsOf(view, '2024')).toStrictEqual({})
  })

  it('follow lots through a split and a spin-off with their dates', () => {
    const story = told('EUR')
    story.tell(trade('buy', '10', '10', '2024-01-02'), trade('buy', '10', '20', '2024-02-01'))
    story.tell(announced('XYZ', split('two', '2024-03-04', '2', '1', { fractions: 'keep' })))
    story.tell(announced('XYZ', spinOff('kid', '2024-04-02', 'KID', '1', '4', '0.2')))
    story.tell(trade('sell', '30', '9', '2024-06-03'))
    // Lots 20 at 100 and 20 at 200, a fifth of each spun off: 180 - 80 and 90 - 80; KID 5 at 20 and 5 at 40.
    const view = viewOf(germany, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2024-06-03 XYZ fifo 20: 180 80 100 bought 2024-01-02',
      '2024-06-03 XYZ fifo 10: 90 80 10 bought 2024-02-01',
    ])
    expect(heldIn(view).sort()).toStrictEqual(['KID 5 at 20', 'KID 5 at 40', 'XYZ 10 at 80'])
  })
})

describe('average-cost countries', () => {
  it('average all that is held, or what an account holds', () => {
    const story = told('EUR')
    story.tell(trade('buy', '10', '10', '2024-01-02'), trade('buy', '10', '20', '2024-02-01'))
    story.tell(
      trade('buy', '10', '60', '2024-01-03', { custodyAccount: 'other' }),
      trade('sell', '10', '40', '2024-06-03'),
    )
    // France: 30 at 900, ten cost 300. Austria: 20 at 300 in the account, ten cost 150.
    expect(rowsOf(viewOf(france, [{ story }]))).toStrictEqual(['2024-06-03 XYZ average 10: 400 300 100'])
    expect(rowsOf(viewOf(austria, [{ story }]))).toStrictEqual(['2024-06-03 XYZ average 10: 400 150 250'])
  })

  it('keep what is short apart until it is covered', () => {
    const story = told('SEK')
    story.tell(
      trade('sell', '10', '50', '2024-01-03', { currency: 'SEK' }),
      trade('buy', '4', '40', '2024-06-03', { currency: 'SEK' }),
    )
    expect(rowsOf(viewOf(sweden, [{ story }]))).toStrictEqual([
      '2024-01-03 XYZ unmatched 6: ? ? ? provisional',
      '2024-06-03 XYZ short-sale 4: 200 160 40',
    ])
  })
})
