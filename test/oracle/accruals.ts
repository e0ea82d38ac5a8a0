// What accrues day by day, as slowly as it can be said: every day's balance is summed anew from all lines.
import {
  type Base,
  type Decimal,
  decimal,
  largestRemainder,
  money,
  negBase,
  placesOf,
  subBase,
  sum,
  sumBase,
  ZERO,
} from './arithmetic.ts'
import { addDays, isOpen, lastOpenDay } from './days.ts'
import { cashAccountNumber, compare, type Fold, policyAt, post, rateOn } from './fold.ts'
import { Draft, type Entry } from './journal.ts'
import type { KnownFact } from './knowledge.ts'
import { convert } from './rates.ts'
import type { BorrowTerms, DayCount, InterestTerms, Tier } from './shapes.ts'

/** A year in parts that 360, 365 and 366 days divide. */
const YEAR = 360 * 365 * 366

/** Appends the entries of everything that accrues to those of the fold: fees first, because they move cash that earns. */
export function accrue(fold: Fold): void {
  const closed = fold.known.closed.get(policyAt(fold, '9999-12-31').calendar)
  if (closed === undefined) return
  const facts = [...fold.known.facts.values()].filter(({ gone }) => !gone)
  const borrowed = new Map<string, readonly [string, string]>()
  const earning = new Map<string, readonly [string, string]>()
  for (const { is } of facts) {
    if (is.type === 'BorrowRateSet')
      borrowed.set(`${is.borrow.instrument} ${is.borrow.currency}`, [is.borrow.instrument, is.borrow.currency])
    if (is.type === 'CashInterestSet')
      earning.set(`${is.interest.cashAccount} ${is.interest.currency}`, [is.interest.cashAccount, is.interest.currency])
  }
  for (const [instrument, currency] of borrowed.values()) chargeBorrowed(fold, facts, instrument, currency, closed)
  for (const [cashAccount, currency] of earning.values()) payInterest(fold, facts, cashAccount, currency, closed)
}

/** What a day's balance brings: YEARths of a year's amounts, or null when unknown. */
type OnDay = (day: string, balance: Decimal) => { earned: Decimal; charged: Decimal } | null

interface Series {
  readonly name: string
  readonly currency: string
  readonly from: string
  readonly closed: string
  /** Balance of a sleeve at the close of a day. */
  balanceOf(sleeve: string, day: string): Decimal
  readonly on: OnDay
  isPaid(day: string): boolean
  readonly cashAccount: string
  readonly instrument: string | null
  readonly cost: number
}

function run(fold: Fold, series: Series): void {
  const { name, currency, cashAccount, instrument } = series
  const sleeves = [...fold.opened.sleeves].sort()
  let exact = { earned: ZERO, charged: ZERO }
  let posted = { earned: ZERO, charged: ZERO }
  let shares = new Map<string, { earned: Decimal; charged: Decimal; earnedBase: Base; chargedBase: Base }>()
  const nobody = () => ({ earned: ZERO, charged: ZERO, earnedBase: ZERO as Base, chargedBase: ZERO as Base })
  let unknown = false
  for (let day = series.from; day <= series.closed; day = addDays(day, 1)) {
    const balances = sleeves.map((sleeve) => series.balanceOf(sleeve, day))
    const balance = sum(balances)
    const brings = balance.isZero() ? { earned: ZERO, charged: ZERO } : series.on(day, balance)
    unknown ||= brings === null
    exact = { earned: exact.earned.plus(brings?.earned ?? 0), charged: exact.charged.plus(brings?.charged ?? 0) }
    const rounded = {
      earned: money(exact.earned.dividedBy(YEAR), currency),
      charged: money(exact.charged.dividedBy(YEAR), currency),
    }
    const rate = rateOn(fold, currency, day)
    const draft = new Draft()
    for (const side of ['earned', 'charged'] as const) {
      const today = rounded[side].minus(posted[side])
      if (today.isZero()) continue
      const weights = balances.map((each) => (each.isNegative() === balance.isNegative() ? each.abs() : ZERO))
      const parts = largestRemainder(today, weights, placesOf(currency))
      sleeves.forEach((sleeve, at) => {
        const local = parts[at]!
        if (local.isZero()) return
        const base = convert(local, rate, fold.functional)
        const owed = { sleeve, cashAccount, instrument, currency }
        if (side === 'earned') {
          draft.add({ ...owed, account: 1310, local, base })
          draft.add({ sleeve, currency, account: 4010, local: local.negated(), base: negBase(base) })
        } else {
          draft.add({ sleeve, currency, account: series.cost, instrument, local, base })
          draft.add({ ...owed, account: 2400, local: local.negated(), base: negBase(base) })
        }
        const share = shares.get(sleeve) ?? nobody()
        const key = side === 'earned' ? 'earnedBase' : 'chargedBase'
        shares.set(sleeve, { ...share, [side]: share[side].plus(local), [key]: sumBase([share[key], base]) })
      })
    }
    posted = rounded
    const when = { date: day, phase: 8, instant: null }
    post(fold, draft, `${name}/${day}`, when)
    if (unknown || !series.isPaid(day)) continue
    const payment = new Draft()
    for (const sleeve of sleeves) {
      const { earned, charged, earnedBase, chargedBase } = shares.get(sleeve) ?? nobody()
      if (earned.isZero() && charged.isZero()) continue
      const net = earned.minus(charged)
      const paid = convert(net, rate, fold.functional)
      const owed = { sleeve, cashAccount, instrument, currency }
      payment.add({
        sleeve,
        cashAccount,
        currency,
        account: cashAccountNumber(fold, cashAccount),
        local: net,
        base: paid,
      })
      payment.add({ ...owed, account: 1310, local: earned.negated(), base: negBase(earnedBase) })
      payment.add({ ...owed, account: 2400, local: charged, base: chargedBase })
      const rest = subBase(subBase(earnedBase, chargedBase), paid)
      if (currency !== fold.functional) payment.add({ sleeve, currency, account: 4130, base: rest })
    }
    post(fold, payment, `${name}/${day}/paid`, when)
    exact = { earned: ZERO, charged: ZERO }
    posted = { earned: ZERO, charged: ZERO }
    shares = new Map()
  }
}

type Facts = readonly KnownFact[]

/** Terms by date, then place; the last on a day wins. */
function inForce<T>(
  list: readonly { readonly from: string; readonly root: bigint; readonly terms: T }[],
  day: string,
): T | null {
  const sorted = [...list].sort((a, b) => compare(a.from, b.from) || compare(a.root, b.root))
  return sorted.filter(({ from }) => from <= day).at(-1)?.terms ?? null
}

function payInterest(fold: Fold, facts: Facts, cashAccount: string, currency: string, closed: string): void {
  const list = facts.flatMap(({ is, root }) =>
    is.type === 'CashInterestSet' && is.interest.cashAccount === cashAccount && is.interest.currency === currency
      ? [{ from: is.interest.effectiveOn, root, terms: is.interest }]
      : [],
  )
  const on = (day: string): InterestTerms | null => inForce(list, day)
  run(fold, {
    name: `interest/${cashAccount}/${currency}`,
    currency,
    from: list.map(({ from }) => from).sort()[0]!,
    closed,
    // Its own payments are among the lines: what is paid at the end of a day earns from the next one on.
    balanceOf: (sleeve, day) =>
      sum(
        linesThrough(fold.entries, day, `interest/${cashAccount}/${currency}/${day}/paid`)
          .filter((line) => line.account === 1000 || line.account === 1010)
          .filter((line) => line.cashAccount === cashAccount && line.currency === currency && line.sleeve === sleeve)
          .map((line) => line.local),
      ),
    on(day, balance) {
      const terms = on(day)
      if (terms === null) return { earned: ZERO, charged: ZERO }
      const amount = yearly(balance.isNegative() ? terms.debit : terms.credit, terms.tiering, balance.abs()).times(
        parts(terms.dayCount, day),
      )
      return balance.isNegative() ? { earned: ZERO, charged: amount } : { earned: amount, charged: ZERO }
    },
    isPaid(day) {
      const terms = on(day)
      const months = { monthly: 1, quarterly: 3, 'semi-annually': 6, annually: 12 }[terms?.capitalise ?? 'monthly']
      return terms !== null && lastOfMonth(day) && Number(day.slice(5, 7)) % months === 0
    },
    cashAccount,
    instrument: null,
    cost: 5400,
  })
}

const linesThrough = (entries: readonly Entry[], day: string, but: string) =>
  entries.filter(({ effectiveDate, entry }) => effectiveDate <= day && entry !== but).flatMap(({ lines }) => lines)

function yearly(tiers: readonly Tier[], tiering: InterestTerms['tiering'], balance: Decimal): Decimal {
  const reached = tiers.filter(({ from }) => decimal(from).lte(balance))
  if (tiering === 'whole') return balance.times(reached.at(-1)?.rate ?? '0')
  return sum(
    reached.map(({ from, rate }, at) =>
      decimal(reached[at + 1]?.from ?? balance.toFixed())
        .minus(from)
        .times(rate),
    ),
  )
}

function chargeBorrowed(fold: Fold, facts: Facts, instrument: string, currency: string, closed: string): void {
  const list = facts.flatMap(({ is, root }) =>
    is.type === 'BorrowRateSet' && is.borrow.instrument === instrument
      ? [{ from: is.borrow.effectiveOn, root, terms: is.borrow }]
      : [],
  )
  const prices = facts.flatMap(({ is, root }) =>
    is.type === 'BorrowPriceTaken' && is.taken.instrument === instrument ? [{ root, taken: is.taken }] : [],
  )
  const on = (day: string): BorrowTerms | null => inForce(list, day)
  run(fold, {
    name: `borrow/${instrument}/${currency}`,
    currency,
    from: list.map(({ from }) => from).sort()[0]!,
    closed,
    balanceOf: (sleeve, day) =>
      sum(
        linesThrough(fold.entries, day, '')
          .filter((line) => line.account === 2100 && line.state === 'settled')
          .filter((line) => line.instrument === instrument && line.sleeve === sleeve)
          .map((line) => line.units),
      ),
    on(day, units) {
      const terms = on(day)
      if (terms === null || terms.currency !== currency || !units.isNegative() || decimal(terms.rate).isZero())
        return { earned: ZERO, charged: ZERO }
      const business = isOpen(day, fold.holidays) ? day : lastOpenDay(day, fold.holidays)
      const taken = prices
        .filter((each) => each.taken.date === business)
        .sort((a, b) => compare(a.root, b.root))
        .at(-1)?.taken
      if (taken === undefined || taken.currency !== currency) return null
      const charged = units.abs().times(taken.price).times(terms.rate).times(parts(terms.dayCount, day))
      return { earned: ZERO, charged }
    },
    isPaid: lastOfMonth,
    cashAccount: fold.opened.defaults.marginAccount,
    instrument,
    cost: 5310,
  })
}

const lastOfMonth = (day: string): boolean => addDays(day, 1).endsWith('-01')

/** One day in YEARths of a year. */
function parts(count: DayCount, day: string): number {
  if (count === 'ACT/360') return YEAR / 360
  if (count === 'ACT/365F') return YEAR / 365
  if (count === 'ACT/ACT-ISDA') return YEAR / (new Date(`${day.slice(0, 4)}-02-29`).getUTCDate() === 29 ? 366 : 365)
  const thirty = (date: string) => {
    const [year, month, of] = date.split('-').map(Number)
    return year! * 360 + month! * 30 + Math.min(30, of!)
  }
  return (YEAR / 360) * (thirty(addDays(day, 1)) - thirty(day))
}
