// The disposals table: one lot relieved by one fill or action, the line of every gain report.
import { knownTable } from '../schema/table.ts'

export const disposals = knownTable({
  name: 'disposals',
  comment:
    'One row per lot relieved by one fill or action, as known over a range of knowledge: the line of every gain report.',
  key: ['portfolio', 'disposal'],
  indexes: ['(portfolio, trade_date)', '(portfolio, fact)'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    disposal: { type: 'text', comment: 'Id of the disposal.' },
    fact: { type: 'text', comment: 'The fill, action or transfer that relieved the lot.' },
    lot: { type: 'text', comment: 'Lot id.' },
    sleeve: { type: 'text', comment: 'Strategy within the portfolio.' },
    custody_account: { type: 'text', comment: 'Custody account.' },
    instrument: { type: 'text', comment: 'Instrument id.' },
    side: { type: 'text', comment: 'long or short.' },
    trade_date: { type: 'date', comment: 'Date of the disposal.' },
    acquired_on: { type: 'date', comment: 'Date from which the lot was held.' },
    long_term_from: { type: 'date', comment: 'First day on which a sale is long-term under the one-year rule.' },
    units: { type: 'numeric', comment: 'Units relieved.' },
    currency: { type: 'text', comment: 'Currency of proceeds, cost and gain.' },
    proceeds: { type: 'numeric', comment: 'Proceeds net of costs.' },
    cost: { type: 'numeric', comment: 'Cost relieved.' },
    gain: { type: 'numeric', comment: 'Proceeds minus cost.' },
    base_proceeds: { type: 'numeric', nullable: true, comment: 'Proceeds in base; null while a rate is unknown.' },
    base_cost: { type: 'numeric', nullable: true, comment: 'Cost in base; null while a rate is unknown.' },
    price_gain: { type: 'numeric', nullable: true, comment: 'Price part of the gain, in base (account 4100).' },
    fx_gain: { type: 'numeric', nullable: true, comment: 'Currency part of the gain, in base (account 4110).' },
    base_gain: { type: 'numeric', nullable: true, comment: 'Whole gain in base; null while a rate is unknown.' },
    flags: { type: 'flags', comment: 'fallback, oversold, carried, pending.' },
  },
})
