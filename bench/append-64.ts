// How many appends of one fill each a second 64 callers get acknowledged by the PostgreSQL adapter, each on its own stream.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExpectedRevision } from '../src/eventstore/event-store.ts'
import { Log } from '../src/eventstore/log.ts'
import { openPostgresStore } from '../src/eventstore/postgres/postgres-store.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts'
import { sha256Hex } from '../src/platform/ids.ts'
import type { BenchResult } from './run.ts'
import { logFill, median } from './support/log-fills.ts'

const CALLERS = 64
const ROUNDS = 10
const PER_CALLER = 125
const WARM_UP_PER_CALLER = 200

export async function run(): Promise<BenchResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quipu-bench-append-64-'))
  const postgres = await startEmbeddedPostgres({ dataDir })
  const store = await openPostgresStore({ connectionString: postgres.url })
  try {
    const log = new Log({ store })
    const heads: ExpectedRevision[] = Array.from({ length: CALLERS }, () => 'no-stream')
    const latencies: number[] = []
    let count = 0
    const caller = async (c: number, appends: number) => {
      for (let n = 0; n < appends; n++) {
        const i = count++
        const sent = performance.now()
        const { revision } = await log.append({
          stream: `portfolio-caller${c}`,
          expected: heads[c] ?? 'no-stream',
          commandId: `fill:BROKER1:2025-03-14:X${i}`,
          commandHash: sha256Hex(String(i)),
          actor: 'bench',
          effectiveAt: '2025-03-14',
          events: [logFill(i)],
        })
        latencies.push(performance.now() - sent)
        heads[c] = revision
      }
    }
    const all = (appends: number) => Promise.all(heads.map((_, c) => caller(c, appends)))
    await all(WARM_UP_PER_CALLER)
    latencies.length = 0
    const rates: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      await all(PER_CALLER)
      rates.push((CALLERS * PER_CALLER * 1000) / (performance.now() - start))
    }
    latencies.sort((a, b) => a - b)
    const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN
    return {
      value: median(rates),
      unit: 'appends/s',
      goal: '>= 10000/s',
      notes: [
        `${CALLERS} callers, one fill a unit, each validated, hashed and acknowledged after its commit; fsync on`,
        `median of ${ROUNDS} rounds of ${CALLERS * PER_CALLER}; slowest ${Math.round(Math.min(...rates))}/s, fastest ${Math.round(Math.max(...rates))}/s; an append ${median(latencies).toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
      ],
    }
  } finally {
    await store.close()
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
