// The OMS's day: a fill appended, retried, corrected, busted, asked about, and read back at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger

const fill = (execId: string, rest: Json = {}): Json => ({
  source: 'BROKER',
  execId,
  tradeDate: '2025-03-14',
  instrument: 'ACME',
  side: 'buy',
  quantity: '100',
  price: '25.5',
  currency: 'USD',
  consideration: '2550',
  costs: [{ type: 'commission', amount: '1', currency: 'USD' }],
  ...rest,
})
const url = '/v1/portfolios/P1/fills'

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record(
    '/v1/instruments',
    equity('ACME', 'USD', { identifiers: [{ scheme: 'isin', value: 'US0378331005' }] }),
  )
  await ledger.record('/v1/portfolios', portfolioOf('P1', 'USD'))
  await ledger.record('/v1/portfolios/P1/cash/contributions', {
    ref: 'c1',
    amount: '100000',
    currency: 'USD',
    valueDate: '2025-03-03',
  })
})
afterAll(() => ledger?.close())

describe('a fill over HTTP', () => {
  it('is recorded once, and the read that waits for its position sees its lot', async () => {
    const reply = await ledger.request('POST', url, fill('X1'))
    expect(reply.status).toBe(201)
    expect(reply.body).toMatchObject({
      fact: 'fill:BROKER:2025-03-14:X1',
      replayed: false,
      parked: false,
      warnings: [],
    })
    expect(reply.headers['quipu-position']).toBe(reply.body.position)
    // 100 x 25.50 + 1.00 commission = 2551; a US trade of Friday 14 March settles on Monday 17 March.
    const lots = await ledger.rows('/v1/portfolios/P1/lots')
    expect(lots).toMatchObject([
      { lot: 'fill:BROKER:2025-03-14:X1', units: '100', cost: '2551', baseCost: '2551', acquiredOn: '2025-03-14' },
    ])
    const before = await ledger.rows('/v1/portfolios/P1/lots?effectiveAt=2025-03-14&view=settlement')
    expect(before).toStrictEqual([])
    const after = await ledger.rows('/v1/portfolios/P1/lots?effectiveAt=2025-03-17&view=settlement')
    expect(after).toMatchObject([{ units: '100' }])
  })

  it('answers a retry with the first outcome, however the amounts are spelt', async () => {
    const first = await ledger.request('POST', url, fill('X1'))
    const again = await ledger.request('POST', url, fill('X1', { quantity: '100.0', consideration: '2550.00' }))
    expect([first.status, again.status]).toStrictEqual([200, 200])
    expect(again.headers['quipu-replayed']).toBe('true')
    expect(again.body).toStrictEqual(first.body)
  })

  it('refuses the same key with other content: 409, and nothing is written', async () => {
    const before = ledger.position
    const reply = await ledger.request('POST', url, fill('X1', { quantity: '101' }))
    expect(reply.status).toBe(409)
    expect(reply.headers['content-type']).toContain('application/problem+json')
    expect(reply.body).toMatchObject({ code: 'idempotency-conflict', status: 409 })
    expect((await ledger.rows('/v1/portfolios/P1/lots')).map((row) => row.units)).toStrictEqual(['100'])
    expect(ledger.position).toBe(before)
  })

  it('keeps true twins: equal terms under another ExecID are another fill', async () => {
    expect((await ledger.request('POST', url, fill('X2'))).status).toBe(201)
    expect(await ledger.rows('/v1/portfolios/P1/positions')).toMatchObject([{ units: '200' }])
  })

  it('can be asked for by its key: did you get it?', async () => {
    const got = await ledger.request('GET', '/v1/portfolios/P1/fills/find?source=BROKER&tradeDate=2025-03-14&execId=X2')
    expect(got.body).toMatchObject({ fact: 'fill:BROKER:2025-03-14:X2', kind: 'fill' })
    const not = await ledger.request('GET', '/v1/portfolios/P1/fills/find?source=BROKER&tradeDate=2025-03-14&execId=X3')
    expect([not.status, not.body.code]).toStrictEqual([404, 'unknown-fill'])
  })

  it('parks a bust that came before its fill, and applies it when the fill arrives', async () => {
    const bust = { source: 'BROKER', execId: 'H1', execRefId: 'X9', tradeDate: '2025-03-14' }
    expect(await ledger.record(`${url}/bust`, bust)).toMatchObject({ parked: true })
    expect(await ledger.rows('/v1/portfolios/P1/parked')).toMatchObject([{ fact: 'fill:BROKER:2025-03-14:H1' }])
    await ledger.record(url, fill('X9'))
    expect(await ledger.rows('/v1/portfolios/P1/parked')).toStrictEqual([])
    expect(await ledger.rows('/v1/portfolios/P1/positions')).toMatchObject([{ units: '200' }])
  })

  it('is corrected by reference: the lot keeps its name and takes the new terms', async () => {
    const { source: _, execId: __, ...terms } = fill('X2', { quantity: '90', consideration: '2295' })
    await ledger.record(`${url}/correct`, {
      source: 'BROKER',
      execId: 'C1',
      execRefId: 'X2',
      tradeDate: '2025-03-14',
      fill: terms,
    })
    const lots = await ledger.rows('/v1/portfolios/P1/lots')
    expect(lots.map(({ lot, units, cost }) => [lot, units, cost])).toStrictEqual([
      ['fill:BROKER:2025-03-14:X1', '100', '2551'],
      // 90 x 25.50 + 1.00
      ['fill:BROKER:2025-03-14:X2', '90', '2296'],
    ])
  })

  it('is found by any identifier of its instrument', async () => {
    const named = { scheme: 'isin', value: 'US0378331005' }
    expect((await ledger.request('POST', url, fill('X10', { instrument: named }))).status).toBe(201)
    expect(await ledger.rows('/v1/instruments?scheme=isin&value=US0378331005')).toMatchObject([{ instrument: 'ACME' }])
  })

  it('waits in the queue while its instrument is unknown, and is released when that is registered', async () => {
    const reply = await ledger.record(url, fill('X11', { instrument: 'LATER' }))
    expect(reply).toMatchObject({ parked: true })
    expect(await ledger.rows('/v1/portfolios/P1/positions?instrument=LATER')).toStrictEqual([])
    await ledger.record('/v1/instruments', equity('LATER', 'USD'))
    await ledger.record(`/v1/portfolios/P1/parked/release`, { fact: 'fill:BROKER:2025-03-14:X11' })
    expect(await ledger.rows('/v1/portfolios/P1/positions?instrument=LATER')).toMatchObject([{ units: '100' }])
  })

  it('records an oversell and says so', async () => {
    // Answers warn from a book in memory that follows the log; a transfer of units asks that book, and waits until it is there.
    const asked = await ledger.request('POST', '/v1/transfers', {
      transfer: 'T1',
      date: '2025-03-14',
      ownership: 'same',
      instrument: 'LATER',
      from: { portfolio: 'P1' },
      to: null,
      units: '1000',
    })
    expect(asked.body.code).toBe('not-enough-units')
    const reply = await ledger.record(
      url,
      fill('X12', { instrument: 'LATER', side: 'sell', quantity: '150', consideration: '3825' }),
    )
    expect(reply.warnings).toMatchObject([{ code: 'oversold' }])
    expect(await ledger.rows('/v1/portfolios/P1/positions?instrument=LATER')).toMatchObject([
      { side: 'short', units: '-50' },
    ])
    expect(await ledger.rows('/v1/portfolios/P1/breaks?code=oversold')).toMatchObject([
      { fact: 'fill:BROKER:2025-03-14:X12' },
    ])
  })

  it('accepts a trade date that is no business day, flagged', async () => {
    const reply = await ledger.record(url, fill('X13', { tradeDate: '2025-03-15' }))
    expect(reply.warnings).toMatchObject([{ code: 'not-a-business-day' }])
  })
})

describe('activity as lines', () => {
  it('gives every line its verdict, and a bad line spoils no other', async () => {
    const good = (execId: string) => ({ type: 'fill', ...fill(execId) })
    const verdicts = await ledger.lines('/v1/portfolios/P1/activity', [
      good('B1'),
      '{"type": "fill", ',
      { ...good('B2'), quantity: 100 },
      { ...good('B3'), colour: 'red' },
      { type: 'dividend' },
      good('B1'),
      good('B4'),
    ])
    expect(verdicts.map(({ line, verdict, code, field }) => [line, verdict, code, field])).toStrictEqual([
      [1, 'accepted', undefined, undefined],
      [2, 'refused', 'malformed-json', undefined],
      [3, 'refused', 'number-not-text', 'quantity'],
      [4, 'refused', 'unknown-field', 'colour'],
      [5, 'refused', 'unknown-line-type', 'type'],
      [6, 'already', undefined, undefined],
      [7, 'accepted', undefined, undefined],
    ])
    for (const { verdict, remedy } of verdicts) if (verdict === 'refused') expect(typeof remedy).toBe('string')
    const kept = await ledger.rows('/v1/portfolios/P1/activity?kind=fill&limit=1000')
    expect(kept.map((row) => row.execId)).toEqual(expect.arrayContaining(['B1', 'B4']))
  })
})
