// The measures of a series of prices or dated returns: by calendar, to date, from a start.
import { NotDefined, quotient } from '../not-defined.ts'
import { mean } from '../statistics/moments.ts'
import { studentProbability } from '../statistics/distributions.ts'
import { priceDrawdowns } from './drawdown.ts'
import type { Measure } from './measure.ts'
import { spread } from './downside.ts'
import { annualised, byPeriod, dayNumber, growth, logReturns, simpleReturns, toDate } from './returns.ts'

/** Days of a year on average, for spans of calendar time. */
const DAYS_PER_YEAR = 365.25

export const CALENDAR_MEASURES: readonly Measure[] = [
  {
    name: 'simple-returns',
    title: 'Simple returns of prices',
    formula: 'p_t / p_(t-1) - 1',
    source: 'GIPS 2020',
    conventions: {},
    compute: ({ prices }) => simpleReturns(prices),
  },
  {
    name: 'log-returns',
    title: 'Log returns of prices',
    formula: 'ln(p_t / p_(t-1))',
    source: 'common practice',
    conventions: {},
    compute: ({ prices }) => logReturns(prices),
  },
  {
    name: 'rebased',
    title: 'Prices rebased to a start',
    formula: 'start p_t / p_0',
    source: 'common practice',
    conventions: { start: 100 },
    compute: ({ prices }, { start = 100 }) =>
      prices.map((price) => start * quotient(price, prices[0] ?? 0, 'a first price other than zero')),
  },
  {
    name: 'price-drawdowns',
    title: 'Drawdown of each price from the highest before',
    formula: 'p_t / max(p_0 ... p_t) - 1',
    source: 'common practice',
    conventions: {},
    compute: ({ prices }) => priceDrawdowns(prices),
  },
  {
    name: 'price-ulcer-index',
    title: 'Ulcer index over all prices, the first included',
    formula: 'sqrt(mean drawdown^2)',
    source: 'Martin and McCann (1989)',
    conventions: {},
    compute: ({ prices }) => Math.sqrt(mean(priceDrawdowns(prices).map((depth) => depth * depth))),
  },
  {
    name: 'month-to-date',
    title: 'Return since the last price of the month before',
    formula: 'p_n / p_(month before) - 1; from the first price where the series begins later',
    source: 'common practice',
    conventions: {},
    compute: (reading) => toDate(reading.prices, reading.dates(reading.prices.length), 'month'),
  },
  {
    name: 'year-to-date',
    title: 'Return since the last price of the year before',
    formula: 'p_n / p_(year before) - 1; from the first price where the series begins later',
    source: 'common practice',
    conventions: {},
    compute: (reading) => toDate(reading.prices, reading.dates(reading.prices.length), 'year'),
  },
  {
    name: 'compound-annual-growth',
    title: 'Compound annual growth of prices over calendar time',
    formula: '(p_n / p_0)^(365.25 / days) - 1',
    source: 'common practice',
    conventions: {},
    compute: (reading) => {
      const { prices } = reading
      const dates = reading.dates(prices.length)
      const days = dayNumber(dates.at(-1) ?? '') - dayNumber(dates[0] ?? '')
      const total = quotient(prices.at(-1) ?? 0, prices[0] ?? 0, 'a first price other than zero') - 1
      return annualised(total, days / DAYS_PER_YEAR)
    },
  },
  {
    name: 'by-period',
    title: 'Returns linked by calendar period',
    formula: 'prod(1+r) - 1 within each',
    source: 'GIPS 2020',
    conventions: { period: 'monthly' },
    compute: (reading, { period = 'monthly' }) => {
      const returns = reading.history.returns.map((r) => r ?? 0)
      const dates =
        reading.history.prices === undefined
          ? reading.dates(returns.length)
          : reading.dates(reading.prices.length).slice(1)
      return byPeriod(returns, dates, period).map((row) => ({ ...row }))
    },
  },
  {
    name: 'twelve-period-wins',
    title: 'Share of rolling years with a gain',
    formula: 'share of windows of f periods with prod(1+r) > 1',
    source: 'common practice',
    conventions: {},
    compute: ({ returns, f }) => {
      const windows = returns.length - f + 1
      if (windows < 1) throw new NotDefined('insufficient-history', `at least ${f} returns, ${returns.length} given`)
      return mean(
        Array.from({ length: windows }, (_, i) => ((growth(returns.slice(i, i + f)).at(-1) ?? 1) > 1 ? 1 : 0)),
      )
    },
  },
  {
    name: 'probability-of-outperformance',
    title: 'Probability that the mean active return is above zero',
    formula: 'Student t(IR sqrt(n)), n - 1 degrees of freedom',
    source: 'Student (1908)',
    conventions: {},
    compute: ({ rawPair: { returns, benchmark } }) => {
      const active = returns.map((r, i) => r - (benchmark[i] ?? 0))
      const n = active.length
      return studentProbability((mean(active) / spread(active)) * Math.sqrt(n), n - 1)
    },
  },
]
