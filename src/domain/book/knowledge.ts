// What the book learns, unit by unit in log order, and what each unit changed: the book's front door.
import type { InstrumentEvent } from '../instrument/events.ts'
import type { MarketEvent } from '../market/events.ts'
import type { OwnerEvent } from '../owner/events.ts'
import type { PortfolioEvent } from '../portfolio/events.ts'
import type { TransferEvent } from '../transfer/events.ts'
import type { Posting } from './posting.ts'

/** Any event the book understands; others in a unit are ignored by it. */
export type BookEvent = PortfolioEvent | TransferEvent | InstrumentEvent | MarketEvent | OwnerEvent

export type KnownEvent = BookEvent & {
  /** Event id (UUID), the `cause` of its postings. */
  readonly id: string
  /** The event's own log position: the root position in the order of facts. */
  readonly position: bigint
}

/** One unit of knowledge: what one append to one stream recorded becomes known at once, at the last event's position. */
export interface Unit {
  readonly position: bigint
  readonly recordedAt: string
  readonly events: readonly KnownEvent[]
}

/** What needs a person: shown as a break, never silently mended. */
export interface BookBreak {
  readonly code:
    | 'oversold'
    | 'overdrawn'
    | 'dangling-lot-choice'
    | 'dangling-settles'
    | 'transfer-exceeds-holding'
    | 'option-exceeds-holding'
    | 'expired-open'
    | 'unknown-instrument'
    | 'ambiguous-action-order'
    | 'fraction-dropped'
    | 'consideration-mismatch'
    | 'dangling-election'
    | 'election-exceeds-holding'
    | 'borrow-fee-unknown'
    | 'quarantined'
  readonly fact: string
  readonly message: string
  readonly since: string
}

/** One lot relieved by one fill (or action): the line of every gain report. Amounts as in Posting. */
export interface Disposal {
  readonly disposal: string
  readonly fact: string
  readonly lot: string
  readonly sleeve: string
  readonly custodyAccount: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly tradeDate: string
  readonly acquiredOn: string
  /** First day on which a sale is long-term under the one-year rule of BOOK.md section 2. */
  readonly longTermFrom: string
  readonly units: string
  readonly currency: string
  readonly proceeds: string
  readonly cost: string
  readonly gain: string
  readonly baseProceeds: string | null
  readonly baseCost: string | null
  readonly priceGain: string | null
  readonly fxGain: string | null
  readonly baseGain: string | null
  readonly flags: readonly string[]
}

/** What learning one unit changed. Empty lists when it changed nothing. */
export interface Difference {
  readonly position: bigint
  /** New journal lines at this knowledge position: the difference to what was known before. */
  readonly postings: readonly Posting[]
  /** Disposals by id as they now are; `withdrawn` ones are no more. */
  readonly disposals: readonly Disposal[]
  readonly withdrawnDisposals: readonly string[]
  /** Breaks opened and closed, by (code, fact, message): one fact may have several of a code. */
  readonly breaksOpened: readonly BookBreak[]
  readonly breaksClosed: readonly Pick<BookBreak, 'code' | 'fact' | 'message'>[]
  /** How much was folded: the proof that only the closure was. */
  readonly folded: { readonly facts: number; readonly partitions: number; readonly poolDays: number }
}
