// A small mark of a fact's content, kept by write models to tell a resubmission from other content under the same key.
import { canonicalJson } from './canonical-json.ts'

/**
 * 53 bits of a plain JSON value. It only ever compares two contents under one key, so that one changed resubmission in 9 x 10^15
 * would pass for the same; it proves nothing (proofs use the SHA-256 in the envelope).
 * Frozen: snapshots of write models hold it.
 */
export function fingerprint(value: unknown): number {
  return fingerprintOfText(canonicalJson(value))
}

/** As {@link fingerprint}, of a text that the caller made so that different contents differ. */
export function fingerprintOfText(text: string): number {
  let low = 0x811c9dc5
  let high = 0x9747b28c
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // Two FNV-1a walks with different primes and starts; Math.imul keeps them in 32 bits.
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x85ebca6b)
  }
  low = mixed(low ^ text.length)
  high = mixed(high ^ low)
  return (high & 0x1fffff) * 0x100000000 + low
}

/** Spreads every input bit over the word; without it the last characters would move only the low bits. */
function mixed(word: number): number {
  let mix = word ^ (word >>> 16)
  mix = Math.imul(mix, 0x7feb352d)
  mix ^= mix >>> 15
  mix = Math.imul(mix, 0x846ca68b)
  return (mix ^ (mix >>> 16)) >>> 0
}
