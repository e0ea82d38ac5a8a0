// Puts the events of a log back together into the units they were appended as: a reader never sees part of one.
import type { Codec, RecordedEvent } from './codec.ts'
import { CorruptEvent } from './errors.ts'
import type { EventStore, StoredEvent } from './event-store.ts'
import type { RecordedUnit } from './log.ts'

export class UnitAssembler {
  readonly #store: EventStore
  readonly #codec: Codec
  #events: RecordedEvent[] = []

  constructor(store: EventStore, codec: Codec) {
    this.#store = store
    this.#codec = codec
  }

  /** True when events of a unit have come, and not yet its last. */
  get isInside(): boolean {
    return this.#events.length > 0
  }

  /** Takes the next event; answers with the unit when it was the last of one. @throws CorruptEvent for a unit in pieces. */
  async add(stored: StoredEvent): Promise<RecordedUnit | undefined> {
    const decoded = this.#codec.decode(stored)
    const event = decoded instanceof Promise ? await decoded : decoded
    const { unit } = event.envelope
    if (this.#events.length === 0 && unit.i > 0) await this.#fetchHead(event)
    const before = this.#events.at(-1)
    if (unit.i !== this.#events.length || (before !== undefined && !follows(before, event)))
      throw new CorruptEvent(
        `event ${event.revision} of stream ${event.stream} is number ${unit.i} of its unit, and does not follow what came before it`,
      )
    this.#events.push(event)
    if (unit.i < unit.n - 1) return undefined
    const events = this.#events
    this.#events = []
    return unitOf(events)
  }

  /** Says that no more will come. @throws CorruptEvent inside a unit. */
  end(): void {
    const event = this.#events.at(-1)
    if (event !== undefined)
      throw new CorruptEvent(
        `the unit ${event.envelope.unit.id} of stream ${event.stream} ends after ${this.#events.length} events`,
      )
  }

  /** The reader started inside a unit: it becomes known with its last event, so its first ones are new to the reader too. */
  async #fetchHead({ stream, revision, envelope: { unit } }: RecordedEvent): Promise<void> {
    const from = revision - BigInt(unit.i)
    for await (const stored of this.#store.readStream(stream, { from, limit: unit.i }))
      this.#events.push(await this.#codec.decode(stored))
    const [head] = this.#events
    if (this.#events.length !== unit.i || head?.envelope.unit.i !== 0 || head.envelope.unit.id !== unit.id)
      throw new CorruptEvent(`the unit ${unit.id} of stream ${stream} has lost its first events`)
  }
}

function follows(before: RecordedEvent, event: RecordedEvent): boolean {
  const [a, b] = [before.envelope.unit, event.envelope.unit]
  return a.id === b.id && a.n === b.n && before.stream === event.stream && event.revision === before.revision + 1n
}

function unitOf(events: readonly RecordedEvent[]): RecordedUnit {
  const first = events[0]!
  const last = events.at(-1)!
  const { recordedAt, commandId, commandHash, actor } = last.envelope
  const { stream, position, revision } = last
  return {
    stream,
    firstPosition: first.position,
    position,
    revision,
    recordedAt,
    commandId,
    commandHash,
    actor,
    events,
  }
}
