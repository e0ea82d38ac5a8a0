// SIGKILL of Quipu and of PostgreSQL (fsync on) at random moments of a bulk load: what was acknowledged is there, once, and the book is right.
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Random, seeded } from '../../src/demo/random.ts'
import { equity, type Json, portfolioOf } from '../support/ledger.ts'
import { BulkLoad } from './bulk-load.ts'
import { type Moment, plan } from './plan.ts'
import { ADMIN, quipu, QuipuProcess } from './quipu-process.ts'

/** A start, or PostgreSQL's way back, takes a second or two; the bound is for machines that are busy with other things. */
const AGAIN_MS_MAX = 30_000
/** After this a round has failed, and says so. */
const PATIENCE_MS = 2 * AGAIN_MS_MAX
const PORTFOLIOS = ['P1', 'P2', 'P3', 'P4', 'P5']
const ASKED = 200

const seed = Number(process.env.QUIPU_KILL_SEED ?? Math.floor(Math.random() * 2 ** 31))
const random: Random = seeded(seed)
const startTimes: number[] = []
const postgresTimes: number[] = []
const inFlight: number[] = []

let data: string
let server: QuipuProcess
let load: BulkLoad

beforeAll(async () => {
  data = realpathSync(mkdtempSync(join(tmpdir(), 'quipu-kills-')))
  chmodSync(data, 0o711) // where root must run PostgreSQL as a service user, that user can enter it
  server = new QuipuProcess(data)
  await record('/v1/instruments', equity('ACME', 'USD'))
  for (const portfolio of PORTFOLIOS) await record('/v1/portfolios', portfolioOf(portfolio, 'USD'))
  load = new BulkLoad(random, PORTFOLIOS, () => server.ready)
}, 120_000)

afterAll(async () => {
  await server?.dispose()
  rmSync(data, { recursive: true, force: true })
}, 120_000)

async function ask(path: string, init: RequestInit = {}): Promise<Json> {
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' }
  const reply = await fetch(`${await server.ready}${path}`, { ...init, headers })
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
  return (await reply.json()) as Json // an object, as every answer of the API is
}

const record = (path: string, body: Json): Promise<Json> => ask(path, { method: 'POST', body: JSON.stringify(body) })

/** One kill under load, the start after it, and the load to its end. */
async function round(moment: Moment): Promise<void> {
  load.supply(moment.supply)
  const due = load.after(moment.afterLines)
  const drained = load.drain()
  drained.catch(() => undefined) // it is awaited below, after the kill
  // A load that fails must not leave us waiting for its lines.
  await Promise.race([due, drained.then(() => due)])
  await sleep(moment.jitterMs)
  inFlight.push(load.unacknowledged)
  if (moment.kind === 'postgres') {
    const died = performance.now()
    server.killPostgres(moment.victim, moment.index)
    await beforeIts(server.gone, drained)
    postgresTimes.push(performance.now() - died)
    return
  }
  if (moment.kind === 'both') server.killPostgres(moment.victim, moment.index)
  await server.kill()
  server.start()
  if (moment.kind === 'start') {
    await Promise.race([sleep((Math.min(...startTimes, 3000) * moment.startPercent) / 100), server.ready])
    await server.kill()
    server.start()
  }
  startTimes.push(await server.startTime())
  await beforeIts(server.gone, drained)
}

/** The load to its end, while Quipu lives and within patience. */
async function beforeIts(end: Promise<void>, drained: Promise<void>): Promise<void> {
  const gaveUp = new AbortController()
  await Promise.race([
    drained,
    end.then(() => Promise.reject(new Error('Quipu ended by itself'))),
    sleep(PATIENCE_MS, undefined, { signal: gaveUp.signal }).then(() =>
      Promise.reject(new Error(`${load.unacknowledged} lines have no verdict after ${PATIENCE_MS} ms`)),
    ),
  ]).finally(() => gaveUp.abort())
}

const spread = (times: readonly number[]): string => {
  const sorted = times.toSorted((a, b) => a - b)
  return `median ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, longest ${Math.round(sorted.at(-1) ?? 0)} ms`
}

describe(`SIGKILL at random moments of a bulk load (QUIPU_KILL_SEED=${seed})`, () => {
  it('is followed each time by a start within seconds and a load that goes on', async () => {
    console.log(`QUIPU_KILL_SEED=${seed}`)
    const moments = plan(random)
    for (const [n, moment] of moments.entries())
      try {
        await round(moment)
      } catch (error) {
        throw new Error(`QUIPU_KILL_SEED=${seed}, moment ${n} ${JSON.stringify(moment)}:\n${server.said}`, {
          cause: error,
        })
      }
    const count = (kind: Moment['kind']) => moments.filter((moment) => moment.kind === kind).length
    const ofQuipu = count('quipu') + 2 * count('start') + count('both')
    const ofPostgres = count('postgres') + count('both')
    console.log(
      `${ofQuipu} kills of Quipu and ${ofPostgres} of PostgreSQL within ${load.fills.length} fills; ` +
        `${load.resent} lines sent again, ${load.recognised} of them were recorded already\n` +
        `next start: ${spread(startTimes)}; after a kill of PostgreSQL alone until every line was acknowledged: ${spread(postgresTimes)}\n` +
        `lines without a verdict at a kill: ${inFlight.join(' ')}`,
    )
    expect(ofQuipu + ofPostgres).toBeGreaterThanOrEqual(50)
    // The kills did fall into the load, and swallowed verdicts of what was recorded: else this tests nothing.
    expect(inFlight.filter((lines) => lines > 0).length).toBeGreaterThan(moments.length / 2)
    expect(load.recognised).toBeGreaterThan(0)
    expect(Math.max(...startTimes, ...postgresTimes)).toBeLessThan(AGAIN_MS_MAX)
  }, 1_200_000)

  it('lost no acknowledged fill: each sent again is recognised, at the position and with the events first told', async () => {
    expect(await load.repeatAll()).toStrictEqual([])
  }, 120_000)

  it('doubled none: the log holds each fill once, gap-free, where its acknowledgement said', async () => {
    const address = (await quipu(data, 'database-url')).out.trim()
    const client = new pg.Client({ connectionString: address })
    await client.connect()
    try {
      const { rows } = await client.query<{ id: string; fact: string; revision: string }>(
        `SELECT id, data->>'fact' AS fact, revision::text FROM quipu_log.event WHERE type = 'FillExecuted' ORDER BY position`,
      )
      const found = rows.map(({ id, fact, revision }) => `${fact} ${revision} ${id}`).sort()
      const told = [...load.acknowledged]
        .map(([execId, { revision, eventIds }]) => `fill:OMS:2025-03-14:${execId} ${revision} ${eventIds.join()}`)
        .sort()
      expect((await client.query('SHOW fsync')).rows).toStrictEqual([{ fsync: 'on' }])
      expect(found.length).toBe(load.fills.length)
      expect(found).toStrictEqual(told)
      const { rows: ends } = await client.query('SELECT max(position) = count(*) AS "gapFree" FROM quipu_log.event')
      expect(ends).toStrictEqual([{ gapFree: true }])
    } finally {
      await client.end()
    }
  }, 60_000)

  it('answers "did you get it?" for any ExecID, and the positions are the sum of what was acknowledged', async () => {
    for (let n = 0; n < ASKED; n++) {
      const { portfolio, execId } = random.pick(load.fills)
      const found = await ask(`/v1/portfolios/${portfolio}/fills/find?source=OMS&tradeDate=2025-03-14&execId=${execId}`)
      expect(found.revision).toBe(load.acknowledged.get(execId)?.revision)
    }
    const verified = await quipu(data, 'verify')
    expect(verified.out).toContain('differences: 0')
    expect(verified.status).toBe(0)
    const newest = [...load.acknowledged.values()].reduce(
      (max, { position }) => (BigInt(position) > max ? BigInt(position) : max),
      0n,
    )
    const { rows } = await ask(`/v1/positions?minPosition=${newest}`)
    const bought = PORTFOLIOS.map((portfolio) =>
      String(
        load.fills
          .filter((fill) => fill.portfolio === portfolio)
          .reduce((sum, fill) => sum + BigInt(fill.quantity), 0n),
      ),
    )
    expect((rows as Json[]).map((row) => [row.portfolio, row.units])).toStrictEqual(
      PORTFOLIOS.map((portfolio, i) => [portfolio, bought[i]]),
    )
    expect(await server.stop()).toBe(0)
  }, 120_000)
})
