// The id of an event, derived from the command that caused it, so that a retried command makes the same events.
import { canonicalJson } from '../domain/kernel/canonical-json.ts'
import { uuidV5 } from '../platform/ids.ts'

/** The name space of Quipu's event ids; frozen, as every id ever written derives from it. */
const EVENT_NAMESPACE = '5f1d0f6e-7c0b-4d0a-9a57-71756970750a'

/** The UUIDv5 of the `index`th event that a command appends to a stream (RFC 9562 section 5.5). */
export function eventId(stream: string, commandId: string, index: number): string {
  // As a JSON array, so that no two triples are spelled alike.
  return uuidV5(EVENT_NAMESPACE, canonicalJson([stream, commandId, index]))
}
