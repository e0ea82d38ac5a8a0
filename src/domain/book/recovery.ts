// The cash legs of an action that touch cost: capital returned, boot, units sold or redeemed, principal repaid, instalments called,
// income accumulated; and units that go for nothing (docs/book.md, "Corporate actions").
import { addInt, cmpInt, type Int, mulDivHalfEven, negInt, pow10, subInt } from '../kernel/scaled.ts'
import type { ActionLeg } from '../instrument/events.ts'
import { type ActionSide, costOf, leave, openLots, type Piece, reduce, unitsOf } from './action-side.ts'
import { amountFor, asCost, flagsOf, oweFor, postCost, rateOf } from './action-money.ts'
import { fractionOf, isUnknown, minus, opposite, share, smaller, spread, UNKNOWN } from './amounts.ts'
import { type Realised, realise } from './gain.ts'
import { NO_ACQUIRED, NO_LOT } from './lines.ts'
import { entitlement, priced, whole } from './quotient.ts'
import { convert, convertBack, type Rate } from './rates.ts'
import { rule } from './rules.ts'
import type { Amounts } from './waiting.ts'

type CashLeg = Extract<ActionLeg, { kind: 'cash' }>
type RemovalLeg = Extract<ActionLeg, { kind: 'removal' }>

const RULES = { capital: rule('capital'), principal: rule('capital'), boot: rule('boot'), sale: rule('sale') } as const
const REMOVAL = rule('removal')
const CALL = rule('call')

/** Money back on what lots cost: what is more than the cost is a gain, and a sale's loss is a loss. */
export function recover(side: ActionSide, leg: CashLeg & { readonly income: keyof typeof RULES }): void {
  const { desk, partition, step, pieces, short } = side
  const { lots } = partition
  const { instrument } = step.action
  const by = RULES[leg.income]
  const rate = rateOf(side, leg.currency)
  const flags = flagsOf(rate)
  const inForce = desk.policies.on(step.date)
  const goingBy = leg.income === 'sale' ? surrendered(side, leg) : pieces.map(({ units }) => units)
  const all = goingBy.reduce<Int>(addInt, 0)
  const amounts = spread(amountFor(all, leg.perUnit, desk.unitPlaces(instrument), desk.places(leg.currency)), goingBy)
  const values = leg.income === 'boot' ? valuesOf(side) : []
  for (const [i, piece] of pieces.entries()) {
    const amount = amounts[i] ?? 0
    const going = leg.income === 'sale' ? (goingBy[i] ?? 0) : 0
    if (going === 0 && leg.income === 'sale') continue
    const taken = takenBy(side, leg, piece, going, amount, values[i] ?? null, rate)
    postCost(
      side,
      piece,
      { units: 0, local: negInt(taken.local), base: opposite(taken.base) },
      negInt(going),
      by,
      flags,
    )
    if (leg.income === 'sale') sell(side, piece, going, taken)
    else reduce(lots, piece, taken.local, taken.base)
    const relieved = {
      lot: lots.name[piece.lot] ?? NO_LOT,
      currency: lots.currency[piece.lot] ?? 0,
      cost: short ? negInt(taken.local) : taken.local,
      baseCost: short ? opposite(taken.base) : taken.base,
      acquired: lots.acquired[piece.lot] ?? NO_ACQUIRED,
    }
    const owed = short ? negInt(amount) : amount
    const result: Realised = { base: 0, pending: false }
    const sleeve = lots.holding[piece.lot]?.sleeve ?? ''
    realise(desk, desk.gainPlace(sleeve, instrument, leg.currency), inForce, rate, relieved, owed, by, flags, result)
    oweFor(side, piece, leg.currency, owed, result.pending ? UNKNOWN : result.base, by, flags)
  }
}

/** Units that go, of each piece: counted for the account, cut to whole units once, spread by largest remainder. */
function surrendered({ desk, step, pieces }: ActionSide, { surrenders }: CashLeg): Int[] {
  const weights = pieces.map(({ units }) => units)
  if (surrenders === undefined) return weights
  const { instrument } = step.action
  const places = desk.unitPlaces(instrument)
  const smallest = pow10(places - Math.min(places, desk.quantityPlaces(instrument)))
  const units = whole(entitlement(unitsOf(pieces), surrenders, places, places), smallest, 'down')
  return spread(units, weights)
}

/** What of a lot's cost an amount repays. */
function takenBy(
  side: ActionSide,
  leg: CashLeg,
  piece: Piece,
  going: Int,
  amount: Int,
  value: Int | null,
  rate: Rate,
): Amounts {
  const { lots } = side.partition
  const cost = costOf(lots, piece)
  if (leg.income === 'sale') {
    if (going === piece.units) return cost
    if (!piece.whole) return partly(cost, going, piece.units)
    return { units: 0, local: lots.costOf(piece.lot, going), base: lots.baseOf(piece.lot, going) }
  }
  if (leg.income === 'principal' && leg.costShare !== undefined) {
    const { numerator, denominator } = fractionOf(leg.costShare)
    return partly(cost, numerator, denominator)
  }
  const inCurrency = costInCurrency(side, piece, leg.currency, cost, rate)
  if (inCurrency === null) return { units: 0, local: 0, base: 0 }
  const repaid = value === null ? smaller(amount, inCurrency) : subInt(amount, recognised(value, amount, inCurrency))
  return cmpInt(repaid, inCurrency) >= 0 ? cost : partly(cost, repaid, inCurrency)
}

/** What of boot is a gain: what was realised, but not more than the boot, and never a loss (26 USC 356). */
function recognised(value: Int, boot: Int, cost: Int): Int {
  const realised = subInt(addInt(value, boot), cost)
  if (realised <= 0) return 0
  return smaller(realised, boot)
}

/** A lot's cost in the currency of the money; null while a rate that it takes is missing, which makes the entry pending. */
function costInCurrency(side: ActionSide, piece: Piece, code: string, cost: Amounts, rate: Rate): Int | null {
  const { desk, partition } = side
  if (desk.currencies.text(partition.lots.currency[piece.lot] ?? 0) === code) return cost.local
  if (rate.known && !isUnknown(cost.base)) return convertBack(rate, cost.base)
  desk.lines.wait()
  return null
}

function partly({ local, base }: Amounts, part: Int, all: Int): Amounts {
  return { units: 0, local: all === 0 ? 0 : mulDivHalfEven(local, part, all), base: share(base, part, all) }
}

/** Fair market value of the new units of each piece, fractions included, in the currency of the boot (the same, by the terms). */
function valuesOf({ desk, step, pieces, legs }: ActionSide): Int[] {
  const leg = legs.find((each) => each.kind === 'security' && each.replaces)
  const weights = pieces.map(({ units }) => units)
  if (leg?.kind !== 'security' || leg.value === undefined) return weights.map(() => 0)
  const places = desk.unitPlaces(leg.instrument)
  const exact = entitlement(unitsOf(pieces), leg.ratio, desk.unitPlaces(step.action.instrument), places)
  return spread(priced(exact, fractionOf(leg.value.price), places, desk.places(leg.value.currency)), weights)
}

function sell({ partition }: ActionSide, piece: Piece, going: Int, taken: Amounts): void {
  const { lots } = partition
  if (piece.whole) lots.take(piece.lot, going)
  else {
    const left = lots.left[piece.lot] ?? 0
    const cost = minus(lots.baseLeft(piece.lot), taken.base)
    lots.rebase(piece.lot, subInt(left, going), subInt(lots.costLeft(piece.lot), taken.local), cost)
  }
}

/** Money paid in that raises the cost: an instalment on what is partly paid; or, `notional`, income that is not paid out. */
export function payIn(side: ActionSide, leg: CashLeg, income: (piece: Piece, local: Int, base: Int) => void): void {
  const { desk, partition, step, pieces, short } = side
  const rate = rateOf(side, leg.currency)
  const flags = flagsOf(rate)
  const { instrument } = step.action
  const gross = amountFor(unitsOf(pieces), leg.perUnit, desk.unitPlaces(instrument), desk.places(leg.currency))
  const amounts = spread(
    gross,
    pieces.map(({ units }) => units),
  )
  for (const [i, piece] of pieces.entries()) {
    const amount = amounts[i] ?? 0
    if (amount === 0) continue
    const base = convert(rate, amount)
    const cost = asCost(side, piece, leg.currency, amount, base, CALL, flags)
    postCost(side, piece, cost, 0, CALL, flags)
    reduce(partition.lots, piece, negInt(cost.local), opposite(cost.base))
    const signed = short ? amount : negInt(amount)
    const signedBase = short ? base : opposite(base)
    if (leg.notional === true) income(piece, signed, signedBase)
    else oweFor(side, piece, leg.currency, signed, signedBase, CALL, flags)
  }
}

/** Units that go for nothing: their cost is a loss, or goes back to the lot they came from. */
export function remove(side: ActionSide, leg: RemovalLeg): void {
  const { desk, partition, step, pieces, short, lineage } = side
  const { lots } = partition
  const inForce = desk.policies.on(step.date)
  for (const piece of pieces) {
    const cost = costOf(lots, piece)
    const { lot, units } = piece
    const name = lots.name[lot] ?? NO_LOT
    postCost(side, piece, { units: 0, local: negInt(cost.local), base: opposite(cost.base) }, negInt(units), REMOVAL, 0)
    leave(lots, piece)
    const parent = leg.basis === 'to-parent' ? parentOf(side, lot) : null
    if (parent !== null) {
      lots.reduce(parent, negInt(cost.local), opposite(cost.base))
      postCost(side, { lot: parent, units: 0, whole: true, own: cost }, cost, 0, REMOVAL, 0)
      lineage.join(name, lots.name[parent] ?? NO_LOT)
      continue
    }
    const currency = lots.currency[lot] ?? 0
    const code = desk.currencies.text(currency)
    const rate = desk.rates.on(currency, step.date, inForce.series)
    const sleeve = lots.holding[lot]?.sleeve ?? ''
    const relieved = {
      lot: name,
      currency,
      cost: short ? negInt(cost.local) : cost.local,
      baseCost: short ? opposite(cost.base) : cost.base,
    }
    const result: Realised = { base: 0, pending: false }
    const place = desk.gainPlace(sleeve, step.action.instrument, code)
    realise(desk, place, inForce, rate, relieved, 0, REMOVAL, flagsOf(rate), result)
  }
}

/** The open lot whose action made this one: `{parent}/{action}/{leg}`; null when it is not held any more. */
function parentOf({ desk, partition, holdings }: ActionSide, lot: number): number | null {
  const { lots } = partition
  const text = desk.lotNames.text(lots.name[lot] ?? 0)
  const own = lots.holding[lot]
  const until = text.lastIndexOf('/', text.lastIndexOf('/') - 1)
  if (own === undefined || until < 0) return null
  const wanted = text.slice(0, until)
  const near = [...partition.places.holdings].filter(
    ({ sleeve, custodyAccount, short }) =>
      sleeve === own.sleeve && custodyAccount === own.custodyAccount && short === own.short,
  )
  const found = openLots(partition, near.length > 0 ? near : holdings).find(
    (other) => desk.lotNames.text(lots.name[other] ?? 0) === wanted && lots.currency[other] === lots.currency[lot],
  )
  return found ?? null
}
