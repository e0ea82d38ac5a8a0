// Snapshots in PostgreSQL, in a schema of their own that may be emptied at any time.
import type pg from 'pg'
import type { RowName } from '../domain/kernel/rows.ts'
import { read, withClient } from '../eventstore/postgres/connection.ts'
import { type Migration, migrate } from '../eventstore/postgres/migrate.ts'
import type { SaveOutcome, SnapshotToSave, Snapshots } from './snapshots.ts'
import { Turns } from './turns.ts'

const MIGRATIONS: readonly Migration[] = [
  {
    name: 'snapshots of write models',
    sql: `
COMMENT ON SCHEMA quipu_snapshot IS 'What commands need to know of long streams, so that nobody must read them first. Disposable: after TRUNCATE quipu_snapshot.head, quipu_snapshot.kept the next command of each reads its stream.';
CREATE TABLE quipu_snapshot.head (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream text COLLATE "C" NOT NULL UNIQUE,
  shape text NOT NULL,
  revision bigint NOT NULL,
  event_id uuid NOT NULL,
  state json NOT NULL
);
COMMENT ON TABLE quipu_snapshot.head IS 'One row a stream: the state at a revision, without what is looked up by key.';
COMMENT ON COLUMN quipu_snapshot.head.shape IS 'What state and rows look like; those of another shape than the release knows are not read.';
COMMENT ON COLUMN quipu_snapshot.head.revision IS 'Revision of the last event in it.';
COMMENT ON COLUMN quipu_snapshot.head.event_id IS 'Id of that event: tells a log that was restored to an earlier day.';
CREATE TABLE quipu_snapshot.kept (
  head int NOT NULL,
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (head, kind, key)
);
COMMENT ON TABLE quipu_snapshot.kept IS 'Rows of a state, as of the revision of its head, as JSON text. No foreign key: it would be looked up for every row.';
`,
  },
]

/** Rows of one statement: some hundred kilobytes. */
const ROWS_MAX = 2000
/** How long a command waits for a snapshot before it reads the stream instead. */
const READ_MS = 2000
/** How long saving may take: a first snapshot may hold a million rows. */
const SAVE_MS = 120_000
/** Saves at once, less than the pool has connections: no command that needs rows waits behind a thousand streams that fell quiet. */
const SAVES_MAX = 3

/** Snapshots in a schema `quipu_snapshot`, made when missing. The pool stays the caller's. */
export async function openPostgresSnapshots(pool: pg.Pool): Promise<Snapshots> {
  await migrate(pool, 'quipu_snapshot', MIGRATIONS)
  const turns = new Turns(SAVES_MAX)
  return {
    async head(stream, shape) {
      const { rows } = await read(pool, READ_MS, (client) =>
        client.query<{ id: number; revision: string; event_id: string; state: string }>(
          'SELECT id, revision::text, event_id::text, state::text FROM quipu_snapshot.head WHERE stream = $1 AND shape = $2',
          [stream, shape],
        ),
      )
      const [row] = rows
      if (row === undefined) return undefined
      const { id, revision, event_id, state } = row
      return { id, revision: BigInt(revision), eventId: event_id, head: JSON.parse(state) }
    },
    async rows(stream, id, names) {
      const { rows } = await read(pool, READ_MS, (client) =>
        client.query<{ revision: string; kind: string | null; key: string; value: string }>({
          name: 'quipu_snapshot_rows',
          text: ROWS,
          values: [id, ...namesOf(names), stream],
        }),
      )
      const [first] = rows
      if (first === undefined) return undefined
      return {
        revision: BigInt(first.revision),
        rows: rows.flatMap(({ kind, key, value }) =>
          kind === null ? [] : [{ table: kind, key, value: JSON.parse(value) }],
        ),
      }
    },
    async forgetOthers(shapes, signal) {
      while (!signal.aborted) {
        const { rows } = await pool.query<{ id: number }>(
          'SELECT id FROM quipu_snapshot.head WHERE shape <> ALL ($1) LIMIT 1',
          [shapes],
        )
        const [other] = rows
        if (other === undefined) return
        await withClient(pool, SAVE_MS, (client) => transaction(client, () => remove(client, other.id)))
      }
    },
    save: (snapshot) =>
      turns.take(async () => {
        snapshot.signal.throwIfAborted()
        return await withClient(pool, SAVE_MS, (client) => transaction(client, () => save(client, snapshot)))
      }),
  }
}

/**
 * One statement, so that the revision belongs to the rows. A head without any of the rows still answers with one row. Row by row
 * (LIMIT and OFFSET keep the joins apart), whatever the planner thinks of many keys: it would read the whole table for 500.
 */
const ROWS = `
SELECT h.revision::text AS revision, k.kind, k.key, k.value
FROM quipu_snapshot.head h
LEFT JOIN LATERAL (
  SELECT one.* FROM unnest($2::text[], $3::text[]) AS n(kind, key), LATERAL (
    SELECT k.kind, k.key, k.value FROM quipu_snapshot.kept k
    WHERE k.head = h.id AND k.kind = n.kind AND k.key = n.key LIMIT 1
  ) one
  UNION ALL
  SELECT many.* FROM unnest($4::text[], $5::text[], $6::text[]) AS n(kind, low, high), LATERAL (
    SELECT k.kind, k.key, k.value FROM quipu_snapshot.kept k
    WHERE k.head = h.id AND k.kind = n.kind AND k.key >= n.low AND k.key < n.high OFFSET 0
  ) many
) k ON true
WHERE h.id = $1 AND h.stream = $7`

/** After every key that starts with `prefix`: keys are ASCII. */
const end = (prefix: string) => `${prefix}\u007f`

function namesOf(names: readonly RowName[]): string[][] {
  const keys = new Set<string>()
  const prefixes = new Set<string>()
  for (const name of names) {
    if ('key' in name) keys.add(`${name.table} ${name.key}`)
    else prefixes.add(`${name.table} ${name.under}`)
  }
  const split = (name: string): [string, string] => [
    name.slice(0, name.indexOf(' ')),
    name.slice(name.indexOf(' ') + 1),
  ]
  const one = [...keys].map(split)
  const many = [...prefixes].map(split)
  return [
    one.map(([table]) => table),
    one.map(([, key]) => key),
    many.map(([table]) => table),
    many.map(([, low]) => low),
    many.map(([, low]) => end(low)),
  ]
}

async function transaction<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  // What a crash of the server takes with it is only saved again later.
  await client.query('BEGIN; SET LOCAL synchronous_commit TO off')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function save(client: pg.PoolClient, snapshot: SnapshotToSave): Promise<SaveOutcome> {
  const { stream, shape, base, unfit, revision, eventId } = snapshot
  const values = [String(revision), eventId, JSON.stringify(snapshot.head)]
  const { rows } = await client.query<{ id: number; shape: string; revision: string; event_id: string }>(
    'SELECT id, shape, revision::text, event_id::text FROM quipu_snapshot.head WHERE stream = $1 FOR UPDATE',
    [stream],
  )
  const [found] = rows
  if (base !== null) {
    // A crash of the server, or a restore, may have taken back what was saved: then more is missing than `rows` say.
    if (found?.id !== base.id || BigInt(found.revision) < base.revision) return { outcome: 'gone' }
    if (BigInt(found.revision) >= revision) return behind(found)
    await write(client, base.id, snapshot)
    await client.query('UPDATE quipu_snapshot.head SET revision = $2, event_id = $3, state = $4 WHERE id = $1', [
      base.id,
      ...values,
    ])
    return { outcome: 'saved', id: base.id }
  }
  if (found !== undefined) {
    // What another release saved is left to it: a start throws it away.
    if (found.shape !== shape) return { outcome: 'gone' }
    if (found.id !== unfit) return behind(found)
    await remove(client, found.id)
  }
  const inserted = await client.query<{ id: number }>(
    `INSERT INTO quipu_snapshot.head (stream, shape, revision, event_id, state) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (stream) DO NOTHING RETURNING id`,
    [stream, shape, ...values],
  )
  const id = inserted.rows[0]?.id
  // Another process was first, between our look and our row.
  if (id === undefined) return { outcome: 'gone' }
  // Should somebody have emptied the table of heads only, and its sequence with it.
  await client.query('DELETE FROM quipu_snapshot.kept WHERE head = $1', [id])
  await write(client, id, snapshot)
  return { outcome: 'saved', id }
}

async function remove(client: pg.PoolClient, id: number): Promise<void> {
  await client.query('DELETE FROM quipu_snapshot.head WHERE id = $1', [id])
  await client.query('DELETE FROM quipu_snapshot.kept WHERE head = $1', [id])
}

function behind(found: { readonly id: number; readonly revision: string; readonly event_id: string }): SaveOutcome {
  return {
    outcome: 'behind',
    found: { id: found.id, revision: BigInt(found.revision), eventId: found.event_id },
  }
}

/** Many texts as one: neither keys nor JSON hold a line's end. An array's literal would have to be escaped text by text. */
const lined = (texts: readonly string[]) => texts.join('\n')

async function write(client: pg.PoolClient, id: number, { rows, signal }: SnapshotToSave): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS_MAX) {
    signal.throwIfAborted()
    const some = rows.slice(i, i + ROWS_MAX)
    const there = some.filter(({ value }) => value !== null)
    const gone = some.filter(({ value }) => value === null)
    if (there.length > 0)
      await client.query(
        `INSERT INTO quipu_snapshot.kept (head, kind, key, value)
       SELECT $1, * FROM unnest(string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), string_to_array($4, E'\\n'))
       ON CONFLICT (head, kind, key) DO UPDATE SET value = excluded.value`,
        [
          id,
          lined(there.map(({ table }) => table)),
          lined(there.map(({ key }) => key)),
          lined(there.map(({ value }) => JSON.stringify(value))),
        ],
      )
    if (gone.length > 0)
      await client.query(
        `DELETE FROM quipu_snapshot.kept k USING unnest($2::text[], $3::text[]) AS n(kind, key)
         WHERE k.head = $1 AND k.kind = n.kind AND k.key = n.key`,
        [id, gone.map(({ table }) => table), gone.map(({ key }) => key)],
      )
  }
}
