// How one lane stands, for /health, /metrics and people.
import type { AnyLane } from './lanes.ts'

export interface LaneStatus {
  readonly projection: string
  /** Empty for shared tables. */
  readonly portfolio: string
  /** Checkpoint: the last unit applied. */
  readonly position: bigint
  /** The newest log position at which its read models answer. */
  readonly projectedTo: bigint
  readonly status: 'running' | 'poisoned'
  /** Units that wait, at least. */
  readonly pending: number
  /** When the first of them was recorded, if it is known. */
  readonly pendingSince: string | undefined
  readonly failed:
    | { readonly position: bigint; readonly event: string; readonly type: string; readonly error: string }
    | undefined
}

/** `read` is how far the log was handed out. */
export function statusOf(lane: AnyLane, read: bigint): LaneStatus {
  return {
    projection: lane.projection,
    portfolio: lane.portfolio,
    position: lane.position,
    projectedTo: lane.projectedTo(read),
    status: lane.poison === undefined ? 'running' : 'poisoned',
    pending: lane.pending,
    pendingSince: lane.pendingSince,
    failed: lane.poison,
  }
}
