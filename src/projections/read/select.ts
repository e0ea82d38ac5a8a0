// One page of a view, of what was known at a position: the shape that most reads have.
import { type RawBuilder, sql } from 'kysely'
import { type Camel, camel } from './camel.ts'
import { afterCursor, type Page, type PageRequest, pageLimit, pageOf, readCursor } from './page.ts'
import type { Reading } from './point.ts'

export interface KeyColumn<Row> {
  readonly name: keyof Row & string
  /** SQL type that the cursor's text is cast to. */
  readonly type: 'text' | 'date' | 'bigint' | 'integer'
}

/** The position at which every page of one answer holds: that of its first page. */
export function pinned(request: PageRequest, columns: number): string | undefined {
  return readCursor(request.cursor, columns)?.at
}

/**
 * Reads one page in the order of `key`, which must be unique.
 * @param source what to read from: a view or a function with its arguments
 * @param conditions all must hold
 * @param at the position that the cursor pins
 */
export async function selectPage<Row extends object>(
  tx: Reading,
  source: RawBuilder<unknown>,
  key: readonly KeyColumn<Row>[],
  conditions: readonly RawBuilder<unknown>[],
  request: PageRequest,
  at: string,
): Promise<Page<Camel<Row>>> {
  const limit = pageLimit(request)
  const where = sql.join([...conditions, afterCursor(readCursor(request.cursor, key.length), key)], sql` AND `)
  const order = sql.join(key.map(({ name }) => sql.ref(name)))
  const { rows } = await sql<Row>`SELECT * FROM ${source} WHERE ${where} ORDER BY ${order} LIMIT ${limit + 1}`.execute(
    tx,
  )
  const page = pageOf(
    rows,
    limit,
    key.map(({ name }) => name),
    at,
  )
  return { rows: page.rows.map(camel), next: page.next }
}

/** Known at a position. */
export function knownAt(position: string): RawBuilder<unknown> {
  return sql`known_from <= ${position}::bigint AND (known_to IS NULL OR known_to > ${position}::bigint)`
}

/** column = value, where a value is given. */
export function equals(column: string, value: string | undefined): RawBuilder<unknown> {
  return value === undefined ? sql`true` : sql`${sql.ref(column)} = ${value}`
}

/** A date column between two dates, both included, where they are given. */
export function between(column: string, from: string | undefined, to: string | undefined): RawBuilder<unknown> {
  const after = from === undefined ? sql`true` : sql`${sql.ref(column)} >= ${from}::date`
  const before = to === undefined ? sql`true` : sql`${sql.ref(column)} <= ${to}::date`
  return sql`${after} AND ${before}`
}

/** One of the portfolios. */
export function ofPortfolios(portfolios: readonly string[]): RawBuilder<unknown> {
  return sql`portfolio = ANY (${portfolios}::text[])`
}
