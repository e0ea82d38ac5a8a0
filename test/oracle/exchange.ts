// Security legs of corporate actions: splits that replace lots, spin-offs that detach from them, and what becomes of fractions.
import {
  type Base,
  Decimal,
  decimal,
  largestRemainder,
  money,
  negBase,
  placesOf,
  subBase,
  sum,
  ZERO,
} from './arithmetic.ts'
import { type Fold, rateOn } from './fold.ts'
import { gainLines } from './gains.ts'
import { Draft, type When } from './journal.ts'
import { actionId, type KnownAction, must } from './knowledge.ts'
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
import { owe } from './receivables.ts'
import type { SecurityLeg } from './shapes.ts'

export interface Exchange {
  readonly fold: Fold
  readonly draft: Draft
  readonly action: KnownAction
  readonly account: string
  readonly leg: SecurityLeg
  readonly when: When
}

/** One lot of the account, what it gets, and the part of its cost and of the money that belong to its fraction. */
interface Part {
  readonly lot: Lot
  /** Of its cost: what the leg takes. */
  readonly taken: Amounts
  readonly newUnits: Decimal
  readonly fraction: Amounts
  readonly cash: Decimal
}

/** One leg over the lots of one account and side, oldest first. */
export function exchange(x: Exchange, all: readonly Lot[]): void {
  const lots = all.filter((lot) => !lot.now.units.isZero())
  const parts = lots.length > 0 ? partsOf(x, lots) : []
  for (const part of parts) payFraction(x, part)
  if (x.leg.replaces) {
    x.fold.lots = x.fold.lots.filter((lot) => !all.includes(lot))
    replace(x, parts)
    for (const lot of all) if (lot.now.units.isZero() && lot.waiting.length > 0) follow(x, lot)
  } else for (const part of parts) detach(x, part)
}

/** New units are counted for the account, rounded once as the terms say, and spread over the lots by units. */
function partsOf({ fold, leg }: Exchange, lots: readonly Lot[]): Part[] {
  const { quantityPlaces } = must(fold.known.instruments.get(leg.instrument))
  const held = lots.map((lot) => lot.now.units.abs())
  // exact / denominator are the new units before rounding: divided once, at each rounding.
  const exact = sum(held).times(leg.ratio.numerator)
  const denominator = decimal(leg.ratio.denominator)
  const rounding = { up: Decimal.ROUND_UP, 'half-up': Decimal.ROUND_HALF_UP } as const
  const whole = exact
    .dividedBy(denominator)
    .toDecimalPlaces(
      quantityPlaces,
      leg.fractions === 'up' || leg.fractions === 'half-up' ? rounding[leg.fractions] : Decimal.ROUND_DOWN,
    )
  const newUnits = largestRemainder(whole, held, quantityPlaces)
  const inLieu = leg.fractions === 'cash-in-lieu' ? leg.cashInLieu : undefined
  const fraction = inLieu ? exact.minus(whole.times(denominator)) : ZERO
  const paid = inLieu ? money(fraction.times(inLieu.price).dividedBy(denominator), inLieu.currency) : ZERO
  const cash = inLieu ? largestRemainder(paid, held, placesOf(inLieu.currency)) : held.map(() => ZERO)
  const share = shareOf(leg)
  return lots.map((lot, at) => {
    const sign = lot.side === 'long' ? 1 : -1
    const { cost, base } = lot.now
    const taken: Amounts = {
      units: ZERO,
      cost: money(cost.times(share), lot.currency),
      base: partOf(base, share, ONE, fold.functional),
    }
    return {
      lot,
      taken,
      newUnits: newUnits[at]!.times(sign),
      fraction: {
        units: ZERO,
        cost: money(taken.cost.times(fraction).dividedBy(exact), lot.currency),
        base: partOf(taken.base, fraction, exact, fold.functional),
      },
      cash: cash[at]!.times(sign),
    }
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

/** Cash in lieu: the fraction's cost leaves the lot (settled), the money is owed, the difference is a gain. */
function payFraction(x: Exchange, { lot, fraction, cash }: Part): void {
  if (isNothing(fraction) && cash.isZero()) return
  const { fold, draft, action, account, leg, when } = x
  if (leg.fractions !== 'cash-in-lieu' || leg.cashInLieu === undefined) return
  const { currency } = leg.cashInLieu
  draft.add({
    ...dimensionsOf(lot),
    state: 'settled',
    local: fraction.cost.negated(),
    base: subBase(ZERO, fraction.base),
  })
  lot.now = minus(lot.now, fraction)
  const gains = new Draft()
  gainLines(fold, gains, lot.sleeve, lot, fraction, { amount: cash, currency, rate: rateOn(fold, currency, when.date) })
  draft.take(gains)
  const gained = gains.residual(lot.sleeve)
  const { marginAccount, cashAccount } = fold.opened.defaults
  owe(
    fold,
    draft,
    { ref: actionId(action), group: `${actionId(action)}/${account}` },
    {
      sleeve: lot.sleeve,
      account: 1330,
      cashAccount: lot.side === 'short' ? marginAccount : cashAccount,
      instrument: lot.instrument,
      lot: lot.id,
      currency,
      local: cash,
      base: gained && fraction.base && gained.plus(fraction.base),
    },
  )
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
  const successors = new Map<Lot, { now: Amounts; waiting: Waiting[] }>()
  for (const { lot, newUnits } of parts) {
    postLot(x, lot, byState(lot), -1)
    if (newUnits.isZero()) continue
    const waiting = scaled(x, lot.waiting, newUnits, lot.now.units)
    successors.set(lot, { now: { ...lot.now, units: newUnits }, waiting })
  }
  parts.forEach(({ lot, newUnits }, at) => {
    if (!newUnits.isZero() || isNothing({ ...lot.now, units: ZERO })) return
    const holding = (part: Part) => successors.has(part.lot) && sameHolding(part.lot, lot)
    const heir = parts.slice(at).find(holding) ?? parts.slice(0, at).reverse().find(holding)
    if (heir === undefined) {
      const rate = rateOn(x.fold, lot.currency, x.when.date)
      gainLines(x.fold, x.draft, lot.sleeve, lot, lot.now, { amount: ZERO, currency: lot.currency, rate })
      return
    }
    const successor = successors.get(heir.lot)!
    successor.now = plus(successor.now, { ...lot.now, units: ZERO })
    successor.waiting.push(...scaled(x, lot.waiting, ZERO, ONE))
  })
  for (const [lot, { now, waiting }] of successors) arrive(x, lot, now, waiting)
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
function detach(x: Exchange, { lot, taken, newUnits, fraction }: Part): void {
  if (newUnits.isZero()) {
    rebase(lot)
    return
  }
  const share = shareOf(x.leg)
  const units = scaled(x, lot.waiting, newUnits, lot.now.units)
  const child = units.map((movement) => ({
    ...movement,
    cost: money(movement.cost.times(share), lot.currency),
    base: partOf(movement.base, share, ONE, x.fold.functional),
  }))
  const before = byState(lot)
  lot.now = minus(lot.now, minus(taken, fraction))
  lot.waiting = lot.waiting.map((movement, at) => ({ ...movement, ...minus(movement, { ...child[at]!, units: ZERO }) }))
  rebase(lot)
  const after = byState(lot)
  postLot(
    x,
    lot,
    { unsettled: minus(after.unsettled, before.unsettled), settled: minus(after.settled, before.settled) },
    1,
  )
  arrive(x, lot, { ...minus(taken, fraction), units: newUnits }, child)
}

/** The new lot, or what joins a pool. */
function arrive(x: Exchange, from: Lot, now: Amounts, waiting: Waiting[]): void {
  const { fold, action, leg, when } = x
  const unsettled = sumOf(waiting)
  const coming: Lot = {
    ...from,
    id: `${from.id}/${action.terms.action}/${leg.leg}`,
    instrument: leg.instrument,
    acquiredOn: leg.holdingPeriod === 'restart' ? when.date : from.acquiredOn,
    now,
    waiting,
    rebased: now,
    relieved: NOTHING,
  }
  const held = putIn(fold, coming, when.date)
  postLot(x, held, { unsettled, settled: minus(now, unsettled) }, 1)
}
