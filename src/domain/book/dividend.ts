// The income legs of an action: entitlement counted once per custody account, withholding, and what each lot is owed; taxes and
// reclaims, which are counted the same way; and income that is not paid out.
import { type Int, mulDivHalfEven, mulInt, negInt, subInt } from '../kernel/scaled.ts'
import type { ActionLeg } from '../instrument/events.ts'
import { amountFor, flagsOf, oweFor, rateOf, writeFor } from './action-money.ts'
import { type ActionSide, unitsOf } from './action-side.ts'
import { fractionOf, minus, opposite, plus, spread } from './amounts.ts'
import { INCOME } from './income.ts'
import { convert } from './rates.ts'
import { payIn, recover } from './recovery.ts'
import { rule } from './rules.ts'

type CashLeg = Extract<ActionLeg, { kind: 'cash' }>

const DIVIDEND = rule('dividend')

/** Posts one cash leg over the lots of one account and side. */
export function payOut(side: ActionSide, leg: CashLeg): void {
  if (side.pieces.length === 0) return
  const { income } = leg
  switch (income) {
    case 'capital':
    case 'principal':
    case 'boot':
    case 'sale':
      recover(side, { ...leg, income })
      break
    case 'call':
      payIn(side, leg, () => undefined)
      break
    case 'tax':
    case 'reclaim':
      payTax(side, leg, income)
      break
    default:
      if (leg.notional === true) accumulate(side, leg, INCOME[income])
      else payIncome(side, leg, INCOME[income])
  }
}

function payIncome(side: ActionSide, leg: CashLeg, income: 4000 | 4010 | 4020): void {
  const { desk, pieces, short } = side
  const code = leg.currency
  const rate = rateOf(side, code)
  const flags = flagsOf(rate)
  const weights = pieces.map(({ units }) => units)
  const gross = grossOf(side, leg)
  const grossBy = spread(gross, weights)
  const { marginAccount, cashAccount } = desk.opened.defaults
  if (short) {
    for (const [i, piece] of pieces.entries()) {
      const amount = grossBy[i] ?? 0
      const base = convert(rate, amount)
      writeFor(side, piece, 5300, code, null, amount, base, DIVIDEND, flags)
      writeFor(side, piece, 2300, code, marginAccount, negInt(amount), opposite(base), DIVIDEND, flags)
    }
    return
  }
  const { statutory, treaty } = leg.withholding ?? { statutory: '0', treaty: '0' }
  const withheld = timesRate(gross, statutory)
  const final = timesRate(gross, isLess(statutory, treaty) ? statutory : treaty)
  const finalBy = spread(final, weights)
  const reclaimBy = spread(subInt(withheld, final), weights)
  for (const [i, piece] of pieces.entries()) {
    const [earned, kept, back] = [grossBy[i] ?? 0, finalBy[i] ?? 0, reclaimBy[i] ?? 0]
    const net = subInt(subInt(earned, kept), back)
    const earnedBase = convert(rate, earned)
    const keptBase = convert(rate, kept)
    const backBase = convert(rate, back)
    const write = (account: 4000 | 4010 | 4020 | 5200 | 1320 | 1300, on: string | null, local: Int, base: Int) =>
      writeFor(side, piece, account, code, on, local, base, DIVIDEND, flags)
    write(income, null, negInt(earned), opposite(earnedBase))
    write(5200, null, kept, keptBase)
    write(1320, cashAccount, back, backBase)
    write(1300, cashAccount, net, minus(earnedBase, plus(keptBase, backBase)))
  }
}

/** Tax that is owed without a payment to take it from; or final withholding that can be had back after all. */
function payTax(side: ActionSide, leg: CashLeg, income: 'tax' | 'reclaim'): void {
  const { desk, pieces, short } = side
  const rate = rateOf(side, leg.currency)
  const flags = flagsOf(rate)
  const amounts = spread(
    grossOf(side, leg),
    pieces.map(({ units }) => units),
  )
  for (const [i, piece] of pieces.entries()) {
    // A short lot's tax, and what comes back of it, are its lender's.
    const amount = short ? 0 : (amounts[i] ?? 0)
    const base = convert(rate, amount)
    const [local, value] = income === 'tax' ? [amount, base] : [negInt(amount), opposite(base)]
    writeFor(side, piece, 5200, leg.currency, null, local, value, DIVIDEND, flags)
    if (income === 'tax') oweFor(side, piece, leg.currency, negInt(amount), opposite(base), DIVIDEND, flags)
    else writeFor(side, piece, 1320, leg.currency, desk.opened.defaults.cashAccount, amount, base, DIVIDEND, flags)
  }
}

/** Income that raises the cost and is not paid: a short lot's lender is owed nothing but the higher proceeds. */
function accumulate(side: ActionSide, leg: CashLeg, income: 4000 | 4010 | 4020): void {
  const rate = rateOf(side, leg.currency)
  payIn(side, leg, (piece, local, base) =>
    writeFor(side, piece, side.short ? 5300 : income, leg.currency, null, local, base, DIVIDEND, flagsOf(rate)),
  )
}

/** round-half-even(units x per unit), in minor units. */
function grossOf({ desk, step, pieces }: ActionSide, leg: CashLeg): Int {
  return amountFor(unitsOf(pieces), leg.perUnit, desk.unitPlaces(step.action.instrument), desk.places(leg.currency))
}

function timesRate(amount: Int, rate: string): Int {
  const { numerator, denominator } = fractionOf(rate)
  return mulDivHalfEven(amount, numerator, denominator)
}

function isLess(a: string, b: string): boolean {
  const one = fractionOf(a)
  const two = fractionOf(b)
  return mulInt(one.numerator, two.denominator) < mulInt(two.numerator, one.denominator)
}
