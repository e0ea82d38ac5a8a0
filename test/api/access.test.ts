// Who may come in by which door: every route with its roles, and tokens that reach some portfolios only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record('/v1/instruments', equity('ACME', 'USD'))
  for (const portfolio of ['P1', 'P2']) {
    await ledger.record('/v1/portfolios', portfolioOf(portfolio, 'USD'))
    await ledger.record(`/v1/portfolios/${portfolio}/openings`, {
      ref: 'start',
      date: '2025-03-03',
      lots: [{ lot: '1', instrument: 'ACME', units: '100', cost: '1000', currency: 'USD', acquiredOn: '2024-06-03' }],
    })
  }
})
afterAll(() => ledger?.close())

const ROLES = ['oms', 'reporting', 'auditor', 'operator'] as const
const WRITE = ['oms', 'operator']
const READ = ['oms', 'reporting', 'auditor', 'operator']
const AUDIT = ['auditor', 'operator']
const OPERATE = ['operator']

/** Doors that are not "POST is for oms and operator, GET and analytics are for every role". */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'GET /metrics': OPERATE,
  'POST /v1/portfolios': OPERATE,
  'POST /v1/portfolios/{portfolio}/places': OPERATE,
  'POST /v1/portfolios/{portfolio}/close': OPERATE,
  'POST /v1/portfolios/{portfolio}/policies': OPERATE,
  'POST /v1/portfolios/{portfolio}/policies/correct': OPERATE,
  'POST /v1/portfolios/{portfolio}/interest-terms': OPERATE,
  'POST /v1/portfolios/{portfolio}/interest-terms/correct': OPERATE,
  'POST /v1/portfolios/{portfolio}/borrow-rates': OPERATE,
  'POST /v1/portfolios/{portfolio}/borrow-rates/correct': OPERATE,
  'POST /v1/portfolios/{portfolio}/margin-terms': OPERATE,
  'POST /v1/portfolios/{portfolio}/margin-terms/correct': OPERATE,
  'POST /v1/portfolios/{portfolio}/periods/seal': OPERATE,
  'POST /v1/portfolios/{portfolio}/periods/reopen': OPERATE,
  'POST /v1/portfolios/{portfolio}/periods/reopen/request': OPERATE,
  'POST /v1/portfolios/{portfolio}/periods/close': OPERATE,
  'POST /v1/portfolios/{portfolio}/periods/checklist': READ,
  'POST /v1/portfolios/{portfolio}/manual-entries/approve': OPERATE,
  'POST /v1/owners': OPERATE,
  'POST /v1/owners/amend': OPERATE,
  'POST /v1/owners/portfolios': OPERATE,
  'POST /v1/owners/affiliates': OPERATE,
  'GET /v1/owners': AUDIT,
  'GET /v1/owners/portfolios': AUDIT,
  'POST /v1/instruments': OPERATE,
  'POST /v1/instruments/amend': OPERATE,
  'POST /v1/instruments/identifiers': OPERATE,
  'POST /v1/instruments/identifiers/withdraw': OPERATE,
  'POST /v1/instruments/classifications': OPERATE,
  'POST /v1/instruments/fixings': OPERATE,
  'POST /v1/corporate-actions': OPERATE,
  'POST /v1/corporate-actions/amend': OPERATE,
  'POST /v1/corporate-actions/cancel': OPERATE,
  'POST /v1/prices': OPERATE,
  'POST /v1/prices/correct': OPERATE,
  'POST /v1/prices/withdraw': OPERATE,
  'POST /v1/prices/bulk': OPERATE,
  'POST /v1/rates': OPERATE,
  'POST /v1/rates/correct': OPERATE,
  'POST /v1/rates/withdraw': OPERATE,
  'POST /v1/rates/bulk': OPERATE,
  'POST /v1/calendars/close-day': OPERATE,
  'GET /v1/log/units': AUDIT,
  'GET /v1/log/streams/{stream}': AUDIT,
  'POST /v1/admin/verify': AUDIT,
  'POST /v1/admin/rebuild': OPERATE,
  'POST /v1/admin/resume': OPERATE,
}

describe('every door', () => {
  it('opens for its roles only, and for nobody without a token', async () => {
    const paths: Record<string, Record<string, unknown>> = JSON.parse(JSON.stringify(ledger.quipu.api?.swagger())).paths
    const doors = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase() as 'GET' | 'POST', path })),
    )
    // A list that no door matches any more would hide a typing error in it.
    const names = doors.map(({ method, path }) => `${method} ${path}`)
    expect(Object.keys(OTHERS).filter((name) => !names.includes(name))).toStrictEqual([])

    const tokens = ROLES.map((role) => [role, ledger.tokenFor([role])] as const)
    const found: Record<string, unknown> = {}
    const expected: Record<string, unknown> = {}
    for (const { method, path } of doors.filter(({ path }) => path !== '/health')) {
      const name = `${method} ${path}`
      // Computations on what the caller brings record nothing.
      const reads = method === 'GET' || path.startsWith('/v1/analytics/')
      const allowed = OTHERS[name] ?? (reads ? READ : WRITE)
      expected[name] = { nobody: 401, denied: ROLES.filter((role) => !allowed.includes(role)) }
      // No body and a query parameter that nobody knows: what is let in is refused before it does anything.
      const url = `${path.replace('{portfolio}', 'P1').replace('{stream}', 'portfolio-P1')}?nobody=knows`
      const nobody = await ledger.request(method, url, undefined, { authorization: '' })
      const denied: string[] = []
      for (const [role, token] of tokens) {
        // These have nothing to refuse: they would stay open, or run.
        if (allowed.includes(role) && /changes|admin/.test(path)) continue
        const reply = await ledger.request(method, url, undefined, { authorization: `Bearer ${token}` })
        if (reply.body.code === 'role-not-granted') denied.push(role)
      }
      found[name] = { nobody: nobody.status, denied }
    }
    expect(found).toStrictEqual(expected)
  })

  it('tells anybody how the process does, but names no portfolio', async () => {
    const reply = await ledger.request('GET', '/health', undefined, { authorization: '' })
    expect(reply.body).toMatchObject({ status: 'ok', lanesStopped: 0, behind: [] })
  })
})

describe('the OMS', () => {
  it('cannot change how a portfolio keeps its books, one by one, by a line, nor by cancelling what an operator changed', async () => {
    const policy = { ref: 'year', effectiveOn: '2026-01-01', changes: { lotMethod: 'lifo' } }
    await ledger.record('/v1/portfolios/P1/policies', policy)
    const before = await ledger.quipu.log.lastPosition()
    const oms = { authorization: `Bearer ${ledger.tokenFor(['oms'])}` }
    const refused = { code: 'role-not-granted' }
    for (const [path, body] of [
      ['policies', { ...policy, ref: 'mine' }],
      ['policies/correct', { ...policy, changes: { lotMethod: 'hifo' } }],
      ['facts/cancel', { fact: 'policy:year' }],
    ] as const)
      expect([path, (await ledger.request('POST', `/v1/portfolios/P1/${path}`, body, oms)).body]).toMatchObject([
        path,
        refused,
      ])
    const lines = [
      { type: 'policy', ...policy, ref: 'mine' },
      { type: 'cancel-fact', fact: 'policy:year' },
    ]
    const reply = await ledger.request(
      'POST',
      '/v1/portfolios/P1/activity',
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      { ...oms, 'content-type': 'application/x-ndjson' },
    )
    const verdicts = reply.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).code)
    expect(verdicts).toStrictEqual(['role-not-granted', 'role-not-granted'])
    expect(await ledger.quipu.log.lastPosition()).toBe(before)
  })
})

describe('a token that reaches P1 only', () => {
  const refused = { status: 403, code: 'portfolio-not-granted' }
  let mine: Readonly<Record<string, string>>
  beforeAll(() => {
    mine = { authorization: `Bearer ${ledger.tokenFor(['oms', 'auditor', 'operator'], ['P1'])}` }
  })

  it('cannot touch a block in which P2 has a share', async () => {
    const share = (portfolio: string): Json => ({ portfolio, quantity: '50' })
    await ledger.record('/v1/blocks', {
      block: 'B1',
      instrument: 'ACME',
      side: 'buy',
      currency: 'USD',
      tradeDate: '2025-03-14',
      placedAt: '2025-03-14T14:00:00Z',
      shares: [share('P1'), share('P2')],
    })
    const before = await ledger.quipu.log.lastPosition()
    const execution = {
      block: 'B1',
      source: 'BROKER',
      execId: 'E1',
      tradeDate: '2025-03-14',
      quantity: '100',
      price: '10',
      consideration: '1000',
    }
    for (const [path, body] of [
      ['/v1/blocks/cancel', { block: 'B1' }],
      ['/v1/blocks/executions', execution],
      ['/v1/blocks/executions/bust', { block: 'B1', source: 'BROKER', execId: 'E1', tradeDate: '2025-03-14' }],
      ['/v1/blocks/allocate', { block: 'B1', tradeDate: '2025-03-14' }],
      ['/v1/blocks/allocations/cancel', { block: 'B1', allocation: 1 }],
    ] as const)
      expect([path, (await ledger.request('POST', path, body, mine)).body]).toMatchObject([path, refused])
    expect(await ledger.quipu.log.lastPosition()).toBe(before)
  })

  it('cannot cancel a transfer that P2 received, nor correct it into one of its own', async () => {
    const transfer = {
      transfer: 'T1',
      date: '2025-03-20',
      ownership: 'same',
      instrument: 'ACME',
      from: { portfolio: 'P1' },
      to: { portfolio: 'P2' },
      units: '10',
    }
    await ledger.record('/v1/transfers', transfer)
    expect((await ledger.request('POST', '/v1/transfers/cancel', { transfer: 'T1' }, mine)).body).toMatchObject(refused)
    const own = { ...transfer, to: null }
    expect((await ledger.request('POST', '/v1/transfers/correct', own, mine)).body).toMatchObject(refused)
  })

  it('reads the log of P1, and not that of others nor of all', async () => {
    const status = async (path: string) => (await ledger.request('GET', path, undefined, mine)).status
    expect(await status('/v1/log/streams/portfolio-P1')).toBe(200)
    expect(await status('/v1/log/streams/portfolio-P2')).toBe(403)
    expect(await status('/v1/log/streams/transfer-T1')).toBe(403)
    expect(await status('/v1/log/units?stream=portfolio-P1')).toBe(403)
    expect(await status('/v1/owners')).toBe(403)
  })

  it('cannot rebuild, verify or take up what everybody reads', async () => {
    for (const path of ['/v1/admin/rebuild', '/v1/admin/verify'])
      expect((await ledger.request('POST', path, undefined, mine)).body).toMatchObject(refused)
    expect((await ledger.request('POST', '/v1/admin/resume', { portfolio: 'P1' }, mine)).body).toMatchObject(refused)
  })

  it('hears of no changes of P2', async () => {
    expect((await ledger.request('GET', '/v1/changes?portfolio=P2', undefined, mine)).body).toMatchObject(refused)
  })
})
