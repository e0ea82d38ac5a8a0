// The cash legs of an action: entitlement counted once per custody account, withholding, and what each lot is owed.
import { addInt, type Int, mulDivHalfEven, mulInt, negInt, pow10, subInt } from '../kernel/scaled.ts'
import type { ActionLeg } from '../instrument/events.ts'
import { type ActionSide, openLots } from './action-side.ts'
import { fractionOf, minus, opposite, plus, spread } from './amounts.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Account } from './posting.ts'
import { convert } from './rates.ts'
import { rule } from './rules.ts'

type CashLeg = Extract<ActionLeg, { kind: 'cash' }>

const DIVIDEND = rule('dividend')
/** `capital` is income for now: reducing cost comes with the remaining corporate actions (issue 4). */
const INCOME: Readonly<Record<CashLeg['income'], Account>> = {
  dividend: 4000,
  interest: 4010,
  other: 4020,
  capital: 4000,
}

/** Posts one cash leg over the lots of one account and side. */
export function payOut(side: ActionSide, leg: CashLeg): void {
  const { desk, partition, step, short } = side
  const { lots } = partition
  const held = openLots(partition, side.holdings)
  if (held.length === 0) return
  const { instrument } = step.action
  const code = leg.currency
  const rate = desk.rates.on(desk.currencies.id(code), step.date, desk.policies.on(step.date).series)
  const flags = rate.carried ? FLAG.carried : 0
  const weights = held.map((lot) => lots.left[lot] ?? 0)
  const gross = grossOf(weights, leg.perUnit, desk.unitPlaces(instrument), desk.places(code))
  const grossBy = spread(gross, weights)
  const { defaults } = desk.opened
  const add = (account: Account, lot: number, sleeve: string, cashAccount: string | null, local: Int, base: Int) => {
    if (local === 0 && base === 0) return
    const dimension = desk.dimension(account, code, { sleeve, instrument, cashAccount })
    desk.lines.add(dimension, lots.name[lot] ?? NO_LOT, NO_ACQUIRED, 0, local, base, DIVIDEND, flags)
  }
  if (short) {
    for (const [i, lot] of held.entries()) {
      const sleeve = lots.holding[lot]?.sleeve ?? ''
      const amount = grossBy[i] ?? 0
      const base = convert(rate, amount)
      add(5300, lot, sleeve, null, amount, base)
      add(2300, lot, sleeve, defaults.marginAccount, negInt(amount), opposite(base))
    }
    return
  }
  const { statutory, treaty } = leg.withholding ?? { statutory: '0', treaty: '0' }
  const withheld = timesRate(gross, statutory)
  const final = timesRate(gross, isLess(statutory, treaty) ? statutory : treaty)
  const finalBy = spread(final, weights)
  const reclaimBy = spread(subInt(withheld, final), weights)
  for (const [i, lot] of held.entries()) {
    const sleeve = lots.holding[lot]?.sleeve ?? ''
    const [income, kept, back] = [grossBy[i] ?? 0, finalBy[i] ?? 0, reclaimBy[i] ?? 0]
    const net = subInt(subInt(income, kept), back)
    const incomeBase = convert(rate, income)
    const keptBase = convert(rate, kept)
    const backBase = convert(rate, back)
    add(INCOME[leg.income], lot, sleeve, null, negInt(income), opposite(incomeBase))
    add(5200, lot, sleeve, null, kept, keptBase)
    add(1320, lot, sleeve, defaults.cashAccount, back, backBase)
    add(1300, lot, sleeve, defaults.cashAccount, net, minus(incomeBase, plus(keptBase, backBase)))
  }
}

/** round-half-even(units x per unit), in minor units. */
function grossOf(units: readonly Int[], perUnit: string, unitPlaces: number, places: number): Int {
  const { numerator, denominator } = fractionOf(perUnit)
  const all = units.reduce<Int>(addInt, 0)
  return mulDivHalfEven(mulInt(all, numerator), pow10(places), mulInt(denominator, pow10(unitPlaces)))
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
