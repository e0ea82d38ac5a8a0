// The rows that a fold of the log says there must be, and what a table holds instead.
import type pg from 'pg'
import { StateHash } from '../rows/state-hash.ts'
import type { Writes } from '../runtime/model.ts'
import { canonicalColumns, keyOf } from '../schema/ddl.ts'
import { type AnyRow, columnNames, type Table } from '../schema/table.ts'

/** One row that is not as the log says. */
export interface RowDifference {
  readonly table: string
  /** The row's primary key. */
  readonly key: AnyRow
  readonly problem: 'missing' | 'unexpected' | 'altered'
  /** The columns that differ (all of them when the row is missing or unexpected). */
  readonly expected: AnyRow | null
  readonly found: AnyRow | null
}

/** Rows fetched at a time. */
const FETCH_ROWS = 5_000

export class ExpectedRows {
  readonly #tables = new Map<string, Map<string, AnyRow>>()
  readonly #hash = new StateHash()

  /** Takes in what a model would write, in the way of a rebuild. */
  add(writes: readonly Writes[]): void {
    for (const { table, inserts } of writes) {
      let rows = this.#tables.get(table.name)
      if (rows === undefined) {
        rows = new Map()
        this.#tables.set(table.name, rows)
      }
      for (const row of inserts) {
        rows.set(keyText(table, row), row)
        this.#hash.add(table, row)
      }
    }
  }

  get stateHash(): string {
    return this.#hash.value
  }

  /**
   * Compares with what a table holds for one portfolio (null: all of it), in the caller's snapshot.
   * @returns how many rows were compared
   */
  async compare(
    client: pg.ClientBase,
    schema: string,
    table: Table,
    portfolio: string | null,
    report: (difference: RowDifference) => void,
  ): Promise<number> {
    const expected = this.#tables.get(table.name) ?? new Map<string, AnyRow>()
    this.#tables.delete(table.name)
    let compared = 0
    const filter = portfolio === null ? '' : 'WHERE portfolio = $1'
    await client.query(
      `DECLARE verify_rows NO SCROLL CURSOR FOR SELECT ${canonicalColumns(table)} FROM ${schema}.${table.name} ${filter}`,
      portfolio === null ? [] : [portfolio],
    )
    for (;;) {
      const { rows } = await client.query<AnyRow>(`FETCH ${FETCH_ROWS} FROM verify_rows`)
      if (rows.length === 0) break
      for (const found of rows) {
        compared++
        const key = keyText(table, found)
        const row = expected.get(key)
        expected.delete(key)
        if (row === undefined)
          report({ table: table.name, key: keyRow(table, found), problem: 'unexpected', expected: null, found })
        else {
          const differing = columnNames(table).filter((column) => (row[column] ?? null) !== (found[column] ?? null))
          if (differing.length > 0)
            report({
              table: table.name,
              key: keyRow(table, found),
              problem: 'altered',
              expected: pick(row, differing),
              found: pick(found, differing),
            })
        }
      }
    }
    await client.query('CLOSE verify_rows')
    for (const row of expected.values()) {
      compared++
      report({ table: table.name, key: keyRow(table, row), problem: 'missing', expected: row, found: null })
    }
    return compared
  }
}

function keyText(table: Table, row: AnyRow): string {
  return JSON.stringify(keyOf(table).map((column) => row[column]))
}

function keyRow(table: Table, row: AnyRow): AnyRow {
  return pick(row, keyOf(table))
}

function pick(row: AnyRow, columns: readonly string[]): AnyRow {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))
}
