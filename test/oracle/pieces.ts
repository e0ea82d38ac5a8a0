// Units of one lot that an action works on, and their share of its cost. Amounts are signed as the lot's are: negative when short.
import { type Base, type Decimal, largestRemainder, money, placesOf, subBase, ZERO } from './arithmetic.ts'
import type { Fold } from './fold.ts'
import { type Amounts, type Lot, minus, NOTHING, rebase } from './lots.ts'

export interface Piece {
  readonly lot: Lot
  /** Above zero. */
  readonly units: Decimal
  readonly whole: boolean
  /** Cost of a piece that is a part of its lot. */
  own: Amounts
}

/** A piece costs what a sale of its units would relieve. */
export function pieceOf(fold: Fold, lot: Lot, units: Decimal): Piece {
  const whole = units.equals(lot.now.units.abs())
  return { lot, units, whole, own: whole ? NOTHING : wouldRelieve(fold, lot, units) }
}

/** What relieving units would take off a lot, without taking it. */
function wouldRelieve({ functional }: Fold, { rebased, relieved, now, currency }: Lot, units: Decimal): Amounts {
  const all = relieved.units.plus(now.units.isNegative() ? units.negated() : units)
  const part = (amount: Decimal, code: string) => money(amount.times(all).dividedBy(rebased.units), code)
  const base: Base = rebased.base === null ? null : subBase(part(rebased.base, functional), relieved.base)
  return { units: ZERO, cost: part(rebased.cost, currency).minus(relieved.cost), base }
}

export const costOf = ({ lot, whole, own }: Piece): Amounts => (whole ? { ...lot.now, units: ZERO } : own)

/** Takes amounts off the cost; the lot counts relief anew from here. */
export function lower(piece: Piece, by: Amounts): void {
  piece.lot.now = minus(piece.lot.now, by)
  rebase(piece.lot)
  if (!piece.whole) piece.own = minus(piece.own, by)
}

/** An account's amount over its pieces by units. */
export const byUnits = (amount: Decimal, pieces: readonly Piece[], currency: string): Decimal[] =>
  largestRemainder(
    amount,
    pieces.map(({ units }) => units),
    placesOf(currency),
  )
