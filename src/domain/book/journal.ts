// The journal as it is now known: every entry of the book, written out as postings while it is read.
import type { Accounting } from './accounting.ts'
import type { Desk } from './desk.ts'
import { PostingWriter } from './difference.ts'
import type { Entry } from './entry.ts'
import type { LotChange } from './lot-change.ts'
import { lotChangesOf } from './lot-changes.ts'
import type { Posting } from './posting.ts'

/** Iterable as often as wanted; each pass shows the book as it is at that moment. */
export class Journal implements Iterable<Posting> {
  readonly #desk: () => Desk | null
  readonly #accounting: Accounting
  readonly #entries: () => Iterable<Entry>

  constructor(desk: () => Desk | null, accounting: Accounting, entries: () => Iterable<Entry>) {
    this.#desk = desk
    this.#accounting = accounting
    this.#entries = entries
  }

  [Symbol.iterator](): Iterator<Posting> {
    return this.#written(() => true)
  }

  /** What each entry did to lots, as it is now known: in the book's order instrument by instrument (and its successors). */
  get lotChanges(): readonly LotChange[] {
    const desk = this.#desk()
    return desk === null ? [] : lotChangesOf(desk, this.#entries())
  }

  /** The lines of one entry; the others are passed over without being written out. */
  ofEntry(name: string): Iterable<Posting> {
    return { [Symbol.iterator]: () => this.#written((entry) => entry.name === name) }
  }

  *#written(wanted: (entry: Entry) => boolean): Generator<Posting, void, undefined> {
    const desk = this.#desk()
    if (desk === null) return
    const { hasExceptions } = this.#accounting
    for (const entry of this.#entries()) {
      if (!wanted(entry)) continue
      if (hasExceptions && this.#accounting.exception(entry.name) !== undefined) continue
      const writer = new PostingWriter(desk)
      writer.whole({ entry, cause: entry.origin.cause, accountingDay: entry.date, knownFrom: entry.knownFrom })
      yield* writer.postings
    }
    // What was posted into open periods for sealed ones stays there, even when the entry itself is gone again.
    for (const groups of this.#accounting.exceptions.values()) {
      const writer = new PostingWriter(desk)
      for (const { entry, day, sums } of groups.filter((group) => wanted(group.entry)))
        writer.standing({ entry, cause: entry.origin.cause, accountingDay: day, knownFrom: entry.knownFrom }, sums)
      yield* writer.postings
    }
  }

  /** Number of lines; counted without writing them out. */
  get lineCount(): number {
    let count = 0
    for (const entry of this.#entries()) count += entry.end - entry.start
    return count
  }
}
