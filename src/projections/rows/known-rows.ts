// The rows of one bitemporal table while a lane works on them: what is open, what to close, what to insert.
import type { AnyRow, Table } from '../schema/table.ts'
import type { StateHash } from './state-hash.ts'

interface OpenRow {
  readonly row: AnyRow
  /** Whether the database already has it; one that was made since is simply inserted with its range closed. */
  readonly stored: boolean
}

/** An update of one stored row: its known range ends. */
export interface ClosedRow {
  readonly row: AnyRow
  readonly knownTo: string
}

/**
 * Keeps the open rows that were loaded or made, by key. `put` and `remove` say what is known from a position on; the
 * difference to what was known becomes inserts and closes, and the state hash follows. Nothing here reads or writes a database.
 */
export class KnownRows {
  readonly table: Table
  readonly #hash: StateHash
  readonly #open = new Map<string, OpenRow>()
  #inserts: AnyRow[] = []
  #closes: ClosedRow[] = []

  constructor(table: Table, hash: StateHash) {
    this.table = table
    this.#hash = hash
  }

  /** The text of a row's key, as `get` and `remove` take it. */
  keyOf(row: AnyRow): string {
    return keyText(this.table.key.map((column) => row[column] ?? ''))
  }

  /** Takes in rows that the database holds open. */
  load(rows: Iterable<AnyRow>): void {
    for (const row of rows) {
      const key = this.keyOf(row)
      if (!this.#open.has(key)) this.#open.set(key, { row, stored: true })
    }
  }

  /** The open row of a key, of those that were loaded or made. */
  get(key: string): AnyRow | undefined {
    return this.#open.get(key)?.row
  }

  /** Every open row that was loaded or made. */
  *rows(): Iterable<AnyRow> {
    for (const { row } of this.#open.values()) yield row
  }

  /** From `at` on, this is what is known under the row's key. An equal row changes nothing. */
  put(content: AnyRow, at: bigint): void {
    const row: AnyRow = { ...content, known_from: String(at), known_to: null }
    const key = this.keyOf(row)
    const before = this.#open.get(key)
    if (before !== undefined) {
      if (sameContent(this.table, before.row, row)) return
      this.#end(before, row.known_from ?? '')
    }
    this.#open.set(key, { row, stored: false })
  }

  /** From `at` on, nothing is known under the key. */
  remove(key: string, at: bigint): void {
    const before = this.#open.get(key)
    if (before === undefined) return
    this.#end(before, String(at))
    this.#open.delete(key)
  }

  #end({ row, stored }: OpenRow, knownTo: string): void {
    const closed = { ...row, known_to: knownTo }
    if (stored) {
      this.#hash.subtract(this.table, row)
      this.#hash.add(this.table, closed)
      this.#closes.push({ row, knownTo })
      return
    }
    // Known for no position at all: made and unmade within one unit.
    if (row.known_from === knownTo) return
    this.#hash.add(this.table, closed)
    this.#inserts.push(closed)
  }

  /**
   * What to write now. With `keepOpen` the open rows stay in memory for later (a rebuild writes them at the end); else they are
   * written too, and forgotten: the next batch loads what it needs.
   */
  drain(keepOpen: boolean): { readonly inserts: readonly AnyRow[]; readonly closes: readonly ClosedRow[] } {
    const inserts = this.#inserts
    const closes = this.#closes
    this.#inserts = []
    this.#closes = []
    if (!keepOpen) {
      for (const { row, stored } of this.#open.values()) {
        if (stored) continue
        this.#hash.add(this.table, row)
        inserts.push(row)
      }
      this.#open.clear()
    }
    return { inserts, closes }
  }

  /** The open rows that no database has, in parts of `size`, each hashed when it is taken; nothing is open afterwards. */
  *drainOpen(size: number): Iterable<readonly AnyRow[]> {
    let part: AnyRow[] = []
    for (const { row, stored } of this.#open.values()) {
      if (stored) continue
      this.#hash.add(this.table, row)
      part.push(row)
      if (part.length < size) continue
      yield part
      part = []
    }
    this.#open.clear()
    if (part.length > 0) yield part
  }
}

/** Joins the parts of a key; no id holds the separator. */
export function keyText(parts: readonly string[]): string {
  return parts.join('\u001f')
}

function sameContent(table: Table, a: AnyRow, b: AnyRow): boolean {
  for (const column of Object.keys(table.columns)) {
    if (column !== 'known_from' && column !== 'known_to' && (a[column] ?? null) !== (b[column] ?? null)) return false
  }
  return true
}
