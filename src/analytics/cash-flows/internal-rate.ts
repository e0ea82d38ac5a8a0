// Rates that flows of money imply: dated (XIRR) and periodic (IRR), with every root found rather than one guessed.
import { NotDefined } from '../not-defined.ts'
import { rootBetween } from '../root.ts'

/** An amount after so many years (dated) or periods. */
export interface Flow {
  readonly time: number
  readonly amount: number
}

/** sum amount (1 + rate)^-time. `rate` above -1. */
export function presentValue(flows: readonly Flow[], rate: number): number {
  const log = Math.log1p(rate)
  let total = 0
  for (const { time, amount } of flows) total += amount * Math.exp(-time * log)
  return total
}

/** sum amount (1 + rate)^(last time - time). */
export function futureValue(flows: readonly Flow[], rate: number): number {
  const last = Math.max(...flows.map(({ time }) => time))
  return presentValue(flows, rate) * (1 + rate) ** last
}

/** The search: continuously compounded rates from -e^… to e^…; beyond 1e9 % nobody has a return. */
const LOWEST_LOG = Math.log(1e-9)
const HIGHEST_LOG = Math.log(1e7)
const STEPS = 1000

/**
 * Every rate above -1 at which the flows are worth nothing, ascending. Found by the changes of sign on a grid of log(1 + rate), twice as
 * fine near zero, each closed in on to the last digits; roots closer than a step apart may be missed in pairs.
 */
export function internalRates(flows: readonly Flow[]): number[] {
  if (!flows.some(({ amount }) => amount > 0) || !flows.some(({ amount }) => amount < 0)) return []
  const valueAt = scaledValue(flows)
  const roots: number[] = []
  let low = LOWEST_LOG
  let before = valueAt(low)
  for (let i = 1; i <= STEPS; i++) {
    const high = gridAt(i / STEPS)
    const value = valueAt(high)
    if (before === 0) roots.push(Math.expm1(low))
    else if (before < 0 !== value < 0 && value !== 0) {
      const root = rootBetween(valueAt, low, high)
      if (root !== undefined) roots.push(Math.expm1(root))
    }
    low = high
    before = value
  }
  return roots
}

/** From LOWEST_LOG to HIGHEST_LOG, densest about zero. */
function gridAt(share: number): number {
  const centred = 2 * share - 1
  const cube = 0.15 * centred + 0.85 * centred ** 3
  return cube < 0 ? -cube * LOWEST_LOG : cube * HIGHEST_LOG
}

/** The present value over the largest discount factor of its flows: the sign is what matters, and it must not overflow. */
function scaledValue(flows: readonly Flow[]): (log: number) => number {
  const times = flows.map(({ time }) => time)
  const [first, last] = [Math.min(...times), Math.max(...times)]
  return (log) => {
    const largest = Math.max(-first * log, -last * log)
    let total = 0
    for (const { time, amount } of flows) total += amount * Math.exp(-time * log - largest)
    return total
  }
}

/**
 * - `only`: the one root; several are an outcome of their own, because each is as right as the other.
 * - `nearest-zero`: of several, the one nearest to zero.
 * - `lowest`, `highest`.
 */
export type RootRule = 'only' | 'nearest-zero' | 'lowest' | 'highest'

/** The money-weighted return: the one of the roots, ascending, that the rule names. @throws NotDefined `no-root`, `no-unique-root` (naming them). */
export function chosenRate(roots: readonly number[], rule: RootRule = 'only'): number {
  const [first] = roots
  if (first === undefined)
    throw new NotDefined('no-root', 'flows of both signs that some rate above -100 % brings to nothing')
  if (roots.length === 1 || rule === 'lowest') return first
  if (rule === 'highest') return roots.at(-1) ?? first
  if (rule === 'nearest-zero') return roots.reduce((best, root) => (Math.abs(root) < Math.abs(best) ? root : best))
  throw new NotDefined(
    'no-unique-root',
    `a rule to choose by: ${roots.map((root) => root.toPrecision(6)).join(', ')} all fit`,
  )
}
