// How a disposal's figures are rounded when they are reported; pools are never rounded.
import { type Decimal, round, ZERO } from '../../kernel/decimal.ts'
import type { Amount } from './amount.ts'

/**
 * `pence` (cents): half away from zero, a disposal's parts adding up and its gain being what is left. `each`: cost and gain of every
 * part by themselves, so that they need not add up to the penny. `pounds`: proceeds down and cost up to whole pounds, as HMRC's worked
 * examples. `none`: as the pool has it.
 */
export type PoolRounding = 'pence' | 'each' | 'pounds' | 'none'

/** Rounds the parts of one disposal so that they add up to the rounded whole: each part is what its running total adds. */
export function roundedParts(parts: readonly Amount[], of: 'proceeds' | 'cost', rounding: PoolRounding): Amount[] {
  if (rounding === 'each' && of === 'cost')
    return parts.map((part) => (part === null ? null : rounded(part, of, rounding)))
  let sum: Amount = ZERO
  let told: Decimal = ZERO
  return parts.map((part) => {
    sum = sum === null || part === null ? null : sum.plus(part)
    if (sum === null) return null
    const next = rounded(sum, of, rounding)
    const shown = next.minus(told)
    told = next
    return shown
  })
}

export function rounded(amount: Decimal, of: 'proceeds' | 'cost', rounding: PoolRounding): Decimal {
  if (rounding === 'none') return amount
  if (rounding === 'pence' || rounding === 'each') return round(amount, 2, 'half-up')
  // What a division left far behind the point is no part of a pound.
  return round(round(amount, 12, 'half-even'), 0, of === 'cost' ? 'up' : 'down')
}
