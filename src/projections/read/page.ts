// Pages by key: the next page begins after the last row of this one, whatever was recorded meanwhile.
import { type RawBuilder, sql } from 'kysely'
import { refuse } from '../../domain/kernel/refusal.ts'

/** Rows of one page, unless asked otherwise, and at most. */
export const PAGE_ROWS = 200
export const PAGE_ROWS_MAX = 1_000

export interface PageRequest {
  readonly limit?: number | undefined
  /** What the page before answered as `next`. */
  readonly cursor?: string | undefined
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** Pass it to get the next page; null: this was the last. */
  readonly next: string | null
}

interface Cursor {
  readonly key: readonly string[]
  /** The log position of the first page: all pages of one answer hold there. */
  readonly at: string
}

/** Where a page begins. @throws Refused `bad-cursor`. */
export function readCursor(cursor: string | undefined, columns: number): Cursor | undefined {
  if (cursor === undefined) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (isCursor(value) && value.key.length === columns) return value
  } catch {
    // Refused below.
  }
  return refuse({
    code: 'bad-cursor',
    message: 'the cursor is not one that this read answered with',
    field: 'cursor',
    remedy: 'pass `next` of the page before as it was, with the same filters',
  })
}

function isCursor(value: unknown): value is Cursor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    'at' in value &&
    typeof value.at === 'string' &&
    /^-?\d{1,19}$/.test(value.at) &&
    Array.isArray(value.key) &&
    value.key.every((part) => typeof part === 'string')
  )
}

/** How many rows to return. */
export function pageLimit({ limit }: PageRequest): number {
  return Math.min(Math.max(1, Math.trunc(limit ?? PAGE_ROWS)), PAGE_ROWS_MAX)
}

/** `WHERE` part: rows after the cursor, in the order of the columns; `types` cast the cursor's text. */
export function afterCursor(
  cursor: Cursor | undefined,
  columns: readonly { readonly name: string; readonly type: string }[],
): RawBuilder<boolean> {
  if (cursor === undefined) return sql<boolean>`true`
  const left = sql.join(columns.map(({ name }) => sql.ref(name)))
  const right = sql.join(columns.map(({ type }, i) => sql`${cursor.key[i]}::${sql.raw(type)}`))
  return sql<boolean>`(${left}) > (${right})`
}

/** Cuts one row too many off, and makes the cursor of the next page from the last row kept. */
export function pageOf<Row extends object>(
  rows: readonly Row[],
  limit: number,
  columns: readonly (keyof Row & string)[],
  at: string,
): Page<Row> {
  if (rows.length <= limit) return { rows, next: null }
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)!
  const cursor: Cursor = { key: columns.map((column) => String(last[column])), at }
  return { rows: kept, next: Buffer.from(JSON.stringify(cursor)).toString('base64url') }
}
