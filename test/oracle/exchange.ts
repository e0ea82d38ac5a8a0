// Security legs of corporate actions: splits that replace lots, spin-offs that detach from them, and what becomes of fractions.
import { type Base, Decimal, decimal, largestRemainder, money, negBase, placesOf, sum, ZERO } from './arithmetic.ts'
import type { Side } from './actions.ts'
import { rateOn } from './fold.ts'
import { gainLines } from './gains.ts'
import { by, inBase, INCOME, on } from './income.ts'
import { Draft } from './journal.ts'
import { must } from './knowledge.ts'
import {
  type Amounts,
  dimensionsOf,
  type Lot,
  minus,
  NOTHING,
  plus,
  putIn,
  rebase,
  sameHolding,
  settledOf,
  sumOf,
  type Waiting,
  waitingOf,
} from './lots.ts'
import { costOf, lower, type Piece } from './pieces.ts'
import { owe } from './receivables.ts'
import { asCost, oweTo, settledLine, takeOff } from './recovery.ts'
import type { SecurityLeg } from './shapes.ts'

export interface Exchange extends Side {
  readonly leg: SecurityLeg
}

/** One piece of the account, what it gets, and the part of its cost and of the money that belong to its fraction. Signed as the lot. */
interface Part {
  readonly piece: Piece
  readonly lot: Lot
  /** Of its cost: what the leg takes. */
  readonly taken: Amounts
  readonly newUnits: Decimal
  readonly fraction: Amounts
  readonly cash: Decimal
  /** Cost from outside: income in kind, subscriptions, fractions bought. */
  added: Amounts
}

/** One leg over the pieces of one account and side, oldest first; `all` are the lots whose sold units follow it. */
export function exchange(x: Exchange, all: readonly Lot[]): void {
  const parts = x.pieces.length > 0 ? partsOf(x, x.pieces) : []
  for (const part of parts) payFraction(x, part)
  if (x.leg.replaces) {
    const gone = parts.filter(({ piece }) => piece.whole).map(({ lot }) => lot)
    const sold = all.filter((lot) => !gone.includes(lot) && lot.now.units.isZero())
    x.fold.lots = x.fold.lots.filter((lot) => !gone.includes(lot) && !sold.includes(lot))
    replace(x, parts)
    for (const lot of sold) if (lot.waiting.length > 0) follow(x, lot)
  } else for (const part of parts) detach(x, part)
}

/** New units are counted for the account, rounded once as the terms say, and spread over the lots by units. */
function partsOf(x: Exchange, pieces: readonly Piece[]): Part[] {
  const { fold, leg } = x
  const { quantityPlaces } = must(fold.known.instruments.get(leg.instrument))
  const held = pieces.map(({ units }) => units)
  // exact / denominator are the new units before rounding: divided once, at each rounding.
  const exact = sum(held).times(leg.ratio.numerator)
  const denominator = decimal(leg.ratio.denominator)
  const rounding: Partial<Record<SecurityLeg['fractions'], 1 | 0 | 4>> = {
    up: 0,
    'buy-up': 0,
    'half-up': 4,
  }
  const whole = exact
    .dividedBy(denominator)
    .toDecimalPlaces(quantityPlaces, rounding[leg.fractions] ?? Decimal.ROUND_DOWN)
  const newUnits = largestRemainder(whole, held, quantityPlaces)
  const inLieu = leg.fractions === 'cash-in-lieu' ? leg.cashInLieu : undefined
  const fraction = inLieu ? exact.minus(whole.times(denominator)) : ZERO
  const paid = inLieu ? money(fraction.times(inLieu.price).dividedBy(denominator), inLieu.currency) : ZERO
  const cash = inLieu ? largestRemainder(paid, held, placesOf(inLieu.currency)) : held.map(() => ZERO)
  const share = shareOf(leg)
  const parts = pieces.map((piece, at): Part => {
    const { lot } = piece
    const sign = lot.side === 'long' ? 1 : -1
    const { cost, base } = costOf(piece)
    const taken: Amounts = {
      units: ZERO,
      cost: money(cost.times(share), lot.currency),
      base: partOf(base, share, ONE, fold.functional),
    }
    return {
      piece,
      lot,
      taken,
      newUnits: newUnits[at]!.times(sign),
      fraction: {
        units: ZERO,
        cost: money(taken.cost.times(fraction).dividedBy(exact), lot.currency),
        base: partOf(taken.base, fraction, exact, fold.functional),
      },
      cash: cash[at]!.times(sign),
      added: NOTHING,
    }
  })
  const { value, subscription, income, cashInLieu } = leg
  if (income && value) add(x, parts, whole.times(value.price), value.currency, income)
  if (subscription) add(x, parts, whole.times(subscription.price), subscription.currency, null)
  const missing = whole.times(denominator).minus(exact)
  if (leg.fractions === 'buy-up' && cashInLieu && missing.gt(0))
    add(x, parts, missing.times(cashInLieu.price).dividedBy(denominator), cashInLieu.currency, null)
  return parts
}

/** Spreads an amount over the parts by new units: as income in kind, or as money paid for them. */
function add(x: Exchange, parts: Part[], exact: Decimal, currency: string, income: keyof typeof INCOME | null): void {
  const { draft, short, leg } = x
  const total = money(exact, currency)
  const gets = parts.map(({ newUnits }) => newUnits.abs())
  const amounts = sum(gets).isZero()
    ? [total, ...gets.slice(1).map(() => ZERO)]
    : largestRemainder(total, gets, placesOf(currency))
  const amountOf = inBase(x, currency)
  parts.forEach((part, at) => {
    if (amounts[at]!.isZero()) return
    const { lot } = part
    const { local, base } = amountOf(short ? amounts[at]!.negated() : amounts[at]!)
    if (income)
      draft.add({
        ...on(lot, currency),
        account: short ? 5300 : INCOME[income],
        local: local.negated(),
        base: negBase(base),
      })
    else oweTo(x, draft, lot, currency, local.negated(), negBase(base))
    const cost = asCost(x, draft, lot, currency, local, base, leg.taxable ? leg.value?.currency : lot.currency)
    part.added = plus(part.added, cost)
  })
}

const ONE = decimal(1)

/** part / whole of a base cost; no part of an unknown one is nothing. */
const partOf = (base: Base, part: Decimal, whole: Decimal, functional: string): Base =>
  part.isZero() ? ZERO : base && money(base.times(part).dividedBy(whole), functional)

/** The part of the old cost that the leg takes: all, or its basis share (nothing while the issuer has not published it). */
function shareOf(leg: SecurityLeg): Decimal {
  if (leg.replaces) return ONE
  return leg.basisShare === undefined || leg.basisShare === 'unknown' ? ZERO : decimal(leg.basisShare)
}

const isNothing = ({ units, cost, base }: Amounts): boolean =>
  units.isZero() && cost.isZero() && base?.isZero() === true

/** Cash in lieu: the fraction's cost leaves the lot (settled), the money is owed, the difference is a gain; of income it is income. */
function payFraction(x: Exchange, { piece, lot, fraction, cash }: Part): void {
  if (isNothing(fraction) && cash.isZero()) return
  const { fold, draft, leg, when, short } = x
  if (leg.fractions !== 'cash-in-lieu' || leg.cashInLieu === undefined) return
  const { currency } = leg.cashInLieu
  settledLine(x, lot, minus(NOTHING, fraction))
  lower(piece, fraction)
  const gains = new Draft()
  const rate = rateOn(fold, currency, when.date)
  if (leg.income) {
    const earned = inBase(x, currency)(cash.negated())
    gains.add({ ...on(lot, currency), account: short ? 5300 : INCOME[leg.income], ...earned })
  } else gainLines(fold, gains, lot.sleeve, lot, fraction, { amount: cash, currency, rate })
  draft.take(gains)
  const gained = gains.residual(lot.sleeve)
  const { marginAccount, cashAccount } = fold.opened.defaults
  const from = { ...on(lot, currency), account: 1330, cashAccount: short ? marginAccount : cashAccount }
  owe(fold, draft, by(x), { ...from, local: cash, base: gained && fraction.base && gained.plus(fraction.base) })
}

const STATES = ['unsettled', 'settled'] as const
const byState = (lot: Lot): Record<(typeof STATES)[number], Amounts> => ({
  unsettled: waitingOf(lot),
  settled: settledOf(lot),
})

/** Posts what a lot is, state by state, with the sign given. */
function postLot({ draft }: Exchange, lot: Lot, amounts: Record<(typeof STATES)[number], Amounts>, sign: 1 | -1): void {
  for (const state of STATES) {
    const { units, cost, base } = amounts[state]
    const signed: Base = sign === 1 ? base : negBase(base)
    draft.add({ ...dimensionsOf(lot), state, units: units.times(sign), local: cost.times(sign), base: signed })
  }
}

/** Lots one to one. A lot that gets no units passes its cost on within its holding; a holding that gets none loses it. */
function replace(x: Exchange, parts: readonly Part[]): void {
  const sold = x.leg.taxable ? sell(x, parts) : null
  const successors = new Map<Part, { now: Amounts; waiting: Waiting[] }>()
  parts.forEach((part, at) => {
    const { piece, lot, newUnits } = part
    const before = piece.whole
      ? lot.now
      : { ...piece.own, units: lot.side === 'long' ? piece.units : piece.units.negated() }
    if (piece.whole) postLot(x, lot, byState(lot), -1)
    else settledLine(x, lot, minus(NOTHING, before))
    if (newUnits.isZero()) return
    const cost = sold ? sold[at]! : before
    const moved = piece.whole ? scaled(x, lot.waiting, newUnits, before.units) : []
    const waiting = sold
      ? moved.map((movement, i) => ({
          ...movement,
          ...portionOf(x, cost, lot.waiting[i]!.units, before.units),
          units: movement.units,
        }))
      : moved
    successors.set(part, { now: { ...plus(cost, part.added), units: newUnits }, waiting })
  })
  parts.forEach((part, at) => {
    const { piece, lot, newUnits } = part
    const own = piece.whole ? { ...lot.now, units: ZERO } : piece.own
    if (!newUnits.isZero()) return
    const holding = (other: Part) => successors.has(other) && sameHolding(other.lot, lot)
    const heir = parts.slice(at).find(holding) ?? parts.slice(0, at).reverse().find(holding)
    if (heir === undefined) {
      if (sold || isNothing(own)) return
      const rate = rateOn(x.fold, lot.currency, x.when.date)
      gainLines(x.fold, x.draft, lot.sleeve, lot, own, { amount: ZERO, currency: lot.currency, rate })
      return
    }
    const successor = successors.get(heir)!
    if (!sold) successor.now = plus(successor.now, own)
    if (piece.whole) {
      const waiting = sold ? lot.waiting.map((movement) => ({ ...movement, cost: ZERO, base: ZERO })) : lot.waiting
      successor.waiting.push(...scaled(x, waiting, ZERO, ONE))
    }
  })
  for (const { piece } of parts) if (!piece.whole) takeOff(piece, piece.units, piece.own)
  for (const [{ lot }, { now, waiting }] of successors) arrive(x, lot, now, waiting)
}

/** The old units are sold for the value of the new; answers what the new lots cost. */
function sell(x: Exchange, parts: readonly Part[]): Amounts[] {
  const { fold, draft, leg, when } = x
  const { price, currency } = leg.value!
  const gets = parts.map(({ newUnits }) => newUnits.abs())
  const total = money(sum(gets).times(price), currency)
  const values = sum(gets).isZero() ? gets.map(() => ZERO) : largestRemainder(total, gets, placesOf(currency))
  const rate = rateOn(fold, currency, when.date)
  return parts.map(({ piece, lot }, at) => {
    const amount = lot.side === 'long' ? values[at]! : values[at]!.negated()
    const own = new Draft()
    const cost = costOf(piece)
    gainLines(fold, own, lot.sleeve, lot, cost, { amount, currency, rate })
    draft.take(own)
    const gained = own.residual(lot.sleeve)
    return { units: ZERO, cost: amount, base: gained && cost.base && gained.plus(cost.base) }
  })
}

function portionOf({ fold, leg }: Exchange, cost: Amounts, part: Decimal, all: Decimal): Amounts {
  return {
    units: ZERO,
    cost: money(cost.cost.times(part).dividedBy(all), leg.value!.currency),
    base: partOf(cost.base, part, all, fold.functional),
  }
}

/** A lot that was sold and not settled: what waits goes to the new lot, and its settled units are their opposite. */
function follow(x: Exchange, lot: Lot): void {
  const { numerator, denominator } = x.leg.ratio
  postLot(x, lot, byState(lot), -1)
  const waiting = scaled(x, lot.waiting, decimal(numerator), decimal(denominator))
  arrive(x, lot, { ...lot.now, units: ZERO }, waiting)
}

/** Waiting movements in new units (`to` for every `from`), each rounded half to even at the instrument's places; their amounts stay. */
function scaled({ fold, leg }: Exchange, waiting: readonly Waiting[], to: Decimal, from: Decimal): Waiting[] {
  const { quantityPlaces } = must(fold.known.instruments.get(leg.instrument))
  return waiting.map((movement) => ({
    ...movement,
    units: movement.units.times(to).dividedBy(from).toDecimalPlaces(quantityPlaces, Decimal.ROUND_HALF_EVEN),
  }))
}

/** A spin-off: the parent keeps its units and gives its child the share of its cost, unless the child gets no units. */
function detach(x: Exchange, { piece, lot, taken, newUnits, fraction, added }: Part): void {
  if (newUnits.isZero()) {
    rebase(lot)
    return
  }
  const share = shareOf(x.leg)
  const follows = piece.whole ? lot.waiting : []
  const child = scaled(x, follows, newUnits, lot.now.units).map((movement) => ({
    ...movement,
    cost: money(movement.cost.times(share), lot.currency),
    base: partOf(movement.base, share, ONE, x.fold.functional),
  }))
  const before = byState(lot)
  lower(piece, minus(taken, fraction))
  if (piece.whole)
    lot.waiting = lot.waiting.map((movement, at) => ({
      ...movement,
      ...minus(movement, { ...child[at]!, units: ZERO }),
    }))
  const after = byState(lot)
  postLot(
    x,
    lot,
    { unsettled: minus(after.unsettled, before.unsettled), settled: minus(after.settled, before.settled) },
    1,
  )
  arrive(x, lot, { ...plus(minus(taken, fraction), added), units: newUnits }, child)
}

/** The new lot, or what joins a pool. */
function arrive(x: Exchange, from: Lot, now: Amounts, waiting: Waiting[]): void {
  const { fold, action, leg, when } = x
  const unsettled = sumOf(waiting)
  const coming: Lot = {
    ...from,
    id: `${from.id}/${action.terms.action}/${leg.leg}`,
    instrument: leg.instrument,
    currency: (leg.taxable ? leg.value?.currency : undefined) ?? from.currency,
    acquiredOn: leg.holdingPeriod === 'restart' ? when.date : from.acquiredOn,
    now,
    waiting,
    rebased: now,
    relieved: NOTHING,
  }
  const held = putIn(fold, coming, when.date)
  postLot(x, held, { unsettled, settled: minus(now, unsettled) }, 1)
}
