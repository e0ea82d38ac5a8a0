// The contract's chapter on subscriptions: catching up, then live, each event once and in order, until told to stop.
import { describe, expect, test } from 'vitest'
import type { StoredEvent, SubscriptionItem } from '../../src/eventstore/event-store.ts'
import { all, type Bench, freshPrefix, someEvents, strictlyIncreasing, take } from './bench.ts'

export function subscriptions(bench: () => Bench): void {
  describe('a subscription', () => {
    test('delivers what is there, says that it has caught up, and goes on with what comes', async () => {
      const prefix = freshPrefix()
      const filter = { streamPrefixes: [prefix] }
      await bench().store.append(`${prefix}a`, 'no-stream', someEvents(5))
      const caughtUpAt: number[] = []
      let live: Promise<unknown> | undefined
      const taken = await take(bench().store, 8, { filter }, (_, soFar) => {
        caughtUpAt.push(soFar.length)
        // Only now, so that these three can only come live.
        live ??= bench().store.append(`${prefix}b`, 'no-stream', someEvents(3))
      })
      await live
      expect(caughtUpAt[0]).toBe(5)
      expect(taken).toStrictEqual(await all(bench().store.readAll({ filter })))
    })

    test('starts after the position given, which may be the last', async () => {
      const prefix = freshPrefix()
      const filter = { streamPrefixes: [prefix] }
      await bench().store.append(`${prefix}a`, 'no-stream', someEvents(6))
      const log = await all(bench().store.readAll({ filter }))
      expect(await take(bench().store, 3, { filter, after: log[2]!.position })).toStrictEqual(log.slice(3))

      let live: Promise<unknown> | undefined
      const next = await take(bench().store, 1, { filter, after: log[5]!.position }, (_, soFar) => {
        expect(soFar).toStrictEqual([])
        live ??= bench().store.append(`${prefix}a`, 5n, someEvents(1))
      })
      await live
      expect(next.map((event) => event.revision)).toStrictEqual([6n])
    })

    test('without a filter delivers these events among all others, and no system events', async () => {
      const prefix = freshPrefix()
      const start = await bench().store.lastPosition()
      await bench().store.append(`${prefix}a`, 'no-stream', someEvents(4))
      const expected = await all(bench().store.readAll(start === undefined ? {} : { after: start }))
      const options = start === undefined ? {} : { after: start }
      expect(await take(bench().store, expected.length, options)).toStrictEqual(expected)
    })

    test('delivers only what its filter lets through', async () => {
      const prefix = freshPrefix()
      for (let i = 0; i < 30; i++) await bench().store.append(`${prefix}${i % 3}-${i}`, 'no-stream', someEvents(2))
      const filter = { streamPrefixes: [`${prefix}0-`, `${prefix}2-`] }
      const taken = await take(bench().store, 40, { filter })
      expect(taken).toStrictEqual(await all(bench().store.readAll({ filter })))
    })

    test('catches up when nothing passes its filter, and its `through` hides nothing', async () => {
      const prefix = freshPrefix()
      const filter = { streamPrefixes: [prefix] }
      await bench().store.append(`${freshPrefix('other')}x`, 'no-stream', someEvents(3))
      let caughtUp: Promise<unknown> | undefined
      const throughs: bigint[] = []
      const [first] = await take(bench().store, 1, { filter }, (through) => {
        if (through !== undefined) throughs.push(through)
        caughtUp ??= bench().store.append(`${prefix}a`, 'no-stream', someEvents(1))
      })
      await caughtUp
      // The event came after the first caught-up, so a reader that trusts `through` must not skip it.
      expect(throughs.slice(0, 1).every((through) => through < first!.position)).toBe(true)
    })

    test('misses and repeats nothing while many append', async () => {
      const prefix = freshPrefix()
      const filter = { streamPrefixes: [prefix] }
      const writers = Array.from({ length: 8 }, async (_, w) => {
        let expected: bigint | 'no-stream' = 'no-stream'
        for (let i = 0; i < 20; i++) {
          expected = (await bench().store.append(`${prefix}${w}`, expected, someEvents((i % 3) + 1))).revision
        }
      })
      // 20 units of 1, 2, 3, 1, 2, 3 ...: six rounds make 36, and 1 + 2 more make 39 for each of the 8 writers.
      const taking = [take(bench().store, 312, { filter }), take(bench().store, 312, { filter })]
      await Promise.all(writers)
      const log = await all(bench().store.readAll({ filter }))
      expect(log).toHaveLength(312)
      for (const taken of await Promise.all(taking)) expect(taken).toStrictEqual(log)
    })

    test('keeps the order for a reader that is slow', async () => {
      const prefix = freshPrefix()
      const filter = { streamPrefixes: [prefix] }
      await bench().store.append(`${prefix}a`, 'no-stream', someEvents(200))
      const taken: StoredEvent[] = []
      let expected = 199n
      for await (const item of bench().store.subscribeAll({ filter })) {
        if (item.kind !== 'event') continue
        taken.push(item.event)
        if (taken.length === 300) break
        // While it reads, more is written: one event for each of the first hundred it has read.
        if (taken.length <= 100) expected = (await bench().store.append(`${prefix}a`, expected, someEvents(1))).revision
        else await new Promise(setImmediate)
      }
      expect(taken.map((event) => event.revision)).toStrictEqual(Array.from({ length: 300 }, (_, i) => BigInt(i)))
      expect(strictlyIncreasing(taken)).toBe(true)
    })

    test('taken up again after its last event continues without a gap', async () => {
      const prefix = freshPrefix()
      const filter = { streamPrefixes: [prefix] }
      await bench().store.append(`${prefix}a`, 'no-stream', someEvents(10))
      const first = await take(bench().store, 4, { filter })
      const rest = await take(bench().store, 6, { filter, after: first.at(-1)!.position })
      expect([...first, ...rest]).toStrictEqual(await all(bench().store.readAll({ filter })))
    })

    test('on another process hears what this one appends', async () => {
      const prefix = freshPrefix()
      const filter = { streamPrefixes: [prefix] }
      const other = await bench().another()
      try {
        let live: Promise<unknown> | undefined
        const taken = await take(other, 2, { filter }, () => {
          live ??= bench().store.append(`${prefix}a`, 'no-stream', someEvents(2))
        })
        await live
        expect(taken).toStrictEqual(await all(bench().store.readAll({ filter })))
      } finally {
        await other.close()
      }
    })
  })

  describe('a signal', () => {
    test('already given ends the subscription before its first item', async () => {
      expect(await all(bench().store.subscribeAll({ signal: AbortSignal.abort() }))).toStrictEqual([])
    })

    test('ends a subscription that is waiting for something to come, quietly', async () => {
      const prefix = freshPrefix()
      await bench().store.append(`${prefix}a`, 'no-stream', someEvents(2))
      const stop = new AbortController()
      const items: SubscriptionItem[] = []
      for await (const item of bench().store.subscribeAll({
        filter: { streamPrefixes: [prefix] },
        signal: stop.signal,
      })) {
        items.push(item)
        // The next item will never come by itself; the signal arrives while the reader already waits for it.
        if (item.kind === 'caught-up') setImmediate(() => stop.abort())
      }
      expect(items.filter((item) => item.kind === 'event')).toHaveLength(2)
    })

    test('ends a subscription between two events', async () => {
      const prefix = freshPrefix()
      await bench().store.append(`${prefix}a`, 'no-stream', someEvents(50))
      const stop = new AbortController()
      const taken: StoredEvent[] = []
      for await (const item of bench().store.subscribeAll({
        filter: { streamPrefixes: [prefix] },
        signal: stop.signal,
      })) {
        if (item.kind === 'event') taken.push(item.event)
        if (taken.length === 7) stop.abort()
      }
      expect(taken).toHaveLength(7)
    })
  })
}
