// Returns of one series: from prices, linked over time, by calendar period, annualised. Decimals per period: 0.01 is 1 %.
import { atLeast, NotDefined, quotient } from '../not-defined.ts'
import { mean, type Series } from '../statistics/moments.ts'

/** p_t / p_(t-1) - 1; one fewer than prices. @throws NotDefined for a price of zero. */
export function simpleReturns(prices: Series): number[] {
  return Array.from(prices)
    .slice(1)
    .map((price, i) => quotient(price, prices[i] ?? 0, 'prices other than zero') - 1)
}

/** ln(p_t / p_(t-1)). @throws NotDefined for prices that are not above zero. */
export function logReturns(prices: Series): number[] {
  for (const price of prices) if (!(price > 0)) throw new NotDefined('undefined', 'prices above zero')
  return simpleReturns(prices).map(Math.log1p)
}

/** What 1 grew to after each period, starting with the first return. */
export function growth(returns: Series): number[] {
  let value = 1
  return Array.from(returns, (r) => {
    value *= 1 + r
    return value
  })
}

/** prod(1 + r) - 1. @throws NotDefined without returns. */
export function totalReturn(returns: Series): number {
  atLeast(returns.length, 1, 'returns')
  let value = 1
  for (const r of returns) value *= 1 + r
  return value - 1
}

/** - `geometric`: prod(1+r)^(f/n) - 1. `arithmetic`: mean times f. f periods are a year. */
export type AnnualReturnMethod = 'geometric' | 'arithmetic'

/** @throws NotDefined without returns, or when everything and more was lost. */
export function annualReturn(
  returns: Series,
  periodsPerYear: number,
  method: AnnualReturnMethod = 'geometric',
  periods = returns.length,
): number {
  atLeast(returns.length, 1, 'returns')
  if (method === 'arithmetic') return mean(returns) * periodsPerYear
  return annualised(totalReturn(returns), periods / periodsPerYear)
}

/** (1 + total)^(1/years) - 1. @throws NotDefined when more than everything was lost, or for no time. */
export function annualised(total: number, years: number): number {
  if (total < -1) throw new NotDefined('undefined', 'a total return of -1 or more')
  if (!(years > 0)) throw new NotDefined('undefined', 'a period longer than nothing')
  return (1 + total) ** (1 / years) - 1
}

/** The rate per period that comes to `annual` after `periods`. */
export function perPeriod(annual: number, periods: number): number {
  if (annual <= -1) throw new NotDefined('undefined', 'an annual rate above -1')
  return (1 + annual) ** (1 / periods) - 1
}

export type CalendarPeriod = 'weekly' | 'monthly' | 'quarterly' | 'yearly'

export interface PeriodReturn {
  /** 2024, 2024-Q1, 2024-01, or the ISO week 2024-W01. */
  readonly period: string
  readonly value: number
}

/** Links returns within each calendar period. `dates` are ISO dates, ascending, one a return. */
export function byPeriod(returns: Series, dates: readonly string[], period: CalendarPeriod): PeriodReturn[] {
  if (dates.length !== returns.length) throw new NotDefined('mismatched-series', 'a date for each return')
  const linked = new Map<string, number>()
  Array.from(returns).forEach((r, i) => {
    const key = periodOf(dates[i] ?? '', period)
    linked.set(key, (linked.get(key) ?? 1) * (1 + r))
  })
  return [...linked].map(([key, value]) => ({ period: key, value: value - 1 }))
}

function periodOf(date: string, period: CalendarPeriod): string {
  const [year = '', month = ''] = date.split('-')
  switch (period) {
    case 'yearly':
      return year
    case 'quarterly':
      return `${year}-Q${Math.ceil(Number(month) / 3)}`
    case 'monthly':
      return `${year}-${month}`
    case 'weekly':
      return isoWeek(date)
  }
}

const DAY_MS = 86_400_000

/** Days since 1970-01-01 of an ISO date. */
export function dayNumber(date: string): number {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS
  if (!Number.isInteger(day)) throw new NotDefined('undefined', `dates such as 2024-12-31, not ${date}`)
  return day
}

/** ISO 8601: weeks begin on Monday, and the first of a year holds its first Thursday. */
function isoWeek(date: string): string {
  const day = dayNumber(date)
  // 1970-01-01 was a Thursday: Monday is 0.
  const thursday = day - ((day + 3) % 7) + 3
  const year = new Date(thursday * DAY_MS).getUTCFullYear()
  const first = dayNumber(`${year}-01-01`)
  return `${year}-W${String(Math.floor((thursday - first) / 7) + 1).padStart(2, '0')}`
}

/**
 * Return since the last price of the month (year) before the newest; since the first price where the series holds none.
 * `dates` ascending.
 */
export function toDate(prices: Series, dates: readonly string[], since: 'month' | 'year'): number {
  atLeast(prices.length, 1, 'prices')
  const current = dates.at(-1)?.slice(0, since === 'month' ? 7 : 4) ?? ''
  const first = dates.findIndex((date) => date.startsWith(current))
  // A month whose beginning the series does not hold is measured like the year: from the first price there is.
  const base = prices[Math.max(first - 1, 0)] ?? 0
  return quotient(prices[prices.length - 1] ?? 0, base, 'a price before that is not zero') - 1
}
