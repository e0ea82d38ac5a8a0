// American options on an asset with a continuous yield: the approximations in use, NaN for calls at a rate below zero (lattice.ts has those).
import { normalCumulative, normalDensity } from '../normal.ts'
import { rootBetween } from '../root.ts'
import { blackScholes, type Market, type OptionType, signOf } from './black-scholes.ts'

/** Whether waiting never costs anything: a call that yields nothing meanwhile, a put that would earn nothing. */
function neverEarly(type: OptionType, { rate, dividendYield }: Market): boolean {
  return type === 'call' ? dividendYield <= 0 && rate >= 0 : rate <= 0
}

/** A call whose strike is worth more paid early because money costs: the approximations are not made for it. */
const beyond = (type: OptionType, { rate }: Market): boolean => type === 'call' && rate < 0

/** What the quadratic approximations share: h, the exponent, and the spot beyond which one exercises at once. */
interface Critical {
  readonly h: number
  readonly alpha: number
  readonly beta: number
  /** Exponent of spot / critical spot in the early-exercise premium. */
  readonly lambda: number
  readonly spot: number
  /** Of the European option there: its value, and its delta. */
  readonly european: number
  readonly delta: number
}

function critical(type: OptionType, strike: number, market: Market): Critical | undefined {
  const { rate, dividendYield, time, volatility } = market
  const sign = signOf(type)
  const variance = volatility * volatility * time
  const h = -Math.expm1(-rate * time)
  const alpha = (2 * rate * time) / variance
  const beta = (2 * (rate - dividendYield) * time) / variance
  // alpha / h tends to 2 / variance as the rate vanishes.
  const ratio = Math.abs(h) < 1e-14 ? 2 / variance : alpha / h
  const lambda = (1 - beta + sign * Math.sqrt((beta - 1) ** 2 + 4 * ratio)) / 2
  const deltaAt = (spot: number) => {
    const d1 = (Math.log(spot / strike) + (rate - dividendYield) * time) / Math.sqrt(variance) + Math.sqrt(variance) / 2
    return sign * Math.exp(-dividendYield * time) * normalCumulative(sign * d1)
  }
  // Value matching and smooth pasting: sign (S - K) = V(S) + (sign - delta(S)) S / lambda.
  const gap = (spot: number) => {
    const european = blackScholes(type, strike, { ...market, spot })
    return sign * (spot - strike) - european - ((sign - deltaAt(spot)) * spot) / lambda
  }
  let far = strike
  for (let i = 0; i < 200 && gap(far) < 0; i++) far *= sign === 1 ? 1.3 : 0.8
  const spot = rootBetween(gap, strike, far)
  if (spot === undefined) return undefined
  const european = blackScholes(type, strike, { ...market, spot })
  return { h, alpha, beta, lambda, spot, european, delta: deltaAt(spot) }
}

/**
 * European value and a premium that grows as a power of the spot (G. Barone-Adesi and R. Whaley, Efficient analytic approximation
 * of American option values, Journal of Finance 42, 1987).
 */
export function baroneAdesiWhaley(type: OptionType, strike: number, market: Market): number {
  if (beyond(type, market)) return Number.NaN
  const european = blackScholes(type, strike, market)
  const edge = neverEarly(type, market) ? undefined : critical(type, strike, market)
  if (edge === undefined) return european
  const sign = signOf(type)
  const intrinsic = sign * (market.spot - strike)
  if (sign * (market.spot - edge.spot) >= 0) return intrinsic
  const premium = ((sign - edge.delta) * edge.spot) / edge.lambda
  // Just short of the edge the approximation can fall a hair below what exercise brings.
  return Math.max(intrinsic, european + premium * (market.spot / edge.spot) ** edge.lambda)
}

/**
 * The quadratic approximation with its neglected derivative put back (N. Ju and R. Zhong, An approximate formula for pricing
 * American options, Journal of Derivatives, winter 1999).
 */
export function juZhong(type: OptionType, strike: number, market: Market): number {
  if (beyond(type, market)) return Number.NaN
  const european = blackScholes(type, strike, market)
  const edge = neverEarly(type, market) ? undefined : critical(type, strike, market)
  if (edge === undefined) return european
  const sign = signOf(type)
  const { rate, dividendYield, time, volatility } = market
  if (sign * (market.spot - edge.spot) >= 0) return sign * (market.spot - strike)
  const { h, alpha, beta, lambda } = edge
  const deviation = volatility * Math.sqrt(time)
  const premium = sign * (edge.spot - strike) - edge.european
  const forward = edge.spot * Math.exp((rate - dividendYield) * time)
  const d1 = Math.log(forward / strike) / deviation + deviation / 2
  // The European value's derivative by h: by time, over r (1 - h).
  const byH =
    (forward * normalDensity(d1) * volatility) / (2 * rate * Math.sqrt(time)) +
    sign *
      (strike * normalCumulative(sign * (d1 - deviation)) -
        (dividendYield / rate) * forward * normalCumulative(sign * d1))
  const root = Math.sqrt((beta - 1) ** 2 + (4 * alpha) / h)
  const lambdaByH = (-sign * alpha) / (h * h * root)
  const slope = 2 * lambda + beta - 1
  const b = ((1 - h) * alpha * lambdaByH) / (2 * slope)
  const c = (-(1 - h) * alpha * (byH / premium + 1 / h + lambdaByH / slope)) / slope
  const distance = Math.log(market.spot / edge.spot)
  const chi = distance * (b * distance + c)
  return european + (premium * (market.spot / edge.spot) ** lambda) / (1 - chi)
}

/**
 * A flat exercise boundary, a lower bound (P. Bjerksund and G. Stensland, Closed-form approximation of American options,
 * Scandinavian Journal of Management 9, 1993); never below the European value or what
 * exercise brings.
 */
export function bjerksundStensland(type: OptionType, strike: number, market: Market): number {
  if (beyond(type, market)) return Number.NaN
  const european = blackScholes(type, strike, market)
  if (neverEarly(type, market)) return european
  const least = Math.max(european, signOf(type) * (market.spot - strike))
  if (type === 'call') return Math.max(least, flatBoundaryCall(strike, market))
  // A put is the call with spot and strike, and the two rates, changed for each other.
  const { spot, rate, dividendYield } = market
  const mirrored = { ...market, spot: strike, rate: dividendYield, dividendYield: rate }
  return Math.max(least, flatBoundaryCall(spot, mirrored))
}

function flatBoundaryCall(strike: number, market: Market): number {
  const { spot, rate, dividendYield, time, volatility } = market
  const carry = rate - dividendYield
  const square = volatility * volatility
  const beta = 0.5 - carry / square + Math.sqrt((carry / square - 0.5) ** 2 + (2 * rate) / square)
  const forever = (beta / (beta - 1)) * strike
  const atOnce = dividendYield === 0 ? strike : Math.max(strike, (rate / dividendYield) * strike)
  const decay = -((carry * time + 2 * volatility * Math.sqrt(time)) * atOnce) / (forever - atOnce)
  const boundary = atOnce + (forever - atOnce) * -Math.expm1(decay)
  if (spot >= boundary) return spot - strike
  const deviation = volatility * Math.sqrt(time)
  // e^(lambda) (spot / boundary)^gamma (N(d) - (boundary / spot)^kappa N(d')), in units of boundary^gamma.
  const phi = (gamma: number, level: number) => {
    const exponent = (-rate + gamma * carry + 0.5 * gamma * (gamma - 1) * square) * time
    const kappa = (2 * carry) / square + 2 * gamma - 1
    const drift = (carry + (gamma - 0.5) * square) * time
    const d = -(Math.log(spot / level) + drift) / deviation
    const reflected = d - (2 * Math.log(boundary / spot)) / deviation
    const mirror = normalCumulative(reflected)
    const images = mirror === 0 ? 0 : Math.exp(kappa * Math.log(boundary / spot) + Math.log(mirror))
    return Math.exp(exponent + gamma * Math.log(spot / boundary)) * (normalCumulative(d) - images)
  }
  const gain = boundary - strike
  return (
    gain * (spot / boundary) ** beta -
    gain * phi(beta, boundary) +
    boundary * (phi(1, boundary) - phi(1, strike)) -
    strike * (phi(0, boundary) - phi(0, strike))
  )
}
