// Generations: the stable schema, making a new generation, moving readers to it, and dropping an old one.
import type pg from 'pg'
import { ACCOUNTS } from '../../domain/book/posting.ts'
import { LOCK_SPACE, migrate } from '../../eventstore/postgres/migrate.ts'
import { EMPTY_HASH } from '../rows/state-hash.ts'
import { dropViewsDdl, generationDdl, generationSchema, SHAPE, STABLE_SCHEMA, viewDdl } from './ddl.ts'
import { STABLE_MIGRATIONS } from './migrations.ts'
import { SHARED_TABLES } from './tables.ts'

/** Advisory locks of the read models, beside those of the log (1 and 2) in the same space. */
const LOCK_SCHEMA = 11

export const READER_ROLE = 'quipu_reader'
/** No unit lies at or before it. */
export const BEFORE_ALL = -1n

export interface Generation {
  readonly generation: number
  readonly shape: string
  readonly bookVersion: string
  readonly status: 'building' | 'live' | 'retired'
}

/** Brings the stable schema up to date; safe when several processes start at once. */
export async function prepareStableSchema(pool: pg.Pool): Promise<void> {
  await migrate(pool, STABLE_SCHEMA, STABLE_MIGRATIONS)
  await inTransaction(pool, async (client) => {
    await lockSchema(client)
    await client.query(
      `INSERT INTO quipu.account (account, name) SELECT * FROM unnest($1::int[], $2::text[])
       ON CONFLICT (account) DO UPDATE SET name = excluded.name WHERE quipu.account.name <> excluded.name`,
      [Object.keys(ACCOUNTS), Object.values(ACCOUNTS)],
    )
    // Roles belong to the whole server: another database may have made it, and we may not be allowed to.
    await client.query(`DO $do$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${READER_ROLE}') THEN CREATE ROLE ${READER_ROLE} NOLOGIN; END IF;
    EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
      RAISE NOTICE 'role ${READER_ROLE} was not made here';
    END $do$`)
    await grant(client)
  })
}

/** One at a time changes what the schema is made of: PostgreSQL fails concurrent grants. Held until the transaction ends. */
async function lockSchema(client: pg.ClientBase): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1, $2)', [LOCK_SPACE, LOCK_SCHEMA])
}

async function grant(client: pg.ClientBase): Promise<void> {
  await client.query(`DO $do$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${READER_ROLE}') THEN
      GRANT USAGE ON SCHEMA quipu TO ${READER_ROLE};
      GRANT SELECT ON ALL TABLES IN SCHEMA quipu TO ${READER_ROLE};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA quipu TO ${READER_ROLE};
    END IF;
  END $do$`)
}

const SELECT_GENERATION = `SELECT generation, shape, book_version AS "bookVersion", status FROM quipu.generation`

/** The generation that readers see; undefined before the first. */
export async function currentGeneration(client: pg.Pool | pg.ClientBase): Promise<Generation | undefined> {
  const { rows } = await client.query<Generation>(`${SELECT_GENERATION} JOIN quipu.pointer USING (generation)`)
  return rows[0]
}

export async function generations(client: pg.Pool | pg.ClientBase): Promise<Generation[]> {
  return (await client.query<Generation>(`${SELECT_GENERATION} ORDER BY generation`)).rows
}

/** Makes the next generation, empty, with its shared lanes; nobody reads it yet. */
export async function createGeneration(pool: pg.Pool, bookVersion: string): Promise<Generation> {
  return inTransaction(pool, async (client) => {
    await lockSchema(client)
    const { rows } = await client.query<{ next: number }>(
      'SELECT coalesce(max(generation), 0) + 1 AS next FROM quipu.generation',
    )
    const generation = rows[0]!.next
    const schema = generationSchema(generation)
    await client.query(generationDdl(schema))
    await client.query(
      `INSERT INTO ${schema}.lane (projection, portfolio, position, status, row_count, state_hash)
       SELECT p, '', $2, 'running', 0, $3 FROM unnest($1::text[]) p`,
      [Object.keys(SHARED_TABLES), BEFORE_ALL, EMPTY_HASH],
    )
    await client.query('INSERT INTO quipu.generation VALUES ($1, $2, $3, $4)', [
      generation,
      SHAPE,
      bookVersion,
      'building',
    ])
    return { generation, shape: SHAPE, bookVersion, status: 'building' }
  })
}

/** How long a swap waits for reads under way; others wait behind it, so it is short, and tried again. */
const SWAP_WAITS = '2s'

/** Keeps readers out until the transaction ends. @throws pg.DatabaseError 55P03 when reads under way take too long. */
export async function holdReaders(client: pg.ClientBase): Promise<void> {
  await lockSchema(client)
  await client.query(`SET LOCAL lock_timeout = '${SWAP_WAITS}'`)
  await client.query('LOCK TABLE quipu.pointer IN ACCESS EXCLUSIVE MODE')
  await client.query('SET LOCAL lock_timeout TO DEFAULT')
}

/** Moves readers to a generation, in one transaction. @throws when it would be a step back, and as holdReaders does. */
export async function pointTo(client: pg.ClientBase, generation: number): Promise<void> {
  await holdReaders(client)
  const before = await currentGeneration(client)
  await client.query(
    `INSERT INTO quipu.pointer (generation) VALUES ($1) ON CONFLICT (one) DO UPDATE SET generation = excluded.generation`,
    [generation],
  )
  // Views that people built on ours survive when the shape is the same.
  if (before !== undefined && before.shape !== SHAPE) await client.query(dropViewsDdl())
  await client.query(viewDdl(generationSchema(generation)))
  await client.query(
    `UPDATE quipu.generation SET status = CASE WHEN generation = $1 THEN 'live' ELSE 'retired' END
     WHERE generation = $1 OR status = 'live'`,
    [generation],
  )
  await grant(client)
}

/** Locks of single generations: this number and theirs. */
const LOCK_KEPT = 1_000_000

/** Keeps a generation from being dropped until the transaction ends: for who reads its tables by name, one after the other. */
export async function keepGeneration(client: pg.ClientBase, generation: number): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock_shared($1, $2)', [LOCK_SPACE, LOCK_KEPT + generation])
}

/** Drops the tables of a generation that nobody reads; false when somebody keeps it. */
export async function dropGeneration(pool: pg.Pool, generation: number): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ free: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS free', [
      LOCK_SPACE,
      LOCK_KEPT + generation,
    ])
    if (rows[0]?.free !== true) return false
    const current = await currentGeneration(client)
    if (current?.generation === generation) throw new Error(`generation ${generation} is the one people read`)
    await client.query(`DROP SCHEMA IF EXISTS ${generationSchema(generation)} CASCADE`)
    await client.query('DELETE FROM quipu.generation WHERE generation = $1', [generation])
    return true
  })
}

/** Runs work in one transaction; its outcome is unknown only when COMMIT itself fails. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    // A connection that cannot even roll back is not given back to the pool.
    broken = await client.query('ROLLBACK').then(
      () => undefined,
      (lost: Error) => lost,
    )
    throw error
  } finally {
    client.release(broken)
  }
}
