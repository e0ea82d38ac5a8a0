// Money owed becoming money moved: what is due moves on its date, and receipts confirm or supply it (docs/book.md, "CashReceived").
import { addInt, type Int, mulDivHalfEven, negInt, subInt } from '../kernel/scaled.ts'
import { isUnknown, minus, opposite, plus, smaller, UNKNOWN } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import type { Entry } from './entry.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Account } from './posting.ts'
import { convert, type Rate } from './rates.ts'

/** One line that is owed, and how much of it has moved. */
export interface Claim {
  readonly dimension: DimensionId
  readonly lot: number
  readonly account: Account
  readonly sleeve: string
  readonly cashAccount: string
  readonly currency: string
  /** 0 as first owed; 1, 2 ... opened again by a shortfall. */
  readonly layer: number
  readonly amount: Int
  readonly base: Int
  moved: Int
  movedBase: Int
  /** Moved on its date without anybody having confirmed it. */
  unconfirmed: Int
}

/** The claims that one entry left. */
export function claimsOf(desk: Desk, entry: Entry): Claim[] {
  const claims: Claim[] = []
  const { chunk } = entry
  for (let row = entry.start; row < entry.end; row++) {
    const dimension = chunk.dimension[row] ?? 0
    if (desk.turn(dimension).payment === null) continue
    claims.push(claimOf(desk, dimension, chunk.lot[row] ?? NO_LOT, 0, chunk.local(row), chunk.base(row)))
  }
  return claims
}

export function claimOf(desk: Desk, dimension: DimensionId, lot: number, layer: number, amount: Int, base: Int): Claim {
  const { account, sleeve, cashAccount, currency } = desk.dimensions.of(dimension)
  const where = { account, sleeve, cashAccount: cashAccount ?? '', currency: currency ?? '' }
  return { dimension, lot, ...where, layer, amount, base, moved: 0, movedBase: 0, unconfirmed: 0 }
}

const openOf = (claim: Claim): Int => subInt(claim.amount, claim.moved)

/** Nothing is owed but a base amount, from rounding: it is a gain or loss on the due date. */
function isOnlyBase({ amount, base, movedBase }: Claim): boolean {
  return amount === 0 && !isUnknown(base) && base !== movedBase
}

function totalOf(claims: readonly Claim[], of: (claim: Claim) => Int): Int {
  return claims.reduce<Int>((sum, claim) => addInt(sum, of(claim)), 0)
}

/** Moves on its date all that is still open of the claims, each on the cash account it was meant for. */
export function moveDue(desk: Desk, claims: readonly Claim[], day: number, rule: number): void {
  const open = claims.filter((claim) => openOf(claim) !== 0 || isOnlyBase(claim))
  for (const group of grouped(open, (claim) => `${claim.sleeve}|${claim.cashAccount}|${claim.currency}`)) {
    const [first] = group
    if (first === undefined) continue
    const moves = group.map((claim) => ({ claim, amount: openOf(claim) }))
    for (const { claim, amount } of moves) claim.unconfirmed = addInt(claim.unconfirmed, amount)
    const rate = desk.rates.on(desk.currencies.id(first.currency), day, desk.policies.on(day).series)
    move(desk, moves, first.cashAccount, rate, rule)
  }
}

/** Moves of each claim what brings it up to an amount; nothing where it has moved that much. */
export function moveUpTo(
  desk: Desk,
  claims: readonly Claim[],
  upTo: (claim: Claim) => Int,
  day: number,
  rule: number,
): void {
  const moves = claims.flatMap((claim) => {
    const amount = subInt(upTo(claim), claim.moved)
    const forwards = claim.amount > 0 ? amount > 0 : amount < 0
    return forwards || isOnlyBase(claim) ? [{ claim, amount: forwards ? amount : 0 }] : []
  })
  for (const group of grouped(moves, ({ claim }) => `${claim.sleeve}|${claim.cashAccount}|${claim.currency}`)) {
    const first = group[0]?.claim
    if (first === undefined) continue
    for (const { claim, amount } of group) claim.unconfirmed = addInt(claim.unconfirmed, amount)
    const rate = desk.rates.on(desk.currencies.id(first.currency), day, desk.policies.on(day).series)
    move(desk, group, first.cashAccount, rate, rule)
  }
}

/**
 * Takes back what has moved of each claim beyond `kept`, at the day's rate, and answers the claims that stand for it from then on. What a
 * receipt has confirmed stays.
 */
export function reopen(
  desk: Desk,
  claims: readonly Claim[],
  kept: (claim: Claim) => Int,
  day: number,
  rule: number,
): Claim[] {
  const { lines } = desk
  return claims.flatMap((claim) => {
    const sign = claim.amount > 0 ? 1 : -1
    const size = (amount: Int) => (sign > 0 ? amount : negInt(amount))
    const least = smaller(size(subInt(claim.moved, kept(claim))), size(claim.unconfirmed))
    if (least <= 0) return []
    const amount = size(least)
    const rate = desk.rates.on(desk.currencies.id(claim.currency), day, desk.policies.on(day).series)
    const base = convert(rate, amount)
    const flags = rate.carried ? FLAG.carried : 0
    claim.unconfirmed = subInt(claim.unconfirmed, amount)
    const cash = desk.cashLine(claim.cashAccount, claim.currency, claim.sleeve)
    lines.add(cash, NO_LOT, NO_ACQUIRED, 0, negInt(amount), opposite(base), rule, flags)
    lines.add(claim.dimension, claim.lot, NO_ACQUIRED, 0, amount, base, rule, flags)
    return [claimOf(desk, claim.dimension, claim.lot, claim.layer + 1, amount, base)]
  })
}

interface Move {
  readonly claim: Claim
  readonly amount: Int
}

/** One cash line at the rate against claims of one sleeve; 4130 takes what they were booked at more or less. */
function move(desk: Desk, moves: readonly Move[], cashAccount: string, rate: Rate, rule: number): void {
  const first = moves[0]?.claim
  if (first === undefined) return
  const { sleeve, currency } = first
  const local = moves.reduce<Int>((sum, { amount }) => addInt(sum, amount), 0)
  const cash = convert(rate, local)
  const flags = rate.carried ? FLAG.carried : 0
  const { lines } = desk
  if (local !== 0)
    lines.add(desk.cashLine(cashAccount, currency, sleeve), NO_LOT, NO_ACQUIRED, 0, local, cash, rule, flags)
  let rest = cash
  for (const { claim, amount } of moves) {
    const base = moveClaim(claim, amount)
    lines.add(claim.dimension, claim.lot, NO_ACQUIRED, 0, negInt(amount), opposite(base), rule, flags)
    rest = minus(rest, base)
  }
  gainOnClaims(desk, sleeve, currency, opposite(rest), rule, flags)
}

/** Base of what moves: round(base x moved so far / amount) - what moved before. */
function moveClaim(claim: Claim, amount: Int): Int {
  claim.moved = addInt(claim.moved, amount)
  if (isUnknown(claim.base)) return UNKNOWN
  const before = claim.movedBase
  claim.movedBase = claim.moved === claim.amount ? claim.base : mulDivHalfEven(claim.base, claim.moved, claim.amount)
  return subInt(claim.movedBase, before)
}

function gainOnClaims(desk: Desk, sleeve: string, currency: string, base: Int, rule: number, flags: number): void {
  if (base === 0 || (isUnknown(base) && currency === desk.functional)) return
  desk.lines.merge(desk.sleeveLine(4130, currency, sleeve), 0, 0, base, rule, flags)
}

/** Where received money goes. */
export interface Into {
  readonly sleeve: string
  readonly cashAccount: string
  readonly currency: string
  readonly amount: Int
  readonly rate: Rate
}

/**
 * A receipt against claims: confirms what moved on its date (posting only the difference), else clears what is open; the excess
 * goes to suspense. Answers whether there was anything to confirm or clear.
 */
export function receiveAgainst(desk: Desk, claims: Claim[], into: Into, rule: number): boolean {
  const mine = claims.filter((claim) => claim.currency === into.currency && claim.amount > 0)
  const unconfirmed = mine.filter((claim) => claim.unconfirmed !== 0)
  if (unconfirmed.length > 0) {
    confirm(desk, claims, unconfirmed, into, rule)
    return true
  }
  const first = mine.find((claim) => openOf(claim) !== 0)
  const open = mine.filter((claim) => claim.layer === first?.layer)
  const total = totalOf(open, openOf)
  const cleared = smaller(total, into.amount)
  if (cleared > 0) {
    const shares = sharesOf(
      addInt(
        totalOf(open, (claim) => claim.moved),
        cleared,
      ),
      open,
    )
    const moves = open.map((claim, i) => ({ claim, amount: subInt(shares[i] ?? 0, claim.moved) }))
    for (const group of grouped(moves, ({ claim }) => claim.sleeve))
      move(desk, group, into.cashAccount, into.rate, rule)
  }
  suspend(desk, into, subInt(into.amount, cleared), rule)
  return cleared > 0
}

/** What each claim has of `total`, when that much of all of them has moved: by amounts, cumulated. */
function sharesOf(total: Int, claims: readonly Claim[]): Int[] {
  const all = totalOf(claims, (claim) => claim.amount)
  let upTo: Int = 0
  let given: Int = 0
  return claims.map((claim) => {
    upTo = addInt(upTo, claim.amount)
    const reached = mulDivHalfEven(total, upTo, all)
    const share = subInt(reached, given)
    given = reached
    return share
  })
}

/** A shortfall opens the receivable again, at the day's rate. */
function confirm(desk: Desk, claims: Claim[], confirmed: readonly Claim[], into: Into, rule: number): void {
  const difference = subInt(
    into.amount,
    totalOf(confirmed, (claim) => claim.unconfirmed),
  )
  for (const claim of confirmed) claim.unconfirmed = 0
  if (difference >= 0) {
    suspend(desk, into, difference, rule)
    return
  }
  const shares = sharesOf(negInt(difference), confirmed)
  const reopened = confirmed.map((claim, i) => {
    const amount = shares[i] ?? 0
    return claimOf(desk, claim.dimension, claim.lot, claim.layer + 1, amount, convert(into.rate, amount))
  })
  const { lines } = desk
  const flags = into.rate.carried ? FLAG.carried : 0
  for (const group of grouped(reopened, (claim) => claim.sleeve)) {
    const sleeve = group[0]?.sleeve ?? ''
    const local = negInt(totalOf(group, (claim) => claim.amount))
    const base = convert(into.rate, local)
    lines.add(desk.cashLine(into.cashAccount, into.currency, sleeve), NO_LOT, NO_ACQUIRED, 0, local, base, rule, flags)
    let rest = base
    for (const claim of group) {
      if (claim.amount === 0) continue
      lines.add(claim.dimension, claim.lot, NO_ACQUIRED, 0, claim.amount, claim.base, rule, flags)
      rest = plus(rest, claim.base)
    }
    gainOnClaims(desk, sleeve, into.currency, opposite(rest), rule, flags)
  }
  claims.push(...reopened)
}

/** Money nobody can place yet. */
export function suspend(desk: Desk, into: Into, amount: Int, rule: number): void {
  if (amount === 0) return
  const { sleeve, cashAccount, currency, rate } = into
  const base = convert(rate, amount)
  const flags = rate.carried ? FLAG.carried : 0
  const { lines } = desk
  lines.add(desk.cashLine(cashAccount, currency, sleeve), NO_LOT, NO_ACQUIRED, 0, amount, base, rule, flags)
  const suspense = desk.dimension(1900, currency, { sleeve, cashAccount })
  lines.add(suspense, NO_LOT, NO_ACQUIRED, 0, negInt(amount), opposite(base), rule, flags)
}

function grouped<T>(list: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const name = key(item)
    const group = groups.get(name) ?? []
    groups.set(name, group)
    group.push(item)
  }
  return [...groups.values()]
}
