// Where each saga is in the log and what it remembers: disposable, because seeing a unit again repeats nothing.
import type pg from 'pg'
import type { JsonValue } from '../domain/kernel/canonical-json.ts'
import { type Migration, migrate } from '../eventstore/postgres/migrate.ts'

export interface Checkpoint {
  /** Position of the last unit seen. */
  readonly position: bigint
  readonly state: JsonValue
}

export interface Checkpoints {
  load(saga: string): Promise<Checkpoint | undefined>
  save(saga: string, checkpoint: Checkpoint): Promise<void>
}

const MIGRATIONS: readonly Migration[] = [
  {
    name: 'checkpoints of sagas',
    sql: `
CREATE TABLE quipu_saga.checkpoint (
  saga text COLLATE "C" PRIMARY KEY,
  position numeric(20) NOT NULL,
  state json NOT NULL
);
COMMENT ON TABLE quipu_saga.checkpoint IS 'Where each saga is in the log, and what it remembers. Dropping a row makes the saga see the log again, which repeats nothing.';
`,
  },
]

/** Checkpoints in PostgreSQL. The pool stays the caller's. */
export async function openCheckpoints(pool: pg.Pool): Promise<Checkpoints> {
  await migrate(pool, 'quipu_saga', MIGRATIONS)
  return {
    async load(saga) {
      const { rows } = await pool.query<{ position: string; state: string }>(
        'SELECT position::text, state::text FROM quipu_saga.checkpoint WHERE saga = $1',
        [saga],
      )
      const [row] = rows
      return row === undefined ? undefined : { position: BigInt(row.position), state: JSON.parse(row.state) }
    },
    async save(saga, { position, state }) {
      // Never backwards: of two processes that run one saga, the one that is behind repeats nothing and moves nothing.
      await pool.query(
        `INSERT INTO quipu_saga.checkpoint (saga, position, state) VALUES ($1, $2, $3)
         ON CONFLICT (saga) DO UPDATE SET position = excluded.position, state = excluded.state
         WHERE checkpoint.position < excluded.position`,
        [saga, String(position), JSON.stringify(state)],
      )
    },
  }
}
