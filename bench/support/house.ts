// A whole Quipu for a benchmark: embedded PostgreSQL with fsync on, a log filled from stories, and short words for what is measured.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { KnownEvent, Unit } from '../../src/domain/book/knowledge.ts'
import type { Log } from '../../src/eventstore/log.ts'
import type { LedgerEvent } from '../../src/eventstore/registry.ts'
import { createQuipu, type Quipu } from '../../src/main.ts'
import { readConfig } from '../../src/platform/config.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { sha256Hex } from '../../src/platform/ids.ts'
import type { RunningProjector } from '../../src/projections/start-projector.ts'

const TOKEN = 'benchmark-admin-token-of-at-least-32-characters'
/** Events of one unit: a request's lines, and under the log's limit of bytes. */
const UNIT_EVENTS = 250
/** How long everything may take to be seen: some ten times what an event takes on a quiet machine, so that a busy one is slow, not broken. */
const PATIENCE_MS = 120_000
const PATIENCE_MS_AN_EVENT = 10
const LOOK_MS = 10_000

/** One PostgreSQL in which a Quipu may be opened and closed with other roles; the query connection is the benchmark's own. */
export class House {
  readonly client: pg.Client
  readonly #dataDir: string
  readonly #postgres: { readonly url: string; stop(): Promise<void> }
  readonly #revisions = new Map<string, bigint>()
  #quipu: Quipu | undefined
  #commands = 0

  private constructor(dataDir: string, postgres: { readonly url: string; stop(): Promise<void> }, client: pg.Client) {
    this.#dataDir = dataDir
    this.#postgres = postgres
    this.client = client
  }

  static async build(): Promise<House> {
    const dataDir = mkdtempSync(join(tmpdir(), 'quipu-bench-'))
    const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') })
    const client = new pg.Client({ connectionString: postgres.url })
    await client.connect()
    return new House(dataDir, postgres, client)
  }

  /** Runs what `work` measures in a house of its own, and tears it down whatever happens. */
  static async with<T>(work: (house: House) => Promise<T>): Promise<T> {
    const house = await House.build()
    try {
      return await work(house)
    } finally {
      await house.#tearDown()
    }
  }

  /** Opens Quipu with these roles, after closing the one that was open. */
  async open(roles: string): Promise<Quipu> {
    await this.close()
    this.#quipu = await createQuipu(
      readConfig(
        { dataDir: join(this.#dataDir, 'quipu'), databaseUrl: this.#postgres.url, port: '0', logLevel: 'error', roles },
        { QUIPU_ADMIN_TOKEN: TOKEN },
      ),
    )
    return this.#quipu
  }

  async close(): Promise<void> {
    await this.#quipu?.close()
    this.#quipu = undefined
  }

  get quipu(): Quipu {
    if (this.#quipu === undefined) throw new Error('no Quipu is open')
    return this.#quipu
  }

  get projector(): RunningProjector {
    const { projector } = this.quipu
    if (projector === undefined) throw new Error('the projector is not among the roles')
    return projector
  }

  /** Sends lines to a bulk route; throws unless each was accepted. Answers with the position of the last. */
  async bulk(path: string, lines: readonly object[]): Promise<bigint> {
    const answer = await fetch(`${this.quipu.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    })
    const verdicts = (await answer.text()).trimEnd().split('\n')
    const bad = verdicts.find((verdict) => !verdict.includes('"verdict":"accepted"'))
    if (bad !== undefined || verdicts.length !== lines.length)
      throw new Error(`${path}: ${bad ?? `${verdicts.length} verdicts for ${lines.length} lines`}`)
    return verdicts.reduce((last, verdict) => {
      const { position } = JSON.parse(verdict) as { position: string }
      return BigInt(position) > last ? BigInt(position) : last
    }, 0n)
  }

  /** Records events as one unit, past the API. */
  async record(stream: string, events: readonly LedgerEvent[], log: Log = this.quipu.log): Promise<bigint> {
    const command = `bench-${++this.#commands}`
    const appended = await log.append({
      stream,
      expected: this.#revisions.get(stream) ?? 'no-stream',
      commandId: command,
      commandHash: sha256Hex(command),
      actor: 'bench',
      events,
    })
    this.#revisions.set(stream, appended.revision)
    return appended.position
  }

  /** Records the units of a story: neighbours of one stream go together in units of up to 250 events. */
  async tell(units: readonly Unit[], portfolio = 'P'): Promise<void> {
    let stream = ''
    let events: LedgerEvent[] = []
    const flush = async () => {
      if (events.length > 0) await this.record(stream, events)
      events = []
    }
    for (const unit of units)
      for (const event of unit.events) {
        const of = streamOf(event, portfolio)
        if (of !== stream || events.length >= UNIT_EVENTS) await flush()
        stream = of
        events.push(ledgerEvent(event, portfolio))
      }
    await flush()
  }

  /** Milliseconds until everything recorded so far is in every read model. */
  async settled(): Promise<number> {
    const started = performance.now()
    const head = (await this.quipu.log.lastPosition()) ?? 0n
    await this.seen(head)
    return performance.now() - started
  }

  /** Waits until every lane answers at a position. @throws Error when one stops, or does not get there in a time fit for so many events. */
  async seen(position: bigint): Promise<void> {
    const patience = PATIENCE_MS + PATIENCE_MS_AN_EVENT * Number(position)
    const until = performance.now() + patience
    // A lane that stopped will never get there: it is looked for now and then, not only in the end.
    while (!(await this.projector.waitFor({ all: true }, position, LOOK_MS))) {
      this.#refuseStopped()
      if (performance.now() > until) throw new Error(`not projected to ${position} in ${patience} ms`)
    }
    this.#refuseStopped()
  }

  #refuseStopped(): void {
    const stopped = this.projector.lanes().find((lane) => lane.failed !== undefined)
    if (stopped !== undefined) throw new Error(`a lane stopped: ${stopped.failed?.error}`)
  }

  /** Rows of a query, on the benchmark's own connection. */
  async rows<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.client.query<R>(text, values)).rows
  }

  /** Rows that the lanes ever added. */
  async rowsWritten(): Promise<number> {
    const schema = `quipu_g${this.projector.generation}`
    const [row] = await this.rows<{ count: string }>(`SELECT sum(row_count)::text AS count FROM ${schema}.lane`)
    return Number(row?.count ?? 0)
  }

  async #tearDown(): Promise<void> {
    await this.close()
    await this.client.end()
    await this.#postgres.stop()
    rmSync(this.#dataDir, { recursive: true, force: true })
  }
}

/** The stream an event of a story belongs to. */
function streamOf(event: KnownEvent, portfolio: string): string {
  if (event.type === 'InstrumentRegistered') return `instrument-${event.data.instrument}`
  if (event.type === 'RatesRecorded') return `fx-${event.data.source}-${event.data.date.slice(0, 7)}`
  return `portfolio-${portfolio}`
}

function ledgerEvent(event: KnownEvent, portfolio: string): LedgerEvent {
  const { id: _, position: __, ...said } = event
  return said.type === 'PortfolioOpened' ? { type: said.type, data: { ...said.data, portfolio } } : said
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
