// Calendars and day counts as the API answers them, and what it says to a question it cannot answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLedger, type TestLedger } from '../support/ledger.ts'

describe('calendars and day counts', () => {
  let ledger: TestLedger
  beforeAll(async () => {
    ledger = await startLedger()
  })
  afterAll(() => ledger.close())

  const ask = (url: string) => ledger.request('GET', url)

  it('lists calendars with the dates each knows', async () => {
    const { body } = await ask('/v1/calendars')
    expect(body.rows).toContainEqual({
      calendar: 'TARGET',
      kind: 'settlement',
      name: 'TARGET2-Securities and T2',
      from: '2015-01-01',
      to: '2030-12-31',
      source: 'ECB long-term calendar of TARGET closing days (since 2002)',
    })
  })

  it('lists closed weekdays with their reasons', async () => {
    const { body } = await ask('/v1/calendars/US-SOFR/holidays?from=2025-04-01&to=2025-05-31')
    expect(body).toStrictEqual({
      calendar: 'US-SOFR',
      rows: [
        { date: '2025-04-18', why: 'Good Friday' },
        { date: '2025-05-26', why: 'Memorial Day' },
      ],
    })
  })

  it('counts days exactly', async () => {
    const { body } = await ask('/v1/day-count?convention=ACT/360&from=2025-01-31&to=2025-07-31')
    // 181 / 360 = 0.502777...
    expect(body).toStrictEqual({
      convention: 'ACT/360',
      days: 181,
      yearFraction: '0.502777777777777778',
      numerator: '181',
      denominator: '360',
    })
  })

  it('moves a date a period on', async () => {
    const { body } = await ask(
      '/v1/calendars/TARGET/business-day?date=2025-01-31&period=1M&convention=modified-following',
    )
    expect(body).toStrictEqual({ calendar: 'TARGET', date: '2025-02-28', businessDay: true })
  })

  it('refuses with a code what it cannot answer', async () => {
    const refusals = await Promise.all(
      [
        '/v1/calendars/NOWHERE/holidays?from=2025-01-01&to=2025-01-31',
        '/v1/calendars/TARGET/holidays?from=2031-01-01&to=2031-01-31',
        '/v1/calendars/TARGET/holidays?from=2025-02-01&to=2025-01-31',
        '/v1/calendars/TARGET/business-day?date=2025-01-31&period=1Q&convention=following',
        '/v1/day-count?convention=BUS/252&from=2025-01-01&to=2025-02-01',
        '/v1/day-count?convention=30/361&from=2025-01-01&to=2025-02-01',
        '/v1/day-count?convention=ACT/360&from=2025-02-30&to=2025-03-01',
      ].map(ask),
    )
    expect(refusals.map(({ status, body }) => [status, body.code])).toStrictEqual([
      [422, 'unknown-calendar'],
      [422, 'outside-calendar'],
      [422, 'dates-out-of-order'],
      [400, 'invalid-field'],
      [422, 'calendar-missing'],
      [400, 'invalid-field'],
      [400, 'invalid-field'],
    ])
  })
})
