// Identifiers and digests: random ones for what is new, name-based ones for what must come out the same again.
import crypto, { createHash, randomBytes, randomUUID } from 'node:crypto'

/** A random UUID (version 4). */
export function uuidV4(): string {
  return randomUUID()
}

/**
 * A UUID that sorts by time (version 7, RFC 9562 section 5.7): 48 bits of Unix milliseconds, then 74 random bits.
 * @param millis milliseconds since 1970, a whole number below 2^48
 */
export function uuidV7(millis: number): string {
  if (!Number.isSafeInteger(millis) || millis < 0 || millis >= 2 ** 48)
    throw new RangeError(`${millis} is not a count of milliseconds that a UUID can hold`)
  const bytes = randomBytes(16)
  bytes.writeUIntBE(millis, 0, 6)
  return formatted(bytes, 7)
}

/**
 * The UUID of a name within a namespace (version 5, RFC 9562 section 5.5): the same two always give the same one.
 * @param namespace a UUID
 */
export function uuidV5(namespace: string, name: string): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  if (space.length !== 16) throw new RangeError(`${JSON.stringify(namespace)} is not a UUID`)
  return formatted(createHash('sha1').update(space).update(name, 'utf8').digest().subarray(0, 16), 5)
}

/** SHA-256 as 64 lower-case hexadecimal digits; text is taken as UTF-8. */
export function sha256Hex(content: string | Uint8Array): string {
  // The one-shot form is twice as fast, and a replay hashes every event; Node before 20.12 lacks it.
  return hashAtOnce === undefined
    ? createHash('sha256').update(content).digest('hex')
    : hashAtOnce('sha256', content, 'hex')
}

const hashAtOnce: typeof crypto.hash | undefined = crypto.hash

/** Sets version and variant in the sixteen bytes and writes them the usual way. */
function formatted(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4)
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
