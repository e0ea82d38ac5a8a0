// Prices, FX rates and closed days: each row once, corrected with its cause, withdrawn to unknown; days closed in order.
import { describe, it } from 'vitest'
import { calendarDays, type CloseBusinessDay } from '../../../src/domain/market/calendar-days.ts'
import { type PriceCommand, prices } from '../../../src/domain/market/prices.ts'
import { type RateCommand, rates } from '../../../src/domain/market/rates.ts'
import { story } from '../instrument/story.ts'

const knowledge = { knowsInstrument: (id: string) => id !== 'NEW' }

describe('prices', () => {
  const head = { source: 'EX', date: '2025-03-10', basis: 'close' as const, snap: '1600-NY' }
  const row = (instrument: string, price: string, currency = 'USD') => ({ instrument, price, currency })
  const record = (...rows: ReturnType<typeof row>[]): PriceCommand => ({
    type: 'RecordPrices',
    batch: { ...head, rows },
    knowledge,
  })
  const correct = (one: ReturnType<typeof row>): PriceCommand => ({
    type: 'CorrectPrice',
    correction: { ...head, row: one, cause: 'vendor' },
    knowledge,
  })
  const withdraw = (instrument: string): PriceCommand => ({
    type: 'WithdrawPrice',
    withdrawal: { ...head, instrument, cause: 'stale' },
  })
  const having = story(prices)

  it('are recorded together; rows that are there already are left out', () => {
    having(record(row('A', '10')))
      .when(record(row('A', '10'), row('B', '20'), row('B', '20')))
      .records({ type: 'PricesRecorded', data: { ...head, rows: [row('B', '20')] } })
    having(record(row('A', '10')))
      .when(record(row('A', '10')))
      .records()
  })

  it('of one key and two values are refused, naming the row', () => {
    having(record(row('A', '10')))
      .when(record(row('B', '1'), row('A', '11')))
      .refused({ code: 'idempotency-conflict', field: 'rows.1.price' })
    having()
      .when(record(row('A', '10'), row('A', '10', 'EUR')))
      .refused({ code: 'idempotency-conflict', field: 'rows.1.price' })
  })

  it('of unknown instruments or currencies are refused', () => {
    having()
      .when(record(row('NEW', '1')))
      .refused({ code: 'unknown-instrument', field: 'rows.0.instrument' })
    having()
      .when(record(row('A', '1', 'QQQ')))
      .refused({ code: 'unknown-currency', field: 'rows.0.currency' })
  })

  it('are corrected with a cause, and withdrawn to unknown, from where they may be recorded anew', () => {
    having(record(row('A', '10')))
      .when(correct(row('A', '11')))
      .records({ type: 'PriceCorrected', data: { ...head, row: row('A', '11'), cause: 'vendor' } })
    having(record(row('A', '10')))
      .when(correct(row('A', '10')))
      .records()
    having(record(row('A', '10')))
      .when(withdraw('A'))
      .records({ type: 'PriceWithdrawn', data: { ...head, instrument: 'A', cause: 'stale' } })
    having(record(row('A', '10')), withdraw('A'))
      .when(withdraw('A'))
      .records()
    having(record(row('A', '10')), withdraw('A'))
      .when(record(row('A', '12')))
      .warned()
  })

  it('that are not there cannot be corrected or withdrawn', () => {
    having()
      .when(correct(row('A', '11')))
      .refused({ code: 'unknown-price' })
    having().when(withdraw('A')).refused({ code: 'unknown-price' })
    having(record(row('A', '10')), withdraw('A'))
      .when(correct(row('A', '11')))
      .refused({ code: 'unknown-price' })
  })
})

describe('FX rates', () => {
  const head = { source: 'ECB', fixing: '1415-CET', date: '2025-03-10' }
  const row = (rate: string, base = 'EUR', quote = 'USD') => ({ base, quote, rate })
  const record = (...rows: ReturnType<typeof row>[]): RateCommand => ({ type: 'RecordRates', batch: { ...head, rows } })
  const correct = (one: ReturnType<typeof row>): RateCommand => ({
    type: 'CorrectRate',
    correction: { ...head, row: one, cause: 'typo' },
  })
  const withdraw: RateCommand = {
    type: 'WithdrawRate',
    withdrawal: { ...head, base: 'EUR', quote: 'USD', cause: 'typo' },
  }
  const having = story(rates)

  it('are recorded once per date, fixing and pair', () => {
    having()
      .when(record(row('1.083')))
      .records({ type: 'RatesRecorded', data: { ...head, rows: [row('1.083')] } })
    having(record(row('1.083')))
      .when(record(row('1.083')))
      .records()
    having(record(row('1.083')))
      .when(record(row('1.084')))
      .refused({ code: 'idempotency-conflict', field: 'rows.0.rate' })
  })

  it('are corrected and withdrawn with a cause', () => {
    having(record(row('1.083')))
      .when(correct(row('1.084')))
      .records({ type: 'RateCorrected', data: { ...head, row: row('1.084'), cause: 'typo' } })
    having(record(row('1.083')))
      .when(withdraw)
      .records({ type: 'RateWithdrawn', data: withdraw.type === 'WithdrawRate' && withdraw.withdrawal })
    having(record(row('1.083')), withdraw)
      .when(withdraw)
      .records()
    having()
      .when(correct(row('1.084')))
      .refused({ code: 'unknown-rate' })
    having().when(withdraw).refused({ code: 'unknown-rate' })
  })

  it('of one currency against itself, or of an unknown one, are refused', () => {
    having()
      .when(record(row('1', 'EUR', 'EUR')))
      .refused({ code: 'same-currency', field: 'rows.0.quote' })
    having()
      .when(record(row('1', 'QQQ')))
      .refused({ code: 'unknown-currency', field: 'rows.0.base' })
  })
})

describe('business days', () => {
  const close = (date: string, more: Partial<CloseBusinessDay> = {}): CloseBusinessDay => ({
    type: 'CloseBusinessDay',
    calendar: 'XNYS',
    date,
    day: 'open',
    previous: null,
    ...more,
  })
  const having = story(calendarDays)

  it('are closed once, in order', () => {
    having()
      .when(close('2025-03-10'))
      .records({ type: 'BusinessDayClosed', data: { calendar: 'XNYS', date: '2025-03-10' } })
      .warned()
    having(close('2025-03-10')).when(close('2025-03-10')).records()
    having(close('2025-03-10')).when(close('2025-03-07')).refused({ code: 'day-out-of-order', field: 'date' })
  })

  it('that are skipped are told of', () => {
    having(close('2025-03-10'))
      .when(close('2025-03-12', { previous: '2025-03-11' }))
      .warned('days-skipped')
    having(close('2025-03-10'))
      .when(close('2025-03-11', { previous: '2025-03-10' }))
      .warned()
  })

  it('must be business days of a calendar that is there', () => {
    having()
      .when(close('2025-03-08', { day: 'closed' }))
      .refused({ code: 'not-a-business-day', field: 'date' })
    having()
      .when(close('2025-03-08', { day: 'no-calendar' }))
      .refused({ code: 'unknown-calendar', field: 'calendar' })
    having()
      .when(close('2035-03-08', { day: 'unknown' }))
      .warned('calendar-unknown')
  })
})
