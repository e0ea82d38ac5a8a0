// The activity table: every fact of a portfolio as it now reads, and as it read before each correction.
import { knownTable } from '../schema/table.ts'

export const activity = knownTable({
  name: 'activity',
  comment:
    'One row per fact (fill, cash, FX, transfer, opening, policy ...) with its newest terms, as known over a range of knowledge. Busted and cancelled facts stay, with that status.',
  key: ['portfolio', 'fact'],
  indexes: [
    '(portfolio, effective_date, root_position)',
    '(portfolio, exec_id) WHERE exec_id IS NOT NULL AND known_to IS NULL',
  ],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    fact: { type: 'text', comment: 'Id of the fact, the same for ever.' },
    kind: { type: 'text', comment: 'fill, contribution, withdrawal, fee, interest, tax, receipt, fx, transfer ...' },
    event: { type: 'text', comment: 'Type of the event whose terms these are.' },
    status: { type: 'text', comment: 'recorded, corrected, busted, cancelled or restated.' },
    effective_date: { type: 'date', comment: 'Trade date, value date or date of effect.' },
    instant: { type: 'instant', nullable: true, comment: 'When it was executed or booked, when known.' },
    settle_date: { type: 'date', nullable: true, comment: 'Settlement or value date.' },
    instrument: { type: 'text', nullable: true, comment: 'Instrument id.' },
    side: { type: 'text', nullable: true, comment: 'buy, sell, sell-short, buy-to-cover; in or out for transfers.' },
    quantity: { type: 'numeric', nullable: true, comment: 'Units.' },
    price: { type: 'numeric', nullable: true, comment: 'Price per unit as given.' },
    currency: { type: 'text', nullable: true, comment: 'Currency of amount and costs.' },
    amount: { type: 'numeric', nullable: true, comment: 'Consideration of a fill, amount of a cash movement.' },
    costs: { type: 'numeric', nullable: true, comment: 'Sum of the trading costs.' },
    settle_currency: { type: 'text', nullable: true, comment: 'Settlement currency of fills, bought currency of FX.' },
    settle_amount: { type: 'numeric', nullable: true, comment: 'Amount in settle_currency, when stated.' },
    source: { type: 'text', nullable: true, comment: 'Executing session or whoever told us.' },
    exec_id: { type: 'text', nullable: true, comment: 'FIX 17 of the fill.' },
    order_id: { type: 'text', nullable: true, comment: 'FIX 11 of the order it fills.' },
    block: { type: 'text', nullable: true, comment: 'Block it was allocated from.' },
    sleeve: { type: 'text', nullable: true, comment: 'Strategy within the portfolio.' },
    custody_account: { type: 'text', nullable: true, comment: 'Custody account.' },
    cash_account: { type: 'text', nullable: true, comment: 'Cash account.' },
    reason: { type: 'text', nullable: true, comment: 'Why it was corrected, busted or cancelled.' },
    root_position: { type: 'bigint', comment: 'Log position of the first version of the fact.' },
    event_id: { type: 'text', comment: 'Id of the event that made this version.' },
    terms: { type: 'json', comment: 'The newest terms, whole, as recorded.' },
  },
})
