// Blocks: executed, shared out at the average price to the last unit and cent, taken back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedOut } from '../../../src/domain/block/allocate.ts'
import { type BlockCommand, type BlockKnowledge, block } from '../../../src/domain/block/block.ts'
import { decimal, decimalText, ZERO } from '../../../src/domain/kernel/decimal.ts'
import { story } from '../instrument/story.ts'

const knowledge: BlockKnowledge = {
  instrument: (id) =>
    id === 'ABC'
      ? {
          id,
          type: 'equity',
          currency: 'USD',
          multiplier: '1',
          quantityPlaces: 0,
          market: 'US',
          tradingCalendar: 'XNYS',
        }
      : undefined,
  knowsPortfolio: (id) => id.startsWith('P'),
}
const share = (portfolio: string, quantity: string) => ({ portfolio, quantity })
const terms = (changes: object = {}) => ({
  block: 'B1',
  instrument: 'ABC',
  side: 'buy' as const,
  currency: 'USD',
  shares: [share('P1', '50'), share('P2', '30'), share('P3', '20')],
  placedAt: '2025-03-10T14:30:00.000000Z',
  tradeDate: '2025-03-10',
  ...changes,
})
const place = (changes: object = {}): BlockCommand => ({ type: 'PlaceBlock', terms: terms(changes), knowledge })
const execution = (execId: string, quantity: string, consideration: string, changes: object = {}) => ({
  block: 'B1',
  source: 'BROKER',
  execId,
  tradeDate: '2025-03-10',
  quantity,
  price: '10',
  consideration,
  costs: [],
  ...changes,
})
const execute = (...args: Parameters<typeof execution>): BlockCommand => ({
  type: 'ExecuteBlock',
  execution: execution(...args),
  knowledge,
})
const allocate: BlockCommand = { type: 'AllocateBlock', tradeDate: '2025-03-10', source: 'block', knowledge }
const cancelAllocation: BlockCommand = { type: 'CancelAllocation', allocation: 1 }
const bust = (execId: string): BlockCommand => ({
  type: 'BustBlockExecution',
  bust: { block: 'B1', source: 'BROKER', execId, tradeDate: '2025-03-10' },
})
const having = story(block)
const part = (n: number, portfolio: string, quantity: string, consideration: string, costs: object[] = []) => ({
  portfolio,
  execId: `B1.1.${n}`,
  quantity,
  consideration,
  costs,
})

describe('a block', () => {
  it('is placed once, for portfolios and an instrument that are there', () => {
    having()
      .when(place())
      .records({ type: 'BlockPlaced', data: { terms: terms() } })
    having(place()).when(place()).records()
    having(place())
      .when(place({ side: 'sell' }))
      .refused({ code: 'idempotency-conflict' })
    having()
      .when(place({ shares: [share('X', '1')] }))
      .refused({ code: 'unknown-portfolio', field: 'shares.0.portfolio' })
    having()
      .when(place({ shares: [share('P1', '0.5')] }))
      .refused({ code: 'quantity-too-fine', field: 'shares.0.quantity' })
    having()
      .when(place({ instrument: 'NEW' }))
      .refused({ code: 'unknown-instrument' })
  })

  it('is shared out in full: units by largest remainder, money by units, the residual to the largest', () => {
    // 33 of 100: 16.5, 9.9, 6.6 -> 16, 9, 6 and two left: 9.9 and 6.6 have the largest remainders -> 16, 10, 7
    // 331.00 / 33 = 10.030303030303; 16 x 331/33 = 160.48(48), 10: 100.30(30), 7: 70.21(21); together 330.99, the cent to P1
    having(place(), execute('E1', '20', '200'), execute('E2', '13', '131'))
      .when(allocate)
      .records({
        type: 'BlockAllocated',
        data: {
          block: 'B1',
          allocation: 1,
          source: 'block',
          tradeDate: '2025-03-10',
          averagePrice: '10.030303030303',
          allocations: [part(1, 'P1', '16', '160.49'), part(2, 'P2', '10', '100.3'), part(3, 'P3', '7', '70.21')],
        },
      })
  })

  it('shares out its costs by type', () => {
    // 100 units as asked; 1.00 of commission over two executions, by 50 : 30 : 20
    const commission = (amount: string) => ({ costs: [{ type: 'commission', amount, currency: 'USD' }] })
    const cost = (amount: string) => [{ type: 'commission', amount, currency: 'USD' }]
    having(place(), execute('E1', '60', '600', commission('0.60')), execute('E2', '40', '400', commission('0.40')))
      .when(allocate)
      .records({
        type: 'BlockAllocated',
        data: {
          block: 'B1',
          allocation: 1,
          source: 'block',
          tradeDate: '2025-03-10',
          averagePrice: '10',
          allocations: [
            part(1, 'P1', '50', '500', cost('0.5')),
            part(2, 'P2', '30', '300', cost('0.3')),
            part(3, 'P3', '20', '200', cost('0.2')),
          ],
        },
      })
  })

  it('gives what is executed later to those who have still to get: in the end everybody has what they asked for', () => {
    const later = { type: 'AllocateBlock', tradeDate: '2025-03-11', source: 'block', knowledge } as const
    // 33 went 16, 10, 7; left are 34, 20, 13, and 67 are executed.
    having(place(), execute('E1', '33', '330'), allocate, execute('E2', '67', '670', { tradeDate: '2025-03-11' }))
      .when(later)
      .records({
        type: 'BlockAllocated',
        data: {
          block: 'B1',
          allocation: 2,
          source: 'block',
          tradeDate: '2025-03-11',
          averagePrice: '10',
          allocations: [
            { ...part(1, 'P1', '34', '340'), execId: 'B1.2.1' },
            { ...part(2, 'P2', '20', '200'), execId: 'B1.2.2' },
            { ...part(3, 'P3', '13', '130'), execId: 'B1.2.3' },
          ],
        },
      })
  })

  it('allocated again changes nothing; with nothing executed it is refused', () => {
    having(place(), execute('E1', '33', '330'), allocate)
      .when(allocate)
      .records()
    having(place()).when(allocate).refused({ code: 'nothing-to-allocate', field: 'tradeDate' })
  })

  it('takes an allocation back, after which its executions can be busted and shared out anew', () => {
    const allocated = [place(), execute('E1', '33', '330'), execute('E2', '7', '70'), allocate]
    having(...allocated)
      .when(bust('E2'))
      .refused({ code: 'execution-allocated', details: { allocation: 1 } })
    having(...allocated)
      .when(cancelAllocation)
      .records({ type: 'BlockAllocationCancelled', data: { block: 'B1', allocation: 1 } })
    having(...allocated, cancelAllocation)
      .when(cancelAllocation)
      .records()
    having(...allocated, cancelAllocation, bust('E2'))
      .when(allocate)
      .warned()
    having(place()).when(cancelAllocation).refused({ code: 'unknown-allocation' })
  })

  it('records executions as facts: beyond its quantity, or after it was cancelled, with a warning', () => {
    having(place())
      .when(execute('E1', '101', '1010'))
      .warned('block-overfilled')
    having(place(), { type: 'CancelBlock', block: 'B1' })
      .when(execute('E1', '10', '100'))
      .warned('block-cancelled')
    having(place(), execute('E1', '10', '100'))
      .when(execute('E1', '10', '100'))
      .records()
    having(place(), execute('E1', '10', '100'))
      .when(execute('E1', '11', '110'))
      .refused({ code: 'idempotency-conflict' })
    having()
      .when(execute('E1', '10', '100'))
      .refused({ code: 'unknown-block' })
  })

  it('keeps its shares once allocated, and its instrument, side and currency always', () => {
    const replace = (changes: object): BlockCommand => ({ type: 'ReplaceBlock', terms: terms(changes), knowledge })
    having(place())
      .when(replace({ shares: [share('P1', '10')] }))
      .warned()
    having(place())
      .when(replace({ side: 'sell' }))
      .refused({ code: 'other-block' })
    having(place(), execute('E1', '33', '330'), allocate)
      .when(replace({ shares: [share('P1', '10')] }))
      .refused({ code: 'block-allocated' })
  })

  it('adds up whatever it is: units, money and costs of the parts are those of the whole', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 12n })
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 40 }),
        amount,
        amount,
        fc.nat(100),
        (weights, cents, cost, percent) => {
          const asked = weights.reduce((sum, w) => sum + w, 0)
          const quantity = Math.max(1, Math.floor((asked * percent) / 100))
          const executed = {
            quantity: String(quantity),
            consideration: decimalText(decimal(String(cents)).times(decimal('0.01'))),
            costs: [
              {
                type: 'commission' as const,
                amount: decimalText(decimal(String(cost)).times(decimal('0.01'))),
                currency: 'USD',
              },
            ],
          }
          const { allocations } = sharedOut(executed, {
            block: 'B1',
            allocation: 1,
            currency: 'USD',
            quantityPlaces: 0,
            multiplier: '1',
            shares: weights.map((w, i) => share(`P${i}`, String(w))),
            open: weights.map(String),
          })
          const sum = (amounts: string[]) => decimalText(amounts.reduce((total, a) => total.plus(decimal(a)), ZERO))
          expect(sum(allocations.map((a) => a.quantity))).toBe(executed.quantity)
          expect(sum(allocations.map((a) => a.consideration))).toBe(executed.consideration)
          expect(sum(allocations.flatMap((a) => a.costs.map((c) => c.amount)))).toBe(executed.costs[0]?.amount)
          // Nobody gets more than asked for.
          for (const a of allocations)
            expect(Number(a.quantity)).toBeLessThanOrEqual(weights[Number(a.portfolio.slice(1))] ?? 0)
        },
      ),
      { numRuns: 200 },
    )
  })
})
