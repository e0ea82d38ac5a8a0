// How a realised gain is parted into price and FX (BOOK.md section 3). Gains and costs are signed: a short lot's are negative.
import { type Int, mulDivHalfEven, negInt, subInt } from '../kernel/scaled.ts'
import { isUnknown, minus, opposite, plus } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import { NO_ACQUIRED } from './lines.ts'
import type { InForce } from './policies.ts'
import { convert, convertBack, type Rate } from './rates.ts'

/** Where gains on one instrument are posted, in the currency of what was received or paid for it. */
export interface GainPlace {
  readonly sleeve: string
  readonly currency: number
  readonly foreign: boolean
  /** 4100, 4110 and 9000. */
  readonly gain: DimensionId
  readonly fxGain: DimensionId
  readonly conversion: DimensionId
}

/** A lot relieved: amounts are signed as debits of what is held, so a short lot's are negative. */
export interface Relieved {
  lot: number
  currency: number
  cost: Int
  baseCost: Int
  /** Stated on the gain where nothing else of the entry may say it: when the lot gives up neither units nor cost. */
  acquired?: number
}

/** What realising a gain leaves for the money line to take, and whether something of it is unknown. */
export interface Realised {
  base: Int
  pending: boolean
}

/**
 * Posts the gain of one relieved lot: 4100, and 4110 for a foreign lot of the same currency; a lot in another currency crosses 9000
 * at the closing rate instead. `proceeds` are negative where something was paid. Adds to `left` the base of proceeds and gains.
 */
export function realise(
  desk: Desk,
  place: GainPlace,
  inForce: InForce,
  rate: Rate,
  relieved: Relieved,
  proceeds: Int,
  rule: number,
  flags: number,
  left: Realised,
): void {
  const { lines } = desk
  const { lot, currency, cost, baseCost, acquired = NO_ACQUIRED } = relieved
  const allIn = inForce.policy.gainConvention === 'all-in-price'
  const sameCurrency = currency === place.currency
  let costHere = cost
  if (isUnknown(baseCost)) left.pending = true
  if (!sameCurrency) {
    // Without a rate the cost cannot cross; no gain is claimed until it can, and the entry is pending.
    if (!rate.known) {
      left.pending = true
      lines.wait()
    }
    costHere = rate.known && !isUnknown(baseCost) ? convertBack(rate, baseCost) : proceeds
    const from = desk.sleeveLine(9000, desk.currencies.text(currency), place.sleeve)
    lines.merge(from, 0, cost, baseCost, rule, flags)
    lines.merge(place.conversion, 0, negInt(costHere), opposite(baseCost), rule, flags)
  }
  const gain = subInt(proceeds, costHere)
  const priceGain = sameCurrency ? gainPrice(inForce, rate, gain, cost, baseCost) : convert(rate, gain)
  if (gain !== 0 || (allIn && sameCurrency && priceGain !== 0))
    lines.add(place.gain, lot, acquired, 0, negInt(gain), opposite(priceGain), rule, flags)
  if (isUnknown(priceGain)) left.pending = true
  left.base = plus(left.base, plus(baseCost, priceGain))
  if (!sameCurrency || !place.foreign || allIn) return
  const fxGain = gainFx(inForce, rate, gain, cost, baseCost, priceGain)
  if (fxGain !== 0) lines.add(place.fxGain, lot, acquired, 0, 0, opposite(fxGain), rule, flags)
  if (isUnknown(fxGain)) left.pending = true
  left.base = plus(left.base, fxGain)
}

/**
 * The price part of a gain, in functional minor units. `closing-rate`: the gain at the closing rate. `opening-rate`: the gain at the
 * rate the lot was booked at. `all-in-price`: all of it.
 */
function gainPrice({ policy }: InForce, rate: Rate, gain: Int, cost: Int, baseCost: Int): Int {
  const atClosing = convert(rate, gain)
  if (policy.gainConvention === 'closing-rate' || isUnknown(atClosing) || isUnknown(baseCost)) return atClosing
  if (policy.gainConvention === 'all-in-price') return plus(atClosing, minus(convert(rate, cost), baseCost))
  return cost === 0 ? atClosing : mulDivHalfEven(gain, absolute(baseCost), absolute(cost))
}

/**
 * The FX part: cost at the closing rate - base cost, and where the price part is not struck at the closing rate, what that leaves
 * of the whole gain.
 */
function gainFx({ policy }: InForce, rate: Rate, gain: Int, cost: Int, baseCost: Int, priceGain: Int): Int {
  const onCost = minus(convert(rate, cost), baseCost)
  return policy.gainConvention === 'closing-rate' ? onCost : minus(plus(convert(rate, gain), onCost), priceGain)
}

function absolute(amount: Int): Int {
  return amount < 0 ? -amount : amount
}
