// Margin through the API: from fills, recorded prices and house terms to the call; what is not priced is unknown.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger

const price = (rows: readonly Json[], date: string, snap = 'eod') =>
  ledger.record('/v1/prices', { source: 'VENDOR', date, basis: 'close', snap, rows })

beforeAll(async () => {
  ledger = await startLedger()
  for (const instrument of ['LONG', 'SHORT']) await ledger.record('/v1/instruments', equity(instrument, 'USD'))
  await ledger.record('/v1/instruments', equity('EURO', 'EUR'))
  await ledger.record('/v1/portfolios', portfolioOf('M', 'USD', { keeping: 'long-short' }))
  const fill = (execId: string, rest: Json): Json => ({
    type: 'fill',
    source: 'B',
    execId,
    tradeDate: '2025-03-10',
    currency: 'USD',
    settlement: { date: '2025-03-11' },
    ...rest,
  })
  const verdicts = await ledger.lines('/v1/portfolios/M/activity', [
    { type: 'contribution', ref: 'c', amount: '13000', currency: 'USD', valueDate: '2025-03-03' },
    fill('1', { instrument: 'LONG', side: 'buy', quantity: '1000', price: '16', consideration: '16000' }),
    fill('2', { instrument: 'SHORT', side: 'sell-short', quantity: '100', price: '100', consideration: '10000' }),
  ])
  expect(verdicts.map(({ verdict }) => verdict)).toStrictEqual(['accepted', 'accepted', 'accepted'])
})
afterAll(() => ledger?.close())

const margin = async (query: string): Promise<Json> => (await ledger.rows(`/v1/portfolios/M/margin?${query}`))[0] ?? {}

describe('the margin of a portfolio', () => {
  it('is unknown while the house has named no terms', async () => {
    const row = await margin('effectiveAt=2025-03-10')
    expect(row).toMatchObject({ terms: null, cash: '7000', equity: null, maintenanceRequirement: null, call: null })
    expect(row.unknown).toStrictEqual([{ what: 'margin-terms', why: 'no-terms' }])
  })

  it('values positions at recorded prices: equity, both requirements, buying power', async () => {
    await ledger.record('/v1/portfolios/M/margin-terms', {
      ref: 'house-1',
      effectiveOn: '2025-03-01',
      price: { source: 'VENDOR', basis: 'close', snap: 'eod' },
      maxPriceAgeDays: 3,
    })
    await price(
      [
        { instrument: 'LONG', price: '16', currency: 'USD' },
        { instrument: 'SHORT', price: '100', currency: 'USD' },
      ],
      '2025-03-10',
    )
    // Cash 13,000 - 16,000 + 10,000 = 7,000; equity 7,000 + 16,000 - 10,000 = 13,000.
    // Initial 8,000 + 5,000 = 13,000: nothing is left. Maintenance 25 % of 16,000 + 30 % of 10,000 = 7,000.
    expect(await margin('effectiveAt=2025-03-10')).toMatchObject({
      date: '2025-03-10',
      terms: 'margin-terms:house-1',
      cash: '7000',
      longValue: '16000',
      shortValue: '10000',
      equity: '13000',
      initialRequirement: '13000',
      initialExcess: '0',
      restricted: false,
      buyingPower: '0',
      maintenanceRequirement: '7000',
      maintenanceExcess: '6000',
      call: '0',
      unknown: [],
    })
  })

  it('calls what the market took and the house asks, from its date on, as it was known', async () => {
    await price(
      [
        { instrument: 'LONG', price: '12', currency: 'USD' },
        { instrument: 'SHORT', price: '120', currency: 'USD' },
      ],
      '2025-03-12',
    )
    // Equity 7,000 + 12,000 - 12,000 = 7,000; maintenance 3,000 + 3,600 = 6,600.
    expect(await margin('effectiveAt=2025-03-12')).toMatchObject({
      equity: '7000',
      maintenanceRequirement: '6600',
      call: '0',
      restricted: true,
    })
    const before = ledger.position
    await ledger.record('/v1/portfolios/M/margin-terms', {
      ref: 'house-2',
      effectiveOn: '2025-03-12',
      maintenanceLong: '0.3',
      instruments: [{ instrument: 'SHORT', maintenanceShort: '0.5' }],
      price: { source: 'VENDOR', basis: 'close', snap: 'eod' },
      maxPriceAgeDays: 3,
    })
    // 30 % of 12,000 + 50 % of 12,000 = 9,600: 2,600 are missing.
    expect(await margin('effectiveAt=2025-03-12')).toMatchObject({
      terms: 'margin-terms:house-2',
      maintenanceRequirement: '9600',
      call: '2600',
    })
    expect(await margin(`effectiveAt=2025-03-12&asAt=${before}`)).toMatchObject({
      maintenanceRequirement: '6600',
      call: '0',
    })
    expect(await margin('effectiveAt=2025-03-11')).toMatchObject({ terms: 'margin-terms:house-1', equity: '13000' })
  })

  it('knows no value of a price older than the terms allow, nor of what has none: unknown, never zero', async () => {
    // The 12th is three days before the 15th, which is allowed, and four before the 16th, which is not.
    expect((await margin('effectiveAt=2025-03-15')).unknown).toStrictEqual([])
    const stale = await margin('effectiveAt=2025-03-16')
    expect(stale).toMatchObject({ equity: null, maintenanceRequirement: null, call: null })
    expect(stale.unknown).toStrictEqual([
      { what: 'LONG', why: 'stale-price', last: '2025-03-12' },
      { what: 'SHORT', why: 'stale-price', last: '2025-03-12' },
    ])
  })

  it('translates at the fixing of the day, and says which rate is missing', async () => {
    await ledger.lines('/v1/portfolios/M/activity', [
      {
        type: 'fill',
        source: 'B',
        execId: '3',
        tradeDate: '2025-03-12',
        currency: 'EUR',
        settlement: { date: '2025-03-14' },
        instrument: 'EURO',
        side: 'buy',
        quantity: '10',
        price: '50',
        consideration: '500',
      },
    ])
    await price([{ instrument: 'EURO', price: '60', currency: 'EUR' }], '2025-03-12')
    const missing = await margin('effectiveAt=2025-03-12')
    expect(missing).toMatchObject({ equity: null })
    expect(missing.unknown).toStrictEqual([{ what: 'EUR', why: 'no-rate' }])
    await ledger.record('/v1/rates', {
      source: 'TEST-FX',
      fixing: 'noon',
      date: '2025-03-12',
      rows: [{ base: 'EUR', quote: 'USD', rate: '1.10' }],
    })
    // Cash 7,000 - 500 x 1.10 = 6,450; long 12,000 + 600 x 1.10 = 12,660.
    expect(await margin('effectiveAt=2025-03-12')).toMatchObject({
      cash: '6450',
      longValue: '12660',
      equity: '7110',
      unknown: [],
    })
  })

  it('takes a change of margin terms from an operator only', async () => {
    const oms = ledger.tokenFor(['oms'])
    const reply = await ledger.request(
      'POST',
      '/v1/portfolios/M/margin-terms',
      { ref: 'x', effectiveOn: '2025-03-01', price: { source: 'V', basis: 'close', snap: 'eod' } },
      { authorization: `Bearer ${oms}` },
    )
    expect(reply.status).toBe(403)
  })
})
