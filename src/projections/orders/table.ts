// The orders tables: each order chain as it stands, and which chain an order id belongs to.
import { knownTable } from '../schema/table.ts'

export const orders = knownTable({
  name: 'orders',
  comment:
    'One row per order chain (an order and what replaced it), with what was filled, as known over a range of knowledge.',
  key: ['portfolio', 'root_order'],
  indexes: ["(portfolio, instrument) WHERE known_to IS NULL AND status = 'open'"],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    root_order: { type: 'text', comment: 'Id of the first order of the chain.' },
    order_id: { type: 'text', comment: 'Id of the newest order of the chain (FIX 11).' },
    status: { type: 'text', comment: 'open, filled, cancelled, expired, rejected or done-for-day.' },
    instrument: { type: 'text', comment: 'Instrument id.' },
    side: { type: 'text', comment: 'buy, sell, sell-short or buy-to-cover.' },
    quantity: { type: 'numeric', comment: 'Ordered units of the newest terms.' },
    filled: { type: 'numeric', comment: 'Units of the fills that name an order of the chain (FIX 14).' },
    leaves: { type: 'numeric', comment: 'Units still open: quantity - filled while open, else 0 (FIX 151).' },
    order_type: { type: 'text', comment: 'market, limit, stop, stop-limit or other.' },
    limit_price: { type: 'numeric', nullable: true, comment: 'Limit, in currency.' },
    currency: { type: 'text', nullable: true, comment: 'Currency of the limit.' },
    time_in_force: { type: 'text', nullable: true, comment: 'day, gtc, ioc, fok, gtd or other.' },
    block: { type: 'text', nullable: true, comment: 'Block it belongs to.' },
    placed_at: { type: 'instant', comment: 'When the newest order of the chain was placed.' },
    trade_date: { type: 'date', comment: 'Trade date of the newest order.' },
    ended_at: { type: 'instant', nullable: true, comment: 'When it ended.' },
    sleeve: { type: 'text', comment: 'Strategy within the portfolio.' },
    custody_account: { type: 'text', comment: 'Custody account.' },
    cash_account: { type: 'text', comment: 'Cash account.' },
  },
})

export const orderLinks = knownTable({
  name: 'order_links',
  comment: 'Which chain each order id belongs to.',
  key: ['portfolio', 'order_id'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    order_id: { type: 'text', comment: 'Id of an order of the chain.' },
    root_order: { type: 'text', comment: 'Id of the first order of the chain.' },
  },
})
