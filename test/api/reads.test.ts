// Reads: both times, paging, validators, CSV, changes as they happen, and what auditors and operators ask.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger

const fill = (execId: string, instrument: string, rest: Json = {}): Json => ({
  type: 'fill',
  source: 'BROKER',
  execId,
  tradeDate: '2025-03-10',
  instrument,
  side: 'buy',
  quantity: '10',
  price: '20',
  currency: 'USD',
  consideration: '200',
  ...rest,
})

beforeAll(async () => {
  ledger = await startLedger()
  for (const instrument of ['A', 'B', 'C']) await ledger.record('/v1/instruments', equity(instrument, 'USD'))
  await ledger.record('/v1/portfolios', portfolioOf('P1', 'EUR'))
  await ledger.lines('/v1/portfolios/P1/activity', [fill('1', 'A'), fill('2', 'B'), fill('3', 'C')])
})
afterAll(() => ledger?.close())

describe('reading the book', () => {
  it('pages by cursor, every page at the position of the first', async () => {
    const first = await ledger.request('GET', '/v1/positions?limit=2', undefined, { 'quipu-position': ledger.position })
    await ledger.lines('/v1/portfolios/P1/activity', [fill('4', 'C')])
    const second = await ledger.request('GET', `/v1/positions?limit=2&cursor=${first.body.next}`, undefined, {
      'quipu-position': ledger.position,
    })
    const units = (reply: { body: Json }) => (reply.body.rows as Json[]).map((row) => [row.instrument, row.units])
    expect(units(first)).toStrictEqual([
      ['A', '10'],
      ['B', '10'],
    ])
    // The fill recorded in between is not in the second page: one answer, one knowledge.
    expect(units(second)).toStrictEqual([['C', '10']])
    expect(second.body.next).toBeNull()
  })

  it('shows what waits for a rate as unknown, never as zero, until the rate arrives', async () => {
    const [before] = await ledger.rows('/v1/portfolios/P1/positions?instrument=A&effectiveAt=2025-03-10')
    expect(before).toMatchObject({ cost: '200', baseCost: null, pending: true })
    const known = ledger.position
    await ledger.record('/v1/rates', {
      source: 'TEST-FX',
      fixing: 'noon',
      date: '2025-03-10',
      rows: [{ base: 'EUR', quote: 'USD', rate: '1.25' }],
    })
    // USD 200 / 1.25 = EUR 160, by the exact inverse of EUR/USD.
    const [after] = await ledger.rows('/v1/portfolios/P1/positions?instrument=A&effectiveAt=2025-03-10')
    expect(after).toMatchObject({ baseCost: '160', pending: false })
    const [then] = await ledger.rows(`/v1/portfolios/P1/positions?instrument=A&effectiveAt=2025-03-10&asAt=${known}`)
    expect(then).toMatchObject({ baseCost: null, pending: true })
  })

  it('answers 304 to a validator that still holds, and 200 once something was learned', async () => {
    const path = '/v1/portfolios/P1/lots'
    const first = await ledger.request('GET', path, undefined, { 'quipu-position': ledger.position })
    const same = await ledger.request('GET', path, undefined, { 'if-none-match': String(first.headers.etag) })
    expect([same.status, same.text]).toStrictEqual([304, ''])
    const listed = await ledger.request('GET', path, undefined, { 'if-none-match': `"x", W/${first.headers.etag}` })
    expect(listed.status).toBe(304)
    // The same answer as CSV is another representation: its validator is its own.
    const csv = await ledger.request('GET', path, undefined, {
      accept: 'text/csv',
      'if-none-match': String(first.headers.etag),
    })
    expect([csv.status, csv.headers.etag === first.headers.etag]).toStrictEqual([200, false])
    await ledger.lines('/v1/portfolios/P1/activity', [fill('5', 'A')])
    const other = await ledger.request('GET', path, undefined, {
      'if-none-match': String(first.headers.etag),
      'quipu-position': ledger.position,
    })
    expect(other.status).toBe(200)
  })

  it('writes CSV for spreadsheets: unknown is an empty cell', async () => {
    const reply = await ledger.request(
      'GET',
      '/v1/portfolios/P1/positions?instrument=B&effectiveAt=2025-03-11',
      undefined,
      { accept: 'text/csv' },
    )
    const [head = '', row = ''] = reply.text.trim().split('\r\n')
    expect(reply.headers['content-type']).toContain('text/csv')
    expect(head.split(',').slice(0, 4)).toStrictEqual(['portfolio', 'sleeve', 'custodyAccount', 'instrument'])
    expect(row).toContain('P1,main,main,B,long,10')
  })

  it('has a trial balance of zero in every currency, and in base once all rates are known', async () => {
    const rows = await ledger.rows('/v1/portfolios/P1/trial-balance?effectiveAt=2025-03-10')
    const cents = (text: unknown) => Math.round(Number(text) * 100)
    expect(rows.reduce((sum, row) => sum + cents(row.local), 0)).toBe(0)
    expect(rows.reduce((sum, row) => sum + cents(row.base), 0)).toBe(0)
  })

  it('takes open sell orders off what may be sold', async () => {
    await ledger.record('/v1/portfolios/P1/orders', {
      order: 'O1',
      instrument: 'B',
      side: 'sell',
      quantity: '4',
      orderType: 'market',
      placedAt: '2025-03-12T15:00:00Z',
      tradeDate: '2025-03-12',
    })
    const [row] = await ledger.rows('/v1/portfolios/P1/available-to-sell?instrument=B')
    expect(row).toMatchObject({ instrument: 'B', available: '6' })
  })
})

describe('for auditors and operators', () => {
  it('shows the log unit by unit, with who, when and the hash of what was sent', async () => {
    const reply = await ledger.request('GET', '/v1/log/units?stream=portfolio-P1&limit=2')
    const units = reply.body.units as Json[]
    expect(units).toHaveLength(2)
    expect(units[0]).toMatchObject({ stream: 'portfolio-P1', revision: '0', actor: 'QUIPU_ADMIN_TOKEN' })
    expect(typeof units[0]?.commandHash).toBe('string')
    expect(reply.body.next).toBe(units[1]?.position)
  })

  it('verifies the read models against the log, and names a row that was altered by hand', async () => {
    const verify = async () => {
      const reply = await ledger.request('POST', '/v1/admin/verify')
      return JSON.parse(reply.text.trim().split('\n').at(-1) ?? '{}').result
    }
    await ledger.rows('/v1/portfolios/P1/lots')
    expect(await verify()).toMatchObject({ ok: true, differenceCount: 0 })
    const { pool } = ledger.database
    const { rows } = await pool.query(
      `SELECT schemaname FROM pg_tables WHERE tablename = 'journal' AND schemaname LIKE 'quipu\\_g%' ORDER BY 1 DESC LIMIT 1`,
    )
    const table = `${rows[0].schemaname}.journal`
    await pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
    await pool.query(
      `UPDATE ${table} SET local = local + 1 WHERE portfolio = 'P1' AND entry = 'fill:BROKER:2025-03-10:1/trade' AND line = 1`,
    )
    await pool.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
    const certificate = await verify()
    expect(certificate.ok).toBe(false)
    expect(JSON.stringify(certificate.differences)).toContain('fill:BROKER:2025-03-10:1/trade')
    await ledger.request('POST', '/v1/admin/rebuild')
    expect(await verify()).toMatchObject({ ok: true, differenceCount: 0 })
  })

  it('tells of changes as they happen, and of what was missed on connecting again', async () => {
    const { api } = ledger.quipu
    await api?.listen({ host: '127.0.0.1', port: 0 }).catch(() => undefined)
    const stop = new AbortController()
    const response = await fetch(`${ledger.quipu.url}/v1/changes?portfolio=P1`, {
      headers: { authorization: `Bearer ${ledger.tokenFor(['reporting'], ['P1'])}` },
      signal: stop.signal,
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const seen: string[] = []
    const recorded = await ledger.lines('/v1/portfolios/P1/activity', [fill('6', 'A')])
    const wanted = String(recorded[0]?.position)
    for await (const chunk of response.body ?? []) {
      seen.push(Buffer.from(chunk).toString('utf8'))
      if (seen.join('').includes(`"position":"${wanted}"`)) break
    }
    expect(seen.join('')).toContain('event: moved')
    stop.abort()
  })
})
