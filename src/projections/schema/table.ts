// What a table of a read model is: its columns, its key, how it keeps what was known before, and what each column says.

/** `instant` is timestamptz, `flags` text[], `json` canonical JSON text kept as json. */
export type ColumnType = 'text' | 'date' | 'numeric' | 'bigint' | 'integer' | 'boolean' | 'instant' | 'json' | 'flags'

export interface Column {
  readonly type: ColumnType
  readonly nullable?: true
  readonly comment: string
}

export type Columns = { readonly [name: string]: Column }

/**
 * How rows are kept. `appended`: only ever inserted. `known`: bitemporal; each row holds for the log positions known_from up to, not
 * including, known_to (null: still), and closing that range is the only update ever made. `runtime`: the projector's own
 * bookkeeping, no part of what the log means and not hashed.
 */
export type Keeping = 'appended' | 'known' | 'runtime'

export interface Table<C extends Columns = Columns> {
  readonly name: string
  readonly comment: string
  readonly keeps: Keeping
  readonly columns: C
  /** Without known_from, which every `known` table appends to it. */
  readonly key: readonly string[]
  /** Column lists (with an optional `where`) of further indexes. */
  readonly indexes?: readonly string[]
  /** Further columns of the view people read, as SQL over the table, with their comments. */
  readonly shown?: { readonly [name: string]: { readonly sql: string; readonly comment: string } }
}

/** One row as canonical text, the form that is hashed, compared, copied and cast by PostgreSQL. */
export type RowOf<T extends Table> = {
  readonly [K in keyof T['columns']]: T['columns'][K] extends { readonly nullable: true } ? string | null : string
}
/** A row of any table. */
export type AnyRow = { readonly [column: string]: string | null }

/** A table as its file states it: the key can only name its columns. */
type Described<C extends Columns> = Omit<Table<C>, 'keeps' | 'key'> & { readonly key: readonly (keyof C & string)[] }

const KNOWN_RANGE = {
  known_from: { type: 'bigint', comment: 'Log position from which this row is what we know.' },
  known_to: {
    type: 'bigint',
    nullable: true,
    comment: 'Log position at which it stopped being what we know, not included; null: it still is.',
  },
} as const
type KnownRange = typeof KNOWN_RANGE

/** A bitemporal table: known_from and known_to are added to its columns. */
export function knownTable<const C extends Columns>(table: Described<C>): Table<C & KnownRange> {
  return { ...table, keeps: 'known', columns: { ...table.columns, ...KNOWN_RANGE } }
}

/** A table that only ever grows. */
export function appendedTable<const C extends Columns>(table: Described<C>): Table<C> {
  return { ...table, keeps: 'appended' }
}

/** A table of the projector's own bookkeeping. */
export function runtimeTable<const C extends Columns>(table: Described<C>): Table<C> {
  return { ...table, keeps: 'runtime' }
}

/** The names of a table's columns in their one order: that of the rows' hash. */
export function columnNames(table: Table): string[] {
  return Object.keys(table.columns)
}

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  date: 'date',
  numeric: 'numeric',
  bigint: 'bigint',
  integer: 'integer',
  boolean: 'boolean',
  instant: 'timestamptz',
  json: 'json',
  flags: 'text[]',
}

export function sqlType(column: Column): string {
  return SQL_TYPES[column.type]
}

/** SQL that reads a column as the canonical text of {@link RowOf}. */
export function canonicalSql(name: string, column: Column): string {
  switch (column.type) {
    case 'text':
      return name
    case 'numeric':
      return `trim_scale(${name})::text`
    case 'instant':
      return `to_char(${name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    case 'flags':
      return `array_to_string(${name}, ' ')`
    default:
      return `${name}::text`
  }
}

/** SQL that turns the canonical text in expression `text` into the column's value. */
export function castSql(text: string, column: Column): string {
  return column.type === 'flags'
    ? `string_to_array(${text}, ' ')`
    : column.type === 'text'
      ? text
      : `${text}::${sqlType(column)}`
}
