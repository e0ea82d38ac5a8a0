// Personal fields: sealed under a key per person before they reach the log, so that a person can be erased from it.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { CorruptEvent } from './errors.ts'

/** A key is the 32 bytes of AES-256. */
export type PersonKey = Buffer

/** Where the keys of persons are kept. Keys are never logged, and never leave the process in the clear. */
export interface PersonKeys {
  /** The person's key, made when there is none yet. @throws PersonErased when the person was erased. */
  keyToSeal(person: string): Promise<PersonKey>
  /** The person's key, or 'erased'. @throws PersonKeyMissing when there never was one here. */
  keyToOpen(person: string): Promise<PersonKey | 'erased'>
  /** Destroys the person's key: what was sealed under it can never be read again. False when already erased. */
  erase(person: string): Promise<boolean>
}

/** New personal data about a person who was erased: a person who comes back gets a new id. */
export class PersonErased extends Error {
  readonly code = 'person-erased'
  readonly person: string
  constructor(person: string) {
    super(`the person ${person} was erased; register under a new id`)
    this.person = person
  }
}

/** The log holds sealed data of a person whose key is not here: the key store was lost, or is another log's. */
export class PersonKeyMissing extends Error {
  readonly code = 'person-key-missing'
  readonly person: string
  constructor(person: string) {
    super(
      `there is no key for the person ${person}: restore quipu_keys.person_key from its backup, or erase the person`,
    )
    this.person = person
  }
}

/** What a personal field holds in the log: base64 of a 96-bit nonce, and of cipher text and tag (AES-256-GCM). */
export const sealedText = z.strictObject({ nonce: z.base64(), person: z.string(), sealed: z.base64() })
export type SealedText = z.output<typeof sealedText>

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals a text under a person's key. `place` (event id and field) is authenticated with it, so that a sealed text moved to
 * another event or field does not open there.
 */
export function seal(key: PersonKey, person: string, place: string, text: string): SealedText {
  const nonce = randomBytes(NONCE_BYTES)
  return { nonce: nonce.toString('base64'), person, sealed: encrypt(key, nonce, place, text).toString('base64') }
}

/** Opens what `seal` made. @throws CorruptEvent when key, place or content are not those it was sealed with. */
export function unseal(key: PersonKey, place: string, { nonce, sealed }: SealedText): string {
  return decrypt(key, Buffer.from(nonce, 'base64'), place, Buffer.from(sealed, 'base64')).toString('utf8')
}

/** A person's key as the key store holds it: nonce, cipher text and tag under the master key. */
export function wrapKey(master: Buffer, person: string, key: PersonKey): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  return Buffer.concat([nonce, encrypt(master, nonce, person, key)])
}

/** Opens what `wrapKey` made. @throws CorruptEvent under another master key or for another person. */
export function unwrapKey(master: Buffer, person: string, wrapped: Buffer): PersonKey {
  return decrypt(master, wrapped.subarray(0, NONCE_BYTES), person, wrapped.subarray(NONCE_BYTES))
}

function encrypt(key: Buffer, nonce: Buffer, place: string, content: string | Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(place, 'utf8'))
  const text = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, nonce: Buffer, place: string, sealed: Buffer): Buffer {
  try {
    const tag = sealed.subarray(-TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(place, 'utf8'))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch {
    throw new CorruptEvent(`what was sealed at ${place} does not open with this key`)
  }
}
