// The Merkle tree: published vectors, a frozen leaf, and every proof of every tree up to a size that has all shapes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CompactRange,
  consistencyProof,
  inclusionProof,
  leafHash,
  leafInput,
  leafOf,
  rootOf,
} from '../../src/eventstore/merkle.ts'
import { verifyConsistency, verifyInclusion } from '../../src/eventstore/merkle-verify.ts'

// The eight leaves and their trees as the reference implementations of Certificate Transparency test them:
// google/certificate-transparency cpp/merkletree/merkle_tree_test.cc, transparency-dev/merkle testonly/constants.go.
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const leaves = INPUTS.map((input) => leafHash(Buffer.from(input, 'hex')))
const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'))

const INCLUSION = [
  {
    index: 0,
    size: 8,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    index: 5,
    size: 8,
    path: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  { index: 2, size: 3, path: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
  {
    index: 1,
    size: 5,
    path: [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
]
const CONSISTENCY = [
  {
    first: 1,
    second: 8,
    path: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    first: 6,
    second: 8,
    path: [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  {
    first: 2,
    second: 5,
    path: [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
]

describe('the published vectors of Certificate Transparency hold', () => {
  it('for the root of each size, appending one leaf at a time', () => {
    const range = new CompactRange()
    const roots = [range.root()]
    for (const leaf of leaves) {
      range.append(leaf)
      roots.push(range.root())
    }
    expect(hex(roots)).toStrictEqual(ROOTS)
  })

  it.each(INCLUSION)('for the proof that leaf $index is in the tree of $size', ({ index, size, path }) => {
    expect(hex(inclusionProof(leaves.slice(0, size), index))).toStrictEqual(path)
  })

  it.each(CONSISTENCY)(
    'for the proof that the tree of $first is the beginning of that of $second',
    ({ first, second, path }) => {
      expect(hex(consistencyProof(leaves.slice(0, second), first))).toStrictEqual(path)
    },
  )
})

describe('the leaf of an event', () => {
  const event = {
    stream: 'portfolio-P1',
    revision: 9007199254740993n,
    id: '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    type: 'CashContributed',
    data: '{"fact":"cash:C1","text":"Grüße 東京"}',
    metadata: '{"actor":"ops","schema":1}',
  }

  it('commits to the canonical JSON of what the event means, with the revision as text', () => {
    expect(leafInput(event)).toBe(
      '{"data":{"fact":"cash:C1","text":"Grüße 東京"},"id":"2ed6657d-e927-568b-95e1-2665a8aea6a2","metadata":{"actor":"ops","schema":1},"revision":"9007199254740993","stream":"portfolio-P1","type":"CashContributed"}',
    )
  })

  it('is frozen: this hash can never change again', () => {
    expect(leafOf(event).toString('hex')).toBe('49cbb7cde2d21ac97e3d58c26da19bc277c2f6b1a4bbba3d02767f23c12b7448')
  })

  it('does not depend on how a store spells the same JSON', () => {
    const respelled = { ...event, data: '{ "text": "Gr\\u00fc\\u00dfe \\u6771\\u4eac",\n "fact":"cash:C1" }' }
    expect(leafOf(respelled)).toStrictEqual(leafOf(event))
  })

  const changes = [
    { stream: 'portfolio-P2' },
    { revision: 9007199254740992n },
    { id: '2ed6657d-e927-568b-95e1-2665a8aea6a3' },
    { type: 'CashWithdrawn' },
    { data: '{"fact":"cash:C1","text":"Gruesse"}' },
    { metadata: '{"actor":"oms","schema":1}' },
  ]
  it.each(changes)('changes with %o', (change) => {
    expect(leafOf({ ...event, ...change })).not.toStrictEqual(leafOf(event))
  })
})

describe('proofs', () => {
  // 2 x 16 + 5: sizes with every pattern of ones and zeros up to five binary places, and some of six.
  const many = Array.from({ length: 37 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)))
  const roots = Array.from({ length: many.length + 1 }, (_, size) => rootOf(many.slice(0, size)))

  it('show every leaf of every tree, and no other leaf, place, size or root', () => {
    for (let size = 1; size <= many.length; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(many.slice(0, size), index)
        const claim = { leaf: many[index]!, index, size, root: roots[size]!, proof }
        expect(verifyInclusion(claim)).toBe(true)
        expect(verifyInclusion({ ...claim, leaf: leafHash(Buffer.from('another')) })).toBe(false)
        expect(verifyInclusion({ ...claim, root: roots[size - 1]! })).toBe(false)
        expect(verifyInclusion({ ...claim, index: size })).toBe(false)
        if (proof.length > 0) {
          expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false)
          expect(verifyInclusion({ ...claim, proof: [...proof, roots[1]!] })).toBe(false)
          expect(verifyInclusion({ ...claim, index: index === 0 ? 1 : index - 1 })).toBe(false)
        }
      }
    }
  })

  it('show every earlier tree to be the beginning of every later one, and no other tree', () => {
    for (let secondSize = 1; secondSize <= many.length; secondSize++) {
      for (let firstSize = 1; firstSize <= secondSize; firstSize++) {
        const proof = consistencyProof(many.slice(0, secondSize), firstSize)
        const claim = { firstSize, firstRoot: roots[firstSize]!, secondSize, secondRoot: roots[secondSize]!, proof }
        expect(verifyConsistency(claim)).toBe(true)
        expect(verifyConsistency({ ...claim, firstRoot: leafHash(Buffer.from('another history')) })).toBe(false)
        expect(verifyConsistency({ ...claim, secondRoot: leafHash(Buffer.from('another history')) })).toBe(false)
        if (proof.length > 0) expect(verifyConsistency({ ...claim, proof: proof.slice(1) })).toBe(false)
      }
    }
  })

  it('show a changed leaf wherever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 37 }), fc.nat(), fc.nat(), (size, at, changed) => {
        const [index, other] = [at % size, changed % size]
        const tampered = many.slice(0, size)
        tampered[other] = leafHash(Buffer.from('tampered'))
        const claim = {
          leaf: tampered[index]!,
          index,
          size,
          root: roots[size]!,
          proof: inclusionProof(tampered, index),
        }
        expect(verifyInclusion(claim)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a compact range', () => {
  it('goes on from its size and subtrees as if it had never been put away', () => {
    const all = new CompactRange()
    let resumed = new CompactRange()
    for (let i = 0; i < 70; i++) {
      const leaf = leafHash(Buffer.from(String(i)))
      all.append(leaf)
      resumed = new CompactRange(resumed.size, resumed.roots)
      resumed.append(leaf)
      expect(resumed.root()).toStrictEqual(all.root())
    }
    // 70 = 64 + 4 + 2: three subtrees.
    expect(all.roots).toHaveLength(3)
  })

  it('refuses subtrees that do not fit its size', () => {
    expect(() => new CompactRange(3, [leafHash(Buffer.from('a'))])).toThrow(RangeError)
  })
})
