// When which part of a fill settles, as the facts about its settlement say (docs/book.md, "Fails").
import { addInt, cmpInt, type Int, subInt } from '../kernel/scaled.ts'
import { amountOf, smaller } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { Fill } from './fill.ts'

/** After every day: what failed and was not confirmed. */
export const NEVER = 0x7fffffff

/** What one fact says of a fill's settlement, in the place of its first version. */
export interface SettlementNote {
  readonly kind: 'settlement'
  readonly says: 'failed' | 'confirmed'
  readonly fact: string
  readonly root: number
  readonly index: number
  readonly fill: string
  readonly day: number
  /** As given; null: all that is left. */
  readonly units: string | null
}

/** Units up to a number of them, cumulated, settle on a day. */
export interface Part {
  readonly day: number
  readonly upTo: Int
}

export interface SettlementPlan {
  readonly dueOn: number
  /** The day on which the failed part moves back; null when nothing failed, or when it was known by the due date. */
  readonly failsOn: number | null
  /** Units that settle on the due date. */
  readonly onTime: Int
  /** The whole fill in parts, the one on time first when there is one; empty when nothing failed. */
  readonly parts: readonly Part[]
  /** What has been confirmed by each day, failed or not: what waits for its receipt moves by it. */
  readonly confirmed: readonly Part[]
}

/** What was said of a settlement, in units of whatever scale the fill is counted in; null: all that is left. */
export interface Said {
  readonly says: SettlementNote['says']
  readonly day: number
  readonly units: Int | null
  readonly root: number
  readonly index: number
}

/** Notes in the order in which they count. */
function ordered(notes: Iterable<Said>, says: Said['says']): Said[] {
  return [...notes]
    .filter((note) => note.says === says)
    .sort((a, b) => a.day - b.day || a.root - b.root || a.index - b.index)
}

/** The plan of a fill; null when nothing was ever said of its settlement. */
export function planOf(desk: Desk, fill: Fill): SettlementPlan | null {
  const notes = desk.settlements.size === 0 ? undefined : desk.settlements.get(fill.id)
  if (notes === undefined) return null
  const places = desk.unitPlaces(fill.place.instrument)
  const said = notes.map(
    (note): Said => ({ ...note, units: note.units === null ? null : amountOf(note.units, places) }),
  )
  return planned(fill.units, fill.settlesAtOnce ? fill.date : fill.settleDay, said)
}

/** When which part of so many units settles, due on a day. */
export function planned(units: Int, dueOn: number, notes: readonly Said[]): SettlementPlan {
  const confirmations = ordered(notes, 'confirmed')
  const confirmed = cumulated(confirmations, 0, units, dueOn)
  const fail = ordered(notes, 'failed').at(-1)
  if (fail === undefined) return { dueOn, failsOn: null, onTime: units, parts: [], confirmed }
  const before = cumulated(
    confirmations.filter(({ day }) => day < fail.day),
    0,
    units,
    dueOn,
  )
  const left = subInt(units, before.at(-1)?.upTo ?? 0)
  const failed = fail.units === null ? left : smaller(fail.units, units)
  const onTime = subInt(units, failed)
  const later = cumulated(
    confirmations.filter(({ day }) => day >= fail.day),
    onTime,
    units,
    dueOn,
  )
  const parts: Part[] = onTime === 0 ? [...later] : [{ day: dueOn, upTo: onTime }, ...later]
  if (cmpInt(parts.at(-1)?.upTo ?? 0, units) < 0) parts.push({ day: NEVER, upTo: units })
  return { dueOn, failsOn: failed !== 0 && fail.day > dueOn ? fail.day : null, onTime, parts, confirmed }
}

/** Units from `start` on by confirmation, never more than there are; nothing settles before it is due. */
function cumulated(notes: readonly Said[], start: Int, units: Int, dueOn: number): readonly Part[] {
  const parts: Part[] = []
  let upTo = start
  for (const note of notes) {
    const rest = subInt(units, upTo)
    const more = note.units === null ? rest : smaller(note.units, rest)
    if (more === 0) continue
    upTo = addInt(upTo, more)
    parts.push({ day: Math.max(note.day, dueOn), upTo })
  }
  return parts
}

/** Days, besides its own, on which something of a fill settles or moves back. */
export function daysOf({ parts, confirmed, failsOn }: SettlementPlan): readonly number[] {
  return [...parts, ...confirmed].map(({ day }) => day).concat(failsOn ?? [])
}
