// What the benchmarks of the log append: fills that differ in what differs, one like the other in size.
import type { LedgerEvent } from '../../src/eventstore/registry.ts'

/** A fill as a broker reports them all day; `i` tells one from another. */
export const logFill = (i: number): LedgerEvent => ({
  type: 'FillExecuted',
  data: {
    fact: `fill:BROKER1:2025-03-14:X${i}`,
    fill: {
      source: 'BROKER1',
      channel: 'FIX44',
      execId: `X${i}`,
      order: `O${i}`,
      tradeDate: '2025-03-14',
      executedAt: '2025-03-14T15:00:00.123456Z',
      instrument: 'XYZ',
      side: 'buy',
      quantity: '100',
      price: '101.25',
      currency: 'USD',
      consideration: '10125.00',
      costs: [{ type: 'commission', amount: '5.00', currency: 'USD' }],
      settlement: { date: '2025-03-17', given: false, currency: 'USD' },
      venue: 'XNYS',
      sleeve: 'main',
      custodyAccount: 'custody',
      cashAccount: 'cash',
    },
  },
})

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
