// The findings of eventstore-semantics.md section 0 that concern appends: each shown to be survived, most shown to be real.
import { DeadlineExceededError } from '@eventstore/db-client'
import { status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import {
  AppendOutcomeUnknown,
  AppendTooLarge,
  StoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
} from '../../src/eventstore/errors.ts'
import { openEventStoreDb } from '../../src/eventstore/eventstoredb/eventstoredb.ts'
import { all, anEvent, someEvents, stored, withoutPosition } from '../contract/bench.ts'
import { EventStoreServer } from '../support/eventstore-server/server.ts'
import type { Verdict } from '../support/eventstore-server/faults.ts'
import { aServer, aSetting, gate, HASTY, IMPATIENT } from './set-up.ts'

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

describe('finding 2: the client waits for ever for a server that is silent', () => {
  test('silence before the write: the same events are sent again and written once', async () => {
    const { server, store, warnings } = await aSetting(HASTY)
    server.faults.beforeCommit = ({ count }) => (count === 1 ? 'never-answer' : 'go-on')
    const events = someEvents(2)
    expect(await store.append('portfolio-1', 'no-stream', events)).toMatchObject({ revision: 1n, alreadyThere: false })
    expect((await all(store.readStream('portfolio-1'))).map(withoutPosition)).toStrictEqual(
      stored('portfolio-1', 0n, events),
    )
    expect(warnings[0]).toMatchObject({ code: 'append-repeated' })
  })

  test('silence after the write: reading back finds it, and it is not sent again', async () => {
    const { server, store } = await aSetting(HASTY)
    let sent = 0
    server.faults.afterCommit = ({ count }) => {
      sent = count
      return 'never-answer'
    }
    const events = someEvents(3)
    const result = await store.append('portfolio-1', 'no-stream', events)
    const found = await all(store.readStream('portfolio-1'))
    expect(result).toStrictEqual({ revision: 2n, position: found[2]!.position, alreadyThere: false })
    expect(found.map(withoutPosition)).toStrictEqual(stored('portfolio-1', 0n, events))
    expect(sent).toBe(1)
  })

  test('a first attempt that lands late, after the second, changes nothing', async () => {
    const { server, store } = await aSetting(HASTY)
    const late = gate()
    const landed = gate()
    server.faults.beforeCommit = async ({ count }): Promise<Verdict> => {
      if (count === 1) await late.opened
      return 'go-on'
    }
    server.faults.afterCommit = ({ count }) => {
      if (count === 1) landed.open()
      return 'go-on'
    }
    const events = someEvents(2)
    const first = await store.append('portfolio-1', 'no-stream', events)
    const more = someEvents(1)
    await store.append('portfolio-1', first.revision, more)
    late.open()
    await landed.opened
    const found = (await all(store.readStream('portfolio-1'))).map(withoutPosition)
    expect(found).toStrictEqual(stored('portfolio-1', 0n, [...events, ...more]))
  })

  test('a first attempt that lands between reading back and the second is recognised', async () => {
    const { server, store } = await aSetting(HASTY)
    const first = gate()
    const landed = gate()
    server.faults.beforeCommit = async ({ count }): Promise<Verdict> => {
      if (count === 1) await first.opened
      if (count === 2) {
        first.open()
        await landed.opened
      }
      return 'go-on'
    }
    server.faults.afterCommit = ({ count }) => {
      if (count === 1) landed.open()
      return 'go-on'
    }
    const events = someEvents(2)
    const result = await store.append('portfolio-1', 'no-stream', events)
    const found = await all(store.readStream('portfolio-1'))
    expect(result).toStrictEqual({ revision: 1n, position: found[1]!.position, alreadyThere: false })
    expect(found).toHaveLength(2)
  })

  test('silence for good: the outcome is declared unknown, and a later retry settles it', async () => {
    const { server, store } = await aSetting({ ...HASTY, appendMs: 400 })
    server.faults.beforeCommit = () => 'never-answer'
    const events = someEvents(2)
    const refusal = await refusalOf(store.append('portfolio-1', 'no-stream', events))
    expect(refusal).toBeInstanceOf(AppendOutcomeUnknown)
    expect(refusal).toMatchObject({ code: 'append-outcome-unknown' })
    delete server.faults.beforeCommit
    expect(await store.append('portfolio-1', 'no-stream', events)).toMatchObject({ revision: 1n })
    expect(await all(store.readStream('portfolio-1'))).toHaveLength(2)
  })

  test('silence while somebody else is first: the conflict is found by reading, though no server said so', async () => {
    const { server, store } = await aSetting(HASTY)
    const other = someEvents(3)
    server.faults.beforeCommit = async ({ count }): Promise<Verdict> => {
      if (count === 2) return 'go-on'
      await store.append('portfolio-1', 'no-stream', other)
      return 'never-answer'
    }
    const refusal = await refusalOf(store.append('portfolio-1', 'no-stream', someEvents(2)))
    expect(refusal).toBeInstanceOf(WrongExpectedRevision)
    expect(refusal).toMatchObject({ expected: 'no-stream', actual: 2n })
    expect((await all(store.readStream('portfolio-1'))).map(withoutPosition)).toStrictEqual(
      stored('portfolio-1', 0n, other),
    )
  })

  const wire = [
    status.UNAVAILABLE,
    status.CANCELLED,
    status.ABORTED,
    status.DEADLINE_EXCEEDED,
    status.UNKNOWN,
    status.INTERNAL,
  ]
  test.each(wire.map((code) => ({ code, name: status[code] })))(
    '$name, before or after the write, is no answer',
    async ({ code }) => {
      const { server, store } = await aSetting()
      server.faults.beforeCommit = ({ count }) => (count === 1 ? { fail: code } : 'go-on')
      server.faults.afterCommit = ({ count }) => (count === 3 ? { fail: code } : 'go-on')
      const [first, second] = [someEvents(2), someEvents(1)]
      expect((await store.append('portfolio-1', 'no-stream', first)).revision).toBe(1n)
      expect((await store.append('portfolio-1', 1n, second)).revision).toBe(2n)
      const found = (await all(store.readStream('portfolio-1'))).map(withoutPosition)
      expect(found).toStrictEqual(stored('portfolio-1', 0n, [...first, ...second]))
    },
  )
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

  test('an append waits for a server that restarts', async () => {
    const { server, store } = await aSetting()
    server.stop()
    const appending = store.append('portfolio-1', 'no-stream', someEvents(1))
    await server.resume()
    expect(await appending).toMatchObject({ revision: 0n, alreadyThere: false })
  })
})

describe('finding 12: the batch deadline is an instant, and a server whose clock is ahead refuses at once', () => {
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
