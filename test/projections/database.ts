// A database with the read models' schema and the ledger's parsers, for one test file.
import type pg from 'pg'
import {
  createGeneration,
  inTransaction,
  pointTo,
  prepareStableSchema,
} from '../../src/projections/schema/generations.ts'
import { openPool } from '../../src/projections/schema/connection.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'

export interface ProjectionDatabase {
  readonly fresh: FreshDatabase
  readonly pool: pg.Pool
  drop(): Promise<void>
}

/** The stable schema, without any generation. */
export async function projectionDatabase(): Promise<ProjectionDatabase> {
  const fresh = await freshDatabase()
  const pool = openPool(fresh.url)
  await prepareStableSchema(pool)
  return {
    fresh,
    pool,
    async drop() {
      await pool.end()
      await fresh.drop()
    },
  }
}

/** Makes a generation and points readers to it. */
export async function liveGeneration(pool: pg.Pool, bookVersion = 'test'): Promise<number> {
  const { generation } = await createGeneration(pool, bookVersion)
  await inTransaction(pool, (client) => pointTo(client, generation))
  return generation
}
