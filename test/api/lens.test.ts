// The lens: the same facts under another lot method or in another currency, beside the recorded ones, at any point in both times.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger
let beforeSale: string

const fill = (execId: string, tradeDate: string, side: string, quantity: number, price: number): Json => ({
  source: 'BROKER',
  execId,
  tradeDate,
  instrument: 'ACME',
  side,
  quantity: String(quantity),
  price: String(price),
  currency: 'USD',
  consideration: String(quantity * price),
})

const LENS = '/v1/portfolios/FIFO/lens'

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record('/v1/instruments', equity('ACME', 'USD'))
  await ledger.record('/v1/portfolios', portfolioOf('FIFO', 'USD'))
  await ledger.record('/v1/portfolios', portfolioOf('LIFO', 'USD', { lotMethod: 'lifo' }))
  // One euro is a dollar on the 3rd, 1.25 on the 4th and 1.60 on the 10th; settlements are a day later.
  for (const [date, rate] of [
    ['2025-03-03', '1'],
    ['2025-03-04', '1.25'],
    ['2025-03-05', '1.25'],
    ['2025-03-10', '1.6'],
    ['2025-03-11', '1.6'],
  ])
    await ledger.record('/v1/rates', {
      source: 'TEST-FX',
      fixing: 'noon',
      date,
      rows: [{ base: 'EUR', quote: 'USD', rate }],
    })
  for (const portfolio of ['FIFO', 'LIFO']) {
    const of = `/v1/portfolios/${portfolio}/fills`
    await ledger.record(of, fill('B1', '2025-03-03', 'buy', 100, 10))
    await ledger.record(of, fill('B2', '2025-03-04', 'buy', 100, 20))
    if (portfolio === 'FIFO') beforeSale = ledger.position
    await ledger.record(of, fill('S1', '2025-03-10', 'sell', 50, 30))
  }
})
afterAll(() => ledger?.close())

describe('a lens', () => {
  it('shows what another lot method would have relieved, with the difference', async () => {
    // Sold 50 for 1500: the oldest cost 500, the newest 1000. Left: 150 for 2500, or for 2000.
    expect(await ledger.rows(`${LENS}/gains?lens=lifo`)).toMatchObject([
      {
        fact: 'fill:BROKER:2025-03-10:S1',
        recordedCost: '500',
        lensCost: '1000',
        differenceCost: '500',
        recordedGain: '1000',
        lensGain: '500',
        differenceGain: '-500',
        differenceBaseGain: '-500',
      },
    ])
    expect(await ledger.rows(`${LENS}/positions?lens=lifo`)).toMatchObject([
      { instrument: 'ACME', recordedUnits: '150', differenceUnits: '0', recordedCost: '2500', lensCost: '2000' },
    ])
    const lots = await ledger.rows(`${LENS}/lots?lens=lifo`)
    expect(lots.map(({ lot, recordedUnits, lensUnits }) => [lot, recordedUnits, lensUnits])).toStrictEqual([
      ['fill:BROKER:2025-03-03:B1', '50', '100'],
      ['fill:BROKER:2025-03-04:B2', '100', '50'],
    ])
    // Average: 150 of 200 for 3000, under the lot of the first.
    expect(await ledger.rows(`${LENS}/positions?lens=average`)).toMatchObject([{ lensCost: '2250' }])
  })

  it('shows the very book of a portfolio that is kept so', async () => {
    for (const [path, of] of [
      ['positions', 'cost'],
      ['lots', 'cost'],
    ] as const) {
      const kept = await ledger.rows(`/v1/portfolios/LIFO/${path}`)
      const seen = await ledger.rows(`${LENS}/${path}?lens=lifo`)
      expect(
        seen.map(({ lot, lensUnits, lensCost, lensBaseCost }) => [lot, lensUnits, lensCost, lensBaseCost]),
      ).toStrictEqual(kept.map((row) => [row.lot, row.units, row[of], row.baseCost]))
    }
  })

  it('folds cost and gains again in another currency, and compares only what can be compared', async () => {
    // 50 of the first at a dollar a euro, 100 of the second at 1.25: 500 + 1600 = 2100 euros.
    expect(await ledger.rows(`${LENS}/positions?currency=EUR`)).toMatchObject([
      {
        recordedBaseCost: '2500',
        lensBaseCost: '2100',
        differenceBaseCost: null,
        baseCurrency: 'USD',
        lensCurrency: 'EUR',
        differenceCost: '0',
      },
    ])
    // Sold for 1500 / 1.6 = 937.50 euros what cost 500.
    expect(await ledger.rows(`${LENS}/gains?currency=EUR`)).toMatchObject([
      { recordedBaseGain: '1000', lensBaseGain: '437.5' },
    ])
  })

  it('looks at any point in both times, page by page', async () => {
    expect(await ledger.rows(`${LENS}/gains?lens=lifo&asAt=${beforeSale}`)).toStrictEqual([])
    expect(await ledger.rows(`${LENS}/positions?lens=lifo&effectiveAt=2025-03-03`)).toMatchObject([
      { recordedUnits: '100', lensUnits: '100', differenceCost: '0' },
    ])
    const first = await ledger.request('GET', `${LENS}/lots?lens=lifo&limit=1`)
    const second = await ledger.request('GET', `${LENS}/lots?lens=lifo&limit=1&cursor=${first.body.next}`)
    const lots = [first, second].map(({ body }) => (body.rows as Json[]).map(({ lot }) => lot))
    expect(lots).toStrictEqual([['fill:BROKER:2025-03-03:B1'], ['fill:BROKER:2025-03-04:B2']])
    expect(second.body.next).toBeNull()
  })

  it('is refused without saying how to look', async () => {
    const refused = async (query: string) => {
      const { status, body } = await ledger.request('GET', `${LENS}/positions${query}`)
      return [status, body.code, body.field]
    }
    expect(await refused('')).toStrictEqual([422, 'no-lens', 'lens'])
    expect(await refused('?currency=XXZ')).toStrictEqual([422, 'unknown-currency', 'currency'])
    expect(await refused('?lens=newest')).toStrictEqual([400, 'invalid-field', 'lens'])
  })
})
