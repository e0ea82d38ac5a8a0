// Positions, lots, cash and the trial balance as sums of postings: nothing else decides what the book shows.
import { type Decimal, decimal, decimalText, ZERO } from '../kernel/decimal.ts'
import { dateInZone, instant } from '../kernel/instant.ts'
import type { Account, Posting } from './posting.ts'

/** Where and how to look at a book. */
export interface ViewAt {
  /** A date (after its last phase) or an instant (phases 0-3 of its date and the trades up to it); everything when not given. */
  readonly effectiveAt?: string | undefined
  /** The portfolio's zone, in which an instant has its date. */
  readonly zone?: string | undefined
  /** `settlement`: only what has settled; `trade` (default): both states, receivables beside. */
  readonly view?: 'trade' | 'settlement' | undefined
  /** Whether a posting counts on its effective date (default) or on its accounting date. */
  readonly basis?: 'economic' | 'accounting' | undefined
  readonly sleeve?: string | undefined
}

/** Sums of one balance; base is null while any posting in it is pending. */
export interface Sums {
  readonly units: string
  readonly local: string
  readonly base: string | null
}

export interface PositionRow extends Sums {
  readonly sleeve: string
  readonly custodyAccount: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly currency: string
}
export interface LotRow extends PositionRow {
  readonly lot: string
  readonly acquiredOn: string
}
export interface CashRow extends Sums {
  readonly sleeve: string
  readonly cashAccount: string
  readonly account: 1000 | 1010
  readonly currency: string
}
export interface TrialBalanceRow extends Sums {
  readonly account: Account
  readonly currency: string | null
}

/** Units and cost held, long and short apart; `local` and `base` are cost (proceeds, negative, of shorts). */
export function positionsOf(postings: Iterable<Posting>, at: ViewAt = {}): PositionRow[] {
  return securities(postings, at, (p) => [p.sleeve, p.custodyAccount, p.instrument, p.account, p.currency]).map(
    ([posting, sums]) => ({ ...placeOf(posting), ...sums }),
  )
}

/** Every lot with units or cost. */
export function lotsOf(postings: Iterable<Posting>, at: ViewAt = {}): LotRow[] {
  const key = (p: Posting) => [p.sleeve, p.custodyAccount, p.instrument, p.account, p.currency, p.lot, p.acquiredOn]
  return securities(postings, at, key).map(([posting, sums]) => ({
    ...placeOf(posting),
    lot: posting.lot ?? '',
    acquiredOn: posting.acquiredOn ?? '',
    ...sums,
  }))
}

/** Cash by sleeve and account. */
export function cashOf(postings: Iterable<Posting>, at: ViewAt = {}): CashRow[] {
  const found = summed(postings, at, (p) =>
    p.account === 1000 || p.account === 1010 ? [p.sleeve, p.cashAccount, p.account, p.currency] : null,
  )
  return found.map(([posting, sums]) => ({
    sleeve: posting.sleeve,
    cashAccount: posting.cashAccount ?? '',
    account: posting.account === 1010 ? 1010 : 1000,
    currency: posting.currency ?? '',
    ...sums,
  }))
}

/** Every account by currency; the sum of `base` over all rows is zero, and of `local` per currency. */
export function trialBalanceOf(postings: Iterable<Posting>, at: ViewAt = {}): TrialBalanceRow[] {
  return summed(postings, at, (p) => [p.account, p.currency]).map(([posting, sums]) => ({
    account: posting.account,
    currency: posting.currency,
    ...sums,
  }))
}

function placeOf(posting: Posting): Omit<PositionRow, keyof Sums> {
  return {
    sleeve: posting.sleeve,
    custodyAccount: posting.custodyAccount ?? '',
    instrument: posting.instrument ?? '',
    side: posting.account === 2100 ? 'short' : 'long',
    currency: posting.currency ?? '',
  }
}

type Key = readonly (string | number | null)[]

function securities(
  postings: Iterable<Posting>,
  at: ViewAt,
  key: (posting: Posting) => Key,
): (readonly [Posting, Sums])[] {
  const found = summed(postings, at, (p) => (p.account === 1100 || p.account === 2100 ? key(p) : null))
  // What was sold out is no position, though a settlement that waits for its rate leaves its base unknown.
  return found.filter(([, { units, local }]) => units !== '0' || local !== '0')
}

interface Running {
  readonly first: Posting
  units: Decimal
  local: Decimal
  base: Decimal
  pending: number
}

function summed(
  postings: Iterable<Posting>,
  at: ViewAt,
  keyOf: (posting: Posting) => Key | null,
): (readonly [Posting, Sums])[] {
  const counts = filter(at)
  const found = new Map<string, Running>()
  for (const posting of postings) {
    const key = counts(posting) ? keyOf(posting) : null
    if (key === null) continue
    const name = key.join('|')
    const sum = found.get(name) ?? { first: posting, units: ZERO, local: ZERO, base: ZERO, pending: 0 }
    found.set(name, sum)
    sum.units = sum.units.plus(decimal(posting.units))
    sum.local = sum.local.plus(decimal(posting.local))
    if (posting.base !== null) sum.base = sum.base.plus(decimal(posting.base))
    sum.pending += posting.pending
  }
  const shown: (readonly [Posting, Sums])[] = []
  for (const [, { first, units, local, base, pending }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (units.isZero() && local.isZero() && base.isZero() && pending === 0) continue
    const known = pending > 0 ? null : decimalText(base)
    shown.push([first, { units: decimalText(units), local: decimalText(local), base: known }])
  }
  return shown
}

/** Whether a posting counts at a place in time, for a sleeve and a view. */
function filter({
  effectiveAt,
  zone = 'UTC',
  view = 'trade',
  basis = 'economic',
  sleeve,
}: ViewAt): (p: Posting) => boolean {
  const moment = effectiveAt?.includes('T') === true ? instant(effectiveAt) : null
  const until = moment === null ? effectiveAt : dateInZone(moment, zone)
  return (posting) => {
    if (sleeve !== undefined && posting.sleeve !== sleeve) return false
    if (view === 'settlement' && posting.state === 'unsettled') return false
    if (until === undefined) return true
    const day = basis === 'accounting' ? posting.accountingDate : posting.effectiveDate
    if (day !== until || moment === null) return day <= until
    if (posting.phase <= 3) return true
    return posting.phase === 4 && posting.instant !== null && posting.instant <= moment
  }
}
