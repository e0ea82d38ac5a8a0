// The security legs of an action: splits, which replace lots, and spin-offs, which detach from them.
import { addInt, type Int, mulDivHalfEven, pow10, toInt } from '../kernel/scaled.ts'
import type { ActionLeg } from '../instrument/events.ts'
import { type ActionSide, openLots } from './action-side.ts'
import { fractionOf, isUnknown, plus, share, spread } from './amounts.ts'
import { payFraction, realiseNothing } from './fraction.ts'
import { FLAG, NO_LOT } from './lines.ts'
import {
  amountsOf,
  dropWaiting,
  linesInUnits,
  type LotPlace,
  type MovedLine,
  type Mover,
  postArrival,
  postAway,
  postDetachment,
  signed,
  waitingOn,
  writeLine,
} from './lot-moves.ts'
import type { Holding } from './lots.ts'
import { entitlement, partOf, type Quotient, rest, whole } from './quotient.ts'
import { rule } from './rules.ts'
import { type Amounts, less, NOTHING, sumOf } from './waiting.ts'

export type SecurityLeg = Extract<ActionLeg, { kind: 'security' }>

const EXCHANGE = rule('exchange')
const DETACH = rule('detach')

/** One lot of the account and what it gets. Amounts are positive, for long and short lots alike. */
export interface Part extends LotPlace {
  readonly lot: number
  readonly holding: Holding
  readonly currency: number
  readonly acquired: number
  /** New units. */
  readonly gets: Int
  /** What the leg takes of its cost, and what of that belongs to a fraction paid out. */
  readonly taken: Amounts
  readonly fraction: Amounts
}

/** One leg over the lots of one account and side. */
export function exchange(side: ActionSide, leg: SecurityLeg): void {
  const held = openLots(side.partition, side.holdings)
  const parts = held.length === 0 ? [] : partsOf(side, leg, held)
  const mover = { ...side, rule: leg.replaces ? EXCHANGE : DETACH }
  if (!leg.replaces) {
    for (const part of parts) detach(side, mover, leg, part)
    return
  }
  // Lots sold but not settled are not entitled; what waits of them follows all the same.
  for (const holding of side.holdings) followSold(side, mover, leg, holding, parts)
  replace(side, mover, leg, parts)
}

/** New units, counted for the account, rounded once as the terms say, and spread over the lots by largest remainder. */
function partsOf(side: ActionSide, leg: SecurityLeg, held: readonly number[]): Part[] {
  const { desk, partition, step } = side
  const { lots } = partition
  const weights = held.map((lot) => lots.left[lot] ?? 0)
  const all = weights.reduce<Int>(addInt, 0)
  const places = desk.unitPlaces(leg.instrument)
  const smallest = pow10(places - Math.min(places, desk.quantityPlaces(leg.instrument)))
  const exact = entitlement(all, leg.ratio, desk.unitPlaces(step.action.instrument), places)
  const rounding = leg.fractions === 'up' || leg.fractions === 'half-up' ? leg.fractions : 'down'
  const units = whole(exact, smallest, rounding)
  const getsBy = spread(mulDivHalfEven(units, 1, smallest), weights)
  const left = rest(exact, units)
  const paid = leg.fractions === 'cash-in-lieu' && leg.cashInLieu !== undefined && left.numerator > 0n
  if (left.numerator > 0n && rounding === 'down' && !paid)
    partition.report(step, 'fraction-dropped', `a fraction of ${leg.instrument} was dropped`, step.date)
  const parts = held.map((lot, i): Part => {
    const holding = lots.holding[lot]
    if (holding === undefined) throw new Error('a lot is in a holding')
    const currency = lots.currency[lot] ?? 0
    const taken = takenBy(leg, { units: 0, local: lots.costLeft(lot), base: lots.baseLeft(lot) })
    return {
      lot,
      holding,
      currency,
      dimensions: desk.securities(holding, currency),
      name: lots.name[lot] ?? NO_LOT,
      acquired: lots.acquired[lot] ?? 0,
      gets: mulDivHalfEven(getsBy[i] ?? 0, smallest, 1),
      taken,
      fraction: paid ? fractionOfCost(taken, left, exact) : NOTHING,
    }
  })
  if (paid) payFraction(side, leg, parts, weights, left)
  return parts
}

/** The part of a cost that a leg takes: all of it, or its basis share; nothing while the issuer has not said. */
function takenBy(leg: SecurityLeg, cost: Amounts): Amounts {
  if (leg.replaces) return cost
  if (leg.basisShare === undefined || leg.basisShare === 'unknown') return NOTHING
  const { numerator, denominator } = fractionOf(leg.basisShare)
  const part = (amount: Int) => share(amount, numerator, denominator)
  return { units: 0, local: part(cost.local), base: part(cost.base) }
}

function fractionOfCost(taken: Amounts, left: Quotient, exact: Quotient): Amounts {
  const base = isUnknown(taken.base) ? taken.base : partOf(taken.base, left, exact)
  return { units: 0, local: partOf(taken.local, left, exact), base }
}

/** Lots one to one; a lot that gets no unit passes its cost to the next of its holding, or loses it when none gets any. */
function replace(side: ActionSide, mover: Mover, leg: SecurityLeg, parts: readonly Part[]): void {
  const { lots } = side.partition
  const now = parts.map((part) => amountsOf(mover, part.lot))
  const goes = parts.map((part, i) => ({ ...(now[i] ?? NOTHING), ...unitsOf(side, part.gets) }))
  const lines = parts.map((part, i) => linesInUnits(mover, part, unitsOf(side, part.gets).units, now[i]?.units ?? 0))
  for (const [i, part] of parts.entries()) postAway(mover, part, part.acquired, now[i] ?? NOTHING)
  for (const [i, part] of parts.entries()) {
    if (part.gets !== 0) continue
    const heir = heirOf(parts, i)
    const own = now[i] ?? NOTHING
    const there = goes[heir]
    if (there === undefined) {
      realiseNothing(side, part, own)
      dropWaiting(mover, part)
      continue
    }
    goes[heir] = { units: there.units, local: addInt(there.local, own.local), base: plus(there.base, own.base) }
    lines[heir]?.push(...(lines[i] ?? []).map(({ from, to }) => ({ from, to: { ...to, units: 0 } })))
  }
  for (const [i, part] of parts.entries()) {
    const order = lots.order[part.lot] ?? 0
    lots.take(part.lot, lots.left[part.lot] ?? 0)
    if (part.gets !== 0)
      postArrival(mover, part, arrive(side, leg, part, order, goes[i] ?? NOTHING), goes[i] ?? NOTHING, lines[i] ?? [])
  }
}

function unitsOf({ short }: ActionSide, gets: Int): { readonly units: Int } {
  return { units: signed(short, { ...NOTHING, units: gets }).units }
}

/** The next lot of the same holding and currency that gets units, else the last one before; -1 when none does. */
function heirOf(parts: readonly Part[], i: number): number {
  const part = parts[i]
  const heir = (other: Part) => other.gets !== 0 && other.holding === part?.holding && other.currency === part?.currency
  const after = parts.findIndex((other, j) => j > i && heir(other))
  return after >= 0 ? after : parts.findLastIndex((other, j) => j < i && heir(other))
}

/** Lots fully relieved whose lines still wait: the lines follow in new units, and the settled state is their opposite. */
function followSold(side: ActionSide, mover: Mover, leg: SecurityLeg, holding: Holding, parts: readonly Part[]): void {
  const { desk, partition, step } = side
  const { instrument, action } = step.action
  for (const [currency, dimensions] of holding.dimensions.entries()) {
    if (dimensions === undefined) continue
    for (const name of side.waiting.lotsOn(dimensions.unsettled)) {
      if (parts.some((part) => part.dimensions === dimensions && part.name === name)) continue
      const lot = { dimensions, name }
      const waits = waitingOn(mover, lot)
      const acquired = waits[0]?.acquired ?? step.date
      const ratio = entitlement(1, leg.ratio, desk.unitPlaces(instrument), desk.unitPlaces(leg.instrument))
      const lines = waits.map((from): MovedLine => {
        const units = mulDivHalfEven(from.units, toInt(ratio.numerator), toInt(ratio.denominator))
        return { from, to: { units, local: from.local, base: from.base } }
      })
      postAway(mover, lot, acquired, NOTHING)
      const there = partition.places.holding(holding.sleeve, holding.custodyAccount, leg.instrument, side.short)
      const to = {
        dimensions: desk.securities(there, currency),
        name: desk.lotNames.id(`${desk.lotNames.text(name)}/${action}/${leg.leg}`),
        acquired: leg.holdingPeriod === 'restart' ? step.date : acquired,
      }
      postArrival(mover, lot, to, NOTHING, lines)
    }
  }
}

/** A spin-off: the parent keeps its units and gives its child the share of its cost, unless the child gets no units. */
function detach(side: ActionSide, mover: Mover, leg: SecurityLeg, part: Part): void {
  const { lots } = side.partition
  const { lot, dimensions, name, acquired } = part
  if (part.gets === 0) {
    lots.reduce(lot, 0, 0)
    return
  }
  const lines = linesInUnits(mover, part, part.gets, lots.left[lot] ?? 0).map(({ from, to }) => {
    const share = takenBy(leg, { units: 0, local: from.local, base: from.base })
    return { from, to: { ...share, units: to.units } }
  })
  const going = less(part.taken, part.fraction)
  const child = signed(side.short, { ...going, units: part.gets })
  const waits = sumOf(lines.map(({ to }) => ({ ...to, units: 0 })))
  writeLine(mover, dimensions.unsettled, name, acquired, less(NOTHING, waits), 0)
  writeLine(mover, dimensions.settled, name, acquired, less(NOTHING, less({ ...child, units: 0 }, waits)), 0)
  lots.reduce(lot, going.local, going.base)
  const to = arrive(side, leg, part, lots.order[lot] ?? 0, child)
  postDetachment(mover, part, to, child, lines, leg.basisShare === 'unknown' ? FLAG.costPending : 0)
}

/** Opens the new lot, or joins its pool; answers where its lines stand. */
function arrive(
  side: ActionSide,
  leg: SecurityLeg,
  part: Part,
  order: number,
  now: Amounts,
): LotPlace & { readonly acquired: number } {
  const { desk, partition, step } = side
  const { lots } = partition
  const { sleeve, custodyAccount } = part.holding
  const holding = partition.places.holding(sleeve, custodyAccount, leg.instrument, side.short)
  const name = desk.lotNames.id(`${desk.lotNames.text(part.name)}/${step.action.action}/${leg.leg}`)
  const acquired = leg.holdingPeriod === 'restart' ? step.date : part.acquired
  const flags = lots.flags[part.lot] ?? 0
  const { units, local, base } = signed(side.short, now)
  const lot = partition.putIn(holding, name, acquired, part.currency, units, local, base, flags, step, order)
  return {
    dimensions: desk.securities(holding, part.currency),
    name: lots.name[lot] ?? NO_LOT,
    acquired: lots.acquired[lot] ?? acquired,
  }
}
