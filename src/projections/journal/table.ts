// The journal's table: every posting of every portfolio's book, append-only in knowledge.
import { appendedTable } from '../schema/table.ts'

export const journal = appendedTable({
  name: 'journal',
  comment:
    'Double-entry journal: one row per line, debit +, credit -. A correction adds difference lines at a later known_from; a balance at (date, position) is a sum of lines.',
  key: ['portfolio', 'known_from', 'entry', 'line'],
  indexes: ['(portfolio, effective_date, known_from)', '(portfolio, entry)', '(portfolio, accounting_date)'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    known_from: { type: 'bigint', comment: 'Log position at which the line became known (its unit of knowledge).' },
    entry: { type: 'text', comment: 'Stable id of the entry, such as fill:B:2025-03-14:X1/trade.' },
    line: { type: 'integer', comment: '1, 2, 3 ... within the entry at this known_from.' },
    cause: { type: 'text', comment: 'Id of the event that caused the entry.' },
    rule: { type: 'text', comment: 'The rule of the book that made the line.' },
    sleeve: { type: 'text', comment: 'Strategy within the portfolio; every entry also balances per sleeve.' },
    custody_account: { type: 'text', nullable: true, comment: 'Custody account of security lines.' },
    cash_account: { type: 'text', nullable: true, comment: 'Cash account of cash, receivable and payable lines.' },
    account: { type: 'integer', comment: 'Account of the chart, such as 1100 securities at cost.' },
    instrument: { type: 'text', nullable: true, comment: 'Instrument id.' },
    lot: { type: 'text', nullable: true, comment: 'Lot id, stable through corporate actions.' },
    acquired_on: { type: 'date', nullable: true, comment: 'Date from which the lot is held, on lot lines.' },
    state: { type: 'text', nullable: true, comment: 'unsettled or settled, on lot lines.' },
    units: { type: 'numeric', comment: 'Units of the instrument; zero on lines that move money only.' },
    currency: { type: 'text', nullable: true, comment: 'Currency of local; null on account 8000 only.' },
    local: { type: 'numeric', comment: 'Amount in currency, to its minor unit.' },
    base: {
      type: 'numeric',
      nullable: true,
      comment: 'Amount in the base currency; null while the rate is unknown (never zero, never 1:1).',
    },
    pending: {
      type: 'integer',
      comment: '1 on a line that waits for a rate, -1 on the line that ends the wait: sum > 0 says unknown yet.',
    },
    market_value: { type: 'numeric', nullable: true, comment: 'Market value attached to transfers in kind.' },
    effective_date: { type: 'date', comment: 'Economic date.' },
    phase: { type: 'integer', comment: 'Phase of the business day, 0 open to 9 close.' },
    instant: { type: 'instant', nullable: true, comment: 'Moment of the trade, when known.' },
    settle_date: { type: 'date', nullable: true, comment: 'Settlement date.' },
    accounting_date: {
      type: 'date',
      comment: 'Effective date, or the first open day when that day was sealed as the line became known.',
    },
    flags: { type: 'flags', comment: 'fallback, oversold, overdrawn, carried, projected, pending.' },
  },
})
