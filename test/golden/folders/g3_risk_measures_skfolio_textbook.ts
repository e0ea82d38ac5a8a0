// skfolio's measures of two stocks' daily returns, and parametric values at risk as textbooks work them.
import type { Door, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { figuresOf, isPrinted, measured, type Request } from '../measured.ts'

type Returns = readonly (number | null)[]

interface MeasureCase {
  readonly measure: string
  readonly returns: string | readonly string[]
  readonly params: {
    readonly min_acceptable_return?: number | null
    readonly biased?: boolean
    readonly compounded?: boolean
    readonly theta?: number
    readonly beta?: number
  }
  readonly expected: unknown
}

interface VarCase {
  readonly id: string
  readonly position?: number
  readonly daily_vol?: number
  readonly positions?: readonly number[]
  readonly daily_vols?: readonly number[]
  readonly correlation?: number
  readonly one_day_std?: { readonly apple: number; readonly yahoo: number; readonly portfolio: number }
  readonly z: number
  readonly expected: Readonly<Record<string, number>>
  readonly tol?: number
}

/** Series that the file describes in words. */
const DESCRIBED: Readonly<Record<string, readonly Returns[]>> = {
  nan_1d: [[null, 0.1, -0.5, null, null, -0.3, 0.8]],
  nan_2d: [
    [0.15, 0.1, -0.5, null, null, -0.3, 0.8],
    [0.15, 0.1, -0.5, 0.3, 0.2, -0.3, 0.8],
  ],
}

/** The source prints seven places, ten for variances and moments. */
const PLACES_7 = 1.01e-7
const PLACES_10 = 1.01e-10
const EXACT = /variance|central_moment/

function requestOf({ measure, params }: MeasureCase): { request: Request; minimumAcceptable?: number } {
  const { min_acceptable_return: minimum, biased, compounded, theta, beta = 0.95 } = params
  const threshold = { threshold: minimum === null || minimum === undefined ? 'mean' : 'minimum' }
  const deviation = { deviation: biased === false ? 'sample' : 'population' }
  const drawdowns = { drawdowns: compounded === true ? 'compounded' : 'additive' }
  const named: Readonly<Record<string, Request>> = {
    mean: { measure: 'mean' },
    mean_absolute_deviation: { measure: 'mean-absolute-deviation', ...threshold },
    first_lower_partial_moment: { measure: 'lower-partial-moment', order: 1, ...threshold },
    fourth_lower_partial_moment: { measure: 'lower-partial-moment', order: 4, ...threshold },
    variance: { measure: 'variance', ...deviation },
    semi_variance: { measure: 'semi-variance', ...threshold, ...deviation },
    semi_deviation: { measure: 'semi-deviation', ...threshold, ...deviation },
    standard_deviation: { measure: 'volatility', annualisation: 'none', ...deviation },
    third_central_moment: { measure: 'central-moment', order: 3 },
    fourth_central_moment: { measure: 'central-moment', order: 4 },
    skew: { measure: 'skewness' },
    kurtosis: { measure: 'kurtosis' },
    worst_return: { measure: 'worst-return' },
    value_at_risk: { measure: 'historical-var', quantileRule: 'lower' },
    cvar: { measure: 'historical-expected-shortfall', shortfall: 'fractional' },
    entropic_risk_measure: { measure: 'entropic-risk', theta, confidence: beta },
    evar: { measure: 'entropic-var' },
    drawdown_at_risk: { measure: 'drawdown-at-risk', ...drawdowns },
    max_drawdown: { measure: 'maximum-drawdown', ...drawdowns },
    average_drawdown: { measure: 'pain-index', ...drawdowns, base: 'first-period' },
    cdar: { measure: 'conditional-drawdown', ...drawdowns },
    edar: { measure: 'entropic-drawdown', ...drawdowns },
    ulcer_index: { measure: 'ulcer-index', ...drawdowns, base: 'first-period' },
    gini_mean_difference: { measure: 'gini-mean-difference' },
  }
  const request = named[measure]
  if (request === undefined) throw new Error(`no request for ${measure}`)
  return { request, ...(typeof minimum === 'number' ? { minimumAcceptable: minimum } : {}) }
}

/** Measures that are losses here and negative numbers nowhere: what we show as zero or negative, the source shows positive. */
const SHOWN_AS_LOSSES = new Set(['max_drawdown'])

async function measure(door: Door, one: MeasureCase, columns: Readonly<Record<string, Returns>>): Promise<void> {
  const tolerance = EXACT.test(one.measure) ? PLACES_10 : PLACES_7
  const series =
    typeof one.returns === 'string'
      ? (DESCRIBED[one.returns] ?? [columns[one.returns] ?? []])
      : one.returns.map((name) => columns[name] ?? [])
  if (one.measure === 'correlation') {
    const history = { returns: series[0], benchmark: series[1], periodsPerYear: 252 }
    const both = await measured(door, history, { measure: 'correlation' })
    return isPrinted(
      one.measure,
      [
        [1, both],
        [both, 1],
      ],
      one.expected,
      tolerance,
    )
  }
  const { request, ...more } = requestOf(one)
  const found = await Promise.all(
    series.map(async (returns) => {
      const value = await measured(door, { returns, periodsPerYear: 252, ...more }, request)
      return typeof value === 'number' && SHOWN_AS_LOSSES.has(one.measure) ? -value : value
    }),
  )
  isPrinted(one.measure, Array.isArray(one.expected) ? found : found[0], one.expected, tolerance)
}

/** Entropic measures of four returns, of which the worst is more than the tail: their least value is that return itself. */
const FEW = new Set(['evar', 'edar'])

async function bounded(door: Door, one: MeasureCase) {
  const series = DESCRIBED.nan_1d?.[0] ?? []
  const found = await measured(door, { returns: series, periodsPerYear: 252 }, requestOf(one).request)
  isPrinted(one.measure, found, one.measure === 'evar' ? 0.5 : 0.8, 1e-5)
  return {
    differs: 'the least over all tolerances is the worst loss; the printed figure stops at a tolerance of 1 % of it',
    citation: 'Ahmadi-Javid (2012), definition 3.1: an infimum over all z above zero',
  }
}

async function parametric(door: Door, one: VarCase): Promise<void> {
  const { z: multiplier, expected, tol = 1, one_day_std: std } = one
  const positions = one.positions ?? (std === undefined ? [one.position ?? 0] : [std.apple, std.yahoo])
  const volatilities = one.daily_vols ?? (std === undefined ? [one.daily_vol ?? 0] : [1, 1])
  // Where the portfolio's deviation is printed, the correlation is what makes it so.
  const implied = std && (std.portfolio ** 2 - std.apple ** 2 - std.yahoo ** 2) / (2 * std.apple * std.yahoo)
  const rho = one.correlation ?? implied ?? 0
  const correlations =
    positions.length === 1
      ? [[1]]
      : [
          [1, rho],
          [rho, 1],
        ]
  const ask = async (horizon: number) => {
    const { result } = await door.ask('POST', '/v1/analytics/risk/parametric-var', {
      positions,
      volatilities,
      correlations,
      // One source rounds its quantile in print but not in its figures.
      ...(one.id === 'ibm_att_0.7' ? { confidence: 0.99 } : { multiplier }),
      horizon,
    })
    return result as { var: number; undiversified: number; diversification: number; standalone: readonly number[] }
  }
  const [day, ten] = [await ask(1), await ask(10)]
  const found: Readonly<Record<string, number | undefined>> = {
    one_day_var: day.var,
    ten_day_var: ten.var,
    portfolio_ten_day: ten.var,
    portfolio_1d: day.var,
    portfolio_10d: ten.var,
    undiversified: ten.undiversified,
    diversification_benefit: ten.diversification,
    ibm_ten_day: ten.standalone[0],
    apple_1d: day.standalone[0],
    apple_10d: ten.standalone[0],
    att_ten_day: ten.standalone[1],
    yahoo_1d: day.standalone[1],
    yahoo_10d: ten.standalone[1],
  }
  for (const [name, figure] of Object.entries(expected)) isPrinted(name, found[name], figure, tol)
}

export const folder: GoldenFolder = {
  folder: 'g3_risk_measures_skfolio_textbook',
  cases(files) {
    const [header = '', ...lines] = files.text('prices_aapl_amd.csv').trim().split('\n')
    const names = header.trim().split(',').slice(1)
    const prices = lines.map((line) => line.trim().split(',').slice(1).map(Number))
    const columns = Object.fromEntries(
      names.map((name, k) => [
        name,
        prices.slice(1).map((row, i) => (row[k] ?? 0) / (prices[i]?.[k] ?? Number.NaN) - 1),
      ]),
    )
    const measures = files.json<{ cases: readonly MeasureCase[] }>('skfolio_measures.json').cases
    const textbook = files.json<{ cases: readonly VarCase[] }>('textbook_parametric_var.json').cases
    return [
      ...measures.map(
        (one, i): GoldenCase => ({
          name: `${i + 1} ${one.measure} ${JSON.stringify(one.returns)} ${JSON.stringify(one.params)}`,
          figures: figuresOf(one.expected),
          async run(door) {
            if (FEW.has(one.measure) && one.returns === 'nan_1d') return bounded(door, one)
            await measure(door, one, columns)
            return undefined
          },
        }),
      ),
      ...textbook.map(
        (one): GoldenCase => ({
          name: one.id,
          figures: Object.keys(one.expected).length,
          async run(door) {
            await parametric(door, one)
            return undefined
          },
        }),
      ),
    ]
  },
}
