// An FX trade: both legs owed at one base value on the trade date, moved on the value date (BOOK.md section 5 row 3).
import { addInt, type Int, mulDivHalfEven, negInt, subInt } from '../kernel/scaled.ts'
import type { FxTerms } from '../portfolio/facts.ts'
import { amountOf, isUnknown, minus, opposite, UNKNOWN } from './amounts.ts'
import { dayOf, microsOf } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, type Origin } from './entry.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { convert, type Rate } from './rates.ts'
import { moveDue } from './receivable.ts'
import { rule } from './rules.ts'
import { owingOf, settleThrough } from './settling.ts'

const FX = rule('fx')
const SETTLE = rule('settle')

interface FxLeg {
  readonly currency: string
  readonly amount: Int
  readonly costs: Int
}

export class Fx implements Origin {
  readonly kind = 'fx'
  readonly id: string
  readonly cause: string
  readonly root: number
  readonly index: number
  readonly micros: number
  readonly date: number
  readonly valueDay: number
  readonly sold: FxLeg
  readonly bought: FxLeg
  readonly sleeve: string
  readonly cashAccount: string
  readonly contract: Rate | null
  entries: Entry | null = null
  settles: Entry | null = null

  constructor(desk: Desk, fact: string, cause: string, root: number, index: number, terms: FxTerms) {
    const leg = ({ amount, currency }: FxTerms['sold']): FxLeg => {
      const places = desk.places(currency)
      const costs = terms.costs.filter((cost) => cost.currency === currency)
      const sum = costs.reduce<Int>((total, cost) => addInt(total, amountOf(cost.amount, places)), 0)
      return { currency, amount: amountOf(amount, places), costs: sum }
    }
    this.id = fact
    this.cause = cause
    this.root = root
    this.index = index
    this.micros = microsOf(terms.executedAt)
    this.date = dayOf(terms.tradeDate)
    this.valueDay = Math.max(dayOf(terms.valueDate), this.date)
    this.sold = leg(terms.sold)
    this.bought = leg(terms.bought)
    this.sleeve = terms.sleeve
    this.cashAccount = terms.cashAccount
    this.contract = desk.contract(terms.sold.currency, terms.contractRate)
  }

  /** Days on which it asks for a rate. */
  get days(): readonly number[] {
    return this.date === this.valueDay ? [this.date] : [this.date, this.valueDay]
  }
}

/** The trade entry. Costs are owed with their leg, at the rate the base value implies for it. */
export function postFx(desk: Desk, fx: Fx): Entry | null {
  const { lines } = desk
  const { sleeve, cashAccount } = fx
  lines.begin()
  const { value, flags } = baseValue(desk, fx)
  for (const [leg, account, sign] of [
    [fx.bought, 1210, 1],
    [fx.sold, 2210, -1],
  ] as const) {
    const { currency, amount, costs } = leg
    const local = sign > 0 ? amount : negInt(amount)
    const base = sign > 0 ? value : opposite(value)
    const costsBase = costs === 0 ? 0 : isUnknown(value) ? UNKNOWN : mulDivHalfEven(costs, value, amount)
    const owed = desk.dimension(account, currency, { sleeve, cashAccount })
    lines.add(owed, NO_LOT, NO_ACQUIRED, 0, subInt(local, costs), minus(base, costsBase), FX, flags)
    lines.add(desk.sleeveLine(9000, currency, sleeve), NO_LOT, NO_ACQUIRED, 0, negInt(local), opposite(base), FX, flags)
    if (costs !== 0)
      lines.add(desk.sleeveLine(5100, currency, sleeve), NO_LOT, NO_ACQUIRED, 0, costs, costsBase, FX, flags)
  }
  return desk.finish(ENTRY.trade, fx, fx.date, 4, fx.valueDay)
}

/** The functional leg; else the sold amount at the contract rate; else at the trade date's fixing. */
function baseValue(desk: Desk, { bought, sold, contract, date }: Fx): { readonly value: Int; readonly flags: number } {
  if (bought.currency === desk.functional) return { value: bought.amount, flags: 0 }
  if (sold.currency === desk.functional) return { value: sold.amount, flags: 0 }
  const rate = contract ?? desk.rates.on(desk.currencies.id(sold.currency), date, desk.policies.on(date).series)
  return { value: convert(rate, sold.amount), flags: rate.carried ? FLAG.carried : 0 }
}

/** The settle entry, and the receipts that confirm or supply what was bought. */
export function settleFx(desk: Desk, fx: Fx): Entry | null {
  const { date, valueDay, entries } = fx
  const atOnce = valueDay === date
  const duePhase = atOnce ? 4 : 3
  return settleThrough(
    desk,
    { owing: owingOf(desk, entries), createdOn: date, createdPhase: 4, dueOn: valueDay, duePhase },
    desk.receipts.of(fx.id),
    (_, claims) => {
      const { policy } = desk.policies.on(valueDay)
      desk.lines.begin()
      const due = claims.filter((claim) => claim.account === 2210 || !desk.waitsForReceipt(claim.cashAccount, policy))
      moveDue(desk, due, valueDay, SETTLE)
      return desk.finish(ENTRY.settle, fx, valueDay, duePhase, valueDay)
    },
  )
}
