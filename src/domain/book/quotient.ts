// Exact quotients of whole numbers, for entitlements: how many whole units come out, and what fraction is left.
import { type Int, mulDivHalfEven, pow10, toInt } from '../kernel/scaled.ts'
import { type Fraction, fractionOf } from './amounts.ts'

/** numerator / denominator, both whole, the denominator above zero. */
export interface Quotient {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** units (at `from` places) x ratio, in units of 10^-to. */
export function entitlement(
  units: Int,
  ratio: { readonly numerator: string; readonly denominator: string },
  from: number,
  to: number,
): Quotient {
  const up = fractionOf(ratio.numerator)
  const down = fractionOf(ratio.denominator)
  return {
    numerator: BigInt(units) * BigInt(up.numerator) * BigInt(down.denominator) * BigInt(pow10(to)),
    denominator: BigInt(up.denominator) * BigInt(down.numerator) * BigInt(pow10(from)),
  }
}

/** The quotient as a whole number of `step`: cut, or rounded away from zero, or to the nearest with ties away from zero. */
export function whole({ numerator, denominator }: Quotient, step: Int, rounding: 'down' | 'up' | 'half-up'): Int {
  const unit = BigInt(step) * denominator
  const cut = numerator / unit
  const rest = numerator - cut * unit
  const more = rounding === 'up' ? rest > 0n : rounding === 'half-up' && rest * 2n >= unit
  return toInt((more ? cut + 1n : cut) * BigInt(step))
}

/** What the whole number leaves of the quotient; below zero where it was rounded up. */
export function rest({ numerator, denominator }: Quotient, taken: Int): Quotient {
  return { numerator: numerator - BigInt(taken) * denominator, denominator }
}

/** round-half-even(amount x part / all): two quotients over one denominator. */
export function partOf(amount: Int, part: Quotient, all: Quotient): Int {
  return mulDivHalfEven(amount, toInt(part.numerator), toInt(all.numerator))
}

/** round-half-even(quotient x price), in units of 10^-places; the quotient counts units of 10^-unitPlaces. */
export function priced({ numerator, denominator }: Quotient, price: Fraction, unitPlaces: number, places: number): Int {
  return mulDivHalfEven(
    toInt(numerator * BigInt(price.numerator)),
    pow10(places),
    toInt(denominator * BigInt(price.denominator) * BigInt(pow10(unitPlaces))),
  )
}
