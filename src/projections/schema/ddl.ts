// The DDL of one generation: a schema `quipu_g{n}` with every table, its comments, indexes and guards.
import { createHash } from 'node:crypto'
import { canonicalSql, columnNames, sqlType, type Table } from './table.ts'
import { TABLES } from './tables.ts'

export const STABLE_SCHEMA = 'quipu'

/** The schema that holds a generation's tables. */
export function generationSchema(generation: number): string {
  return `${STABLE_SCHEMA}_g${generation}`
}

/** What the tables look like: a generation of another shape is rebuilt, never altered. */
export const SHAPE: string = createHash('sha256')
  .update(TABLES.map((table) => tableDdl('shape', table)).join('\n') + readIndexesDdl('shape'))
  .digest('hex')
  .slice(0, 16)

/** Everything a new generation needs, in one script. */
export function generationDdl(schema: string): string {
  return [
    `CREATE SCHEMA ${schema};`,
    `COMMENT ON SCHEMA ${schema} IS 'One generation of the read models; query the views of schema quipu instead.';`,
    ...TABLES.map((table) => tableDdl(schema, table)),
  ].join('\n')
}

/**
 * The indexes that reads want and writes do not: a generation that is filled from a long log gets them at the end, because building
 * one is many times faster than growing it row by row.
 */
export function readIndexesDdl(schema: string): string {
  return TABLES.flatMap((table) =>
    (table.indexes ?? []).map((index, n) => indexDdl(`${schema}.${table.name}`, `${table.name}_${n + 1}`, index)),
  ).join('\n')
}

function tableDdl(schema: string, table: Table): string {
  const name = `${schema}.${table.name}`
  const key = keyOf(table)
  const columns = Object.entries(table.columns).map(
    ([column, spec]) =>
      `  ${column} ${sqlType(spec)}${spec.type === 'text' ? ' COLLATE "C"' : ''}${spec.nullable ? '' : ' NOT NULL'}`,
  )
  const checks = table.keeps === 'known' ? ['  CHECK (known_to > known_from)'] : []
  return [
    `CREATE TABLE ${name} (\n${[...columns, `  PRIMARY KEY (${key.join(', ')})`, ...checks].join(',\n')}\n);`,
    // At most one row of a key is what we know now; it is also how the open row is found.
    ...(table.keeps === 'known'
      ? [`CREATE UNIQUE INDEX ${table.name}_open ON ${name} (${table.key.join(', ')}) WHERE known_to IS NULL;`]
      : []),
    ...guards(name, table),
    `COMMENT ON TABLE ${name} IS ${literal(table.comment)};`,
    ...Object.entries(table.columns).map(
      ([column, { comment }]) => `COMMENT ON COLUMN ${name}.${column} IS ${literal(comment)};`,
    ),
  ].join('\n')
}

function indexDdl(table: string, index: string, definition: string): string {
  if (!definition.startsWith('gist')) return `CREATE INDEX IF NOT EXISTS ${index} ON ${table} ${definition};`
  // Without the extension btree_gist a GiST index cannot hold the portfolio: reads stay right and become slower.
  return `DO $do$ BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
    CREATE INDEX IF NOT EXISTS ${index} ON ${table} USING ${definition};
  END IF;
END $do$;`
}

/** What a table refuses, whoever asks: a row of a read model is evidence, and only a rebuild may replace it. */
function guards(name: string, table: Table): string[] {
  if (table.keeps === 'runtime') return []
  const refuse = (events: string) =>
    `CREATE TRIGGER append_only BEFORE ${events} ON ${name} FOR EACH STATEMENT EXECUTE FUNCTION quipu.refuse_change();`
  if (table.keeps === 'appended') {
    const balanced = `CREATE TRIGGER balanced AFTER INSERT ON ${name} REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION quipu.refuse_unbalanced();`
    return [refuse('UPDATE OR DELETE OR TRUNCATE'), ...(table.name === 'journal' ? [balanced] : [])]
  }
  const fixed = columnNames(table).filter((column) => column !== 'known_to')
  return [refuse(`DELETE OR TRUNCATE OR UPDATE OF ${fixed.join(', ')}`)]
}

/** The primary key: of a `known` table the row's key and when it became known. */
export function keyOf(table: Table): string[] {
  return table.keeps === 'known' ? [...table.key, 'known_from'] : [...table.key]
}

/** The select list that reads rows as canonical text, for comparing and closing them. */
export function canonicalColumns(table: Table): string {
  return Object.entries(table.columns)
    .map(([column, spec]) => `${canonicalSql(column, spec)} AS ${column}`)
    .join(', ')
}

/** The views people read: one per table, over one generation. `replace` keeps what people built on them. */
export function viewDdl(schema: string): string {
  return [seenDdl(schema), ...TABLES.map((table) => viewOf(schema, table))].join('\n')
}

/** Says in the catalog, as the pointer says in a row, which generation the views read: a snapshot older than a swap sees the two differ. */
function seenDdl(schema: string): string {
  const generation = Number(schema.slice(generationSchema(0).length - 1))
  return `CREATE OR REPLACE VIEW ${STABLE_SCHEMA}.seen AS SELECT ${generation}::int AS generation;`
}

function viewOf(schema: string, table: Table): string {
  const view = `${STABLE_SCHEMA}.${table.name}`
  const shown = Object.entries(table.shown ?? {})
  const columns = [...columnNames(table), ...shown.map(([column, { sql }]) => `${sql} AS ${column}`)]
  return [
    `CREATE OR REPLACE VIEW ${view} AS SELECT ${columns.join(', ')} FROM ${schema}.${table.name};`,
    `COMMENT ON VIEW ${view} IS ${literal(table.comment)};`,
    ...[...Object.entries(table.columns), ...shown].map(
      ([column, { comment }]) => `COMMENT ON COLUMN ${view}.${column} IS ${literal(comment)};`,
    ),
  ].join('\n')
}

/** Drops the views, for a generation of another shape: `CREATE OR REPLACE` cannot take a column away. */
export function dropViewsDdl(): string {
  return TABLES.map((table) => `DROP VIEW IF EXISTS ${STABLE_SCHEMA}.${table.name} CASCADE;`).join('\n')
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
