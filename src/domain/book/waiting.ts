// What waits for settlement when a corporate action or a change of method comes between a trade and its settlement: the lines
// follow their lot, and can be put back when the fold is rolled back.
import { addInt, type Int, subInt } from '../kernel/scaled.ts'
import { minus, plus } from './amounts.ts'
import type { DimensionId } from './dimensions.ts'
import type { EntryKind } from './entry.ts'
import type { Fill } from './fill.ts'
import { NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Partition, PartitionStep } from './partition.ts'

/** A line of a fill that waits for settlement: units and amounts signed as in postings. */
export interface Waiting {
  /** Kind of the trade entry it comes from: each leg settles in an entry of its own. */
  readonly leg: EntryKind
  readonly unsettled: DimensionId
  readonly settled: DimensionId
  readonly lot: number
  readonly acquired: number
  readonly units: Int
  readonly local: Int
  readonly base: Int
}

/** Units and amounts, signed as in postings. */
export interface Amounts {
  readonly units: Int
  readonly local: Int
  readonly base: Int
}

export const NOTHING: Amounts = { units: 0, local: 0, base: 0 }

export function sumOf(amounts: Iterable<Amounts>): Amounts {
  let sum = NOTHING
  for (const { units, local, base } of amounts)
    sum = { units: addInt(sum.units, units), local: addInt(sum.local, local), base: plus(sum.base, base) }
  return sum
}

export function less(a: Amounts, b: Amounts): Amounts {
  return { units: subInt(a.units, b.units), local: subInt(a.local, b.local), base: minus(a.base, b.base) }
}

/** What a step changed of what waits: enough to undo it. */
export type MovedWaiting = { readonly fill: Fill; readonly before: Waiting[] | null }[]

/** The lines that wait while one step is folded. */
export class WaitingLines {
  readonly #lists = new Map<Fill, Waiting[]>()
  readonly #touched = new Set<Fill>()

  /** Fills traded before the step and not settled when it comes; settlements of a day are in its phase 3. */
  constructor(partition: Partition, step: PartitionStep) {
    const { desk } = partition
    for (const fill of partition.fillsBefore(step)) {
      if (fill.settlesAtOnce || fill.settleDay < (step.phase > 3 ? step.date + 1 : step.date)) continue
      const lines = fill.waiting ?? tradeLines(desk.turn.bind(desk), fill)
      this.#lists.set(fill, lines)
    }
  }

  /** What waits on a lot. */
  of(unsettled: DimensionId, lot: number): Waiting[] {
    const found: Waiting[] = []
    for (const lines of this.#lists.values())
      for (const line of lines) if (line.unsettled === unsettled && line.lot === lot) found.push(line)
    return found
  }

  /** Lots on which something waits, by their dimension. */
  lotsOn(unsettled: DimensionId): number[] {
    const found = new Set<number>()
    for (const lines of this.#lists.values())
      for (const line of lines) if (line.unsettled === unsettled) found.add(line.lot)
    return [...found]
  }

  /** Puts other lines in the place of those of a lot, fill by fill; none where `instead` answers none. */
  replace(unsettled: DimensionId, lot: number, instead: (line: Waiting) => readonly Waiting[]): void {
    for (const [fill, lines] of this.#lists) {
      if (!lines.some((line) => line.unsettled === unsettled && line.lot === lot)) continue
      const changed = lines.flatMap((line) =>
        line.unsettled === unsettled && line.lot === lot ? instead(line) : [line],
      )
      this.#lists.set(fill, changed)
      this.#touched.add(fill)
    }
  }

  /** Hands the changed lines to their fills; answers what is needed to undo that. */
  commit(partition: Partition): MovedWaiting {
    const moved: MovedWaiting = []
    for (const fill of this.#touched) {
      moved.push({ fill, before: fill.waiting })
      fill.waiting = this.#lists.get(fill) ?? []
      partition.touchSettlement(fill)
    }
    return moved
  }
}

/** Undoes what a step changed of what waits. */
export function putBack(moved: MovedWaiting): void {
  for (const { fill, before } of moved) fill.waiting = before
}

/** The security lines a fill's trade posted. */
export function tradeLines(turn: (line: DimensionId) => { readonly settled: DimensionId }, fill: Fill): Waiting[] {
  const found: Waiting[] = []
  for (let entry = fill.entries; entry !== null; entry = entry.next) {
    const { chunk } = entry
    for (let row = entry.start; row < entry.end; row++) {
      const unsettled = chunk.dimension[row] ?? 0
      const { settled } = turn(unsettled)
      if (settled < 0) continue
      const lot = chunk.lot[row] ?? NO_LOT
      const acquired = chunk.acquired[row] ?? NO_ACQUIRED
      found.push({
        leg: entry.kind,
        unsettled,
        settled,
        lot,
        acquired,
        units: chunk.units(row),
        local: chunk.local(row),
        base: chunk.ownBase(row),
      })
    }
  }
  return found
}
