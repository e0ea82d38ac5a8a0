// Verification: folds the log again into a shadow, compares every row of the current generation with it, and certifies the outcome.
import type pg from 'pg'
import type { Log, RecordedUnit } from '../../eventstore/log.ts'
import { StateHash } from '../rows/state-hash.ts'
import { messageOf } from '../runtime/failure.ts'
import { type Ledger, toKnowledge } from '../runtime/fold.ts'
import { type Concerns, historyOf } from '../runtime/history.ts'
import { Interests, isReference } from '../runtime/interests.ts'
import type { Model } from '../runtime/model.ts'
import { type Learned, PortfolioModel } from '../runtime/portfolio-model.ts'
import { SHARED_MODELS } from '../runtime/shared-models.ts'
import { EMPTY_HASH } from '../rows/state-hash.ts'
import { generationSchema } from '../schema/ddl.ts'
import { currentGeneration, keepGeneration } from '../schema/generations.ts'
import { PORTFOLIO_TABLES, SHARED_TABLES, type SharedProjection } from '../schema/tables.ts'
import type { AnyRow } from '../schema/table.ts'
import { ExpectedRows, type RowDifference } from './expected-rows.ts'

/** Differences that a certificate lists; all are counted. */
const LISTED_MAX = 100
/** Units folded between two drains of a model. */
const DRAIN_UNITS = 500

export interface VerifyOptions {
  readonly pool: pg.Pool
  /** Opened with validation `always` it trusts no writer either. */
  readonly log: Pick<Log, 'readAll' | 'readStream'>
  /** A new one: nothing that a running projector knows is believed. */
  readonly ledger: Ledger
  onProgress?(progress: VerifyProgress): void
}

export interface VerifyProgress {
  readonly lanes: number
  readonly lanesDone: number
  readonly rows: number
}

export interface Certificate {
  /** True when every row is as the log says. */
  readonly ok: boolean
  readonly generation: number
  /** The version of the book that made the rows, and of the one that verified them. */
  readonly bookVersion: string
  readonly verifiedWith: string
  /** Log position up to which the read models were verified. */
  readonly position: string
  readonly units: number
  readonly lanes: number
  /** Lanes that have stopped: verified up to where they are, and not further. */
  readonly poisoned: readonly { readonly portfolio: string; readonly position: string; readonly error: string }[]
  readonly rowsCompared: number
  readonly differenceCount: number
  /** The first of them. */
  readonly differences: readonly RowDifference[]
  /** Sum modulo 2^256 of the lanes' state hashes, as folded from the log. */
  readonly stateHash: string
}

interface LaneRow {
  readonly projection: string
  readonly portfolio: string
  readonly position: string
  readonly status: string
  readonly error: string | null
  readonly state_hash: string
}

/** Compares in one snapshot, so that a live projector may run on. */
export async function verify(options: VerifyOptions): Promise<Certificate> {
  const client = await options.pool.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return await new Verification(options, client).run()
  } finally {
    const broken = await client.query('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    )
    client.release(broken)
  }
}

class Verification {
  readonly #options: VerifyOptions
  readonly #client: pg.PoolClient
  readonly #hash = new StateHash()
  readonly #differences: RowDifference[] = []
  readonly #reference = new Map<bigint, RecordedUnit>()
  readonly #positions = new Map<string, bigint[]>()
  readonly #transfers = new Map<string, string[]>()
  #differenceCount = 0
  #rows = 0
  #units = 0
  #lanesDone = 0
  #schema = ''

  constructor(options: VerifyOptions, client: pg.PoolClient) {
    this.#options = options
    this.#client = client
  }

  async run(): Promise<Certificate> {
    const generation = await currentGeneration(this.#client)
    if (generation === undefined) throw new Error('there are no read models to verify yet')
    await keepGeneration(this.#client, generation.generation)
    this.#schema = generationSchema(generation.generation)
    const { rows: lanes } = await this.#client.query<LaneRow>(
      `SELECT projection, portfolio, position, status, error, state_hash FROM ${this.#schema}.lane ORDER BY 1, 2`,
    )
    const axis = lanes.find(({ projection }) => projection === 'units')
    const position = BigInt(axis?.position ?? -1)
    await this.#survey(position, lanes)
    const books = new Map(lanes.filter(({ projection }) => projection === 'book').map((lane) => [lane.portfolio, lane]))
    for (const portfolio of [...new Set([...books.keys(), ...this.#positions.keys()])].sort()) {
      await this.#verifyPortfolio(portfolio, books.get(portfolio))
      this.#progress(books.size)
    }
    return {
      ok: this.#differenceCount === 0,
      generation: generation.generation,
      bookVersion: generation.bookVersion,
      verifiedWith: this.#options.ledger.bookVersion,
      position: String(position),
      units: this.#units,
      lanes: lanes.length,
      poisoned: lanes
        .filter(({ status }) => status === 'poisoned')
        .map(({ portfolio, position: at, error }) => ({ portfolio, position: at, error: error ?? '' })),
      rowsCompared: this.#rows,
      differenceCount: this.#differenceCount,
      differences: this.#differences,
      stateHash: this.#hash.value,
    }
  }

  /** Reads the whole log once: who is concerned by what, what books share, and the shared tables. */
  async #survey(until: bigint, lanes: readonly LaneRow[]): Promise<void> {
    const { log, ledger } = this.#options
    const interests = new Interests()
    const shared = lanes
      .filter(({ projection }) => projection !== 'book')
      .map((lane) => ({
        lane,
        position: BigInt(lane.position),
        streams: SHARED_MODELS[lane.projection as SharedProjection].streams,
        model: SHARED_MODELS[lane.projection as SharedProjection].make(EMPTY_HASH),
        expected: new ExpectedRows(),
      }))
    if (until >= 0n) {
      for await (const unit of log.readAll({ until })) {
        this.#units++
        if (isReference(unit.stream)) this.#reference.set(unit.position, unit)
        ledger.reference.learn(toKnowledge(unit))
        for (const portfolio of interests.concernedBy(unit)) append(this.#positions, portfolio, unit.position)
        for (const { portfolio, kind, subject } of interests.takeFresh())
          if (kind === 'transfer') append(this.#transfers, portfolio, subject)
        for (const { model, streams, position } of shared)
          if (unit.position <= position && streams.some((prefix) => unit.stream.startsWith(prefix))) model.apply(unit)
        if (this.#units % DRAIN_UNITS === 0) for (const { model, expected } of shared) expected.add(model.drain(true))
      }
    }
    for (const { lane, model, expected } of shared) {
      expected.add(model.drain(false))
      for (const table of SHARED_TABLES[lane.projection as SharedProjection])
        this.#rows += await expected.compare(this.#client, this.#schema, table, null, (difference) =>
          this.#report(difference),
        )
      this.#compareHash(lane, expected.stateHash)
    }
  }

  async #verifyPortfolio(portfolio: string, lane: LaneRow | undefined): Promise<void> {
    const expected = new ExpectedRows()
    const until = BigInt(lane?.position ?? -1)
    try {
      await this.#fold(portfolio, until, expected)
    } catch (error) {
      // The log said once that this could be applied; now it cannot.
      this.#report(laneDifference(portfolio, { applied: 'yes' }, { applied: messageOf(error) }))
    }
    for (const table of PORTFOLIO_TABLES)
      this.#rows += await expected.compare(this.#client, this.#schema, table, portfolio, (difference) =>
        this.#report(difference),
      )
    if (lane === undefined) this.#report(laneDifference(portfolio, { projection: 'book' }, null))
    else this.#compareHash(lane, expected.stateHash)
    this.#lanesDone++
  }

  async #fold(portfolio: string, until: bigint, expected: ExpectedRows): Promise<void> {
    const { log, ledger } = this.#options
    const concerns: Concerns = {
      positions: this.#positions.get(portfolio) ?? [],
      transfers: this.#transfers.get(portfolio) ?? [],
    }
    const book = ledger.book(portfolio)
    const model: Model<Learned> = new PortfolioModel(portfolio, EMPTY_HASH)
    let units = 0
    for await (const unit of historyOf(log, this.#reference, portfolio, concerns, -1n, until)) {
      model.apply({ unit, difference: book.learn(toKnowledge(unit)) })
      if (++units % DRAIN_UNITS === 0) expected.add(model.drain(true))
    }
    expected.add(model.drain(false))
  }

  /** The hash kept with the rows must be that of the rows the log says, whatever the rows are now. */
  #compareHash(lane: LaneRow, expected: string): void {
    this.#hash.merge(expected)
    if (lane.state_hash === expected) return
    this.#report({
      ...laneDifference(lane.portfolio, { state_hash: expected }, { state_hash: lane.state_hash }),
      key: { projection: lane.projection, portfolio: lane.portfolio },
    })
  }

  #report(difference: RowDifference): void {
    this.#differenceCount++
    if (this.#differences.length < LISTED_MAX) this.#differences.push(difference)
  }

  #progress(lanes: number): void {
    this.#options.onProgress?.({ lanes, lanesDone: this.#lanesDone, rows: this.#rows })
  }
}

function laneDifference(portfolio: string, expected: AnyRow | null, found: AnyRow | null): RowDifference {
  const problem = found === null ? 'missing' : 'altered'
  return { table: 'lane', key: { projection: 'book', portfolio }, problem, expected, found }
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
