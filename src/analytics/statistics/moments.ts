// Means, variances and higher moments of a sample.
import { atLeast, NotDefined, quotient } from '../not-defined.ts'

export type Series = Float64Array | readonly number[]

/** Below this part of the values' own size a spread is the rounding of the arithmetic, not of the data. */
const ROUNDING = 1e-14

export function sum(values: Series): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** @throws NotDefined without observations. */
export function mean(values: Series): number {
  atLeast(values.length, 1)
  return sum(values) / values.length
}

/** Mean of (x - mean)^order. */
export function centralMoment(values: Series, order: number): number {
  const centre = mean(values)
  let total = 0
  for (const value of values) total += (value - centre) ** order
  return total / values.length
}

/** Sum of squares about the mean over n - `lost`: 1 for the unbiased estimate of a population's, 0 for the population itself. */
export function variance(values: Series, lost: 0 | 1 = 1): number {
  atLeast(values.length, lost + 1)
  return (centralMoment(values, 2) * values.length) / (values.length - lost)
}

/** Square root of the variance; exactly zero for a constant series, whatever its arithmetic leaves. */
export function standardDeviation(values: Series, lost: 0 | 1 = 1): number {
  const deviation = Math.sqrt(variance(values, lost))
  let size = 0
  for (const value of values) size = Math.max(size, Math.abs(value))
  return deviation <= size * ROUNDING ? 0 : deviation
}

/** @throws NotDefined `mismatched-series`, `insufficient-history`. */
export function covariance(x: Series, y: Series, lost: 0 | 1 = 1): number {
  if (x.length !== y.length)
    throw new NotDefined('mismatched-series', `series of one length, ${x.length} and ${y.length} given`)
  atLeast(x.length, lost + 1)
  const [a, b] = [mean(x), mean(y)]
  let total = 0
  for (let i = 0; i < x.length; i++) total += ((x[i] ?? 0) - a) * ((y[i] ?? 0) - b)
  return total / (x.length - lost)
}

/**
 * - `moment`: third moment over sigma^3, sigma of the population (Bacon 2008, "skewness").
 * - `fisher`: the adjusted Fisher-Pearson G1, n/((n-1)(n-2)) sum z^3 with the sample's sigma.
 * - `sample`: the same factor with the population's sigma, as R's PerformanceAnalytics prints it.
 */
export type SkewnessMethod = 'moment' | 'fisher' | 'sample'

/** @throws NotDefined for fewer than 3 (moment: 2) observations, or a constant series. */
export function skewness(values: Series, method: SkewnessMethod = 'moment'): number {
  const n = values.length
  atLeast(n, method === 'moment' ? 2 : 3)
  const cubes = standardised(values, method === 'fisher' ? 1 : 0, 3)
  return method === 'moment' ? cubes / n : (n / ((n - 1) * (n - 2))) * cubes
}

/**
 * - `moment`: fourth moment over sigma^4 (3 for a normal); `excess`: less 3.
 * - `sample`: n(n+1)/((n-1)(n-2)(n-3)) sum z^4, z by the sample's sigma (PerformanceAnalytics).
 * - `sample-excess`: that less 3(n-1)^2/((n-2)(n-3)): the usual G2.
 */
export type KurtosisMethod = 'moment' | 'excess' | 'sample' | 'sample-excess'

/** @throws NotDefined for fewer than 4 (moment: 2) observations, or a constant series. */
export function kurtosis(values: Series, method: KurtosisMethod = 'moment'): number {
  const n = values.length
  const ofMoments = method === 'moment' || method === 'excess'
  atLeast(n, ofMoments ? 2 : 4)
  const fourths = standardised(values, ofMoments ? 0 : 1, 4)
  if (ofMoments) return fourths / n - (method === 'excess' ? 3 : 0)
  const scaled = ((n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3))) * fourths
  return method === 'sample' ? scaled : scaled - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3))
}

/** Sum of ((x - mean) / sigma)^order. */
function standardised(values: Series, lost: 0 | 1, order: number): number {
  const centre = mean(values)
  const deviation = standardDeviation(values, lost)
  let total = 0
  for (const value of values) total += quotient(value - centre, deviation, 'a series that is not constant') ** order
  return total
}
