// Bad input: each gets a stable code that names field and remedy, as a problem of RFC 9457; and each door has its roles.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger

const fill: Json = {
  source: 'BROKER',
  execId: 'X1',
  tradeDate: '2025-03-14',
  instrument: 'ACME',
  side: 'buy',
  quantity: '100',
  price: '25.5',
  currency: 'USD',
  consideration: '2550',
}
const url = '/v1/portfolios/P1/fills'

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record('/v1/instruments', equity('ACME', 'USD'))
  await ledger.record('/v1/portfolios', portfolioOf('P1', 'USD'))
  await ledger.record('/v1/portfolios', portfolioOf('P2', 'USD'))
})
afterAll(() => ledger?.close())

describe('a refusal', () => {
  const cases: readonly [
    why: string,
    path: string,
    body: unknown,
    status: number,
    code: string,
    field: string | undefined,
  ][] = [
    ['malformed JSON', url, '{"source": ', 400, 'malformed-json', undefined],
    ['an unknown field', url, { ...fill, colour: 'red' }, 400, 'unknown-field', 'colour'],
    ['a missing field', url, { ...fill, price: undefined }, 400, 'missing-field', 'price'],
    ['a float where a decimal belongs', url, { ...fill, quantity: 100.5 }, 400, 'number-not-text', 'quantity'],
    ['an amount in exponent notation', url, { ...fill, quantity: '1e3' }, 400, 'invalid-field', 'quantity'],
    ['a date that does not exist', url, { ...fill, tradeDate: '2025-02-30' }, 400, 'invalid-field', 'tradeDate'],
    ['an unknown currency', url, { ...fill, currency: 'XYZ' }, 422, 'unknown-currency', 'currency'],
    ['an unknown portfolio', '/v1/portfolios/NONE/fills', fill, 404, 'unknown-portfolio', undefined],
    ['an unknown sleeve', url, { ...fill, sleeve: 'moon' }, 422, 'unknown-sleeve', 'sleeve'],
    [
      'a wrong check digit',
      '/v1/instruments',
      equity('BAD', 'USD', { identifiers: [{ scheme: 'isin', value: 'US0378331006' }] }),
      422,
      'wrong-check-digit',
      'identifiers.0.value',
    ],
    [
      'an instrument the book cannot carry',
      '/v1/instruments',
      { ...equity('SWAP1', 'USD'), type: 'swap' },
      422,
      'unsupported-instrument',
      'type',
    ],
    [
      'an action of a code that does not exist',
      '/v1/corporate-actions',
      {
        instrument: 'ACME',
        terms: {
          action: 'A1',
          caev: 'ABCD',
          exDate: '2025-05-01',
          legs: [{ kind: 'cash', leg: 1, income: 'other', currency: 'USD', perUnit: '1' }],
        },
      },
      422,
      'unknown-action-code',
      'terms.caev',
    ],
  ]
  for (const [why, path, body, status, code, field] of cases)
    it(`names ${why}`, async () => {
      const before = await ledger.quipu.log.lastPosition()
      const reply = await ledger.request('POST', path, body)
      expect([reply.status, reply.body.code]).toStrictEqual([status, code])
      expect(reply.headers['content-type']).toContain('application/problem+json')
      if (field !== undefined) expect(reply.body.field).toBe(field)
      expect(typeof reply.body.remedy).toBe('string')
      expect(reply.body.type).toBe(`urn:quipu:problem:${code}`)
      expect(await ledger.quipu.log.lastPosition()).toBe(before)
    })

  it('names an oversized body with the limit', async () => {
    const reply = await ledger.request('POST', url, { ...fill, note: 'x'.repeat(1024 * 1024) })
    expect([reply.status, reply.body.code]).toStrictEqual([413, 'body-too-large'])
    expect(reply.body.detail).toContain('1 MiB')
  })

  it('names an unknown route, a wrong content type and an unknown query parameter', async () => {
    expect((await ledger.request('GET', '/v1/nothing')).body).toMatchObject({ status: 404, code: 'unknown-route' })
    expect((await ledger.request('POST', url, 'a,b', { 'content-type': 'text/csv' })).body).toMatchObject({
      status: 415,
      code: 'unsupported-media-type',
    })
    expect((await ledger.request('POST', url, '{}', { 'content-type': 'application/x-ndjson' })).body).toMatchObject({
      status: 415,
      code: 'unsupported-media-type',
    })
    expect((await ledger.request('GET', '/v1/positions?colour=red')).body).toMatchObject({
      status: 400,
      code: 'unknown-field',
      field: 'colour',
    })
    expect((await ledger.request('GET', '/v1/positions?asAt=yesterday')).body).toMatchObject({
      status: 400,
      code: 'unreadable-time',
    })
    expect((await ledger.request('GET', '/v1/positions?cursor=abc')).body).toMatchObject({
      status: 400,
      code: 'bad-cursor',
    })
  })

  it('names the methods there are when a route has another one', async () => {
    const reply = await ledger.request('DELETE', '/v1/portfolios/P1/fills')
    expect(reply.body).toMatchObject({ status: 405, code: 'method-not-allowed' })
    expect(reply.headers.allow).toBe('POST')
    expect((await ledger.request('PUT', '/v1/portfolios')).headers.allow).toBe('POST, GET, HEAD')
  })

  it('lists all that is wrong, the first as the problem itself', async () => {
    const reply = await ledger.request('POST', url, { ...fill, quantity: 100, colour: 'red', price: undefined })
    expect(reply.body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ field: 'quantity', code: 'number-not-text' }),
        expect.objectContaining({ field: 'price', code: 'missing-field' }),
        expect.objectContaining({ field: 'colour', code: 'unknown-field' }),
      ]),
    )
    expect(reply.body.details).toBeUndefined()
  })

  it('names a body that is not there, a key that cannot be one, and a member that would be a prototype', async () => {
    expect((await ledger.request('POST', url)).body).toMatchObject({ status: 400, code: 'missing-field' })
    expect((await ledger.request('POST', url, fill, { 'idempotency-key': 'x'.repeat(201) })).body).toMatchObject({
      status: 400,
      code: 'bad-idempotency-key',
      field: 'Idempotency-Key',
    })
    const text = JSON.stringify(fill).replace('{', '{"__proto__":{"quantity":"7"},')
    expect((await ledger.request('POST', url, text)).body).toMatchObject({ status: 400, code: 'unknown-field' })
  })

  it('says which portfolio a read does not find, rather than that it holds nothing', async () => {
    expect((await ledger.request('GET', '/v1/portfolios/NONE/positions')).body).toMatchObject({
      status: 404,
      code: 'unknown-portfolio',
    })
    expect((await ledger.request('GET', '/v1/portfolios/NONE')).body).toMatchObject({ status: 404 })
  })

  it('says that a position is not projected yet, and when to come back', async () => {
    const reply = await ledger.request('GET', '/v1/portfolios/P1/positions?asAt=999999999')
    expect(reply.body).toMatchObject({ status: 503, code: 'not-yet-projected' })
    expect(reply.headers['retry-after']).toBe('1')
  })

  it('is sent with the request id it was logged under', async () => {
    const reply = await ledger.request('GET', '/v1/nothing', undefined, { 'x-request-id': 'mine-1' })
    expect([reply.headers['x-request-id'], reply.body.instance]).toStrictEqual(['mine-1', 'mine-1'])
  })
})

describe('access', () => {
  it('is refused without a token, and with one that nobody issued', async () => {
    for (const authorization of ['', 'Bearer quipu_unknown', 'Basic YTpi']) {
      const reply = await ledger.request('GET', '/v1/positions', undefined, { authorization })
      expect([reply.status, reply.body.code, reply.headers['www-authenticate']]).toStrictEqual([
        401,
        'unauthenticated',
        'Bearer',
      ])
    }
  })

  it('follows roles: reporting reads and records nothing, an OMS records fills and registers nothing', async () => {
    const reporting = { authorization: `Bearer ${ledger.tokenFor(['reporting'])}` }
    const oms = { authorization: `Bearer ${ledger.tokenFor(['oms'])}` }
    expect((await ledger.request('GET', '/v1/positions', undefined, reporting)).status).toBe(200)
    expect((await ledger.request('POST', url, { ...fill, execId: 'R1' }, reporting)).body).toMatchObject({
      status: 403,
      code: 'role-not-granted',
    })
    expect((await ledger.request('POST', url, { ...fill, execId: 'R1' }, oms)).status).toBe(201)
    expect((await ledger.request('POST', '/v1/instruments', equity('NEW', 'USD'), oms)).body).toMatchObject({
      status: 403,
      code: 'role-not-granted',
    })
    expect((await ledger.request('POST', '/v1/admin/rebuild', undefined, oms)).body).toMatchObject({ status: 403 })
  })

  it('stays within the portfolios of the token, in paths, lists, bodies and lines', async () => {
    const mine = { authorization: `Bearer ${ledger.tokenFor(['oms'], ['P1'])}` }
    expect((await ledger.request('GET', '/v1/portfolios/P2/lots', undefined, mine)).body).toMatchObject({
      status: 403,
      code: 'portfolio-not-granted',
    })
    expect((await ledger.request('GET', '/v1/positions?portfolio=P2', undefined, mine)).body).toMatchObject({
      status: 403,
      code: 'portfolio-not-granted',
    })
    const listed = await ledger.request('GET', '/v1/portfolios', undefined, {
      ...mine,
      'quipu-position': ledger.position,
    })
    expect((listed.body.rows as Json[]).map((row) => row.portfolio)).toStrictEqual(['P1'])
    const transfer = {
      transfer: 'T1',
      date: '2025-03-20',
      ownership: 'same',
      instrument: 'ACME',
      from: { portfolio: 'P1' },
      to: { portfolio: 'P2' },
      units: '1',
    }
    expect((await ledger.request('POST', '/v1/transfers', transfer, mine)).body).toMatchObject({
      status: 403,
      code: 'portfolio-not-granted',
    })
    const line = `${JSON.stringify({ type: 'fill', portfolio: 'P2', ...fill })}\n`
    const bulk = await ledger.request('POST', '/v1/activity', line, { ...mine, 'content-type': 'application/x-ndjson' })
    expect(JSON.parse(bulk.text)).toMatchObject({ line: 1, verdict: 'refused', code: 'forbidden-portfolio' })
  })

  it('is open for the health of the process only', async () => {
    const nobody = { authorization: '' }
    expect((await ledger.request('GET', '/health', undefined, nobody)).body).toMatchObject({
      status: 'ok',
      database: 'ok',
      log: 'ok',
    })
    expect((await ledger.request('GET', '/metrics', undefined, nobody)).status).toBe(401)
    expect((await ledger.request('GET', '/metrics')).text).toContain('quipu_build_info')
  })
})
