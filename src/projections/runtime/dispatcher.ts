// The dispatcher: places each unit on the time axis, decides which lanes it concerns, and stores that before the unit counts as read.
import type pg from 'pg'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { inTransaction } from '../schema/generations.ts'
import { EMPTY_HASH } from '../rows/state-hash.ts'
import { LaneMoved } from './failure.ts'
import { type Interest, Interests } from './interests.ts'
import { storedIn, write } from './model.ts'
import { AXIS, SHARED_MODELS, sharedReadersOf } from './shared-models.ts'

/** A unit and the lanes it concerns. */
export interface Dispatched {
  readonly unit: RecordedUnit
  readonly portfolios: readonly string[]
  readonly shared: readonly string[]
}

export class Dispatcher {
  readonly #pool: pg.Pool
  readonly #schema: string
  readonly interests = new Interests()
  #position: bigint
  /** Interests that came up in units not stored yet: a retry stores them again. */
  #fresh: Interest[] = []

  constructor(pool: pg.Pool, schema: string, position: bigint) {
    this.#pool = pool
    this.#schema = schema
    this.#position = position
  }

  /** How far the log has been read and handed out. */
  get position(): bigint {
    return this.#position
  }

  /** Which lanes units concern, in log order. */
  route(units: readonly RecordedUnit[]): Dispatched[] {
    const routed = units.map((unit) => ({
      unit,
      portfolios: this.interests.concernedBy(unit),
      shared: sharedReadersOf(unit.stream),
    }))
    this.#fresh.push(...this.interests.takeFresh())
    return routed
  }

  /** Stores a batch in one transaction: the axis, the work of each lane, new interests, new lanes. */
  async store(batch: readonly Dispatched[]): Promise<void> {
    const last = batch.at(-1)
    if (last === undefined) return
    const schema = this.#schema
    await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ position: string; state_hash: string }>(
        `SELECT position, state_hash FROM ${schema}.lane WHERE projection = '${AXIS}' AND portfolio = '' FOR UPDATE`,
      )
      const axis = rows[0]
      if (axis === undefined || BigInt(axis.position) !== this.#position)
        throw new LaneMoved(`the axis is at ${axis?.position ?? 'no position'}, not at ${this.#position}`)
      const model = SHARED_MODELS[AXIS].make(axis.state_hash)
      await model.prepare([], storedIn(client, schema))
      for (const { unit } of batch) model.apply(unit)
      const added = await write(client, schema, model.drain(false))
      await storeConcerns(client, schema, batch, this.#fresh)
      await client.query(
        `UPDATE ${schema}.lane SET position = $1, state_hash = $2, row_count = row_count + $3 WHERE projection = '${AXIS}' AND portfolio = ''`,
        [last.unit.position, model.stateHash, added],
      )
    })
    this.#position = last.unit.position
    this.#fresh = []
  }

  /** COMMIT may have happened or not: only the stored checkpoint says. */
  async adoptCheckpoint(): Promise<void> {
    const { rows } = await this.#pool.query<{ position: string }>(
      `SELECT position FROM ${this.#schema}.lane WHERE projection = '${AXIS}' AND portfolio = ''`,
    )
    if (rows[0] !== undefined) this.#position = BigInt(rows[0].position)
  }
}

/** Writes which lanes the units concern. Repeating it changes nothing. */
export async function storeConcerns(
  client: pg.ClientBase,
  schema: string,
  batch: readonly Dispatched[],
  interests: readonly Interest[],
): Promise<void> {
  const work = batch.flatMap(({ unit, portfolios, shared }) => [
    ...portfolios.map((portfolio) => ['book', portfolio, String(unit.position)] as const),
    ...shared.map((projection) => [projection, '', String(unit.position)] as const),
  ])
  const portfolios = [...new Set(batch.flatMap((dispatched) => dispatched.portfolios))]
  if (portfolios.length > 0)
    await client.query(
      `INSERT INTO ${schema}.lane (projection, portfolio, position, status, row_count, state_hash)
       SELECT 'book', p, -1, 'running', 0, $2 FROM unnest($1::text[]) p ON CONFLICT DO NOTHING`,
      [portfolios, EMPTY_HASH],
    )
  if (work.length > 0)
    await client.query(
      `INSERT INTO ${schema}.work SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING`,
      [work.map(([projection]) => projection), work.map(([, portfolio]) => portfolio), work.map(([, , at]) => at)],
    )
  if (interests.length > 0)
    await client.query(
      `INSERT INTO ${schema}.interest SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
      [
        interests.map(({ portfolio }) => portfolio),
        interests.map(({ kind }) => kind),
        interests.map(({ subject }) => subject),
      ],
    )
}
