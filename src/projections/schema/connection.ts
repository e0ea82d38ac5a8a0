// How read models talk to PostgreSQL: dates stay dates, numbers stay exact, and a connection that dies is no crash.
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './database.ts'

const DATE = 1082
const TIMESTAMPTZ = 1184
const NUMERIC = 1700

/** Canonical instants as the ledger writes them; PostgreSQL's own text depends on the session's zone. */
function instantText(text: string): string {
  // With TimeZone UTC: 2025-03-14 15:00:00.5+00
  const [whole = '', fraction = ''] = text.replace(' ', 'T').replace(/\+00$/, '').split('.')
  return `${whole}.${fraction.padEnd(6, '0')}Z`
}

/** A sum carries the places of its finest part: 3999.50 is 3999.5. */
function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** `date` as text (pg would make it a local midnight) and timestamps as UTC text; numeric is text without trailing zeros, bigint is text already. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === DATE) return (text: string) => text
    if (oid === TIMESTAMPTZ) return instantText
    if (oid === NUMERIC) return trimmed
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text')
  },
}

/** Connections that read models keep of their own, besides what a caller shares. */
const POOL_SIZE = 8

/** A pool with the ledger's parsers; `onLost` hears of idle connections that died. */
export function openPool(connectionString: string, onLost: (error: Error) => void = () => undefined): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: POOL_SIZE,
    types,
    options: '-c TimeZone=UTC',
    application_name: 'quipu-projector',
  })
  pool.on('error', onLost)
  // A connection that dies between two statements of a transaction says so here; the next statement fails and tells its caller.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** Makes sure that a pool reads values as the ledger does. @throws when it was not made by {@link openPool}. */
export async function requireParsers(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ day: unknown; sum: unknown }>("SELECT '2025-03-14'::date AS day, 1.50 AS sum")
  if (rows[0]?.day !== '2025-03-14' || rows[0].sum !== '1.5')
    throw new Error('read models need a pool made by openPool: any other turns dates into local midnights')
}

export function openKysely(pool: pg.Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}
