// One side, long or short, of one custody account while an action is posted on it, and the units of its lots that a leg works on.
import { addInt, type Int, subInt } from '../kernel/scaled.ts'
import type { ActionLeg } from '../instrument/events.ts'
import type { ActionStep } from './action.ts'
import { minus } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { Lineage } from './lineage.ts'
import type { Holding, Lots } from './lots.ts'
import type { Partition } from './partition.ts'
import { type Amounts, NOTHING, type WaitingLines } from './waiting.ts'

/** What one custody account's side of an action works on. */
export interface ActionSide {
  readonly desk: Desk
  readonly partition: Partition
  readonly step: ActionStep
  readonly waiting: WaitingLines
  /** Holdings of the account on one side, by sleeve in order of first mention. */
  readonly holdings: readonly Holding[]
  readonly short: boolean
  /** Which lots of the entry come from one another. */
  readonly lineage: Lineage
  /** The legs that are posted together: the common ones, or those of one option. */
  readonly legs: readonly ActionLeg[]
  /** What the legs work on: all units of the side's open lots, or those of one option, FIFO. */
  readonly pieces: readonly Piece[]
}

/** Units of one lot that an action works on. Amounts are positive, for long and short alike. */
export interface Piece {
  readonly lot: number
  readonly units: Int
  /** All the units the lot has. */
  readonly whole: boolean
  /** What the piece costs, where it is a part of its lot. */
  own: Amounts
}

/** A piece of a lot, with its share of the cost as a sale would relieve it. */
export function pieceOf(lots: Lots, lot: number, units: Int): Piece {
  const whole = units === (lots.left[lot] ?? 0)
  const own = whole ? NOTHING : { units: 0, local: lots.costOf(lot, units), base: lots.baseOf(lot, units) }
  return { lot, units, whole, own }
}

/** What is left of a piece's cost. */
export function costOf(lots: Lots, { lot, whole, own }: Piece): Amounts {
  return whole ? { units: 0, local: lots.costLeft(lot), base: lots.baseLeft(lot) } : own
}

/** Takes amounts off the cost of a piece that keeps its units; amounts below zero raise it. */
export function reduce(lots: Lots, piece: Piece, local: Int, base: Int): void {
  lots.reduce(piece.lot, local, base)
  if (!piece.whole) piece.own = { units: 0, local: subInt(piece.own.local, local), base: minus(piece.own.base, base) }
}

/** Takes a piece's units and what is left of its cost off its lot, from which relief counts anew. */
export function leave(lots: Lots, piece: Piece): void {
  const { lot, units, whole } = piece
  const left = lots.left[lot] ?? 0
  if (whole) {
    lots.take(lot, left)
    return
  }
  const cost = costOf(lots, piece)
  lots.rebase(lot, subInt(left, units), subInt(lots.costLeft(lot), cost.local), minus(lots.baseLeft(lot), cost.base))
}

export function unitsOf(pieces: readonly Piece[]): Int {
  return pieces.reduce<Int>((sum, { units }) => addInt(sum, units), 0)
}

/** Open lots of some holdings, FIFO. */
export function openLots(partition: Partition, holdings: readonly Holding[]): number[] {
  const { lots } = partition
  const found = holdings.flatMap((holding) => holding.lots.slice(holding.head))
  return found.sort((a, b) => (lots.earlier(a, b) ? -1 : 1))
}
