// Where a generation stands when a projector takes it up: checkpoints, interests, and the reference knowledge up to there.
import type pg from 'pg'
import type { Log, RecordedUnit } from '../../eventstore/log.ts'
import type { Poison } from './failure.ts'
import { type Interest, type InterestKind, REFERENCE_STREAMS } from './interests.ts'
import { AXIS } from './shared-models.ts'

export interface StoredLane {
  readonly projection: string
  readonly portfolio: string
  readonly position: bigint
  readonly poison: Poison | undefined
  /** Whether units concern it that it has not applied. */
  readonly pending: boolean
}

export interface StoredState {
  /** How far the log was handed out. */
  readonly position: bigint
  readonly lanes: readonly StoredLane[]
  readonly interests: readonly Interest[]
  /** Instruments, fixings, calendars and prices up to that position, in log order. */
  readonly reference: readonly RecordedUnit[]
}

export async function loadState(pool: pg.Pool, log: Pick<Log, 'readAll'>, schema: string): Promise<StoredState> {
  const lanes = await loadLanes(pool, schema)
  const axis = lanes.find(({ projection }) => projection === AXIS)
  if (axis === undefined) throw new Error(`schema ${schema} has no axis: it was not made by createGeneration`)
  const { rows: interests } = await pool.query<{ portfolio: string; kind: InterestKind; subject: string }>(
    `SELECT portfolio, kind, subject FROM ${schema}.interest`,
  )
  return {
    position: axis.position,
    lanes: lanes.filter(({ projection }) => projection !== AXIS),
    interests,
    reference: await readReference(log, axis.position),
  }
}

async function loadLanes(pool: pg.Pool, schema: string): Promise<StoredLane[]> {
  const { rows } = await pool.query<{
    projection: string
    portfolio: string
    position: string
    status: string
    failed_position: string | null
    failed_event: string | null
    failed_type: string | null
    error: string | null
    pending: boolean
  }>(
    `SELECT l.projection, l.portfolio, l.position, l.status, l.failed_position, l.failed_event, l.failed_type, l.error,
       EXISTS (SELECT FROM ${schema}.work w
         WHERE w.projection = l.projection AND w.portfolio = l.portfolio AND w.position > l.position) AS pending
     FROM ${schema}.lane l ORDER BY 1, 2`,
  )
  return rows.map((row) => ({
    projection: row.projection,
    portfolio: row.portfolio,
    position: BigInt(row.position),
    pending: row.pending,
    poison:
      row.status === 'poisoned'
        ? {
            position: BigInt(row.failed_position ?? row.position),
            event: row.failed_event ?? '',
            type: row.failed_type ?? '',
            error: row.error ?? '',
          }
        : undefined,
  }))
}

/** Reads what all books share, up to a position. */
export async function readReference(log: Pick<Log, 'readAll'>, until: bigint): Promise<RecordedUnit[]> {
  if (until < 0n) return []
  const units: RecordedUnit[] = []
  for await (const unit of log.readAll({ until, filter: { streamPrefixes: REFERENCE_STREAMS } })) units.push(unit)
  return units
}
