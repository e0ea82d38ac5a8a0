// What waits for settlement when a corporate action or a change of method comes between a trade and its settlement: the lines
// follow their lot, and can be put back when the fold is rolled back.
import { addInt, type Int, subInt } from '../kernel/scaled.ts'
import { minus, plus, share } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import type { EntryKind } from './entry.ts'
import type { Fill } from './fill.ts'
import { NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Partition, PartitionStep } from './partition.ts'
import { planOf, type SettlementPlan } from './settlement-plan.ts'

/** A line of a fill that waits for settlement: units and amounts signed as in postings. */
export interface Waiting {
  /** Kind of the trade entry it comes from: each leg settles in an entry of its own. */
  readonly leg: EntryKind
  /** The day on which it settles: its own where only a part of the fill settled, or failed; and which part it is, by its units. */
  readonly day: number
  readonly upTo: Int
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
  readonly #on: number

  /** Fills traded before the step and not settled when it comes; settlements of a day are in its phase 3. */
  constructor(partition: Partition, step: PartitionStep) {
    const { desk } = partition
    this.#on = step.phase > 3 ? step.date + 1 : step.date
    for (const fill of partition.fillsBefore(step)) {
      const plan = planOf(desk, fill)
      if (plan === null && (fill.settlesAtOnce || fill.settleDay < this.#on)) continue
      const lines = fill.waiting ?? tradeLines(desk, fill, plan)
      if (plan === null || lines.some((line) => this.#waits(line, fill))) this.#lists.set(fill, lines)
    }
  }

  /** Whether a line has not settled yet; what settles with its trade never waits. */
  #waits({ day }: Waiting, fill: Fill): boolean {
    return day >= this.#on && !(fill.settlesAtOnce && day === fill.date)
  }

  /** What waits on a lot. */
  of(unsettled: DimensionId, lot: number): Waiting[] {
    const found: Waiting[] = []
    for (const [fill, lines] of this.#lists)
      for (const line of lines)
        if (line.unsettled === unsettled && line.lot === lot && this.#waits(line, fill)) found.push(line)
    return found
  }

  /** Lots on which something waits, by their dimension. */
  lotsOn(unsettled: DimensionId): number[] {
    const found = new Set<number>()
    for (const [fill, lines] of this.#lists)
      for (const line of lines) if (line.unsettled === unsettled && this.#waits(line, fill)) found.add(line.lot)
    return [...found]
  }

  /** Puts other lines in the place of those of a lot, fill by fill; none where `instead` answers none. */
  replace(unsettled: DimensionId, lot: number, instead: (line: Waiting) => readonly Waiting[]): void {
    for (const [fill, lines] of this.#lists) {
      const meant = (line: Waiting) => line.unsettled === unsettled && line.lot === lot && this.#waits(line, fill)
      if (!lines.some(meant)) continue
      const changed = lines.flatMap((line) => (meant(line) ? instead(line) : [line]))
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

/** The security lines a fill's trade posted, each in the parts in which it settles. */
export function tradeLines(desk: Desk, fill: Fill, plan: SettlementPlan | null): Waiting[] {
  const found: Waiting[] = []
  const day = fill.settlesAtOnce ? fill.date : fill.settleDay
  const parts = plan === null || plan.parts.length === 0 ? [{ day, upTo: fill.units }] : plan.parts
  for (let entry = fill.entries; entry !== null; entry = entry.next) {
    const { chunk } = entry
    for (let row = entry.start; row < entry.end; row++) {
      const unsettled = chunk.dimension[row] ?? 0
      const { settled } = desk.turn(unsettled)
      if (settled < 0) continue
      const lot = chunk.lot[row] ?? NO_LOT
      const acquired = chunk.acquired[row] ?? NO_ACQUIRED
      const whole = { units: chunk.units(row), local: chunk.local(row), base: chunk.ownBase(row) }
      let before = NOTHING
      for (const { day: on, upTo } of parts) {
        const reached = partOf(whole, upTo, fill.units)
        const line = { leg: entry.kind, day: on, upTo, unsettled, settled, lot, acquired }
        found.push({ ...line, ...less(reached, before) })
        before = reached
      }
    }
  }
  return found
}

function partOf({ units, local, base }: Amounts, upTo: Int, of: Int): Amounts {
  if (upTo === of) return { units, local, base }
  return { units: share(units, upTo, of), local: share(local, upTo, of), base: share(base, upTo, of) }
}
