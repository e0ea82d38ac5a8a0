// Legs that touch cost: capital, boot, principal, sales, calls, accumulated income, removals.
import type { Side } from './actions.ts'
import { type Base, Decimal, decimal, largestRemainder, money, negBase, placesOf, sum, ZERO } from './arithmetic.ts'
import { rateOn } from './fold.ts'
import { gainLines } from './gains.ts'
import { by, inBase, INCOME, on } from './income.ts'
import { Draft } from './journal.ts'
import { must } from './knowledge.ts'
import { type Amounts, byAge, dimensionsOf, type Lot, minus, NOTHING, rebase, relieve } from './lots.ts'
import { byUnits, costOf, lower, type Piece } from './pieces.ts'
import { convert, inverse } from './rates.ts'
import { owe } from './receivables.ts'
import type { CashLeg, RemovalLeg } from './shapes.ts'

/** Takes a piece's units, and the cost that goes with them, off its lot. */
export function takeOff(piece: Piece, units: Decimal, cost: Amounts): void {
  const { lot } = piece
  const signed = lot.now.units.isNegative() ? units.negated() : units
  lot.now = minus(lot.now, { ...cost, units: signed })
  rebase(lot)
}

/** A line of a lot in its settled state. */
export function settledLine({ draft }: Pick<Side, 'draft'>, lot: Lot, { units, cost, base }: Amounts): void {
  draft.add({ ...dimensionsOf(lot), state: 'settled', units, local: cost, base })
}

const partOf = (base: Base, part: Decimal, whole: Decimal, functional: string): Base =>
  part.isZero() ? ZERO : base && money(base.times(part).dividedBy(whole), functional)

/** Money that is owed to a long lot, or by a short one; and the other way round. */
export function oweTo(side: Side, draft: Draft, lot: Lot, currency: string, local: Decimal, base: Base): void {
  const { cashAccount, marginAccount } = side.fold.opened.defaults
  const receives = local.gt(0) || (local.isZero() && base?.gt(0) === true)
  const account = receives ? 1330 : side.short ? 2300 : 2200
  const from = { ...on(lot, currency), account, cashAccount: side.short ? marginAccount : cashAccount }
  owe(side.fold, draft, by(side), { ...from, local, base })
}

export function recover(side: Side, leg: CashLeg): void {
  const { fold, draft, pieces, action, when } = side
  const { currency } = leg
  const places = must(fold.known.instruments.get(action.instrument)).quantityPlaces
  const held = pieces.map(({ units }) => units)
  let going = held
  if (leg.income === 'sale' && leg.surrenders) {
    const { numerator, denominator } = leg.surrenders
    const all = sum(held).times(numerator).dividedBy(denominator).toDecimalPlaces(places, Decimal.ROUND_DOWN)
    going = largestRemainder(all, held, places)
  }
  const total = money(sum(going).times(leg.perUnit), currency)
  const amounts = sum(going).isZero() ? going.map(() => ZERO) : largestRemainder(total, going, placesOf(currency))
  const values = leg.income === 'boot' ? valuesOf(side) : []
  const rate = rateOn(fold, currency, when.date)
  pieces.forEach((piece, at) => {
    const { lot } = piece
    const sign = lot.side === 'long' ? 1 : -1
    const amount = amounts[at]!
    const units = going[at]!
    if (leg.income === 'sale' && units.isZero()) return
    const own = new Draft()
    let taken: Amounts
    if (leg.income === 'sale') {
      const cost = costOf(piece)
      if (piece.whole) taken = { ...relieve(fold, lot, units), units: ZERO }
      else {
        taken = units.equals(piece.units) ? cost : portion(side, lot, cost, units, piece.units)
        takeOff(piece, units, taken)
      }
      settledLine({ draft: own }, lot, {
        units: units.times(-sign),
        cost: taken.cost.negated(),
        base: negBase(taken.base),
      })
    } else {
      taken = repaid(side, own, leg, piece, amount, values[at] ?? null)
      settledLine({ draft: own }, lot, minus(NOTHING, taken))
      lower(piece, taken)
    }
    gainLines(fold, own, lot.sleeve, lot, taken, { amount: amount.times(sign), currency, rate })
    oweTo(side, own, lot, currency, amount.times(sign), own.residual(lot.sleeve))
    draft.take(own)
  })
}

function portion({ fold }: Side, lot: Lot, cost: Amounts, part: Decimal, all: Decimal): Amounts {
  return {
    units: ZERO,
    cost: all.isZero() ? ZERO : money(cost.cost.times(part).dividedBy(all), lot.currency),
    base: partOf(cost.base, part, all, fold.functional),
  }
}

/** What of a lot's cost the money repays, signed as the lot. */
function repaid(side: Side, own: Draft, leg: CashLeg, piece: Piece, amount: Decimal, value: Decimal | null): Amounts {
  const { lot } = piece
  const cost = costOf(piece)
  if (leg.income === 'principal' && leg.costShare !== undefined)
    return portion(side, lot, cost, decimal(leg.costShare), decimal(1))
  const inMoney = costIn(side, lot, cost, leg.currency)
  if (inMoney === null) {
    own.open = true
    return NOTHING
  }
  const held = lot.side === 'long' ? inMoney : inMoney.negated()
  const gain =
    value === null
      ? Decimal.max(amount.minus(held), 0)
      : Decimal.max(0, Decimal.min(value.plus(amount).minus(held), amount))
  const back = amount.minus(gain)
  return back.gte(held) ? cost : portion(side, lot, cost, back, held)
}

/** A lot's cost in the currency of the money; null while a rate that it takes is missing. */
function costIn({ fold, when }: Side, lot: Lot, cost: Amounts, currency: string): Decimal | null {
  if (lot.currency === currency) return cost.cost
  const rate = rateOn(fold, currency, when.date)
  return rate && cost.base && convert(cost.base, inverse(rate), currency)
}

/** What the new units beside the boot are worth, fractions included. */
function valuesOf({ legs, pieces }: Side): Decimal[] {
  const leg = legs.find((each) => each.kind === 'security' && each.replaces)
  if (leg?.kind !== 'security' || leg.value === undefined) return pieces.map(() => ZERO)
  const units = sum(pieces.map((piece) => piece.units)).times(leg.ratio.numerator)
  const total = money(units.times(leg.value.price).dividedBy(leg.ratio.denominator), leg.value.currency)
  return byUnits(total, pieces, leg.value.currency)
}

/** Money as cost of a lot, signed as the lot; in another currency it crosses 9000. */
export function asCost(
  side: Side,
  draft: Draft,
  lot: Lot,
  currency: string,
  amount: Decimal,
  base: Base,
  of = lot.currency,
): Amounts {
  if (of === currency || (amount.isZero() && base?.isZero())) return { units: ZERO, cost: amount, base }
  const rate = rateOn(side.fold, of, side.when.date)
  if (rate === null) draft.open = true
  const cost = (rate && base && convert(base, inverse(rate), of)) ?? ZERO
  draft.add({ sleeve: lot.sleeve, account: 9000, currency: of, local: cost.negated(), base: negBase(base) })
  draft.add({ sleeve: lot.sleeve, account: 9000, currency, local: amount, base })
  return { units: ZERO, cost, base }
}

export function payIn(side: Side, leg: CashLeg): void {
  const { draft, pieces, short } = side
  const amountOf = inBase(side, leg.currency)
  const total = money(sum(pieces.map(({ units }) => units)).times(leg.perUnit), leg.currency)
  byUnits(total, pieces, leg.currency).forEach((amount, at) => {
    const piece = pieces[at]!
    if (amount.isZero()) return
    const { lot } = piece
    const paid = amountOf(short ? amount.negated() : amount)
    const cost = asCost(side, draft, lot, leg.currency, paid.local, paid.base)
    settledLine(side, lot, cost)
    lower(piece, minus(NOTHING, cost))
    const other = { local: paid.local.negated(), base: negBase(paid.base) }
    if (leg.notional)
      draft.add({
        ...on(lot, leg.currency),
        account: short ? 5300 : INCOME[leg.income as keyof typeof INCOME],
        ...other,
      })
    else oweTo(side, draft, lot, leg.currency, other.local, other.base)
  })
}

export function remove(side: Side, leg: RemovalLeg): void {
  const { fold, draft, pieces, when } = side
  for (const piece of pieces) {
    const { lot, units } = piece
    const cost = costOf(piece)
    const signed = lot.side === 'long' ? units : units.negated()
    settledLine(side, lot, minus(NOTHING, { ...cost, units: signed }))
    if (piece.whole) lot.now = NOTHING
    else takeOff(piece, units, cost)
    const parent = leg.basis === 'to-parent' ? parentOf(side, lot) : undefined
    if (parent) {
      settledLine(side, parent, cost)
      lower({ lot: parent, units: ZERO, whole: true, own: NOTHING }, minus(NOTHING, cost))
    } else
      gainLines(fold, draft, lot.sleeve, lot, cost, {
        amount: ZERO,
        currency: lot.currency,
        rate: rateOn(fold, lot.currency, when.date),
      })
  }
}

function parentOf({ fold }: Side, lot: Lot): Lot | undefined {
  const id = lot.id.split('/').slice(0, -2).join('/')
  return [...fold.lots]
    .sort(byAge)
    .find(
      (other) =>
        id !== '' &&
        other.id === id &&
        !other.now.units.isZero() &&
        other.sleeve === lot.sleeve &&
        other.custodyAccount === lot.custodyAccount &&
        other.side === lot.side &&
        other.currency === lot.currency,
    )
}
