// What each lot of an account gets from a security leg: units counted once for the account, the part of the cost they take, what a
// fraction is worth, and what the holder pays for them.
import { addInt, type Int, mulDivHalfEven, pow10 } from '../kernel/scaled.ts'
import type { ActionLeg } from '../instrument/events.ts'
import { amountFor, asCost, flagsOf, oweFor, rateOf } from './action-money.ts'
import { type ActionSide, costOf, type Piece } from './action-side.ts'
import { fractionOf, isUnknown, opposite, plus, share, spread } from './amounts.ts'
import { payFraction } from './fraction.ts'
import { earn } from './income.ts'
import { NO_LOT } from './lines.ts'
import type { LotPlace } from './lot-moves.ts'
import type { Holding } from './lots.ts'
import { entitlement, partOf, priced, type Quotient, rest, whole } from './quotient.ts'
import { convert } from './rates.ts'
import { rule } from './rules.ts'
import { type Amounts, NOTHING } from './waiting.ts'

export type SecurityLeg = Extract<ActionLeg, { kind: 'security' }>

const SUBSCRIPTION = rule('subscription')

/** One lot of the account and what it gets. Amounts are positive, for long and short lots alike. */
export interface Part extends LotPlace {
  readonly piece: Piece
  readonly lot: number
  readonly holding: Holding
  readonly currency: number
  readonly acquired: number
  /** New units. */
  readonly gets: Int
  /** What the leg takes of its cost, and what of that belongs to a fraction paid out. */
  readonly taken: Amounts
  readonly fraction: Amounts
  /** What the new lot costs beside that: income taken in units, or what was paid for them. */
  readonly added: Amounts
}

/** New units, counted for the account, rounded once as the terms say, and spread over the lots by largest remainder. */
export function partsOf(side: ActionSide, leg: SecurityLeg): Part[] {
  const { desk, partition, step, pieces } = side
  const { lots } = partition
  const weights = pieces.map(({ units }) => units)
  const all = weights.reduce<Int>(addInt, 0)
  const places = desk.unitPlaces(leg.instrument)
  const kept = leg.fractions === 'distribute' ? places : Math.min(places, desk.quantityPlaces(leg.instrument))
  const smallest = pow10(places - kept)
  const exact = entitlement(all, leg.ratio, desk.unitPlaces(step.action.instrument), places)
  const units = whole(exact, smallest, ROUNDING[leg.fractions] ?? 'down')
  const getsBy = spread(mulDivHalfEven(units, 1, smallest), weights).map((gets) => mulDivHalfEven(gets, smallest, 1))
  const left = rest(exact, units)
  const paid = leg.fractions === 'cash-in-lieu' && leg.cashInLieu !== undefined && left.numerator > 0n
  if (left.numerator > 0n && !paid && leg.fractions !== 'distribute')
    partition.report(step, 'fraction-dropped', `a fraction of ${leg.instrument} was dropped`, step.date)
  const bought = leg.fractions === 'buy-up' && left.numerator < 0n ? left : null
  const addedBy = added(side, leg, getsBy, bought)
  const parts = pieces.map((piece, i): Part => {
    const { lot } = piece
    const holding = lots.holding[lot]
    if (holding === undefined) throw new Error('a lot is in a holding')
    const currency = lots.currency[lot] ?? 0
    const taken = takenBy(side, leg, costOf(lots, piece))
    return {
      piece,
      lot,
      holding,
      currency,
      dimensions: desk.securities(holding, currency),
      name: lots.name[lot] ?? NO_LOT,
      acquired: lots.acquired[lot] ?? 0,
      gets: getsBy[i] ?? 0,
      taken,
      fraction: paid ? fractionOfCost(taken, left, exact) : NOTHING,
      added: addedBy[i] ?? NOTHING,
    }
  })
  if (paid) payFraction(side, leg, parts, weights, left)
  return parts
}

const ROUNDING: Partial<Record<SecurityLeg['fractions'], 'up' | 'half-up'>> = {
  up: 'up',
  'half-up': 'half-up',
  'buy-up': 'up',
}

/** The part of a cost that a leg takes: all of it, or its basis share; nothing while the issuer has not said. */
export function takenBy({ desk, step }: ActionSide, leg: SecurityLeg, cost: Amounts): Amounts {
  if (leg.replaces) return cost
  const taken = shareOf(leg, desk.policies.on(step.date).policy.taxRegime)
  if (taken === undefined || taken === 'unknown') return NOTHING
  const { numerator, denominator } = fractionOf(taken)
  const part = (amount: Int) => share(amount, numerator, denominator)
  return { units: 0, local: part(cost.local), base: part(cost.base) }
}

/** The basis share that holds under a tax regime. */
export function shareOf(leg: SecurityLeg, regime: string): string | undefined {
  return leg.basisByRegime?.find((row) => row.regime === regime)?.share ?? leg.basisShare
}

function fractionOfCost(taken: Amounts, left: Quotient, exact: Quotient): Amounts {
  const base = isUnknown(taken.base) ? taken.base : partOf(taken.base, left, exact)
  return { units: 0, local: partOf(taken.local, left, exact), base }
}

/** Cost that comes from outside the old lots: the value of units that are income, subscriptions, fractions bought up. */
function added(side: ActionSide, leg: SecurityLeg, getsBy: readonly Int[], bought: Quotient | null): Amounts[] {
  const { desk, pieces } = side
  const { value, subscription, cashInLieu, income } = leg
  const places = desk.unitPlaces(leg.instrument)
  const units = getsBy.reduce<Int>(addInt, 0)
  const sums = pieces.map(() => NOTHING)
  const add = (code: string, total: Int, post: (piece: Piece, amount: Int, base: Int, flags: number) => void) => {
    const rate = rateOf(side, code)
    const flags = flagsOf(rate)
    for (const [i, amount] of spread(total, getsBy).entries()) {
      const piece = pieces[i]
      if (amount === 0 || piece === undefined) continue
      const base = convert(rate, amount)
      post(piece, amount, base, flags)
      const cost = asCost(
        side,
        piece,
        code,
        amount,
        base,
        SUBSCRIPTION,
        flags,
        leg.taxable === true ? value?.currency : undefined,
      )
      const before = sums[i] ?? NOTHING
      sums[i] = { units: 0, local: addInt(before.local, cost.local), base: plus(before.base, cost.base) }
    }
  }
  if (income !== undefined && value !== undefined)
    add(
      value.currency,
      amountFor(units, value.price, places, desk.places(value.currency)),
      (piece, amount, base, flags) => earn(side, piece, income, value.currency, amount, base, flags),
    )
  const pay = (code: string) => (piece: Piece, amount: Int, base: Int, flags: number) =>
    side.short
      ? oweFor(side, piece, code, amount, base, SUBSCRIPTION, flags)
      : oweFor(side, piece, code, opposite(amount), opposite(base), SUBSCRIPTION, flags)
  if (subscription !== undefined)
    add(
      subscription.currency,
      amountFor(units, subscription.price, places, desk.places(subscription.currency)),
      pay(subscription.currency),
    )
  if (bought !== null && cashInLieu !== undefined) {
    const missing = { numerator: -bought.numerator, denominator: bought.denominator }
    const total = priced(missing, fractionOf(cashInLieu.price), places, desk.places(cashInLieu.currency))
    add(cashInLieu.currency, total, pay(cashInLieu.currency))
  }
  return sums
}
