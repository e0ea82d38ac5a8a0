// Facts that stand for themselves: cash, FX trades, receipts, manual entries, the cash of openings. Each is posted alone; none waits for another.
import { Cash, postCash } from './cash.ts'
import type { Changes } from './changes.ts'
import type { Desk } from './desk.ts'
import type { Entry } from './entry.ts'
import { Fee, postFee } from './fee.ts'
import { Fx, postFx, settleFx } from './fx.ts'
import { Manual, postManual } from './manual.ts'
import { type OpeningCash, postOpeningCash } from './opening.ts'
import { postReceipt, type Receipt } from './receipt.ts'

export type LooseFact = Cash | Fee | Fx | Manual | OpeningCash | Receipt

export class Loose {
  readonly #desk: Desk
  readonly #dirty = new Set<Exclude<LooseFact, Receipt>>()
  readonly #orphans = new Set<Receipt>()
  /** By the days on which they ask for a rate. */
  readonly #byDay = new Map<number, Set<LooseFact>>()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  add(fact: LooseFact): void {
    for (const day of fact.days) {
      const there = this.#byDay.get(day) ?? new Set<LooseFact>()
      this.#byDay.set(day, there)
      there.add(fact)
    }
    if (fact.kind !== 'receipt') this.#dirty.add(fact)
    if (fact.kind === 'fee') this.#feeChanged(fact, this.#desk.fees.put(fact))
  }

  /** What accrued moves the invoices after it. */
  #feeChanged(fact: Fee, invoices: Iterable<Fee>): void {
    for (const invoice of invoices) if (invoice !== fact) this.#dirty.add(invoice)
  }

  remove(fact: LooseFact): void {
    for (const day of fact.days) this.#byDay.get(day)?.delete(fact)
    if (fact.kind === 'receipt') this.#orphans.delete(fact)
    else this.#dirty.delete(fact)
    if (fact.kind === 'fee') this.#feeChanged(fact, this.#desk.fees.take(fact))
  }

  touch(fact: Exclude<LooseFact, Receipt>): void {
    this.#dirty.add(fact)
    if (fact.kind === 'fee') this.#feeChanged(fact, this.#desk.fees.invoicesOf(fact.schedule))
  }

  /** A receipt whose target is not there: it goes to suspense. */
  touchOrphan(receipt: Receipt): void {
    this.#orphans.add(receipt)
  }

  /** Facts that ask for a rate on a day, or on it and later ones. */
  on(day: number): Iterable<LooseFact> {
    return this.#byDay.get(day) ?? []
  }

  *from(day: number): Iterable<LooseFact> {
    for (const [on, facts] of this.#byDay) if (on >= day) yield* facts
  }

  /** Posts what is dirty; answers how many facts that were. A receipt whose target came after all is posted with that. */
  fold(changes: Changes, hasTarget: (receipt: Receipt) => boolean): number {
    if (this.#dirty.size === 0 && this.#orphans.size === 0) return 0
    const desk = this.#desk
    const facts = this.#dirty.size + this.#orphans.size
    for (const fact of this.#dirty) {
      const old = fact.entries
      fact.entries = post(desk, fact)
      changes.compare(old, fact.entries)
      if (fact.kind !== 'fx') continue
      const settled = fact.settles
      fact.settles = settleFx(desk, fact)
      changes.compare(settled, fact.settles)
    }
    for (const receipt of this.#orphans)
      if (!hasTarget(receipt)) desk.receipts.posted(receipt, postReceipt(desk, receipt, null))
    this.#dirty.clear()
    this.#orphans.clear()
    return facts
  }
}

function post(desk: Desk, fact: Exclude<LooseFact, Receipt>): Entry | null {
  if (fact instanceof Cash) return postCash(desk, fact)
  if (fact instanceof Fee) return postFee(desk, fact)
  if (fact instanceof Manual) return postManual(desk, fact)
  return fact instanceof Fx ? postFx(desk, fact) : postOpeningCash(desk, fact)
}
