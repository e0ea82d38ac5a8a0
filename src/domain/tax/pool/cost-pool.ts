// A pool of identical securities with one total cost: what every averaging regime keeps instead of lots.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { type Amount, isNothing, minus, plus, shareOf } from './amount.ts'
import type { SplitEvent } from './pool-event.ts'

/** Units and their total cost; an empty pool costs nothing, whatever was unknown before. */
export class CostPool {
  #units: Decimal = ZERO
  #cost: Amount = ZERO

  get units(): Decimal {
    return this.#units
  }

  get cost(): Amount {
    return this.#cost
  }

  add(units: Decimal, cost: Amount): void {
    this.#units = this.#units.plus(units)
    this.#cost = plus(this.#cost, cost)
  }

  /** Takes units out at the average; answers what they cost. Taking all (but dust) takes the whole cost. */
  take(units: Decimal): Amount {
    const rest = this.#units.minus(units)
    if (isNothing(rest)) {
      const all = this.#cost
      this.#units = ZERO
      this.#cost = ZERO
      return all
    }
    const cost = shareOf(this.#cost, units, this.#units)
    this.#units = rest
    this.#cost = minus(this.#cost, cost)
    return cost
  }

  /** What units would cost at the average, taking nothing. */
  costOf(units: Decimal): Amount {
    return shareOf(this.#cost, units, this.#units)
  }

  /** Other units for the same cost: a split or consolidation. */
  restate(units: Decimal): void {
    this.#units = isNothing(units) ? ZERO : units
  }

  /** Raises the cost, or lowers it (below zero amount) to nothing at most; answers what was too much, zero or more. */
  adjust(amount: Amount): Amount {
    const cost = plus(this.#cost, amount)
    if (cost === null || !cost.lessThan(ZERO)) {
      this.#cost = cost
      return ZERO
    }
    this.#cost = ZERO
    return cost.negated()
  }
}

/**
 * Units of a pool after a split: what is held as the book left it after its fractions, and what the pool has besides (sold and
 * awaited, or sold short elsewhere) scaled exactly.
 */
export function splitUnits(units: Decimal, { numerator, denominator, before, after }: SplitEvent): Decimal {
  return after.plus(shareOf(units.minus(before), numerator, denominator) ?? ZERO)
}
