// The contract's chapter on reading: what comes back is what was written, in both directions, bounded and filtered.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/domain/kernel/canonical-json.ts'
import type { EventStore, StoredEvent } from '../../src/eventstore/event-store.ts'
import { all, anEvent, type Bench, freshPrefix, someEvents, strictlyIncreasing, withoutPosition } from './bench.ts'

export function reads(bench: () => Bench): void {
  describe('what is read is what was written', () => {
    const texts = {
      'letters beyond ASCII': { Grüße: '東京 Ελλάδα العربية', 'e + accent': 'e\u0301', é: '\u00e9' },
      'characters beyond the first plane': { '😀': '𝕏 🏦 👩‍👧', music: '\u{1D11E}' },
      'quotes, slashes and control characters': {
        quote: '"\\/',
        control: '\b\f\n\r\t\u001f\u007f',
        line: '\u2028\u2029',
      },
      'keys that look like numbers, which JavaScript objects reorder': {
        '10': 'ten',
        '9': 'nine',
        '-1': 'minus',
        a: 'a',
      },
      'keys that mean something to JavaScript': {
        ['__proto__']: 'x',
        constructor: 'y',
        toString: 'z',
        hasOwnProperty: 'w',
      },
      'amounts as text, digit for digit': { amount: '123456789012345678901234567890.000000000000000010', zero: '0.00' },
      'numbers at the edge of a double': {
        big: 9007199254740991,
        tiny: 5e-324,
        huge: 1.7976931348623157e308,
        minus: -1.5,
      },
      'empty and nested values': { a: {}, b: [], c: null, d: [[], [{}], ''], e: { f: { g: [true, false, null] } } },
    }
    test.each(Object.entries(texts))('%s', async (_, value) => {
      const stream = `${freshPrefix()}a`
      const event = {
        ...anEvent(),
        type: 'TextKept',
        data: canonicalJson(value),
        metadata: canonicalJson({ kept: value }),
      }
      const { position } = await bench().store.append(stream, 'no-stream', [event])
      expect(await all(bench().store.readStream(stream))).toStrictEqual([{ ...event, stream, revision: 0n, position }])
    })

    test('stream names and event types beyond ASCII', async () => {
      const stream = `${freshPrefix('portfolio-main')}Größe 東京/😀?x=1&y=%20#z`
      const event = { ...anEvent(), type: 'Größe.Geändert-😀' }
      const { position } = await bench().store.append(stream, 'no-stream', [event])
      const filter = { streamPrefixes: [stream] }
      expect(await all(bench().store.readStream(stream))).toStrictEqual([{ ...event, stream, revision: 0n, position }])
      expect(await all(bench().store.readAll({ filter }))).toStrictEqual([{ ...event, stream, revision: 0n, position }])
    })
  })

  describe('reading one stream', () => {
    const stream = `${freshPrefix()}ten`
    const revisions = async (options: Parameters<EventStore['readStream']>[1]) =>
      (await all(bench().store.readStream(stream, options))).map((event) => Number(event.revision))

    beforeAll(async () => {
      await bench().store.append(stream, 'no-stream', someEvents(4))
      await bench().store.append(stream, 3n, someEvents(6))
    })

    test('a stream that does not exist yields nothing', async () => {
      const missing = `${freshPrefix()}none`
      expect(await all(bench().store.readStream(missing))).toStrictEqual([])
      expect(await all(bench().store.readStream(missing, { direction: 'backwards', limit: 1 }))).toStrictEqual([])
      expect(await all(bench().store.readStream(missing, { from: 5n }))).toStrictEqual([])
    })

    const cases = [
      { options: {}, yields: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
      { options: { direction: 'backwards' }, yields: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] },
      { options: { from: 7n }, yields: [7, 8, 9] },
      { options: { from: 2n, direction: 'backwards' }, yields: [2, 1, 0] },
      { options: { limit: 3 }, yields: [0, 1, 2] },
      { options: { limit: 3, direction: 'backwards' }, yields: [9, 8, 7] },
      { options: { from: 4n, limit: 2 }, yields: [4, 5] },
      { options: { from: 4n, limit: 2, direction: 'backwards' }, yields: [4, 3] },
      { options: { from: 0n, direction: 'backwards' }, yields: [0] },
      { options: { from: 10n }, yields: [] },
      { options: { from: 99n }, yields: [] },
      { options: { from: 99n, direction: 'backwards', limit: 2 }, yields: [9, 8] },
      { options: { limit: 99 }, yields: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
      { options: { limit: 0 }, yields: [] },
    ] as const
    const spelled = cases.map((one) => ({ ...one, name: inspect(one.options) }))
    test.each(spelled)('$name yields $yields', async ({ options, yields }) => {
      expect(await revisions(options)).toStrictEqual([...yields])
    })

    test('a reader may stop half way and read again', async () => {
      for await (const event of bench().store.readStream(stream)) if (event.revision === 1n) break
      expect(await revisions({})).toHaveLength(10)
    })
  })

  describe('reading the whole log', () => {
    // Three streams under one prefix, interleaved: a0 b0 c0 a1 b1 c1 ...; `log` is their order.
    const prefix = freshPrefix()
    // The names hold what SQL's LIKE and regular expressions take for wild cards; a prefix is only ever itself.
    const names = { a: `${prefix}a_b%-1`, b: `${prefix}aXbY-1`, c: `${prefix}a.b*-1` }
    let log: StoredEvent[]
    let start: bigint | undefined
    const streams = (events: readonly StoredEvent[]) => events.map((event) => `${event.stream}@${event.revision}`)
    const filter = { streamPrefixes: [prefix] }

    beforeAll(async () => {
      start = await bench().store.lastPosition()
      for (let revision = -1n; revision < 3n; revision++) {
        const expected = revision < 0n ? 'no-stream' : revision
        for (const stream of Object.values(names)) await bench().store.append(stream, expected, someEvents(1))
      }
      log = await all(bench().store.readAll({ filter }))
    })

    test('yields everything in the order of writing, at strictly increasing positions', async () => {
      const expected = [0, 1, 2, 3].flatMap((revision) => Object.values(names).map((stream) => `${stream}@${revision}`))
      expect(streams(log)).toStrictEqual(expected)
      expect(strictlyIncreasing(log)).toBe(true)
    })

    test('without a filter yields these events among all others', async () => {
      const everything = await all(bench().store.readAll(start === undefined ? {} : { after: start }))
      expect(everything.filter((event) => event.stream.startsWith(prefix))).toStrictEqual(log)
      expect(strictlyIncreasing(everything)).toBe(true)
      expect(everything.some((event) => event.type.startsWith('$') || event.stream.startsWith('$'))).toBe(false)
    })

    test('holds the same events as the streams do', async () => {
      const fromStreams = (
        await Promise.all(Object.values(names).map((name) => all(bench().store.readStream(name))))
      ).flat()
      expect(fromStreams.toSorted((x, y) => (x.position < y.position ? -1 : 1))).toStrictEqual(log)
    })

    test('backwards is the reverse', async () => {
      expect(await all(bench().store.readAll({ filter, direction: 'backwards' }))).toStrictEqual(log.toReversed())
    })

    test('starts after, or before, a position and leaves that one out', async () => {
      const after = log[4]!.position
      const before = await all(bench().store.readAll({ filter, after, direction: 'backwards' }))
      expect(await all(bench().store.readAll({ filter, after }))).toStrictEqual(log.slice(5))
      expect(before).toStrictEqual(log.slice(0, 4).toReversed())
    })

    test('after its last event yields nothing', async () => {
      expect(await all(bench().store.readAll({ filter, after: log.at(-1)!.position }))).toStrictEqual([])
    })

    test('stops at the limit, counting only what the filter lets through', async () => {
      const only = { streamPrefixes: [names.b] }
      const ofB = log.filter((event) => event.stream === names.b)
      expect(await all(bench().store.readAll({ filter, limit: 5 }))).toStrictEqual(log.slice(0, 5))
      expect(await all(bench().store.readAll({ filter: only, limit: 3 }))).toStrictEqual(ofB.slice(0, 3))
      const lastTwo = await all(bench().store.readAll({ filter: only, limit: 2, direction: 'backwards' }))
      expect(lastTwo).toStrictEqual(ofB.toReversed().slice(0, 2))
      const paged = await all(bench().store.readAll({ filter, after: log[2]!.position, limit: 4 }))
      expect(paged).toStrictEqual(log.slice(3, 7))
      expect(await all(bench().store.readAll({ filter, limit: 0 }))).toStrictEqual([])
    })

    test.each(['a', 'b', 'c'] as const)('takes a prefix for itself, wild cards and all (%s)', async (name) => {
      const found = await all(bench().store.readAll({ filter: { streamPrefixes: [names[name].slice(0, -1)] } }))
      expect(found).toStrictEqual(log.filter((event) => event.stream === names[name]))
    })

    test('takes any of several prefixes', async () => {
      const found = await all(bench().store.readAll({ filter: { streamPrefixes: [names.a, names.c] } }))
      expect(found).toStrictEqual(log.filter((event) => event.stream !== names.b))
    })

    test('a filter of no prefixes, or of unknown ones, yields nothing', async () => {
      expect(await all(bench().store.readAll({ filter: { streamPrefixes: [] } }))).toStrictEqual([])
      expect(await all(bench().store.readAll({ filter: { streamPrefixes: [freshPrefix()] } }))).toStrictEqual([])
    })
  })

  describe('another process', () => {
    let other: EventStore
    beforeAll(async () => {
      other = await bench().another()
    })
    afterAll(() => other.close())

    test('reads the same log, and what one appends the other reads at once', async () => {
      const prefix = freshPrefix()
      const filter = { streamPrefixes: [prefix] }
      const here = await bench().store.append(`${prefix}a`, 'no-stream', someEvents(2))
      const there = await other.append(`${prefix}a`, here.revision, someEvents(2))
      expect(there.position > here.position).toBe(true)
      const log = await all(bench().store.readAll({ filter }))
      expect(log.map(withoutPosition)).toHaveLength(4)
      expect(await all(other.readAll({ filter }))).toStrictEqual(log)
      expect(await other.lastPosition()).toBe(await bench().store.lastPosition())
    })
  })

  describe('the last position', () => {
    test('is that of the last append', async () => {
      const { position } = await bench().store.append(`${freshPrefix()}a`, 'no-stream', someEvents(3))
      expect(await bench().store.lastPosition()).toBe(position)
    })
  })
}

function inspect(options: { from?: bigint; limit?: number; direction?: string }): string {
  const parts = Object.entries(options).map(([key, value]) => `${key} ${value}`)
  return parts.length === 0 ? 'no option' : parts.join(', ')
}
