// empyrical's unit-test values: small series, with the library's conventions named in each request.
import { strictEqual } from 'node:assert/strict'
import type { Door, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { figuresOf, type Found, isPrinted, measured, type Request } from '../measured.ts'

type Returns = readonly (number | null)[]
type Given = number | string | Returns

interface Case {
  readonly id: string
  readonly measure: string
  readonly inputs: Readonly<Record<string, Given>>
  readonly expected: unknown
  readonly tolerance_abs: number
}

const PERIODS: Readonly<Record<string, number>> = { daily: 252, weekly: 52, monthly: 12, quarterly: 4, yearly: 1 }
/** Series that the file describes in words. */
const DESCRIBED: Readonly<Record<string, Returns>> = {
  flat_line_1_tz: Array(1000).fill(0.01),
  flat_line_0: Array(1000).fill(0),
  pos_line: Array.from({ length: 1000 }, (_, i) => i / 999),
  neg_line: Array.from({ length: 1000 }, (_, i) => -i / 999),
}
const FIRST_DAY = Date.parse('2000-01-30')
const DAY_MS = 86_400_000
const isoDate = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/** The dates of a series by its name: month ends, Sundays, or days from 30 January 2000. */
function datesOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    if (name.startsWith('monthly') || name === 'df_month') return isoDate(Date.UTC(2000, 1 + i, 0))
    return isoDate(FIRST_DAY + (name.startsWith('weekly') || name === 'df_week' ? 7 : 1) * i * DAY_MS)
  })
}

class Inputs {
  readonly #series: Readonly<Record<string, Returns | Readonly<Record<string, Returns>>>>
  readonly #given: Case['inputs']

  constructor(series: Readonly<Record<string, Returns>>, given: Case['inputs']) {
    this.#series = series
    this.#given = given
  }

  named(...names: readonly string[]): Given | undefined {
    return names.map((name) => this.#given[name]).find((value) => value !== undefined)
  }

  /** A number, or a series by its name; numbers may be written as text. */
  rate(name: string): number | Returns | undefined {
    const given = this.named(name)
    return typeof given === 'string' ? (Number.isNaN(Number(given)) ? this.#series_(given) : Number(given)) : given
  }

  returns(): Returns | Readonly<Record<string, Returns>> {
    const given = this.named('returns', 'prices')
    return typeof given === 'string' ? this.#named(given) : (given as Returns)
  }

  /** The history that goes with the request; dates that only one of two series has are unknown in the other. */
  history(returns: Returns, more: object = {}): object {
    const period = String(this.named('period') ?? 'daily')
    const name = this.named('benchmark', 'factor_returns')
    const base = { periodsPerYear: PERIODS[period] ?? 252, ...more }
    if (name === undefined) return { ...base, returns }
    const rate = this.rate(this.named('benchmark') === undefined ? 'factor_returns' : 'benchmark')
    if (typeof rate === 'number') return { ...base, returns, benchmark: returns.map(() => rate) }
    const lead = (series: Returns, given: Given | undefined) =>
      String(given).endsWith('[1:]') ? [null, ...series] : series
    const [r, b] = [lead(returns, this.named('returns')), lead(rate ?? [], name)]
    const length = Math.max(r.length, b.length)
    const filled = (series: Returns) => [...series, ...Array(length - series.length).fill(null)]
    return { ...base, returns: filled(r), benchmark: filled(b) }
  }

  #series_(name: string): Returns {
    const found = this.#named(name)
    if (!Array.isArray(found)) throw new Error(`${name} is no series`)
    return found
  }

  #named(name: string): Returns | Readonly<Record<string, Returns>> {
    if (name.startsWith('-')) return this.#series_(name.slice(1)).map((r) => (r === null ? null : -r))
    if (name.endsWith('[1:]')) return this.#series_(name.slice(0, -4)).slice(1)
    const found = DESCRIBED[name] ?? this.#series[name]
    if (found === undefined) throw new Error(`there is no series ${name}`)
    return found
  }
}

/** Measures that go by one request, whatever the case. */
const REQUESTS: Readonly<Record<string, Request>> = {
  max_drawdown: { measure: 'maximum-drawdown' },
  roll_max_drawdown: { measure: 'maximum-drawdown' },
  annual_ret: { measure: 'annual-return' },
  cagr: { measure: 'annual-return' },
  annual_volatility: { measure: 'volatility' },
  calmar: { measure: 'calmar-ratio' },
  omega: { measure: 'omega-ratio' },
  sharpe_ratio: { measure: 'sharpe-ratio' },
  roll_sharpe_ratio: { measure: 'sharpe-ratio' },
  downside_risk: { measure: 'downside-deviation', annualisation: 'square-root' },
  sortino: { measure: 'sortino-ratio' },
  excess_sharpe: { measure: 'information-ratio', annualisation: 'none' },
  alpha: { measure: 'alpha', annualisation: 'compounded' },
  beta: { measure: 'beta' },
  stability_of_timeseries: { measure: 'stability' },
  tail_ratio: { measure: 'tail-ratio' },
  beta_fragility_heuristic: { measure: 'fragility', weights: 'mirrored' },
  capture_ratio: { measure: 'capture', unpaired: 'flat' },
  up_capture: { measure: 'capture', direction: 'up' },
  roll_up_capture: { measure: 'capture', direction: 'up' },
  down_capture: { measure: 'capture', direction: 'down' },
  roll_down_capture: { measure: 'capture', direction: 'down' },
  up_down_capture: { measure: 'capture', direction: 'ratio' },
  roll_up_down_capture: { measure: 'capture', direction: 'ratio' },
}

async function answer(door: Door, { measure, inputs: given }: Case, inputs: Inputs): Promise<unknown> {
  const returns = inputs.returns()
  const window = given.window === undefined ? {} : { window: given.window }
  const ask = (request: Request, more: object = {}, series = returns) =>
    measured(door, inputs.history(series as Returns, more), { ...request, ...window })
  const direction = measure.startsWith('up') ? 'up' : measure.startsWith('down') ? 'down' : 'all'
  switch (measure) {
    case 'simple_returns':
      return measured(door, { prices: returns, periodsPerYear: 252 }, { measure: 'simple-returns' })
    case 'cum_returns': {
      const grown = (await ask({ measure: 'growth' })) as readonly number[]
      return grown.map((value) => (given.starting_value === 0 ? value - 1 : value * Number(given.starting_value)))
    }
    case 'cum_returns_final': {
      const total = await ask({ measure: 'total-return' })
      return typeof total === 'number' && given.starting_value !== 0
        ? (1 + total) * Number(given.starting_value)
        : total
    }
    case 'aggregate_returns': {
      const dates = datesOf(String(given.returns), (returns as Returns).length)
      const rows = await ask({ measure: 'by-period', period: given.convert_to }, { dates })
      return (rows as readonly { readonly value: number }[]).map(({ value }) => value)
    }
    case 'alpha_beta':
    case 'up_alpha_beta':
    case 'down_alpha_beta':
    case 'roll_alpha_beta': {
      const alpha = await ask({ measure: 'alpha', annualisation: 'compounded', direction })
      const beta = await ask({ measure: 'beta', direction })
      return Array.isArray(alpha) ? alpha.map((one, i) => [one, (beta as readonly Found[])[i]]) : [alpha, beta]
    }
    case 'batting_average':
      return Promise.all(
        ['all', 'up', 'down'].map((periods) => ask({ measure: 'batting-average', direction: periods })),
      )
    case 'value_at_risk':
      return ask({ measure: 'quantile', probability: Number(given.cutoff) })
    default: {
      const request = REQUESTS[measure]
      if (request === undefined) throw new Error(`no request for ${measure}`)
      const riskFree = inputs.rate('risk_free')
      const required = inputs.rate('required_return')
      const minimum = measure === 'omega' ? { minimumAcceptableAnnual: required } : { minimumAcceptable: required }
      const more = {
        ...(riskFree === undefined ? {} : { riskFree }),
        ...(required === undefined ? {} : minimum),
      }
      if (Array.isArray(returns)) return ask(request, more)
      return Promise.all(Object.values(returns).map((column) => ask(request, more, column as Returns)))
    }
  }
}

export const folder: GoldenFolder = {
  folder: 'a3_performance_empyrical',
  cases(files) {
    const { series } = files.json<{ series: Record<string, Returns> }>('inputs.json')
    return files.json<{ cases: readonly Case[] }>('cases.json').cases.map((one): GoldenCase => {
      const { measure, expected, tolerance_abs } = one
      const printed = expected !== null && typeof expected === 'object' ? Object.values(expected) : expected
      return {
        name: `${one.id} ${measure}`,
        figures: figuresOf(printed),
        async run(door) {
          const inputs = new Inputs(series, one.inputs)
          if (measure === 'gpd_risk_estimates') return tail(door, inputs, printed as readonly number[])
          const found = await answer(door, one, inputs)
          // One window of no value is printed as one value.
          isPrinted(measure, printed === 'NaN' && Array.isArray(found) ? found[0] : found, printed, tolerance_abs)
          return undefined
        },
      }
    })
  },
}

/** Zeros are how the library says that it has no estimate, and so few losses are none for us. */
async function tail(door: Door, inputs: Inputs, printed: readonly number[]) {
  const found = await measured(door, inputs.history(inputs.returns() as Returns), { measure: 'pareto-tail' })
  strictEqual(found, null, 'fewer than ten losses beyond a threshold have no fit')
  if (printed.every((figure) => figure === 0)) return undefined
  return {
    differs: 'a tail is fitted to ten losses or more; the printed figures are a minimiser’s last step for one or two',
    citation: 'McNeil and Frey (2000), section 2.2: the threshold leaves enough exceedances',
  }
}
