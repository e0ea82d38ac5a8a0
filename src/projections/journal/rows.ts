// A posting as a row of the journal.
import type { Posting } from '../../domain/book/posting.ts'
import { instant } from '../../domain/kernel/instant.ts'
import type { RowOf } from '../schema/table.ts'
import type { journal } from './table.ts'

/** Columns whose equal values keep the lines of an entry together in one statement. */
export const ENTRY_COLUMNS = ['known_from', 'entry'] as const

export function journalRow(p: Posting): RowOf<typeof journal> {
  return {
    portfolio: p.portfolio,
    known_from: String(p.knownFrom),
    entry: p.entry,
    line: String(p.line),
    cause: p.cause,
    rule: p.rule,
    sleeve: p.sleeve,
    custody_account: p.custodyAccount,
    cash_account: p.cashAccount,
    account: String(p.account),
    instrument: p.instrument,
    lot: p.lot,
    acquired_on: p.acquiredOn,
    state: p.state,
    units: p.units,
    currency: p.currency,
    local: p.local,
    base: p.base,
    pending: String(p.pending),
    market_value: p.marketValue,
    effective_date: p.effectiveDate,
    phase: String(p.phase),
    instant: p.instant === null ? null : instant(p.instant),
    settle_date: p.settleDate,
    accounting_date: p.accountingDate,
    flags: p.flags.join(' '),
  }
}
