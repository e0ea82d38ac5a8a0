// Cash facts: contributions, withdrawals, fees, interest, taxes, and cash moved between accounts (docs/book.md, "Cash").
import { type Int, negInt } from '../kernel/scaled.ts'
import type { CashTerms } from '../portfolio/facts.ts'
import { amountOf, opposite } from './amounts.ts'
import { dayOf, microsOf, NO_DAY } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, type Origin } from './entry.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Account } from './posting.ts'
import { convert, type Rate } from './rates.ts'
import { rule } from './rules.ts'

export const CASH = rule('cash')

export type CashKind =
  | 'CashContributed'
  | 'CashWithdrawn'
  | 'FeeCharged'
  | 'InterestReceived'
  | 'InterestPaid'
  | 'TaxPaid'
  | 'CashTransferred'

/** The other side of each: its account, whether cash comes in, and the phase. */
const SIDES: Readonly<Record<Exclude<CashKind, 'CashTransferred'>, { account: Account; in: boolean; phase: number }>> =
  {
    CashContributed: { account: 3000, in: true, phase: 3 },
    CashWithdrawn: { account: 3010, in: false, phase: 5 },
    FeeCharged: { account: 5000, in: false, phase: 5 },
    InterestReceived: { account: 4010, in: true, phase: 3 },
    InterestPaid: { account: 5400, in: false, phase: 5 },
    TaxPaid: { account: 5500, in: false, phase: 5 },
  }

/** A cash fact as it is now known. */
export class Cash implements Origin {
  readonly kind = 'cash'
  readonly id: string
  readonly cause: string
  readonly root: number
  readonly index: number
  readonly micros: number
  readonly date: number
  readonly type: CashKind
  readonly currency: string
  readonly amount: Int
  readonly sleeve: string
  readonly cashAccount: string
  readonly to: { readonly cashAccount: string; readonly sleeve: string } | null
  readonly contract: Rate | null
  entries: Entry | null = null

  constructor(
    desk: Desk,
    fact: string,
    cause: string,
    root: number,
    index: number,
    type: CashKind,
    cash: CashTerms,
    to: { readonly cashAccount: string; readonly sleeve: string } | null,
  ) {
    this.id = fact
    this.cause = cause
    this.root = root
    this.index = index
    this.micros = microsOf(cash.bookedAt)
    this.date = dayOf(cash.valueDate)
    this.type = type
    this.currency = cash.currency
    this.amount = amountOf(cash.amount, desk.places(cash.currency))
    this.sleeve = cash.sleeve
    this.cashAccount = cash.cashAccount
    this.to = to
    this.contract = desk.contract(cash.currency, cash.contractRate)
  }

  /** Days on which it asks for a rate. */
  get days(): readonly number[] {
    return [this.date]
  }
}

/** Posts a cash fact. */
export function postCash(desk: Desk, fact: Cash): Entry | null {
  const { lines } = desk
  const currency = desk.currencies.id(fact.currency)
  const rate = fact.contract ?? desk.rates.on(currency, fact.date, desk.policies.on(fact.date).series)
  const flags = rate.carried ? FLAG.carried : 0
  const base = convert(rate, fact.amount)
  const add = (dimension: number, sign: 1 | -1) =>
    lines.add(
      dimension,
      NO_LOT,
      NO_ACQUIRED,
      0,
      sign > 0 ? fact.amount : negInt(fact.amount),
      sign > 0 ? base : opposite(base),
      CASH,
      flags,
    )
  const { sleeve, to } = fact
  lines.begin()
  if (fact.type === 'CashTransferred') {
    if (to === null || (to.cashAccount === fact.cashAccount && to.sleeve === sleeve)) return null
    add(desk.cashLine(fact.cashAccount, fact.currency, sleeve), -1)
    add(desk.cashLine(to.cashAccount, fact.currency, to.sleeve), 1)
    if (to.sleeve !== sleeve) {
      add(desk.sleeveLine(2500, fact.currency, sleeve), 1)
      add(desk.sleeveLine(2500, fact.currency, to.sleeve), -1)
    }
    return desk.entry(ENTRY.cash, fact, fact.date, 5, NO_DAY)
  }
  const side = SIDES[fact.type]
  add(desk.cashLine(fact.cashAccount, fact.currency, sleeve), side.in ? 1 : -1)
  add(desk.sleeveLine(side.account, fact.currency, sleeve), side.in ? -1 : 1)
  return desk.entry(ENTRY.cash, fact, fact.date, side.phase, NO_DAY)
}
