// What a fill of a contract (a future) posts: units without money; gains against the last mark, and of all marks once it is closed.
import { addInt, type Int, mulDivHalfEven, negInt, subInt } from '../kernel/scaled.ts'
import { minus, opposite, plus, share } from './amounts.ts'
import type { Desk } from './desk.ts'
import { TRADE } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import type { Fill, Leg } from './fill.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { type Holding, type Lots, tallyOf } from './lots.ts'
import type { Partition } from './partition.ts'
import type { InForce } from './policies.ts'
import { convert, type Rate } from './rates.ts'
import { rule } from './rules.ts'

const MARK = rule('mark')

/** What a lot of a contract is worth to its holder, positive for long and short alike; all of it shrinks with the units. */
export interface Standing {
  /** What the units left were worth when they were traded, and by the last mark. */
  readonly opened: Int
  readonly valued: Int
  /** Base of the gains marked so far. */
  readonly base: Int
}

export function standingOf(lots: Lots, lot: number): Standing {
  return { opened: lots.tally(tallyOf(lot, 0)), valued: lots.tally(tallyOf(lot, 1)), base: lots.tally(tallyOf(lot, 2)) }
}

export function setStanding(lots: Lots, lot: number, { opened, valued, base }: Standing): void {
  lots.setTally(tallyOf(lot, 0), opened)
  lots.setTally(tallyOf(lot, 1), valued)
  lots.setTally(tallyOf(lot, 2), base)
}

/** Where a contract's gains are posted, in the sleeve of its lot. */
export function marginPlace(desk: Desk, holding: Holding, currency: number) {
  const { sleeve, instrument } = holding
  const code = desk.currencies.text(currency)
  return {
    owed: desk.dimension(1340, code, { sleeve, instrument, cashAccount: desk.opened.defaults.marginAccount }),
    marked: desk.dimension(4140, code, { sleeve, instrument }),
    realised: desk.dimension(4100, code, { sleeve, instrument }),
  }
}

/** Opens contracts: units for nothing; all costs are expenses. */
export function openContract(
  desk: Desk,
  partition: Partition,
  fill: Fill,
  inForce: InForce,
  rate: Rate,
  leg: Leg,
  oversold: boolean,
  kind: typeof ENTRY.trade | typeof ENTRY.trade2,
): Entry | null {
  const { lines } = desk
  const { place } = fill
  const { lots } = partition
  const holding = fill.buys ? place.long : place.short
  const flags = (rate.carried ? FLAG.carried : 0) | (oversold ? FLAG.oversold : 0)
  const lotFlags = oversold ? FLAG.oversold : 0
  const lot = partition.openLot(holding, fill, place.currency, leg.units, 0, 0, lotFlags, inForce)
  const { opened, valued, base } = standingOf(lots, lot)
  const worth = leg.consideration
  setStanding(lots, lot, { opened: addInt(opened, worth), valued: addInt(valued, worth), base })
  const dimensions = desk.securities(holding, place.currency)
  const units = fill.buys ? leg.units : negInt(leg.units)
  lines.begin()
  lines.add(dimensions.unsettled, lots.name[lot] ?? NO_LOT, lots.acquired[lot] ?? 0, units, 0, 0, TRADE, flags)
  payCosts(desk, fill, leg, rate, flags)
  lines.add(dimensions.outsideUnsettled, NO_LOT, NO_ACQUIRED, negInt(units), 0, 0, TRADE, flags)
  return desk.finish(kind, fill, fill.date, fill.phase, fill.settleDay)
}

/** Closes the contracts that `partition.relief` holds. */
export function closeContract(desk: Desk, partition: Partition, fill: Fill, rate: Rate, leg: Leg): Entry | null {
  const { lines } = desk
  const { place } = fill
  const { lots, relief } = partition
  const short = fill.buys
  const sign = short ? -1 : 1
  const carried = rate.carried ? FLAG.carried : 0
  const whole = leg.consideration
  lines.begin()
  let closed: Int = 0
  let shared: Int = 0
  for (let i = 0; i < relief.count; i++) {
    const lot = relief.lot[i] ?? 0
    const units = relief.units[i] ?? 0
    const by = relief.rule[i] ?? 0
    const flags = (relief.flags[i] ?? 0) | carried
    const holding = lots.holding[lot] ?? place.long
    const name = lots.name[lot] ?? NO_LOT
    closed = addInt(closed, units)
    const reached = closed === leg.units ? whole : mulDivHalfEven(whole, closed, leg.units)
    const received = subInt(reached, shared)
    shared = reached
    const before = addInt(lots.left[lot] ?? 0, units)
    const currency = lots.currency[lot] ?? place.currency
    const dimensions = desk.securities(holding, currency)
    const out = short ? units : negInt(units)
    lines.add(dimensions.unsettled, name, lots.acquired[lot] ?? 0, out, 0, 0, by, flags)
    lines.merge(dimensions.outsideUnsettled, negInt(out), 0, 0, TRADE, carried)
    const part = takeStanding(lots, lot, units, before)
    const { owed, marked } = marginPlace(desk, holding, currency)
    const gain = signed(subInt(received, part.valued), sign)
    const base = convert(rate, gain)
    lines.merge(owed, 0, gain, base, MARK, carried)
    lines.add(marked, name, NO_ACQUIRED, 0, negInt(gain), opposite(base), MARK, flags)
    const before4140 = signed(subInt(part.valued, part.opened), sign)
    realiseMarks(desk, holding, currency, name, addInt(before4140, gain), plus(part.base, base), by, flags)
  }
  payCosts(desk, fill, leg, rate, carried)
  return desk.finish(ENTRY.trade, fill, fill.date, fill.phase, fill.settleDay)
}

/** What was marked on contracts that are closed becomes a realised gain. */
export function realiseMarks(
  desk: Desk,
  holding: Holding,
  currency: number,
  lot: number,
  gain: Int,
  base: Int,
  by: number,
  flags: number,
): void {
  if (gain === 0 && base === 0) return
  const { marked, realised } = marginPlace(desk, holding, currency)
  desk.lines.add(marked, lot, NO_ACQUIRED, 0, gain, base, by, flags)
  desk.lines.add(realised, lot, NO_ACQUIRED, 0, negInt(gain), opposite(base), by, flags)
}

/** Takes the part of what stands on a lot that goes with `units` of the `held`. */
export function takeStanding(lots: Lots, lot: number, units: Int, held: Int): Standing {
  const { opened, valued, base } = standingOf(lots, lot)
  const part = {
    opened: mulDivHalfEven(opened, units, held),
    valued: mulDivHalfEven(valued, units, held),
    base: units === held ? base : share(base, units, held),
  }
  setStanding(lots, lot, {
    opened: subInt(opened, part.opened),
    valued: subInt(valued, part.valued),
    base: units === held ? 0 : minus(base, part.base),
  })
  return part
}

/** Costs of a contract have no lot to be part of: they are an expense, paid from the margin account. */
function payCosts(desk: Desk, { place }: Fill, leg: Leg, rate: Rate, flags: number): void {
  const costs = addInt(leg.capital, leg.expense)
  if (costs === 0) return
  const base = convert(rate, costs)
  desk.lines.add(place.costs, NO_LOT, NO_ACQUIRED, 0, costs, base, TRADE, flags)
  desk.lines.add(place.marginPayable, NO_LOT, NO_ACQUIRED, 0, negInt(costs), opposite(base), TRADE, flags)
}

function signed(amount: Int, sign: number): Int {
  return sign < 0 ? opposite(amount) : amount
}
