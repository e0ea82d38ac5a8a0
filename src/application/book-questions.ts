// What the command side asks of a book: sums over its journal.
import type { Journal } from '../domain/book/journal.ts'
import type { Posting } from '../domain/book/posting.ts'
import { type Decimal, decimal, decimalText, ZERO } from '../domain/kernel/decimal.ts'
import { actionCode } from '../domain/instrument/action-codes.ts'
import type { MovedLot } from '../domain/portfolio/facts.ts'
import type { EligibilityQuestion, LotsQuestion } from './advisor.ts'

/** Securities, cash, and what is owed either way: none of it may be left when a portfolio closes. */
export const HOLDING: readonly string[] = [
  '1000',
  '1010',
  '1100',
  '1200',
  '1210',
  '1300',
  '1310',
  '1320',
  '1330',
  '1340',
  '1900',
  '2100',
  '2200',
  '2210',
  '2300',
  '2400',
]

/** Whether any balance of these accounts is other than zero, counting what is effective through a date (default: everything known). */
export function isOpen(journal: Iterable<Posting>, accounts: readonly string[], through = '9999-12-31'): boolean {
  const sums = new Map<string, { units: Decimal; local: Decimal }>()
  for (const line of journal) {
    const { account, sleeve, custodyAccount, cashAccount, instrument, lot, currency, units, local } = line
    if (!accounts.includes(String(account)) || line.effectiveDate > through) continue
    const key = [account, sleeve, custodyAccount, cashAccount, instrument, lot, currency].join('|')
    const sum = sums.get(key) ?? { units: ZERO, local: ZERO }
    sums.set(key, { units: sum.units.plus(decimal(units)), local: sum.local.plus(decimal(local)) })
  }
  return [...sums.values()].some(({ units, local }) => !units.isZero() || !local.isZero())
}

/**
 * The settled lots that a portfolio could give on the question's date, oldest first, with what is left of their cost. The
 * transfer's own entry is left out.
 */
export function lotsAt(journal: Iterable<Posting>, question: LotsQuestion): MovedLot[] {
  const { sleeve, custodyAccount, instrument, date, atOpen, transfer } = question
  const own = `transfer:${transfer}/`
  return summed(journal, (line) => {
    const before = atOpen
      ? line.effectiveDate < date || (line.effectiveDate === date && line.phase === 0)
      : line.effectiveDate <= date
    return (
      before &&
      line.state === 'settled' &&
      line.instrument === instrument &&
      line.sleeve === sleeve &&
      line.custodyAccount === custodyAccount &&
      !line.entry.startsWith(own)
    )
  }).filter(({ units }) => !units.startsWith('-'))
}

/** Long units of an instrument in one account when an action on it comes. */
export function unitsBefore(journal: Iterable<Posting>, question: EligibilityQuestion): string {
  const { instrument, custodyAccount, terms } = question
  const phase = actionCode(terms.caev)?.phase ?? 1
  let units = ZERO
  for (const line of journal) {
    if (String(line.account) !== '1100' || line.instrument !== instrument) continue
    if (line.custodyAccount !== custodyAccount) continue
    const before = line.effectiveDate < terms.exDate || (line.effectiveDate === terms.exDate && line.phase < phase)
    if (before) units = units.plus(decimal(line.units))
  }
  return decimalText(units)
}

/** The lots that left with a transfer: units and cost as the giver's book relieved them. */
export function lotsOut(journal: Pick<Journal, 'ofEntry'>, transfer: string): MovedLot[] {
  // Asked after every fact of a giver: it must not cost the whole journal.
  const out = journal.ofEntry(`transfer:${transfer}/out`)
  // What leaves is negative in the giver's book, and positive on its way.
  return summed(out, () => true).map((lot) => ({ ...lot, units: negated(lot.units) }))
}

/** Sums of security lines by lot, oldest first; lots that come to nothing are left out. */
function summed(journal: Iterable<Posting>, wanted: (line: Posting) => boolean): MovedLot[] {
  const lots = new Map<string, { units: Decimal; cost: Decimal; currency: string; acquiredOn: string }>()
  for (const line of journal) {
    const { lot, account, units, local, currency, acquiredOn } = line
    if (lot === null || currency === null || acquiredOn === null || !isSecurity(account) || !wanted(line)) continue
    const sum = lots.get(lot) ?? { units: ZERO, cost: ZERO, currency, acquiredOn }
    lots.set(lot, { ...sum, units: sum.units.plus(decimal(units)), cost: sum.cost.plus(decimal(local)) })
  }
  return [...lots]
    .flatMap(([lot, { units, cost, currency, acquiredOn }]) =>
      units.isZero() ? [] : [{ lot, units: decimalText(units), cost: decimalText(cost.abs()), currency, acquiredOn }],
    )
    .sort((a, b) => (a.acquiredOn !== b.acquiredOn ? (a.acquiredOn < b.acquiredOn ? -1 : 1) : a.lot < b.lot ? -1 : 1))
}

function isSecurity(account: Posting['account']): boolean {
  return String(account) === '1100' || String(account) === '2100'
}

function negated(units: string): string {
  return units.startsWith('-') ? units.slice(1) : `-${units}`
}
