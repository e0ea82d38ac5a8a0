// Money owed becoming money moved: contractual movements on their date, and CashReceived that confirms or supplies them.
import {
  addBase,
  type Base,
  Decimal,
  decimal,
  largestRemainder,
  money,
  negBase,
  placesOf,
  subBase,
  sum,
  ZERO,
} from './arithmetic.ts'
import { cashAccountNumber, type Claim, type Fold, post, rateOfFact, rateOn } from './fold.ts'
import { Draft, groupBy, type When } from './journal.ts'
import { convert, type Rate } from './rates.ts'
import type { Cash, PlainFact, Settles } from './shapes.ts'

/** Moves all that is still open on the claims: one cash line per sleeve, account and currency at the day's rate, 4130 the rest. */
export function settleClaims(fold: Fold, draft: Draft, claims: readonly Claim[], date: string): void {
  const open = claims.filter((claim) => !claim.open.isZero())
  for (const group of groupBy(open, (c) => [c.account, c.sleeve, c.cashAccount, c.currency].join('|')).values()) {
    const { sleeve, cashAccount, currency } = group[0]!
    const amounts = group.map((claim) => claim.open)
    const rate = rateOn(fold, currency!, date)
    moveCash(fold, draft, group, amounts, { sleeve, cashAccount: cashAccount!, currency: currency!, rate })
    group.forEach((claim, at) => {
      claim.unconfirmed = claim.unconfirmed.plus(amounts[at]!)
    })
  }
}

interface Into {
  readonly sleeve: string
  readonly cashAccount: string
  readonly currency: string
  readonly rate: Rate | null
}

/** Clears `amounts` of the claims of one sleeve against one cash line. Base of each = round(open base x cleared / open). */
function moveCash(fold: Fold, draft: Draft, claims: readonly Claim[], amounts: readonly Decimal[], into: Into): void {
  const { sleeve, cashAccount, currency, rate } = into
  const local = sum(amounts)
  const cash = convert(local, rate, fold.functional)
  let rest: Base = cash
  draft.add({ sleeve, account: cashAccountNumber(fold, cashAccount), cashAccount, currency, local, base: cash })
  claims.forEach((claim, at) => {
    const cleared = amounts[at]!
    const base = claim.openBase && money(claim.openBase.times(cleared).dividedBy(claim.open), fold.functional)
    draft.add({ ...claim, units: ZERO, local: cleared.negated(), base: negBase(base) })
    claim.open = claim.open.minus(cleared)
    claim.openBase = claim.open.isZero() ? ZERO : subBase(claim.openBase, base)
    rest = subBase(rest, base)
  })
  gainOnClaim(fold, draft, sleeve, currency, negBase(rest))
}

/** 4130: what the movement differs from what was booked. In functional currency it can only be a difference that is known. */
function gainOnClaim(fold: Fold, draft: Draft, sleeve: string, currency: string, base: Base): void {
  if (base !== null || currency !== fold.functional) draft.add({ sleeve, account: 4130, currency, base })
}

type Received = Extract<PlainFact, { type: 'CashReceived' }>

export function receive(fold: Fold, fact: string, { cash, settles, standalone }: Received, when: When): void {
  const draft = new Draft()
  const rate = rateOfFact(fold, cash.currency, cash.valueDate, cash.contractRate)
  if (settles) receiveSettling(fold, draft, cash, settles, rate)
  else if (standalone) {
    const { sleeve, cashAccount, currency } = cash
    const local = decimal(cash.amount)
    const withheld = decimal(standalone.withheld ?? '0')
    const account = { dividends: 4000, interest: 4010, other: 4020 }[standalone.income]
    const from = { sleeve, currency, instrument: standalone.instrument ?? null }
    const at = (amount: Decimal) => ({ local: amount, base: convert(amount, rate, fold.functional) })
    draft.add({ sleeve, cashAccount, currency, account: cashAccountNumber(fold, cashAccount), ...at(local) })
    draft.add({ ...from, account: 5200, ...at(withheld) })
    draft.add({ ...from, account, ...at(local.plus(withheld).negated()) })
    const rest = draft.residual(sleeve)
    if (rest !== null) draft.add({ sleeve, account: 4130, currency, base: rest })
  } else suspense(fold, draft, cash, decimal(cash.amount), rate)
  post(fold, draft, `${fact}/cash`, when)
}

function suspense(fold: Fold, draft: Draft, cash: Cash, local: Decimal, rate: Rate | null): void {
  const { sleeve, cashAccount, currency } = cash
  const base = convert(local, rate, fold.functional)
  draft.add({ sleeve, account: cashAccountNumber(fold, cashAccount), cashAccount, currency, local, base })
  draft.add({ sleeve, account: 1900, cashAccount, currency, local: local.negated(), base: negBase(base) })
}

/** Which claims a receipt can be about. */
const RECEIVABLES: Readonly<Record<Settles['kind'], readonly number[]>> = {
  trade: [1200],
  fx: [1210],
  dividend: [1300],
  coupon: [1300, 1310],
  maturity: [1330],
  reclaim: [1320],
}

function receiveSettling(fold: Fold, draft: Draft, cash: Cash, settles: Settles, rate: Rate | null): void {
  const amount = decimal(cash.amount)
  const refs = [settles.ref, `ca:${settles.instrument}:${settles.ref}`]
  const claims = fold.claims.filter(
    (claim) =>
      refs.includes(claim.ref) && RECEIVABLES[settles.kind].includes(claim.account) && claim.currency === cash.currency,
  )
  const moved = claims.filter((claim) => claim.unconfirmed.gt(0))
  if (moved.length > 0) {
    confirm(fold, draft, cash, moved, rate)
    return
  }
  const open = claims.filter((claim) => claim.open.gt(0))
  const owed = sum(open.map((claim) => claim.open))
  const cleared = Decimal.min(owed, amount)
  const shares = cleared.isZero()
    ? []
    : spread(
        cleared,
        open.map((claim) => claim.open),
        cash.currency,
      )
  for (const group of groupBy(open, (claim) => claim.sleeve).values()) {
    const amounts = group.map((claim) => shares[open.indexOf(claim)]!)
    if (sum(amounts).isZero()) continue
    moveCash(fold, draft, group, amounts, { ...cash, sleeve: group[0]!.sleeve, rate })
  }
  const excess = amount.minus(cleared)
  if (!excess.isZero()) suspense(fold, draft, cash, excess, rate)
}

/** What has already moved on its date posts only the difference; a shortfall opens the receivable again. */
function confirm(fold: Fold, draft: Draft, cash: Cash, moved: readonly Claim[], rate: Rate | null): void {
  const already = moved.map((claim) => claim.unconfirmed)
  const difference = decimal(cash.amount).minus(sum(already))
  for (const claim of moved) claim.unconfirmed = ZERO
  if (difference.gt(0)) suspense(fold, draft, cash, difference, rate)
  if (!difference.lt(0)) return
  const shares = spread(difference.negated(), already, cash.currency)
  for (const group of groupBy(moved, (claim) => claim.sleeve).values()) {
    const { sleeve } = group[0]!
    const short = sum(group.map((claim) => shares[moved.indexOf(claim)]!))
    if (short.isZero()) continue
    const { cashAccount, currency } = cash
    const away = convert(short.negated(), rate, fold.functional)
    let rest = away
    draft.add({
      sleeve,
      account: cashAccountNumber(fold, cashAccount),
      cashAccount,
      currency,
      local: short.negated(),
      base: away,
    })
    for (const claim of group) {
      const local = shares[moved.indexOf(claim)]!
      const base = convert(local, rate, fold.functional)
      draft.add({ ...claim, units: ZERO, local, base })
      claim.open = claim.open.plus(local)
      claim.openBase = addBase(claim.openBase, base)
      rest = addBase(rest, base)
    }
    gainOnClaim(fold, draft, sleeve, currency, negBase(rest))
  }
}

const spread = (total: Decimal, weights: readonly Decimal[], currency: string): Decimal[] =>
  largestRemainder(total, weights, placesOf(currency))
