// A database of its own for each test file that asks, on the run's one PostgreSQL server.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export interface FreshDatabase {
  /** Connection string of the empty database; its role owns it and may create databases. */
  readonly url: string
  /** A pool on it, connecting on first use; ended by drop(). */
  readonly pool: pg.Pool
  /** Ends the pool and removes the database, whoever is still connected. */
  drop(): Promise<void>
}

/** Makes an empty database: call it in beforeAll and drop() in afterAll. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = inject('postgresUrl')
  const name = `quipu_test_${randomUUID().replaceAll('-', '')}`
  await command(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`)
  const address = new URL(server)
  address.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: address.href })
  pool.on('error', () => undefined) // an idle connection cut by drop() is no failure
  return {
    url: address.href,
    pool,
    async drop() {
      await pool.end()
      await command(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

async function command(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
