// What the legs of an action share when they speak of money: entitlements in minor units, what is owed, and cost in a lot's currency.
import { type Int, mulDivHalfEven, mulInt, negInt, pow10 } from '../kernel/scaled.ts'
import type { ActionSide, Piece } from './action-side.ts'
import { fractionOf, isUnknown, opposite } from './amounts.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { writeLine } from './lot-moves.ts'
import type { Account } from './posting.ts'
import { convertBack, type Rate } from './rates.ts'
import type { Amounts } from './waiting.ts'

/** The rate of a currency on the action's day. */
export function rateOf({ desk, step }: ActionSide, code: string): Rate {
  return desk.rates.on(desk.currencies.id(code), step.date, desk.policies.on(step.date).series)
}

export function flagsOf(rate: Rate): number {
  return rate.carried ? FLAG.carried : 0
}

/** round-half-even(units x per unit), in minor units; units of 10^-unitPlaces. */
export function amountFor(units: Int, perUnit: string, unitPlaces: number, places: number): Int {
  const { numerator, denominator } = fractionOf(perUnit)
  return mulDivHalfEven(mulInt(units, numerator), pow10(places), mulInt(denominator, pow10(unitPlaces)))
}

/** Writes one line of a lot that carries its instrument; nothing when it says nothing. */
export function writeFor(
  side: ActionSide,
  piece: Piece,
  account: Account,
  code: string,
  cashAccount: string | null,
  local: Int,
  base: Int,
  rule: number,
  flags: number,
): void {
  if (local === 0 && base === 0) return
  const { desk, partition, step } = side
  const { lots } = partition
  const sleeve = lots.holding[piece.lot]?.sleeve ?? ''
  const dimension = desk.dimension(account, code, { sleeve, instrument: step.action.instrument, cashAccount })
  desk.lines.add(dimension, lots.name[piece.lot] ?? NO_LOT, NO_ACQUIRED, 0, local, base, rule, flags)
}

/**
 * What an action owes the holder of a piece (above zero) or is owed by him, signed as a debit. A long lot has a receivable (1330)
 * or pays (2200) on the portfolio's cash account; a short lot owes (2300) or is owed on the margin account.
 */
export function oweFor(
  side: ActionSide,
  piece: Piece,
  code: string,
  local: Int,
  base: Int,
  rule: number,
  flags: number,
): void {
  const { marginAccount, cashAccount } = side.desk.opened.defaults
  const account = local > 0 || (local === 0 && base > 0) ? 1330 : side.short ? 2300 : 2200
  writeFor(side, piece, account, code, side.short ? marginAccount : cashAccount, local, base, rule, flags)
}

/**
 * An amount of money as cost of a lot: the same in its own currency; in another it crosses 9000 at the day's rates, and is unknown
 * in the lot's currency (zero, the entry pending) while a rate is missing. `of` is the currency of a new lot that has another.
 */
export function asCost(
  side: ActionSide,
  piece: Piece,
  code: string,
  amount: Int,
  base: Int,
  rule: number,
  flags: number,
  of?: string,
): Amounts {
  const { desk, partition } = side
  const { lots } = partition
  const own = of ?? desk.currencies.text(lots.currency[piece.lot] ?? 0)
  if (own === code || (amount === 0 && base === 0)) return { units: 0, local: amount, base }
  const sleeve = lots.holding[piece.lot]?.sleeve ?? ''
  const rate = rateOf(side, own)
  if (!rate.known) desk.lines.wait()
  const local = rate.known && !isUnknown(base) ? convertBack(rate, base) : 0
  // Debits of the cost are matched by 9000 in its currency, and what was paid is turned round in the other.
  desk.lines.merge(
    desk.sleeveLine(9000, own, sleeve),
    0,
    side.short ? local : negInt(local),
    signedBase(side, opposite(base)),
    rule,
    flags,
  )
  desk.lines.merge(
    desk.sleeveLine(9000, code, sleeve),
    0,
    side.short ? negInt(amount) : amount,
    signedBase(side, base),
    rule,
    flags,
  )
  return { units: 0, local, base }
}

function signedBase({ short }: ActionSide, base: Int): Int {
  return short ? opposite(base) : base
}

/** Raises (above zero) or lowers the cost of a piece that keeps its units, in the settled state. Amounts are positive for both sides. */
export function postCost(
  side: ActionSide,
  piece: Piece,
  { local, base }: Amounts,
  units: Int,
  rule: number,
  flags: number,
): void {
  const { desk, partition, short } = side
  const { lots } = partition
  const holding = lots.holding[piece.lot]
  if (holding === undefined) throw new Error('a lot is in a holding')
  const dimensions = desk.securities(holding, lots.currency[piece.lot] ?? 0)
  const sign = (amount: Int) => (short ? opposite(amount) : amount)
  const amounts = { units: sign(units), local: sign(local), base: sign(base) }
  writeLine(
    { desk, rule },
    dimensions.settled,
    lots.name[piece.lot] ?? NO_LOT,
    lots.acquired[piece.lot] ?? 0,
    amounts,
    flags,
  )
  if (units !== 0) desk.lines.merge(dimensions.outsideSettled, negInt(amounts.units), 0, 0, rule, 0)
}
