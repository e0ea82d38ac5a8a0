// Migrations of a schema: whole steps or none, and the truth about what failed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MigrationMismatch, migrate } from '../../src/eventstore/postgres/migrate.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await database.drop()
})

const first = { name: 'first', sql: 'CREATE TABLE steps.one (n int)' }
const broken = { name: 'broken', sql: 'CREATE TABLE steps.two (n int); SELECT 1 / 0' }
const mended = { name: 'mended', sql: 'CREATE TABLE steps.two (n int)' }

describe('a migration', () => {
  it('that fails says why, keeps the steps before it and nothing of its own, and can be mended', async () => {
    await expect(migrate(database.pool, 'steps', [first, broken])).rejects.toThrow('division by zero')
    const { rows } = await database.pool.query(
      "SELECT to_regclass('steps.one') IS NOT NULL AS one, to_regclass('steps.two') IS NOT NULL AS two",
    )
    expect(rows).toStrictEqual([{ one: true, two: false }])
    await migrate(database.pool, 'steps', [first, mended])
    const done = await database.pool.query('SELECT version, name FROM steps.migration ORDER BY version')
    expect(done.rows).toStrictEqual([
      { version: 1, name: 'first' },
      { version: 2, name: 'mended' },
    ])
  })

  it('that reads otherwise than when it ran is refused', async () => {
    await expect(migrate(database.pool, 'steps', [{ ...first, sql: 'SELECT 1' }, mended])).rejects.toBeInstanceOf(
      MigrationMismatch,
    )
    await expect(migrate(database.pool, 'steps', [first])).rejects.toBeInstanceOf(MigrationMismatch)
  })
})
