// The security legs of an action: splits and mergers, which replace lots, and spin-offs and rights, which detach from them.
import { addInt, type Int, mulDivHalfEven, toInt } from '../kernel/scaled.ts'
import { amountFor, flagsOf, rateOf } from './action-money.ts'
import { type ActionSide, leave, reduce } from './action-side.ts'
import { opposite, plus, share, spread, UNKNOWN } from './amounts.ts'
import { realiseNothing } from './fraction.ts'
import { type Realised, realise } from './gain.ts'
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
  postSettledAway,
  signed,
  waitingOn,
  writeLine,
} from './lot-moves.ts'
import type { Holding } from './lots.ts'
import { type Part, partsOf, type SecurityLeg, shareOf, takenBy } from './parts.ts'
import { entitlement } from './quotient.ts'
import { rule } from './rules.ts'
import { type Amounts, less, NOTHING, sumOf } from './waiting.ts'

const EXCHANGE = rule('exchange')
const DETACH = rule('detach')
const TAXABLE = rule('taxable-exchange')

/** One leg over the lots of one account and side. */
export function exchange(side: ActionSide, leg: SecurityLeg, followsSold: boolean): void {
  const parts = side.pieces.length === 0 ? [] : partsOf(side, leg)
  const mover = { ...side, rule: leg.replaces ? (leg.taxable === true ? TAXABLE : EXCHANGE) : DETACH }
  if (!leg.replaces) {
    for (const part of parts) detach(side, mover, leg, part)
    return
  }
  // Lots sold but not settled are not entitled; what waits of them follows all the same.
  if (followsSold) for (const holding of side.holdings) followSold(side, mover, leg, holding, parts)
  replace(side, mover, leg, parts)
}

/** What a piece is, signed as in postings. */
function nowOf(mover: Mover, { piece }: Part): Amounts {
  return piece.whole ? amountsOf(mover, piece.lot) : signed(mover.short, { ...piece.own, units: piece.units })
}

/** Lots one to one; a lot that gets no unit passes its cost to the next of its holding, or loses it when none gets any. */
function replace(side: ActionSide, mover: Mover, leg: SecurityLeg, parts: readonly Part[]): void {
  const { lineage } = side
  const { lots } = side.partition
  const now = parts.map((part) => nowOf(mover, part))
  const sold = leg.taxable === true ? sell(side, leg, parts, now) : null
  const goes = parts.map((part, i) => {
    const added = signed(side.short, part.added)
    const cost = sold?.[i] ?? now[i] ?? NOTHING
    return { ...unitsOf(side, part.gets), local: addInt(cost.local, added.local), base: plus(cost.base, added.base) }
  })
  const lines = parts.map((part, i) => {
    if (!part.piece.whole) return []
    const moved = linesInUnits(mover, part, unitsOf(side, part.gets).units, now[i]?.units ?? 0)
    return sold === null ? moved : atNewCost(moved, sold[i] ?? NOTHING, now[i] ?? NOTHING)
  })
  for (const [i, part] of parts.entries()) {
    if (part.piece.whole) postAway(mover, part, part.acquired, now[i] ?? NOTHING)
    else postSettledAway(mover, part, part.acquired, now[i] ?? NOTHING)
  }
  for (const [i, part] of parts.entries()) {
    if (part.gets !== 0) continue
    const heir = heirOf(parts, i)
    const own = sold === null ? (now[i] ?? NOTHING) : NOTHING
    const there = goes[heir]
    if (there === undefined) {
      if (sold === null) realiseNothing(side, part, own)
      if (part.piece.whole) dropWaiting(mover, part)
      continue
    }
    lineage.join(part.name, parts[heir]?.name ?? part.name)
    goes[heir] = { units: there.units, local: addInt(there.local, own.local), base: plus(there.base, own.base) }
    lines[heir]?.push(...(lines[i] ?? []).map(({ from, to }) => ({ from, to: { ...to, units: 0 } })))
  }
  for (const [i, part] of parts.entries()) {
    const order = lots.order[part.lot] ?? 0
    leave(lots, part.piece)
    if (part.gets !== 0)
      postArrival(mover, part, arrive(side, leg, part, order, goes[i] ?? NOTHING), goes[i] ?? NOTHING, lines[i] ?? [])
  }
}

/** Sells the old units for the value of the new ones, whole gain or loss; answers what the new lots cost, signed as in postings. */
function sell(side: ActionSide, leg: SecurityLeg, parts: readonly Part[], now: readonly Amounts[]): Amounts[] {
  const { desk, step, short } = side
  const { value } = leg
  if (value === undefined) return [...now]
  const gets = parts.map((part) => part.gets)
  const units = gets.reduce<Int>(addInt, 0)
  const total = amountFor(units, value.price, desk.unitPlaces(leg.instrument), desk.places(value.currency))
  const values = spread(total, gets)
  const rate = rateOf(side, value.currency)
  const inForce = desk.policies.on(step.date)
  return parts.map((part, i) => {
    const proceeds = short ? opposite(values[i] ?? 0) : (values[i] ?? 0)
    const result: Realised = { base: 0, pending: false }
    const cost = now[i] ?? NOTHING
    const relieved = { lot: part.name, currency: part.currency, cost: cost.local, baseCost: cost.base }
    const place = desk.gainPlace(part.holding.sleeve, step.action.instrument, value.currency)
    realise(desk, place, inForce, rate, relieved, proceeds, TAXABLE, flagsOf(rate), result)
    return { units: 0, local: proceeds, base: result.pending ? UNKNOWN : result.base }
  })
}

/** Waiting lines of lots that were sold for their new value: each has its share of that by units. */
function atNewCost(lines: readonly MovedLine[], cost: Amounts, now: Amounts): MovedLine[] {
  return lines.map(({ from, to }) => ({
    from,
    to: {
      units: to.units,
      local: share(cost.local, from.units, now.units),
      base: share(cost.base, from.units, now.units),
    },
  }))
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
  const { instrument } = step.action
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
        name: nameOf(side, leg, name),
        acquired: leg.holdingPeriod === 'restart' ? step.date : acquired,
      }
      side.lineage.join(name, to.name)
      postArrival(mover, lot, to, NOTHING, lines)
    }
  }
}

/** A spin-off: the parent keeps its units and gives its child the share of its cost, unless the child gets no units. */
function detach(side: ActionSide, mover: Mover, leg: SecurityLeg, part: Part): void {
  const { lots } = side.partition
  const { piece, lot, dimensions, name, acquired } = part
  if (part.gets === 0) {
    lots.reduce(lot, 0, 0)
    return
  }
  const whole = piece.whole ? linesInUnits(mover, part, part.gets, lots.left[lot] ?? 0) : []
  const lines = whole.map(({ from, to }) => {
    const taken = takenBy(side, leg, { units: 0, local: from.local, base: from.base })
    return { from, to: { ...taken, units: to.units } }
  })
  const going = less(part.taken, part.fraction)
  const leaves = signed(side.short, going)
  const child = signed(side.short, {
    units: part.gets,
    local: addInt(going.local, part.added.local),
    base: plus(going.base, part.added.base),
  })
  const waits = sumOf(lines.map(({ to }) => ({ ...to, units: 0 })))
  writeLine(mover, dimensions.unsettled, name, acquired, less(NOTHING, waits), 0)
  writeLine(mover, dimensions.settled, name, acquired, less(NOTHING, less(leaves, waits)), 0)
  reduce(lots, piece, going.local, going.base)
  const to = arrive(side, leg, part, lots.order[lot] ?? 0, child)
  const { taxRegime } = side.desk.policies.on(side.step.date).policy
  postDetachment(mover, part, to, child, lines, shareOf(leg, taxRegime) === 'unknown' ? FLAG.costPending : 0)
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
  const acquired = leg.holdingPeriod === 'restart' ? step.date : part.acquired
  const flags = lots.flags[part.lot] ?? 0
  const { units, local, base } = signed(side.short, now)
  // A lot sold for its new value costs that, in the currency of the value.
  const code = leg.taxable === true ? leg.value?.currency : undefined
  const currency = code === undefined ? part.currency : desk.currencies.id(code)
  const name = nameOf(side, leg, part.name)
  const lot = partition.putIn(holding, name, acquired, currency, units, local, base, flags, step, order)
  const to = lots.name[lot] ?? NO_LOT
  side.lineage.join(part.name, to)
  return { dimensions: desk.securities(holding, currency), name: to, acquired: lots.acquired[lot] ?? acquired }
}

/** `{lot}/{action}/{leg}`; the same name where only the identity changes. */
function nameOf({ desk, step }: ActionSide, leg: SecurityLeg, name: number): number {
  if (leg.keepsLots === true) return name
  return desk.lotNames.id(`${desk.lotNames.text(name)}/${step.action.action}/${leg.leg}`)
}
