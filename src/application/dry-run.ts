// A dry run: what commands would record, gathered instead of appended. Later commands of it are decided on what earlier ones would record.
import type { LedgerEvent } from '../eventstore/registry.ts'

/** What one command would append to one stream. */
export interface WouldRecord {
  readonly stream: string
  readonly events: readonly LedgerEvent[]
}

export class DryRun {
  readonly #units: WouldRecord[] = []
  readonly #byStream = new Map<string, LedgerEvent[]>()

  /** In the order in which they would be recorded. */
  get units(): readonly WouldRecord[] {
    return this.#units
  }

  /** What was gathered for a stream so far. */
  eventsOf(stream: string): readonly LedgerEvent[] {
    return this.#byStream.get(stream) ?? []
  }

  add(stream: string, events: readonly LedgerEvent[]): void {
    if (events.length === 0) return
    this.#units.push({ stream, events })
    this.#byStream.set(stream, [...this.eventsOf(stream), ...events])
  }
}
