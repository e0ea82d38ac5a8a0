// The schema people query: complete, commented, guarded, and what the hand-written types say it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Posting } from '../../src/domain/book/posting.ts'
import { journalRow } from '../../src/projections/journal/rows.ts'
import { journal } from '../../src/projections/journal/table.ts'
import { insertRows } from '../../src/projections/rows/write.ts'
import {
  createGeneration,
  currentGeneration,
  inTransaction,
  pointTo,
  prepareStableSchema,
} from '../../src/projections/schema/generations.ts'
import { TABLES } from '../../src/projections/schema/tables.ts'
import { liveGeneration, type ProjectionDatabase, projectionDatabase } from './database.ts'

let db: ProjectionDatabase
beforeAll(async () => {
  db = await projectionDatabase()
  await liveGeneration(db.pool)
})
afterAll(() => db.drop())

const line = (over: Partial<Posting>): Posting => ({
  entry: 'fill:B:2025-03-14:X1/trade',
  line: 1,
  cause: 'e1',
  rule: 'trade',
  portfolio: 'P1',
  sleeve: 'main',
  custodyAccount: null,
  cashAccount: null,
  account: 1000,
  instrument: null,
  lot: null,
  acquiredOn: null,
  state: null,
  units: '0',
  currency: 'USD',
  local: '0',
  base: '0',
  pending: 0,
  marketValue: null,
  effectiveDate: '2025-03-14',
  phase: 4,
  instant: null,
  settleDate: null,
  accountingDate: '2025-03-14',
  knownFrom: 10n,
  flags: [],
  ...over,
})

const post = (...lines: Partial<Posting>[]) =>
  inTransaction(db.pool, (client) =>
    insertRows(
      client,
      'quipu_g1',
      journal,
      lines.map((over, i) => journalRow(line({ line: i + 1, ...over }))),
    ),
  )

describe('the schema', () => {
  it('can be prepared again, and by two processes at once, without harm', async () => {
    await Promise.all([prepareStableSchema(db.pool), prepareStableSchema(db.pool)])
    expect((await currentGeneration(db.pool))?.generation).toBe(1)
  })

  it('has the columns that the table descriptions say, in a generation and in the views', async () => {
    const { rows } = await db.pool.query<{ schema: string; name: string; columns: string[] }>(
      `SELECT table_schema AS schema, table_name AS name, array_agg(column_name::text ORDER BY ordinal_position) AS columns
       FROM information_schema.columns WHERE table_schema IN ('quipu', 'quipu_g1') GROUP BY 1, 2`,
    )
    const live = new Map(rows.map(({ schema, name, columns }) => [`${schema}.${name}`, columns]))
    for (const table of TABLES) {
      const columns = Object.keys(table.columns)
      expect(live.get(`quipu_g1.${table.name}`)).toStrictEqual(columns)
      expect(live.get(`quipu.${table.name}`)).toStrictEqual([...columns, ...Object.keys(table.shown ?? {})])
    }
  })

  it('explains every table, column, type and function to the people who query it', async () => {
    const silent = await db.pool.query<{ name: string }>(`
      SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace IN ('quipu'::regnamespace, 'quipu_g1'::regnamespace) AND c.relkind IN ('r', 'v') AND a.attnum > 0
        AND c.relname <> 'migration' AND col_description(c.oid, a.attnum) IS NULL
      UNION ALL SELECT c.relname FROM pg_class c
      WHERE c.relnamespace IN ('quipu'::regnamespace, 'quipu_g1'::regnamespace) AND c.relkind IN ('r', 'v', 'c')
        AND c.relname <> 'migration' AND (CASE WHEN c.relkind = 'c' THEN obj_description(c.reltype, 'pg_type') ELSE obj_description(c.oid, 'pg_class') END) IS NULL
      UNION ALL SELECT p.proname FROM pg_proc p
      WHERE p.pronamespace = 'quipu'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`)
    expect(silent.rows).toStrictEqual([])
  })

  it('lets the role quipu_reader read and change nothing', async () => {
    const { rows } = await db.pool.query<{ may: boolean[] }>(`SELECT ARRAY[
      has_table_privilege('quipu_reader', 'quipu.journal', 'SELECT'),
      has_function_privilege('quipu_reader', 'quipu.positions_at(text[],text,text,text,text,text,text)', 'EXECUTE'),
      has_table_privilege('quipu_reader', 'quipu.journal', 'INSERT'),
      has_table_privilege('quipu_reader', 'quipu_g1.journal', 'SELECT')] AS may`)
    expect(rows[0]?.may).toStrictEqual([true, true, false, false])
  })
})

describe('the journal', () => {
  it('takes an entry that balances', async () => {
    await post({ local: '100', base: '100' }, { account: 3000, local: '-100', base: '-100' })
    const { rows } = await db.pool.query('SELECT line, local, base FROM quipu.journal ORDER BY line')
    expect(rows).toStrictEqual([
      { line: 1, local: '100', base: '100' },
      { line: 2, local: '-100', base: '-100' },
    ])
  })

  it('refuses an entry whose base does not sum to zero', () =>
    expect(
      post({ entry: 'a', local: '100', base: '100' }, { entry: 'a', account: 3000, local: '-100', base: '-99.99' }),
    ).rejects.toThrow(/entry a of portfolio P1 known from 10 does not balance: base sums to 0.01/))

  it('refuses an entry whose local amounts do not sum to zero in one currency', () =>
    expect(
      post(
        { entry: 'b', currency: 'EUR', local: '90', base: '100' },
        { entry: 'b', account: 3000, local: '-90', base: '-100' },
      ),
    ).rejects.toThrow(/does not balance: (EUR sums to 90|USD sums to -90) in sleeve main/))

  it('refuses an entry whose units do not sum to zero', () =>
    expect(
      post(
        { entry: 'c', account: 1100, instrument: 'XYZ', units: '-40' },
        { entry: 'c', account: 1100, instrument: 'XYZ', units: '80' },
      ),
    ).rejects.toThrow(/units of XYZ sum to 40 in sleeve main/))

  it('refuses an entry that balances only across sleeves', () =>
    expect(
      post({ entry: 'd', local: '5', base: '5' }, { entry: 'd', sleeve: 'other', local: '-5', base: '-5' }),
    ).rejects.toThrow(/does not balance/))

  it('refuses an entry whose base amounts are known in part, and takes one whose base waits as a whole', async () => {
    await expect(
      post({ entry: 'e', local: '5', base: null, pending: 1 }, { entry: 'e', account: 3000, local: '-5', base: '0' }),
    ).rejects.toThrow(/1 of 2 base amounts are known/)
    await post(
      { entry: 'e', local: '5', base: null, pending: 1 },
      { entry: 'e', account: 3000, local: '-5', base: null, pending: 1 },
    )
  })

  it('checks each entry known at one position by itself', () =>
    expect(
      post({ entry: 'f', local: '5', base: '5' }, { entry: 'f', local: '-5', base: '-5', knownFrom: 11n }),
    ).rejects.toThrow(/entry f/))

  it.each([
    ['UPDATE quipu_g1.journal SET local = 0'],
    ['DELETE FROM quipu_g1.journal'],
    ['TRUNCATE quipu_g1.journal'],
    ['UPDATE quipu_g1.lot_versions SET units = 1'],
    ['DELETE FROM quipu_g1.balance_versions'],
    ['TRUNCATE quipu_g1.activity'],
    ['DELETE FROM quipu_g1.units'],
  ])('refuses: %s', (statement) =>
    expect(db.pool.query(statement)).rejects.toThrow(/read models are derived from the log/),
  )
})

describe('generations', () => {
  it('move readers forwards and never backwards', async () => {
    const { generation } = await createGeneration(db.pool, 'test')
    expect((await db.pool.query('SELECT count(*) FROM quipu.journal')).rows).toStrictEqual([{ count: '4' }])
    await inTransaction(db.pool, (client) => pointTo(client, generation))
    expect((await db.pool.query('SELECT count(*) FROM quipu.journal')).rows).toStrictEqual([{ count: '0' }])
    await expect(inTransaction(db.pool, (client) => pointTo(client, 1))).rejects.toThrow(/never move backwards/)
  })
})
