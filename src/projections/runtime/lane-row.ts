// The stored side of a lane: its checkpoint, hash and state, read and moved in the transactions that write its rows.
import type pg from 'pg'
import { LaneMoved, type Poison } from './failure.ts'

/** The NOTIFY channel that says which lane moved. */
export const APPLIED_CHANNEL = 'quipu_applied'

export class LaneRow {
  readonly #pool: pg.Pool
  readonly #schema: string
  readonly #generation: number
  readonly #key: readonly [projection: string, portfolio: string]

  constructor(pool: pg.Pool, schema: string, generation: number, projection: string, portfolio: string) {
    this.#pool = pool
    this.#schema = schema
    this.#generation = generation
    this.#key = [projection, portfolio]
  }

  /**
   * The compare of compare-and-set: the row stays locked until the checkpoint moves with the rows. Answers with the state hash.
   * @throws LaneMoved when the checkpoint is elsewhere
   */
  async lock(client: pg.ClientBase, expected: bigint): Promise<string> {
    const { rows } = await client.query<{ position: string; state_hash: string }>(
      `SELECT position, state_hash FROM ${this.#schema}.lane WHERE projection = $1 AND portfolio = $2 FOR UPDATE`,
      [...this.#key],
    )
    const row = rows[0]
    if (row === undefined || BigInt(row.position) !== expected)
      throw new LaneMoved(
        `lane ${this.#key.join('/')} is at ${row?.position ?? 'no position'}, not at ${expected}: another projector writes it`,
      )
    return row.state_hash
  }

  /** The set of compare-and-set. */
  async move(client: pg.ClientBase, position: bigint, stateHash: string, rows: number): Promise<void> {
    await client.query(
      `UPDATE ${this.#schema}.lane SET position = $3, state_hash = $4, row_count = row_count + $5 WHERE projection = $1 AND portfolio = $2`,
      [...this.#key, position, stateHash, rows],
    )
    const [projection, portfolio] = this.#key
    // Other processes hear of it when, and only when, it commits.
    await client.query('SELECT pg_notify($1, $2)', [
      APPLIED_CHANNEL,
      JSON.stringify({ generation: this.#generation, projection, portfolio, position: String(position) }),
    ])
  }

  /** The checkpoint as stored; undefined when there is no such lane. */
  async position(): Promise<bigint | undefined> {
    const { rows } = await this.#pool.query<{ position: string }>(
      `SELECT position FROM ${this.#schema}.lane WHERE projection = $1 AND portfolio = $2`,
      [...this.#key],
    )
    return rows[0] === undefined ? undefined : BigInt(rows[0].position)
  }

  async poisoned({ position, event, type, error }: Poison): Promise<void> {
    await this.#pool.query(
      `UPDATE ${this.#schema}.lane SET status = 'poisoned', failed_position = $3, failed_event = $4, failed_type = $5, error = $6
       WHERE projection = $1 AND portfolio = $2`,
      [...this.#key, position, event, type, error],
    )
  }

  async mended(): Promise<void> {
    await this.#pool.query(
      `UPDATE ${this.#schema}.lane SET status = 'running', failed_position = NULL, failed_event = NULL, failed_type = NULL, error = NULL
       WHERE projection = $1 AND portfolio = $2`,
      [...this.#key],
    )
  }
}
