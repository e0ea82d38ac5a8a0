// The end of an option position: its lots go into what it delivers, or are closed against what it pays (docs/book.md, "Options").
import { addInt, type Int, mulDivHalfEven, negInt, parseScaled } from '../kernel/scaled.ts'
import { isUnknown, opposite, plus, smaller } from './amounts.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import { type Fill, Leg, type OptionEnd } from './fill.ts'
import { NO_LOT } from './lines.ts'
import type { Holding } from './lots.ts'
import type { Partition } from './partition.ts'
import type { InForce } from './policies.ts'
import { openUnits, relieve, relieveChosen } from './relief.ts'
import { rule } from './rules.ts'
import { type Carry, close, open, tradeRate } from './trade.ts'

const EXERCISE = rule('exercise')
const part = new Leg()
const rest = new Leg()

/** Posts the end of as many contracts as are held; what is not held opens a break. */
export function postOptionEnd(desk: Desk, partition: Partition, fill: Fill, end: OptionEnd): Entry | null {
  const inForce = desk.policies.on(fill.date)
  const { sleeve, custodyAccount, code } = fill.place
  const place = partition.places.at(sleeve, custodyAccount, fill.cashAccount, end.instrument, code)
  const scope = partition.scope(place, end.short, inForce)
  const asked = parseScaled(end.quantity, desk.unitPlaces(end.instrument))
  const ends = smaller(openUnits(scope), asked)
  if (ends < asked) {
    const message = `more contracts of ${end.instrument} were to end than are held`
    partition.report(fill, 'option-exceeds-holding', message, fill.date)
  }
  if (ends === 0) return null
  const units = ends === asked ? fill.units : mulDivHalfEven(fill.units, ends, asked)
  if (!end.delivers) {
    part.first(fill, inForce, units)
    return close(desk, partition, fill, inForce, tradeRate(desk, fill, inForce), part, scope)
  }
  return deliver(desk, partition, fill, inForce, units, taken(desk, partition, fill, end, inForce, scope, ends))
}

/** The trade of the underlying, into which the option's cost is carried; where it crosses zero, into the part that closes. */
function deliver(
  desk: Desk,
  partition: Partition,
  fill: Fill,
  inForce: InForce,
  units: Int,
  carry: Carry,
): Entry | null {
  const { keeping } = inForce.policy
  const rate = tradeRate(desk, fill, inForce)
  const closes = keeping !== 'long-short' || !fill.buys
  const scope = closes ? partition.scope(fill.place, fill.buys, inForce) : []
  const held = openUnits(scope)
  const uncovered = closes && keeping === 'long-short'
  if (held === 0 || held >= units) {
    part.first(fill, inForce, units)
    return held === 0
      ? open(desk, partition, fill, inForce, rate, part, uncovered, ENTRY.trade, carry)
      : close(desk, partition, fill, inForce, rate, part, scope, carry)
  }
  part.first(fill, inForce, held)
  rest.upTo(fill, inForce, units, part)
  const closed = close(desk, partition, fill, inForce, rate, part, scope, carry)
  const opened = open(desk, partition, fill, inForce, rate, rest, uncovered, ENTRY.trade2)
  if (closed === null) return opened
  closed.next = opened
  return closed
}

/** Relieves the option's lots, and says what they carry into the trade. */
function taken(
  desk: Desk,
  partition: Partition,
  fill: Fill,
  end: OptionEnd,
  inForce: InForce,
  scope: readonly Holding[],
  units: Int,
): Carry {
  const { lots, relief } = partition
  const { method, policy } = inForce
  relief.clear()
  const nameOf = (name: number) => desk.lotNames.text(name)
  const places = desk.unitPlaces(end.instrument)
  const chosen = end.lots
  const left = chosen === null ? units : relieveChosen(relief, lots, scope, units, chosen, places, nameOf)
  if (left > 0) relieve(relief, lots, scope, left, method === 'specific' ? policy.defaultMethod : method, 0)
  // What closes next uses the relief again.
  const away = (amount: Int) => (end.short ? amount : opposite(amount))
  const gone = Array.from({ length: relief.count }, (_, i) => ({
    lot: relief.lot[i] ?? 0,
    units: away(relief.units[i] ?? 0),
    local: away(relief.cost[i] ?? 0),
    base: away(relief.base[i] ?? 0),
  }))
  const base = gone.reduce<Int>((sum, one) => plus(sum, one.base), 0)
  return {
    local: negInt(gone.reduce<Int>((sum, { local }) => addInt(sum, local), 0)),
    base: opposite(base),
    lot: lots.name[gone[0]?.lot ?? 0] ?? NO_LOT,
    write: () => {
      for (const out of gone) writeAway(desk, partition, fill, out)
      if (isUnknown(base)) desk.lines.wait()
    },
  }
}

interface Gone {
  readonly lot: number
  readonly units: Int
  readonly local: Int
  readonly base: Int
}

/** A lot of the option leaves, across sleeves by 2500 at cost. */
function writeAway(desk: Desk, { lots }: Partition, { place }: Fill, { lot, units, local, base }: Gone): void {
  const holding = lots.holding[lot]
  if (holding === undefined) return
  const currency = lots.currency[lot] ?? 0
  const { unsettled, outsideUnsettled } = desk.securities(holding, currency)
  const { lines } = desk
  lines.add(unsettled, lots.name[lot] ?? NO_LOT, lots.acquired[lot] ?? 0, units, local, base, EXERCISE, 0)
  lines.merge(outsideUnsettled, negInt(units), 0, 0, EXERCISE, 0)
  if (holding.sleeve === place.sleeve) return
  const code = desk.currencies.text(currency)
  lines.merge(desk.sleeveLine(2500, code, holding.sleeve), 0, negInt(local), opposite(base), EXERCISE, 0)
  lines.merge(desk.sleeveLine(2500, code, place.sleeve), 0, local, base, EXERCISE, 0)
}
