// What every other suite relies on: a test file's database is its own, empty, and gone afterwards.
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { freshDatabase } from '../support/postgres.ts'

describe('a fresh database', () => {
  it('is empty, sorts by code point and knows nothing of its neighbour', async () => {
    const [one, other] = [await freshDatabase(), await freshDatabase()]
    try {
      await one.pool.query('CREATE TABLE lot (id text); ')
      await one.pool.query("INSERT INTO lot VALUES ('a'), ('B'), ('é'), ('Z')")
      const sorted = await one.pool.query<{ id: string }>('SELECT id FROM lot ORDER BY id')
      expect(sorted.rows.map((row) => row.id)).toStrictEqual(['B', 'Z', 'a', 'é'])
      const tables = await other.pool.query("SELECT FROM pg_tables WHERE schemaname = 'public'")
      expect(tables.rowCount).toBe(0)
    } finally {
      await one.drop()
      await other.drop()
    }
  })

  it('is gone after drop(), even while somebody is connected', async () => {
    const database = await freshDatabase()
    const stranger = new pg.Client({ connectionString: database.url })
    stranger.on('error', () => undefined)
    await stranger.connect()
    await database.drop()
    await expect(stranger.query('SELECT 1')).rejects.toThrow()
    await expect(new pg.Client({ connectionString: database.url }).connect()).rejects.toMatchObject({ code: '3D000' })
  })
})
