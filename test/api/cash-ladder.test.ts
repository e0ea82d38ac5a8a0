// The cash ladder through the API: what a desk asks each morning, with its arithmetic.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record('/v1/instruments', equity('A', 'USD'))
  await ledger.record(
    '/v1/portfolios',
    portfolioOf(
      'P1',
      'USD',
      {},
      {
        cashAccounts: [
          { id: 'main', kind: 'cash' },
          { id: 'slow', kind: 'cash', settlement: 'actual' },
        ],
      },
    ),
  )
  const fill = (execId: string, rest: Json): Json => ({
    type: 'fill',
    source: 'B',
    execId,
    instrument: 'A',
    tradeDate: '2025-03-10',
    side: 'buy',
    quantity: '10',
    price: '20',
    currency: 'USD',
    consideration: '200',
    settlement: { date: '2025-03-11' },
    ...rest,
  })
  const verdicts = await ledger.lines('/v1/portfolios/P1/activity', [
    { type: 'contribution', ref: 'c1', amount: '1000', currency: 'USD', valueDate: '2025-03-03' },
    { type: 'contribution', ref: 'c2', amount: '50', currency: 'USD', valueDate: '2025-03-10' },
    fill('1', {}),
    // Traded the day after: from the 10th it is only a projection.
    fill('2', {
      tradeDate: '2025-03-11',
      side: 'sell',
      quantity: '2',
      consideration: '44',
      settlement: { date: '2025-03-12' },
    }),
    // Sold on an account that waits for its receipt: no day is known.
    fill('3', { side: 'sell', quantity: '1', consideration: '21', cashAccount: 'slow' }),
  ])
  expect(verdicts.map(({ verdict }) => verdict)).toStrictEqual(verdicts.map(() => 'accepted'))
})
afterAll(() => ledger?.close())

const rungs = async (query: string) =>
  (await ledger.rows(`/v1/portfolios/P1/cash-ladder?${query}`)).map((row) => [
    row.cashAccount,
    row.rung,
    row.opening,
    row.settled,
    row.unsettled,
    row.projected,
    row.closing,
  ])

describe('the cash ladder', () => {
  it('stands on its day: settled up to it, then what its trades bring, then the rest that is known', async () => {
    expect(await rungs('effectiveAt=2025-03-10')).toStrictEqual([
      // 1000 before; 50 came in on the day.
      ['main', '2025-03-10', '1000', '50', '0', '0', '1050'],
      // The purchase of the 10th settles: 1050 - 200.
      ['main', '2025-03-11', '1050', '0', '-200', '0', '850'],
      // The sale of the 11th is a trade of a later day: 850 + 44.
      ['main', '2025-03-12', '850', '0', '0', '44', '894'],
      ['slow', '2025-03-10', '0', '0', '0', '0', '0'],
      ['slow', 'undated', '0', '0', '21', '0', '21'],
    ])
  })

  it('moves what was projected to settled as its day passes, and reads the past as it was known', async () => {
    expect((await rungs('effectiveAt=2025-03-12&cashAccount=main')).slice(0, 1)).toStrictEqual([
      ['main', '2025-03-12', '850', '44', '0', '0', '894'],
    ])
    const before = ledger.position
    await ledger.record('/v1/portfolios/P1/cash/fees', {
      ref: 'f1',
      fee: 'custody',
      amount: '4',
      currency: 'USD',
      valueDate: '2025-03-11',
    })
    const closings = async (query: string) => (await rungs(query)).map((row) => row[6])
    expect(await closings('effectiveAt=2025-03-10&cashAccount=main')).toStrictEqual(['1050', '846', '890'])
    expect(await closings(`effectiveAt=2025-03-10&cashAccount=main&asAt=${before}`)).toStrictEqual([
      '1050',
      '850',
      '894',
    ])
  })

  it('refuses the accounting basis: cash moves on value dates', async () => {
    const reply = await ledger.request('GET', '/v1/portfolios/P1/cash-ladder?basis=accounting')
    expect([reply.status, reply.body.code]).toStrictEqual([400, 'unreadable-time'])
  })
})
