// What a lane's read models have in common: load what a batch touches, apply units, hand over what to write.
import type pg from 'pg'
import { ENTRY_COLUMNS } from '../journal/rows.ts'
import type { ClosedRow, KnownRows } from '../rows/known-rows.ts'
import { closeRows, copyRows, insertRows, openRows } from '../rows/write.ts'
import { canonicalColumns } from '../schema/ddl.ts'
import type { AnyRow, Table } from '../schema/table.ts'

/** The rows of one table that a batch made, in the order in which they became known, and those it ended. */
export interface Writes {
  readonly table: Table
  readonly inserts: readonly AnyRow[]
  readonly closes: readonly ClosedRow[]
}

/** The read models of one lane. `U` is what they take: a unit, or a unit with what the book made of it. */
export interface Model<U> {
  /** Loads the rows that a batch touches. */
  prepare(batch: readonly U[], stored: Stored): Promise<void>
  /** Applies one unit, in log order. Synchronous: nothing can come between. */
  apply(unit: U): void
  /** What to write now; see KnownRows.drain. */
  drain(keepOpen: boolean): Writes[]
  /** What drain(false) would say, in parts of at most so many rows, for a backlog whose open rows are many. */
  drainRest?(rows: number): Iterable<Writes>
  /** The state hash of everything applied and drained. */
  readonly stateHash: string
}

/** What a model may ask of the rows written before. */
export interface Stored {
  /** Open rows by the leading columns of the table's key. */
  open(table: Table, columns: readonly string[], keys: readonly (readonly string[])[]): Promise<AnyRow[]>
  /** Open version rows of each series that reach its date, and the last one before it. */
  ranges(table: Table, series: string, portfolio: string, from: ReadonlyMap<string, string>): Promise<AnyRow[]>
  /** Units that standing fills brought to each of these order ids. */
  filled(portfolio: string, orders: readonly string[]): Promise<Map<string, string>>
  /** Where the time axis stands: known_at of its last unit. */
  lastKnownAt(): Promise<string | undefined>
}

/** The rows of a generation, read inside a transaction. */
export function storedIn(client: pg.ClientBase, schema: string): Stored {
  return {
    open: (table, columns, keys) => openRows(client, schema, table, columns, keys),
    async ranges(table, series, portfolio, from) {
      if (from.size === 0) return []
      const columns = canonicalColumns(table)
      const open = `SELECT * FROM ${schema}.${table.name} t WHERE t.portfolio = $1 AND t.${series} = k.series AND t.known_to IS NULL`
      const { rows } = await client.query<AnyRow>(
        `SELECT ${columns} FROM unnest($2::text[], $3::date[]) AS k(series, since)
         CROSS JOIN LATERAL (
           (${open} AND t.effective_from >= k.since)
           UNION ALL (${open} AND t.effective_from < k.since ORDER BY t.effective_from DESC LIMIT 1)
         ) reached`,
        [portfolio, [...from.keys()], [...from.values()]],
      )
      return rows
    },
    async filled(portfolio, orders) {
      if (orders.length === 0) return new Map()
      const { rows } = await client.query<{ order_id: string; units: string }>(
        `SELECT order_id, trim_scale(sum(quantity))::text AS units FROM ${schema}.activity
         WHERE portfolio = $1 AND order_id = ANY ($2) AND known_to IS NULL AND kind = 'fill' AND status <> 'busted'
         GROUP BY order_id`,
        [portfolio, orders],
      )
      return new Map(rows.map(({ order_id, units }) => [order_id, units]))
    },
    async lastKnownAt() {
      const { rows } = await client.query<{ at: string }>(
        `SELECT to_char(known_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
         FROM ${schema}.units ORDER BY position DESC LIMIT 1`,
      )
      return rows[0]?.at
    },
  }
}

/** Writes a batch into the lane's own generation, inside the caller's transaction; answers with the number of rows added. */
export async function write(client: pg.ClientBase, schema: string, writes: readonly Writes[]): Promise<number> {
  let added = 0
  for (const { table, inserts, closes } of writes) {
    // Closing first: at most one row of a key may be open.
    await closeRows(client, schema, table, closes)
    await insertRows(client, schema, table, inserts, table.name === 'journal' ? ENTRY_COLUMNS : [])
    added += inserts.length
  }
  return added
}

/** Copies a batch of a rebuild: everything is new. */
export async function copy(client: pg.ClientBase, schema: string, writes: readonly Writes[]): Promise<number> {
  let added = 0
  for (const { table, inserts } of writes) {
    await copyRows(client, schema, table, inserts)
    added += inserts.length
  }
  return added
}

/** The writes of several tables. */
export function drainAll(tables: readonly KnownRows[], keepOpen: boolean): Writes[] {
  return tables
    .map((rows) => ({ table: rows.table, ...rows.drain(keepOpen) }))
    .filter(({ inserts, closes }) => inserts.length > 0 || closes.length > 0)
}
