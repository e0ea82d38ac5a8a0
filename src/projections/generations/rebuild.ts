// Rebuilds the read models from the log into a new generation, and moves readers to it once every lane has caught up.
import pg from 'pg'
import { LOCK_SPACE } from '../../eventstore/postgres/migrate.ts'
import type { Log } from '../../eventstore/log.ts'
import type { Logger } from '../../platform/log.ts'
import type { Ledger } from '../runtime/fold.ts'
import { type Progress, Projector } from '../runtime/projector.ts'
import { AXIS } from '../runtime/shared-models.ts'
import { Watch } from '../runtime/watch.ts'
import { generationSchema } from '../schema/ddl.ts'
import {
  createGeneration,
  currentGeneration,
  dropGeneration,
  generations,
  holdReaders,
  inTransaction,
  pointTo,
  prepareStableSchema,
} from '../schema/generations.ts'

/** One rebuild at a time. */
const LOCK_REBUILD = 12
/** How long one look for "everything applied" may take; then it looks again. */
const LOOK_MS = 2_000

export interface RebuildOptions {
  readonly pool: pg.Pool
  readonly log: Log
  readonly logger: Logger
  /** A new one: it learns the whole log. */
  readonly ledger: Ledger
  /** Portfolios filled at the same time. */
  readonly workers?: number
  onProgress?(progress: RebuildProgress): void
}

export interface RebuildProgress extends Progress {
  readonly generation: number
  /** Position of the end of the log when the rebuild began. */
  readonly head: bigint
}

export interface Rebuilt {
  readonly generation: number
  readonly position: bigint
  /** Units of portfolios applied. */
  readonly units: number
  readonly rows: number
}

/** A portfolio cannot be rebuilt that could be read before: readers stay where they are. */
export class RebuildStopped extends Error {
  readonly code = 'rebuild-stopped'
  readonly remedy = 'mend the cause named here, then rebuild again; the old read models are untouched'
}

/**
 * Fills a new generation beside the current one, in parallel by portfolio, and swaps when it is at least as far.
 * @throws RebuildStopped; the new generation is left as it is, for a look at the failure.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { pool, log, logger, ledger, workers, onProgress } = options
  await prepareStableSchema(pool)
  const lock = await pool.connect()
  try {
    await lock.query('SELECT pg_advisory_lock($1, $2)', [LOCK_SPACE, LOCK_REBUILD])
    // Gone are what a rebuild left that did not get to its end (while we hold the lock, nobody fills it) and what the rebuild before
    // this one replaced: the generation that this one replaces stays, for a look back.
    for (const { generation: left, status } of await generations(pool))
      if (status !== 'live' && !(await dropGeneration(pool, left)))
        logger.info({ generation: left }, 'a generation is still being verified; the next rebuild drops it')
    const { generation } = await createGeneration(pool, ledger.bookVersion)
    const head = (await log.lastPosition()) ?? -1n
    const watch = new Watch()
    const projector = await Projector.start({
      pool,
      log,
      logger,
      ledger,
      generation,
      watch,
      hotBooks: 1,
      ...(workers === undefined ? {} : { lanesAtOnce: workers }),
      onProgress: (progress) => onProgress?.({ ...progress, generation, head }),
    })
    try {
      return await swapWhenReady(pool, projector, watch, head)
    } finally {
      await projector.stop()
    }
  } finally {
    // A connection that died gave the lock back by itself; what went wrong before is what the caller must hear.
    const broken = await lock.query('SELECT pg_advisory_unlock($1, $2)', [LOCK_SPACE, LOCK_REBUILD]).then(
      () => undefined,
      (error: Error) => error,
    )
    lock.release(broken)
  }
}

async function swapWhenReady(pool: pg.Pool, projector: Projector, watch: Watch, head: bigint): Promise<Rebuilt> {
  const { generation } = projector
  const ready = () =>
    projector.failure !== undefined ||
    (projector.position >= head &&
      [...projector.lanes.all()].every((lane) => lane.pending === 0 || lane.poison !== undefined))
  for (;;) {
    while (!(await watch.until(ready, LOOK_MS)));
    if (projector.failure !== undefined) throw projector.failure
    await projector.indexed
    if (!(await swap(pool, generation))) continue
    const { rows } = await pool.query<{ rows: string }>(
      `SELECT coalesce(sum(row_count), 0) AS rows FROM ${generationSchema(generation)}.lane`,
    )
    const { position, applied } = projector.progress
    return { generation, position, units: applied, rows: Number(rows[0]?.rows ?? 0) }
  }
}

/** PostgreSQL: a lock was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03'

/** Swaps unless readers would go back or a read takes long; false: try again, the new generation having caught up. */
async function swap(pool: pg.Pool, generation: number): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await holdReaders(client)
    const current = await currentGeneration(client)
    if (
      current !== undefined &&
      !(await isAhead(client, generationSchema(current.generation), generationSchema(generation)))
    )
      return false
    await pointTo(client, generation)
    return true
  }).catch((error: unknown) => {
    if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false
    throw error
  })
}

async function isAhead(client: pg.ClientBase, old: string, fresh: string): Promise<boolean> {
  // While the old axis is locked the old dispatcher hands nothing out, so no old lane can get beyond it.
  const { rows: axis } = await client.query<{ position: string }>(
    `SELECT position FROM ${old}.lane WHERE projection = '${AXIS}' AND portfolio = '' FOR UPDATE`,
  )
  const { rows } = await client.query<{ projection: string; portfolio: string; error: string | null }>(
    `SELECT n.projection, n.portfolio, n.error FROM ${fresh}.lane n
     LEFT JOIN ${old}.lane o ON o.projection = n.projection AND o.portfolio = n.portfolio
     WHERE (n.projection = '${AXIS}' AND n.position < $1)
        OR EXISTS (SELECT FROM ${fresh}.work w WHERE w.projection = n.projection AND w.portfolio = n.portfolio
                     AND w.position > n.position AND w.position <= $1)
           -- A lane that stopped in the old generation no later than in the new one loses nothing.
           AND NOT (n.status = 'poisoned' AND o.status = 'poisoned' AND o.position <= n.position)
     LIMIT 1`,
    [axis[0]?.position ?? -1],
  )
  const behind = rows[0]
  if (behind === undefined) return true
  if (behind.error !== null)
    throw new RebuildStopped(`the lane of portfolio ${behind.portfolio} stopped in the new generation: ${behind.error}`)
  return false
}
