// The codec: only what fits its schema goes in, in one spelling; only what was written comes out.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { personal, personalFields } from '../../src/domain/kernel/schemas.ts'
import { Codec, type UnitToEncode } from '../../src/eventstore/codec.ts'
import { CorruptEvent, InvalidEvent, UnknownEvent } from '../../src/eventstore/errors.ts'
import { eventId } from '../../src/eventstore/event-id.ts'
import type { EventToAppend, StoredEvent } from '../../src/eventstore/event-store.ts'
import { eventTypes, type LedgerEvent } from '../../src/eventstore/registry.ts'
import { upcast, versionOf } from '../../src/eventstore/upcasters.ts'
import { sha256Hex } from '../../src/platform/ids.ts'
import { contributed, hashOf } from './ledger-events.ts'

const codec = new Codec()
const unit = (...events: LedgerEvent[]): UnitToEncode => ({
  stream: 'portfolio-P1',
  commandId: 'command-1',
  commandHash: hashOf('input'),
  actor: 'ops',
  recordedAt: '2025-03-14T15:00:00.000000Z',
  effectiveAt: '2025-03-14',
  events,
})
const stored = (event: EventToAppend, change: Partial<StoredEvent> = {}): StoredEvent => ({
  ...event,
  stream: 'portfolio-P1',
  revision: 7n,
  position: 42n,
  ...change,
})
/** An event as a careless caller might make it: what TypeScript would refuse arrives from plain JSON. */
const careless = (cash: object): LedgerEvent => {
  const event = contributed('C1')
  Object.assign(event.data.cash, cash)
  return event
}

describe('the id of an event', () => {
  it('is frozen: it derives from stream, command and index', () => {
    expect(eventId('portfolio-P1', 'command-1', 0)).toBe('d6a739f7-be7d-5c1c-9fd4-7c66992b5dfc')
  })

  it('differs when what is joined differs, whatever the characters', () => {
    const ids = [
      eventId('a', 'b|1', 2),
      eventId('a|b', '1', 2),
      eventId('a', 'b', 12),
      eventId('a","b', '', 0),
      eventId('a', '","b', 0),
    ]
    expect(new Set(ids).size).toBe(5)
  })
})

describe('encoding', () => {
  it('writes canonical JSON with the envelope around it', async () => {
    const [first, second] = await codec.encode({ ...unit(contributed('C1'), contributed('C2')), causationId: 'cause' })
    expect(first?.data).toBe(
      '{"cash":{"amount":"1000.00","cashAccount":"cash","currency":"EUR","custodyAccount":"custody","ref":"C1","sleeve":"main","valueDate":"2025-03-14"},"fact":"cash:C1"}',
    )
    expect(JSON.parse(second?.metadata ?? '')).toStrictEqual({
      $causationId: 'cause',
      $correlationId: 'command-1',
      actor: 'ops',
      commandHash: hashOf('input'),
      commandId: 'command-1',
      effectiveAt: '2025-03-14',
      recordedAt: '2025-03-14T15:00:00.000000Z',
      schema: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      unit: { i: 1, id: first?.id, n: 2 },
    })
  })

  it('makes the same events of the same command', async () => {
    expect(await codec.encode(unit(contributed('C1')))).toStrictEqual(await codec.encode(unit(contributed('C1'))))
  })

  const wrong: readonly { what: string; event: () => LedgerEvent; says: RegExp }[] = [
    { what: 'an unknown field', event: () => careless({ fee: '1' }), says: /cash/ },
    {
      what: 'a number for an amount',
      event: () => careless({ amount: 12.5 }),
      says: /cash\.amount/,
    },
    { what: 'an exponent', event: () => contributed('C1', '1e3'), says: /cash\.amount/ },
    { what: 'an amount of zero', event: () => contributed('C1', '0.00'), says: /cash\.amount/ },
    { what: 'a missing field', event: () => careless({ currency: undefined }), says: /cash\.currency/ },
    {
      what: 'a date that does not exist',
      event: () => careless({ valueDate: '2025-02-29' }),
      says: /cash\.valueDate/,
    },
  ]
  it.each(wrong)('refuses $what and names the field', async ({ event, says }) => {
    const refusal = await codec.encode(unit(event())).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(InvalidEvent)
    expect(String(refusal)).toMatch(says)
  })

  it('refuses an event in a stream where its kind does not belong', async () => {
    await expect(codec.encode({ ...unit(contributed('C1')), stream: 'instrument-XYZ' })).rejects.toThrow(InvalidEvent)
  })

  it('refuses an envelope that would not be readable later', async () => {
    await expect(codec.encode({ ...unit(contributed('C1')), commandHash: 'none' })).rejects.toThrow(/commandHash/)
    await expect(codec.encode({ ...unit(contributed('C1')), effectiveAt: 'today' })).rejects.toThrow(/effectiveAt/)
  })
})

describe('decoding', () => {
  const encoded = async () => (await codec.encode(unit(contributed('C1', '12.50', 'Grüße'))))[0]!

  it('gives back what was encoded, with its place', async () => {
    const event = await encoded()
    const decoded = await codec.decode(stored(event))
    const { type, data } = contributed('C1', '12.50', 'Grüße')
    const envelope = JSON.parse(event.metadata) as unknown
    expect(decoded).toStrictEqual({
      type,
      data,
      id: event.id,
      stream: 'portfolio-P1',
      revision: 7n,
      position: 42n,
      envelope,
    })
  })

  it('takes the same JSON in another spelling, as a store may write it', async () => {
    const event = await encoded()
    const spelled = JSON.stringify({ fact: 'cash:C1', ...JSON.parse(event.data) }, null, 2).replace('ü', '\\u00fc')
    expect(spelled).not.toBe(event.data)
    expect(await codec.decode(stored({ ...event, data: spelled }))).toStrictEqual(await codec.decode(stored(event)))
  })

  const damages: readonly { what: string; damage: (event: EventToAppend) => Partial<StoredEvent> }[] = [
    { what: 'another amount', damage: ({ data }) => ({ data: data.replace('12.50', '12.51') }) },
    { what: 'an equal amount written otherwise', damage: ({ data }) => ({ data: data.replace('12.50', '12.5') }) },
    { what: 'a member more', damage: ({ data }) => ({ data: data.replace('{', '{"a":1,') }) },
    { what: 'no JSON', damage: ({ data }) => ({ data: data.slice(1) }) },
    { what: 'no object', damage: () => ({ data: '[]' }) },
    {
      what: 'an envelope without a unit',
      damage: ({ metadata }) => ({ metadata: metadata.replace('"unit"', '"union"') }),
    },
    { what: 'an envelope that is no JSON', damage: () => ({ metadata: 'x' }) },
  ]
  it.each(damages)('finds $what and names stream and revision', async ({ damage }) => {
    const event = await encoded()
    const decode = () => codec.decode(stored(event, damage(event)))
    expect(decode).toThrow(CorruptEvent)
    expect(decode).toThrow(/event 7 of stream portfolio-P1/)
  })

  it('stops at a type or version that only a newer release knows', async () => {
    const event = await encoded()
    expect(() => codec.decode(stored({ ...event, type: 'CashTeleported' }))).toThrow(UnknownEvent)
    const future = { ...event, metadata: event.metadata.replace('"schema":1', '"schema":2') }
    expect(() => codec.decode(stored(future))).toThrow(/version 2; this release knows 1/)
  })

  it('trusts no writer when it audits: a good hash does not excuse a wrong schema', async () => {
    const event = await encoded()
    const data = event.data.replace('"amount":"12.50"', '"amount":"1e9"')
    const sha256 = sha256Hex(data)
    const forged = stored({
      ...event,
      data,
      metadata: event.metadata.replace(/"sha256":"\w+"/, `"sha256":"${sha256}"`),
    })
    expect(() => new Codec(undefined, 'always').decode(forged)).toThrow(/does not fit its schema/)
  })
})

describe('the registry', () => {
  it('knows every event type once, in a kind of stream', () => {
    const types = eventTypes().map(({ type }) => type)
    expect(new Set(types).size).toBe(types.length)
    expect(types).toContain('FillExecuted')
    expect(new Set(eventTypes().map(({ kind }) => kind))).toStrictEqual(
      new Set(['portfolio', 'instrument', 'prices', 'fx', 'calendar', 'transfer', 'owner', 'block']),
    )
  })

  it('reads the personal fields off the schemas, optional ones too', () => {
    const personal = eventTypes().filter((known) => known.personal.length > 0)
    expect(personal.map(({ type, personal: fields }) => ({ type, fields }))).toStrictEqual([
      { type: 'OwnerRegistered', fields: [{ field: 'name', person: 'owner' }] },
      { type: 'OwnerAmended', fields: [{ field: 'name', person: 'owner' }] },
    ])
  })
})

describe('personal fields', () => {
  /** Where in a schema the marked fields are, as paths; the codec seals those with one step. */
  const marked = (schema: z.core.$ZodType, path: readonly string[] = []): string[] => {
    const mark = personalFields.has(schema) ? [path.join('.')] : []
    const parts: [string, z.core.$ZodType][] = Object.entries(schema._zod.def).flatMap(([key, part]) =>
      partsOf(key, part),
    )
    return [...mark, ...parts.flatMap(([step, part]) => marked(part, step === '' ? path : [...path, step]))]
  }
  /** The schemas within one member of a definition; wrappers (optional, nullable) are no step of their own. */
  const partsOf = (key: string, part: unknown): [string, z.core.$ZodType][] => {
    if (part instanceof z.core.$ZodType) return [[key === 'innerType' ? '' : key, part]]
    if (typeof part !== 'object' || part === null || part instanceof RegExp) return []
    return Object.entries(part).flatMap(([step, inner]) => (inner instanceof z.core.$ZodType ? [[step, inner]] : []))
  }

  it('are members of the data itself, never deeper, where the codec would not seal them', () => {
    const all = eventTypes().flatMap(({ type, schema }) => marked(schema).map((path) => `${type}.${path}`))
    expect(all).toStrictEqual(['OwnerRegistered.name', 'OwnerAmended.name'])
  })

  it('would be found deeper, too', () => {
    const deep = z.strictObject({ list: z.array(z.strictObject({ note: personal('owner').optional() })).optional() })
    expect(marked(deep)).toStrictEqual(['list.element.note'])
  })
})

describe('upcasting', () => {
  // An imaginary type that has had three versions.
  const history = {
    Weighed: [
      (data: object) => ({ ...data, unit: 'kg' }),
      ({ weight, ...rest }: { weight?: string }) => ({ ...rest, amount: weight ?? 'unknown' }),
    ],
  }

  it('takes every older version through all the steps between', () => {
    expect(versionOf('Weighed', history)).toBe(3)
    expect(upcast('Weighed', 1, { weight: '7' }, history)).toStrictEqual({ amount: '7', unit: 'kg' })
    expect(upcast('Weighed', 2, { weight: '7', unit: 'lb' }, history)).toStrictEqual({ amount: '7', unit: 'lb' })
    expect(upcast('Weighed', 3, { amount: '7', unit: 'lb' }, history)).toStrictEqual({ amount: '7', unit: 'lb' })
  })

  it('leaves a type alone that has only ever had one', () => {
    expect(versionOf('CashContributed')).toBe(1)
    expect(upcast('CashContributed', 1, { a: 'b' })).toStrictEqual({ a: 'b' })
  })
})
