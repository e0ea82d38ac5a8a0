// Quantiles of a sample, by the rules that are in use; which one is meant changes a VaR, so each has its name.
import { atLeast, NotDefined } from '../not-defined.ts'
import type { Series } from './moments.ts'

/**
 * Position of the p-quantile among n sorted values, counted from 1 (Hyndman and Fan 1996 number them).
 * - `linear`: 1 + (n-1)p, interpolated (type 7; numpy, Excel PERCENTILE.INC).
 * - `hazen`: np + 1/2, interpolated (type 5; MATLAB's prctile).
 * - `weibull`: (n+1)p, interpolated (type 6; Excel PERCENTILE.EXC).
 * - `median-unbiased`: (n+1/3)p + 1/3, interpolated (type 8).
 * - `lower`: the inverse of the empirical distribution, ceil(np) (type 1).
 * - `higher`: floor(np) + 1.
 */
export const QUANTILE_RULES = ['linear', 'hazen', 'weibull', 'median-unbiased', 'lower', 'higher'] as const
export type QuantileRule = (typeof QUANTILE_RULES)[number]

/** @throws NotDefined without observations, or for p outside 0 to 1. */
export function quantile(values: Series, p: number, rule: QuantileRule = 'linear'): number {
  return quantileOfSorted(Float64Array.from(values).sort(), p, rule)
}

/** `sorted` ascending. */
export function quantileOfSorted(sorted: Series, p: number, rule: QuantileRule = 'linear'): number {
  const n = sorted.length
  atLeast(n, 1)
  if (!(p >= 0 && p <= 1)) throw new NotDefined('undefined', 'a probability from 0 to 1')
  const place = Math.min(Math.max(placeOf(n, p, rule), 1), n)
  const below = Math.floor(place)
  const low = sorted[below - 1] ?? 0
  if (below === place) return low
  return low + (place - below) * ((sorted[below] ?? 0) - low)
}

function placeOf(n: number, p: number, rule: QuantileRule): number {
  switch (rule) {
    case 'linear':
      return 1 + (n - 1) * p
    case 'hazen':
      return n * p + 0.5
    case 'weibull':
      return (n + 1) * p
    case 'median-unbiased':
      return (n + 1 / 3) * p + 1 / 3
    case 'lower':
      return Math.ceil(n * p)
    case 'higher':
      return Math.floor(n * p) + 1
  }
}
