// The fees of one book by schedule: what accrued, and the invoices that clear it in the order of their dates.
import type { Fee } from './fee.ts'

const byPlace = (a: Fee, b: Fee) => a.date - b.date || a.root - b.root || a.index - b.index

export class Fees {
  readonly #accruals = new Map<string, Set<Fee>>()
  readonly #invoices = new Map<string, Set<Fee>>()

  /** Takes a fee in; answers the invoices it may move. */
  put(fee: Fee): Iterable<Fee> {
    const table = this.#tableOf(fee)
    const there = table.get(fee.schedule) ?? new Set<Fee>()
    table.set(fee.schedule, there.add(fee))
    return this.invoicesOf(fee.schedule)
  }

  /** Takes a fee out; answers the invoices that may move. */
  take(fee: Fee): Iterable<Fee> {
    this.#tableOf(fee).get(fee.schedule)?.delete(fee)
    return this.invoicesOf(fee.schedule)
  }

  invoicesOf(schedule: string): Iterable<Fee> {
    return this.#invoices.get(schedule) ?? []
  }

  /** The accruals that an invoice clears: those up to its day which no invoice before it has. */
  clearedBy(invoice: Fee): Fee[] {
    const before = [...this.invoicesOf(invoice.schedule)].filter((other) => byPlace(other, invoice) < 0)
    const through = before.reduce((last, other) => Math.max(last, other.through), Number.NEGATIVE_INFINITY)
    return [...(this.#accruals.get(invoice.schedule) ?? [])]
      .filter(({ date }) => date <= invoice.through && date > through)
      .sort(byPlace)
  }

  #tableOf({ what }: Fee): Map<string, Set<Fee>> {
    return what === 'accrual' ? this.#accruals : this.#invoices
  }
}
