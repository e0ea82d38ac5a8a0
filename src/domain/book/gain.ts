// How a realised gain is parted into price and FX (BOOK.md section 3). Gains and costs are signed: a short lot's are negative.
import { type Int, mulDivHalfEven } from '../kernel/scaled.ts'
import { isUnknown, minus, plus, UNKNOWN } from './amounts.ts'
import type { InForce } from './policies.ts'
import { convert, type Rate } from './rates.ts'

/**
 * The price part of a gain, in functional minor units. `closing-rate`: the gain at the closing rate. `opening-rate`: the gain at the
 * rate the lot was booked at. `all-in-price`: all of it.
 */
export function gainPrice({ policy }: InForce, rate: Rate, gain: Int, cost: Int, baseCost: Int): Int {
  const atClosing = convert(rate, gain)
  if (policy.gainConvention === 'closing-rate' || isUnknown(atClosing) || isUnknown(baseCost)) return atClosing
  if (policy.gainConvention === 'all-in-price') return plus(atClosing, minus(convert(rate, cost), baseCost))
  return cost === 0 ? atClosing : mulDivHalfEven(gain, absolute(baseCost), absolute(cost))
}

/** What is left of the whole gain for FX: price gain at the closing rate + (cost at the closing rate - base cost) - price part. */
export function gainFx(rate: Rate, gain: Int, cost: Int, baseCost: Int, priceGain: Int): Int {
  if (isUnknown(priceGain) || isUnknown(baseCost)) return UNKNOWN
  return minus(plus(convert(rate, gain), minus(convert(rate, cost), baseCost)), priceGain)
}

function absolute(amount: Int): Int {
  return amount < 0 ? -amount : amount
}
