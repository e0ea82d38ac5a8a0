// Where the time goes for one fill: sent over HTTP by one caller, acknowledged, folded and visible, in one process with all roles.
// The process profiles itself; what each part of the house takes is the CPU time of the calls that lie in its files.
import { Session } from 'node:inspector/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createQuipu } from '../src/main.ts'
import { readConfig } from '../src/platform/config.ts'
import type { BenchResult } from './run.ts'

const WARM_UP = 500
const FILLS = 2000
const TOKEN = 'one-fill-admin-token-of-at-least-32-characters'

/** Parts by what a file's address holds; the first that fits counts. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  ['book (src/domain/book)', /\/src\/domain\/book\//],
  ['rest of the domain', /\/src\/domain\//],
  ['projections', /\/src\/projections\//],
  ['event store (src/eventstore)', /\/src\/eventstore\//],
  ['application', /\/src\/application\//],
  ['api', /\/src\/api\//],
  ['sagas and platform', /\/src\//],
  ['pg, kysely', /\/node_modules\/(pg|pg-[a-z-]+|postgres-[a-z]+|kysely)\//],
  ['zod', /\/node_modules\/zod\//],
  ['decimal.js', /\/node_modules\/decimal\.js\//],
  [
    'fastify and its parts',
    /\/node_modules\/(fastify|@fastify|avvio|find-my-way|light-my-request|secure-json-parse)\//,
  ],
  ['other packages', /\/node_modules\//],
]

const fill = (i: number) => ({
  source: 'BENCH',
  execId: `X${i}`,
  tradeDate: '2025-03-14',
  executedAt: `2025-03-14T15:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}Z`,
  instrument: `S${i % 50}`,
  side: 'buy',
  quantity: '100',
  price: '25.5',
  currency: 'USD',
  consideration: '2550',
  costs: [{ type: 'commission', amount: '1', currency: 'USD' }],
})

/** Milliseconds from sending a fill to its acknowledgement, and (in the notes) to its lot being readable; then CPU by part. */
export async function run(): Promise<BenchResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quipu-bench-one-fill-'))
  const quipu = await createQuipu(readConfig({ dataDir, port: '0', logLevel: 'silent' }, { QUIPU_ADMIN_TOKEN: TOKEN }))
  const call = async (path: string, body?: unknown, position?: string): Promise<string> => {
    const answer = await fetch(`${quipu.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(position === undefined ? {} : { 'quipu-position': position }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${text}`)
    return answer.headers.get('quipu-position') ?? ''
  }
  try {
    for (let i = 0; i < 50; i++)
      await call('/v1/instruments', {
        instrument: `S${i}`,
        name: `S${i}`,
        type: 'equity',
        currency: 'USD',
        market: 'US',
        tradingCalendar: 'XNYS',
      })
    await call('/v1/portfolios', {
      portfolio: 'P',
      baseCurrency: 'USD',
      openedOn: '2025-01-02',
      policy: {
        lotMethod: 'fifo',
        keeping: 'long-only',
        fx: { source: 'ECB', fixing: '1415', pivot: 'EUR', calendar: 'TARGET' },
        calendar: 'XNYS',
        zone: 'America/New_York',
      },
    })
    let sent = 0
    const send = () => call('/v1/portfolios/P/fills', fill(sent++))
    const lot = (position: string) => call('/v1/portfolios/P/lots?limit=1', undefined, position)
    for (let i = 0; i < WARM_UP; i++)
      if (i % 10 === 0) await lot(await send())
      else await send()

    const visible: number[] = []
    for (let i = 0; i < 100; i++) {
      const started = performance.now()
      await lot(await send())
      visible.push(performance.now() - started)
    }

    const session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 200 })
    await session.post('Profiler.start')
    const acknowledged: number[] = []
    let position = ''
    const started = performance.now()
    for (let i = 0; i < FILLS; i++) {
      const at = performance.now()
      position = await send()
      acknowledged.push(performance.now() - at)
    }
    await lot(position)
    const wall = performance.now() - started
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return {
      value: median(acknowledged),
      unit: 'ms from sending to acknowledged',
      goal: 'none: where the time goes',
      notes: [
        `acknowledged: p50 ${median(acknowledged).toFixed(2)} ms, p99 ${quantile(acknowledged, 0.99).toFixed(2)} ms; readable as a lot: p50 ${median(visible).toFixed(2)} ms, p99 ${quantile(visible, 0.99).toFixed(2)} ms`,
        `${FILLS} fills one after the other, all visible after ${(wall / FILLS).toFixed(3)} ms each; CPU of this process a fill (client included):`,
        ...byPart(profile).map(([part, micros]) => `  ${(micros / FILLS / 1000).toFixed(3)} ms  ${part}`),
      ],
    }
  } finally {
    await quipu.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples?: readonly number[] | undefined
  readonly timeDeltas?: readonly number[] | undefined
}

/** Microseconds of each part, largest first. */
function byPart({ nodes, samples = [], timeDeltas = [] }: Profile): [string, number][] {
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame.functionName, callFrame.url)]))
  const sums = new Map<string, number>()
  for (const [i, sample] of samples.entries()) {
    const part = parts.get(sample) ?? 'unknown'
    sums.set(part, (sums.get(part) ?? 0) + (timeDeltas[i] ?? 0))
  }
  return [...sums].sort((a, b) => b[1] - a[1])
}

function partOf(name: string, url: string): string {
  if (name === '(idle)') return 'waiting (PostgreSQL, the disk)'
  if (name === '(garbage collector)') return 'garbage collection'
  if (url.startsWith('node:') || url === '') return 'Node itself (HTTP, sockets, promises, JSON, crypto)'
  return PARTS.find(([, pattern]) => pattern.test(url))?.[0] ?? 'the benchmark'
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

const median = (values: readonly number[]): number => quantile(values, 0.5)
