// A whole Quipu on a database of its own, asked through its real HTTP application (inject: no port).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { createQuipu, type Quipu } from '../../src/main.ts'
import { readConfig } from '../../src/platform/config.ts'
import type { Role } from '../../src/platform/auth.ts'
import { freshDatabase, type FreshDatabase } from './postgres.ts'

export type Json = Readonly<Record<string, unknown>>

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>
  readonly body: Json
  readonly text: string
}

export class TestLedger {
  readonly quipu: Quipu
  readonly database: FreshDatabase
  readonly #folder: string
  /** The newest position a command answered with: reads wait for it, so that tests see their own writes. */
  #position = '0'
  readonly #token: string
  #tokens = 0

  constructor(quipu: Quipu, database: FreshDatabase, folder: string, token: string) {
    this.quipu = quipu
    this.database = database
    this.#folder = folder
    this.#token = token
  }

  get position(): string {
    return this.#position
  }

  tokenFor(roles: readonly Role[], portfolios: '*' | readonly string[] = '*'): string {
    this.#tokens += 1
    return this.quipu.tokens.add(`test-${roles.join('-')}-${this.#tokens}`, roles, portfolios)
  }

  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const { api } = this.quipu
    if (api === undefined) throw new Error('this Quipu has no API')
    const options: InjectOptions = {
      method,
      url,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    }
    const response: LightMyRequestResponse = await api.inject(options)
    const position = response.headers['quipu-position']
    if (method === 'POST' && typeof position === 'string' && BigInt(position) > BigInt(this.#position))
      this.#position = position
    const type = String(response.headers['content-type'] ?? '')
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      body:
        /json(;|$)/.test(type) && !type.includes('ndjson') && response.payload !== ''
          ? JSON.parse(response.payload)
          : {},
    }
  }

  /** A command that must be accepted; answers its body. */
  async record(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Json> {
    const reply = await this.request('POST', url, body, headers)
    if (reply.status >= 300) throw new Error(`${url} was refused: ${reply.text}`)
    return reply.body
  }

  /** NDJSON lines to a bulk route; answers the verdicts. */
  async lines(url: string, lines: readonly unknown[]): Promise<Json[]> {
    const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
    const reply = await this.request('POST', url, text, { 'content-type': 'application/x-ndjson' })
    if (reply.status !== 200) throw new Error(`${url} was refused: ${reply.text}`)
    const verdicts: Json[] = reply.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const { position } of verdicts)
      if (position !== undefined && BigInt(String(position)) > BigInt(this.#position)) this.#position = String(position)
    return verdicts
  }

  /** The rows of a read, after everything written so far. */
  async rows(url: string): Promise<Json[]> {
    const reply = await this.request(
      'GET',
      url,
      undefined,
      this.#position === '0' ? {} : { 'quipu-position': this.#position },
    )
    if (reply.status !== 200) throw new Error(`${url} was refused: ${reply.text}`)
    return reply.body.rows as Json[]
  }

  async close(): Promise<void> {
    await this.quipu.close()
    await this.database.drop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const ADMIN = 'test-admin-token-of-at-least-32-characters'

/** Starts a ledger with an admin token; close it after the tests. Outside a test run, name the PostgreSQL server. */
export async function startLedger(server?: string): Promise<TestLedger> {
  const database = await freshDatabase(server)
  const folder = mkdtempSync(join(tmpdir(), 'quipu-ledger-'))
  const config = readConfig(
    { dataDir: folder, databaseUrl: database.url, port: '0', logLevel: 'silent' },
    { QUIPU_ADMIN_TOKEN: ADMIN },
  )
  return new TestLedger(await createQuipu(config), database, folder, ADMIN)
}

/** What a portfolio of the tests is opened with; the tests say what they change. */
export function portfolioOf(portfolio: string, baseCurrency: string, policy: Json = {}, rest: Json = {}): Json {
  return {
    portfolio,
    baseCurrency,
    openedOn: '2020-01-01',
    policy: {
      lotMethod: 'fifo',
      keeping: 'long-only',
      fx: { source: 'TEST-FX', fixing: 'noon', pivot: 'EUR', calendar: 'TARGET' },
      calendar: 'XNYS',
      zone: 'America/New_York',
      ...policy,
    },
    ...rest,
  }
}

export function equity(instrument: string, currency: string, rest: Json = {}): Json {
  return {
    instrument,
    name: `${instrument} shares`,
    type: 'equity',
    currency,
    market: 'US',
    tradingCalendar: 'XNYS',
    ...rest,
  }
}
