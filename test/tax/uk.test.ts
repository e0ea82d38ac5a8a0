// UK identification through the book: same day, thirty days, section 104 pool, later purchases, across splits, spin-offs and spouses.
import { describe, expect, it } from 'vitest'
import { uk } from '../../src/domain/tax/uk/uk.ts'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import { ukTaxYear } from '../../src/domain/tax/uk/tax-years.ts'
import { announced, fill, registered, spinOff, split, Story } from '../book/story.ts'
import { heldIn, rowsOf, totalsOf, viewOf } from './told-views.ts'

function told(): Story {
  const story = new Story({ baseCurrency: 'GBP' })
  story.tell(registered('XYZ', 'GBP', 6), registered('KID', 'GBP', 6))
  return story
}

let count = 0
function trade(
  side: 'buy' | 'sell',
  quantity: string,
  price: string,
  date: string,
  commission = '0',
  instrument = 'XYZ',
) {
  count++
  return fill(`T${count}`, side, instrument, quantity, price, date, { currency: 'GBP', commission })
}

/** Ten of the oldest lot, without a change of ownership in the book: the tax view knows whose the portfolios are. */
function transferred(from: string | null, to: string | null, units: string, date: string, giver: Story): BookEvent {
  const lot = giver.book.journal.lotChanges.find(({ kind }) => kind === 'opened')
  const end = (portfolio: string | null) =>
    portfolio === null ? null : { portfolio, sleeve: 'main', custodyAccount: 'main' }
  const moved = { lot: lot?.fact ?? '', units, cost: '100', currency: 'GBP', acquiredOn: '2024-01-02' }
  return {
    type: 'TransferRecorded',
    data: {
      terms: {
        transfer: 'gift',
        date,
        atOpen: false,
        ownership: 'same',
        instrument: 'XYZ',
        from: end(from),
        to: end(to),
        lots: [moved],
      },
    },
  }
}

describe('UK shares', () => {
  it('leave the section 104 pool at its average cost (HMRC HS284 example 3, whole pounds)', () => {
    const story = told()
    story.tell(trade('buy', '1000', '4', '2014-04-01', '150'), trade('buy', '500', '4.1', '2017-09-01', '80'))
    story.tell(trade('sell', '700', '4.8', '2018-05-01', '100'), trade('sell', '400', '5.2', '2019-02-01', '105'))
    // Pool 1,500 at 4,150 + 2,130 = 6,280. 700: 3,360 - 100 - 2,930.67 = 329.33; 400 of 800 at 3,349.33: 2,080 - 105 - 1,674.67 = 300.33.
    const view = viewOf(uk, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2018-05-01 XYZ section-104 700: 3260 2930.67 329.33',
      '2019-02-01 XYZ section-104 400: 1975 1674.67 300.33',
    ])
    expect(heldIn(view)).toStrictEqual(['XYZ 400 at 1674.67'])
    // In whole pounds, cost up and proceeds down: 3,260 - 2,931 = 329, 1,975 - 1,675 = 300, as HMRC prints them.
    expect(rowsOf(viewOf(uk, [{ story }], { conventions: { rounding: 'pounds' } }))).toStrictEqual([
      '2018-05-01 XYZ section-104 700: 3260 2931 329',
      '2019-02-01 XYZ section-104 400: 1975 1675 300',
    ])
    expect(totalsOf(view, '2018/19')).toStrictEqual({
      gains: '629.66',
      losses: '0',
      'net-gain': '629.66',
      proceeds: '5235',
      'sale-costs': '205',
      cost: '4605.34',
      'exempt-amount': '11700',
      'taxable-gain': '0',
    })
  })

  it('are identified with purchases of the thirty days after first (ACCA: sold 1,000 for 2,000, bought 1,900 eight days later)', () => {
    const story = told()
    story.tell(trade('buy', '1000', '10', '2019-06-03'))
    story.tell(trade('sell', '1000', '2', '2019-12-02'), trade('buy', '1000', '1.9', '2019-12-10'))
    // 2,000 - 1,900 = 100 against the new shares; the old ones stay in the pool at 10,000.
    const view = viewOf(uk, [{ story }])
    expect(rowsOf(view)).toStrictEqual(['2019-12-02 XYZ thirty-day 1000: 2000 1900 100 bought 2019-12-10'])
    expect(heldIn(view)).toStrictEqual(['XYZ 1000 at 10000'])
  })

  it('keep the thirtieth day in and leave the thirty-first out', () => {
    const story = told()
    story.tell(trade('buy', '100', '10', '2024-01-02'), trade('sell', '20', '8', '2024-03-01'))
    story.tell(trade('buy', '10', '9', '2024-03-31'), trade('buy', '10', '5', '2024-04-01'))
    // 2024-03-01 + 30 days is 2024-03-31: 10 at 80 - 90; the other 10 from the pool at 80 - 100.
    expect(rowsOf(viewOf(uk, [{ story }]))).toStrictEqual([
      '2024-03-01 XYZ thirty-day 10: 80 90 -10 bought 2024-03-31',
      '2024-03-01 XYZ section-104 10: 80 100 -20',
    ])
  })

  it('of one day are one purchase and one sale, and a day keeps its purchases for its own sales', () => {
    const story = told()
    story.tell(trade('buy', '200', '10', '2024-01-01'), trade('sell', '100', '12', '2024-02-01'))
    story.tell(trade('buy', '50', '11', '2024-02-02'), trade('buy', '30', '11', '2024-02-02'))
    story.tell(trade('sell', '20', '11.5', '2024-02-02'), trade('sell', '30', '11.5', '2024-02-02'))
    // Of 80 bought on 2 February 50 meet that day's sales; 30 are left for the sale of 1 February; 70 leave the pool of 200.
    const view = viewOf(uk, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2024-02-01 XYZ thirty-day 30: 360 330 30 bought 2024-02-02',
      '2024-02-01 XYZ section-104 70: 840 700 140',
      '2024-02-02 XYZ same-day 50: 575 550 25 bought 2024-02-02',
    ])
    expect(heldIn(view)).toStrictEqual(['XYZ 130 at 1300'])
  })

  it('are counted in units of their own day across a split inside the thirty days, held or not', () => {
    const story = told()
    story.tell(trade('buy', '10', '100', '2024-01-02'), trade('sell', '10', '120', '2024-02-01'))
    story.tell(announced('XYZ', split('two', '2024-02-12', '2', '1', { fractions: 'keep' })))
    story.tell(trade('buy', '4', '70', '2024-02-20'))
    // 4 new shares are 2 old ones: 240 - 280; 8 leave the pool. Its 2 old shares, 200, are the 4 now held.
    const view = viewOf(uk, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2024-02-01 XYZ thirty-day 2: 240 280 -40 bought 2024-02-20',
      '2024-02-01 XYZ section-104 8: 960 800 160',
    ])
    expect(heldIn(view)).toStrictEqual(['XYZ 4 at 200'])
  })

  it('sold before they are bought wait for the next purchase, whenever it comes', () => {
    const story = told()
    story.tell(trade('sell', '10', '50', '2024-01-03'))
    expect(rowsOf(viewOf(uk, [{ story }]))).toStrictEqual(['2024-01-03 XYZ unmatched 10: ? ? ? provisional'])
    story.tell(trade('buy', '4', '40', '2024-06-03'), trade('buy', '20', '30', '2024-07-01'))
    // 4: 200 - 160; 6: 300 - 180; 14 enter the pool at 420.
    const view = viewOf(uk, [{ story }])
    expect(rowsOf(view)).toStrictEqual([
      '2024-01-03 XYZ later-acquisition 4: 200 160 40 bought 2024-06-03',
      '2024-01-03 XYZ later-acquisition 6: 300 180 120 bought 2024-07-01',
    ])
    expect(heldIn(view)).toStrictEqual(['XYZ 14 at 420'])
  })

  it('pass the stated part of their cost to what is spun off', () => {
    const story = told()
    story.tell(trade('buy', '100', '10', '2024-01-02'))
    story.tell(announced('XYZ', spinOff('kid', '2024-03-04', 'KID', '1', '4', '0.2')))
    story.tell(trade('sell', '25', '9', '2024-07-01', '0', 'KID'))
    // A fifth of 1,000 goes to 25 KID: 225 - 200.
    const view = viewOf(uk, [{ story }])
    expect(rowsOf(view)).toStrictEqual(['2024-07-01 KID section-104 25: 225 200 25'])
    expect(heldIn(view)).toStrictEqual(['XYZ 100 at 800'])
  })

  it('of all taxable portfolios are one pool, whatever lots the books relieved; an ISA is outside', () => {
    const [first, second, isa] = [told(), told(), told()]
    first.tell(trade('buy', '10', '10', '2024-01-02'), trade('sell', '10', '30', '2024-06-03'))
    second.tell(trade('buy', '10', '20', '2024-01-03'))
    isa.tell(trade('buy', '10', '1', '2024-06-04'), trade('sell', '5', '100', '2024-06-05'))
    // Pool 20 at 300: 10 cost 150. The ISA's purchase a day later is nobody's match.
    const view = viewOf(uk, [{ story: first }, { story: second }, { story: isa, taxStatus: 'retirement' }])
    expect(rowsOf(view)).toStrictEqual(['2024-06-03 XYZ section-104 10: 300 150 150'])
    expect(heldIn(view)).toStrictEqual(['XYZ 10 at 150'])
  })

  it('given to a spouse make neither gain nor loss, and the spouse takes over what the pool says they cost', () => {
    const [ann, bob] = [told(), told()]
    ann.tell(trade('buy', '10', '10', '2024-01-02'), trade('buy', '10', '20', '2024-02-01'))
    const gift = (from: string | null, to: string | null) => transferred(from, to, '10', '2024-06-03', ann)
    ann.tell(gift('p', null))
    bob.tell(gift(null, 'p'), trade('sell', '10', '30', '2024-09-02'))
    // Ann's pool is 20 at 300: ten cost 150, whatever lot the book moved (it moved the first, at 100).
    expect(rowsOf(viewOf(uk, [{ story: ann }, { story: bob, owner: 'bob' }], { spouse: 'bob' }))).toStrictEqual([
      '2024-06-03 XYZ section-104+no-gain-no-loss 10: 150 150 0',
    ])
    const bobs = viewOf(uk, [{ story: ann, owner: 'wife' }, { story: bob }], { spouse: 'wife' })
    expect(rowsOf(bobs)).toStrictEqual(['2024-09-02 XYZ section-104 10: 300 150 150'])
  })

  it('are provisional until thirty days have passed', () => {
    const story = told()
    story.tell(trade('buy', '10', '10', '2024-01-02'), trade('sell', '5', '8', '2024-03-01'))
    const asked = (horizon: string) => viewOf(uk, [{ story }], { effectiveAt: '2024-03-01', horizon }).lines
    expect(asked('2024-03-30')).toMatchObject([{ provisional: true, decidedOn: '2024-03-31' }])
    expect(asked('2024-03-31')).toMatchObject([{ provisional: false, decidedOn: null }])
  })
})

describe('UK tax years', () => {
  it('run from 6 April to 5 April', () => {
    expect(['2024-04-05', '2024-04-06', '2025-04-05', '2000-04-05'].map(ukTaxYear)).toStrictEqual([
      '2023/24',
      '2024/25',
      '2024/25',
      '1999/00',
    ])
  })
})
