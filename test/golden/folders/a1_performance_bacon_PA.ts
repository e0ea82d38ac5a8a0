// Bacon's 24 monthly returns and their benchmark, with the figures that R's PerformanceAnalytics prints for them.
import type { GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isPrinted, measured, type Request } from '../measured.ts'

interface Case {
  readonly id: string
  readonly measure: string
  readonly series: readonly string[]
  readonly params: { readonly rf?: number; readonly mar?: number; readonly order?: number }
  readonly expected: number
  readonly tolerance_abs: number
  readonly note?: string
}

/** Measures whose name here differs from ours by more than its dashes, and the conventions that R has. */
const REQUESTS: Readonly<Record<string, Request>> = {
  m_squared_excess_geometric: { measure: 'm-squared-excess', method: 'geometric' },
  m_squared_excess_arithmetic: { measure: 'm-squared-excess', method: 'arithmetic' },
  jensen_alpha_annualised: { measure: 'jensen-alpha' },
  systematic_risk_annualised: { measure: 'systematic-risk' },
  specific_risk_annualised: { measure: 'specific-risk' },
  treynor_ratio_modified: { measure: 'treynor-ratio', modified: true },
  modified_jensen: { measure: 'modified-jensen-alpha' },
  alternative_jensen: { measure: 'alternative-jensen-alpha' },
  skewness_sample: { measure: 'skewness', skewness: 'sample' },
  kurtosis_moment: { measure: 'kurtosis', kurtosis: 'moment' },
  kurtosis_excess: { measure: 'kurtosis', kurtosis: 'excess' },
  kurtosis_sample: { measure: 'kurtosis', kurtosis: 'sample' },
  kurtosis_sample_excess: { measure: 'kurtosis', kurtosis: 'sample-excess' },
  burke_ratio: { measure: 'burke-ratio', drawdowns: 'percent-scaled' },
  burke_ratio_modified: { measure: 'burke-ratio', drawdowns: 'percent-scaled', modified: true },
  bernardo_ledoit_ratio: { measure: 'omega-ratio' },
  kappa: { measure: 'kappa', order: 2 },
  prospect_ratio: { measure: 'prospect-ratio', prospect: 'total' },
  cumulative_wealth_portfolio: { measure: 'growth' },
  cumulative_wealth_benchmark: { measure: 'growth' },
}

/** The versions of the package before 2.1.0 scaled drawdown paths by 100, and annualised the adjusted Sharpe's mean geometrically. */
function requestOf({ measure, note = '' }: Case): Request {
  const request = REQUESTS[measure] ?? { measure: measure.replaceAll('_', '-') }
  if (/^(pain|martin)/.test(measure) && note.startsWith('VERSION SENSITIVE'))
    return { ...request, drawdowns: 'percent-scaled' }
  if (measure === 'adjusted_sharpe_ratio' && note === 'git 2.1.0') return { ...request, annualisation: 'arithmetic' }
  return request
}

export const folder: GoldenFolder = {
  folder: 'a1_performance_bacon_PA',
  cases(files) {
    const rows = files
      .text('portfolio_bacon.csv')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(','))
    const column = (i: number) => rows.map((row) => Number(row[i]))
    const [dates, portfolio, benchmark] = [rows.map(([date]) => date), column(1), column(2)]
    return files.json<{ cases: readonly Case[] }>('cases.json').cases.map(
      (one): GoldenCase => ({
        name: `${one.id} ${one.measure}`,
        async run(door) {
          const history = {
            returns: one.series[0] === 'benchmark' ? benchmark : portfolio,
            benchmark,
            periodsPerYear: 12,
            riskFree: one.params.rf ?? 0,
            minimumAcceptable: one.params.mar ?? 0,
          }
          if (one.measure === 'frequency_periods_per_year') {
            // Twelve months end in a year of these dates.
            const request = { measure: 'by-period', period: 'yearly' }
            const years = await measured(door, { returns: portfolio, dates, periodsPerYear: 12 }, request)
            isPrinted('periods of a year', portfolio.length / (years as readonly unknown[]).length, one.expected, 0)
            return undefined
          }
          const found = await measured(door, history, requestOf(one))
          isPrinted(one.measure, Array.isArray(found) ? found.at(-1) : found, one.expected, one.tolerance_abs)
          return undefined
        },
      }),
    )
  },
}
