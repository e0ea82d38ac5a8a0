// Fees on value: what accrued is an expense that is owed, an invoice trues it up and is paid (BOOK.md section 5 row 10).
import { addInt, type Int, negInt, subInt } from '../kernel/scaled.ts'
import type { FeeAccrualTerms, FeeInvoiceTerms } from '../portfolio/fee-terms.ts'
import { amountOf, minus, opposite, plus } from './amounts.ts'
import { dayOf, NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, EntryChain, type Origin } from './entry.ts'
import type { Version } from './fact-register.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { convert, type Rate } from './rates.ts'
import { rule } from './rules.ts'

const FEE = rule('fee')

interface FeeParts {
  readonly what: 'accrual' | 'invoice'
  readonly schedule: string
  readonly date: number
  readonly through: number
  readonly payDay: number
  readonly amount: Int
  readonly currency: string
  readonly sleeve: string
  readonly cashAccount: string
}

export class Fee implements Origin {
  readonly kind = 'fee'
  readonly id: string
  readonly cause: string
  readonly root: number
  readonly index: number
  readonly micros = NO_INSTANT
  readonly what: 'accrual' | 'invoice'
  readonly schedule: string
  readonly date: number
  /** Of an invoice: the last day it is for, and the day it is paid. */
  readonly through: number
  readonly payDay: number
  readonly amount: Int
  readonly currency: string
  readonly sleeve: string
  readonly cashAccount: string
  entries: Entry | null = null

  constructor({ fact, cause, root, index }: Version, parts: FeeParts) {
    this.id = fact
    this.cause = cause
    this.root = root
    this.index = index
    this.what = parts.what
    this.schedule = parts.schedule
    this.date = parts.date
    this.through = parts.through
    this.payDay = parts.payDay
    this.amount = parts.amount
    this.currency = parts.currency
    this.sleeve = parts.sleeve
    this.cashAccount = parts.cashAccount
  }

  /** Days on which it asks for a rate. */
  get days(): readonly number[] {
    return this.what === 'accrual' || this.payDay === this.date ? [this.date] : [this.date, this.payDay]
  }
}

export function accrualOf(desk: Desk, version: Version, terms: FeeAccrualTerms): Fee {
  const { schedule, currency, sleeve, cashAccount } = terms
  const date = dayOf(terms.date)
  const amount = amountOf(terms.amount, desk.places(currency))
  return new Fee(version, {
    what: 'accrual',
    schedule,
    date,
    through: date,
    payDay: date,
    amount,
    currency,
    sleeve,
    cashAccount,
  })
}

export function invoiceOf(desk: Desk, version: Version, terms: FeeInvoiceTerms): Fee {
  const { schedule, currency, sleeve, cashAccount } = terms
  const [date, through, payDay] = [dayOf(terms.date), dayOf(terms.through), dayOf(terms.payDate)]
  const amount = amountOf(terms.amount, desk.places(currency))
  return new Fee(version, { what: 'invoice', schedule, date, through, payDay, amount, currency, sleeve, cashAccount })
}

/** Posts an accrual, or what an invoice adds to what had accrued and its payment. */
export function postFee(desk: Desk, fee: Fee): Entry | null {
  if (fee.what === 'accrual') return expense(desk, fee, fee.amount, rateOn(desk, fee, fee.date))
  let accrued: Int = 0
  let base: Int = 0
  for (const one of desk.fees.clearedBy(fee)) {
    accrued = addInt(accrued, one.amount)
    base = plus(base, convert(rateOn(desk, one, one.date), one.amount))
  }
  const rate = rateOn(desk, fee, fee.date)
  const more = subInt(fee.amount, accrued)
  const chain = new EntryChain()
  chain.add(expense(desk, fee, more, rate))
  chain.add(payment(desk, fee, plus(base, convert(rate, more))))
  return chain.first
}

function rateOn(desk: Desk, { currency }: Fee, day: number): Rate {
  return desk.rates.on(desk.currencies.id(currency), day, desk.policies.on(day).series)
}

/** An expense that is owed: 5000 against 2400, the last of its day. */
function expense(desk: Desk, fee: Fee, amount: Int, rate: Rate): Entry | null {
  const { currency, sleeve, date } = fee
  const base = convert(rate, amount)
  const flags = rate.carried ? FLAG.carried : 0
  desk.lines.begin()
  if (amount !== 0) {
    const { lines } = desk
    lines.add(desk.sleeveLine(5000, currency, sleeve), NO_LOT, NO_ACQUIRED, 0, amount, base, FEE, flags)
    lines.add(
      desk.sleeveLine(2400, currency, sleeve),
      NO_LOT,
      NO_ACQUIRED,
      0,
      negInt(amount),
      opposite(base),
      FEE,
      flags,
    )
  }
  return desk.finish(ENTRY.accrual, fee, date, 8, NO_DAY)
}

/** What the invoice is for leaves the cash account; 4130 takes what the rate moved since it accrued. */
function payment(desk: Desk, fee: Fee, booked: Int): Entry | null {
  const { amount, currency, sleeve, cashAccount, payDay } = fee
  const rate = rateOn(desk, fee, payDay)
  const paid = convert(rate, amount)
  const flags = rate.carried ? FLAG.carried : 0
  const { lines } = desk
  lines.begin()
  lines.add(desk.sleeveLine(2400, currency, sleeve), NO_LOT, NO_ACQUIRED, 0, amount, booked, FEE, flags)
  lines.add(
    desk.cashLine(cashAccount, currency, sleeve),
    NO_LOT,
    NO_ACQUIRED,
    0,
    negInt(amount),
    opposite(paid),
    FEE,
    flags,
  )
  const difference = minus(paid, booked)
  if (difference !== 0 && currency !== desk.functional)
    lines.add(desk.sleeveLine(4130, currency, sleeve), NO_LOT, NO_ACQUIRED, 0, 0, difference, FEE, flags)
  return desk.finish(ENTRY.pay, fee, payDay, 5, payDay)
}
