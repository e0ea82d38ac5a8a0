// Moving lots in the journal: what a lot is leaves state by state and arrives elsewhere, and what waits for settlement follows.
import { type Int, mulDivHalfEven, negInt } from '../kernel/scaled.ts'
import { isUnknown, minus, opposite } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import type { SecurityDimensions } from './lots.ts'
import type { Partition } from './partition.ts'
import { type Amounts, less, NOTHING, sumOf, type Waiting, type WaitingLines } from './waiting.ts'

/** One side (long or short) of a partition while a step moves its lots; `rule` names the lines. */
export interface Mover {
  readonly desk: Desk
  readonly partition: Partition
  readonly waiting: WaitingLines
  readonly short: boolean
  readonly rule: number
}

/** A lot's name and where its lines stand. */
export interface LotPlace {
  readonly dimensions: SecurityDimensions
  readonly name: number
}

/** A waiting line and what becomes of it. */
export interface MovedLine {
  readonly from: Waiting
  readonly to: Amounts
}

/** Writes a lot's line in one state; nothing when there is nothing to write. */
export function writeLine(
  { desk, rule }: Pick<Mover, 'desk' | 'rule'>,
  dimension: DimensionId,
  name: number,
  acquired: number,
  of: Amounts,
  flags: number,
): void {
  if (of.units === 0 && of.local === 0 && (of.base === 0 || isUnknown(of.base))) return
  desk.lines.add(dimension, name, acquired, of.units, of.local, of.base, rule, flags)
}

/** What is left of a lot, signed as in postings. */
export function amountsOf({ partition, short }: Mover, lot: number): Amounts {
  const { lots } = partition
  return signed(short, { units: lots.left[lot] ?? 0, local: lots.costLeft(lot), base: lots.baseLeft(lot) })
}

/** Positive amounts of a side as its postings sign them, and back. */
export function signed(short: boolean, amounts: Amounts): Amounts {
  const { units, local, base } = amounts
  return short ? { units: negInt(units), local: negInt(local), base: opposite(base) } : amounts
}

/** Posts a lot away, state by state, with its units to 8000. */
export function postAway(mover: Mover, lot: LotPlace, acquired: number, now: Amounts): void {
  postStates(mover, lot, acquired, less(NOTHING, now), less(NOTHING, sumOf(waitingOn(mover, lot))), 0)
}

/** Posts a part of a lot away, all of it in the settled state: what waits stays with the rest. */
export function postSettledAway(mover: Mover, lot: LotPlace, acquired: number, now: Amounts): void {
  postStates(mover, lot, acquired, less(NOTHING, now), NOTHING, 0)
}

/** Posts what arrives on a lot, of which `lines` wait for settlement, and lets those lines follow. */
export function postArrival(
  mover: Mover,
  from: LotPlace,
  to: LotPlace & { readonly acquired: number },
  now: Amounts,
  lines: readonly MovedLine[],
  flags = 0,
): void {
  postStates(mover, to, to.acquired, now, sumOf(lines.map((line) => line.to)), flags)
  follow(mover, from, lines, (goes, line) => [moved(line, to, goes)])
}

/** The same where the parent keeps its units and what is left of each line's cost. */
export function postDetachment(
  mover: Mover,
  from: LotPlace,
  to: LotPlace & { readonly acquired: number },
  now: Amounts,
  lines: readonly MovedLine[],
  flags: number,
): void {
  postStates(mover, to, to.acquired, now, sumOf(lines.map((line) => line.to)), flags)
  follow(mover, from, lines, (goes, line) => [
    { ...line, local: minus(line.local, goes.local), base: minus(line.base, goes.base) },
    moved(line, to, goes),
  ])
}

/** Drops what waits on a lot that is no more. */
export function dropWaiting({ waiting }: Mover, lot: LotPlace): void {
  waiting.replace(lot.dimensions.unsettled, lot.name, () => [])
}

export function waitingOn({ waiting }: Mover, { dimensions, name }: LotPlace): Waiting[] {
  return waiting.of(dimensions.unsettled, name)
}

/** Waiting lines of a lot in new units: units x gets / held, each rounded half to even; their amounts stay. */
export function linesInUnits(mover: Mover, lot: LotPlace, gets: Int, held: Int): MovedLine[] {
  return waitingOn(mover, lot).map((from) => {
    const units = held === 0 ? 0 : mulDivHalfEven(from.units, gets, held)
    return { from, to: { units, local: from.local, base: from.base } }
  })
}

function moved(line: Waiting, to: LotPlace & { readonly acquired: number }, goes: Amounts): Waiting {
  const { unsettled, settled } = to.dimensions
  return {
    leg: line.leg,
    day: line.day,
    upTo: line.upTo,
    unsettled,
    settled,
    lot: to.name,
    acquired: to.acquired,
    ...goes,
  }
}

function postStates(mover: Mover, lot: LotPlace, acquired: number, now: Amounts, waits: Amounts, flags: number): void {
  const { dimensions, name } = lot
  const settled = less(now, waits)
  writeLine(mover, dimensions.unsettled, name, acquired, waits, flags)
  writeLine(mover, dimensions.settled, name, acquired, settled, flags)
  outside(mover, dimensions.outsideUnsettled, waits.units)
  outside(mover, dimensions.outsideSettled, settled.units)
}

/** 8000 takes the opposite of units that came (positive) or left. */
function outside({ desk, rule }: Mover, dimension: DimensionId, units: Int): void {
  if (units !== 0) desk.lines.merge(dimension, negInt(units), 0, 0, rule, 0)
}

function follow(
  { waiting }: Mover,
  { dimensions }: LotPlace,
  lines: readonly MovedLine[],
  instead: (goes: Amounts, line: Waiting) => Waiting[],
): void {
  const goes = new Map(lines.map(({ from, to }) => [from, to]))
  // An heir takes in lines of lots that got no unit, so the lines name the lots they come from.
  for (const name of new Set(lines.map(({ from }) => from.lot)))
    waiting.replace(dimensions.unsettled, name, (line) => {
      const to = goes.get(line)
      return to === undefined ? [line] : instead(to, line)
    })
}
