// Canada through the book: adjusted cost base over all accounts, superficial losses in proportion, affiliates and registered accounts.
import { describe, expect, it } from 'vitest'
import { canada } from '../../src/domain/tax/canada/canada.ts'
import { announced, fill, registered, split, Story } from '../book/story.ts'
import { heldIn, rowsOf, totalsOf, viewOf } from './told-views.ts'

function told(): Story {
  const story = new Story({ baseCurrency: 'CAD' })
  story.tell(registered('XYZ', 'CAD', 6))
  return story
}

let count = 0
function trade(side: 'buy' | 'sell', quantity: string, price: string, date: string, commission = '0', settles = date) {
  count++
  return fill(`T${count}`, side, 'XYZ', quantity, price, date, { currency: 'CAD', commission, settles })
}

describe('Canadian cost bases', () => {
  it('are the average of all non-registered accounts, commissions added to cost and taken from proceeds', () => {
    const [first, second] = [told(), told()]
    first.tell(trade('buy', '100', '50', '2017-02-15', '10'), trade('sell', '50', '120', '2018-02-20', '10'))
    second.tell(trade('buy', '50', '130', '2019-02-15', '10'))
    // 5,010 / 100 x 50 = 2,505; 6,000 - 10 - 2,505 = 3,485. Then 2,505 + 6,510 = 9,015 for 100.
    const view = viewOf(canada, [{ story: first }, { story: second }])
    expect(rowsOf(view)).toStrictEqual(['2018-02-20 XYZ adjusted-cost-base 50: 5990 2505 3485'])
    expect(heldIn(view)).toStrictEqual(['XYZ 100 at 9015'])
    expect(totalsOf(view, '2018')).toStrictEqual({
      proceeds: '5990',
      cost: '2505',
      gains: '3485',
      losses: '0',
      'net-gain': '3485',
      'superficial-losses': '0',
    })
  })

  it('take up the part of a loss that was bought back and is still held after thirty days', () => {
    const story = told()
    story.tell(trade('buy', '100', '3', '2017-01-02', '2'), trade('sell', '99', '2', '2017-02-20'))
    story.tell(trade('buy', '25', '2.2', '2017-02-21', '2'))
    // Loss 198 - 298.98 = -100.98; min(99 sold, 25 bought, 26 held) / 99 of it, 25.50, is superficial. 3.02 + 25.50 + 57 = 85.52.
    const view = viewOf(canada, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2017-02-20 XYZ adjusted-cost-base+superficial-loss 99: 198 298.98 -75.48 denied 25.5',
    ])
    expect(heldIn(view)).toStrictEqual(['XYZ 26 at 85.52'])
  })

  it('deny nothing when nothing is held at the end of the thirty days', () => {
    const story = told()
    story.tell(trade('buy', '5', '1', '2017-01-02', '2'), trade('sell', '4.7', '0.2', '2017-01-03'))
    story.tell(trade('sell', '0.3', '0.2', '2017-01-04'))
    // 7 / 5 x 4.7 = 6.58: 0.94 - 6.58; then 0.06 - 0.42.
    expect(rowsOf(viewOf(canada, [{ story }]))).toStrictEqual([
      '2017-01-03 XYZ adjusted-cost-base 4.7: 0.94 6.58 -5.64',
      '2017-01-04 XYZ adjusted-cost-base 0.3: 0.06 0.42 -0.36',
    ])
  })

  it('of an affiliate who bought take the denied loss, a registered account loses it for good', () => {
    const [ann, bob, rrsp] = [told(), told(), told()]
    ann.tell(trade('buy', '10', '10', '2024-01-02'), trade('sell', '10', '4', '2024-06-03'))
    bob.tell(trade('buy', '3', '5', '2024-06-10'))
    rrsp.tell(trade('buy', '2', '5', '2024-06-11'))
    // Loss 60; 5 of 10 were bought and are held: 30 denied, 18 to bob's cost of 15, 12 to the registered account: lost.
    const view = viewOf(canada, [
      { story: ann },
      { story: bob, owner: 'bob' },
      { story: rrsp, taxStatus: 'retirement' },
    ])
    expect(rowsOf(view)).toStrictEqual(['2024-06-03 XYZ adjusted-cost-base+superficial-loss 10: 40 100 -30 denied 30'])
    const replaced = view.lines[0]?.lots.filter(({ rule }) => rule === 'superficial-loss')
    expect(replaced?.map(({ lot, amount, permanent }) => `${lot} ${amount} ${permanent}`)).toStrictEqual([
      'ann (registered) 12 true',
      'bob 18 false',
    ])
    const bobs = view.pools?.filter(({ owner }) => owner === 'bob').map(({ change, cost }) => `${change} ${cost}`)
    expect(bobs).toStrictEqual(['superficial-loss 18', 'acquired 33'])
  })

  it('count the thirty days from settlement, or from the trade where that is the convention', () => {
    const story = told()
    story.tell(trade('buy', '10', '10', '2024-01-02', '0', '2024-01-04'))
    story.tell(
      trade('sell', '5', '4', '2024-03-01', '0', '2024-03-05'),
      trade('buy', '5', '4', '2024-04-02', '0', '2024-04-03'),
    )
    // Settled on 5 March and 3 April: 29 days. Traded on 1 March and 2 April: 32 days.
    expect(rowsOf(viewOf(canada, [{ story }]))).toStrictEqual([
      '2024-03-01 XYZ adjusted-cost-base+superficial-loss 5: 20 50 0 denied 30',
    ])
    expect(rowsOf(viewOf(canada, [{ story }], { conventions: { dates: 'trade' } }))).toStrictEqual([
      '2024-03-01 XYZ adjusted-cost-base 5: 20 50 -30',
    ])
  })

  it('stay as they are in a split, and count what was bought before one in the units of the sale', () => {
    const story = told()
    story.tell(trade('buy', '10', '10', '2024-01-02'), trade('sell', '4', '5', '2024-06-03'))
    story.tell(
      announced('XYZ', split('two', '2024-06-10', '2', '1', { fractions: 'keep' })),
      trade('buy', '2', '3', '2024-06-11'),
    )
    // 2 new shares are 1 old one: a quarter of the loss of 20 is superficial. 60 + 5 + 6 = 71 for 14.
    const view = viewOf(canada, [{ story }])
    expect(rowsOf(view)).toStrictEqual(['2024-06-03 XYZ adjusted-cost-base+superficial-loss 4: 20 40 -15 denied 5'])
    expect(heldIn(view)).toStrictEqual(['XYZ 14 at 71'])
  })

  it('have no gain on a short sale until it is covered', () => {
    const story = told()
    story.tell(trade('sell', '10', '5', '2024-03-01'), trade('buy', '4', '3', '2024-05-01'))
    expect(rowsOf(viewOf(canada, [{ story }]))).toStrictEqual([
      '2024-03-01 XYZ unmatched 6: ? ? ? provisional',
      '2024-05-01 XYZ short-sale 4: 20 12 8',
    ])
  })

  it('leave a loss provisional until the thirty days have passed', () => {
    const story = told()
    story.tell(trade('buy', '10', '10', '2024-01-02'), trade('sell', '5', '4', '2024-03-01'))
    const asked = (horizon: string) => viewOf(canada, [{ story }], { effectiveAt: '2024-03-01', horizon }).lines
    expect(asked('2024-03-30')).toMatchObject([{ provisional: true, decidedOn: '2024-03-31' }])
    expect(asked('2024-03-31')).toMatchObject([{ provisional: false, decidedOn: null }])
  })
})
