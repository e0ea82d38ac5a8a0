// Events on their way to and from the client, which moves objects: canonical text becomes JSON and canonical text again.
import type { JSONEventData, RecordedEvent } from '@eventstore/db-client'
import { canonicalJson } from '../../domain/kernel/canonical-json.ts'
import { CorruptEvent } from '../errors.ts'
import type { EventToAppend, StoredEvent } from '../event-store.ts'

type PlainObject = Record<string, unknown>

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
    metadata: parsed(event, 'metadata'),
  }
}

function parsed(event: EventToAppend, part: 'data' | 'metadata'): PlainObject {
  const value: unknown = JSON.parse(event[part])
  if (!isObject(value) || canonicalJson(value) !== event[part]) {
    throw new TypeError(`the ${part} of event ${event.id} (${event.type}) is not the canonical text of a JSON object`)
  }
  return value
}

/** @throws CorruptEvent when it is not JSON as this adapter writes it. */
export function received(event: RecordedEvent): StoredEvent {
  const { id, type, streamId: stream, revision, position } = event
  const where = `event ${id} (${type}) at ${stream}@${revision}`
  // Malformed data arrives as a string and malformed metadata as bytes; what we write is always an object.
  if (!event.isJson || !isObject(event.data) || !isObject(event.metadata) || event.metadata instanceof Uint8Array) {
    throw new CorruptEvent(`${where} does not hold JSON objects`)
  }
  if (position === undefined) throw new CorruptEvent(`${where} came without a position in the log`)
  try {
    const [data, metadata] = [canonicalJson(event.data), canonicalJson(event.metadata)]
    return { id, type, data, metadata, stream, revision, position: position.commit }
  } catch (cause) {
    throw new CorruptEvent(`${where} has no canonical form`, { cause })
  }
}

/** The server's own events: metadata, tombstones, links, statistics. */
export function isSystemEvent(event: RecordedEvent): boolean {
  return event.type.startsWith('$') || event.streamId.startsWith('$')
}

function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
