// The lots of one partition, in columns, and the way back: every change can be rolled back to a mark, so that a late fact
// re-folds from its place and not from the start.
import { addInt, type Int, mulDivHalfEven, subInt } from '../kernel/scaled.ts'
import { isUnknown, minus, plus, UNKNOWN } from './amounts.ts'
import type { DimensionId } from './dimensions.ts'

/** The lines a holding can have in one currency. */
export interface SecurityDimensions {
  readonly unsettled: DimensionId
  readonly settled: DimensionId
  /** Account 8000. */
  readonly outsideUnsettled: DimensionId
  readonly outsideSettled: DimensionId
}

/** Where lots are held: the lot key of BOOK.md section 1 but for the lot itself. */
export class Holding {
  readonly sleeve: string
  readonly custodyAccount: string
  readonly instrument: string
  readonly short: boolean
  /** Open lots by (acquisition date, order of opening); those before `head` are closed. */
  readonly lots: number[] = []
  head = 0
  /** Open units, as a positive number. */
  total: Int = 0
  /** Dimensions of its lines by currency id: made once, found without a look-up. */
  readonly dimensions: SecurityDimensions[] = []

  constructor(sleeve: string, custodyAccount: string, instrument: string, short: boolean) {
    this.sleeve = sleeve
    this.custodyAccount = custodyAccount
    this.instrument = instrument
    this.short = short
  }
}

const OPEN = 0
const TAKE = 1
const REBASE = 2
const TALLY = 3

/** The tallies a lot may have. */
const TALLIES = 4

/** The index of the nth tally of a lot. */
export function tallyOf(lot: number, n: 0 | 1 | 2 | 3): number {
  return (lot * TALLIES + n) * 2 + 1
}

/**
 * Units and amounts of lots are positive for long and short alike; the holding says which. What is left of a lot's cost follows
 * from its units: cost - round-half-even(cost x relieved units / units), counted from its last rebase, so that relief changes one
 * number only and full relief leaves exactly zero.
 */
export class Lots {
  readonly name: number[] = []
  readonly holding: Holding[] = []
  /** Acquisition day. */
  readonly acquired: number[] = []
  readonly currency: number[] = []
  /** Units left. */
  readonly left: Int[] = []
  /** Units, cost and base cost at the last rebase; base cost may be unknown. */
  readonly units: Int[] = []
  readonly cost: Int[] = []
  readonly base: Int[] = []
  readonly flags: number[] = []
  /** Order of the fact that opened it, or the lot it came from: ties of the acquisition date. */
  readonly order: number[] = []
  readonly #steps: number[] = []
  readonly #values: Int[] = []
  readonly #tallies: Int[] = []

  /**
   * A number that stands beside the lots and is rolled back with them: what was accrued on a holding, or at what a contract was last
   * valued. Zero until it is set. Odd indices are those of lots (see {@link tallyOf}), even ones are handed out by the partition.
   */
  tally(index: number): Int {
    return this.#tallies[index] ?? 0
  }

  setTally(index: number, value: Int): void {
    const before = this.#tallies[index] ?? 0
    if (Object.is(before, value)) return
    this.#steps.push(index * 4 + TALLY)
    this.#values.push(before)
    this.#tallies[index] = value
  }

  /** Opens a lot and answers its index; units are above zero. `order` is that of the lot it came from, else its own. */
  open(
    holding: Holding,
    name: number,
    acquired: number,
    currency: number,
    units: Int,
    cost: Int,
    base: Int,
    flags: number,
    order = -1,
  ): number {
    const lot = this.name.length
    this.name.push(name)
    this.holding.push(holding)
    this.acquired.push(acquired)
    this.currency.push(currency)
    this.left.push(units)
    this.units.push(units)
    this.cost.push(cost)
    this.base.push(base)
    this.flags.push(flags)
    this.order.push(order < 0 ? lot : order)
    this.#enter(lot, holding)
    holding.total = addInt(holding.total, units)
    this.#steps.push(lot * 4 + OPEN)
    return lot
  }

  /** Takes units off a lot; no more than are left. */
  take(lot: number, units: Int): void {
    const left = this.left[lot] ?? 0
    this.#steps.push(lot * 4 + TAKE)
    this.#values.push(left)
    this.#setLeft(lot, subInt(left, units))
  }

  /** Gives a lot new units, cost and base cost, from which relief counts anew. */
  rebase(lot: number, units: Int, cost: Int, base: Int): void {
    this.#steps.push(lot * 4 + REBASE)
    this.#values.push(this.units[lot] ?? 0, this.cost[lot] ?? 0, this.base[lot] ?? 0, this.left[lot] ?? 0)
    this.units[lot] = units
    this.cost[lot] = cost
    this.base[lot] = base
    this.#setLeft(lot, units)
  }

  /** What relieving units now takes off the cost. */
  costOf(lot: number, units: Int): Int {
    return this.#part(this.cost[lot] ?? 0, lot, units)
  }

  /** What relieving units now takes off the base cost; unknown when that is pending. */
  baseOf(lot: number, units: Int): Int {
    const base = this.base[lot] ?? 0
    return isUnknown(base) ? UNKNOWN : this.#part(base, lot, units)
  }

  #part(amount: Int, lot: number, units: Int): Int {
    const all = this.units[lot] ?? 0
    const left = this.left[lot] ?? 0
    if (units === all) return amount
    const before = subInt(all, left)
    const after = addInt(before, units)
    const reached = after === all ? amount : mulDivHalfEven(amount, after, all)
    return before === 0 ? reached : subInt(reached, mulDivHalfEven(amount, before, all))
  }

  /** Cost not relieved yet. */
  costLeft(lot: number): Int {
    return this.costOf(lot, this.left[lot] ?? 0)
  }

  baseLeft(lot: number): Int {
    return this.baseOf(lot, this.left[lot] ?? 0)
  }

  /** Adds a purchase to a pool: its units and amounts join what is left. */
  join(lot: number, units: Int, cost: Int, base: Int): void {
    const left = this.left[lot] ?? 0
    this.rebase(lot, addInt(left, units), plus(this.costLeft(lot), cost), plus(this.baseLeft(lot), base))
  }

  /** Takes amounts off a lot that keeps its units. */
  reduce(lot: number, cost: Int, base: Int): void {
    this.rebase(lot, this.left[lot] ?? 0, minus(this.costLeft(lot), cost), minus(this.baseLeft(lot), base))
  }

  #setLeft(lot: number, left: Int): void {
    const before = this.left[lot] ?? 0
    const holding = this.holding[lot]
    this.left[lot] = left
    if (holding === undefined) return
    holding.total = addInt(holding.total, subInt(left, before))
    if (left === 0 && before !== 0) this.#leave(lot, holding)
    else if (left !== 0 && before === 0) this.#enter(lot, holding)
  }

  /** Whether lot a comes before lot b by (acquisition date, order of opening). */
  earlier(a: number, b: number): boolean {
    const one = this.acquired[a] ?? 0
    const two = this.acquired[b] ?? 0
    if (one !== two) return one < two
    const first = this.order[a] ?? 0
    const second = this.order[b] ?? 0
    return first === second ? a < b : first < second
  }

  #enter(lot: number, holding: Holding): void {
    const { lots } = holding
    const last = lots.length - 1
    if (last < holding.head || this.earlier(lots[last] ?? 0, lot)) {
      if (last < holding.head) {
        // Nothing is open: closed lots before the head are not needed by anyone.
        lots.length = 0
        holding.head = 0
      }
      lots.push(lot)
      return
    }
    const at = this.#place(lot, holding)
    if (at === holding.head && holding.head > 0) lots[--holding.head] = lot
    else lots.splice(at, 0, lot)
  }

  #leave(lot: number, holding: Holding): void {
    const { lots } = holding
    if (lots[holding.head] === lot) holding.head++
    else if (lots.at(-1) === lot) lots.pop()
    else lots.splice(this.#place(lot, holding), 1)
  }

  /** The first place at or after the head whose lot is not earlier. */
  #place(lot: number, holding: Holding): number {
    let low = holding.head
    let high = holding.lots.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.earlier(holding.lots[middle] ?? 0, lot)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The place to roll back to. */
  mark(): number {
    return this.#steps.length
  }

  /** Undoes everything since the mark. */
  rollback(mark: number): void {
    for (let i = this.#steps.length - 1; i >= mark; i--) {
      const step = this.#steps[i] ?? 0
      const lot = Math.floor(step / 4)
      const kind = step - lot * 4
      if (kind === OPEN) {
        this.#setLeft(lot, 0)
        this.#forget()
      } else if (kind === TALLY) this.#tallies[lot] = this.#values.pop() ?? 0
      else if (kind === TAKE) this.#setLeft(lot, this.#values.pop() ?? 0)
      else {
        const left = this.#values.pop() ?? 0
        this.base[lot] = this.#values.pop() ?? 0
        this.cost[lot] = this.#values.pop() ?? 0
        this.units[lot] = this.#values.pop() ?? 0
        this.#setLeft(lot, left)
      }
    }
    this.#steps.length = mark
  }

  /** Forgets the lot opened last. */
  #forget(): void {
    this.name.pop()
    this.holding.pop()
    this.acquired.pop()
    this.currency.pop()
    this.left.pop()
    this.units.pop()
    this.cost.pop()
    this.base.pop()
    this.flags.pop()
    this.order.pop()
  }
}
