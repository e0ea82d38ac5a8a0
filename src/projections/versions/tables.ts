// The version tables: what each lot and each balance was over a range of dates, as known over a range of log positions.
import { knownTable } from '../schema/table.ts'

const effectiveRange = {
  effective_from: { type: 'date', comment: 'First date of the range.' },
  effective_to: { type: 'date', nullable: true, comment: 'Date at which it ends, not included; null: no end.' },
} as const

const baseShown = {
  sql: 'CASE WHEN pending = 0 THEN base_known END',
  comment: 'Amount in base currency; null while part of it waits for a rate.',
}

const POINT_IN_TIME = 'gist (portfolio, daterange(effective_from, effective_to), int8range(known_from, known_to))'
const NOW = '(portfolio) WHERE known_to IS NULL AND effective_to IS NULL'

export const lotVersions = knownTable({
  name: 'lot_versions',
  comment:
    'One row per lot, place and settlement state for a range of dates and a range of knowledge: what the journal lines sum to. Zero rows are absent.',
  key: ['portfolio', 'holding', 'effective_from'],
  indexes: [POINT_IN_TIME, NOW],
  shown: { base_cost: baseShown },
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    holding: {
      type: 'text',
      comment: 'Key of the series: lot|state|sleeve|custody account|instrument|account|currency|acquired on.',
    },
    ...effectiveRange,
    sleeve: { type: 'text', comment: 'Strategy within the portfolio.' },
    custody_account: { type: 'text', nullable: true, comment: 'Custody account.' },
    instrument: { type: 'text', comment: 'Instrument id.' },
    account: { type: 'integer', comment: '1100 long, 2100 short.' },
    lot: { type: 'text', comment: 'Lot id.' },
    acquired_on: { type: 'date', nullable: true, comment: 'Date from which the holding period counts.' },
    state: { type: 'text', comment: 'unsettled or settled.' },
    currency: { type: 'text', comment: 'Currency of cost.' },
    units: { type: 'numeric', comment: 'Units held; negative for shorts.' },
    cost: { type: 'numeric', comment: 'Cost in currency (shorts: minus the proceeds).' },
    base_known: { type: 'numeric', comment: 'Sum of the cost in base currency as far as it is known.' },
    pending: { type: 'integer', comment: 'How many lines of it wait for a rate; 0: base_known is all of it.' },
  },
})

export const balanceVersions = knownTable({
  name: 'balance_versions',
  comment:
    'One row per balance (account, place, instrument, state, currency) for a range of dates and a range of knowledge: what the journal lines sum to. Zero rows are absent.',
  key: ['portfolio', 'balance', 'effective_from'],
  indexes: [POINT_IN_TIME, NOW],
  shown: { base: baseShown },
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    balance: {
      type: 'text',
      comment: 'Key of the series: account|sleeve|custody account|cash account|instrument|state|currency.',
    },
    ...effectiveRange,
    account: { type: 'integer', comment: 'Account of the chart.' },
    sleeve: { type: 'text', comment: 'Strategy within the portfolio.' },
    custody_account: { type: 'text', nullable: true, comment: 'Custody account.' },
    cash_account: { type: 'text', nullable: true, comment: 'Cash account.' },
    instrument: { type: 'text', nullable: true, comment: 'Instrument id.' },
    state: { type: 'text', nullable: true, comment: 'unsettled or settled, of securities.' },
    currency: { type: 'text', nullable: true, comment: 'Currency of local; null on account 8000 only.' },
    units: { type: 'numeric', comment: 'Units of the instrument.' },
    local: { type: 'numeric', comment: 'Amount in currency.' },
    base_known: { type: 'numeric', comment: 'Sum of the base amounts as far as they are known.' },
    pending: { type: 'integer', comment: 'How many lines of it wait for a rate; 0: base_known is all of it.' },
  },
})
