// Frozen migrations of one schema: each runs once, in order, and can never be edited after it ran somewhere.
import { createHash } from 'node:crypto'
import type pg from 'pg'

/** One step of a schema. `sql` is frozen from its release on; a change is a new step. */
export interface Migration {
  readonly name: string
  readonly sql: string
}

/** Two integers make an advisory lock key; the first is 'quip' in ASCII, the second says what for. */
export const LOCK_SPACE = 1_903_520_112
const LOCK_MIGRATIONS = 2

/** A step that already ran here reads otherwise in this release, or this release is older than the database. */
export class MigrationMismatch extends Error {
  readonly code = 'migration-mismatch'
}

/**
 * Brings `schema` (made when missing) up to date with all of `migrations`; several processes may start at once.
 * Each step commits with its row in `{schema}.migration`, so that a crash leaves whole steps.
 * @throws MigrationMismatch when what ran before is not what `migrations` says.
 */
export async function migrate(pool: pg.Pool, schema: string, migrations: readonly Migration[]): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  const lost = (error: Error) => {
    broken = error // the query under way fails with it, too
  }
  client.on('error', lost)
  try {
    await client.query('SELECT pg_advisory_lock($1, $2)', [LOCK_SPACE, LOCK_MIGRATIONS])
    await run(client, schema, migrations)
    await client.query('SELECT pg_advisory_unlock($1, $2)', [LOCK_SPACE, LOCK_MIGRATIONS])
  } catch (error) {
    // Closing the connection also gives back the lock and an open transaction; a query in that one would only hide what failed.
    broken = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    if (broken === undefined) client.off('error', lost)
    client.release(broken)
  }
}

async function run(client: pg.PoolClient, schema: string, migrations: readonly Migration[]): Promise<void> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS ${schema};
    CREATE TABLE IF NOT EXISTS ${schema}.migration (
      version integer PRIMARY KEY,
      name text NOT NULL,
      sha256 text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON TABLE ${schema}.migration IS 'Steps of this schema that ran here; each is frozen, and named by the hash of its text.'`)
  const done = await client.query<{ version: number; name: string; sha256: string }>(
    `SELECT version, name, sha256 FROM ${schema}.migration ORDER BY version`,
  )
  for (const [index, row] of done.rows.entries()) {
    const known = migrations[index]
    if (known === undefined || row.version !== index + 1 || row.sha256 !== fingerprint(known.sql))
      throw new MigrationMismatch(
        `step ${row.version} (${row.name}) of schema ${schema} is not the one this release knows: run the release that made it, or a newer one`,
      )
  }
  for (let index = done.rows.length; index < migrations.length; index++) {
    const { name, sql } = migrations[index]!
    await client.query('BEGIN')
    await client.query(sql)
    await client.query(`INSERT INTO ${schema}.migration (version, name, sha256) VALUES ($1, $2, $3)`, [
      index + 1,
      name,
      fingerprint(sql),
    ])
    await client.query('COMMIT')
  }
}

const fingerprint = (sql: string) => createHash('sha256').update(sql).digest('hex')
