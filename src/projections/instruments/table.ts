// The instrument tables: what each instrument is, how it was called and classified, and the terms of its corporate actions.
import { knownTable } from '../schema/table.ts'

export const instruments = knownTable({
  name: 'instruments',
  comment: 'One row per instrument, as known over a range of knowledge.',
  key: ['instrument'],
  columns: {
    instrument: { type: 'text', comment: 'Instrument id.' },
    name: { type: 'text', comment: 'Name.' },
    type: { type: 'text', comment: 'equity, etf, fund, adr, crypto ...' },
    currency: { type: 'text', comment: 'Currency it trades in.' },
    multiplier: { type: 'numeric', comment: 'Units of the underlying per unit held.' },
    quantity_places: { type: 'integer', comment: 'Most decimal places of a quantity.' },
    market: { type: 'text', comment: 'Market whose settlement cycle applies.' },
    trading_calendar: { type: 'text', comment: 'Trading calendar.' },
    issuer: { type: 'text', nullable: true, comment: 'Issuer id.' },
    country: { type: 'text', nullable: true, comment: 'ISO 3166 country.' },
    life: {
      type: 'json',
      nullable: true,
      comment: 'Terms of its life by kind (bond, option, future, deposit), as recorded; null when it has none.',
    },
  },
})

export const identifiers = knownTable({
  name: 'identifiers',
  comment:
    'Identifier history: from valid_from on it names the instrument, until the next of the same scheme and market.',
  key: ['instrument', 'identifier'],
  indexes: ['(scheme, value)'],
  columns: {
    instrument: { type: 'text', comment: 'Instrument id.' },
    identifier: { type: 'text', comment: 'Key: scheme|market|value|from.' },
    scheme: { type: 'text', comment: 'isin, cusip, sedol, figi, ticker, ric or internal.' },
    value: { type: 'text', comment: 'The identifier.' },
    market: { type: 'text', nullable: true, comment: 'ISO 10383 market of tickers and SEDOLs.' },
    valid_from: { type: 'date', nullable: true, comment: 'First day it names the instrument; null: always did.' },
  },
})

export const classifications = knownTable({
  name: 'classifications',
  comment: 'Dated classifications of instruments.',
  key: ['instrument', 'taxonomy', 'valid_from'],
  columns: {
    instrument: { type: 'text', comment: 'Instrument id.' },
    taxonomy: { type: 'text', comment: 'Which classification, such as gics.' },
    valid_from: { type: 'date', comment: 'First day; 0001-01-01 when it always held.' },
    code: { type: 'text', comment: 'Class.' },
  },
})

export const actions = knownTable({
  name: 'actions',
  comment: 'Corporate actions with their newest terms, as known over a range of knowledge.',
  key: ['instrument', 'action'],
  indexes: ['(ex_date)'],
  columns: {
    instrument: { type: 'text', comment: 'Instrument id.' },
    action: { type: 'text', comment: 'Action id.' },
    status: { type: 'text', comment: 'announced, amended or cancelled.' },
    caev: { type: 'text', comment: 'ISO 15022 CAEV code.' },
    ex_date: { type: 'date', comment: 'First day of trading without it.' },
    record_date: { type: 'date', nullable: true, comment: 'Record date.' },
    pay_date: { type: 'date', nullable: true, comment: 'Pay date.' },
    sequence: { type: 'integer', nullable: true, comment: 'Place among the actions of one day.' },
    terms: { type: 'json', comment: 'The newest terms, whole, as recorded.' },
  },
})
