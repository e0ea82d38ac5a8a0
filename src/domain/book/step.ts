// The order of facts on one day (BOOK.md section 6), and what every ordered fact of a partition has.
import type { Entry, Origin } from './entry.ts'

/** One fact at its place in the order. */
export interface Step extends Origin {
  readonly date: number
  readonly phase: number
  readonly sequence: number
  readonly rank: number
  /** Log position and index of the fact's first version. */
  readonly root: number
  readonly index: number
  /** Where the lots of the partition stood before it. */
  mark: number
  /** Its entries as they are now, in order of kind. */
  entries: Entry | null
  /** The entries in which what it left owed is paid. */
  settles: Entry | null
  /** The day on which a trade settles. */
  readonly settleDay?: number
}

/** Below zero when a comes before b: business date, phase, sequence, instant (none last), rank, root position, index. */
export function compareSteps(a: Step, b: Step): number {
  if (a.date !== b.date) return a.date - b.date
  if (a.phase !== b.phase) return a.phase - b.phase
  if (a.sequence !== b.sequence) return a.sequence - b.sequence
  if (a.micros !== b.micros) return a.micros < b.micros ? -1 : 1
  return a.rank - b.rank || a.root - b.root || a.index - b.index
}
