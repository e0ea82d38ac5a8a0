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
}

/** Below zero when a comes before b: business date, phase, sequence, instant (none last), rank, root position, index. */
export function compareSteps(a: Step, b: Step): number {
  return (
    a.date - b.date ||
    a.phase - b.phase ||
    a.sequence - b.sequence ||
    compareMicros(a.micros, b.micros) ||
    a.rank - b.rank ||
    a.root - b.root ||
    a.index - b.index
  )
}

function compareMicros(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}
