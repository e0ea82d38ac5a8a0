// Amounts of the tax pools: exact to 24 places, unknown when anything in them is unknown, and shared without losing a digit.
import { type Decimal, decimal, divide, ZERO } from '../../kernel/decimal.ts'

/** An amount in the regime's currency; null while it is not known (a rate or a basis is missing). */
export type Amount = Decimal | null

/** Places to which a pool divides; no figure is rounded further until a disposal is reported. */
export const POOL_PLACES = 24

/** The finest unit a quantity can have: what is below it after a division is no holding. */
const DUST = decimal('0.000000000000000001')

/** a + b; unknown when either is. */
export function plus(a: Amount, b: Amount): Amount {
  return a === null || b === null ? null : a.plus(b)
}

/** a - b; unknown when either is. */
export function minus(a: Amount, b: Amount): Amount {
  return a === null || b === null ? null : a.minus(b)
}

/** amount x part / whole to 24 places, half to even; all of it when part is the whole. */
export function shareOf(amount: Amount, part: Decimal, whole: Decimal): Amount {
  if (amount === null || part.equals(whole)) return amount
  if (whole.isZero()) return ZERO
  return divide(amount.times(part), whole, POOL_PLACES, 'half-even')
}

/** Whether what is left of a number of units is nothing: zero, or dust that a division left. */
export function isNothing(units: Decimal): boolean {
  return units.abs().lessThan(DUST)
}

/** The smaller one. */
export function least(a: Decimal, b: Decimal): Decimal {
  return b.lessThan(a) ? b : a
}
