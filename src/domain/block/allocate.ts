// Sharing out what a block executed: units by largest remainder, money by units with the residual to the largest part.
import { currency } from '../kernel/currency.ts'
import { decimal, decimalText, divide, ZERO } from '../kernel/decimal.ts'
import { allocate } from '../kernel/money.ts'
import { addInt, cmpInt, formatScaled, type Int, mulDivHalfEven, parseScaled, subInt } from '../kernel/scaled.ts'
import type { TradingCost } from '../portfolio/facts.ts'
import type { BlockEvent, BlockTerms } from './events.ts'

type Allocated = Extract<BlockEvent, { type: 'BlockAllocated' }>['data']
type Share = BlockTerms['shares'][number]

/** What is to be shared out: sums over executions of one trade date. */
export interface Executed {
  readonly quantity: string
  readonly consideration: string
  readonly costs: readonly TradingCost[]
}

/** How an average price is cut when it does not end. */
const PRICE_PLACES = 12

export interface Sharing {
  readonly block: string
  readonly allocation: number
  readonly currency: string
  /** Most places a part's units may have. */
  readonly quantityPlaces: number
  readonly multiplier: string
  readonly shares: readonly Share[]
  /** Units each share has still to get: the weights. All zero: the shares' whole quantities are. */
  readonly open: readonly string[]
}

/** Average price and parts; every sum over the parts equals what was executed, to the unit and the minor unit. */
export function sharedOut(executed: Executed, sharing: Sharing): Pick<Allocated, 'averagePrice' | 'allocations'> {
  const { quantityPlaces: places, shares } = sharing
  const total = parseScaled(executed.quantity, places)
  const units = allocate(total, weightsOf(sharing))
  const largest = units.reduce<number>((best, u, i) => (cmpInt(u, units[best] ?? 0) > 0 ? i : best), 0)
  const money = (amount: string, code: string): string[] => {
    const minor = currency(code).minorUnits ?? 0
    return byUnits(parseScaled(amount, minor), units, total, largest).map((part) => formatScaled(part, minor))
  }
  const considerations = money(executed.consideration, sharing.currency)
  const costs = summed(executed.costs).map((cost) => ({ ...cost, parts: money(cost.amount, cost.currency) }))
  const allocations = shares.flatMap(({ quantity: _, ...destination }, i) => {
    const got = units[i] ?? 0
    if (got === 0) return []
    return [
      {
        ...destination,
        execId: `${sharing.block}.${sharing.allocation}.${i + 1}`,
        quantity: formatScaled(got, places),
        consideration: considerations[i] ?? '0',
        costs: costs.flatMap(({ parts, type, currency: code }) => {
          const amount = parts[i] ?? '0'
          return amount === '0' ? [] : [{ type, amount, currency: code }]
        }),
      },
    ]
  })
  const exposure = decimal(executed.quantity).times(decimal(sharing.multiplier))
  const averagePrice = decimalText(divide(decimal(executed.consideration), exposure, PRICE_PLACES, 'half-even'))
  return { averagePrice, allocations }
}

/** Executions summed, costs by type and currency. */
export function executedTotal(executions: readonly Executed[]): Executed {
  const sum = (amounts: readonly string[]): string =>
    decimalText(amounts.reduce((total, amount) => total.plus(decimal(amount)), ZERO))
  return {
    quantity: sum(executions.map(({ quantity }) => quantity)),
    consideration: sum(executions.map(({ consideration }) => consideration)),
    costs: summed(executions.flatMap(({ costs }) => costs)),
  }
}

function weightsOf({ open, shares, quantityPlaces }: Sharing): Int[] {
  const left = open.map((units) => parseScaled(units, quantityPlaces))
  return left.some((units) => units !== 0) ? left : shares.map(({ quantity }) => parseScaled(quantity, quantityPlaces))
}

/** amount x units / total for each, half to even; the largest part takes what rounding leaves. */
function byUnits(amount: Int, units: readonly Int[], total: Int, largest: number): Int[] {
  const parts = units.map((u) => mulDivHalfEven(amount, u, total))
  const residual = subInt(amount, parts.reduce<Int>(addInt, 0))
  return parts.map((part, i) => (i === largest ? addInt(part, residual) : part))
}

function summed(costs: readonly TradingCost[]): TradingCost[] {
  const totals = new Map<string, TradingCost>()
  for (const cost of costs) {
    const key = `${cost.type}/${cost.currency}`
    const before = totals.get(key)
    totals.set(
      key,
      before === undefined ? cost : { ...cost, amount: decimalText(decimal(before.amount).plus(decimal(cost.amount))) },
    )
  }
  return [...totals.values()]
}
