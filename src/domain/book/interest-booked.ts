// What stands on 1310 of each holding of a bond while the book is folded: interest bought and sold with trades, and what accrued since.
import { addInt, type Int, negInt, subInt } from '../kernel/scaled.ts'
import { minus, plus } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { Fill } from './fill.ts'
import type { Holding, Lots } from './lots.ts'

/** An amount on one cash account of a holding. */
export interface Booked {
  readonly cashAccount: string
  readonly local: Int
  readonly base: Int
}

interface Ledger {
  readonly cashAccount: string
  readonly currency: string
  /** Indices of its tallies among the lots. */
  readonly local: number
  readonly base: number
}

/** The interest a fill bought or sold, as its entries have it, leg by leg. */
export interface TradedInterest extends Booked {
  readonly holding: Holding
  readonly currency: string
}

export function tradedInterest(desk: Desk, fill: Fill): TradedInterest[] {
  const found: TradedInterest[] = []
  for (let entry = fill.entries; entry !== null; entry = entry.next) {
    const { chunk } = entry
    let short = false
    const rows: number[] = []
    for (let row = entry.start; row < entry.end; row++) {
      const { account } = desk.dimensions.of(chunk.dimension[row] ?? 0)
      if (account === 2100) short = true
      if (account === 1310) rows.push(row)
    }
    for (const row of rows) {
      const { cashAccount, currency } = desk.dimensions.of(chunk.dimension[row] ?? 0)
      found.push({
        holding: short ? fill.place.short : fill.place.long,
        cashAccount: cashAccount ?? '',
        currency: currency ?? '',
        local: chunk.local(row),
        base: chunk.base(row),
      })
    }
  }
  return found
}

export class InterestBooked {
  readonly #ledgers = new Map<Holding, Ledger[]>()
  #next = 0

  /** Takes in what a fill bought or sold. */
  tradeOf(desk: Desk, lots: Lots, fill: Fill): void {
    for (const { holding, cashAccount, currency, local, base } of tradedInterest(desk, fill))
      this.add(lots, holding, cashAccount, currency, local, base)
  }

  add(lots: Lots, holding: Holding, cashAccount: string, currency: string, local: Int, base: Int): void {
    const ledger = this.#ledger(holding, cashAccount, currency)
    lots.setTally(ledger.local, addInt(lots.tally(ledger.local), local))
    lots.setTally(ledger.base, plus(lots.tally(ledger.base), base))
  }

  /** Takes off what became a claim of its own; a ledger at zero is worth nothing. */
  take(lots: Lots, holding: Holding, cashAccount: string, currency: string, local: Int, base: Int): void {
    const ledger = this.#ledger(holding, cashAccount, currency)
    const left = subInt(lots.tally(ledger.local), local)
    lots.setTally(ledger.local, left)
    lots.setTally(ledger.base, left === 0 ? 0 : minus(lots.tally(ledger.base), base))
  }

  /** What stands on the cash accounts of a holding in a currency. */
  of(lots: Lots, holding: Holding, currency: string): Booked[] {
    return (this.#ledgers.get(holding) ?? [])
      .filter((ledger) => ledger.currency === currency)
      .map(({ cashAccount, local, base }) => ({ cashAccount, local: lots.tally(local), base: lots.tally(base) }))
  }

  total(lots: Lots, holding: Holding, currency: string): Int {
    return this.of(lots, holding, currency).reduce<Int>((sum, { local }) => addInt(sum, local), 0)
  }

  #ledger(holding: Holding, cashAccount: string, currency: string): Ledger {
    const there = this.#ledgers.get(holding) ?? []
    this.#ledgers.set(holding, there)
    const known = there.find((ledger) => ledger.cashAccount === cashAccount && ledger.currency === currency)
    if (known !== undefined) return known
    // Even indices: odd ones are tallies of lots.
    const made = { cashAccount, currency, local: this.#next, base: this.#next + 2 }
    this.#next += 4
    there.push(made)
    return made
  }
}

/** Signed as postings: what a short holding owes is negative. */
export function signedFor(holding: Holding, amount: Int): Int {
  return holding.short ? negInt(amount) : amount
}
