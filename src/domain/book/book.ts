// The book of one portfolio: it learns units of knowledge in log order and says what each changed. The same fold serves the live
// projection, the replay, the point-in-time question, the what-if and the audit.
import { Accounting } from './accounting.ts'
import { Changes } from './changes.ts'
import { BookDifference } from './book-difference.ts'
import type { BookOptions } from './book-options.ts'
import { checkEntry } from './invariants.ts'
import { Journal } from './journal.ts'
import type { BookBreak, Difference, Unit } from './knowledge.ts'
import { OpenedBook } from './opened-book.ts'
import type { Posting } from './posting.ts'
import { Reference } from './reference.ts'

export interface Book {
  /** Whether a unit of reference knowledge (already learned by the reference) concerns this book. */
  wants(unit: Unit): boolean
  /**
   * Learns one unit (of its portfolio, a transfer that names it, or reference knowledge it wants), in log order.
   * A fault of the book itself is answered with the break `quarantined`; after that every call throws BookQuarantined.
   */
  learn(unit: Unit): Difference
  /** Learns many at once without the differences in between: one fold between seals; answers one Difference at the last position. */
  learnAll(units: Iterable<Unit>): Difference
  /** What is known now. */
  readonly journal: Journal
  /** The currency it counts gains and costs in; null before the portfolio is opened. */
  readonly currency: string | null
  /** What needs a person, as of now. */
  readonly breaks: readonly BookBreak[]
  /** Position of the last unit learned. */
  readonly position: bigint
  /** Why the book refuses to learn, when it does. */
  readonly quarantined: Error | null
}

/** The book stopped at an error of its own; `cause` is that error. */
export class BookQuarantined extends Error {
  override readonly name = 'BookQuarantined'
}

/** An empty book. */
export function createBook(options: BookOptions): Book {
  return new FoldingBook(options)
}

/**
 * The book from scratch: what is known at `asAt` of the units of one portfolio, its transfers and the reference. `reference` is
 * fed from the units themselves.
 */
export function foldBook(
  options: Omit<BookOptions, 'reference'> & { readonly reference?: Reference | undefined },
  units: Iterable<Unit>,
  asAt: bigint,
): Posting[] {
  const known = [...units].filter((unit) => unit.position <= asAt)
  const reference = options.reference ?? new Reference()
  const book = createBook({ ...options, reference })
  for (const unit of known) reference.learn(unit)
  book.learnAll(known)
  return [...book.journal]
}

class FoldingBook implements Book {
  readonly journal: Journal
  readonly #options: BookOptions
  readonly #accounting = new Accounting()
  readonly #breaks = new Map<string, BookBreak>()
  #opened: OpenedBook | null = null
  #position = -1n
  #quarantined: Error | null = null

  constructor(options: BookOptions) {
    this.#options = options
    this.journal = new Journal(
      () => this.#opened?.desk ?? null,
      this.#accounting,
      () => this.#opened?.entries() ?? [],
    )
  }

  get currency(): string | null {
    return this.#opened?.desk.functional ?? null
  }

  get breaks(): readonly BookBreak[] {
    return [...this.#breaks.values()]
  }

  get position(): bigint {
    return this.#position
  }

  get quarantined(): Error | null {
    return this.#quarantined
  }

  wants(unit: Unit): boolean {
    const opened = this.#opened
    return opened !== null && unit.events.some((event) => opened.wants(event))
  }

  learn(unit: Unit): Difference {
    return this.learnAll([unit])
  }

  learnAll(units: Iterable<Unit>): Difference {
    if (this.#quarantined !== null)
      throw new BookQuarantined(`the book of ${this.#options.portfolio} stopped: ${this.#quarantined.message}`, {
        cause: this.#quarantined,
      })
    const difference = new BookDifference(this.#accounting)
    let last: Unit | null = null
    try {
      for (const unit of units) {
        last = unit
        // A seal counts for what becomes known after its own unit: what came before is folded first.
        if (this.#ingest(unit)) {
          this.#fold(difference, unit)
          this.#accounting.apply()
        }
      }
      if (last !== null) this.#fold(difference, last)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return this.#quarantine(error, last)
    }
    return difference
  }

  /** Takes in the events of a unit; answers whether they sealed or reopened a period. */
  #ingest({ events, position }: Unit): boolean {
    let sealed = false
    if (this.#opened !== null) this.#opened.desk.rates.asAt = position
    for (let i = 0; i < events.length; i++) {
      const event = events[i]
      if (event === undefined) break
      if (this.#opened !== null) {
        if (this.#opened.learn(event, i)) sealed = true
      } else if (event.type === 'PortfolioOpened')
        this.#opened = new OpenedBook(this.#options, this.#accounting, event.data, position)
    }
    return sealed
  }

  #fold(difference: BookDifference, unit: Unit): void {
    this.#position = unit.position
    difference.reach(unit)
    const opened = this.#opened
    if (opened === null) return
    const { desk, pools } = opened
    const changes = new Changes(unit.position, (old, fresh) => {
      if (fresh !== null) checkEntry(desk, fresh)
      difference.note(desk, old, fresh)
      opened.follow(old, fresh)
    })
    const { facts, partitions } = opened.fold(changes)
    const cause = unit.events.at(-1)?.id ?? ''
    opened.accrue(cause, changes)
    const poolDays = pools.fold(cause, (old, fresh) => changes.one(old, fresh))
    difference.counted(desk, facts, partitions, poolDays)
    opened.breaks((found, closed) => this.#noteBreaks(difference, found, closed))
  }

  #noteBreaks(difference: BookDifference, opened: readonly BookBreak[], closed: readonly BookBreak[]): void {
    for (const gone of closed) {
      this.#breaks.delete(keyOf(gone))
      difference.closed(gone)
    }
    for (const found of opened) {
      this.#breaks.set(keyOf(found), found)
      difference.opened(found)
    }
  }

  #quarantine(error: Error, unit: Unit | null): Difference {
    this.#quarantined = error
    const position = unit?.position ?? this.#position
    const found: BookBreak = {
      code: 'quarantined',
      fact: unit?.events.at(-1)?.id ?? this.#options.portfolio,
      message: `${error.name}: ${error.message}`,
      since: unit?.recordedAt.slice(0, 10) ?? '',
    }
    this.#breaks.set(keyOf(found), found)
    const nothing = { postings: [], disposals: [], withdrawnDisposals: [], breaksClosed: [] }
    return { position, ...nothing, breaksOpened: [found], folded: { facts: 0, partitions: 0, poolDays: 0 } }
  }
}

function keyOf({ code, fact, message }: BookBreak): string {
  return `${code}|${fact}|${message}`
}
