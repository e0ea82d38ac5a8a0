// The API on a real port: retries by key, changes told without gaps, an orderly end with readers still connected.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger
let closed = false

const deposit = (ref: string, rest: Json = {}): Json => ({
  ref,
  amount: '10',
  currency: 'USD',
  valueDate: '2025-03-03',
  ...rest,
})
const url = '/v1/portfolios/P1/cash/contributions'

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record('/v1/instruments', equity('ACME', 'USD'))
  for (const portfolio of ['P1', 'P2']) await ledger.record('/v1/portfolios', portfolioOf(portfolio, 'USD'))
})
afterAll(async () => {
  if (!closed) await ledger?.close()
})

describe('a command under an Idempotency-Key', () => {
  it('is answered again as it was answered first, and recorded once', async () => {
    const key = { 'idempotency-key': 'k-1' }
    const first = await ledger.request('POST', url, deposit('d1'), key)
    const again = await ledger.request('POST', url, deposit('d1'), key)
    expect([first.status, again.status, again.headers['quipu-replayed']]).toStrictEqual([201, 200, 'true'])
    expect(again.body).toStrictEqual({ ...first.body, replayed: true })
    expect(await ledger.rows('/v1/portfolios/P1/cash')).toMatchObject([{ currency: 'USD', amount: '10' }])
  })

  it('is refused when the key was used for something else', async () => {
    const reply = await ledger.request('POST', url, deposit('d2'), { 'idempotency-key': 'k-1' })
    expect(reply.body).toMatchObject({ status: 409, code: 'idempotency-conflict' })
    expect(await ledger.rows('/v1/portfolios/P1/cash')).toMatchObject([{ amount: '10' }])
  })
})

/** Reads a stream of changes until `done` holds of what came; answers its text. */
async function changes(path: string, done: (text: string) => boolean, headers: Readonly<Record<string, string>> = {}) {
  const stop = new AbortController()
  const response = await fetch(`${ledger.quipu.url}${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: stop.signal,
  })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8')
    if (done(text)) break
  }
  stop.abort()
  return text
}
let token = ''

describe('changes', () => {
  beforeAll(() => {
    token = ledger.tokenFor(['reporting'])
  })

  it('say on connecting where each portfolio stands, with an id to go on from', async () => {
    const text = await changes('/v1/changes', (so) => so.includes('id: '))
    expect(text).toContain('"portfolio":"P1"')
    expect(text).toContain('"portfolio":"P2"')
  })

  it('tell on connecting again what moved since, and nothing that did not', async () => {
    await ledger.rows('/v1/positions')
    const before = await changes('/v1/changes', (so) => so.includes('id: '))
    const id = /id: (\d+)/.exec(before)?.[1] ?? ''
    const { position } = await ledger.record('/v1/portfolios/P2/cash/contributions', deposit('d3'))
    const since = await changes('/v1/changes', (so) => so.includes('id: '), { 'last-event-id': id })
    expect(since).toContain(`{"portfolio":"P2","position":"${position}"}`)
    expect(since).not.toContain('"portfolio":"P1"')
  })
})

describe('the end of the process', () => {
  it('comes at once, though somebody still listens for changes', async () => {
    const response = await fetch(`${ledger.quipu.url}/v1/changes`, { headers: { authorization: `Bearer ${token}` } })
    const reader = response.body?.getReader()
    await reader?.read()
    const began = performance.now()
    await ledger.close()
    closed = true
    // Its stream is ended for it; supervisors wait tens of seconds, a test does not.
    expect(performance.now() - began).toBeLessThan(5_000)
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read());
  })
})
