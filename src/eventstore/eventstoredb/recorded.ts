// Events on their way to and from the client, which moves objects: canonical text becomes JSON and canonical text again.
import type { JSONEventData, RecordedEvent } from '@eventstore/db-client'
import { canonicalJson } from '../../domain/kernel/canonical-json.ts'
import { CorruptEvent } from '../errors.ts'
import type { EventToAppend, StoredEvent } from '../event-store.ts'

type PlainObject = Record<string, unknown>

/** Deeper than any event of the ledger; what is deeper still is written the slow way, which has a limit. */
const SHALLOW = 32

/**
 * The event as the client sends it, as JSON so that EventStoreDB's own user interface can show it.
 * @throws TypeError when data or metadata is not the canonical text of a JSON object: the client encodes it anew, and only
 * canonical text is sure to come back as it was. (Parsed JSON holds no bigint, over which the client would hang for ever.)
 */
export function toSend(event: EventToAppend): JSONEventData {
  return {
    contentType: 'application/json',
    id: event.id,
    type: event.type,
    data: parsed(event, 'data'),
    metadata: bytesOf(event),
  }
}

const utf8 = new TextEncoder()

/** The client sends bytes as they are, and would spell an object anew. */
function bytesOf(event: EventToAppend): Uint8Array {
  parsed(event, 'metadata')
  return utf8.encode(event.metadata)
}

function parsed(event: EventToAppend, part: 'data' | 'metadata'): PlainObject {
  const value: unknown = JSON.parse(event[part])
  if (!isObject(value) || canonicalText(value) !== event[part]) {
    throw new TypeError(`the ${part} of event ${event.id} (${event.type}) is not the canonical text of a JSON object`)
  }
  return value
}

/** @throws CorruptEvent when it is not JSON as this adapter writes it. */
export function received(event: RecordedEvent): StoredEvent {
  const { id, type, streamId: stream, revision, position } = event
  // Malformed data arrives as a string and malformed metadata as bytes; what we write is always an object.
  if (!event.isJson || !isObject(event.data) || !isObject(event.metadata) || event.metadata instanceof Uint8Array) {
    throw new CorruptEvent(`${placeOf(event)} does not hold JSON objects`)
  }
  if (position === undefined) throw new CorruptEvent(`${placeOf(event)} came without a position in the log`)
  try {
    const [data, metadata] = [canonicalText(event.data), canonicalText(event.metadata)]
    return { id, type, data, metadata, stream, revision, position: position.commit }
  } catch (cause) {
    throw new CorruptEvent(`${placeOf(event)} has no canonical form`, { cause })
  }
}

/** JSON.stringify writes a lone surrogate, which has no canonical form, as an escape that begins so; paired ones stay as they are. */
const ESCAPED_SURROGATE = '\\ud'

/**
 * The canonical text of parsed JSON, by the fast way where it gives the same: what was parsed from canonical text has its keys
 * in order already (all but keys that look like array indices, which JavaScript moves to the front).
 * @throws Refused `not-canonical-json`.
 */
function canonicalText(value: PlainObject): string {
  if (isInOrder(value, 0)) {
    const text = JSON.stringify(value)
    if (!text.includes(ESCAPED_SURROGATE)) return text
  }
  return canonicalJson(value)
}

/** Whether JSON.stringify writes parsed JSON as RFC 8785 would: keys sorted, numbers finite (1e999 is parsed to Infinity). */
function isInOrder(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth > SHALLOW) return false
  if (!isObject(value)) return !Array.isArray(value) || value.every((item) => isInOrder(item, depth + 1))
  let before: string | undefined
  // Parsed JSON inherits no members; going over the keys in place is three times as fast as over a list of them.
  for (const key in value) {
    if ((before !== undefined && key < before) || !isInOrder(value[key], depth + 1)) return false
    before = key
  }
  return true
}

function placeOf({ id, type, streamId, revision }: RecordedEvent): string {
  return `event ${id} (${type}) at ${streamId}@${revision}`
}

/** The server's own events: metadata, tombstones, links, statistics. */
export function isSystemEvent(event: RecordedEvent): boolean {
  return event.type.startsWith('$') || event.streamId.startsWith('$')
}

function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
