// One-sided risk and reward about a minimum acceptable return (MAR): partial moments and what is made of them.
import { quotient } from '../not-defined.ts'
import { mean, type Series, standardDeviation } from '../statistics/moments.ts'

/** Mean of max(MAR - r, 0)^order over all observations. */
export function lowerPartialMoment(returns: Series, mar = 0, order = 1): number {
  return mean(Array.from(returns, (r) => Math.max(mar - r, 0) ** order))
}

/** Mean of max(r - MAR, 0)^order over all observations. */
export function upperPartialMoment(returns: Series, mar = 0, order = 1): number {
  return mean(Array.from(returns, (r) => Math.max(r - mar, 0) ** order))
}

/** Root of the second lower partial moment, over all observations (Sortino 1991). */
export function downsideDeviation(returns: Series, mar = 0): number {
  return Math.sqrt(lowerPartialMoment(returns, mar, 2))
}

/** Root of the second upper partial moment. */
export function upsideRisk(returns: Series, mar = 0): number {
  return Math.sqrt(upperPartialMoment(returns, mar, 2))
}

/** Share of returns below (`below`) or above (`above`) the MAR. */
export function frequency(returns: Series, mar: number, side: 'below' | 'above'): number {
  return mean(Array.from(returns, (r) => ((side === 'below' ? r < mar : r > mar) ? 1 : 0)))
}

const LOSSES = 'returns below the minimum acceptable one'

/** Gains over losses about the MAR (Keating and Shadwick 2002; at 0 the Bernardo-Ledoit ratio). @throws NotDefined without losses. */
export function omega(returns: Series, mar = 0): number {
  return quotient(upperPartialMoment(returns, mar), lowerPartialMoment(returns, mar), LOSSES)
}

/** (mean - MAR) over the first lower partial moment: omega less one. */
export function omegaSharpe(returns: Series, mar = 0): number {
  return quotient(mean(returns) - mar, lowerPartialMoment(returns, mar), LOSSES)
}

/** (mean - MAR) over the order-th root of the order-th lower partial moment (Kaplan and Knowles 2004); order 2 is Sortino's. */
export function kappa(returns: Series, mar: number, order: number): number {
  return quotient(mean(returns) - mar, lowerPartialMoment(returns, mar, order) ** (1 / order), LOSSES)
}

/** Upside potential over downside deviation (Sortino, van der Meer and Plantinga 1999). */
export function upsidePotentialRatio(returns: Series, mar = 0): number {
  return quotient(upperPartialMoment(returns, mar), downsideDeviation(returns, mar), LOSSES)
}

/** Second upper over second lower partial moment. */
export function volatilitySkewness(returns: Series, mar = 0): number {
  return quotient(upperPartialMoment(returns, mar, 2), lowerPartialMoment(returns, mar, 2), LOSSES)
}

/** Square root of the volatility skewness. */
export function variabilitySkewness(returns: Series, mar = 0): number {
  return Math.sqrt(volatilitySkewness(returns, mar))
}

/** Number of losses times their sum over number of gains times theirs (Lavinio 1999); 0 best, infinite worst. */
export function dRatio(returns: Series): number {
  const values = Array.from(returns)
  const losses = values.filter((r) => r < 0)
  const gains = values.filter((r) => r > 0)
  const total = (some: readonly number[]) => some.reduce((a, b) => a + b, 0)
  return quotient(-losses.length * total(losses), gains.length * total(gains), 'returns above zero')
}

/** How much more a loss weighs than a gain (Watanabe 2006). */
const LOSS_AVERSION = 2.25

/**
 * Gains less 2.25 times losses against the MAR, over the downside deviation (Watanabe 2006).
 * - `mean`: (mean of them - MAR) / deviation. `total`: (sum of them - MAR) / (n deviation), as R's PerformanceAnalytics prints it.
 */
export function prospectRatio(returns: Series, mar: number, method: 'mean' | 'total' = 'mean'): number {
  const felt = Array.from(returns, (r) => (r < 0 ? LOSS_AVERSION * r : r))
  const excess = method === 'mean' ? mean(felt) - mar : mean(felt) - mar / felt.length
  return quotient(excess, downsideDeviation(returns, mar), LOSSES)
}

/** A spread that is not zero, for ratios to it. */
export function spread(returns: Series, lost: 0 | 1 = 1): number {
  const deviation = standardDeviation(returns, lost)
  quotient(1, deviation, 'returns that are not all alike')
  return deviation
}
