// The tail beyond a threshold, fitted by a generalised Pareto distribution.
import { atLeast, quotient } from '../not-defined.ts'
import { mean, type Series } from '../statistics/moments.ts'
import { quantile } from '../statistics/quantile.ts'

/** Fewer losses beyond the threshold than this say nothing of a shape. */
const EXCEEDANCES_MIN = 10

export interface ParetoTail {
  /** The loss beyond which the fit holds. */
  readonly threshold: number
  readonly exceedances: number
  readonly scale: number
  /** Above zero: a fat tail; 1 or more has no mean. */
  readonly shape: number
  readonly var: number
  readonly shortfall: number
}

/**
 * Peaks over the `1 - tail` quantile of losses, fitted by probability-weighted moments (Hosking and Wallis 1987), and the value at risk
 * and expected shortfall at `confidence` (McNeil and Frey 2000). @throws NotDefined for fewer than 10 exceedances, or a shape of 1 or more.
 */
export function paretoTail(returns: Series, tail: number, confidence: number): ParetoTail {
  const losses = Array.from(returns, (r) => -r)
  atLeast(losses.length, EXCEEDANCES_MIN, 'returns')
  const threshold = quantile(losses, 1 - tail)
  const excesses = losses.filter((loss) => loss > threshold).map((loss) => loss - threshold)
  const n = excesses.length
  atLeast(n, EXCEEDANCES_MIN, 'losses beyond the threshold')
  const first = mean(excesses)
  // Landwehr's plotting positions.
  const second = mean(excesses.sort((a, b) => a - b).map((y, i) => (1 - (i + 0.65) / n) * y))
  const varying = 'losses beyond the threshold that are not all alike'
  const shape = 2 - quotient(first, first - 2 * second, varying)
  const scale = quotient(2 * first * second, first - 2 * second, varying)
  const ratio = (losses.length / n) * (1 - confidence)
  const value = threshold + (shape === 0 ? -scale * Math.log(ratio) : (scale / shape) * (ratio ** -shape - 1))
  quotient(1, Math.max(0, 1 - shape), 'a tail with a mean: a shape below 1')
  return {
    threshold,
    exceedances: n,
    scale,
    shape,
    var: value,
    shortfall: (value + scale - shape * threshold) / (1 - shape),
  }
}
