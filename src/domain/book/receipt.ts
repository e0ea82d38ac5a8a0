// A receipt of cash: what it settles, the income it is of its own, or suspense until somebody says (docs/book.md, "CashReceived").
import { addInt, type Int, negInt } from '../kernel/scaled.ts'
import type { PortfolioEvent } from '../portfolio/events.ts'
import { amountOf, isUnknown, minus, opposite, plus } from './amounts.ts'
import { dayOf, microsOf, NO_DAY } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, type Origin } from './entry.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Account } from './posting.ts'
import { convert, type Rate } from './rates.ts'
import { type Claim, receiveAgainst, suspend } from './receivable.ts'
import { rule } from './rules.ts'

const RECEIPT = rule('receipt')
const INCOME = rule('income')

type Received = Extract<PortfolioEvent, { type: 'CashReceived' }>['data']
export type ReceiptTerms = Omit<Received, 'fact'>

/** Which receivables a receipt can be about. */
const ACCOUNTS: Readonly<Record<NonNullable<Received['settles']>['kind'], readonly Account[]>> = {
  trade: [1200],
  fx: [1210],
  dividend: [1300, 1330],
  coupon: [1300, 1310],
  maturity: [1330],
  reclaim: [1320],
}
const INCOME_ACCOUNTS = { dividends: 4000, interest: 4010, other: 4020 } as const

export class Receipt implements Origin {
  readonly kind = 'receipt'
  readonly id: string
  readonly cause: string
  readonly root: number
  readonly index: number
  readonly micros: number
  readonly date: number
  readonly currency: string
  readonly amount: Int
  readonly sleeve: string
  readonly cashAccount: string
  readonly settles: NonNullable<Received['settles']> | null
  readonly standalone: NonNullable<Received['standalone']> | null
  readonly contract: Rate | null
  /** The fact or action it settles, once that is known. */
  target: string | null = null
  entries: Entry | null = null
  /** It names something of which nothing is open. */
  dangling = false

  constructor(desk: Desk, fact: string, cause: string, root: number, index: number, terms: ReceiptTerms) {
    const { cash, settles, standalone } = terms
    this.id = fact
    this.cause = cause
    this.root = root
    this.index = index
    this.micros = microsOf(cash.bookedAt)
    this.date = dayOf(cash.valueDate)
    this.currency = cash.currency
    this.amount = amountOf(cash.amount, desk.places(cash.currency))
    this.sleeve = cash.sleeve
    this.cashAccount = cash.cashAccount
    this.settles = settles ?? null
    this.standalone = standalone ?? null
    this.contract = desk.contract(cash.currency, cash.contractRate)
  }

  /** Days on which it asks for a rate. */
  get days(): readonly number[] {
    return [this.date]
  }
}

/** Receipts in the order in which they are posted. */
export function compareReceipts(a: Receipt, b: Receipt): number {
  return a.date - b.date || a.root - b.root || a.index - b.index
}

/** Posts a receipt against the claims of what it settles. */
export function postReceipt(desk: Desk, receipt: Receipt, claims: Claim[] | null): Entry | null {
  const { settles, sleeve, cashAccount, currency, amount, standalone } = receipt
  const rate = rateOf(desk, receipt)
  const into = { sleeve, cashAccount, currency, amount, rate }
  desk.lines.begin()
  receipt.dangling = false
  if (settles !== null) {
    const accounts = ACCOUNTS[settles.kind]
    const mine = claims?.filter((claim) => accounts.includes(claim.account)) ?? []
    const known = mine.length
    receipt.dangling = !receiveAgainst(desk, mine, into, RECEIPT)
    claims?.push(...mine.slice(known))
  } else if (standalone !== null) postIncome(desk, receipt, standalone, rate)
  else suspend(desk, into, amount, RECEIPT)
  return desk.finish(ENTRY.cash, receipt, receipt.date, 3, NO_DAY)
}

function rateOf(desk: Desk, { contract, currency, date }: Receipt): Rate {
  return contract ?? desk.rates.on(desk.currencies.id(currency), date, desk.policies.on(date).series)
}

function postIncome(desk: Desk, receipt: Receipt, standalone: NonNullable<Receipt['standalone']>, rate: Rate): void {
  const { currency, sleeve, cashAccount, amount } = receipt
  const instrument = standalone.instrument ?? null
  const withheld = amountOf(standalone.withheld ?? '0', desk.places(currency))
  const gross = addInt(amount, withheld)
  const flags = rate.carried ? FLAG.carried : 0
  const add = (dimension: number, local: Int, base: Int) => {
    if (local !== 0 || base !== 0) desk.lines.add(dimension, NO_LOT, NO_ACQUIRED, 0, local, base, INCOME, flags)
  }
  const paid = convert(rate, amount)
  const kept = convert(rate, withheld)
  const income = convert(rate, gross)
  add(desk.cashLine(cashAccount, currency, sleeve), amount, paid)
  add(desk.dimension(5200, currency, { sleeve, instrument }), withheld, kept)
  add(
    desk.dimension(INCOME_ACCOUNTS[standalone.income], currency, { sleeve, instrument }),
    negInt(gross),
    opposite(income),
  )
  const rest = minus(income, plus(paid, kept))
  // Three roundings need not add up; what they leave is a gain on what was received.
  if (!isUnknown(rest)) add(desk.sleeveLine(4130, currency, sleeve), 0, rest)
}
