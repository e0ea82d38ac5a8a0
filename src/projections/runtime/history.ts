// The units that concern one portfolio, in log order, read back from the log: how a cold book is folded again.
import type { Log, RecordedUnit } from '../../eventstore/log.ts'
import { portfolioOf } from './interests.ts'

/** Reference units (instruments, fixings, calendars) by position: many books read them, so they are kept in memory once. */
export type ReferenceUnits = ReadonlyMap<bigint, RecordedUnit>

/** What a portfolio's units are besides those of its own stream. */
export interface Concerns {
  /** Positions of every unit that concerns it, ascending. */
  readonly positions: readonly bigint[]
  /** The transfers that ever named it. */
  readonly transfers: readonly string[]
}

/**
 * The units that concern a portfolio after one position and up to another, both of the log; `fromRevision` spares reading what is
 * known of its own stream. Its own stream is read as it goes; the few others are merged in.
 */
export async function* historyOf(
  log: Pick<Log, 'readStream'>,
  reference: ReferenceUnits,
  portfolio: string,
  { positions, transfers }: Concerns,
  after: bigint,
  until: bigint,
  fromRevision?: bigint,
): AsyncGenerator<RecordedUnit> {
  const wanted = new Set(positions.filter((position) => position > after && position <= until))
  const others: RecordedUnit[] = []
  for (const position of wanted) {
    const unit = reference.get(position)
    if (unit !== undefined) others.push(unit)
  }
  for (const transfer of transfers) {
    for await (const unit of log.readStream(`transfer-${transfer}`)) if (wanted.has(unit.position)) others.push(unit)
  }
  others.sort((a, b) => (a.position < b.position ? -1 : 1))
  let next = 0
  for await (const unit of log.readStream(
    `portfolio-${portfolio}`,
    fromRevision === undefined ? {} : { from: fromRevision },
  )) {
    if (unit.position > until) break
    if (unit.position <= after) continue
    for (let other = others[next]; other !== undefined && other.position < unit.position; other = others[++next])
      yield other
    yield unit
  }
  yield* others.slice(next)
}

/** The revision of the last event of a portfolio's own stream among some units. */
export function lastRevision(
  portfolio: string,
  units: readonly RecordedUnit[],
  before: bigint | undefined,
): bigint | undefined {
  for (let i = units.length - 1; i >= 0; i--) {
    const unit = units[i]!
    if (portfolioOf(unit.stream) === portfolio) return unit.revision
  }
  return before
}
