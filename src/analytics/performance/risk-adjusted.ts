// Reward for risk of one series: Sharpe and its kin, and the ratios to drawdown.
import { NotDefined, quotient } from '../not-defined.ts'
import { normalCumulative, normalDensity } from '../normal.ts'
import { normalQuantile } from '../statistics/distributions.ts'
import { kurtosis, mean, type Series, skewness } from '../statistics/moments.ts'
import { spread } from './downside.ts'
import { type DrawdownPath, losingRuns, maximumDrawdown, painIndex, ulcerIndex } from './drawdown.ts'
import { type AnnualReturnMethod, annualReturn } from './returns.ts'

/**
 * - `none`: mean excess over its deviation, per period.
 * - `square-root`: that times sqrt(f).
 * - `geometric`, `arithmetic`: annual return (see annualReturn) less the annual risk-free rate, over the annual deviation.
 */
export type Annualisation = 'none' | 'square-root' | AnnualReturnMethod

export interface SharpeOptions {
  readonly annualisation: Annualisation
  readonly periodsPerYear: number
  /** Annual, for the two methods of annual returns; else the excess is taken before. */
  readonly riskFreeAnnual?: number
}

/** Sharpe's ratio (1994). `excess`: returns less the risk-free rate, per period. @throws NotDefined for a constant series. */
export function sharpe(excess: Series, { annualisation, periodsPerYear, riskFreeAnnual = 0 }: SharpeOptions): number {
  const deviation = spread(excess)
  switch (annualisation) {
    case 'none':
      return mean(excess) / deviation
    case 'square-root':
      return (mean(excess) / deviation) * Math.sqrt(periodsPerYear)
    default:
      return (
        (annualReturn(excess, periodsPerYear, annualisation) - riskFreeAnnual) / (deviation * Math.sqrt(periodsPerYear))
      )
  }
}

/**
 * Pezier's adjustment for skewness and kurtosis: SR (1 + S/6 SR - (K-3)/24 SR^2). With `root` the last term has sqrt(SR), as one
 * library prints it.
 */
export function adjustedSharpe(returns: Series, ratio: number, kurtosisTerm: 'squared' | 'root' = 'squared'): number {
  const last = kurtosisTerm === 'squared' ? ratio * ratio : Math.sqrt(ratio)
  if (!Number.isFinite(last)) throw new NotDefined('undefined', 'a Sharpe ratio above zero')
  return ratio * (1 + (skewness(returns) / 6) * ratio - (kurtosis(returns, 'excess') / 24) * last)
}

/** Standard error of a per-period Sharpe ratio from n returns that need not be normal (Mertens 2002). */
export function sharpeStandardError(returns: Series): number {
  const ratio = mean(returns) / spread(returns)
  const n = returns.length
  const inner = 1 - skewness(returns) * ratio + ((kurtosis(returns) - 1) / 4) * ratio * ratio
  return Math.sqrt(quotient(inner, n - 1, 'at least 2 returns'))
}

/** Probability that the true per-period ratio is above `benchmark` (Bailey and Lopez de Prado 2012). */
export function probabilisticSharpe(returns: Series, benchmark = 0): number {
  const ratio = mean(returns) / spread(returns)
  return normalCumulative(quotient(ratio - benchmark, sharpeStandardError(returns), 'returns that vary'))
}

const EULER_MASCHERONI = 0.5772156649015329

/**
 * The same against the ratio expected of the best of `trials` strategies without skill, whose ratios have variance `spreadOfTrials`
 * (deflated Sharpe ratio, Bailey and Lopez de Prado 2014).
 */
export function deflatedSharpe(returns: Series, trials: number, spreadOfTrials: number): number {
  if (!(trials >= 2)) throw new NotDefined('insufficient-history', 'at least 2 trials')
  if (!(spreadOfTrials > 0)) throw new NotDefined('undefined', 'the variance of the trials’ ratios, above zero')
  const best =
    Math.sqrt(spreadOfTrials) *
    ((1 - EULER_MASCHERONI) * normalQuantile(1 - 1 / trials) +
      EULER_MASCHERONI * normalQuantile(1 - 1 / (trials * Math.E)))
  return probabilisticSharpe(returns, best)
}

const A_DRAWDOWN = 'a drawdown'

/** Annual return over the deepest drawdown (Young 1991). `annual` is what counts as reward, risk-free rate taken off. */
export function calmar(annual: number, returns: Series): number {
  return quotient(annual, -maximumDrawdown(returns), A_DRAWDOWN)
}

/**
 * Annual return over the drawdown: of `losing-runs` the deepest, or the mean of the `largest`; `addOn` (Kestner's 10 %, as 0.1) is added
 * to it.
 */
export function sterling(annual: number, returns: Series, options: { largest: number; addOn: number }): number {
  return quotient(annual, averageLosingRun(returns, options.largest) + options.addOn, A_DRAWDOWN)
}

/** Mean of the `largest` losing runs (all when there are fewer). */
export function averageLosingRun(returns: Series, largest = Number.POSITIVE_INFINITY): number {
  const runs = losingRuns(returns)
    .sort((a, b) => b - a)
    .slice(0, largest)
  return quotient(
    runs.reduce((a, b) => a + b, 0),
    runs.length,
    A_DRAWDOWN,
  )
}

/** Annual return over the root of the sum of squared losing runs (Burke 1994); `modified` times sqrt(n). */
export function burke(annual: number, returns: Series, options: { path: DrawdownPath; modified: boolean }): number {
  const squares = losingRuns(returns, options.path).reduce((a, run) => a + run * run, 0)
  const ratio = quotient(annual, Math.sqrt(squares), A_DRAWDOWN)
  return options.modified ? ratio * Math.sqrt(returns.length) : ratio
}

/** Annual return over the pain index. */
export function painRatio(annual: number, returns: Series, path: DrawdownPath = 'compounded'): number {
  return quotient(annual, painIndex(returns, path), A_DRAWDOWN)
}

/** Annual return over the ulcer index (Martin's ratio, the ulcer performance index). */
export function martin(annual: number, returns: Series, path: DrawdownPath = 'compounded'): number {
  return quotient(annual, ulcerIndex(returns, path), A_DRAWDOWN)
}

/** Normal expected shortfall and VaR as losses, per period: z sigma - mean. */
export function normalTail(centre: number, deviation: number, confidence: number): { var: number; shortfall: number } {
  const z = normalQuantile(confidence)
  return { var: z * deviation - centre, shortfall: (normalDensity(z) / (1 - confidence)) * deviation - centre }
}
