// Between the ledger's events and the log's text: validated, canonical, hashed, sealed on the way in; checked on the way out.
import type { z } from 'zod'
import { canonicalJson, type JsonObject } from '../domain/kernel/canonical-json.ts'
import { type Envelope, envelope, isEnvelope } from './envelope.ts'
import { CorruptEvent, InvalidEvent, UnknownEvent } from './errors.ts'
import { eventId } from './event-id.ts'
import type { EventToAppend, StoredEvent } from './event-store.ts'
import { type PersonKeys, seal, sealedText, unseal } from './personal.ts'
import { type EventType, eventType, type LedgerEvent } from './registry.ts'
import { sha256Hex } from '../platform/ids.ts'
import { upcast } from './upcasters.ts'

/** What one command records in one stream, and on whose behalf. */
export interface UnitToEncode {
  readonly stream: string
  readonly commandId: string
  readonly commandHash: string
  readonly actor: string
  readonly recordedAt: string
  readonly effectiveAt: string | null
  readonly correlationId?: string
  readonly causationId?: string
  readonly events: readonly LedgerEvent[]
}

/** An event of the ledger with its place in the log. */
export type RecordedEvent = LedgerEvent & {
  readonly id: string
  readonly stream: string
  readonly revision: bigint
  readonly position: bigint
  readonly envelope: Envelope
}

/**
 * When a decoded event is checked against its schema. `upcast-only`: an event of today's version whose hash matches is as
 * this codec wrote it after checking, so that a replay need not check it again; upcast ones are checked. `always`: for an audit,
 * which trusts no writer.
 */
export type Validation = 'upcast-only' | 'always'

/** The largest number an event may hold; amounts are text. */
const NUMBER_MAX = 1_000_000

export class Codec {
  readonly #keys: PersonKeys | undefined
  readonly #validation: Validation

  /** Without `keys`, events with personal fields are refused. */
  constructor(keys?: PersonKeys, validation: Validation = 'upcast-only') {
    this.#keys = keys
    this.#validation = validation
  }

  /** The events of a unit as the adapters take them. @throws InvalidEvent; PersonErased. */
  async encode(unit: UnitToEncode): Promise<EventToAppend[]> {
    const ids = unit.events.map((_, i) => eventId(unit.stream, unit.commandId, i))
    const encoded: EventToAppend[] = []
    const metadataOf = envelopesOf(unit, ids)
    for (const [i, event] of unit.events.entries()) {
      const known = eventType(event.type)
      if (known === undefined) throw new InvalidEvent(`${event.type} is not an event type of the ledger`)
      if (!unit.stream.startsWith(`${known.kind}-`))
        throw new InvalidEvent(`${event.type} belongs in a stream of kind ${known.kind}, not in ${unit.stream}`)
      const id = ids[i]!
      const checked = check(known, event.data)
      const data = canonicalJson(known.personal.length === 0 ? checked : await this.#sealed(known, id, checked))
      encoded.push({ id, type: event.type, data, metadata: metadataOf(i, known.version, sha256Hex(data)) })
    }
    return encoded
  }

  /**
   * The event that a stored one is. A promise only for types with personal fields, whose keys must be asked for.
   * @throws CorruptEvent when hash, envelope or schema do not fit; UnknownEvent for what a newer release wrote; PersonKeyMissing.
   */
  decode(stored: StoredEvent): RecordedEvent | Promise<RecordedEvent> {
    const known = eventType(stored.type)
    if (known === undefined) throw new UnknownEvent(`${placeOf(stored)} is of the unknown type ${stored.type}`)
    const around = this.#envelope(stored)
    const data = intactData(stored, around.sha256)
    if (around.schema > known.version)
      throw new UnknownEvent(`${placeOf(stored)} has version ${around.schema}; this release knows ${known.version}`)
    const isOld = around.schema < known.version
    const today = isOld ? upcast(stored.type, around.schema, data) : data
    const validated = isOld || this.#validation === 'always'
    if (known.personal.length === 0) return recorded(stored, around, validated ? valid(known, stored, today) : today)
    return this.#opened(known, stored, today).then((open) =>
      recorded(stored, around, validated ? valid(known, stored, open) : open),
    )
  }

  #envelope(stored: StoredEvent): Envelope {
    const parsed = parse(stored.metadata)
    if (this.#validation === 'upcast-only' && isEnvelope(parsed)) return parsed
    const result = envelope.safeParse(parsed)
    if (!result.success) throw new CorruptEvent(`the envelope of ${placeOf(stored)}: ${firstOf(result.error)}`)
    return result.data
  }

  async #sealed(known: EventType, id: string, data: JsonObject): Promise<JsonObject> {
    const sealed: Record<string, JsonObject[string]> = { ...data }
    for (const { field, person } of known.personal) {
      const text = data[field]
      if (typeof text !== 'string') continue
      if (this.#keys === undefined) throw new InvalidEvent(`${known.type} has personal fields, and there are no keys`)
      const owner = String(data[person])
      sealed[field] = seal(await this.#keys.keyToSeal(owner), owner, `${id}/${field}`, text)
    }
    return sealed
  }

  async #opened(known: EventType, stored: StoredEvent, data: JsonObject): Promise<JsonObject> {
    const open: Record<string, JsonObject[string]> = { ...data }
    for (const { field } of known.personal) {
      const sealed = sealedText.safeParse(data[field])
      if (!sealed.success) continue
      if (this.#keys === undefined) throw new CorruptEvent(`${placeOf(stored)} is sealed, and there are no keys`)
      const key = await this.#keys.keyToOpen(sealed.data.person)
      open[field] = key === 'erased' ? { erased: true } : unseal(key, `${stored.id}/${field}`, sealed.data)
    }
    return open
  }
}

/** Stands in for the hash while the rest of an envelope is checked. */
const NO_HASH = '0'.repeat(64)

/**
 * Writes the envelopes of a unit, which differ in place, version and hash alone: the rest is checked and written once.
 * @throws InvalidEvent
 */
function envelopesOf(
  { events, ...unit }: UnitToEncode,
  ids: readonly string[],
): (i: number, version: number, sha256: string) => string {
  const [first] = events
  const [id] = ids
  if (first === undefined || id === undefined) return () => ''
  const n = events.length
  const around: Envelope = {
    commandId: unit.commandId,
    commandHash: unit.commandHash,
    actor: unit.actor,
    recordedAt: unit.recordedAt,
    effectiveAt: unit.effectiveAt,
    schema: 1,
    $correlationId: unit.correlationId ?? unit.commandId,
    ...(unit.causationId === undefined ? {} : { $causationId: unit.causationId }),
    unit: { id, i: 0, n },
    sha256: NO_HASH,
  }
  const checked = envelope.safeParse(around)
  if (!checked.success) throw new InvalidEvent(`the envelope of ${first.type}: ${firstOf(checked.error)}`)
  const { schema: _, sha256: __, unit: ___, ...same } = checked.data
  const head = canonicalJson(same).slice(0, -1)
  // The three come last in canonical order, and so do their own members.
  return (i, version, sha256) =>
    `${head},"schema":${version},"sha256":"${sha256}","unit":{"i":${i},"id":"${id}","n":${n}}}`
}

function check(known: EventType, data: unknown): JsonObject {
  const result = known.schema.safeParse(data)
  if (!result.success) throw new InvalidEvent(`${known.type}: ${firstOf(result.error)}`)
  refuseLargeNumbers(known.type, result.data)
  return result.data as JsonObject // a strict schema of text, small integers, lists and objects
}

function valid(known: EventType, stored: StoredEvent, data: JsonObject): JsonObject {
  const result = known.schema.safeParse(data)
  if (!result.success) throw new CorruptEvent(`${placeOf(stored)} does not fit its schema: ${firstOf(result.error)}`)
  return result.data as JsonObject
}

/**
 * The data, if it means what was written. Text that hashes to what the envelope says is what this codec wrote; other text is made
 * canonical first, since a store may spell the same JSON otherwise.
 */
function intactData(stored: StoredEvent, expected: string): JsonObject {
  const data = parse(stored.data)
  if (data === undefined) throw new CorruptEvent(`${placeOf(stored)} holds no JSON object`)
  if (sha256Hex(stored.data) !== expected && sha256Hex(canonicalJson(data)) !== expected)
    throw new CorruptEvent(`${placeOf(stored)} is not what was written: the hash of its data differs`)
  return data
}

function recorded(stored: StoredEvent, around: Envelope, data: JsonObject): RecordedEvent {
  const { id, stream, revision, position, type } = stored
  // The decoding edge: the registry ties the type to its schema, which was checked on the way in or just now.
  return { type, data, id, stream, revision, position, envelope: around } as RecordedEvent
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

function refuseLargeNumbers(type: string, value: unknown): void {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || Math.abs(value) > NUMBER_MAX)
      throw new InvalidEvent(`${type} holds the number ${value}: only small integers are numbers, amounts are text`)
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) refuseLargeNumbers(type, member)
  }
}

const placeOf = ({ stream, revision }: StoredEvent) => `event ${revision} of stream ${stream}`

function firstOf(error: z.ZodError): string {
  const issue = error.issues[0]
  return `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim()
}
