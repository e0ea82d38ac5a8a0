// Linking attribution over periods, so that effects sum to the excess return of the whole and nothing is left over.
import { atLeast, NotDefined, quotient } from '../not-defined.ts'
import {
  type BrinsonOptions,
  brinson,
  type EFFECTS,
  type Effects,
  returnsOf,
  type SegmentPeriod,
  weighted,
} from './brinson.ts'

/**
 * - `carino`: by logarithms, k_t / K (Carino 1999).
 * - `menchero`: one scale and the least correction a period (Menchero 2000).
 * - `grap`: portfolio before, benchmark after (GRAP 1997).
 * - `frongello`: each period's effect grows with the portfolio, and the benchmark's return on what was earned before is its own (Frongello 2002).
 * - `davies-laker`: of the totals only, by compounding the notional funds (Davies and Laker 2001).
 * - `geometric`: effects compound; for the geometric form.
 */
export const LINKINGS = ['carino', 'menchero', 'grap', 'frongello', 'davies-laker', 'geometric'] as const
export type Linking = (typeof LINKINGS)[number]

export interface LinkedAttribution {
  /** Effects of each period as they are in it. */
  readonly periods: readonly Effects[]
  /** The same as they count in the whole; sums are `total`. Empty where only totals are linked. */
  readonly adjusted: readonly Effects[]
  /** By segment over the whole; empty where only totals are linked. */
  readonly total: Effects
  /** Over the whole, all segments. */
  readonly effects: { readonly allocation: number; readonly selection: number; readonly interaction: number }
  readonly portfolio: number
  readonly benchmark: number
  /** rp - rb; (1 + rp)/(1 + rb) - 1 for the geometric form. */
  readonly excess: number
}

/** @throws NotDefined as brinson does, and `undefined` where a linking divides by nothing. */
export function attribution(
  periods: readonly SegmentPeriod[],
  options: BrinsonOptions & { readonly linking: Linking },
): LinkedAttribution {
  atLeast(periods.length, 1, 'periods')
  const effects = periods.map((period) => brinson(period, options))
  const returns = periods.map(returnsOf)
  const portfolio = compounded(returns.map((one) => one.portfolio))
  const benchmark = compounded(returns.map((one) => one.benchmark))
  const { form, linking } = options
  if ((form === 'geometric') !== (linking === 'geometric'))
    throw new NotDefined('undefined', 'geometric linking for the geometric form, and no other')
  const whole = { periods: effects, portfolio, benchmark }
  if (linking === 'geometric')
    return {
      ...whole,
      adjusted: [],
      total: NOTHING,
      effects: ofEach((name) => compounded(effects.map((one) => sum(one[name])))),
      excess: quotient(1 + portfolio, 1 + benchmark, 'a benchmark that did not lose everything') - 1,
    }
  const excess = portfolio - benchmark
  if (linking === 'davies-laker')
    return { ...whole, adjusted: [], total: NOTHING, effects: notionalFunds(periods, portfolio, benchmark), excess }
  const adjusted =
    linking === 'frongello'
      ? frongello(effects, returns)
      : scaled(effects, factorsOf(linking, returns, portfolio, benchmark))
  const total = ofEach((name) => columnSums(adjusted.map((one) => one[name])))
  return { ...whole, adjusted, total, effects: ofEach((name) => sum(total[name])), excess }
}

interface PeriodReturn {
  readonly portfolio: number
  readonly benchmark: number
}

const NOTHING: Effects = { allocation: [], selection: [], interaction: [] }

function factorsOf(
  linking: 'carino' | 'menchero' | 'grap',
  returns: readonly PeriodReturn[],
  portfolio: number,
  benchmark: number,
): number[] {
  switch (linking) {
    case 'carino': {
      const whole = logarithmic(portfolio, benchmark)
      return returns.map((one) => quotient(logarithmic(one.portfolio, one.benchmark), whole, 'returns above -1'))
    }
    case 'menchero':
      return menchero(returns, portfolio, benchmark)
    case 'grap':
      return returns.map(
        (_, t) =>
          (1 + compounded(returns.slice(0, t).map((one) => one.portfolio))) *
          (1 + compounded(returns.slice(t + 1).map((one) => one.benchmark))),
      )
  }
}

/** (ln(1+p) - ln(1+b)) / (p - b), and its limit 1/(1+p). */
function logarithmic(p: number, b: number): number {
  if (!(p > -1 && b > -1)) throw new NotDefined('undefined', 'returns above -1')
  return p === b ? 1 / (1 + p) : (Math.log1p(p) - Math.log1p(b)) / (p - b)
}

function menchero(returns: readonly PeriodReturn[], portfolio: number, benchmark: number): number[] {
  if (!(portfolio > -1 && benchmark > -1)) throw new NotDefined('undefined', 'returns above -1')
  const n = returns.length
  const root = (1 + portfolio) ** (1 / n) - (1 + benchmark) ** (1 / n)
  const scale = portfolio === benchmark ? (1 + portfolio) ** ((n - 1) / n) : (portfolio - benchmark) / n / root
  const active = returns.map((one) => one.portfolio - one.benchmark)
  const squares = sum(active.map((a) => a * a))
  const left = portfolio - benchmark - scale * sum(active)
  return active.map((a) => scale + (squares === 0 ? 0 : (left * a) / squares))
}

function frongello(effects: readonly Effects[], returns: readonly PeriodReturn[]): Effects[] {
  const before = ofEach((name) => (effects[0]?.[name] ?? []).map(() => 0))
  let grown = 1
  let earned = before
  return effects.map((one, t) => {
    const { portfolio = 0, benchmark = 0 } = returns[t] ?? {}
    const now = ofEach((name) => one[name].map((effect, i) => effect * grown + benchmark * (earned[name][i] ?? 0)))
    earned = ofEach((name) => columnSums([earned[name], now[name]]))
    grown *= 1 + portfolio
    return now
  })
}

/** Portfolio weights with benchmark returns, benchmark weights with portfolio returns, both compounded. */
function notionalFunds(periods: readonly SegmentPeriod[], portfolio: number, benchmark: number) {
  const allocated = compounded(periods.map((one) => weighted(one.weightsPortfolio, one.returnsBenchmark)))
  const selected = compounded(periods.map((one) => weighted(one.weightsBenchmark, one.returnsPortfolio)))
  return {
    allocation: allocated - benchmark,
    selection: selected - benchmark,
    interaction: portfolio - selected - allocated + benchmark,
  }
}

function scaled(effects: readonly Effects[], factors: readonly number[]): Effects[] {
  return effects.map((one, t) => ofEach((name) => one[name].map((effect) => effect * (factors[t] ?? 1))))
}

function ofEach<T>(make: (name: (typeof EFFECTS)[number]) => T) {
  return { allocation: make('allocation'), selection: make('selection'), interaction: make('interaction') }
}

function columnSums(rows: readonly (readonly number[])[]): number[] {
  return (rows[0] ?? []).map((_, i) => sum(rows.map((row) => row[i] ?? 0)))
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

function compounded(returns: readonly number[]): number {
  return returns.reduce((value, r) => value * (1 + r), 1) - 1
}
