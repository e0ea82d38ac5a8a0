// SockTrader's ratios on three ten-month series: most per period, each definition stated in the case.
import type { Door, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { figuresOf, isPrinted, measured, type Request } from '../measured.ts'

interface Case {
  readonly metric: string
  readonly args: readonly unknown[]
  readonly expected: unknown
}

type SeriesByName = Readonly<Record<string, readonly number[]>>

const RELATIVE = 1e-12
const MONTHS = 12
const none = { annualisation: 'none' } as const
/** MATLAB's quantiles. */
const hazen = { quantileRule: 'hazen' } as const

/** What a metric is here, given its arguments after the series. */
const METRICS: Readonly<Record<string, (args: readonly unknown[]) => { request: Request; more?: object }>> = {
  activeReturn: () => ({ request: { measure: 'active-return' } }),
  compoundAnnualGrowthRate: () => ({ request: { measure: 'annual-return', base: 'first-period' } }),
  percpos: () => ({ request: { measure: 'positive-share' } }),
  rateOfReturn: () => ({ request: { measure: 'total-return', base: 'first-period' } }),
  adjustedSharpeRatio: ([riskFree]) => ({
    request: { measure: 'adjusted-sharpe-ratio', ...none, kurtosisTerm: 'root' },
    more: { riskFree },
  }),
  annualAdjustedSharpeRatio: ([riskFreeAnnual]) => ({
    request: { measure: 'adjusted-sharpe-ratio', annualisation: 'geometric', kurtosisTerm: 'root' },
    more: { riskFreeAnnual },
  }),
  annualRisk: () => ({ request: { measure: 'volatility' } }),
  avgDrawdown: ([largest]) => ({ request: { measure: 'average-losing-run', ...(largest ? { largest } : {}) } }),
  burkeRatio: ([, , kind]) => ({ request: { measure: 'burke-ratio', modified: kind === 'modified' } }),
  calmarRatio: () => ({ request: { measure: 'calmar-ratio' } }),
  continuousDrawdown: () => ({ request: { measure: 'losing-runs' } }),
  downsidePotential: ([minimumAcceptable]) => ({
    request: { measure: 'downside-potential' },
    more: { minimumAcceptable },
  }),
  downsideRisk: ([minimumAcceptable]) => ({ request: { measure: 'downside-deviation' }, more: { minimumAcceptable } }),
  histcondvar: () => ({ request: { measure: 'historical-expected-shortfall', ...hazen } }),
  histvar: () => ({ request: { measure: 'historical-var', ...hazen } }),
  informationRatio: () => ({ request: { measure: 'information-ratio', ...none } }),
  jensenAlpha: () => ({ request: { measure: 'alpha' } }),
  m2sortino: () => ({ request: { measure: 'm-squared-sortino' } }),
  martinRatio: () => ({ request: { measure: 'martin-ratio' } }),
  modigliani: () => ({ request: { measure: 'm-squared', ...none } }),
  omegaRatio: () => ({ request: { measure: 'omega-ratio' } }),
  painIndex: () => ({ request: { measure: 'pain-index' } }),
  painRatio: () => ({ request: { measure: 'pain-ratio', drawdowns: 'logarithmic' } }),
  sharpeRatio: ([riskFree]) => ({ request: { measure: 'sharpe-ratio', ...none }, more: { riskFree } }),
  sortino: ([riskFree]) => ({
    request: { measure: 'sortino-ratio', ...none, downsideOf: 'returns' },
    more: { riskFree },
  }),
  sterlingRatio: () => ({ request: { measure: 'sterling-ratio', largest: 1, addOn: 0 } }),
  trackingError: () => ({ request: { measure: 'tracking-error', ...none } }),
  treynorRatio: ([riskFree]) => ({ request: { measure: 'treynor-ratio', ...none }, more: { riskFree } }),
  ulcerIndex: () => ({ request: { measure: 'ulcer-index' } }),
  upsidePotential: ([minimumAcceptable]) => ({ request: { measure: 'upside-potential' }, more: { minimumAcceptable } }),
  hurst: ([lost]) => ({
    request: { measure: 'hurst-exponent', deviation: lost === 'sample' ? 'sample' : 'population' },
  }),
  kurtosis: () => ({ request: { measure: 'kurtosis' } }),
  moment: ([order]) => ({ request: { measure: 'central-moment', order } }),
  prctile: ([percent]) => ({ request: { measure: 'quantile', probability: Number(percent) / 100, ...hazen } }),
  quantile: ([probability]) => ({ request: { measure: 'quantile', probability, ...hazen } }),
  skewness: () => ({ request: { measure: 'skewness' } }),
  std: ([lost]) => ({ request: { measure: 'volatility', ...none, deviation: lost === 0 ? 'population' : 'sample' } }),
  annualReturn: ([, kind]) => ({
    request: { measure: 'annual-return', annualisation: kind === 'simple' ? 'arithmetic' : 'geometric' },
  }),
  parametricConditionalValueAtRisk: () => ({ request: { measure: 'parametric-expected-shortfall' } }),
}

/** Metrics of two series. */
const PAIRED = new Set([
  'activeReturn',
  'informationRatio',
  'jensenAlpha',
  'm2sortino',
  'modigliani',
  'trackingError',
  'treynorRatio',
])

async function answer(door: Door, series: SeriesByName, { metric, args }: Case): Promise<unknown> {
  const of = (arg: unknown) => (typeof arg === 'string' ? (series[arg] ?? []) : (arg as readonly number[]))
  const [first, ...others] = args
  const rest = PAIRED.has(metric) ? others.slice(1) : others
  const returns = of(first)
  const base = { periodsPerYear: MONTHS, ...(PAIRED.has(metric) ? { benchmark: of(others[0]) } : {}) }
  if (metric === 'rateOfReturn' && others.length > 0)
    return measured(door, { ...base, prices: returns }, { measure: 'total-return' })
  if (metric === 'variance') {
    const deviation = await answer(door, series, { metric: 'std', args, expected: null })
    return Number(deviation) ** 2
  }
  if (metric === 'drawdown') return drawdown(door, { ...base, returns })
  const known = METRICS[metric]
  if (known === undefined) throw new Error(`no request for ${metric}`)
  const { request, more } = known(rest)
  return measured(door, { ...base, returns, ...more }, request)
}

/** The path as losses, and the deepest stay below a peak with the place of its recovery, counted from 1. */
async function drawdown(door: Door, history: object): Promise<unknown> {
  const path = (await measured(door, history, { measure: 'drawdowns' })) as readonly number[]
  const episodes = (await measured(door, history, { measure: 'drawdown-episodes' })) as readonly {
    peak: number
    trough: number
    recovery: number
    depth: number
  }[]
  const deepest = episodes.reduce((a, b) => (b.depth < a.depth ? b : a))
  const starts = path.map((depth, i) => {
    const episode = episodes.find(({ peak, recovery }) => i > peak && i < recovery)
    return depth < 0 && episode !== undefined ? episode.recovery : 0
  })
  return {
    dd: path.map((depth) => -depth),
    ddrecov: starts,
    maxdd: -deepest.depth,
    maxddrecov: [deepest.peak + 1, deepest.recovery],
  }
}

/** Metrics that take a mean and a deviation, not a series. */
const OF_MOMENTS = new Set(['parametricValueAtRisk', 'parametricConditionalValueAtRisk'])

export const folder: GoldenFolder = {
  folder: 'a6_performance_socktrader',
  cases(files) {
    const { series, cases } = files.json<{ series: SeriesByName; cases: readonly Case[] }>('cases.json')
    return cases.map((one, i): GoldenCase => {
      const { metric, expected } = one
      return {
        name: `${i + 1} ${metric} ${JSON.stringify(one.args)}`,
        figures: typeof expected === 'object' ? Object.values(expected ?? {}).reduce((n, x) => n + figuresOf(x), 0) : 1,
        async run(door) {
          if (OF_MOMENTS.has(metric)) {
            await ofMoments(door, series, one)
            return {
              differs:
                'the normal quantile is exact to 1e-15; the printed figures have 1.64485361, off in the eighth place',
              citation: 'Wichura, Algorithm AS 241 (1988)',
            }
          }
          compare(metric, await answer(door, series, one), expected)
          return undefined
        },
      }
    })
  },
}

/** The printed figures to the seventh place, up to which their normal quantile is right. */
const APPROXIMATE = 1e-7

/** A mean m and a deviation s are those of the two returns m - s/sqrt(2) and m + s/sqrt(2); a deviation below zero is none. */
async function ofMoments(door: Door, series: SeriesByName, { metric, args, expected }: Case): Promise<void> {
  const measure = metric === 'parametricValueAtRisk' ? 'parametric-var' : 'parametric-expected-shortfall'
  const x = series.x ?? []
  const pairs: [returns: readonly number[], printed: number][] = []
  if (args[0] === 'mean(x)') pairs.push([x, Number(expected)])
  else {
    const listOf = (arg: unknown) => (typeof arg === 'string' ? (series[arg.at(-1) ?? ''] ?? []) : [arg].flat())
    const [means, deviations] = args.map(listOf)
    const printed = [expected].flat()
    for (const [i, mean] of (means ?? []).entries()) {
      const step = Number(deviations?.[i]) / Math.SQRT2
      if (step >= 0) pairs.push([[Number(mean) - step, Number(mean) + step], Number(printed[i])])
    }
  }
  if (pairs.length === 0) throw new Error(`${metric}: nothing to compare`)
  for (const [returns, printed] of pairs) {
    const found = await measured(door, { returns, periodsPerYear: MONTHS }, { measure })
    isPrinted(metric, found, printed, APPROXIMATE)
  }
}

function compare(what: string, found: unknown, printed: unknown): void {
  if (printed !== null && typeof printed === 'object' && !Array.isArray(printed)) {
    for (const [key, part] of Object.entries(printed))
      compare(`${what}.${key}`, (found as Record<string, unknown>)[key], part)
    return
  }
  if (Array.isArray(printed)) {
    for (const [i, part] of printed.entries()) compare(`${what} ${i}`, (found as readonly unknown[])[i], part)
    return
  }
  isPrinted(what, found, printed, Math.max(Math.abs(Number(printed)) * RELATIVE * 100, 1e-15))
}
