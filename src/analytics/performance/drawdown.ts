// Drawdowns: how far below its peak a series is, for how long, and what is made of that.
import { atLeast } from '../not-defined.ts'
import { mean, type Series } from '../statistics/moments.ts'

/**
 * - `compounded`: returns are linked, and the peak is of what 1 grew to, the start included (Bacon 2008, Magdon-Ismail 2004).
 * - `percent-scaled`: linked as if they were percents, r/100, which adds rather than compounds: what R's PerformanceAnalytics
 *   printed before 2.1.0 for pain, Martin and Burke measures.
 * - `logarithmic`: compounded, and each depth as ln(value / peak).
 * - `additive`: returns are summed, not linked, and each depth is a difference of sums.
 */
export type DrawdownPath = 'compounded' | 'percent-scaled' | 'logarithmic' | 'additive'

/** Whether the start is a peak, or the end of the first period the first that can be. */
export type DrawdownBase = 'start' | 'first-period'

/** Zero or negative, one a return: what was lost since the peak so far. */
export function drawdowns(returns: Series, path: DrawdownPath = 'compounded', base: DrawdownBase = 'start'): number[] {
  if (path === 'additive') return additive(returns, base)
  let value = 1
  let peak = base === 'start' ? 1 : Number.NEGATIVE_INFINITY
  const scale = scaleOf(path)
  return Array.from(returns, (r) => {
    value *= 1 + r / scale
    peak = Math.max(peak, value)
    return path === 'logarithmic' ? Math.log(value / peak) : (value / peak - 1) * scale
  })
}

function additive(returns: Series, base: DrawdownBase): number[] {
  let total = 0
  let peak = base === 'start' ? 0 : Number.NEGATIVE_INFINITY
  return Array.from(returns, (r) => {
    total += r
    peak = Math.max(peak, total)
    return total - peak
  })
}

/** The same of prices; the first is a peak. */
export function priceDrawdowns(prices: Series): number[] {
  let peak = Number.NEGATIVE_INFINITY
  return Array.from(prices, (price) => {
    peak = Math.max(peak, price)
    return price / peak - 1
  })
}

/** The deepest, zero or negative. @throws NotDefined without returns. */
export function maximumDrawdown(returns: Series, path: DrawdownPath = 'compounded'): number {
  atLeast(returns.length, 1, 'returns')
  return drawdowns(returns, path).reduce((deepest, depth) => Math.min(deepest, depth), 0)
}

export interface DrawdownEpisode {
  /** Index of the return after which the peak stood; -1 for the start. */
  readonly peak: number
  readonly trough: number
  /** Index of the return that made it good; null while it lasts. */
  readonly recovery: number | null
  /** Negative. */
  readonly depth: number
}

/** Every stay below a peak, in order of time. */
export function drawdownEpisodes(returns: Series): DrawdownEpisode[] {
  const episodes: DrawdownEpisode[] = []
  let open: { peak: number; trough: number; depth: number } | null = null
  drawdowns(returns).forEach((depth, i) => {
    if (depth < 0) {
      open ??= { peak: i - 1, trough: i, depth }
      if (depth < open.depth) open = { ...open, trough: i, depth }
    } else if (open !== null) {
      episodes.push({ ...open, recovery: i })
      open = null
    }
  })
  if (open !== null) episodes.push({ ...(open as { peak: number; trough: number; depth: number }), recovery: null })
  return episodes
}

/** Loss of each run of negative returns, as positive numbers ("continuous drawdowns", Bacon 2008). */
export function losingRuns(returns: Series, path: DrawdownPath = 'compounded'): number[] {
  const runs: number[] = []
  const scale = scaleOf(path)
  let value: number | null = null
  for (const r of returns) {
    if (r < 0) value = path === 'additive' ? (value ?? 1) + r : (value ?? 1) * (1 + r / scale)
    else if (value !== null) {
      runs.push((1 - value) * scale)
      value = null
    }
  }
  if (value !== null) runs.push((1 - value) * scale)
  return runs
}

/** Mean drawdown, positive (Becker 2006). */
export function painIndex(returns: Series, path: DrawdownPath = 'compounded', base: DrawdownBase = 'start'): number {
  return -mean(drawdowns(returns, path, base)) + 0
}

/** Root mean square drawdown (Martin 1987). */
export function ulcerIndex(returns: Series, path: DrawdownPath = 'compounded', base: DrawdownBase = 'start'): number {
  return Math.sqrt(mean(drawdowns(returns, path, base).map((depth) => depth * depth)))
}

function scaleOf(path: DrawdownPath): number {
  return path === 'percent-scaled' ? 100 : 1
}
