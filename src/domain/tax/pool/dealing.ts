// What was bought or sold of one instrument in one day, taken apart by the rules that identify it.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { type Amount, isNothing, minus, plus, shareOf } from './amount.ts'
import type { Deal } from './pool-event.ts'

/** All purchases, or all sales, of one instrument on one day, as one. `left` is what no rule has taken yet. */
export class Dealing {
  readonly date: string
  /** Its parts in the order of the book. */
  readonly deals: Deal[] = []
  #units: Decimal = ZERO
  #amount: Amount = ZERO
  #costs: Amount = ZERO
  #left: Decimal = ZERO
  #amountLeft: Amount = ZERO

  constructor(date: string) {
    this.date = date
  }

  get units(): Decimal {
    return this.#units
  }

  /** Cost of a purchase with its costs, proceeds of a sale less its costs. */
  get amount(): Amount {
    return this.#amount
  }

  /** The costs in `amount`; null when not known apart. */
  get costs(): Amount {
    return this.#costs
  }

  get left(): Decimal {
    return this.#left
  }

  add(deal: Deal): void {
    this.deals.push(deal)
    this.#units = this.#units.plus(deal.units)
    this.#left = this.#left.plus(deal.units)
    this.#amount = plus(this.#amount, deal.amount)
    this.#amountLeft = plus(this.#amountLeft, deal.amount)
    this.#costs = plus(this.#costs, deal.costs)
  }

  /** Takes units with their share of the amount; the last take has what the others left. */
  take(units: Decimal): Amount {
    const rest = this.#left.minus(units)
    const amount = isNothing(rest) ? this.#amountLeft : shareOf(this.#amountLeft, units, this.#left)
    this.#left = isNothing(rest) ? ZERO : rest
    this.#amountLeft = isNothing(rest) ? ZERO : minus(this.#amountLeft, amount)
    return amount
  }
}
