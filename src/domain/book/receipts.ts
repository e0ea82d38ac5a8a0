// The receipts of one book by what they settle, and the entries the last fold gave them.
import type { Changes } from './changes.ts'
import type { Entry } from './entry.ts'
import type { BookBreak } from './knowledge.ts'
import { dateOf } from './day.ts'
import { compareReceipts, type Receipt } from './receipt.ts'

const NONE: readonly Receipt[] = []
const NO_BREAKS: { readonly opened: readonly BookBreak[]; readonly closed: readonly BookBreak[] } = {
  opened: [],
  closed: [],
}

export class Receipts {
  readonly #byTarget = new Map<string, Receipt[]>()
  readonly #posted = new Map<Receipt, Entry | null>()
  readonly #breaks = new Map<string, BookBreak>()

  /** Receipts of a fact or action, in order. */
  of(target: string): readonly Receipt[] {
    return this.#byTarget.size === 0 ? NONE : (this.#byTarget.get(target) ?? NONE)
  }

  put(target: string, receipt: Receipt): void {
    receipt.target = target
    const there = this.#byTarget.get(target) ?? []
    this.#byTarget.set(target, there)
    there.push(receipt)
    there.sort(compareReceipts)
  }

  take(receipt: Receipt): void {
    if (receipt.target === null) return
    const there = this.#byTarget.get(receipt.target)?.filter((other) => other !== receipt) ?? []
    if (there.length > 0) this.#byTarget.set(receipt.target, there)
    else this.#byTarget.delete(receipt.target)
    receipt.target = null
  }

  /** Notes the entry a receipt now has. */
  posted(receipt: Receipt, entry: Entry | null): void {
    this.#posted.set(receipt, entry)
  }

  /** Hands the entries to their receipts. */
  settle(changes: Changes): void {
    for (const [receipt, entry] of this.#posted) {
      changes.compare(receipt.entries, entry)
      receipt.entries = entry
    }
  }

  /** Breaks that opened and closed with the last fold; `gone` are receipts that were cancelled. */
  breaks(gone: readonly string[]): { readonly opened: readonly BookBreak[]; readonly closed: readonly BookBreak[] } {
    if (this.#posted.size === 0 && gone.length === 0) return NO_BREAKS
    const opened: BookBreak[] = []
    const closed: BookBreak[] = []
    for (const [{ id, date, settles, dangling }] of this.#posted) {
      const known = this.#breaks.get(id)
      if (dangling === (known !== undefined)) continue
      if (known !== undefined) closed.push(known)
      this.#breaks.delete(id)
      if (!dangling || settles === null) continue
      const message = `nothing is open of the ${settles.kind} ${settles.ref} that this receipt settles`
      const found: BookBreak = { code: 'dangling-settles', fact: id, message, since: dateOf(date) }
      this.#breaks.set(id, found)
      opened.push(found)
    }
    for (const id of gone) {
      const known = this.#breaks.get(id)
      if (known !== undefined) closed.push(known)
      this.#breaks.delete(id)
    }
    this.#posted.clear()
    return { opened, closed }
  }
}
