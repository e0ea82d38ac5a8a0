// The time axis as rows.
import { instant } from '../../domain/kernel/instant.ts'
import { placed } from '../../eventstore/known-time.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { StateHash } from '../rows/state-hash.ts'
import type { Model, Stored, Writes } from '../runtime/model.ts'
import type { AnyRow } from '../schema/table.ts'
import { units } from './table.ts'

export class UnitsModel implements Model<RecordedUnit> {
  readonly #hash: StateHash
  #rows: AnyRow[] = []
  #knownAt: string | undefined

  constructor(stateHash: string) {
    this.#hash = new StateHash(stateHash)
  }

  get stateHash(): string {
    return this.#hash.value
  }

  async prepare(_batch: readonly RecordedUnit[], stored: Stored): Promise<void> {
    this.#knownAt ??= await stored.lastKnownAt()
  }

  apply(unit: RecordedUnit): void {
    const { firstPosition, position, stream, events } = unit
    const recordedAt = instant(unit.recordedAt)
    const { knownAt } = placed(this.#knownAt, { firstPosition, position, recordedAt })
    this.#knownAt = knownAt
    this.#rows.push({
      position: String(position),
      first_position: String(firstPosition),
      stream,
      events: String(events.length),
      recorded_at: recordedAt,
      known_at: knownAt,
    })
  }

  drain(): Writes[] {
    const inserts = this.#rows
    this.#rows = []
    for (const row of inserts) this.#hash.add(units, row)
    return inserts.length === 0 ? [] : [{ table: units, inserts, closes: [] }]
  }
}
