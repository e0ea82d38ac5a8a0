// Normal value at risk of a portfolio of positions with known volatilities and correlations, and what each position has in it.
import { NotDefined, quotient } from '../not-defined.ts'

export interface ParametricTerms {
  /** Market values or deltas in money, negative where short. */
  readonly positions: readonly number[]
  /** Of each position's return, per period. */
  readonly volatilities: readonly number[]
  /** Symmetric, ones on the diagonal, row by row. */
  readonly correlations: readonly (readonly number[])[]
  /** Standard deviations that the loss is: the normal quantile of the confidence. */
  readonly multiplier: number
  /** Periods; risk grows with their square root. */
  readonly horizon: number
}

export interface ParametricRisk {
  readonly var: number
  /** Standard deviation of the gain over the horizon. */
  readonly deviation: number
  /** Each position alone. */
  readonly standalone: readonly number[]
  /** What they come to if nothing diversified. */
  readonly undiversified: number
  readonly diversification: number
  /** d var / d position, per unit of money. */
  readonly marginal: readonly number[]
  /** position x marginal: they sum to `var`. */
  readonly component: readonly number[]
  /** `var` less what it would be without the position. */
  readonly incremental: readonly number[]
}

/** A negative variance of this part of the variance without any correlation, or less, is rounding. */
const ROUNDING = 1e-12

/** @throws NotDefined `mismatched-series`, or `undefined` where the correlations belong to no distribution. */
export function parametricRisk(terms: ParametricTerms): ParametricRisk {
  const { positions, volatilities, correlations, multiplier, horizon } = terms
  const n = positions.length
  if (volatilities.length !== n || correlations.length !== n || correlations.some((row) => row.length !== n))
    throw new NotDefined('mismatched-series', `volatilities and a square of correlations for ${n} positions`)
  const exposure = positions.map((position, i) => position * (volatilities[i] ?? 0))
  checked(correlations)
  // Covariance of each position's gain with the whole's.
  const shared = exposure.map((own, i) => own * dot(correlations[i] ?? [], exposure))
  const scale = multiplier * Math.sqrt(horizon)
  const size = sum(exposure.map((one) => one * one))
  const variance = sum(shared)
  const total = rootOf(variance, size)
  const standalone = exposure.map((one) => scale * Math.abs(one))
  const component = shared.map((one) => (total === 0 ? 0 : (scale * one) / total))
  return {
    var: scale * total,
    deviation: total * Math.sqrt(horizon),
    standalone,
    undiversified: sum(standalone),
    diversification: sum(standalone) - scale * total,
    marginal: component.map((one, i) => (positions[i] === 0 ? 0 : quotient(one, positions[i] ?? 0, 'a position'))),
    component,
    incremental: exposure.map((own, i) => scale * (total - rootOf(variance - 2 * (shared[i] ?? 0) + own * own, size))),
  }
}

function checked(correlations: readonly (readonly number[])[]): void {
  for (const [i, row] of correlations.entries())
    for (const [j, value] of row.entries()) {
      const mirrored = correlations[j]?.[i]
      if (value !== mirrored || Math.abs(value) > 1 || (i === j && value !== 1))
        throw new NotDefined('undefined', 'correlations that are symmetric, from -1 to 1, with ones on the diagonal')
    }
}

/** The root of a variance among positions of that size. @throws NotDefined for one below zero. */
function rootOf(variance: number, size: number): number {
  if (variance >= 0) return Math.sqrt(variance)
  if (variance >= -ROUNDING * size) return 0
  throw new NotDefined('undefined', 'correlations that can occur together: a positive semi-definite matrix')
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, one, i) => total + one * (b[i] ?? 0), 0)
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
