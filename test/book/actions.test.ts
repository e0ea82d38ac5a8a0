// Corporate actions on lots: splits, fractions, spin-offs and dividends, early, late, amended and cancelled.
import { describe, expect, it } from 'vitest'
import { lotsOf } from '../../src/domain/book/views.ts'
import { balances, written } from './lines.ts'
import { announced, fill, registered, spinOff, split, Story } from './story.ts'

const entry = (name: string) => (p: { readonly entry: string }) => p.entry === name
const lots = (story: Story) =>
  lotsOf(story.book.journal).map((row) => `${row.lot.slice(18)} ${row.units} at ${row.local}`)

/** Lots A 10 at 100 and B 5 at 100. */
function holding(): Story {
  const story = new Story()
  story.tell(registered('XYZ'), registered('SPN'))
  story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'), fill('B', 'buy', 'XYZ', '5', '20', '2025-01-07'))
  return story
}

describe('a split', () => {
  it('announced late re-flows the sales after it, and leaves what was sold before alone', () => {
    const story = holding()
    story.tell(fill('S', 'sell', 'XYZ', '12', '15', '2025-01-13'))
    // FIFO before: A whole, 2 of B; with 2:1 from 01-10 the sale of 12 takes 12 of A's 20
    expect(lots(story)).toStrictEqual(['B 3 at 60'])
    const late = story.tell(announced('XYZ', split('s', '2025-01-10', '2', '1')))
    expect(lots(story)).toStrictEqual(['A/s/1 8 at 40', 'B/s/1 10 at 100'])
    // the action and the sale after it; the two buys before it were left alone
    expect(late.folded.facts).toBe(2)
    expect(late.withdrawnDisposals).toStrictEqual([
      'fill:B:2025-01-13:S/trade/fill:B:2025-01-06:A',
      'fill:B:2025-01-13:S/trade/fill:B:2025-01-07:B',
    ])
    expect(late.disposals.map(({ lot, units, gain }) => [lot, units, gain])).toStrictEqual([
      // 12 of 20 for 180; cost 60
      ['fill:B:2025-01-06:A/s/1', '12', '120'],
    ])
    story.tell({ type: 'CorporateActionCancelled', data: { instrument: 'XYZ', action: 's' } })
    expect(lots(story)).toStrictEqual(['B 3 at 60'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('moves both states: what waits for settlement follows to the new lot', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    story.tell(fill('S', 'sell', 'XYZ', '4', '15', '2025-01-09', { settles: '2025-01-13' }))
    story.tell(announced('XYZ', split('s', '2025-01-10', '3', '1')))
    const at = (effectiveAt: string) =>
      lotsOf(story.book.journal, { effectiveAt, view: 'settlement' }).map(
        (row) => `${row.lot.slice(18)} ${row.units} at ${row.local}`,
      )
    expect(at('2025-01-09')).toStrictEqual(['A 10 at 100'])
    expect(at('2025-01-10')).toStrictEqual(['A/s/1 30 at 100'])
    expect(at('2025-01-13')).toStrictEqual(['A/s/1 18 at 60'])
  })

  it('reverse, spreads whole units by largest remainder, and says that a fraction was dropped', () => {
    const story = holding()
    // 15 x 1/4 = 3.75: 3 units; 10 and 5 of 15 get 2 and 1
    const told = story.tell(announced('XYZ', split('r', '2025-01-10', '1', '4')))
    expect(lots(story)).toStrictEqual(['A/r/1 2 at 100', 'B/r/1 1 at 100'])
    expect(told.breaksOpened.map(({ code, fact }) => [code, fact])).toStrictEqual([['fraction-dropped', 'ca:XYZ:r']])
  })

  it('reverse, with cash in lieu: the fraction takes its share of cost, the difference is a gain', () => {
    const story = holding()
    const terms = split('r', '2025-01-10', '1', '4', {
      fractions: 'cash-in-lieu',
      cashInLieu: { price: '80', currency: 'USD' },
    })
    story.tell(announced('XYZ', { ...terms, payDate: '2025-01-15' }))
    // 0.75 of 3.75 = one fifth of 100 each; 0.75 x 80 = 60, 40 and 20 by units
    expect(written(story.book.journal, entry('ca:XYZ:r/main/ex'))).toStrictEqual([
      '1100 fill:B:2025-01-06:A -10u USD -100/-100',
      '1100 fill:B:2025-01-06:A/r/1 +2u USD +80/+80',
      '1100 fill:B:2025-01-07:B -5u USD -100/-100',
      '1100 fill:B:2025-01-07:B/r/1 +1u USD +80/+80',
      '1330 USD +60/+60',
      '4100 USD -20/-20',
      '8000 +12u',
    ])
    expect(written(story.book.journal, entry('ca:XYZ:r/main/pay'))).toStrictEqual([
      '1000 USD +60/+60',
      '1330 USD -60/-60',
    ])
  })

  it('passes on the cost of a lot that gets no unit', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '1', '7', '2025-01-06'), fill('B', 'buy', 'XYZ', '10', '10', '2025-01-07'))
    // 11 x 1/10 = 1 unit, which falls to B; A's cost of 7 goes with it
    story.tell(announced('XYZ', split('r', '2025-01-10', '1', '10')))
    expect(lots(story)).toStrictEqual(['B/r/1 1 at 107'])
  })

  it('of a pool gives it a new id and keeps its average', () => {
    const story = new Story({ policy: { lotMethod: 'average' } })
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'), fill('B', 'buy', 'XYZ', '10', '20', '2025-01-07'))
    story.tell(announced('XYZ', split('s', '2025-01-10', '2', '1')))
    story.tell(fill('C', 'buy', 'XYZ', '10', '10', '2025-01-13'))
    expect(lots(story)).toStrictEqual(['A/s/1 50 at 400'])
  })
})

describe('a spin-off', () => {
  it('gives no cost while the issuer has not said how much, marked as pending', () => {
    const story = holding()
    const told = story.tell(announced('XYZ', spinOff('o', '2025-01-10', 'SPN', '1', '5', 'unknown')))
    const child = told.postings.filter((p) => p.instrument === 'SPN' && p.account === 1100)
    expect(child.map(({ lot, units, local, flags }) => [lot, units, local, flags])).toStrictEqual([
      ['fill:B:2025-01-06:A/o/1', '2', '0', ['pending']],
      ['fill:B:2025-01-07:B/o/1', '1', '0', ['pending']],
    ])
    story.tell({
      type: 'CorporateActionAmended',
      data: { instrument: 'XYZ', terms: spinOff('o', '2025-01-10', 'SPN', '1', '5', '0.25') },
    })
    expect(lots(story)).toStrictEqual(['A/o/1 2 at 25', 'B/o/1 1 at 25', 'A 10 at 75', 'B 5 at 75'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('puts parent and child into one partition, and a sale of the child re-flows when the parent changes', () => {
    const story = holding()
    story.tell(fill('K', 'buy', 'SPN', '10', '1', '2025-01-08'))
    story.tell(announced('XYZ', spinOff('o', '2025-01-10', 'SPN', '1', '5', '0.25')))
    // FIFO by date: the child lots keep their parents' dates and are older than K
    story.tell(fill('S', 'sell', 'SPN', '3', '9', '2025-01-13'))
    const bust = { fact: 'fill:B:2025-01-06:A', execId: 'Ab', execRefId: 'A', tradeDate: '2025-01-06' }
    story.tell({ type: 'FillBusted', data: bust })
    // without A: only B's child (1 at 25) and 2 of K
    expect(lots(story)).toStrictEqual(['K 8 at 8', 'B 5 at 75'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })
})

describe('a dividend', () => {
  const cash = (perUnit: string, exDate: string) => ({
    action: 'd',
    caev: 'DVCA',
    exDate,
    payDate: '2025-01-20',
    legs: [{ kind: 'cash', leg: 1, income: 'dividend', currency: 'USD', perUnit } as const],
  })

  it('bought on the ex-date gives none, sold on it keeps it', () => {
    const story = holding()
    story.tell(announced('XYZ', cash('1', '2025-01-10')))
    story.tell(fill('C', 'buy', 'XYZ', '100', '10', '2025-01-10'), fill('S', 'sell', 'XYZ', '15', '10', '2025-01-10'))
    expect(written(story.book.journal, entry('ca:XYZ:d/main/ex'))).toStrictEqual([
      '1300 USD +15/+15',
      '4000 USD -15/-15',
    ])
  })

  it('is rounded once for the account and spread by largest remainder', () => {
    const story = holding()
    story.tell(announced('XYZ', cash('0.333', '2025-01-10')))
    // 15 x 0.333 = 4.995 -> 5.00 (half to even of 499.5); 10/15 and 5/15: 3.33 and 1.67
    const income = [...story.book.journal].filter((p) => p.account === 4000)
    expect(income.map(({ lot, local }) => [lot, local])).toStrictEqual([
      ['fill:B:2025-01-06:A', '-3.33'],
      ['fill:B:2025-01-07:B', '-1.67'],
    ])
  })

  it('announced early follows every trade before its ex-date', () => {
    const story = holding()
    story.tell(announced('XYZ', cash('1', '2025-03-10')))
    const sold = story.tell(fill('S', 'sell', 'XYZ', '5', '10', '2025-01-13'))
    expect(written(sold.postings, (p) => p.entry.endsWith('/ex'))).toStrictEqual(['1300 USD -5/-5', '4000 USD +5/+5'])
    expect(written(sold.postings, (p) => p.entry.endsWith('/pay'))).toStrictEqual(['1000 USD -5/-5', '1300 USD +5/+5'])
  })

  it('is owed on short lots and paid from margin', () => {
    const story = new Story()
    story.tell(
      registered('XYZ'),
      fill('S', 'sell', 'XYZ', '10', '10', '2025-01-06'),
      announced('XYZ', cash('1', '2025-01-10')),
    )
    expect(written(story.book.journal, (p) => p.entry.startsWith('ca:'))).toStrictEqual([
      '1010 USD -10/-10',
      '5300 USD +10/+10',
    ])
  })

  it('before a split of the same day is per old unit, after it per new', () => {
    const story = holding()
    story.tell(announced('XYZ', split('s', '2025-01-10', '2', '1')))
    story.tell(announced('XYZ', cash('1', '2025-01-10')))
    const gross = () => [...story.book.journal].filter((p) => p.account === 4000).map((p) => p.local)
    expect(gross()).toStrictEqual(['-10', '-5'])
    story.tell({
      type: 'CorporateActionAmended',
      data: { instrument: 'XYZ', terms: { ...cash('1', '2025-01-10'), rateBasis: 'post' } },
    })
    expect(gross()).toStrictEqual(['-20', '-10'])
  })
})
