// The state of one fold and the questions every rule asks it: policies, rates, accounts.
import type { Base, Decimal } from './arithmetic.ts'
import type { Holidays } from './days.ts'
import type { Dimensions, Draft, Entry, When } from './journal.ts'
import { type KnownFact, type Knowledge, must } from './knowledge.ts'
import type { Lot } from './lots.ts'
import { fixingOn, ONE, type Rate, rateOf } from './rates.ts'
import type { Opened, Policy } from './shapes.ts'

/** Money owed to or by the portfolio, line by line, until it moves. */
export interface Claim extends Dimensions {
  /** The fact, or `ca:{instrument}:{action}`. */
  readonly ref: string
  /** Claims that one entry settles together. */
  readonly group: string
  /** 0 as first owed; 1, 2 ... opened again by a shortfall. */
  readonly layer: number
  /** Opened again because its settlement failed: a confirmation moves it. */
  readonly failed?: boolean
  /** As it was posted. */
  readonly amount: Decimal
  base: Base
  /** What of it has moved so far. */
  moved: Decimal
  movedBase: Base
  /** Moved on its date without anybody having confirmed it. */
  unconfirmed: Decimal
}

export interface Fold {
  readonly known: Knowledge
  readonly opened: Opened
  readonly functional: string
  readonly holidays: Holidays
  readonly lens: Partial<Policy>
  readonly entries: Entry[]
  readonly claims: Claim[]
  lots: Lot[]
  born: number
}

export const post = (fold: Fold, draft: Draft, entry: string, when: When): void => {
  if (draft.lines.length > 0) fold.entries.push(draft.done(entry, when))
}

/** The policy in force at the start of a date. */
export function policyAt(fold: Fold, date: string): Policy {
  const changes = [...fold.known.facts.values()]
    .filter((fact) => !fact.gone && fact.is.type === 'PolicyChanged' && fact.is.effectiveOn <= date)
    .sort((a, b) => compare(effectiveOn(a), effectiveOn(b)) || compare(a.root, b.root))
  let policy = fold.opened.policy
  for (const { is } of changes) if (is.type === 'PolicyChanged') policy = { ...policy, ...is.changes }
  return { ...policy, ...fold.lens }
}

const effectiveOn = (fact: KnownFact): string => (fact.is.type === 'PolicyChanged' ? fact.is.effectiveOn : '')

export const compare = <T extends string | bigint | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

/** Functional per unit of a currency on a date by the series in force then. */
export const rateOn = (fold: Fold, currency: string, date: string, policyDate = date): Rate | null =>
  fixingOn(fold.known, policyAt(fold, policyDate).fx, fold.holidays, currency, fold.functional, date)

/** The contract's rate, which is in the portfolio's base currency, else the fixing. */
export function rateOfFact(fold: Fold, currency: string, date: string, contractRate: string | undefined): Rate | null {
  if (currency === fold.functional) return ONE
  if (contractRate !== undefined && inBase(fold)) return rateOf(contractRate)
  return rateOn(fold, currency, date)
}

export const inBase = (fold: Fold): boolean => fold.functional === fold.opened.baseCurrency

export const cashAccountNumber = (fold: Fold, cashAccount: string): 1000 | 1010 =>
  must(fold.known.cashAccounts.get(cashAccount)).kind === 'margin' ? 1010 : 1000

/** Whether cash on this account waits for its confirmation. */
export const waits = (fold: Fold, cashAccount: string, date: string): boolean =>
  (must(fold.known.cashAccounts.get(cashAccount)).settlement ?? policyAt(fold, date).settlement) === 'actual'
