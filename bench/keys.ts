// What a million keys of senders cost in memory: commands under an Idempotency-Key each, over 64 portfolios, and whether the first are
// still known in the end, by the process that took them and by one that has just begun.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Application, createApplication } from '../src/application/application.ts'
import { recordFill } from '../src/application/commands/fills.ts'
import { openPortfolio } from '../src/application/commands/portfolios.ts'
import { registerInstrument } from '../src/application/commands/reference.ts'
import { openPostgresSnapshots } from '../src/application/postgres-snapshots.ts'
import { Refused } from '../src/domain/kernel/refusal.ts'
import { Log } from '../src/eventstore/log.ts'
import { openPostgresStore } from '../src/eventstore/postgres/postgres-store.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts'
import { openPool } from '../src/projections/schema/connection.ts'
import type { BenchResult } from './run.ts'

/** `QUIPU_BENCH_KEYS` for a look on a busy machine; the figure that counts is that of a million. */
const KEYS = Number(process.env.QUIPU_BENCH_KEYS ?? 1_000_000)
const PORTFOLIOS = 64
const LOOKS = 10
/** Keys asked for again. */
const AGAIN = 500
/** Half a million rows of some 400 bytes, what is being saved, and the process itself: docs/performance.md. */
const GOAL_MB = 400

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const heapMb = () => {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const fill = (i: number) =>
  recordFill.parse({
    source: 'BENCH',
    execId: `X${i}`,
    tradeDate: '2025-03-14',
    instrument: 'S',
    side: 'buy',
    quantity: '100',
    price: '25.5',
    currency: 'USD',
    consideration: '2550',
    costs: [],
  })

/** Sends the i-th command; `other` under its key. */
async function send(app: Application, i: number, other = i) {
  const context = { actor: 'bench', idempotencyKey: `feed-2025-03-14-${i}` }
  return app.fills.record(`P${i % PORTFOLIOS}`, fill(other), context)
}

/** The first and the last keys again: each must be known, and with other content refused. Answers with milliseconds a key. */
async function allKnown(app: Application): Promise<number> {
  const started = performance.now()
  for (let n = 0; n < AGAIN; n++) {
    const i = n % 2 === 0 ? n : KEYS - 1 - n
    const { alreadyThere } = await send(app, i)
    if (!alreadyThere) throw new Error(`key ${i} was new again`)
    const refused = await send(app, i, i + KEYS).catch((error: unknown) => error)
    if (!(refused instanceof Refused) || refused.refusal.code !== 'idempotency-conflict')
      throw new Error(`key ${i} took other content`)
  }
  return (performance.now() - started) / (2 * AGAIN)
}

export async function run(): Promise<BenchResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quipu-bench-keys-'))
  const postgres = await startEmbeddedPostgres({ dataDir })
  const pool = openPool(postgres.url)
  const log = new Log({ store: await openPostgresStore({ connectionString: postgres.url }) })
  const stop = new AbortController()
  const failed: unknown[] = []
  const fail = (error: unknown) => void failed.push(error)
  const begin = async () => {
    const app = createApplication({ log, snapshots: await openPostgresSnapshots(pool), onSnapshotError: fail })
    await app.start(stop.signal, fail)
    return app
  }
  try {
    const before = heapMb()
    let app = await begin()
    const context = { actor: 'bench' }
    const instrument = {
      instrument: 'S',
      name: 'S',
      type: 'equity',
      currency: 'USD',
      market: 'US',
      tradingCalendar: 'XNYS',
    }
    await app.instruments.register(registerInstrument.parse(instrument), context)
    const policy = {
      lotMethod: 'fifo',
      keeping: 'long-short',
      fx: { source: 'FX', fixing: 'noon', pivot: 'EUR', calendar: 'TARGET' },
      calendar: 'XNYS',
      zone: 'America/New_York',
    }
    for (let p = 0; p < PORTFOLIOS; p++) {
      const terms = { portfolio: `P${p}`, baseCurrency: 'USD', openedOn: '2010-01-04', policy }
      await app.portfolios.open(openPortfolio.parse(terms), context)
    }
    const heaps: number[] = []
    const started = performance.now()
    for (let look = 0; look < LOOKS; look++) {
      const until = Math.floor((KEYS * (look + 1)) / LOOKS)
      let next = Math.floor((KEYS * look) / LOOKS)
      // Callers of different portfolios, one command each at a time.
      await Promise.all(
        Array.from({ length: PORTFOLIOS }, async () => {
          for (let i = next++; i < until; i = next++) await send(app, i)
        }),
      )
      heaps.push(heapMb())
    }
    const seconds = (performance.now() - started) / 1000
    const known = await allKnown(app)
    await app.close()
    app = await begin()
    const knownAnew = await allKnown(app)
    await app.close()
    if (failed.length > 0) throw new Error(`snapshots failed: ${String(failed[0])}`)
    const [{ size } = { size: '' }] = (
      await pool.query<{ size: string }>("SELECT pg_size_pretty(pg_total_relation_size('quipu_snapshot.kept')) AS size")
    ).rows
    return {
      value: Math.max(...heaps),
      unit: 'MB of heap, the most',
      goal: `<= ${GOAL_MB} for 1000000 keys`,
      notes: [
        `${KEYS} commands under a key each, one fill each, over ${PORTFOLIOS} portfolios, in ${seconds.toFixed(0)} s; ${size} of snapshots`,
        `heap at each tenth: ${heaps.map((heap) => heap.toFixed(0)).join(', ')} MB; ${before.toFixed(0)} MB before`,
        `${AGAIN} of the first and last keys again: all known, other content refused; ${known.toFixed(2)} ms a command, ${knownAnew.toFixed(2)} ms in a process that has just begun`,
      ],
    }
  } finally {
    stop.abort()
    await log.close()
    await pool.end()
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
