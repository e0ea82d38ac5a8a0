// Money owed becoming money moved: contractual movements on their date, and CashReceived that confirms or supplies them.
import { type Base, Decimal, decimal, money, negBase, subBase, sum, ZERO } from './arithmetic.ts'
import { cashAccountNumber, type Claim, type Fold, post, rateOfFact, rateOn } from './fold.ts'
import { Draft, groupBy, type When } from './journal.ts'
import { convert, type Rate } from './rates.ts'
import type { Cash, PlainFact, Settles } from './shapes.ts'

export const claimOf = (posted: Omit<Claim, 'layer' | 'moved' | 'movedBase' | 'unconfirmed'>, layer = 0): Claim => ({
  ...posted,
  layer,
  moved: ZERO,
  movedBase: ZERO,
  unconfirmed: ZERO,
})
/** Keeps a claim until it moves; it is pending when its entry is. */
export function remember(fold: Fold, draft: Draft, claim: Claim): void {
  if (claim.amount.isZero() && claim.base?.isZero()) return
  fold.claims.push(claim)
  draft.claims.push(claim)
}

/** Posts what is owed by one action and remembers it until it moves. */
export function owe(
  fold: Fold,
  draft: Draft,
  by: { ref: string; group: string },
  owed: Pick<Claim, 'sleeve' | 'account' | 'cashAccount' | 'instrument' | 'lot' | 'currency' | 'base'> & {
    local: Decimal
  },
): void {
  draft.add(owed)
  const { local, ...claim } = owed
  remember(fold, draft, claimOf({ ...claim, ...REST, ...by, amount: local }))
}

const openOf = (claim: Claim): Decimal => claim.amount.minus(claim.moved)
const totalOf = (claims: readonly Claim[], of: (claim: Claim) => Decimal): Decimal => sum(claims.map(of))

/** On its date all that is still open of the claims moves, each on the cash account it was meant for. */
export function settleClaims(fold: Fold, draft: Draft, claims: readonly Claim[], date: string): void {
  const open = claims.filter((claim) => {
    const rest = subBase(claim.base, claim.movedBase)
    return !openOf(claim).isZero() || (rest !== null && !rest.isZero())
  })
  for (const group of groupBy(open, (c) => [c.sleeve, c.cashAccount, c.currency].join('|')).values()) {
    const { sleeve, cashAccount, currency } = group[0]!
    const moves = group.map((claim) => ({ claim, amount: openOf(claim) }))
    for (const { claim, amount } of moves) claim.unconfirmed = claim.unconfirmed.plus(amount)
    const rate = rateOn(fold, currency!, date)
    move(fold, draft, moves, { sleeve, cashAccount: cashAccount!, currency: currency!, rate })
  }
}

/** Moves of each claim what brings it up to an amount; nothing where it has moved that much. */
export function moveUpTo(
  fold: Fold,
  draft: Draft,
  claims: readonly Claim[],
  upTo: (claim: Claim) => Decimal,
  date: string,
): void {
  const moves = claims.flatMap((claim) => {
    const more = upTo(claim).minus(claim.moved)
    const forwards = claim.amount.isNegative() ? more.lt(0) : more.gt(0)
    const baseOnly =
      claim.amount.isZero() && claim.base !== null && claim.movedBase !== null && !claim.base.equals(claim.movedBase)
    return (forwards && !claim.amount.isZero()) || baseOnly
      ? [{ claim, amount: claim.amount.isZero() ? ZERO : more }]
      : []
  })
  for (const group of groupBy(moves, ({ claim: c }) => [c.sleeve, c.cashAccount, c.currency].join('|')).values()) {
    const { sleeve, cashAccount, currency } = group[0]!.claim
    for (const { claim, amount } of group) claim.unconfirmed = claim.unconfirmed.plus(amount)
    const into = { sleeve, cashAccount: cashAccount!, currency: currency!, rate: rateOn(fold, currency!, date) }
    move(fold, draft, group, into)
  }
}

/** What has moved beyond `kept` and nobody has confirmed moves back at the day's rate, and is owed again. */
export function reopen(
  fold: Fold,
  draft: Draft,
  claims: readonly Claim[],
  kept: (claim: Claim) => Decimal,
  date: string,
): void {
  for (const claim of claims) {
    const beyond = claim.moved.minus(kept(claim))
    const size = Decimal.min(beyond.times(claim.amount.s), claim.unconfirmed.times(claim.amount.s))
    if (!size.gt(0)) continue
    const amount = size.times(claim.amount.s)
    const { sleeve, cashAccount, currency } = claim
    const base = convert(amount, rateOn(fold, currency!, date), fold.functional)
    claim.unconfirmed = claim.unconfirmed.minus(amount)
    const account = cashAccountNumber(fold, cashAccount!)
    draft.add({ sleeve, cashAccount, currency, account, local: amount.negated(), base: negBase(base) })
    draft.add({ ...linesOf(claim), local: amount, base })
    const again = claimOf(
      { ...linesOf(claim), ...REST, ref: claim.ref, group: claim.group, amount, base },
      claim.layer + 1,
    )
    remember(fold, draft, { ...again, failed: true })
  }
}

interface Into {
  readonly sleeve: string
  readonly cashAccount: string
  readonly currency: string
  readonly rate: Rate | null
}
interface Move {
  readonly claim: Claim
  readonly amount: Decimal
}

/** One cash line at the day's rate against claims of one sleeve; 4130 takes what the claims were booked at more or less. */
function move(fold: Fold, draft: Draft, moves: readonly Move[], into: Into): void {
  const { sleeve, cashAccount, currency, rate } = into
  const local = sum(moves.map(({ amount }) => amount))
  const cash = convert(local, rate, fold.functional)
  draft.add({ sleeve, account: cashAccountNumber(fold, cashAccount), cashAccount, currency, local, base: cash })
  let rest: Base = cash
  for (const { claim, amount } of moves) {
    const base = moveClaim(fold, claim, amount)
    draft.add({ ...linesOf(claim), local: amount.negated(), base: negBase(base) })
    rest = subBase(rest, base)
  }
  gainOnClaims(fold, draft, sleeve, currency, negBase(rest))
}

/** Base of what moves = round(base x moved so far / amount) - what moved before. */
function moveClaim(fold: Fold, claim: Claim, amount: Decimal): Base {
  const before = claim.movedBase
  claim.moved = claim.moved.plus(amount)
  const whole = claim.moved.equals(claim.amount)
  const part = (base: Decimal) => money(base.times(claim.moved).dividedBy(claim.amount), fold.functional)
  claim.movedBase = whole ? claim.base : claim.base && part(claim.base)
  return subBase(claim.movedBase, before)
}

const linesOf = ({ sleeve, cashAccount, account, instrument, lot, currency }: Claim) => ({
  sleeve,
  cashAccount,
  account,
  instrument,
  lot,
  currency,
})

/** 4130: what the movement differs from what was booked. In functional currency it can only be a difference that is known. */
function gainOnClaims(fold: Fold, draft: Draft, sleeve: string, currency: string, base: Base): void {
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
  dividend: [1300, 1330],
  coupon: [1300, 1310],
  maturity: [1330],
  reclaim: [1320],
}

function receiveSettling(fold: Fold, draft: Draft, cash: Cash, settles: Settles, rate: Rate | null): void {
  const amount = decimal(cash.amount)
  const refs = [settles.ref, `ca:${settles.instrument}:${settles.ref}`]
  const claims = fold.claims.filter(
    (claim) =>
      refs.includes(claim.ref) &&
      RECEIVABLES[settles.kind].includes(claim.account) &&
      claim.currency === cash.currency &&
      claim.amount.gt(0),
  )
  const unconfirmed = claims.filter((claim) => !claim.unconfirmed.isZero())
  if (unconfirmed.length > 0) {
    confirm(fold, draft, cash, unconfirmed, rate)
    return
  }
  const first = claims.find((claim) => !openOf(claim).isZero())
  const open = claims.filter((claim) => claim.layer === first?.layer)
  const cleared = Decimal.min(totalOf(open, openOf), amount)
  if (cleared.gt(0)) {
    const shares = sharesOf(totalOf(open, (claim) => claim.moved).plus(cleared), open, cash.currency)
    const moves = open.map((claim, at) => ({ claim, amount: shares[at]!.minus(claim.moved) }))
    for (const group of groupBy(moves, ({ claim }) => claim.sleeve).values())
      move(fold, draft, group, { ...cash, sleeve: group[0]!.claim.sleeve, rate })
  }
  const excess = amount.minus(cleared)
  if (!excess.isZero()) suspense(fold, draft, cash, excess, rate)
}

/** What each claim has of `total`, when that much of all of them together has moved: by amounts, cumulated. */
function sharesOf(total: Decimal, claims: readonly Claim[], currency: string): Decimal[] {
  const all = totalOf(claims, (claim) => claim.amount)
  let upTo = ZERO
  let given = ZERO
  return claims.map((claim) => {
    upTo = upTo.plus(claim.amount)
    const whole = money(total.times(upTo).dividedBy(all), currency)
    const share = whole.minus(given)
    given = whole
    return share
  })
}

/** What has already moved on its date posts only the difference; a shortfall opens a receivable again, at the day's rate. */
function confirm(fold: Fold, draft: Draft, cash: Cash, claims: readonly Claim[], rate: Rate | null): void {
  const difference = decimal(cash.amount).minus(totalOf(claims, (claim) => claim.unconfirmed))
  for (const claim of claims) claim.unconfirmed = ZERO
  if (difference.gt(0)) suspense(fold, draft, cash, difference, rate)
  if (!difference.lt(0)) return
  const { cashAccount, currency } = cash
  const shares = sharesOf(difference.negated(), claims, currency)
  const reopened = claims.map((claim, at) => {
    const amount = shares[at]!
    const base = convert(amount, rate, fold.functional)
    return claimOf({ ...linesOf(claim), ...REST, ref: claim.ref, group: claim.group, amount, base }, claim.layer + 1)
  })
  for (const group of groupBy(reopened, (claim) => claim.sleeve).values()) {
    const { sleeve } = group[0]!
    const local = totalOf(group, (claim) => claim.amount).negated()
    const base = convert(local, rate, fold.functional)
    const gain = new Draft()
    gain.add({ sleeve, account: cashAccountNumber(fold, cashAccount), cashAccount, currency, local, base })
    for (const claim of group) gain.add({ ...linesOf(claim), local: claim.amount, base: claim.base })
    gainOnClaims(fold, gain, sleeve, currency, gain.residual(sleeve))
    draft.take(gain)
  }
  for (const claim of reopened) remember(fold, draft, claim)
}

const REST = { custodyAccount: null, state: null }
