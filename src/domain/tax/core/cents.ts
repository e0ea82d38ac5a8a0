// Sharing an amount over parts by units: each part rounded on the running total, so that the parts add up to the whole exactly.
import { type Decimal, divide, ZERO } from '../../kernel/decimal.ts'

/** Gives the parts of one amount in turn. Amounts that are unknown have unknown parts. */
export class Sharer {
  readonly #amount: Decimal | null
  readonly #units: Decimal
  readonly #places: number
  #reached: Decimal = ZERO
  #given: Decimal = ZERO

  /** `places`: decimals of the currency; ties go to the even digit. */
  constructor(amount: Decimal | null, units: Decimal, places: number) {
    this.#amount = amount
    this.#units = units
    this.#places = places
  }

  /** The part of the next `units`: round(amount x units so far / all units) less what went before. */
  next(units: Decimal): Decimal | null {
    const amount = this.#amount
    if (amount === null) return null
    // Nearly every amount has one part, or is nothing: both need no arithmetic.
    if (amount.isZero() || (this.#reached === ZERO && units.equals(this.#units))) {
      this.#reached = this.#units
      this.#given = amount
      return amount
    }
    this.#reached = this.#reached.plus(units)
    const upTo = this.#reached.greaterThanOrEqualTo(this.#units)
      ? amount
      : divide(amount.times(this.#reached), this.#units, this.#places, 'half-even')
    const part = upTo.minus(this.#given)
    this.#given = upTo
    return part
  }
}

/** round(amount x part / whole), ties to the even digit; the amount itself when the part is the whole. */
export function partOf(amount: Decimal, part: Decimal, whole: Decimal, places: number): Decimal {
  return amount.isZero() || part.equals(whole) ? amount : divide(amount.times(part), whole, places, 'half-even')
}

export function sum(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : a.plus(b)
}

export function difference(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : a.minus(b)
}

export function least(a: Decimal, b: Decimal): Decimal {
  return a.lessThan(b) ? a : b
}
