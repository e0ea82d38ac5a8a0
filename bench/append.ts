// How much dearer one acknowledged append of one fill is than a bare committed INSERT of the same bytes, on one connection.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { Log } from '../src/eventstore/log.ts'
import { openPostgresStore } from '../src/eventstore/postgres/postgres-store.ts'
import { sha256Hex } from '../src/platform/ids.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts'
import type { BenchResult } from './run.ts'
import { logFill, median } from './support/log-fills.ts'

const ROUNDS = 20
const PER_ROUND = 100
// A server that takes fills all day runs compiled code; so must what is measured here.
const WARM_UP = 2000
const CALLERS = 64

/** Median over rounds, with both taking turns, so that a slow disk minute hurts both alike. */
export async function run(): Promise<BenchResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quipu-bench-append-'))
  const postgres = await startEmbeddedPostgres({ dataDir })
  const store = await openPostgresStore({ connectionString: postgres.url })
  const bare = new pg.Client({ connectionString: postgres.url })
  try {
    const log = new Log({ store })
    await bare.connect()
    await bare.query(`CREATE TABLE bare (position bigint PRIMARY KEY, stream text, revision bigint, id uuid, type text,
      data json, metadata json)`)
    let position = 0
    let count = 0
    const heads = new Map<string, bigint>()
    const append = async (stream: string) => {
      const i = count++
      const { revision } = await log.append({
        stream,
        expected: heads.get(stream) ?? 'no-stream',
        commandId: `fill:BROKER1:2025-03-14:X${i}`,
        commandHash: sha256Hex(String(i)),
        actor: 'bench',
        effectiveAt: '2025-03-14',
        events: [logFill(i)],
      })
      heads.set(stream, revision)
    }
    await append('portfolio-bench')
    const like = await readOne(store)
    const insert = async () => {
      position++
      await bare.query({
        name: 'bare',
        text: 'INSERT INTO bare VALUES ($1, $2, $3, $4, $5, $6, $7)',
        values: [position, like.stream, position, like.id, like.type, like.data, like.metadata],
      })
    }
    for (let i = 0; i < WARM_UP; i++) {
      await insert()
      await append('portfolio-bench')
    }
    const bareMs: number[] = []
    const appendMs: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      bareMs.push(await perCall(PER_ROUND, insert))
      appendMs.push(await perCall(PER_ROUND, () => append('portfolio-bench')))
    }
    const many = performance.now()
    const each = 50
    await Promise.all(
      Array.from({ length: CALLERS }, async (_, caller) => {
        for (let i = 0; i < each; i++) await append(`portfolio-caller${caller}`)
      }),
    )
    const perSecond = (CALLERS * each * 1000) / (performance.now() - many)
    const value = median(appendMs) / median(bareMs)
    return {
      value,
      unit: 'x a bare committed INSERT',
      goal: '<= 3',
      notes: [
        `one caller: ${median(appendMs).toFixed(3)} ms an append (validated, hashed, acknowledged), ${median(bareMs).toFixed(3)} ms a bare INSERT; fsync on`,
        `${CALLERS} callers on ${CALLERS} streams: ${Math.round(perSecond)} appends/s`,
      ],
    }
  } finally {
    await bare.end()
    await store.close()
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function readOne(store: Awaited<ReturnType<typeof openPostgresStore>>) {
  for await (const event of store.readAll({ limit: 1 })) return event
  throw new Error('the log is empty')
}

/** Milliseconds a call, of `times` calls one after the other. */
async function perCall(times: number, call: () => Promise<void>): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < times; i++) await call()
  return (performance.now() - start) / times
}
