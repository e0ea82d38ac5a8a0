// Runs the projector for the composition root: one at a time per generation, following readers to a new generation when one is built.
import type { WaitTarget } from './read-models.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Registry } from 'prom-client'
import { LOCK_SPACE } from '../eventstore/postgres/migrate.ts'
import type { Log } from '../eventstore/log.ts'
import type { Logger } from '../platform/log.ts'
import { rebuild, type RebuildProgress, type Rebuilt } from './generations/rebuild.ts'
import { newLedger } from './ledger.ts'
import { isPassing, messageOf } from './runtime/failure.ts'
import type { Ledger } from './runtime/fold.ts'
import { type LaneStatus, statusOf } from './runtime/lane-status.ts'
import { registerMetrics } from './runtime/projector-metrics.ts'
import { Projector } from './runtime/projector.ts'
import { AXIS } from './runtime/shared-models.ts'
import { type AppliedListener, Watch } from './runtime/watch.ts'
import { requireParsers } from './schema/connection.ts'
import { SHAPE } from './schema/ddl.ts'
import {
  createGeneration,
  currentGeneration,
  type Generation,
  inTransaction,
  pointTo,
  prepareStableSchema,
} from './schema/generations.ts'

/** How often it looks whether another process moved readers to a new generation, or gave up its place. */
const LOOK_MS = 1_000
/** Advisory lock of the projector of generation n: this plus n. */
const LOCK_PROJECTOR = 1_000

export interface StartProjectorOptions {
  /** Opened by openPool of schema/connection.ts: it needs the ledger's parsers. Not ended by the projector. */
  readonly pool: pg.Pool
  readonly log: Log
  readonly logger: Logger
  readonly metrics?: Registry
  /** Default: the domain's book. */
  readonly makeLedger?: () => Ledger
  readonly lanesAtOnce?: number
  readonly hotBooks?: number
}

export class RunningProjector {
  readonly #options: StartProjectorOptions
  readonly #watch = new Watch()
  readonly #stop = new AbortController()
  #projector: Projector | undefined
  #supervisor: Promise<void> = Promise.resolve()
  #lookNow: () => void = () => undefined
  #failure: Error | undefined

  private constructor(options: StartProjectorOptions) {
    this.#options = options
  }

  /** Prepares the schema and starts; answers when it runs, or stands by because another process projects. */
  static async start(options: StartProjectorOptions): Promise<RunningProjector> {
    await requireParsers(options.pool)
    await prepareStableSchema(options.pool)
    const running = new RunningProjector(options)
    await new Promise<void>((resolve, reject) => {
      running.#supervisor = running.#supervise(resolve)
      running.#supervisor.catch(reject)
    })
    if (options.metrics !== undefined) registerMetrics(options.metrics, running)
    return running
  }

  /** The generation being written; undefined while it stands by or rebuilds. */
  get generation(): number | undefined {
    return this.#projector?.generation
  }

  /** How far the log has been handed out; undefined while it stands by or rebuilds. */
  get position(): bigint | undefined {
    return this.#projector?.position
  }

  /** Why it stopped for good, when it did. */
  get failure(): Error | undefined {
    return this.#failure ?? this.#projector?.failure
  }

  /** Every lane as it stands, the shared ones first. */
  lanes(): LaneStatus[] {
    const projector = this.#projector
    return projector === undefined ? [] : [...projector.lanes.all()].map((lane) => statusOf(lane, projector.position))
  }

  /** Calls back after every commit of a lane; answers with how to stop that. */
  onApplied(listener: AppliedListener): () => void {
    return this.#watch.on(listener)
  }

  /** Waits until the read models answer at a log position; false when they did not within the time. */
  waitFor(target: WaitTarget, position: bigint, timeoutMs: number): Promise<boolean> {
    return this.#watch.until(() => {
      const projector = this.#projector
      if (projector === undefined || projector.position < position) return false
      if ('portfolio' in target) return projector.projectedTo('book', target.portfolio) >= position
      return [...projector.lanes.all()].every(
        (lane) => ('shared' in target && lane.portfolio !== '') || lane.projectedTo(projector.position) >= position,
      )
    }, timeoutMs)
  }

  /** Takes up a poisoned lane again, after its cause was mended. */
  async resume(portfolio: string): Promise<void> {
    await this.#projector?.resume('book', portfolio)
  }

  /** Builds a new generation beside the current one and moves readers, and this projector, to it. */
  async rebuild(
    options: { readonly workers?: number; onProgress?(progress: RebuildProgress): void } = {},
  ): Promise<Rebuilt> {
    const { pool, log, logger, makeLedger = newLedger } = this.#options
    const rebuilt = await rebuild({ pool, log, logger, ledger: makeLedger(), ...options })
    this.#lookNow()
    await this.#watch.until(() => this.#projector?.generation === rebuilt.generation, LOOK_MS * 10)
    return rebuilt
  }

  /** Ends after the transactions that run now. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#lookNow()
    await this.#supervisor.catch(() => undefined)
  }

  /** Projects until it is told to stop, whatever happens to the database in between. */
  async #supervise(started: () => void): Promise<void> {
    const { signal } = this.#stop
    const { logger } = this.#options
    while (!signal.aborted) {
      try {
        await this.#tenure(started)
      } catch (error) {
        if (!isPassing(error)) {
          this.#failure = error instanceof Error ? error : new Error(String(error))
          logger.fatal({ error: messageOf(error) }, 'the projector stopped')
          throw error
        }
        logger.warn({ error: messageOf(error) }, 'the database is away; the projector tries again')
        await this.#look()
      }
    }
  }

  /** One spell of projecting one generation, or of standing by while another process does. */
  async #tenure(started: () => void): Promise<void> {
    const { signal } = this.#stop
    const { pool, log, logger, makeLedger = newLedger, lanesAtOnce, hotBooks } = this.#options
    const { generation } = await this.#chosen(started)
    const lock = await this.#lock(generation)
    if (lock === undefined) {
      started()
      return this.#look()
    }
    try {
      const projector = await Projector.start({
        pool,
        log,
        logger,
        ledger: makeLedger(),
        generation,
        watch: this.#watch,
        ...(lanesAtOnce === undefined ? {} : { lanesAtOnce }),
        ...(hotBooks === undefined ? {} : { hotBooks }),
      })
      this.#projector = projector
      try {
        this.#watch.emit({ generation, projection: AXIS, portfolio: '', position: projector.position })
        started()
        while (!signal.aborted && !lock.lost && (await this.#isCurrent(generation))) await this.#look()
      } finally {
        this.#projector = undefined
        await projector.stop()
      }
    } finally {
      await lock.release()
    }
  }

  /** The generation to write: the current one, the first one, or a new one when this release computes otherwise. */
  async #chosen(started: () => void): Promise<Generation> {
    const { pool, log, logger, makeLedger = newLedger } = this.#options
    const current = await currentGeneration(pool)
    const ledger = makeLedger()
    if (current === undefined) {
      const first = await createGeneration(pool, ledger.bookVersion)
      // Two processes may start on an empty database: the later generation wins, and both follow it.
      await inTransaction(pool, (client) => pointTo(client, first.generation)).catch((error: unknown) =>
        logger.info({ error: messageOf(error) }, 'another process made the first generation'),
      )
      return (await currentGeneration(pool)) ?? first
    }
    if (current.shape === SHAPE && current.bookVersion === ledger.bookVersion) return current
    logger.warn(
      { generation: current.generation, was: current.bookVersion, is: ledger.bookVersion },
      'this release computes otherwise: the read models are rebuilt; until then readers see the old ones',
    )
    // Readers need not wait for it: they see the old ones, as far as these are.
    started()
    await rebuild({ pool, log, logger, ledger })
    return (await currentGeneration(pool)) ?? current
  }

  async #isCurrent(generation: number): Promise<boolean> {
    try {
      return (await currentGeneration(this.#options.pool))?.generation === generation
    } catch (error) {
      // A database that is away says nothing: lanes retry by themselves.
      this.#options.logger.warn({ error: messageOf(error) }, 'the current generation cannot be read; trying again')
      return true
    }
  }

  /** Pauses until it is time to look again, or somebody asks to. */
  async #look(): Promise<void> {
    const now = new AbortController()
    this.#lookNow = () => now.abort()
    if (this.#stop.signal.aborted) return
    await sleep(LOOK_MS, undefined, { signal: now.signal }).catch(() => undefined)
  }

  /** The right to write a generation, for as long as a connection lives; undefined when another process has it. */
  async #lock(generation: number): Promise<{ readonly lost: boolean; release(): Promise<void> } | undefined> {
    const client = await this.#options.pool.connect()
    const key = [LOCK_SPACE, LOCK_PROJECTOR + generation]
    let lost = false
    const onError = () => {
      lost = true
      this.#lookNow()
    }
    client.on('error', onError)
    const giveBack = (broken?: Error) => {
      client.off('error', onError)
      client.release(broken)
    }
    try {
      const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS got', key)
      if (rows[0]?.got !== true) {
        giveBack()
        return undefined
      }
    } catch (error) {
      giveBack(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
    return {
      get lost() {
        return lost
      },
      async release() {
        const broken = await client.query('SELECT pg_advisory_unlock($1, $2)', key).then(
          () => undefined,
          (error: Error) => error,
        )
        giveBack(broken)
      },
    }
  }
}

/** See {@link RunningProjector.start}. */
export function startProjector(options: StartProjectorOptions): Promise<RunningProjector> {
  return RunningProjector.start(options)
}
