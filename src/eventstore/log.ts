// The log as the rest of Quipu sees it: commands append units of events, readers get whole units, decoded.
import { type Instant, instant } from '../domain/kernel/instant.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import { Codec, type RecordedEvent, type Validation } from './codec.ts'
import { ClockGuard } from './clock-guard.ts'
import { CorruptEvent, InvalidEvent } from './errors.ts'
import {
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type StoredEvent,
  type StreamFilter,
  sizeOf,
  UNIT_BYTES_MAX,
  UNIT_EVENTS_MAX,
} from './event-store.ts'
import type { PersonKeys } from './personal.ts'
import type { LedgerEvent } from './registry.ts'
import { UnitAssembler } from './unit-assembler.ts'

export interface LogOptions {
  /** The log closes it. */
  readonly store: EventStore
  /** Keys of persons; without, events with personal fields are refused. */
  readonly personKeys?: PersonKeys
  /** The writer's clock, as an ISO instant; default: the machine's. */
  readonly now?: () => string
  /** See Validation; default `upcast-only`. */
  readonly validation?: Validation
}

/** What one command records: one unit, all or nothing, in one stream. */
export interface UnitToAppend {
  readonly stream: string
  readonly expected: ExpectedRevision
  /** The idempotency key: with the stream it makes the event ids. */
  readonly commandId: string
  /** SHA-256, in hex, of the command's canonical input. */
  readonly commandHash: string
  readonly actor: string
  readonly correlationId?: string
  readonly causationId?: string
  /** A date or instant, where the unit has one. */
  readonly effectiveAt?: string | null
  readonly events: readonly LedgerEvent[]
}

export interface Appended {
  /** Revision of the unit's last event. */
  readonly revision: bigint
  /** Position of the unit's last event: from there on it is known. */
  readonly position: bigint
  readonly eventIds: readonly string[]
  /** When it was recorded: for a repeated command, when the first was. */
  readonly recordedAt: string
  /** True when an earlier append of the same command had recorded it. */
  readonly alreadyThere: boolean
}

/** What one append recorded; it becomes known at once, at the position of its last event. */
export interface RecordedUnit {
  readonly stream: string
  readonly firstPosition: bigint
  /** Position of the last event. */
  readonly position: bigint
  /** Revision of the last event. */
  readonly revision: bigint
  readonly recordedAt: string
  readonly commandId: string
  readonly commandHash: string
  readonly actor: string
  readonly events: readonly RecordedEvent[]
}

export interface ReadUnitsOptions {
  /** Exclusive; a position inside a unit means the end of the unit before. Default: from the start. */
  readonly after?: bigint
  /** Inclusive: units that end after it are left out. Default: to the end. */
  readonly until?: bigint
  readonly filter?: StreamFilter
}

export interface SubscribeUnitsOptions {
  readonly after?: bigint
  readonly filter?: StreamFilter
  readonly signal?: AbortSignal
}

/** See SubscriptionItem: `through` may be taken as read. */
export type LogItem =
  | { readonly kind: 'unit'; readonly unit: RecordedUnit }
  | { readonly kind: 'caught-up'; readonly through?: bigint }

export class Log {
  readonly #store: EventStore
  readonly #codec: Codec
  readonly #now: () => Instant
  readonly #clock: ClockGuard
  #lastPrepared: Promise<void> = Promise.resolve()

  constructor(options: LogOptions) {
    const { now } = options
    this.#store = options.store
    this.#codec = new Codec(options.personKeys, options.validation)
    this.#now = () => instant(now === undefined ? new Date().toISOString() : now())
    this.#clock = new ClockGuard(options.store)
  }

  /**
   * Records a unit at the exact revision. Appends reach the store in the order of the calls.
   * @throws Refused `unit-too-large`, `clock-behind`, `idempotency-conflict` (the same command id recorded something else there);
   * InvalidEvent; PersonErased; and what EventStore.append throws: WrongExpectedRevision above all.
   */
  async append(unit: UnitToAppend): Promise<Appended> {
    const { recordedAt, events, appending } = await this.#inTurn(async () => {
      if (unit.events.length === 0) throw new InvalidEvent('a unit has at least one event')
      if (unit.events.length > UNIT_EVENTS_MAX) tooLarge(unit.events.length, undefined)
      const recordedAt = this.#now()
      await this.#clock.check(recordedAt)
      const { expected, effectiveAt = null, ...rest } = unit
      const events = await this.#codec.encode({ ...rest, recordedAt, effectiveAt })
      const bytes = events.reduce((sum, event) => sum + sizeOf(event), 0)
      if (bytes > UNIT_BYTES_MAX) tooLarge(events.length, bytes)
      return { recordedAt, events, appending: this.#store.append(unit.stream, expected, events) }
    })
    const { revision, position, alreadyThere } = await appending
    const eventIds = events.map(({ id }) => id)
    if (alreadyThere)
      return {
        revision,
        position,
        eventIds,
        recordedAt: await this.#firstRecordedAt(unit, revision, events),
        alreadyThere,
      }
    this.#clock.saw(recordedAt)
    return { revision, position, eventIds, recordedAt, alreadyThere }
  }

  /**
   * Runs the preparation of one append after that of those called before, so that appends reach the store in the order
   * of the calls: a caller may send the next unit of a stream without waiting for the answer to the last.
   */
  #inTurn<T>(prepare: () => Promise<T>): Promise<T> {
    const prepared = this.#lastPrepared.then(prepare)
    this.#lastPrepared = prepared.then(ignore, ignore)
    return prepared
  }

  /** The units of one stream from a revision on (default: all); one inside a unit yields that unit whole. */
  async *readStream(stream: string, options: { readonly from?: bigint } = {}): AsyncGenerator<RecordedUnit> {
    const assembler = new UnitAssembler(this.#store, this.#codec)
    for await (const event of this.#store.readStream(stream, options)) {
      const unit = await assembler.add(event)
      if (unit !== undefined) yield unit
    }
    assembler.end()
  }

  /** The units of the log, or of the streams that pass the filter, in the order in which they became known. */
  async *readAll(options: ReadUnitsOptions = {}): AsyncGenerator<RecordedUnit> {
    const { until, ...rest } = options
    const assembler = new UnitAssembler(this.#store, this.#codec)
    for await (const event of this.#store.readAll(rest)) {
      if (until !== undefined && event.position > until) return
      const unit = await assembler.add(event)
      if (unit !== undefined) yield unit
    }
    assembler.end()
  }

  /** All units after a position, then those to come; ends only by the signal or when the log is closed. */
  async *subscribe(options: SubscribeUnitsOptions = {}): AsyncGenerator<LogItem> {
    const assembler = new UnitAssembler(this.#store, this.#codec)
    for await (const item of this.#store.subscribeAll(options)) {
      if (item.kind === 'caught-up') {
        // An append is atomic, so the store is never caught up inside a unit; were it so, `through` would cut one.
        if (!assembler.isInside) yield item
        continue
      }
      const unit = await assembler.add(item.event)
      if (unit !== undefined) yield { kind: 'unit', unit }
    }
  }

  /** Position of the last event, at which everything recorded is known; undefined when the log is empty. */
  lastPosition(): Promise<bigint | undefined> {
    return this.#store.lastPosition()
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  /** When the unit that is already there was recorded, after making sure that it is the same command's. */
  async #firstRecordedAt(unit: UnitToAppend, revision: bigint, events: readonly EventToAppend[]): Promise<string> {
    const last = await lastOf(this.#store.readStream(unit.stream, { from: revision, limit: 1 }))
    const { envelope } = await this.#codec.decode(last)
    if (envelope.commandHash !== unit.commandHash || envelope.unit.n !== events.length)
      refuse({
        code: 'idempotency-conflict',
        message: `the command ${unit.commandId} was recorded before with other content`,
        remedy: 'send new content under a new command id',
      })
    return envelope.recordedAt
  }
}

const ignore = () => undefined

async function lastOf(events: AsyncIterable<StoredEvent>): Promise<StoredEvent> {
  for await (const event of events) return event
  throw new CorruptEvent('an event that was just recognised cannot be read')
}

function tooLarge(events: number, bytes: number | undefined): never {
  refuse({
    code: 'unit-too-large',
    message:
      bytes === undefined
        ? `the command leads to ${events} events; one unit holds ${UNIT_EVENTS_MAX}`
        : `the command leads to ${events} events of ${bytes} bytes; one unit holds ${UNIT_BYTES_MAX} bytes`,
    remedy: 'send fewer lines per command',
    details: {
      events,
      eventsMax: UNIT_EVENTS_MAX,
      bytesMax: UNIT_BYTES_MAX,
      ...(bytes === undefined ? {} : { bytes }),
    },
  })
}
