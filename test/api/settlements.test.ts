// The fails report: what is due, what failed and for how long, what settled in part, at any date and as it was known.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger
const fillOf = (execId: string) => `fill:B:2025-03-10:${execId}`

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record('/v1/instruments', equity('A', 'USD'))
  await ledger.record('/v1/portfolios', portfolioOf('P', 'USD'))
  const fill = (execId: string, due: string): Json => ({
    type: 'fill',
    source: 'B',
    execId,
    tradeDate: '2025-03-10',
    instrument: 'A',
    side: 'buy',
    quantity: '100',
    price: '10',
    consideration: '1000',
    currency: 'USD',
    settlement: { date: due },
  })
  const verdicts = await ledger.lines('/v1/portfolios/P/activity', [
    { type: 'contribution', ref: 'c', amount: '5000', currency: 'USD', valueDate: '2025-03-03' },
    fill('whole', '2025-03-11'),
    fill('part', '2025-03-11'),
    fill('fine', '2025-03-11'),
    fill('later', '2025-03-14'),
    { type: 'settlement-fail', ref: 'f1', fill: fillOf('whole'), date: '2025-03-12' },
    { type: 'settlement-fail', ref: 'f2', fill: fillOf('part'), date: '2025-03-12', units: '40' },
    { type: 'settlement', ref: 's2', fill: fillOf('part'), date: '2025-03-13', units: '10' },
  ])
  expect(verdicts.map(({ verdict }) => verdict)).toStrictEqual(verdicts.map(() => 'accepted'))
})
afterAll(() => ledger?.close())

const report = async (query: string) =>
  (await ledger.rows(`/v1/portfolios/P/settlements?${query}`)).map((row) => [
    String(row.fill).split(':')[3],
    row.status,
    row.settledUnits,
    row.failedUnits,
    row.ageDays,
  ])

describe('the settlements of a portfolio', () => {
  it('are pending until they are due, and not listed once they settled', async () => {
    expect(await report('effectiveAt=2025-03-10')).toStrictEqual([
      ['fine', 'pending', '0', '0', null],
      ['part', 'pending', '0', '0', null],
      ['whole', 'pending', '0', '0', null],
      ['later', 'pending', '0', '0', null],
    ])
    expect(await report('effectiveAt=2025-03-13&status=settled&from=2025-03-11&to=2025-03-11')).toStrictEqual([
      ['fine', 'settled', '100', '0', null],
    ])
  })

  it('fail from the day it is said, and age from the day they were due; a confirmation takes its units out', async () => {
    expect(await report('effectiveAt=2025-03-12&status=failing')).toStrictEqual([
      // 60 of 100 settled on the 11th; 40 failed.
      ['part', 'partial', '60', '40', 1],
      ['whole', 'failed', '0', '100', 1],
    ])
    expect(await report('effectiveAt=2025-03-13&status=failing')).toStrictEqual([
      ['part', 'partial', '70', '30', 2],
      ['whole', 'failed', '0', '100', 2],
    ])
  })

  it('are told as they were known before the rest was confirmed', async () => {
    const before = ledger.position
    await ledger.record('/v1/portfolios/P/settlements/confirmed', {
      ref: 's1',
      fill: fillOf('whole'),
      date: '2025-03-14',
    })
    expect(await report('effectiveAt=2025-03-14&status=failing')).toStrictEqual([['part', 'partial', '70', '30', 3]])
    expect(await report(`effectiveAt=2025-03-14&status=failed&asAt=${before}`)).toStrictEqual([
      ['whole', 'failed', '0', '100', 3],
    ])
    // What the report says is what the book holds: settled are 70 + 100 + 100 and 100 due today.
    const [held] = await ledger.rows('/v1/portfolios/P/positions?effectiveAt=2025-03-14&view=settlement')
    expect(held?.units).toBe('370')
  })
})
