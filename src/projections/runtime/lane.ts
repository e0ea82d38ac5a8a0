// One lane: its units wait in order, and are applied in transactions that move rows and checkpoint together.
import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from '../../platform/log.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { BEFORE_ALL, inTransaction } from '../schema/generations.ts'
import { isPassing, LaneMoved, messageOf, type Poison } from './failure.ts'
import { portfolioOf } from './interests.ts'
import { LaneRow } from './lane-row.ts'
import { copy, type Model, storedIn, type Writes, write } from './model.ts'

/** Units per transaction while catching up, and events after which it takes no more: what is worked out at one go holds up the process. */
const BATCH_UNITS = 500
const BATCH_EVENTS = 1_000
/** Events after which a backlog hands over its rows: what is worked out between two hand-overs holds up the process. */
const FILL_EVENTS = 250
const FILL_ROWS = 2_000
/** Events of a unit after each step of which others get their turn. */
const LARGE_UNIT = 50
/** Units a lane keeps in memory; what comes beyond is read again from the log when its turn comes. */
const QUEUE_UNITS = 5_000
/** Pause before a lane tries again after a failure that may pass: doubled each time up to the last. */
const RETRY_FIRST_MS = 50
const RETRY_LAST_MS = 5_000

/** What distinguishes the lane of a portfolio from that of a shared table. */
export interface LaneKind<U> {
  model(stateHash: string): Model<U>
  /** Brings what is kept between batches (the book) to a checkpoint. */
  ready(position: bigint): Promise<void>
  /** What the units mean; stops before the first that cannot be learned. */
  learn(units: readonly RecordedUnit[]): { readonly learned: readonly U[]; readonly failure?: unknown }
  /** Ends a turn: what is kept between batches is kept elsewhere, within bounds. */
  release(): void
  /** Throws away what is kept: it is ahead of the database, or no longer to be trusted. */
  forget(): void
  /** Reads units of this lane from the log, after one position and up to another. */
  read(after: bigint, until: bigint): AsyncIterable<RecordedUnit>
}

export interface LaneState {
  readonly position: bigint
  readonly poison: Poison | undefined
}

export interface LaneOptions<U> {
  readonly projection: string
  /** Empty for shared tables. */
  readonly portfolio: string
  readonly pool: pg.Pool
  readonly schema: string
  readonly generation: number
  readonly logger: Logger
  readonly kind: LaneKind<U>
  readonly state: LaneState
  onApplied(position: bigint, units: number, rows: number): void
  onPoisoned(poison: Poison): void
  /** Told while a backlog is being copied: that many units more. */
  onProgress(units: number): void
}

export class Lane<U> {
  readonly projection: string
  readonly portfolio: string
  readonly #options: LaneOptions<U>
  readonly #row: LaneRow
  #position: bigint
  #poison: Poison | undefined
  #queue: RecordedUnit[] = []
  /** The newest unit of the portfolio's own that was added. */
  #newestOwn = BEFORE_ALL
  /** Set when units were left out of the queue: up to where they must be read from the log. */
  #unread: bigint | undefined
  /** After a failed batch: units go one by one, so that the one to blame is found and the ones before it are kept. */
  #oneByOne = 0
  #failures = 0

  constructor(options: LaneOptions<U>) {
    this.projection = options.projection
    this.portfolio = options.portfolio
    this.#options = options
    const { pool, schema, generation, projection, portfolio } = options
    this.#row = new LaneRow(pool, schema, generation, projection, portfolio)
    this.#position = options.state.position
    this.#poison = options.state.poison
  }

  /** The checkpoint. */
  get position(): bigint {
    return this.#position
  }

  get poison(): Poison | undefined {
    return this.#poison
  }

  /** How many units wait, at least. */
  get pending(): number {
    return this.#queue.length + (this.#unread === undefined ? 0 : 1)
  }

  /** When the first unit that waits was recorded, if it is known. */
  get pendingSince(): string | undefined {
    return this.#queue[0]?.recordedAt
  }

  get hasWork(): boolean {
    return this.#poison === undefined && this.pending > 0
  }

  /** Whether something waits that was written to this lane itself, and not only what concerns many: somebody may wait to read it. */
  get hasOwn(): boolean {
    return this.hasWork && (this.portfolio === '' || this.#newestOwn > this.#position)
  }

  /** The newest position at which its rows answer, when everything up to `read` was handed out. */
  projectedTo(read: bigint): bigint {
    const first = this.#queue[0]
    if (first !== undefined) return first.position - 1n
    if (this.#unread !== undefined || this.#poison !== undefined) return this.#position
    return read > this.#position ? read : this.#position
  }

  /** Takes a unit in log order. */
  add(unit: RecordedUnit): void {
    if (unit.position <= this.#position || this.#poison !== undefined) return
    if (portfolioOf(unit.stream) === this.portfolio) this.#newestOwn = unit.position
    if (this.#unread !== undefined || this.#queue.length >= QUEUE_UNITS) this.#unread = unit.position
    else this.#queue.push(unit)
  }

  /** Says that the log holds units of this lane up to a position that were not handed over: after a start, or a resume. */
  readUpTo(position: bigint): void {
    if (position > this.#position) this.#unread = position
  }

  /** Applies one batch. Answers with the pause to make before the next, in milliseconds. */
  async step(): Promise<number> {
    try {
      await this.#options.kind.ready(this.#position)
      if (
        this.#unread !== undefined &&
        this.#position === BEFORE_ALL &&
        this.#queue.length === 0 &&
        this.#oneByOne === 0
      )
        return await this.#fill(this.#unread)
      await this.#refill()
      const batch = this.#batch()
      if (batch.length === 0) return 0
      const { learned, failure } = this.#options.kind.learn(batch)
      if (learned.length > 0) await this.#apply(batch.slice(0, learned.length), learned)
      if (failure !== undefined) await this.#stopAt(batch[learned.length]!, failure)
      this.#failures = 0
      return 0
    } catch (error) {
      return this.#failed(error)
    } finally {
      this.#options.kind.release()
    }
  }

  /** The first that wait, as many as are applied at one go. */
  #batch(): RecordedUnit[] {
    if (this.#oneByOne > 0) return this.#queue.slice(0, 1)
    let units = 0
    for (let events = 0; units < BATCH_UNITS && events < BATCH_EVENTS; units++) {
      const unit = this.#queue[units]
      if (unit === undefined) break
      events += unit.events.length
    }
    return this.#queue.slice(0, units)
  }

  /** Takes up a poisoned lane again, after its cause was mended. `until`: up to where units were handed out. */
  async resume(until: bigint): Promise<void> {
    await this.#row.mended()
    this.#options.kind.forget()
    this.#queue = []
    this.#poison = undefined
    this.readUpTo(until)
  }

  async #refill(): Promise<void> {
    const until = this.#unread
    if (until === undefined || this.#queue.length > 0) return
    let last = this.#position
    for await (const unit of this.#options.kind.read(this.#position, until)) {
      this.#queue.push(unit)
      last = unit.position
      if (this.#queue.length >= QUEUE_UNITS) break
    }
    // What came while reading moved the mark on; less than a queue means that the log holds no more up to it.
    if (this.#unread === until && this.#queue.length < QUEUE_UNITS) this.#unread = undefined
    else if (this.#unread !== undefined && this.#unread <= last) this.#unread = undefined
  }

  async #apply(units: readonly RecordedUnit[], learned: readonly U[]): Promise<void> {
    const { pool, schema, kind } = this.#options
    const last = units.at(-1)!.position
    const rows = await inTransaction(pool, async (client) => {
      const model = kind.model(await this.#row.lock(client, this.#position))
      await model.prepare(learned, storedIn(client, schema))
      let events = 0
      for (const [i, one] of learned.entries()) {
        model.apply(one)
        events += units[i]?.events.length ?? 0
        if (events < FILL_EVENTS) continue
        events = 0
        await setImmediate()
      }
      const added = await write(client, schema, model.drain(false))
      await this.#row.move(client, last, model.stateHash, added)
      return added
    })
    this.#position = last
    this.#queue.splice(0, units.length)
    this.#oneByOne = Math.max(0, this.#oneByOne - units.length)
    this.#options.onApplied(last, units.length, rows)
  }

  /** A lane that begins with a backlog copies it in one transaction, and keeps what is open in memory until its end. */
  async #fill(until: bigint): Promise<number> {
    const { pool, schema, kind } = this.#options
    let last: RecordedUnit | undefined
    let stopped: { readonly unit: RecordedUnit; readonly failure: unknown } | undefined
    let units = 0
    let events = 0
    const rows = await inTransaction(pool, async (client) => {
      const model = kind.model(await this.#row.lock(client, this.#position))
      let added = 0
      // The server takes in one part while the next is worked out.
      let copying = Promise.resolve(0)
      const handOver = async (writes: readonly Writes[]) => {
        added += await copying
        copying = copy(client, schema, writes)
        // Heard of when it is awaited, which is before the transaction ends.
        copying.catch(() => undefined)
      }
      for await (const unit of kind.read(this.#position, until)) {
        const { learned, failure } = kind.learn([unit])
        if (failure !== undefined) {
          stopped = { unit, failure }
          break
        }
        if (unit.events.length >= LARGE_UNIT) await setImmediate()
        // Nothing is stored that `prepare` could load.
        for (const one of learned) model.apply(one)
        if (unit.events.length >= LARGE_UNIT) await setImmediate()
        last = unit
        units++
        events += unit.events.length
        if (events >= FILL_EVENTS) {
          events = 0
          await setImmediate()
          await handOver(model.drain(true))
        }
        if (units % BATCH_UNITS === 0) this.#options.onProgress(BATCH_UNITS)
      }
      for (const part of model.drainRest?.(FILL_ROWS) ?? model.drain(false)) await handOver([part])
      added += await copying
      if (last !== undefined) await this.#row.move(client, last.position, model.stateHash, added)
      return added
    })
    // What came while it was filled moved the mark on.
    if (this.#unread === until) this.#unread = undefined
    if (last !== undefined) {
      this.#position = last.position
      this.#options.onApplied(last.position, units % BATCH_UNITS, rows)
    }
    if (stopped !== undefined) await this.#stopAt(stopped.unit, stopped.failure)
    return 0
  }

  async #failed(error: unknown): Promise<number> {
    const { kind, logger } = this.#options
    // The book has learned what the database may not hold.
    kind.forget()
    const lane = { projection: this.projection, portfolio: this.portfolio, position: String(this.#position) }
    if (error instanceof LaneMoved || isPassing(error)) {
      const pause = Math.min(RETRY_FIRST_MS * 2 ** this.#failures++, RETRY_LAST_MS)
      logger.warn({ ...lane, error: messageOf(error), pause }, 'a lane could not be written; it tries again')
      await this.#adoptCheckpoint().catch(() => undefined)
      return pause
    }
    const first = this.#queue[0]
    if (this.#oneByOne === 0 && (first === undefined ? this.#unread !== undefined : this.#queue.length > 1)) {
      this.#oneByOne = BATCH_UNITS
      return 0
    }
    // Nothing was read that could be to blame: the log itself, or this code.
    if (first === undefined) throw error
    try {
      await this.#stopAt(first, error)
      return 0
    } catch (lost) {
      if (isPassing(lost)) return RETRY_FIRST_MS
      throw lost
    }
  }

  /**
   * COMMIT may have happened or not, and another projector may have been here: only the stored checkpoint says, and rows always
   * agree with it.
   */
  async #adoptCheckpoint(): Promise<void> {
    const stored = (await this.#row.position()) ?? this.#position
    const before = this.#position
    if (stored === before) return
    this.#position = stored
    if (stored < before) {
      // The database was set back: what lies between is read from the log again, and what waited after it too.
      this.#unread = this.#unread ?? this.#queue.at(-1)?.position ?? before
      this.#queue = []
      return
    }
    const applied = this.#queue.filter(({ position }) => position <= stored).length
    this.#queue.splice(0, applied)
    this.#options.onApplied(stored, applied, 0)
  }

  /** Stops this lane alone, and says so in the log, in its row and to whoever watches. */
  async #stopAt(unit: RecordedUnit, error: unknown): Promise<void> {
    const { kind, logger } = this.#options
    kind.forget()
    const blamed = unit.events.find(({ id }) => messageOf(error).includes(id)) ?? unit.events[0]!
    const poison = { position: unit.position, event: blamed.id, type: blamed.type, error: messageOf(error) }
    await this.#row.poisoned(poison)
    this.#poison = poison
    this.#queue = []
    this.#unread = undefined
    this.#oneByOne = 0
    logger.error(
      { projection: this.projection, portfolio: this.portfolio, ...poison, position: String(poison.position) },
      'a lane stopped at a unit that it cannot apply; the others run on',
    )
    this.#options.onPoisoned(poison)
  }
}
