// Checks the proofs of the Merkle tree from their numbers and hashes alone, as somebody does who does not have the log.
import { EMPTY_ROOT, type MerkleHash, nodeHash } from './merkle.ts'

export interface InclusionClaim {
  readonly leaf: MerkleHash
  /** Place of the leaf, from 0. */
  readonly index: number
  readonly size: number
  readonly root: MerkleHash
  readonly proof: readonly MerkleHash[]
}

/** True when the proof shows that `leaf` is at `index` of the tree of `size` leaves with that root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion({ leaf, index, size, root, proof }: InclusionClaim): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false
  let node = leaf
  let place = index
  let last = size - 1
  for (const sibling of proof) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      node = nodeHash(sibling, node)
      // A node without a right sibling moves up unchanged until it is a right child.
      while (place % 2 === 0 && place !== 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else node = nodeHash(node, sibling)
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && node.equals(root)
}

export interface ConsistencyClaim {
  readonly firstSize: number
  readonly firstRoot: MerkleHash
  readonly secondSize: number
  readonly secondRoot: MerkleHash
  readonly proof: readonly MerkleHash[]
}

/** True when the proof shows that the first tree is the beginning of the second (RFC 9162 section 2.1.4.2). */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { firstSize, firstRoot, secondSize, secondRoot, proof } = claim
  if (!isCount(firstSize) || !isCount(secondSize) || firstSize > secondSize) return false
  if (firstSize === secondSize) return proof.length === 0 && firstRoot.equals(secondRoot)
  // The empty tree is the beginning of every tree, and there is nothing to prove.
  if (firstSize === 0) return proof.length === 0 && firstRoot.equals(EMPTY_ROOT)
  // When the first tree is complete, its root is itself the first node of the way.
  const way = isPowerOfTwo(firstSize) ? [firstRoot, ...proof] : proof
  const start = way[0]
  if (start === undefined) return false
  let place = firstSize - 1
  let last = secondSize - 1
  while (place % 2 === 1) {
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  let first = start
  let second = start
  for (const node of way.slice(1)) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      first = nodeHash(node, first)
      second = nodeHash(node, second)
      while (place % 2 === 0 && place !== 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else second = nodeHash(second, node)
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && first.equals(firstRoot) && second.equals(secondRoot)
}

const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0

function isPowerOfTwo(n: number): boolean {
  let rest = n
  while (rest > 1 && rest % 2 === 0) rest /= 2
  return rest === 1
}
