// Fractions of corporate actions paid out in cash, and lots that an action leaves without a unit: their gains and losses.
import { type Int, negInt } from '../kernel/scaled.ts'
import { type ActionSide, reduce } from './action-side.ts'
import { fractionOf, opposite, spread, UNKNOWN } from './amounts.ts'
import type { Part, SecurityLeg } from './parts.ts'
import { type Realised, realise } from './gain.ts'
import { earn } from './income.ts'
import { FLAG, NO_ACQUIRED } from './lines.ts'
import { signed, writeLine } from './lot-moves.ts'
import { priced, type Quotient } from './quotient.ts'
import { convert } from './rates.ts'
import { rule } from './rules.ts'
import { type Amounts, less, NOTHING } from './waiting.ts'

const IN_LIEU = rule('cash-in-lieu')

/** Pays the fraction of an account: every lot gives up its share of cost (settled) against 1330, the difference is a gain. */
export function payFraction(
  side: ActionSide,
  leg: SecurityLeg,
  parts: readonly Part[],
  weights: readonly Int[],
  left: Quotient,
): void {
  const { cashInLieu } = leg
  if (cashInLieu === undefined) return
  const { desk, partition, step, short } = side
  const code = cashInLieu.currency
  const amount = priced(left, fractionOf(cashInLieu.price), desk.unitPlaces(leg.instrument), desk.places(code))
  const amounts = spread(amount, weights)
  const { marginAccount, cashAccount } = desk.opened.defaults
  const inForce = desk.policies.on(step.date)
  const rate = desk.rates.on(desk.currencies.id(code), step.date, inForce.series)
  const flags = rate.carried ? FLAG.carried : 0
  for (const [i, part] of parts.entries()) {
    const { holding, currency, dimensions, name, acquired } = part
    const paid = amounts[i] ?? 0
    const cost = signed(short, part.fraction)
    if (cost.local === 0 && cost.base === 0 && paid === 0) continue
    writeLine({ desk, rule: IN_LIEU }, dimensions.settled, name, acquired, less(NOTHING, cost), flags)
    reduce(partition.lots, part.piece, part.fraction.local, part.fraction.base)
    const { sleeve, instrument } = holding
    const owed = short ? negInt(paid) : paid
    const result: Realised = { base: 0, pending: false }
    const relieved = { lot: name, currency, cost: cost.local, baseCost: cost.base }
    if (leg.income !== undefined) {
      // The fraction is income like the units beside it, and is sold for its value at once.
      const worth = convert(rate, paid)
      earn(side, part.piece, leg.income, code, paid, worth, flags)
      result.base = short ? opposite(worth) : worth
    } else
      realise(desk, desk.gainPlace(sleeve, instrument, code), inForce, rate, relieved, owed, IN_LIEU, flags, result)
    const base = result.pending ? UNKNOWN : result.base
    if (owed === 0 && base === 0) continue
    const dimension = desk.dimension(1330, code, {
      sleeve,
      instrument,
      cashAccount: short ? marginAccount : cashAccount,
    })
    desk.lines.add(dimension, name, NO_ACQUIRED, 0, owed, base, IN_LIEU, flags)
  }
}

/** The cost of a lot that is no more, and for which nothing came: a loss at the ex-date's rate. */
export function realiseNothing(side: ActionSide, part: Part, now: Amounts): void {
  const { desk, step } = side
  const code = desk.currencies.text(part.currency)
  const inForce = desk.policies.on(step.date)
  const rate = desk.rates.on(part.currency, step.date, inForce.series)
  const relieved = { lot: part.name, currency: part.currency, cost: now.local, baseCost: now.base }
  const { sleeve, instrument } = part.holding
  const result: Realised = { base: 0, pending: false }
  realise(desk, desk.gainPlace(sleeve, instrument, code), inForce, rate, relieved, 0, IN_LIEU, 0, result)
}
