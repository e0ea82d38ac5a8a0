// One series against another: regression on a benchmark, tracking, capture, hits. Both are returns of the same periods.
import { atLeast, NotDefined, quotient } from '../not-defined.ts'
import { covariance, mean, standardDeviation, variance } from '../statistics/moments.ts'
import { downsideDeviation, spread } from './downside.ts'
import { annualReturn } from './returns.ts'

/** Portfolio and benchmark, period by period. */
export interface Paired {
  readonly returns: readonly number[]
  readonly benchmark: readonly number[]
}

/** Only the periods in which both are known. @throws NotDefined `mismatched-series`. */
export function paired(returns: readonly (number | null)[], benchmark: readonly (number | null)[]): Paired {
  if (returns.length !== benchmark.length)
    throw new NotDefined('mismatched-series', `as many benchmark returns as returns: ${returns.length}`)
  const both = returns.flatMap((r, i) => {
    const b = benchmark[i] ?? null
    return r === null || b === null ? [] : [[r, b] as const]
  })
  return { returns: both.map(([r]) => r), benchmark: both.map(([, b]) => b) }
}

/** Only the periods in which the benchmark rose or fell. */
export function when({ returns, benchmark }: Paired, direction: 'up' | 'down'): Paired {
  const kept = benchmark.map((b) => (direction === 'up' ? b > 0 : b < 0))
  return { returns: returns.filter((_, i) => kept[i]), benchmark: benchmark.filter((_, i) => kept[i]) }
}

const VARYING = 'a benchmark that is not constant'

/** Covariance over the benchmark's variance. */
export function beta({ returns, benchmark }: Paired): number {
  atLeast(returns.length, 2, 'periods that both have')
  return quotient(covariance(returns, benchmark), variance(benchmark), VARYING)
}

/** Intercept of the regression, per period: mean r - beta mean b. Excess returns give Jensen's alpha (1968). */
export function alpha(pair: Paired): number {
  return mean(pair.returns) - beta(pair) * mean(pair.benchmark)
}

/** Residuals of the regression. */
export function residuals(pair: Paired): number[] {
  const [a, b] = [alpha(pair), beta(pair)]
  return pair.returns.map((r, i) => r - a - b * (pair.benchmark[i] ?? 0))
}

/** Jensen's alpha of annual returns: rp - rf - beta (rb - rf), geometric, beta of the periods. */
export function jensenAnnual(pair: Paired, f: number, riskFree = 0): number {
  const [p, b] = annualReturns(pair, f)
  return p - riskFree - beta(pair) * (b - riskFree)
}

/** Annual return less the regression's per-period alpha and beta times the benchmark's annual return (PerformanceAnalytics' epsilon). */
export function regressionEpsilon(pair: Paired, f: number): number {
  const [p, b] = annualReturns(pair, f)
  return p - alpha(pair) - beta(pair) * b
}

/** beta times the benchmark's annual deviation. */
export function systematicRisk(pair: Paired, f: number): number {
  return beta(pair) * standardDeviation(pair.benchmark) * Math.sqrt(f)
}

/** Annual deviation of the residuals, over n. */
export function specificRisk(pair: Paired, f: number): number {
  return standardDeviation(residuals(pair), 0) * Math.sqrt(f)
}

/** Root of the sum of squares of the two. */
export function totalRisk(pair: Paired, f: number): number {
  return Math.hypot(systematicRisk(pair, f), specificRisk(pair, f))
}

/** Annual deviation of the active returns (ex post). `f` 1: per period. */
export function trackingError(pair: Paired, f = 1): number {
  return standardDeviation(active(pair)) * Math.sqrt(f)
}

/** Mean active return over the tracking error, times sqrt(f). */
export function informationRatio(pair: Paired, f = 1): number {
  const difference = active(pair)
  return (mean(difference) / spread(difference)) * Math.sqrt(f)
}

/** r - b. */
export function active({ returns, benchmark }: Paired): number[] {
  return returns.map((r, i) => r - (benchmark[i] ?? 0))
}

/** Ratio of the portfolio's annual deviation to the benchmark's (Fama 1972): the beta that all its risk would need. */
export function famaBeta({ returns, benchmark }: Paired): number {
  return quotient(standardDeviation(returns), standardDeviation(benchmark), VARYING)
}

/** Fama's selectivity less what diversification cost: Jensen's alpha - (fama beta - beta)(rb - rf). */
export function netSelectivity(pair: Paired, f: number, riskFree = 0): number {
  const [, b] = annualReturns(pair, f)
  return jensenAnnual(pair, f, riskFree) - (famaBeta(pair) - beta(pair)) * (b - riskFree)
}

/** Modigliani's M2 (1997): the return at the benchmark's risk, of annual geometric returns. */
export function mSquared(pair: Paired, f: number, riskFree = 0): number {
  const [p] = annualReturns(pair, f)
  return quotient(p - riskFree, famaBeta(pair), 'returns that are not all alike') + riskFree
}

/** The same per period: mean + Sharpe (benchmark's deviation - own). */
export function mSquaredPerPeriod({ returns, benchmark }: Paired, riskFree = 0): number {
  const deviation = spread(returns)
  return mean(returns) + ((mean(returns) - riskFree) / deviation) * (standardDeviation(benchmark) - deviation)
}

/** Annual return + per-period Sortino times the difference of the annual downside deviations (Bacon 2008, M2 for Sortino). */
export function mSquaredSortino(pair: Paired, f: number, mar: number): number {
  const [p] = annualReturns(pair, f)
  const own = downsideDeviation(pair.returns, mar)
  const ratio = quotient(mean(pair.returns) - mar, own, 'returns below the minimum acceptable one')
  return p + ratio * (downsideDeviation(pair.benchmark, mar) - own) * Math.sqrt(f)
}

/** Annual return less 3 times the product of the two annual downside deviations (Sortino's omega excess return). */
export function omegaExcess(pair: Paired, f: number, mar: number): number {
  const [p] = annualReturns(pair, f)
  return p - 3 * downsideDeviation(pair.returns, mar) * downsideDeviation(pair.benchmark, mar) * f
}

/** Excess return over beta (Treynor 1965), per period. */
export function treynor(pair: Paired, riskFree = 0): number {
  return quotient(mean(pair.returns) - riskFree, beta(pair), 'a beta other than zero')
}

/** Annual returns of both over each other: of all periods, of those in which the benchmark rose, or fell. */
export function capture(pair: Paired, f: number): number {
  const [p, b] = annualReturns(pair, f)
  return quotient(p, b, 'a benchmark return other than zero')
}

/** Share of periods in which the portfolio beat the benchmark. */
export function battingAverage(pair: Paired): number {
  atLeast(pair.returns.length, 1, 'periods that both have')
  return mean(active(pair).map((difference) => (difference > 0 ? 1 : 0)))
}

/**
 * How the two ends are weighed in the fragility heuristic, the benchmark's worst period being at a, the middle one at m, the best at c.
 * - `convex`: a by (c-m)/(c-a) and c by (m-a)/(c-a), so that a straight line has none.
 * - `mirrored`: the two the other way round, as one library has it.
 * - `equal`: a half each.
 */
export type FragilityWeights = 'convex' | 'mirrored' | 'equal'

/**
 * The fragility heuristic: the weighed returns at the benchmark's worst and best period less that at its middle one (of index n/2,
 * rounded half to even). Positive: gains from large moves.
 */
export function fragility({ returns, benchmark }: Paired, weights: FragilityWeights = 'convex'): number {
  atLeast(returns.length, 3, 'periods that both have')
  const order = benchmark.map((b, i) => ({ b, r: returns[i] ?? 0 })).sort((x, y) => x.b - y.b)
  const nothing = { b: 0, r: 0 }
  const worst = order[0] ?? nothing
  const middle = order[roundHalfEven(order.length / 2)] ?? nothing
  const best = order.at(-1) ?? nothing
  const range = best.b - worst.b
  const below = range === 0 || weights === 'equal' ? 0.5 : (middle.b - worst.b) / range
  const ofWorst = weights === 'mirrored' ? below : 1 - below
  return ofWorst * worst.r + (1 - ofWorst) * best.r - middle.r
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  return value - below === 0.5 ? below + (below % 2) : Math.round(value)
}

function annualReturns({ returns, benchmark }: Paired, f: number): [number, number] {
  return [annualReturn(returns, f), annualReturn(benchmark, f)]
}
