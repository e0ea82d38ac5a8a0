// What a measure of performance is: a name, its formula and source, the conventions it lets one choose, and a function of a history.
import { NotDefined } from '../not-defined.ts'
import { type KurtosisMethod, mean, type SkewnessMethod } from '../statistics/moments.ts'
import type { QuantileRule } from '../statistics/quantile.ts'
import type { DrawdownPath } from './drawdown.ts'
import { type FragilityWeights, type Paired, paired } from './relative.ts'
import { annualised, type CalendarPeriod, perPeriod } from './returns.ts'

/** Returns and what they are held against, period by period; null where unknown. Rates are decimals per period unless said otherwise. */
export interface History {
  readonly returns: readonly (number | null)[]
  readonly benchmark?: readonly (number | null)[]
  /** One for all periods, or one each. */
  readonly riskFree?: number | readonly (number | null)[]
  /** Where it is stated per year; else it is the periods' rate compounded. */
  readonly riskFreeAnnual?: number
  readonly minimumAcceptable?: number | readonly (number | null)[]
  /** Per year, brought to the period geometrically. */
  readonly minimumAcceptableAnnual?: number
  /** What the returns were made from, where that is known: one more than returns. */
  readonly prices?: readonly number[]
  /** ISO dates, ascending: of the prices where there are prices, else of the returns. */
  readonly dates?: readonly string[]
  /** 252 daily, 52 weekly, 12 monthly, 4 quarterly, 1 yearly. */
  readonly periodsPerYear: number
}

/** Conventions on which the field disagrees; each measure names those it knows, and what it takes by default. */
export interface Conventions {
  readonly annualisation?: 'none' | 'square-root' | 'geometric' | 'arithmetic' | 'compounded'
  /** Sigma over n - 1 (`sample`) or n (`population`). */
  readonly deviation?: 'sample' | 'population'
  readonly drawdowns?: DrawdownPath
  readonly skewness?: SkewnessMethod
  readonly kurtosis?: KurtosisMethod
  readonly kurtosisTerm?: 'squared' | 'root'
  readonly quantileRule?: QuantileRule
  readonly prospect?: 'mean' | 'total'
  readonly reward?: 'geometric' | 'arithmetic'
  readonly modified?: boolean
  readonly largest?: number
  readonly addOn?: number
  readonly order?: number
  readonly probability?: number
  readonly confidence?: number
  readonly trials?: number
  readonly varianceOfTrials?: number
  readonly benchmarkRatio?: number
  readonly direction?: 'all' | 'up' | 'down' | 'ratio'
  readonly method?: 'arithmetic' | 'geometric'
  readonly weights?: FragilityWeights
  /** What a deviation is from: the mean, or the minimum acceptable return. */
  readonly threshold?: 'mean' | 'minimum'
  /** Risk tolerance of an entropic measure. */
  readonly theta?: number
  /** `inclusive`: the mean of all returns at or beyond the edge; `fractional`: the edge counts in part. */
  readonly shortfall?: 'inclusive' | 'fractional'
  readonly unpaired?: 'dropped' | 'flat'
  readonly period?: CalendarPeriod
  readonly start?: number
  /** Growth is measured from the start, or from the end of the first period, which then counts for nothing. */
  readonly base?: 'start' | 'first-period'
  /** What a downside deviation is of: returns less the risk-free rate, or the returns themselves. */
  readonly downsideOf?: 'excess' | 'returns'
}

/** A history as the measures read it. */
export class Reading {
  readonly history: History
  readonly f: number

  constructor(history: History) {
    this.history = history
    this.f = history.periodsPerYear
  }

  /** The returns that are known. */
  get returns(): number[] {
    return known(this.history.returns)
  }

  /** Periods, those of unknown return included. */
  get periods(): number {
    return this.history.returns.length
  }

  /** Returns less the risk-free rate, where both are known. */
  get excess(): number[] {
    return known(less(this.history.returns, this.history.riskFree))
  }

  get riskFree(): number {
    const { riskFree = 0 } = this.history
    if (typeof riskFree !== 'number') throw new NotDefined('undefined', 'one risk-free rate for all periods')
    return riskFree
  }

  get riskFreeAnnual(): number {
    return this.history.riskFreeAnnual ?? annualised(this.riskFree, 1 / this.f)
  }

  /** The place a deviation is from. */
  threshold({ threshold }: Conventions): number {
    return threshold === 'mean' ? mean(this.returns) : this.minimum
  }

  /** The minimum acceptable return per period. */
  get minimum(): number {
    const { minimumAcceptable = 0, minimumAcceptableAnnual } = this.history
    if (minimumAcceptableAnnual !== undefined) return perPeriod(minimumAcceptableAnnual, this.f)
    if (typeof minimumAcceptable !== 'number')
      throw new NotDefined('undefined', 'one minimum acceptable return for all periods')
    return minimumAcceptable
  }

  /** Returns less the risk-free rate and the minimum, so that zero is the threshold. */
  get aboveMinimum(): number[] {
    const { minimumAcceptable, riskFree } = this.history
    const { returns } = this.history
    const threshold = Array.isArray(minimumAcceptable) ? minimumAcceptable : this.minimum
    return known(less(less(returns, riskFree), threshold))
  }

  /** Excess returns of both, where both are known. @throws NotDefined without a benchmark. */
  get pair(): Paired {
    const { returns, riskFree } = this.history
    return paired(less(returns, riskFree), less(this.benchmarkReturns, riskFree))
  }

  /** Returns of both as they are. */
  get rawPair(): Paired {
    return paired(this.history.returns, this.benchmarkReturns)
  }

  /** The same with unknown returns taken as none, so that every period counts. */
  get flatPair(): Paired {
    const flat = (values: readonly (number | null)[]) => values.map((value) => value ?? 0)
    return paired(flat(this.history.returns), flat(this.benchmarkReturns))
  }

  /** @throws NotDefined without prices. */
  get prices(): readonly number[] {
    const { prices } = this.history
    if (prices === undefined || prices.length === 0) throw new NotDefined('undefined', 'prices')
    return prices
  }

  /** One for each of `count`. @throws NotDefined without them. */
  dates(count: number): readonly string[] {
    const { dates } = this.history
    if (dates === undefined || dates.length !== count) throw new NotDefined('undefined', `${count} dates`)
    return dates
  }

  get benchmarkReturns(): readonly (number | null)[] {
    const { benchmark } = this.history
    if (benchmark === undefined) throw new NotDefined('undefined', 'returns of a benchmark')
    return benchmark
  }
}

export type MeasureValue = number | readonly number[] | readonly Readonly<Record<string, number | string | null>>[]

export interface Measure {
  readonly name: string
  readonly title: string
  /** As text: what is computed. */
  readonly formula: string
  readonly source: string
  /** What can be chosen, with the default. */
  readonly conventions: Conventions
  /** Its value is searched for, which looks at the series some fifty times. */
  readonly searches?: true
  compute(reading: Reading, conventions: Conventions): MeasureValue
}

/** Whose definition most of the measures are. */
export const BACON = 'Bacon, Practical Portfolio Performance Measurement and Attribution (2008)'

export function measure(
  name: string,
  title: string,
  formula: string,
  source: string,
  conventions: Conventions,
  compute: Measure['compute'],
): Measure {
  return { name, title, formula, source, conventions, compute }
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null)
}

function less(
  values: readonly (number | null)[],
  rate: number | readonly (number | null)[] | undefined,
): readonly (number | null)[] {
  if (rate === undefined || rate === 0) return values
  if (typeof rate === 'number') return values.map((value) => (value === null ? null : value - rate))
  if (rate.length !== values.length)
    throw new NotDefined('mismatched-series', `as many rates as returns: ${values.length}`)
  return values.map((value, i) => {
    const one = rate[i] ?? null
    return value === null || one === null ? null : value - one
  })
}
