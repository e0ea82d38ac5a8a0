// Lots of one holding under a fixed order of relief: first in first out, or all as one at the average.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { type Amount, isNothing, least, minus, plus, shareOf } from '../pool/amount.ts'
import type { Deal } from '../pool/pool-event.ts'

/** Units with their cost; `acquiredOn` is null where purchases of several days are one. */
export interface PlainLot {
  readonly acquiredOn: string | null
  readonly fact: string
  units: Decimal
  cost: Amount
}

/** A sale of units that were not there yet. */
interface ShortSale {
  readonly deal: Deal
  units: Decimal
  proceeds: Amount
}

/** Units taken out together: what they were and what they cost. */
export interface Taken {
  readonly acquiredOn: string | null
  readonly fact: string
  readonly units: Decimal
  readonly cost: Amount
}

export class Holding {
  readonly lots: PlainLot[] = []
  readonly short: ShortSale[] = []
  readonly #average: boolean

  constructor(method: 'fifo' | 'average') {
    this.#average = method === 'average'
  }

  get units(): Decimal {
    return this.lots.reduce((sum, lot) => sum.plus(lot.units), ZERO)
  }

  get cost(): Amount {
    return this.lots.reduce<Amount>((sum, lot) => plus(sum, lot.cost), ZERO)
  }

  add(units: Decimal, cost: Amount, acquiredOn: string | null, fact: string): void {
    const pool = this.lots[0]
    if (!this.#average || pool === undefined) {
      this.lots.push({ acquiredOn: this.#average ? null : acquiredOn, fact, units, cost })
      return
    }
    pool.units = pool.units.plus(units)
    pool.cost = plus(pool.cost, cost)
  }

  /** Takes up to `units` in order; what is not there is not taken. */
  take(units: Decimal): Taken[] {
    const taken: Taken[] = []
    let left = units
    while (!isNothing(left)) {
      const lot = this.lots[0]
      if (lot === undefined) break
      const rest = lot.units.minus(left)
      const all = isNothing(rest) || rest.lessThan(ZERO)
      const part = all ? lot.units : left
      const cost = all ? lot.cost : shareOf(lot.cost, part, lot.units)
      taken.push({ acquiredOn: lot.acquiredOn, fact: lot.fact, units: least(part, left), cost })
      left = left.minus(part)
      if (all) this.lots.shift()
      else {
        lot.units = rest
        lot.cost = minus(lot.cost, cost)
      }
    }
    return taken
  }

  /** Every lot in proportion, the last one with what is left, so that the holding has `units` in all. */
  restate(units: Decimal): void {
    let before = this.units
    let left = units
    for (const lot of this.lots) {
      const part = shareOf(left, lot.units, before) ?? ZERO
      before = before.minus(lot.units)
      left = left.minus(part)
      lot.units = part
    }
  }

  /** Spreads an amount over the lots by units; answers what a fall of cost below zero leaves over, zero or more. */
  adjust(amount: Amount): Amount {
    let units = this.units
    let left = amount
    let over: Amount = ZERO
    for (const lot of this.lots) {
      const part = shareOf(left, lot.units, units)
      units = units.minus(lot.units)
      left = minus(left, part)
      const cost = plus(lot.cost, part)
      const negative = cost?.lessThan(ZERO) === true
      lot.cost = negative ? ZERO : cost
      if (negative) over = plus(over, cost?.negated() ?? null)
    }
    // Nothing is held to take it from: all of what was returned is a gain.
    return this.lots.length === 0 && left?.lessThan(ZERO) === true ? left.negated() : over
  }
}
