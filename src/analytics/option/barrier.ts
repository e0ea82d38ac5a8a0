// European options that live or die at a barrier (M. Rubinstein and E. Reiner, Breaking down the barriers, Risk 4, 1991).
import { normalCumulative } from '../normal.ts'
import { blackScholes, type Market, type OptionType, signOf } from './black-scholes.ts'
import { type Barrier, reached } from './lattice.ts'

/**
 * The value in closed form, watched continuously. A knock-out pays its rebate when it is hit, a knock-in at expiry when it never
 * was. The terms are those of E. G. Haug, The complete guide to option pricing formulas, 1998.
 */
export function barrierOption(type: OptionType, strike: number, barrier: Barrier, market: Market): number {
  const { spot, rate, dividendYield, time, volatility } = market
  const { direction, knock, level, rebate } = barrier
  if (reached(barrier, spot)) return knock === 'out' ? rebate : blackScholes(type, strike, market)
  const phi = signOf(type)
  const eta = direction === 'down' ? 1 : -1
  const square = volatility * volatility
  const deviation = volatility * Math.sqrt(time)
  const mu = (rate - dividendYield) / square - 0.5
  const lambda = Math.sqrt(mu * mu + (2 * rate) / square)
  const shift = (1 + mu) * deviation
  const N = normalCumulative
  const asset = spot * Math.exp(-dividendYield * time)
  const cash = strike * Math.exp(-rate * time)
  const ratio = level / spot

  const plain = (x: number) => phi * asset * N(phi * x) - phi * cash * N(phi * (x - deviation))
  const image = (y: number) =>
    phi * asset * ratio ** (2 * (mu + 1)) * N(eta * y) - phi * cash * ratio ** (2 * mu) * N(eta * (y - deviation))
  const x2 = Math.log(spot / level) / deviation + shift
  const y2 = Math.log(level / spot) / deviation + shift
  const z = Math.log(level / spot) / deviation + lambda * deviation
  const a = plain(Math.log(spot / strike) / deviation + shift)
  const b = plain(x2)
  const c = image(Math.log((level * level) / (spot * strike)) / deviation + shift)
  const d = image(y2)
  const neverIn =
    rebate * Math.exp(-rate * time) * (N(eta * (x2 - deviation)) - ratio ** (2 * mu) * N(eta * (y2 - deviation)))
  const whenOut =
    rebate * (ratio ** (mu + lambda) * N(eta * z) + ratio ** (mu - lambda) * N(eta * (z - 2 * lambda * deviation)))

  // Which terms make the knock-in, by whether the barrier lies on the side where the option pays.
  const above = strike > level
  const knockedIn =
    (type === 'call') === (direction === 'down')
      ? above === (type === 'call')
        ? c
        : a - b + d
      : above === (type === 'call')
        ? a
        : b - c + d
  return knock === 'in' ? knockedIn + neverIn : a - knockedIn + whenOut
}
