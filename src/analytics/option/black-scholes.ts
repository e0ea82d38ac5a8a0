// European options on an asset with a continuous yield (Black-Scholes-Merton) and on a forward (Black 1976), with their greeks.
import { normalCumulative, normalDensity } from '../normal.ts'

export type OptionType = 'call' | 'put'

/** An option on an asset: rates continuous and a year, time in years, volatility a year. */
export interface Market {
  readonly spot: number
  readonly rate: number
  readonly dividendYield: number
  readonly time: number
  readonly volatility: number
}

/** 1 for a call, -1 for a put. */
export const signOf = (type: OptionType): 1 | -1 => (type === 'call' ? 1 : -1)

/**
 * Black's formula: discount x sign x (F N(sign d1) - K N(sign d2)), d1 = ln(F/K)/s + s/2, d2 = d1 - s, where s is the volatility
 * times the root of time (F. Black, The pricing of commodity contracts, 1976).
 */
export function black76(
  type: OptionType,
  forward: number,
  strike: number,
  deviation: number,
  discount: number,
): number {
  const sign = signOf(type)
  if (deviation === 0 || strike === 0) return discount * Math.max(0, sign * (forward - strike))
  const d1 = Math.log(forward / strike) / deviation + deviation / 2
  return discount * sign * (forward * normalCumulative(sign * d1) - strike * normalCumulative(sign * (d1 - deviation)))
}

/** The value of a European option (F. Black and M. Scholes, 1973; R. Merton, 1973). */
export function blackScholes(type: OptionType, strike: number, market: Market): number {
  const { spot, rate, dividendYield, time, volatility } = market
  const forward = spot * Math.exp((rate - dividendYield) * time)
  return black76(type, forward, strike, volatility * Math.sqrt(time), Math.exp(-rate * time))
}

export interface Greeks {
  readonly price: number
  readonly delta: number
  readonly gamma: number
  /** For a volatility higher by 1.00. */
  readonly vega: number
  /** For a year less of life; below zero as a rule. */
  readonly theta: number
  /** theta / 365. */
  readonly thetaPerDay: number
  /** For a rate higher by 1.00. */
  readonly rho: number
  /** For a dividend yield higher by 1.00. */
  readonly dividendRho: number
  /** delta x spot / price: the change in per cent for one per cent of the spot. */
  readonly elasticity: number
}

/** Value and greeks of a European option; time and volatility above zero. */
export function blackScholesGreeks(type: OptionType, strike: number, market: Market): Greeks {
  const { spot, rate, dividendYield, time, volatility } = market
  const sign = signOf(type)
  const deviation = volatility * Math.sqrt(time)
  const discount = Math.exp(-rate * time)
  const carried = Math.exp(-dividendYield * time)
  const d1 = (Math.log(spot / strike) + (rate - dividendYield) * time) / deviation + deviation / 2
  const d2 = d1 - deviation
  const price = blackScholes(type, strike, market)
  const inAsset = spot * carried * normalCumulative(sign * d1)
  const inCash = strike * discount * normalCumulative(sign * d2)
  const density = spot * carried * normalDensity(d1)
  const delta = sign * carried * normalCumulative(sign * d1)
  const theta = (-density * volatility) / (2 * Math.sqrt(time)) + sign * (dividendYield * inAsset - rate * inCash)
  return {
    price,
    delta,
    gamma: density / (spot * spot * deviation),
    vega: density * Math.sqrt(time),
    theta,
    thetaPerDay: theta / 365,
    rho: sign * time * inCash,
    dividendRho: -sign * time * inAsset,
    elasticity: (delta * spot) / price,
  }
}
