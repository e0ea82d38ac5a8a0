// Prices with dividends and splits taken out: worked by hand, and read off a table again.
import { describe, expect, it } from 'vitest'
import { adjustedPrices, eventsOf, factorOn, withEvent } from '../../src/analytics/price-adjustment.ts'

describe('adjusted prices', () => {
  it('move by the total return where dividends are reinvested', () => {
    // 10 -> 9 with 1 paid is no return; 9 -> 4.5 at two for one is none either; 4.5 -> 9 doubles.
    const events = [
      { index: 1, dividend: 1 },
      { index: 2, ratio: 2 },
    ]
    expect(adjustedPrices([10, 9, 4.5, 9], events, 'first')).toStrictEqual([10, 10, 10, 20])
    expect(adjustedPrices([10, 9, 4.5, 9], events, 'last')).toStrictEqual([4.5, 4.5, 4.5, 9])
  })

  it('add dividends up where they are not', () => {
    expect(adjustedPrices([10, 8, 8], [{ index: 1, dividend: 2 }], 'first', 'additive')).toStrictEqual([10, 10, 10])
    expect(adjustedPrices([10, 8, 8], [{ index: 1, dividend: 2 }], 'last', 'additive')).toStrictEqual([8, 8, 8])
  })

  it('leave the first price alone: there is no step to put right', () => {
    expect(adjustedPrices([10, 11], [{ index: 0, dividend: 5 }], 'first')).toStrictEqual([10, 11])
  })
})

describe('tables of factors', () => {
  const start = [
    { date: '2024-01-02', priceFactor: 1, splitFactor: 1, referenceClose: 100 },
    { date: '2050-12-31', priceFactor: 1, splitFactor: 1, referenceClose: 0 },
  ]

  it('give back the events they were made from, and the factor of any date', () => {
    const paid = withEvent(start, { date: '2024-03-01', referenceClose: 80, dividend: 2 })
    const table = withEvent(paid, { date: '2024-06-03', referenceClose: 90, split: 0.5 })
    // Before the dividend: 1 - 2/80 = 0.975, halved by the split; between them the split alone; after it nothing.
    expect(table.map(({ priceFactor, splitFactor }) => priceFactor * splitFactor)).toStrictEqual([
      0.4875, 0.4875, 0.5, 1,
    ])
    expect(factorOn(table, '2024-03-02')?.splitFactor).toBe(0.5)
    expect(factorOn(table, '2051-01-01')).toBe(undefined)
    expect(eventsOf(table).map((event) => ('dividend' in event ? event.dividend : event.split))).toStrictEqual([
      expect.closeTo(2, 12),
      0.5,
    ])
  })
})
