// The projector of one generation: reads the log in order, hands units to lanes, and runs the lanes side by side.
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Log, RecordedUnit } from '../../eventstore/log.ts'
import type { Logger } from '../../platform/log.ts'
import { generationSchema, readIndexesDdl } from '../schema/ddl.ts'
import { BEFORE_ALL } from '../schema/generations.ts'
import type { SharedProjection } from '../schema/tables.ts'
import { Books } from './books.ts'
import { type Dispatched, Dispatcher } from './dispatcher.ts'
import { isPassing, LaneMoved, messageOf } from './failure.ts'
import { type Ledger, toKnowledge } from './fold.ts'
import { isReference } from './interests.ts'
import { type LaneSources, portfolioKind, sharedKind } from './kinds.ts'
import { Lane, type LaneKind, type LaneState } from './lane.ts'
import { type AnyLane, Lanes } from './lanes.ts'
import { LogReader } from './log-reader.ts'
import { AXIS } from './shared-models.ts'
import { loadState, type StoredState } from './stored-state.ts'
import type { Watch } from './watch.ts'

/** Units stored by one transaction of the dispatcher. */
const DISPATCH_UNITS = 1_000
const RETRY_MS = 200
/** How long one look for "everything applied" may take; then it looks again. */
const LOOK_MS = 1_000
const LANES_AT_ONCE = 4
const HOT_BOOKS = 200

export interface ProjectorOptions {
  readonly pool: pg.Pool
  readonly log: Log
  readonly ledger: Ledger
  readonly logger: Logger
  readonly generation: number
  readonly watch: Watch
  /** Lanes written at the same time; each takes a connection of the pool. */
  readonly lanesAtOnce?: number
  /** Books kept in memory. */
  readonly hotBooks?: number
  onProgress?(progress: Progress): void
}

/** How far it is since it started: units of portfolios handed out and applied; a unit counts once per portfolio it concerns. */
export interface Progress {
  /** How far the log was read. */
  readonly position: bigint
  readonly handed: number
  readonly applied: number
}

export class Projector {
  readonly generation: number
  readonly lanes: Lanes
  readonly #options: ProjectorOptions
  readonly #schema: string
  readonly #dispatcher: Dispatcher
  #handedOut: bigint
  readonly #reference = new Map<bigint, RecordedUnit>()
  readonly #sources: LaneSources
  readonly #stop = new AbortController()
  #loops: Promise<unknown> = Promise.resolve()
  #indexed: Promise<void> = Promise.resolve()
  #failure: Error | undefined
  /** While a new generation is handed a long log, its portfolios wait for the end of it and are then filled in one go each. */
  #holdUntil: bigint | undefined
  /** Units of portfolios: handed out, and applied. */
  #handed = 0
  #applied = 0

  private constructor(options: ProjectorOptions, position: bigint) {
    this.generation = options.generation
    this.#options = options
    this.#schema = generationSchema(options.generation)
    this.#handedOut = position
    this.#dispatcher = new Dispatcher(options.pool, this.#schema, position)
    this.lanes = new Lanes(options.lanesAtOnce ?? LANES_AT_ONCE, options.logger, (error) => this.#break(error))
    this.#sources = {
      pool: options.pool,
      schema: this.#schema,
      log: options.log,
      ledger: options.ledger,
      reference: this.#reference,
      books: new Books(options.hotBooks ?? HOT_BOOKS),
    }
  }

  /** Takes up a generation where its checkpoints stand. The caller makes sure that it is the only one to write it. */
  static async start(options: ProjectorOptions): Promise<Projector> {
    const state = await loadState(options.pool, options.log, generationSchema(options.generation))
    const projector = new Projector(options, state.position)
    if (state.position === BEFORE_ALL) projector.#holdUntil = await options.log.lastPosition()
    projector.#takeUp(state)
    if (projector.#holdUntil === undefined) await projector.#buildIndexes()
    else projector.#indexed = projector.#indexWhenFilled()
    const reader = new LogReader(options.log, options.logger, state.position, projector.#stop.signal)
    projector.#loops = Promise.all([projector.#read(reader), projector.#dispatch(reader)])
    return projector
  }

  /** How far the log has been read and handed out to lanes. */
  get position(): bigint {
    return this.#handedOut
  }

  get progress(): Progress {
    return { position: this.position, handed: this.#handed, applied: this.#applied }
  }

  /** Holds once the indexes that reads want are there. */
  get indexed(): Promise<void> {
    return this.#indexed
  }

  /** Why it stopped for good, when it did: the log is damaged, or a defect of its own. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** The newest position at which a lane answers; a portfolio nothing was recorded for answers as far as the log was read. */
  projectedTo(projection: string, portfolio: string): bigint {
    return this.lanes.get(projection, portfolio)?.projectedTo(this.position) ?? this.position
  }

  /** Ends after the transactions that run now; everything else is taken up by the next start. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loops
    await this.lanes.stop()
    this.#options.watch.emit({ generation: this.generation, projection: AXIS, portfolio: '', position: this.position })
    await this.#indexed
  }

  /** Takes up a poisoned lane again, after its cause was mended. */
  async resume(projection: string, portfolio: string): Promise<void> {
    const lane = this.lanes.get(projection, portfolio)
    if (lane?.poison === undefined) return
    await lane.resume(this.position)
    this.lanes.schedule(lane)
  }

  #takeUp(state: StoredState): void {
    this.#dispatcher.interests.load(state.interests)
    for (const unit of state.reference) {
      this.#dispatcher.interests.loadReference(unit)
      this.#learnReference(unit)
    }
    for (const { projection, portfolio, pending, ...lane } of state.lanes) {
      const made = this.#makeLane(projection, portfolio, lane)
      if (pending) made.readUpTo(state.position)
      this.lanes.schedule(made)
    }
  }

  #makeLane(projection: string, portfolio: string, state: LaneState): AnyLane {
    const lane =
      projection === 'book'
        ? this.#lane(projection, portfolio, state, portfolioKind(this.#sources, portfolio))
        : this.#lane(projection, portfolio, state, sharedKind(this.#sources, projection as SharedProjection))
    this.lanes.put(lane)
    return lane
  }

  #lane<U>(projection: string, portfolio: string, state: LaneState, kind: LaneKind<U>): Lane<U> {
    const { pool, logger, watch, generation } = this.#options
    const schema = this.#schema
    const moved = (position: bigint) => watch.emit({ generation, projection, portfolio, position })
    return new Lane({
      projection,
      portfolio,
      pool,
      schema,
      generation,
      logger,
      kind,
      state,
      onApplied: (position, units) => {
        this.#count(projection, units)
        moved(position)
      },
      onPoisoned: (poison) => moved(poison.position - 1n),
      onProgress: (units) => this.#count(projection, units),
    })
  }

  async #indexWhenFilled(): Promise<void> {
    const filled = () =>
      this.#stop.signal.aborted ||
      (this.#holdUntil === undefined &&
        [...this.lanes.all()].every((lane) => lane.pending === 0 || lane.poison !== undefined))
    while (!(await this.#options.watch.until(filled, LOOK_MS)));
    if (!this.#stop.signal.aborted) await this.#buildIndexes()
  }

  async #buildIndexes(): Promise<void> {
    try {
      await this.#options.pool.query(readIndexesDdl(this.#schema))
    } catch (error) {
      // Reads are slower without; the next start builds them.
      this.#options.logger.warn({ error: messageOf(error) }, 'the indexes for reads could not be built')
    }
  }

  #count(projection: string, units: number): void {
    if (projection === 'book') this.#applied += units
    this.#options.onProgress?.(this.progress)
  }

  #learnReference(unit: RecordedUnit): void {
    if (isReference(unit.stream)) this.#reference.set(unit.position, unit)
    this.#options.ledger.reference.learn(toKnowledge(unit))
  }

  async #read(reader: LogReader): Promise<void> {
    try {
      await reader.run()
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #dispatch(reader: LogReader): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        const units = await reader.take(DISPATCH_UNITS)
        for (const unit of units) this.#learnReference(unit)
        const routed = this.#dispatcher.route(units)
        if (!(await this.#stored(routed))) return
        this.#handOut(routed)
      }
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Stores a batch, however often it takes; false when told to stop. */
  async #stored(routed: readonly Dispatched[]): Promise<boolean> {
    const { logger } = this.#options
    let rest = routed
    while (!this.#stop.signal.aborted) {
      try {
        await this.#dispatcher.store(rest)
        return true
      } catch (error) {
        if (!(error instanceof LaneMoved) && !isPassing(error)) {
          this.#break(error instanceof Error ? error : new Error(String(error)))
          return false
        }
        logger.warn({ error: messageOf(error) }, 'units could not be handed out; trying again')
        await sleep(RETRY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined)
        await this.#dispatcher.adoptCheckpoint().catch(() => undefined)
        rest = routed.filter(({ unit }) => unit.position > this.#dispatcher.position)
      }
    }
    return false
  }

  #handOut(routed: readonly Dispatched[]): void {
    const touched = new Set<AnyLane>()
    for (const { unit, portfolios, shared } of routed) {
      this.#handed += portfolios.length
      for (const portfolio of portfolios) touched.add(this.#give('book', portfolio, unit))
      for (const projection of shared) touched.add(this.#give(projection, '', unit))
    }
    // Only now: a lane that has not been given its unit yet would say that it has nothing to do up to there.
    this.#handedOut = routed.at(-1)?.unit.position ?? this.#handedOut
    if (this.#holdUntil !== undefined && this.position >= this.#holdUntil) {
      this.#holdUntil = undefined
      for (const lane of this.lanes.all()) this.lanes.schedule(lane)
    }
    for (const lane of touched) if (this.#holdUntil === undefined || lane.portfolio === '') this.lanes.schedule(lane)
    this.#options.onProgress?.(this.progress)
    const { watch, generation } = this.#options
    watch.emit({ generation, projection: AXIS, portfolio: '', position: this.position })
  }

  #give(projection: string, portfolio: string, unit: RecordedUnit): AnyLane {
    const lane =
      this.lanes.get(projection, portfolio) ??
      this.#makeLane(projection, portfolio, { position: BEFORE_ALL, poison: undefined })
    if (this.#holdUntil !== undefined && portfolio !== '') lane.readUpTo(unit.position)
    else lane.add(unit)
    return lane
  }

  #break(error: Error): void {
    this.#failure = error
    this.#options.logger.fatal({ error: messageOf(error) }, 'the projector stopped: nothing more is read from the log')
    this.#stop.abort()
    void this.lanes.stop()
    this.#options.watch.emit({ generation: this.generation, projection: AXIS, portfolio: '', position: this.position })
  }
}
