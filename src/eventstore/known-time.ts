// The time axis of knowledge: the running maximum of the writers' clocks in log order, one step a unit.
// The projector keeps it as a table (one row a unit); these are its rules, the same for both adapters.
import type { Instant } from '../domain/kernel/instant.ts'

/** One unit on the axis. From `position` on it is known, and it became known at `knownAt`. */
export interface KnownUnit {
  readonly firstPosition: bigint
  readonly position: bigint
  /** The writer's clock. */
  readonly recordedAt: string
  /** Never before that of the unit before. Several units may share it. */
  readonly knownAt: string
}

/**
 * Places the next unit of the log on the axis.
 * @param before `knownAt` of the unit before it in the log; undefined for the first
 */
export function placed(
  before: string | undefined,
  unit: Pick<KnownUnit, 'firstPosition' | 'position' | 'recordedAt'>,
): KnownUnit {
  const { firstPosition, position, recordedAt } = unit
  // Both are written in UTC with six places, so that text order is time order.
  const knownAt = before !== undefined && before > recordedAt ? before : recordedAt
  return { firstPosition, position, recordedAt, knownAt }
}

/**
 * Where an `asAt` given as an instant lies: the position of the last unit recorded by then (inclusive); 0 before the first.
 * @param axis the units in log order
 */
export function positionAt(axis: readonly KnownUnit[], at: Instant): bigint {
  return axis[countUntil(axis, (unit) => unit.knownAt <= at) - 1]?.position ?? 0n
}

/**
 * The end of the last unit that is whole at a position: a position inside a unit means the end of the unit before.
 * 0 before the end of the first.
 */
export function unitEndAtOrBefore(axis: readonly KnownUnit[], position: bigint): bigint {
  return axis[countUntil(axis, (unit) => unit.position <= position) - 1]?.position ?? 0n
}

/** How many units at the start of the axis hold; `holds` is true up to some unit and false from there on. */
function countUntil(axis: readonly KnownUnit[], holds: (unit: KnownUnit) => boolean): number {
  let low = 0
  let high = axis.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(axis[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}
