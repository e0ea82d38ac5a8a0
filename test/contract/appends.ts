// The contract's chapter on appending: expected revisions, units, caps, retries, and who wins a race.
import { describe, expect, test } from 'vitest'
import { AppendTooLarge, WrongExpectedRevision } from '../../src/eventstore/errors.ts'
import { type EventToAppend, sizeOf, UNIT_BYTES_MAX, UNIT_EVENTS_MAX } from '../../src/eventstore/event-store.ts'
import { all, anEvent, type Bench, freshPrefix, someEvents, stored, withoutPosition } from './bench.ts'

export function appends(bench: () => Bench): void {
  const read = async (stream: string) => (await all(bench().store.readStream(stream))).map(withoutPosition)

  describe('appending', () => {
    test('starts a stream at revision 0 and answers with the revision and position of the last event', async () => {
      const stream = `${freshPrefix()}a`
      const events = someEvents(3)
      const result = await bench().store.append(stream, 'no-stream', events)
      const found = await all(bench().store.readStream(stream))
      expect(found.map(withoutPosition)).toStrictEqual(stored(stream, 0n, events))
      expect(result).toStrictEqual({ revision: 2n, position: found[2]!.position, alreadyThere: false })
    })

    test('goes on at the exact revision, without gaps', async () => {
      const stream = `${freshPrefix()}a`
      const [first, second, third] = [someEvents(2), someEvents(1), someEvents(3)]
      await bench().store.append(stream, 'no-stream', first)
      // 2 events lie at 0 and 1; one more makes 2; three more make 3, 4, 5.
      expect((await bench().store.append(stream, 1n, second)).revision).toBe(2n)
      expect((await bench().store.append(stream, 2n, third)).revision).toBe(5n)
      expect(await read(stream)).toStrictEqual(stored(stream, 0n, [...first, ...second, ...third]))
    })

    test('gives later events greater positions, across streams', async () => {
      const prefix = freshPrefix()
      const positions: bigint[] = []
      for (const name of ['a', 'b', 'c']) {
        positions.push((await bench().store.append(prefix + name, 'no-stream', someEvents(2))).position)
      }
      expect(positions[1]! > positions[0]! && positions[2]! > positions[1]!).toBe(true)
    })
  })

  describe('a wrong expected revision', () => {
    const wrong = [
      { what: 'no-stream where the stream is', events: 3, expected: 'no-stream', actual: 2n },
      { what: 'a revision where no stream is', events: 0, expected: 0n, actual: 'no-stream' },
      { what: 'a revision behind the head', events: 3, expected: 1n, actual: 2n },
      { what: 'a revision ahead of the head', events: 3, expected: 7n, actual: 2n },
    ] as const
    test.each(wrong)(
      '$what is refused, names the actual one, and writes nothing',
      async ({ events, expected, actual }) => {
        const stream = `${freshPrefix()}a`
        const before = someEvents(events)
        if (events > 0) await bench().store.append(stream, 'no-stream', before)
        const refusal = await bench()
          .store.append(stream, expected, someEvents(2))
          .catch((error: unknown) => error)
        expect(refusal).toBeInstanceOf(WrongExpectedRevision)
        expect(refusal).toMatchObject({ code: 'wrong-expected-revision', stream, expected, actual })
        expect(await read(stream)).toStrictEqual(stored(stream, 0n, before))
      },
    )
  })

  describe('the caps of one unit', () => {
    /** Events whose sizes add up to exactly `bytes`. */
    const weighing = (bytes: number): EventToAppend[] => {
      const empty = anEvent({ pad: '' })
      return [{ ...empty, data: `{"pad":"${'x'.repeat(bytes - sizeOf(empty))}"}` }]
    }
    const over = [
      { what: 'an empty unit', unit: () => [] },
      { what: 'one event over the count', unit: () => someEvents(UNIT_EVENTS_MAX + 1) },
      { what: 'one byte over the size', unit: () => weighing(UNIT_BYTES_MAX + 1) },
    ]
    test.each(over)('$what is refused and writes nothing', async ({ unit }) => {
      const stream = `${freshPrefix()}a`
      const events = unit()
      const refusal = await bench()
        .store.append(stream, 'no-stream', events)
        .catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(AppendTooLarge)
      const bytes = events.reduce((sum, event) => sum + sizeOf(event), 0)
      expect(refusal).toMatchObject({ code: 'append-too-large', stream, events: events.length, bytes })
      expect(await read(stream)).toStrictEqual([])
    })

    test('a unit of exactly the count is taken whole', async () => {
      const stream = `${freshPrefix()}a`
      const events = someEvents(UNIT_EVENTS_MAX)
      expect((await bench().store.append(stream, 'no-stream', events)).revision).toBe(BigInt(UNIT_EVENTS_MAX - 1))
      expect(await read(stream)).toStrictEqual(stored(stream, 0n, events))
    })

    test('a unit of exactly the size is taken whole', async () => {
      const stream = `${freshPrefix()}a`
      const events = weighing(UNIT_BYTES_MAX)
      await bench().store.append(stream, 'no-stream', events)
      expect(await read(stream)).toStrictEqual(stored(stream, 0n, events))
    })

    test('characters count in bytes: two-byte letters reach the size at half the length', async () => {
      const stream = `${freshPrefix()}a`
      const events = [anEvent({ pad: 'é'.repeat(UNIT_BYTES_MAX / 2) })]
      await expect(bench().store.append(stream, 'no-stream', events)).rejects.toBeInstanceOf(AppendTooLarge)
    })
  })

  describe('a retry with the same ids and revision', () => {
    test('of a first append answers with the first outcome and writes nothing', async () => {
      const stream = `${freshPrefix()}a`
      const events = someEvents(3)
      const first = await bench().store.append(stream, 'no-stream', events)
      expect(await bench().store.append(stream, 'no-stream', events)).toStrictEqual({ ...first, alreadyThere: true })
      expect(await read(stream)).toStrictEqual(stored(stream, 0n, events))
    })

    test('answers with the first outcome even when the stream has gone on since', async () => {
      const stream = `${freshPrefix()}a`
      const [first, second, third] = [someEvents(2), someEvents(2), someEvents(4)]
      await bench().store.append(stream, 'no-stream', first)
      const outcome = await bench().store.append(stream, 1n, second)
      await bench().store.append(stream, 3n, third)
      expect(await bench().store.append(stream, 1n, second)).toStrictEqual({ ...outcome, alreadyThere: true })
      expect(await read(stream)).toStrictEqual(stored(stream, 0n, [...first, ...second, ...third]))
    })

    test('is recognised by another process', async () => {
      const stream = `${freshPrefix()}a`
      const events = someEvents(2)
      const first = await bench().store.append(stream, 'no-stream', events)
      const other = await bench().another()
      try {
        expect(await other.append(stream, 'no-stream', events)).toStrictEqual({ ...first, alreadyThere: true })
      } finally {
        await other.close()
      }
    })

    test('of only the first events of a unit finds them already there', async () => {
      const stream = `${freshPrefix()}a`
      const events = someEvents(3)
      await bench().store.append(stream, 'no-stream', events)
      const found = await all(bench().store.readStream(stream))
      const again = await bench().store.append(stream, 'no-stream', events.slice(0, 2))
      expect(again).toStrictEqual({ revision: 1n, position: found[1]!.position, alreadyThere: true })
    })

    const different = [
      { what: 'with another first event', change: (unit: EventToAppend[]) => [anEvent(), ...unit.slice(1)] },
      { what: 'with another last event', change: (unit: EventToAppend[]) => [...unit.slice(0, -1), anEvent()] },
      { what: 'with one event more', change: (unit: EventToAppend[]) => [...unit, anEvent()] },
      { what: 'in another order', change: (unit: EventToAppend[]) => unit.toReversed() },
    ]
    test.each(different)('$what is no retry: it is refused and writes nothing', async ({ change }) => {
      const stream = `${freshPrefix()}a`
      const events = someEvents(3)
      await bench().store.append(stream, 'no-stream', events)
      const refusal = await bench()
        .store.append(stream, 'no-stream', change(events))
        .catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(WrongExpectedRevision)
      expect(refusal).toMatchObject({ expected: 'no-stream', actual: 2n })
      expect(await read(stream)).toStrictEqual(stored(stream, 0n, events))
    })
  })

  describe('appends at the same time', () => {
    test('of one unit sent twice are written once, and both callers learn where', async () => {
      const stream = `${freshPrefix()}a`
      const events = someEvents(2)
      const both = await Promise.all([1, 2].map(() => bench().store.append(stream, 'no-stream', events)))
      expect(both[0]!.revision).toBe(1n)
      expect(both[1]!.revision).toBe(1n)
      expect(both[0]!.position).toBe(both[1]!.position)
      expect(both.map((result) => result.alreadyThere).sort()).toStrictEqual([false, true])
      expect(await read(stream)).toStrictEqual(stored(stream, 0n, events))
    })

    test('by rivals at one revision let exactly one in', async () => {
      const stream = `${freshPrefix()}a`
      const rivals = Array.from({ length: 12 }, (_, i) => someEvents(2, `rival ${i}`))
      const outcomes = await Promise.allSettled(
        rivals.map((events) => bench().store.append(stream, 'no-stream', events)),
      )
      const winners = rivals.filter((_, i) => outcomes[i]!.status === 'fulfilled')
      expect(winners).toHaveLength(1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(WrongExpectedRevision)
      }
      expect(await read(stream)).toStrictEqual(stored(stream, 0n, winners[0]!))
    })

    test('to many streams keep each stream in its order and each unit together', async () => {
      const prefix = freshPrefix()
      const streams = Array.from({ length: 20 }, (_, i) => `${prefix}${i}`)
      const units = 5
      await Promise.all(
        streams.map(async (stream) => {
          let expected: bigint | 'no-stream' = 'no-stream'
          for (let unit = 0; unit < units; unit++) {
            expected = (await bench().store.append(stream, expected, someEvents(3, `${stream}/${unit}`))).revision
          }
        }),
      )
      const found = await all(bench().store.readAll({ filter: { streamPrefixes: [prefix] } }))
      // 20 streams x 5 units x 3 events
      expect(found).toHaveLength(300)
      for (const stream of streams) {
        const revisions = found.filter((event) => event.stream === stream).map((event) => event.revision)
        expect(revisions).toStrictEqual(Array.from({ length: 15 }, (_, i) => BigInt(i)))
      }
      // Cut in threes, the log must show whole units: one stream each, revisions 3k, 3k+1, 3k+2.
      for (let i = 0; i < found.length; i += 3) {
        const unit = found.slice(i, i + 3)
        expect(new Set(unit.map((event) => event.stream)).size).toBe(1)
        expect(unit[0]!.revision % 3n).toBe(0n)
      }
    })
  })
}
