// The Merkle tree over the log (RFC 9162 section 2.1): leaves in log order, a root for any size, and proofs of both kinds.
import { createHash } from 'node:crypto'
import { canonicalJson } from '../domain/kernel/canonical-json.ts'
import type { StoredEvent } from './event-store.ts'

/** A node of the tree: 32 bytes of SHA-256. */
export type MerkleHash = Buffer

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

/**
 * The leaf of an event: the hash of the canonical JSON of what it means. FROZEN: every root ever published depends on it.
 * The position is the store's and is left out, so that the same log has the same tree in either store; the order of the leaves
 * is the log's.
 */
export function leafOf(event: Omit<StoredEvent, 'position'>): MerkleHash {
  return leafHash(Buffer.from(leafInput(event), 'utf8'))
}

/** The text that an event's leaf commits to: its canonical JSON, the revision as a number in text. */
export function leafInput(event: Omit<StoredEvent, 'position'>): string {
  const { id, stream, type } = event
  const data: unknown = JSON.parse(event.data)
  const metadata: unknown = JSON.parse(event.metadata)
  return canonicalJson({ data, id, metadata, revision: String(event.revision), stream, type })
}

/** MTH({d}) = SHA-256(0x00 || d). */
export function leafHash(input: Uint8Array): MerkleHash {
  return createHash('sha256').update(LEAF).update(input).digest()
}

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: MerkleHash, right: MerkleHash): MerkleHash {
  return createHash('sha256').update(NODE).update(left).update(right).digest()
}

/** MTH({}) = SHA-256(). */
export const EMPTY_ROOT: MerkleHash = createHash('sha256').digest()

/**
 * A tree that only grows and keeps no leaves: the roots of its complete subtrees, largest first, one for each 1 in the
 * binary form of its size. 64 hashes at most, so that it can be stored beside a position.
 */
export class CompactRange {
  #size: number
  readonly #roots: MerkleHash[]

  /** Empty, or as `roots` and `size` of another one said. */
  constructor(size = 0, roots: readonly MerkleHash[] = []) {
    if (roots.length !== ones(size))
      throw new RangeError(`${roots.length} subtrees do not make a tree of ${size} leaves`)
    this.#size = size
    this.#roots = [...roots]
  }

  get size(): number {
    return this.#size
  }

  /** Roots of the complete subtrees, largest first. */
  get roots(): readonly MerkleHash[] {
    return [...this.#roots]
  }

  append(leaf: MerkleHash): void {
    let node = leaf
    // As in adding 1 to a binary number, each trailing 1 of the size carries: its subtree becomes the left half of the next.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(this.#roots.pop()!, node)
    this.#roots.push(node)
    this.#size++
  }

  root(): MerkleHash {
    const last = this.#roots.at(-1)
    if (last === undefined) return EMPTY_ROOT
    return this.#roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last)
  }
}

/** The root of a whole list of leaves. */
export function rootOf(leaves: readonly MerkleHash[]): MerkleHash {
  const range = new CompactRange()
  for (const leaf of leaves) range.append(leaf)
  return range.root()
}

/**
 * Shows that a leaf is in the tree over `leaves` (RFC 9162 section 2.1.3.1): the sibling of each node on its way to the root.
 * @throws RangeError when there is no leaf at `index`.
 */
export function inclusionProof(leaves: readonly MerkleHash[], index: number): MerkleHash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`there is no leaf ${index} in a tree of ${leaves.length}`)
  if (leaves.length === 1) return []
  const split = largestPowerBelow(leaves.length)
  return index < split
    ? [...inclusionProof(leaves.slice(0, split), index), rootOf(leaves.slice(split))]
    : [...inclusionProof(leaves.slice(split), index - split), rootOf(leaves.slice(0, split))]
}

/**
 * Shows that the tree over the first `first` leaves is the beginning of the tree over all (RFC 9162 section 2.1.4.1).
 * @throws RangeError unless 0 < first <= leaves.length.
 */
export function consistencyProof(leaves: readonly MerkleHash[], first: number): MerkleHash[] {
  if (!Number.isSafeInteger(first) || first <= 0 || first > leaves.length)
    throw new RangeError(`there is no tree of ${first} leaves within one of ${leaves.length}`)
  return subproof(leaves, first, true)
}

/** SUBPROOF(m, D, b): `known` while the first tree is still exactly this subtree, whose root the verifier has already. */
function subproof(leaves: readonly MerkleHash[], first: number, known: boolean): MerkleHash[] {
  if (first === leaves.length) return known ? [] : [rootOf(leaves)]
  const split = largestPowerBelow(leaves.length)
  return first <= split
    ? [...subproof(leaves.slice(0, split), first, known), rootOf(leaves.slice(split))]
    : [...subproof(leaves.slice(split), first - split, false), rootOf(leaves.slice(0, split))]
}

/** The largest power of two that is smaller than n (n > 1). */
function largestPowerBelow(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

function ones(n: number): number {
  let count = 0
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}
