// Tables of rows that need not all be in memory: one that is missing says so, and what changed can be taken back, or saved.

/** A row by its table and key, or all rows whose keys start with `under` ('' for the whole table). */
export type RowName =
  | { readonly table: string; readonly key: string }
  | { readonly table: string; readonly under: string }

/** A row as it is stored; null where it is no more. */
export interface StoredRow {
  readonly table: string
  readonly key: string
  readonly value: unknown
}

/**
 * Rows that a decision or a fold asked for and that are not in memory, which is not the same as not being there. Whoever keeps the
 * tables takes back what was half done, loads the rows and asks again.
 */
export class NotLoaded extends Error {
  override readonly name = 'NotLoaded'
  readonly rows: readonly RowName[]
  constructor(rows: readonly RowName[]) {
    super(`${rows.length} rows are not in memory`)
    this.rows = rows
  }
}

/** What a table had under a key before it was set. */
interface Step {
  readonly rows: Rows<unknown>
  readonly key: string
  readonly before: unknown
  readonly unsaved: boolean
}

/** What the tables of one state share. */
interface Journal {
  /** What to take back, oldest first; null outside of a transaction. */
  steps: Step[] | null
  /** Whether changes are remembered until they are saved. */
  tracked: boolean
  /** Rows in memory, those known to be absent included. */
  size: number
}

/** What comes before the last colon of a key, with it: rows that share it can be asked for together. */
function groupOf(key: string): string {
  return key.slice(0, key.lastIndexOf(':') + 1)
}

/** One table. Rows are never changed, only replaced; no row is null. */
export class Rows<Value> {
  readonly #table: string
  readonly #journal: Journal
  /** Null: known to be absent. */
  readonly #rows = new Map<string, Value | null>()
  /** Whether every row there is lies in memory. */
  #whole = true
  /** Keys of the rows there are by group, where groups are asked for. */
  readonly #groups: Map<string, string[]> | null
  /** Groups that lie in memory as a whole, in a table that does not. */
  readonly #wholeGroups = new Set<string>()
  /** Keys set since the rows were last taken to be saved, and those taken but not yet known to be saved. */
  #changed = new Set<string>()
  #taken = new Set<string>()

  constructor(table: string, journal: Journal, grouped: boolean) {
    this.#table = table
    this.#journal = journal
    this.#groups = grouped ? new Map() : null
  }

  /** @throws NotLoaded when nobody knows: whether a row is there, and what it says. */
  get(key: string): Value | undefined {
    const row = this.#rows.get(key)
    if (row !== undefined) return row ?? undefined
    if (this.#whole || this.#wholeGroups.has(groupOf(key))) return undefined
    throw new NotLoaded([{ table: this.#table, key }])
  }

  /** @throws NotLoaded */
  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** All rows of a group (the part of a key through its last colon), in no certain order. @throws NotLoaded */
  under(group: string): Value[] {
    if (!this.#whole && !this.#wholeGroups.has(group)) throw new NotLoaded([{ table: this.#table, under: group }])
    return (this.#groups?.get(group) ?? []).flatMap((key) => this.#rows.get(key) ?? [])
  }

  /** All rows, in no certain order: for rare questions, because all of them come to memory. @throws NotLoaded */
  entries(): [string, Value][] {
    if (!this.#whole) throw new NotLoaded([{ table: this.#table, under: '' }])
    return [...this.#rows].flatMap(([key, row]): [string, Value][] => (row === null ? [] : [[key, row]]))
  }

  set(key: string, value: Value): void {
    this.#write(key, value)
  }

  delete(key: string): void {
    this.#write(key, null)
  }

  #write(key: string, value: Value | null): void {
    const { steps, tracked } = this.#journal
    steps?.push({ rows: this, key, before: this.#rows.get(key), unsaved: this.#changed.has(key) })
    if (tracked) this.#changed.add(key)
    // Where rows may be let go of, a row that is gone must not be taken for one that is stored.
    this.#place(key, value === null && this.#whole && !tracked ? undefined : value)
  }

  /** Puts a row, "absent" (null) or "not in memory" (undefined) under a key. */
  #place(key: string, value: Value | null | undefined): void {
    if (this.#groups !== null) this.#index(this.#groups, key, value !== null && value !== undefined)
    const { size } = this.#rows
    if (value === undefined) this.#rows.delete(key)
    else this.#rows.set(key, value)
    this.#journal.size += this.#rows.size - size
  }

  #index(groups: Map<string, string[]>, key: string, there: boolean): void {
    const before = this.#rows.get(key)
    if ((before !== undefined && before !== null) === there) return
    const group = groupOf(key)
    const keys = groups.get(group)
    if (there && keys === undefined) groups.set(group, [key])
    else if (there) keys?.push(key)
    else {
      const left = (keys ?? []).filter((other) => other !== key)
      if (left.length === 0) groups.delete(group)
      else groups.set(group, left)
    }
  }

  /** Takes one step back. */
  restore(key: string, before: unknown, unsaved: boolean): void {
    // What was there before was a Value of this table.
    this.#place(key, before as Value | null | undefined)
    if (!unsaved) this.#changed.delete(key)
  }

  /** Takes in rows that were loaded; what is in memory already is as new or newer. */
  put(name: RowName, found: readonly StoredRow[]): void {
    if ('key' in name && found.length === 0 && !this.#rows.has(name.key)) this.#place(name.key, null)
    // The decoding edge: what was stored under the shape of a state is what a table of that shape held.
    for (const { key, value } of found) if (!this.#rows.has(key)) this.#place(key, value as Value)
    if (!('under' in name)) return
    if (name.under === '') this.#whole = true
    else this.#wholeGroups.add(name.under)
  }

  /** What is not saved yet. */
  take(into: StoredRow[]): void {
    for (const key of this.#changed) this.#taken.add(key)
    this.#changed = new Set()
    for (const key of this.#taken) into.push({ table: this.#table, key, value: this.#rows.get(key) ?? null })
  }

  saved(): void {
    this.#taken = new Set()
  }

  /** Every row counts as not saved. */
  trackAll(): void {
    this.#changed = new Set(this.#rows.keys())
  }

  /** Lets go of the rows that are saved. */
  shed(): void {
    this.#whole = false
    this.#wholeGroups.clear()
    for (const key of this.#rows.keys())
      if (!this.#changed.has(key) && !this.#taken.has(key)) this.#place(key, undefined)
  }

  get isWhole(): boolean {
    return this.#whole
  }

  /** From now on a row that is not in memory may be there all the same. */
  open(): void {
    this.#whole = false
  }
}

/** The tables of one state. Whoever folds the state owns them. */
export class Tables {
  readonly #tables = new Map<string, Rows<unknown>>()
  readonly #journal: Journal = { steps: null, tracked: false, size: 0 }
  /** Whether rows of a new table may lie elsewhere. */
  #open = false

  /** A new table; `grouped` lets its rows be asked for by group. */
  add<Value>(name: string, grouped = false): Rows<Value> {
    const rows = new Rows<Value>(name, this.#journal, grouped)
    if (this.#open) rows.open()
    this.#tables.set(name, rows)
    return rows
  }

  /** Rows in memory, those known to be absent included. */
  get size(): number {
    return this.#journal.size
  }

  /** Whether every row there is lies in memory. */
  get isWhole(): boolean {
    return [...this.#tables.values()].every((rows) => rows.isWhole)
  }

  get inTransaction(): boolean {
    return this.#journal.steps !== null
  }

  /** From now on changes can be taken back. */
  begin(): void {
    if (this.#journal.steps !== null) throw new Error('a transaction is open already')
    this.#journal.steps = []
  }

  commit(): void {
    this.#journal.steps = null
  }

  /** Takes back what was set since `begin`; without an open transaction, nothing. */
  rollback(): void {
    const steps = this.#journal.steps ?? []
    this.#journal.steps = null
    for (const { rows, key, before, unsaved } of steps.reverse()) rows.restore(key, before, unsaved)
  }

  /** Remembers from now on what is not saved: all there is. */
  track(): void {
    this.#journal.tracked = true
    for (const rows of this.#tables.values()) rows.trackAll()
  }

  /** Remembers from now on what is not saved: nothing yet, because the rows lie elsewhere. */
  open(): void {
    this.#journal.tracked = true
    this.#open = true
    for (const rows of this.#tables.values()) rows.open()
  }

  /** All rows that are not known to be saved. Until {@link saved}, they stay in memory and are taken again. */
  take(): StoredRow[] {
    const rows: StoredRow[] = []
    for (const table of this.#tables.values()) table.take(rows)
    return rows
  }

  /** What was taken is saved. */
  saved(): void {
    for (const rows of this.#tables.values()) rows.saved()
  }

  /** Lets go of the rows that are saved. */
  shed(): void {
    for (const rows of this.#tables.values()) rows.shed()
  }

  /** Takes in what was found for the rows asked for. */
  put(asked: readonly RowName[], found: readonly StoredRow[]): void {
    const byKey = new Map(found.map((row) => [`${row.table} ${row.key}`, row]))
    for (const name of asked) {
      const rows = this.#tables.get(name.table)
      if ('key' in name) {
        const row = byKey.get(`${name.table} ${name.key}`)
        rows?.put(name, row === undefined ? [] : [row])
      } else {
        rows?.put(
          name,
          found.filter(({ table, key }) => table === name.table && key.startsWith(name.under)),
        )
      }
    }
  }
}
