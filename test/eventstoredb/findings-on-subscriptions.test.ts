// The findings of eventstore-semantics.md section 0 that concern subscriptions, and the supervisor that survives them.
import { status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { CorruptEvent } from '../../src/eventstore/errors.ts'
import type { SubscriptionItem } from '../../src/eventstore/event-store.ts'
import { all, freshPrefix, someEvents, strictlyIncreasing, take } from '../contract/bench.ts'
import type { LiveSubscription } from '../support/eventstore-server/faults.ts'
import { aSetting } from './set-up.ts'

describe('finding 5: the client reports progress up to 16 events ahead of its reader', () => {
  test('caught-up comes behind the events before it, however slow the reader', async () => {
    const { store } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(42))
    const items: SubscriptionItem[] = []
    for await (const item of store.subscribeAll()) {
      items.push(item)
      if (item.kind === 'caught-up') break
      // Slow enough for the client to run ahead as far as it can.
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    }
    expect(items.map((item) => item.kind)).toStrictEqual([...Array(42).fill('event'), 'caught-up'])
  })
})

describe('finding 6: what a callback of the client throws stalls its stream', () => {
  test('what the reader throws ends the reader alone', async () => {
    const { store } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(5))
    const reading = (async () => {
      for await (const _ of store.subscribeAll()) throw new Error('a fault of the reader')
    })()
    await expect(reading).rejects.toThrow('a fault of the reader')
    expect(await take(store, 5, {})).toHaveLength(5)
  })
})

describe('finding 7: the server’s checkpoints have been wrong', () => {
  test('a subscription that is renewed starts from what it delivered, not from a checkpoint', async () => {
    const { server, store } = await aSetting()
    server.faults.wrongCheckpoints = true
    server.faults.dropAfter = { events: 40, how: 'error' }
    const prefix = freshPrefix()
    const filter = { streamPrefixes: [`${prefix}b`] }
    for (let i = 0; i < 12; i++) {
      await store.append(`${prefix}a${i}`, 'no-stream', someEvents(100))
      await store.append(`${prefix}b${i}`, 'no-stream', someEvents(10))
    }
    expect(await take(store, 120, { filter })).toStrictEqual(await all(store.readAll({ filter })))
  })

  test('`through` never lies beyond what had been written', async () => {
    const { server, store } = await aSetting()
    server.faults.wrongCheckpoints = true
    await store.append('portfolio-1', 'no-stream', someEvents(100))
    const [last] = await all(store.readAll({ direction: 'backwards', limit: 1 }))
    const throughs: (bigint | undefined)[] = []
    for await (const item of store.subscribeAll({ filter: { streamPrefixes: ['mandate-'] } })) {
      if (item.kind === 'caught-up') throughs.push(item.through)
      break
    }
    // The server's own statistics may follow the last event; a wrong checkpoint is a thousand million ahead.
    expect(throughs[0]! >= last!.position && throughs[0]! < last!.position + 1_000_000n).toBe(true)
  })
})

describe('finding 8: subscriptions end, fail and fall silent, and the client leaves it at that', () => {
  const ends = ['ok', 'error'] as const
  test.each(ends)('ended by the server with %s every few events, it still delivers each event once', async (how) => {
    const { server, store, warnings } = await aSetting()
    server.faults.dropAfter = { events: 3, how }
    await store.append('portfolio-1', 'no-stream', someEvents(20))
    const taken = await take(store, 20, {})
    expect(taken).toStrictEqual(await all(store.readAll()))
    // 20 events at 3 a time are 7 subscriptions, so 6 renewals.
    expect(warnings.filter((warning) => warning.code === 'subscription-renewed')).toHaveLength(6)
  })

  test('a server that repeats the event asked to start after is not believed', async () => {
    const { server, store } = await aSetting()
    Object.assign(server.faults, { dropAfter: { events: 4, how: 'ok' }, repeatOnSubscribe: true })
    await store.append('portfolio-1', 'no-stream', someEvents(20))
    const taken = await take(store, 20, {})
    expect(taken.map((event) => event.revision)).toStrictEqual(Array.from({ length: 20 }, (_, i) => BigInt(i)))
    expect(strictlyIncreasing(taken)).toBe(true)
  })

  test('events repeated from far back after each reconnect are delivered once', async () => {
    const { server, store } = await aSetting()
    Object.assign(server.faults, { dropAfter: { events: 9, how: 'error' }, repeatOnSubscribe: 5 })
    await store.append('portfolio-1', 'no-stream', someEvents(30))
    expect(await take(store, 30, {})).toStrictEqual(await all(store.readAll()))
  })

  test('a server killed and started again while it is followed loses the reader nothing', async () => {
    const { server, store } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(3))
    let going: Promise<unknown> | undefined
    const restartAndAppend = async () => {
      server.stop()
      await server.resume()
      await store.append('portfolio-1', 2n, someEvents(3))
    }
    const taken = await take(store, 6, {}, () => {
      going ??= restartAndAppend()
    })
    await going
    expect(taken.map((event) => event.revision)).toStrictEqual([0n, 1n, 2n, 3n, 4n, 5n])
  })

  test('a subscription silent while the log goes on is found out and renewed', async () => {
    const { server, store, warnings } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(3))
    let going: Promise<unknown> | undefined
    const stallAndAppend = async () => {
      for (const subscription of server.subscriptions) subscription.stall()
      await store.append('portfolio-1', 2n, someEvents(2))
    }
    const taken = await take(store, 5, {}, () => {
      going ??= stallAndAppend()
    })
    await going
    expect(taken.map((event) => event.revision)).toStrictEqual([0n, 1n, 2n, 3n, 4n])
    expect(warnings.map((warning) => warning.code)).toStrictEqual(['subscription-stalled', 'subscription-renewed'])
  })

  test('a subscription silent because nothing happens is left alone', async () => {
    const { server, store, warnings } = await aSetting({ silenceMs: 20 })
    await store.append('portfolio-1', 'no-stream', someEvents(3))
    let probes = 0
    server.faults.beforeRead = ({ subscription }) => {
      if (!subscription) probes += 1
      return 'go-on'
    }
    const stop = new AbortController()
    for await (const item of store.subscribeAll({ signal: stop.signal })) {
      // The first read asks for the head; from the fourth on, the log has been checked for silence and found quiet.
      if (item.kind === 'caught-up') {
        const watch = setInterval(() => {
          if (probes < 4) return
          clearInterval(watch)
          stop.abort()
        }, 1)
      }
    }
    expect(probes).toBeGreaterThanOrEqual(4)
    expect(warnings).toStrictEqual([])
  })

  test('a subscription never confirmed is renewed', async () => {
    const { server, store } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(2))
    let subscriptions = 0
    server.faults.beforeRead = ({ subscription }) => {
      if (!subscription) return 'go-on'
      subscriptions += 1
      return subscriptions === 1 ? 'never-answer' : 'go-on'
    }
    expect(await take(store, 2, {})).toHaveLength(2)
    expect(subscriptions).toBe(2)
  })

  test('ended by the test while live, it goes on with what comes next', async () => {
    const { server, store } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(2))
    const going: Promise<unknown>[] = []
    const ways: ((subscription: LiveSubscription) => void)[] = [
      (subscription) => subscription.end(),
      (subscription) => subscription.fail(status.INTERNAL),
      (subscription) => subscription.fail(status.CANCELLED),
    ]
    let revision = 1n
    const taken = await take(store, 5, {}, () => {
      const way = ways.shift()
      if (way === undefined) return
      for (const subscription of server.subscriptions) way(subscription)
      going.push(store.append('portfolio-1', revision, someEvents(1)))
      revision += 1n
    })
    await Promise.all(going)
    expect(taken.map((event) => event.revision)).toStrictEqual([0n, 1n, 2n, 3n, 4n])
  })
})

describe('a slow server', () => {
  test('that falls silent in the middle of a read is asked again from there, and each event comes once', async () => {
    const { server, store, warnings } = await aSetting({ attemptMs: 100 })
    await store.append('portfolio-1', 'no-stream', someEvents(10))
    server.faults.beforeEvent = ({ count, subscription }) =>
      !subscription && count === 5 ? new Promise<never>(() => {}) : undefined
    expect((await all(store.readStream('portfolio-1'))).map(({ revision }) => Number(revision))).toStrictEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ])
    expect(warnings.map(({ code }) => code)).toStrictEqual(['read-repeated'])
  })

  test('that brings one event at a time is waited for as long as each comes in time', async () => {
    const { server, store, warnings } = await aSetting({ attemptMs: 400, readMs: 400, silenceMs: 400 })
    await store.append('portfolio-1', 'no-stream', someEvents(12))
    // 12 events 50 ms apart take 600 ms, more than one silence may last and less than 12 of them.
    server.faults.beforeEvent = () => new Promise((resolve) => void setTimeout(resolve, 50))
    expect(await all(store.readStream('portfolio-1'))).toHaveLength(12)
    expect(await take(store, 12, {})).toHaveLength(12)
    expect(warnings).toStrictEqual([])
  })
})

describe('events that are not ours', () => {
  test('a subscription stops loudly at an event in our streams that it cannot read', async () => {
    const { store, rawClient } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(1))
    const foreign = {
      id: crypto.randomUUID(),
      type: 'Foreign',
      contentType: 'application/octet-stream',
      metadata: {},
    } as const
    await rawClient().appendToStream('portfolio-2', { ...foreign, data: new Uint8Array([1, 2, 3]) })
    const refusal = take(store, 2, { filter: { streamPrefixes: ['portfolio-'] } })
    await expect(refusal).rejects.toBeInstanceOf(CorruptEvent)
    await expect(all(store.readStream('portfolio-2'))).rejects.toBeInstanceOf(CorruptEvent)
    // A reader of other streams is not concerned.
    expect(await take(store, 1, { filter: { streamPrefixes: ['portfolio-1'] } })).toHaveLength(1)
  })

  test('the tombstone of a stream is nobody’s fact', async () => {
    const { store, rawClient } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(1))
    await store.append('portfolio-2', 'no-stream', someEvents(1))
    await rawClient().tombstoneStream('portfolio-1')
    const position = (await store.append('portfolio-3', 'no-stream', someEvents(1))).position
    const taken = await take(store, 3, { filter: { streamPrefixes: ['portfolio-'] } })
    expect(taken.map((event) => event.stream)).toStrictEqual(['portfolio-1', 'portfolio-2', 'portfolio-3'])
    expect(await store.lastPosition()).toBe(position)
  })
})
