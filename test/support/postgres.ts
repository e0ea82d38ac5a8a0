// A database of its own for each test file that asks, on the run's one PostgreSQL server.
import { randomUUID } from 'node:crypto'
import pg from 'pg'

export interface FreshDatabase {
  /** Connection string of the empty database; its role owns it and may create databases. */
  readonly url: string
  /** A pool on it, connecting on first use; ended by drop(). */
  readonly pool: pg.Pool
  /** Ends the pool and removes the database, whoever is still connected. */
  drop(): Promise<void>
}

/** Makes an empty database: call it in beforeAll and drop() in afterAll. Outside a test run, name the server. */
export async function freshDatabase(named?: string): Promise<FreshDatabase> {
  // vitest can only be imported inside a run of vitest.
  const server = named ?? (await import('vitest')).inject('postgresUrl')
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
      await dropped(server, name)
    },
  }
}

/** Patience with the server's own workers, which only a superuser may end: an autovacuum of a table is soon over. */
const DROP_TRIES = 50
const DROP_PAUSE_MS = 200

async function dropped(server: string, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await command(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    } catch (error) {
      const mayPass =
        error instanceof Error && /permission denied to terminate process|being accessed/.test(error.message)
      if (!mayPass || tries === DROP_TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, DROP_PAUSE_MS))
    }
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
