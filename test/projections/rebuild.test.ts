// Rebuilding and verifying: the log alone says what every row must be.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '../../src/platform/log.ts'
import { verify } from '../../src/projections/generations/verify.ts'
import { createGeneration, dropGeneration, generations } from '../../src/projections/schema/generations.ts'
import { TABLES } from '../../src/projections/schema/tables.ts'
import { type RunningProjector, startProjector } from '../../src/projections/start-projector.ts'
import { type ProjectionDatabase, projectionDatabase } from './database.ts'
import { LedgerLog } from './ledger-log.ts'
import { recordStory } from './story.ts'
import { toyLedger } from './toy-ledger.ts'

const PATIENCE_MS = 20_000
const logger = createLogger('error')

let db: ProjectionDatabase
let ledger: LedgerLog
let projector: RunningProjector
beforeAll(async () => {
  db = await projectionDatabase()
  ledger = await LedgerLog.open(db.fresh.url)
  projector = await startProjector({ pool: db.pool, log: ledger.log, logger, makeLedger: () => toyLedger() })
  const { last, portfolios } = await recordStory(ledger)
  for (const portfolio of portfolios) expect(await projector.waitFor({ portfolio }, last, PATIENCE_MS)).toBe(true)
  expect(await projector.waitFor({ shared: true }, last, PATIENCE_MS)).toBe(true)
})
afterAll(async () => {
  await projector?.stop()
  await ledger?.close()
  await db?.drop()
})

/** Every row of a generation but the projector's own bookkeeping, by table, in key order. */
async function everything(schema: string): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {}
  for (const table of TABLES) {
    if (table.keeps === 'runtime') continue
    const { rows } = await db.pool.query(`SELECT t::text AS row FROM ${schema}.${table.name} t ORDER BY 1`)
    all[table.name] = rows.map(({ row }) => row)
  }
  return all
}

const hashes = async (schema: string) =>
  (
    await db.pool.query(
      `SELECT projection, portfolio, state_hash, row_count > 0 AS any FROM ${schema}.lane ORDER BY 1, 2`,
    )
  ).rows

describe('read models built live, one unit at a time', () => {
  it('are verified row by row against the log', async () => {
    const seen: number[] = []
    const certificate = await verify({
      pool: db.pool,
      log: ledger.log,
      ledger: toyLedger(),
      onProgress: ({ rows }) => seen.push(rows),
    })
    expect(certificate.differences).toStrictEqual([])
    expect(certificate.ok).toBe(true)
    expect(certificate.rowsCompared).toBeGreaterThan(100)
    expect(seen.length).toBeGreaterThan(0)
  })

  it('are the same rows, with the same hash, when a new generation is built from the log, and readers move to it', async () => {
    const before = await everything('quipu_g1')
    expect(before.journal?.length).toBeGreaterThan(20)
    const progress: bigint[] = []
    const rebuilt = await projector.rebuild({ workers: 2, onProgress: ({ position }) => progress.push(position) })
    expect(rebuilt.generation).toBe(2)
    expect(progress.length).toBeGreaterThan(0)
    expect(await everything('quipu_g2')).toStrictEqual(before)
    expect(await hashes('quipu_g2')).toStrictEqual(await hashes('quipu_g1'))
    expect((await generations(db.pool)).map(({ generation, status }) => [generation, status])).toStrictEqual([
      [1, 'retired'],
      [2, 'live'],
    ])
    await dropGeneration(db.pool, 1)
    await expect(dropGeneration(db.pool, 2)).rejects.toThrow(/the one people read/)
    expect(projector.generation).toBe(2)
  })

  it('are built again from the start when an earlier rebuild died halfway, and what it left is cleared away', async () => {
    const { generation: left } = await createGeneration(db.pool, 'toy')
    await db.pool.query(`CREATE TABLE quipu_g${left}.half_done ()`)
    const { generation } = await projector.rebuild()
    expect(projector.generation).toBe(generation)
    expect((await generations(db.pool)).map(({ status }) => status)).toStrictEqual(['retired', 'live'])
    const { rows } = await db.pool.query("SELECT FROM pg_class WHERE relname = 'half_done'")
    expect(rows).toStrictEqual([])
  })

  it.each([
    ['journal', 'UPDATE $.journal SET local = local + 1 WHERE ctid = (SELECT min(ctid) FROM $.journal)', 'altered'],
    [
      'lot_versions',
      'UPDATE $.lot_versions SET units = units + 1 WHERE ctid = (SELECT min(ctid) FROM $.lot_versions)',
      'altered',
    ],
    ['activity', 'DELETE FROM $.activity WHERE ctid = (SELECT min(ctid) FROM $.activity)', 'missing'],
    [
      'rates',
      'INSERT INTO $.rates SELECT source, fixing, rate_date + 1000, base, quote, rate, cause, known_from, known_to FROM $.rates LIMIT 1',
      'unexpected',
    ],
  ])('a row of %s altered by hand is named, and a rebuild mends it', async (table, statement, problem) => {
    const schema = `quipu_g${projector.generation}`
    // What only the owner of the database can do: the triggers refuse everybody else.
    await db.pool.query(`ALTER TABLE ${schema}.${table} DISABLE TRIGGER USER`)
    const { rowCount } = await db.pool.query(statement.replaceAll('$', schema))
    expect(rowCount).toBe(1)
    const certificate = await verify({ pool: db.pool, log: ledger.log, ledger: toyLedger() })
    expect(certificate.ok).toBe(false)
    expect(certificate.differences.map((one) => [one.table, one.problem])).toStrictEqual([[table, problem]])
    await projector.rebuild()
    expect((await verify({ pool: db.pool, log: ledger.log, ledger: toyLedger() })).differences).toStrictEqual([])
  })
})
