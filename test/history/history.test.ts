// History must stay readable: every version of every event that a release ever wrote decodes, means the same, hashes the same.
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/domain/kernel/canonical-json.ts'
import { Codec } from '../../src/eventstore/codec.ts'
import { eventId } from '../../src/eventstore/event-id.ts'
import { leafOf } from '../../src/eventstore/merkle.ts'
import { eventTypes } from '../../src/eventstore/registry.ts'
import { sha256Hex } from '../../src/platform/ids.ts'
import { frozenKeys, goldens, instances, storedOf } from './golden.ts'

const codec = new Codec(frozenKeys, 'always')
const history = goldens()
const today = eventTypes()

describe('every event type', () => {
  it.each(today.map(({ type, version }) => ({ type, version })))(
    '$type has a golden file for each of its versions up to $version',
    ({ type, version }) => {
      const names = Array.from({ length: version }, (_, i) => `${type}.v${i + 1}.json`)
      expect(names.filter((name) => !history.has(name))).toStrictEqual([])
    },
  )

  it('that the log ever held is still known', () => {
    const known = new Set(today.map(({ type }) => type))
    expect([...history.values()].filter(({ type }) => !known.has(type))).toStrictEqual([])
  })
})

describe.each([...history])('%s', (name, golden) => {
  it('is named after what it holds', () => {
    expect(name).toBe(`${golden.type}.v${golden.version}.json`)
    expect(golden.envelope.schema).toBe(golden.version)
  })

  it('has kept its canonical text, its hash, its id and its leaf', () => {
    expect(canonicalJson(golden.data)).toBe(golden.canonical)
    expect(sha256Hex(golden.canonical)).toBe(golden.sha256)
    expect(golden.envelope.sha256).toBe(golden.sha256)
    expect(eventId(golden.stream, golden.envelope.commandId, 0)).toBe(golden.id)
    expect(leafOf(storedOf(golden)).toString('hex')).toBe(golden.leaf)
  })

  it('decodes to an event of today', async () => {
    const { type, stream, id, envelope } = await codec.decode(storedOf(golden))
    expect({ type, stream, id, envelope }).toStrictEqual({
      type: golden.type,
      stream: golden.stream,
      id: golden.id,
      envelope: golden.envelope,
    })
  })
})

describe('today', () => {
  const current = today.map(({ type, version }) => ({ type, name: `${type}.v${version}.json` }))

  it.each(current)('$type still means what its newest golden file says', async ({ type, name }) => {
    const golden = history.get(name)
    if (golden === undefined) throw new Error(`${name} is missing: npx tsx test/history/write.ts`)
    const { data } = await codec.decode(storedOf(golden))
    expect(data).toStrictEqual(instances.get(type)?.data)
  })

  it.each(current.filter(({ type }) => !type.startsWith('Owner')))(
    '$type is still written the same',
    async ({ type, name }) => {
      const golden = history.get(name)!
      const { actor, causationId, ...rest } = { actor: 'golden', causationId: 'cause-1', stream: golden.stream }
      const [encoded] = await codec.encode({
        ...rest,
        actor,
        causationId,
        commandId: golden.envelope.commandId,
        commandHash: sha256Hex(type),
        recordedAt: '2025-03-14T15:30:00.123456Z',
        effectiveAt: '2025-03-14',
        events: [instances.get(type)!],
      })
      expect(encoded).toStrictEqual({
        id: golden.id,
        type,
        data: golden.canonical,
        metadata: canonicalJson(golden.envelope),
      })
    },
  )

  it('seals the names in the golden files', () => {
    const sealed = [...history.values()].filter(({ type }) => type.startsWith('Owner'))
    expect(sealed).toHaveLength(2)
    for (const { canonical } of sealed) expect(canonical).not.toMatch(/Noether|Emmy/)
  })
})
