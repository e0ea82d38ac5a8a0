// Options that pay all or nothing: at expiry, or when the strike is touched (M. Rubinstein and E. Reiner, Unscrambling the binary code, 1991).
import { normalCumulative } from '../normal.ts'
import { type Market, type OptionType, signOf } from './black-scholes.ts'

/** What is paid: an amount of cash, the asset, or the asset for another strike than the one that decides. */
export type Payoff =
  | { readonly kind: 'cash'; readonly cash: number }
  | { readonly kind: 'asset' }
  | { readonly kind: 'gap'; readonly strike: number }

/** Pays when the asset ends beyond the strike. */
export function digitalAtExpiry(type: OptionType, strike: number, payoff: Payoff, market: Market): number {
  const { spot, rate, dividendYield, time, volatility } = market
  const sign = signOf(type)
  const deviation = volatility * Math.sqrt(time)
  const d1 = (Math.log(spot / strike) + (rate - dividendYield) * time) / deviation + deviation / 2
  const asset = spot * Math.exp(-dividendYield * time) * normalCumulative(sign * d1)
  const one = Math.exp(-rate * time) * normalCumulative(sign * (d1 - deviation))
  if (payoff.kind === 'cash') return payoff.cash * one
  return payoff.kind === 'asset' ? asset : sign * (asset - payoff.strike * one)
}

/** When the strike is touched: pays at once, or at expiry; or pays at expiry when it never was. */
export type Touch = 'at-hit' | 'at-expiry' | 'at-expiry-if-not'

/** A call is touched from below, a put from above; at or beyond the strike it has been touched. */
export function oneTouch(
  type: OptionType,
  strike: number,
  payoff: Exclude<Payoff, { kind: 'gap' }>,
  touch: Touch,
  market: Market,
): number {
  const { spot, rate, dividendYield, time, volatility } = market
  const touched = signOf(type) * (spot - strike) >= 0
  const inCash = payoff.kind === 'cash'
  const atExpiry = inCash ? payoff.cash * Math.exp(-rate * time) : spot * Math.exp(-dividendYield * time)
  if (touched) {
    if (touch === 'at-hit') return inCash ? payoff.cash : spot
    return touch === 'at-expiry' ? atExpiry : 0
  }
  // 1 when the strike lies below, -1 when it lies above.
  const eta = type === 'put' ? 1 : -1
  const square = volatility * volatility
  const deviation = volatility * Math.sqrt(time)
  const distance = Math.log(strike / spot)
  const mu = (rate - dividendYield) / square - 0.5
  if (touch === 'at-hit') {
    const lambda = Math.sqrt(mu * mu + (2 * rate) / square)
    const z = distance / deviation + lambda * deviation
    const paid = inCash ? payoff.cash : strike
    return (
      paid *
      (power(distance, mu + lambda, eta * z) + power(distance, mu - lambda, eta * z - 2 * eta * lambda * deviation))
    )
  }
  // The asset itself drifts by a variance more than its logarithm's drift when it is what is paid.
  const drift = (inCash ? mu : mu + 1) * deviation
  const probability =
    normalCumulative(eta * (distance / deviation - drift)) +
    power(distance, 2 * (inCash ? mu : mu + 1), eta * (distance / deviation + drift))
  return atExpiry * (touch === 'at-expiry' ? probability : Math.max(0, 1 - probability))
}

/** e^(distance x exponent) N(x), zero where N(x) is, however large the power. */
function power(distance: number, exponent: number, x: number): number {
  const probability = normalCumulative(x)
  return probability === 0 ? 0 : Math.exp(distance * exponent + Math.log(probability))
}
