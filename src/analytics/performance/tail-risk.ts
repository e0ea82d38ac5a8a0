// Risk of the worst part of a sample: shortfall, entropic measures, and the same of drawdowns. Losses are positive.
import { atLeast, NotDefined } from '../not-defined.ts'
import { mean, type Series } from '../statistics/moments.ts'

/**
 * Mean of the worst 1 - confidence of the sample, the value at the edge counted in part, so that the share is exact (Rockafellar and
 * Uryasev 2002). @throws NotDefined without observations.
 */
export function expectedShortfall(values: Series, confidence: number): number {
  const n = values.length
  atLeast(n, 1)
  const sorted = Float64Array.from(values).sort()
  const share = (1 - confidence) * n
  const whole = Math.max(Math.ceil(share) - 1, 0)
  let total = 0
  for (let i = 0; i < whole; i++) total += sorted[i] ?? 0
  return -(total + (share - whole) * (sorted[whole] ?? 0)) / share
}

/** theta ln(E[exp(-x / theta)] / (1 - confidence)) (Foellmer and Schied 2002). @throws NotDefined without observations, for theta of 0 or less. */
export function entropicRisk(values: Series, theta: number, confidence: number): number {
  atLeast(values.length, 1)
  if (!(theta > 0)) throw new NotDefined('undefined', 'a risk tolerance above zero')
  // The largest exponent is taken out, so that nothing overflows.
  let worst = Number.NEGATIVE_INFINITY
  for (const value of values) worst = Math.max(worst, -value)
  let total = 0
  for (const value of values) total += Math.exp((-value - worst) / theta)
  return worst + theta * (Math.log(total / values.length) - Math.log(1 - confidence))
}

const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * The least entropic risk over all tolerances (Ahmadi-Javid 2012): an upper bound of the expected shortfall. Convex in the tolerance, so found by
 * golden section over its logarithm.
 */
export function entropicValueAtRisk(values: Series, confidence: number): number {
  atLeast(values.length, 1)
  let size = 0
  for (const value of values) size = Math.max(size, Math.abs(value))
  if (size === 0) return 0
  const at = (log: number) => entropicRisk(values, Math.exp(log), confidence)
  let [low, high] = [Math.log(size) - 12, Math.log(size) + 12]
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
  let [fa, fb] = [at(a), at(b)]
  while (high - low > 1e-9) {
    if (fa < fb) {
      ;[high, b, fb] = [b, a, fa]
      a = high - GOLDEN * (high - low)
      fa = at(a)
    } else {
      ;[low, a, fa] = [a, b, fb]
      b = low + GOLDEN * (high - low)
      fb = at(b)
    }
  }
  return Math.min(fa, fb)
}

/** Mean distance of two different observations (Gini 1912). @throws NotDefined for fewer than 2. */
export function giniMeanDifference(values: Series): number {
  const n = values.length
  atLeast(n, 2)
  const sorted = Float64Array.from(values).sort()
  let total = 0
  for (let i = 0; i < n; i++) total += (2 * i - n + 1) * (sorted[i] ?? 0)
  return (2 * total) / (n * (n - 1))
}

/** Mean of |x - threshold|. */
export function absoluteDeviation(values: Series, threshold: number): number {
  return mean(Array.from(values, (value) => Math.abs(value - threshold)))
}

/** Sum of squares below the threshold over n - lost. */
export function semiVariance(values: Series, threshold: number, lost: 0 | 1): number {
  atLeast(values.length, lost + 1)
  let total = 0
  for (const value of values) total += Math.min(value - threshold, 0) ** 2
  return total / (values.length - lost)
}
