// The id of an event, derived from the command that caused it, so that a retried command makes the same events.
import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/kernel/canonical-json.ts'

/** The name space of Quipu's event ids; frozen, as every id ever written derives from it. */
const EVENT_NAMESPACE = '5f1d0f6e-7c0b-4d0a-9a57-71756970750a'

/** The UUIDv5 of the `index`th event that a command appends to a stream (RFC 9562 section 5.5). */
export function eventId(stream: string, commandId: string, index: number): string {
  // As a JSON array, so that no two triples are spelled alike.
  return uuidV5(EVENT_NAMESPACE, canonicalJson([stream, commandId, index]))
}

/** UUID version 5: the first 128 bits of SHA-1 over name space and name, less six bits for version and variant. */
export function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
