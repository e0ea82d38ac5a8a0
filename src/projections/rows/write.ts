// Writes rows: inserts by arrays, closes known ranges, copies in bulk, and reads rows back as canonical text.
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { canonicalColumns } from '../schema/ddl.ts'
import { type AnyRow, castSql, columnNames, type Table } from '../schema/table.ts'
import type { ClosedRow } from './known-rows.ts'

/** Rows per INSERT: large enough to forget the round trip, small enough for the server's memory. */
const INSERT_ROWS = 5000

/** A row that the lane counts on is not there as it was written: somebody changed a read model by hand. */
export class ReadModelAltered extends Error {
  readonly code = 'read-model-altered'
}

/**
 * Inserts rows. A journal entry is never cut between two statements, because the trigger that checks it sees one at a time:
 * `together` names the columns whose equal neighbours stay in one statement.
 */
export async function insertRows(
  client: pg.ClientBase,
  schema: string,
  table: Table,
  rows: readonly AnyRow[],
  together: readonly string[] = [],
): Promise<void> {
  const columns = columnNames(table)
  const casts = columns.map((column) => castSql(`r.${column}`, table.columns[column]!))
  const text = `INSERT INTO ${schema}.${table.name} (${columns.join(', ')})
    SELECT ${casts.join(', ')} FROM unnest(${columns.map((_, i) => `$${i + 1}::text[]`).join(', ')}) AS r(${columns.join(', ')})`
  for (const part of cut(rows, INSERT_ROWS, together))
    await client.query(
      text,
      columns.map((column) => part.map((row) => row[column] ?? null)),
    )
}

/** Cuts into parts of about `size`, never between neighbours that are equal in the columns `together`. */
function* cut(rows: readonly AnyRow[], size: number, together: readonly string[]): Iterable<readonly AnyRow[]> {
  for (let start = 0; start < rows.length; ) {
    let end = Math.min(start + size, rows.length)
    while (
      together.length > 0 &&
      end < rows.length &&
      together.every((column) => rows[end]![column] === rows[end - 1]![column])
    )
      end++
    yield start === 0 && end === rows.length ? rows : rows.slice(start, end)
    start = end
  }
}

/** Ends the known range of stored rows. @throws ReadModelAltered when one of them is not there, open, as it was written. */
export async function closeRows(
  client: pg.ClientBase,
  schema: string,
  table: Table,
  closes: readonly ClosedRow[],
): Promise<void> {
  if (closes.length === 0) return
  const key = [...table.key, 'known_from']
  const text = `UPDATE ${schema}.${table.name} t SET known_to = c.ends::bigint
    FROM unnest(${[...key, 'ends'].map((_, i) => `$${i + 1}::text[]`).join(', ')}) AS c(${key.join(', ')}, ends)
    WHERE ${key.map((column) => `t.${column} = ${castSql(`c.${column}`, table.columns[column]!)}`).join(' AND ')} AND t.known_to IS NULL`
  const { rowCount } = await client.query(text, [
    ...key.map((column) => closes.map(({ row }) => row[column] ?? null)),
    closes.map(({ knownTo }) => knownTo),
  ])
  if (rowCount !== closes.length)
    throw new ReadModelAltered(
      `${closes.length} open rows of ${schema}.${table.name} were to be closed, and ${rowCount} are there`,
    )
}

/** Copies rows in bulk in one statement: the fast way into a generation that nobody reads yet. */
export async function copyRows(
  client: pg.ClientBase,
  schema: string,
  table: Table,
  rows: readonly AnyRow[],
): Promise<void> {
  if (rows.length === 0) return
  const columns = columnNames(table)
  const stream = client.query(copyFrom(`COPY ${schema}.${table.name} (${columns.join(', ')}) FROM STDIN`))
  await pipeline(Readable.from(copyText(table, columns, rows)), stream)
}

/** Text per piece handed to the socket. */
const COPY_PIECE = 64 * 1024

function* copyText(table: Table, columns: readonly string[], rows: readonly AnyRow[]): Iterable<string> {
  const flags = columns.map((column) => table.columns[column]!.type === 'flags')
  let piece = ''
  for (const row of rows) {
    for (let i = 0; i < columns.length; i++) {
      const value = row[columns[i]!] ?? null
      piece += `${i === 0 ? '' : '\t'}${value === null ? '\\N' : escaped(flags[i] ? arrayText(value) : value)}`
    }
    piece += '\n'
    if (piece.length > COPY_PIECE) {
      yield piece
      piece = ''
    }
  }
  if (piece !== '') yield piece
}

/** Flags are plain words: braces and commas are all an array literal needs. */
function arrayText(flags: string): string {
  return flags === ''
    ? '{}'
    : `{${flags
        .split(' ')
        .map((flag) => `"${flag}"`)
        .join(',')}}`
}

function escaped(text: string): string {
  return /[\\\t\n\r]/.test(text)
    ? text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
    : text
}

/** The open rows of some keys: `columns` are the leading columns of the table's key, `keys` their values. */
export async function openRows(
  client: pg.ClientBase,
  schema: string,
  table: Table,
  columns: readonly string[],
  keys: readonly (readonly string[])[],
): Promise<AnyRow[]> {
  if (keys.length === 0) return []
  const { rows } = await client.query<AnyRow>(
    `SELECT ${canonicalColumns(table)} FROM unnest(${columns.map((_, i) => `$${i + 1}::text[]`).join(', ')}) AS k(${columns.map((column) => `k_${column}`).join(', ')})
     JOIN ${schema}.${table.name} t ON ${columns.map((column) => `t.${column} = ${castSql(`k.k_${column}`, table.columns[column]!)}`).join(' AND ')} AND t.known_to IS NULL`,
    columns.map((_, i) => keys.map((key) => key[i] ?? '')),
  )
  return rows
}
