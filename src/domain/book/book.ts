// The book of one portfolio: it learns units of knowledge in log order and says what each changed. The same fold serves the live
// projection, the replay, the point-in-time question, the what-if and the audit.
import type { CurrencyCode } from './currency-code.ts'
import { Accounting } from './accounting.ts'
import { Changes } from './changes.ts'
import type { Desk } from './desk.ts'
import { BookDifference } from './book-difference.ts'
import { Facts } from './facts.ts'
import { Journal } from './journal.ts'
import type { BookBreak, Difference, Unit } from './knowledge.ts'
import type { Posting } from './posting.ts'
import { Reference } from './reference.ts'
import type { Policy } from '../portfolio/policy.ts'

export interface BookOptions {
  readonly portfolio: string
  readonly reference: Reference
  /** The currency gains and costs are counted in: the portfolio's base currency unless stated. */
  readonly functional?: 'base' | CurrencyCode | undefined
  /** Policies to report under instead of the recorded ones, such as another lot method. */
  readonly lens?: Partial<Policy> | undefined
}

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
  readonly #facts: Facts
  readonly #accounting = new Accounting()
  readonly #portfolio: string
  readonly #breaks = new Map<string, BookBreak>()
  #position = -1n
  #quarantined: Error | null = null

  constructor(options: BookOptions) {
    this.#portfolio = options.portfolio
    this.#facts = new Facts(options, this.#accounting)
    this.journal = new Journal(
      () => this.#facts.desk,
      this.#accounting,
      () => this.#facts.entries(),
    )
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
    return unit.events.some((event) => this.#facts.wants(event))
  }

  learn(unit: Unit): Difference {
    return this.learnAll([unit])
  }

  learnAll(units: Iterable<Unit>): Difference {
    if (this.#quarantined !== null)
      throw new BookQuarantined(`the book of ${this.#portfolio} stopped: ${this.#quarantined.message}`, {
        cause: this.#quarantined,
      })
    const difference = new BookDifference(this.#accounting)
    let last: Unit | null = null
    try {
      for (const unit of units) {
        last = unit
        // A seal counts for what becomes known after its own unit: what came before is folded first.
        if (this.#facts.ingest(unit)) {
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

  #fold(difference: BookDifference, unit: Unit): void {
    const { desk } = this.#facts
    this.#position = unit.position
    difference.reach(unit)
    if (desk === null) return
    const pools = this.#facts.pools()
    const changes = new Changes(unit.position, (old, fresh) => {
      difference.note(desk, old, fresh)
      pools.follow(old, fresh)
    })
    const { facts, partitions } = this.#facts.fold(desk, changes)
    const poolDays = pools.fold(unit.events.at(-1)?.id ?? '', (old, fresh) => changes.one(old, fresh))
    difference.counted(desk, facts, partitions, poolDays)
    this.#settleBreaks(difference, desk)
  }

  #settleBreaks(difference: BookDifference, desk: Desk): void {
    for (const { opened, closed } of this.#facts.breaks(desk)) {
      for (const gone of closed) {
        this.#breaks.delete(keyOf(gone))
        difference.closed(gone)
      }
      for (const found of opened) {
        this.#breaks.set(keyOf(found), found)
        difference.opened(found)
      }
    }
  }

  #quarantine(error: Error, unit: Unit | null): Difference {
    this.#quarantined = error
    const position = unit?.position ?? this.#position
    const found: BookBreak = {
      code: 'quarantined',
      fact: unit?.events.at(-1)?.id ?? this.#portfolio,
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
