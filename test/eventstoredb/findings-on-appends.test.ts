// The findings of eventstore-semantics.md section 0 that concern appends: each shown to be survived, most shown to be real.
import { DeadlineExceededError } from '@eventstore/db-client'
import { status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { AppendTooLarge, StoreUnavailable, StreamDeleted } from '../../src/eventstore/errors.ts'
import { openEventStoreDb } from '../../src/eventstore/eventstoredb/eventstoredb.ts'
import { all, anEvent, someEvents, stored, strictlyIncreasing, withoutPosition } from '../contract/bench.ts'
import { EventStoreServer } from '../support/eventstore-server/server.ts'
import type { Verdict } from '../support/eventstore-server/faults.ts'
import { aServer, aSetting, gate, IMPATIENT, listenMute } from './set-up.ts'

const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'not refused',
    (error: unknown) => error,
  )

describe('finding 1: a bigint in the data makes the client hang for ever', () => {
  test('only canonical text is taken, so no bigint and no number beyond a double can be meant', async () => {
    const { server, store } = await aSetting()
    let reached = 0
    server.faults.beforeCommit = () => {
      reached += 1
      return 'go-on'
    }
    for (const data of ['{"n":12345678901234567890}', '{"b":1,"a":2}', '{ "a":1}', '"text"', '[1]', 'null']) {
      await expect(store.append('portfolio-1', 'no-stream', [{ ...anEvent(), data }])).rejects.toBeInstanceOf(TypeError)
    }
    expect(reached).toBe(0)
  })
})

describe('finding 3: an error on one client rejects the appends of another in the same process', () => {
  test('a server that goes down leaves the append on another untouched', async () => {
    const [here, there] = [await aSetting(), await aSetting({ appendMs: 200 })]
    const [arrived, held] = [gate(), gate()]
    here.server.faults.beforeCommit = async (): Promise<Verdict> => {
      arrived.open()
      await held.opened
      return 'go-on'
    }
    const calm = await here.open({ attemptMs: 5_000 })
    const appending = calm.append('portfolio-1', 'no-stream', someEvents(2))
    await arrived.opened
    there.server.stop()
    await expect(there.store.append('portfolio-1', 'no-stream', someEvents(1))).rejects.toThrow()
    held.open()
    expect(await appending).toMatchObject({ revision: 1n, alreadyThere: false })
    expect(here.warnings).toStrictEqual([])
  })

  test('no append goes through the shared table of BatchAppend', async () => {
    const { server, store, rawClient } = await aSetting()
    const calls: string[] = []
    server.faults.beforeCommit = ({ rpc }) => {
      calls.push(rpc)
      return 'go-on'
    }
    await store.append('portfolio-1', 'no-stream', someEvents(1))
    await rawClient().appendToStream('portfolio-2', {
      ...anEvent(),
      contentType: 'application/json',
      data: {},
      metadata: {},
    })
    expect(calls).toStrictEqual(['Append', 'BatchAppend'])
  })
})

describe('finding 4: without throwing, the client answers a conflict with a wrong revision', () => {
  test('a conflict names the true head', async () => {
    const { store } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(41))
    const refusal = await refusalOf(store.append('portfolio-1', 3n, someEvents(1)))
    expect(refusal).toMatchObject({ code: 'wrong-expected-revision', expected: 3n, actual: 40n })
  })
})

describe('finding 9: the server forgets event ids, except at an exact revision', () => {
  test('a retry after a restart of the server is still recognised, wherever the stream is by then', async () => {
    const { server, store } = await aSetting()
    const [first, second] = [someEvents(2), someEvents(2)]
    const outcomes = [
      await store.append('portfolio-1', 'no-stream', first),
      await store.append('portfolio-1', 1n, second),
    ]
    server.stop()
    await server.resume()
    // The restart cut the first retry's line, so it found its events by reading back and cannot say who wrote them.
    const { revision, position } = outcomes[0]!
    expect(await store.append('portfolio-1', 'no-stream', first)).toMatchObject({ revision, position })
    expect(await store.append('portfolio-1', 1n, second)).toStrictEqual({ ...outcomes[1], alreadyThere: true })
    expect(await all(store.readStream('portfolio-1'))).toHaveLength(4)
  })
})

describe('finding 10: the client remembers for life that its first question failed', () => {
  test('it is never asked', async () => {
    const { server, open, rawClient } = await aSetting()
    server.faults.supportedMethods = () => ({ fail: status.INTERNAL })
    const event = { ...anEvent(), contentType: 'application/json' as const, data: {}, metadata: {} }
    await expect(rawClient().appendToStream('portfolio-0', event)).rejects.toThrow()
    const store = await open()
    expect(await store.append('portfolio-1', 'no-stream', someEvents(1))).toMatchObject({ revision: 0n })
  })

  test('a server that fails the first reads is opened with a new client', async () => {
    const server = await aServer()
    server.faults.beforeRead = ({ count }) => (count <= 5 ? { fail: status.INTERNAL } : 'go-on')
    const store = await openEventStoreDb({ connectionString: server.connectionString, ...IMPATIENT, attemptMs: 20 })
    expect(await store.append('portfolio-1', 'no-stream', someEvents(1))).toMatchObject({ revision: 0n })
    await store.close()
  })
})

describe('finding 11: a server that is down fails the first call in another way than later ones', () => {
  test('opening waits for a server that comes up late', async () => {
    const server = await aServer()
    server.stop()
    const opening = openEventStoreDb({
      connectionString: server.connectionString,
      ...IMPATIENT,
      onWarning: () => void server.resume().catch(() => {}),
    })
    const store = await opening
    expect(await store.lastPosition()).toBeUndefined()
    await store.close()
  })

  test('opening gives up with a code when none comes', async () => {
    const server = await aServer()
    server.stop()
    const opening = openEventStoreDb({
      connectionString: server.connectionString,
      ...IMPATIENT,
      readMs: 100,
      openMs: 200,
    })
    const refusal = await refusalOf(opening)
    expect(refusal).toBeInstanceOf(StoreUnavailable)
    expect(refusal).toMatchObject({ code: 'store-unavailable' })
  })

  test('an append that finds no server was not written, and says so', async () => {
    const { server, store } = await aSetting({ appendMs: 300 })
    server.stop()
    // The first may still have gone out on the line that was just cut, and then cannot know; the next ones find no line.
    await refusalOf(store.append('portfolio-1', 'no-stream', someEvents(1)))
    const refusal = await refusalOf(store.append('portfolio-1', 'no-stream', someEvents(1)))
    expect(refusal).toBeInstanceOf(StoreUnavailable)
  })

  test('an append whose time is up while it still waits for a connection was not written, and says so', async () => {
    const { server, store, warnings } = await aSetting({ appendMs: 300, attemptMs: 100 })
    server.stop()
    await refusalOf(store.append('portfolio-1', 'no-stream', someEvents(1)))
    // Something listens there that takes connections and never says a word of HTTP/2: the channel never becomes ready.
    const mute = await listenMute(server.port)
    warnings.length = 0
    const refusal = await refusalOf(store.append('portfolio-1', 'no-stream', someEvents(1)))
    await mute.close()
    expect(refusal).toBeInstanceOf(StoreUnavailable)
    expect(warnings.map(({ message }) => message)).toContainEqual(expect.stringContaining('Waiting for LB pick'))
  })

  test('an append waits for a server that restarts', async () => {
    const { server, store } = await aSetting()
    server.stop()
    const appending = store.append('portfolio-1', 'no-stream', someEvents(1))
    await server.resume()
    expect(await appending).toMatchObject({ revision: 0n, alreadyThere: false })
  })
})

describe('finding 12: the batch deadline is an instant, and a server whose clock is ahead refuses at once', () => {
  test('nor does a server whose clock is behind or far ahead matter to what is appended and read', async () => {
    const { server, store } = await aSetting()
    const events = someEvents(3)
    const skews = [3_600_000, -3_600_000, 0]
    for (const [i, skew] of skews.entries()) {
      server.faults.clockAheadMs = skew
      await store.append('portfolio-1', i === 0 ? 'no-stream' : BigInt(i - 1), events.slice(i, i + 1))
    }
    // The server's own times run backwards here; the order is that of the positions, and nothing else is ours.
    const found = await all(store.readAll())
    expect(found.map(withoutPosition)).toStrictEqual(stored('portfolio-1', 0n, events))
    expect(strictlyIncreasing(found)).toBe(true)
  })

  test('the clocks of client and server need not agree', async () => {
    const { server, store, rawClient } = await aSetting()
    server.faults.clockAheadMs = 3_600_000
    const event = { ...anEvent(), contentType: 'application/json' as const, data: {}, metadata: {} }
    await expect(rawClient().appendToStream('portfolio-0', event)).rejects.toBeInstanceOf(DeadlineExceededError)
    expect(await store.append('portfolio-1', 'no-stream', someEvents(1))).toMatchObject({ revision: 0n })
  })
})

describe('finding 13: the server takes no more than 1 MiB in one append', () => {
  test('what is over our cap is refused before it is sent', async () => {
    const { server, store } = await aSetting()
    let reached = 0
    server.faults.beforeCommit = () => {
      reached += 1
      return 'go-on'
    }
    const tooMany = store.append('portfolio-1', 'no-stream', someEvents(501))
    await expect(tooMany).rejects.toBeInstanceOf(AppendTooLarge)
    expect(reached).toBe(0)
  })

  test('a server with a smaller cap is believed', async () => {
    const { server, store } = await aSetting()
    server.faults.appendBytesMax = 1000
    const refusal = await refusalOf(store.append('portfolio-1', 'no-stream', [anEvent({ pad: 'x'.repeat(1000) })]))
    expect(refusal).toBeInstanceOf(AppendTooLarge)
    expect(await all(store.readStream('portfolio-1'))).toStrictEqual([])
  })
})

describe('a stream that somebody deleted', () => {
  test('when tombstoned refuses appends and reads', async () => {
    const { store, rawClient } = await aSetting()
    await store.append('portfolio-1', 'no-stream', someEvents(2))
    await rawClient().tombstoneStream('portfolio-1')
    await expect(store.append('portfolio-1', 1n, someEvents(1))).rejects.toBeInstanceOf(StreamDeleted)
    await expect(all(store.readStream('portfolio-1'))).rejects.toBeInstanceOf(StreamDeleted)
  })
})

describe('a cluster', () => {
  test('an append and a read that meet a follower go to the leader', async () => {
    const { server: follower, store } = await aSetting()
    const leader = await EventStoreServer.start()
    follower.faults.leader = { host: '127.0.0.1', port: leader.port }
    expect(await store.append('portfolio-1', 'no-stream', someEvents(2))).toMatchObject({
      revision: 1n,
      alreadyThere: false,
    })
    expect(leader.log.readStream('portfolio-1')).toHaveLength(2)
    expect(follower.log.readStream('portfolio-1')).toBe('not-found')
    expect(await all(store.readStream('portfolio-1'))).toHaveLength(2)
    await store.close()
    leader.stop()
  })

  test('is discovered by gossip, and the leader preferred', async () => {
    const [follower, leader] = [await aServer(), await aServer()]
    follower.faults.leader = { host: '127.0.0.1', port: leader.port }
    const connectionString = `esdb+discover://127.0.0.1:${follower.port}?tls=false`
    const store = await openEventStoreDb({ connectionString, ...IMPATIENT })
    await store.append('portfolio-1', 'no-stream', someEvents(1))
    expect(leader.log.readStream('portfolio-1')).toHaveLength(1)
    await store.close()
  })
})
