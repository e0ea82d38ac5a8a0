// Binomial lattices (Cox, Ross and Rubinstein 1979) for options exercised early, with or without a barrier.
import { type Market, type OptionType, signOf } from './black-scholes.ts'

export interface Barrier {
  readonly direction: 'down' | 'up'
  readonly knock: 'in' | 'out'
  readonly level: number
  /** Paid when it is knocked out, or at expiry when it was never knocked in. */
  readonly rebate: number
}

/** Whether the barrier has been reached at a spot. */
export function reached({ direction, level }: Pick<Barrier, 'direction' | 'level'>, spot: number): boolean {
  return direction === 'down' ? spot <= level : spot >= level
}

interface Steps {
  readonly count: number
  readonly up: number
  readonly probability: number
  readonly discount: number
}

function stepsOf({ rate, dividendYield, time, volatility }: Market, count: number): Steps {
  const each = time / count
  const up = Math.exp(volatility * Math.sqrt(each))
  const growth = Math.exp((rate - dividendYield) * each)
  return { count, up, probability: (growth - 1 / up) / (up - 1 / up), discount: Math.exp(-rate * each) }
}

/** Spots by level: node j of a step, which has gone up j times, is at level 2 j - step, stored from -count on. */
function spotsOf(spot: number, up: number, count: number): Float64Array {
  return Float64Array.from({ length: 2 * count + 1 }, (_, level) => spot * up ** (level - count))
}

/** An option's value by a lattice of `count` steps. */
export function lattice(
  type: OptionType,
  exercise: 'european' | 'american',
  strike: number,
  market: Market,
  count: number,
): number {
  const sign = signOf(type)
  const { up, probability, discount } = stepsOf(market, count)
  const spots = spotsOf(market.spot, up, count)
  const value = new Float64Array(count + 1)
  for (let j = 0; j <= count; j++) value[j] = Math.max(0, sign * ((spots[2 * j] ?? 0) - strike))
  for (let step = count - 1; step >= 0; step--)
    for (let j = 0; j <= step; j++) {
      const held = discount * (probability * (value[j + 1] ?? 0) + (1 - probability) * (value[j] ?? 0))
      const now = exercise === 'american' ? sign * ((spots[2 * j - step + count] ?? 0) - strike) : 0
      value[j] = Math.max(held, now)
    }
  return value[0] ?? Number.NaN
}

/**
 * The number of steps, at least `wanted`, with which a layer of nodes lies just beyond the barrier (P. Boyle and S. H. Lau, Bumping
 * up against the barrier with the binomial method, Journal of Derivatives, 1994): n(i) = i^2 sigma^2 T / ln(S/H)^2, cut.
 */
export function stepsForBarrier({ spot, time, volatility }: Market, level: number, wanted: number): number {
  const layer = (volatility * volatility * time) / Math.log(spot / level) ** 2
  if (!Number.isFinite(layer)) return wanted
  const i = Math.ceil(Math.sqrt(wanted / layer))
  return Math.max(wanted, Math.floor(i * i * layer))
}

/** A barrier option's value, exercised early or not, by a lattice of at least `wanted` steps fitted to the barrier. */
export function barrierLattice(
  type: OptionType,
  exercise: 'european' | 'american',
  strike: number,
  barrier: Barrier,
  market: Market,
  wanted: number,
): number {
  const { spot } = market
  const { knock, rebate } = barrier
  if (reached(barrier, spot)) return knock === 'out' ? rebate : lattice(type, exercise, strike, market, wanted)
  const sign = signOf(type)
  const count = stepsForBarrier(market, barrier.level, wanted)
  const { up, probability, discount } = stepsOf(market, count)
  const spots = spotsOf(spot, up, count)
  // Without the barrier, for what becomes of a knock-in; and the option itself.
  const plain = new Float64Array(count + 1)
  const value = new Float64Array(count + 1)
  for (let j = 0; j <= count; j++) {
    const at = spots[2 * j] ?? 0
    plain[j] = Math.max(0, sign * (at - strike))
    const hit = reached(barrier, at)
    value[j] = knock === 'out' ? (hit ? rebate : (plain[j] ?? 0)) : hit ? (plain[j] ?? 0) : rebate
  }
  for (let step = count - 1; step >= 0; step--)
    for (let j = 0; j <= step; j++) {
      const at = spots[2 * j - step + count] ?? 0
      const now = exercise === 'american' ? sign * (at - strike) : Number.NEGATIVE_INFINITY
      const ahead = (of: Float64Array) => discount * (probability * (of[j + 1] ?? 0) + (1 - probability) * (of[j] ?? 0))
      plain[j] = Math.max(ahead(plain), now)
      if (reached(barrier, at)) value[j] = knock === 'out' ? rebate : (plain[j] ?? 0)
      else value[j] = knock === 'out' ? Math.max(ahead(value), now) : ahead(value)
    }
  return value[0] ?? Number.NaN
}
