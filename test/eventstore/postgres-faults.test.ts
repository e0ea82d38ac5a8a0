// The PostgreSQL adapter when the connection is lost: nothing is guessed, nothing is written twice, nobody misses anything.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AppendOutcomeUnknown, StoreUnavailable } from '../../src/eventstore/errors.ts'
import type { EventStore } from '../../src/eventstore/event-store.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { all, anEvent, freshPrefix, someEvents, stored, take, withoutPosition } from '../contract/bench.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'
import { UnreliableNetwork } from './unreliable-network.ts'

let database: FreshDatabase
let network: UnreliableNetwork
/** Reaches the database through the network under test, and gives up after 1.5 s. */
let store: EventStore
/** Reaches it directly. */
let witness: EventStore

beforeAll(async () => {
  database = await freshDatabase()
  witness = await openPostgresStore({ connectionString: database.url })
})
afterAll(async () => {
  await witness.close()
  await database.drop()
})
beforeEach(async () => {
  network = new UnreliableNetwork(database.url)
  await network.up()
  store = await openPostgresStore({ connectionString: network.url, deadlineMs: 1500 })
})
afterEach(async () => {
  await store.close()
  await network.down()
})

const written = async (stream: string) => (await all(witness.readStream(stream))).map(withoutPosition)

/** Waits until `count` events are in the stream: the server may commit after the client lost sight of it. */
async function until(stream: string, count: number): Promise<void> {
  while ((await written(stream)).length < count) await sleep(10)
}

describe('an append whose answer is lost', () => {
  it('is made again on a new connection and found to be there', async () => {
    const stream = `${freshPrefix()}a`
    const events = someEvents(3)
    network.answers = 'cut'
    const appending = store.append(stream, 'no-stream', events)
    await until(stream, 3)
    network.answers = 'pass'
    expect(await appending).toMatchObject({ revision: 2n, alreadyThere: true })
    expect(await written(stream)).toStrictEqual(stored(stream, 0n, events))
  })

  it('is declared unknown when the server stays silent, and a retry learns that it was written', async () => {
    const stream = `${freshPrefix()}a`
    const events = someEvents(2)
    network.answers = 'swallow'
    await expect(store.append(stream, 'no-stream', events)).rejects.toBeInstanceOf(AppendOutcomeUnknown)
    expect(await written(stream)).toStrictEqual(stored(stream, 0n, events))
    network.answers = 'pass'
    expect(await store.append(stream, 'no-stream', events)).toMatchObject({ revision: 1n, alreadyThere: true })
  })

  it('does not take another append for its own', async () => {
    const stream = `${freshPrefix()}a`
    network.answers = 'cut'
    // A rival writes while the connection is down: the append was never there, and must say so.
    await network.down()
    const appending = store.append(stream, 'no-stream', someEvents(1))
    await witness.append(stream, 'no-stream', [anEvent({ rival: 'yes' })])
    network.answers = 'pass'
    await network.up()
    await expect(appending).rejects.toMatchObject({ code: 'wrong-expected-revision', actual: 0n })
  })
})

describe('a server that is away', () => {
  it('makes an append unavailable, not unknown, for nothing was sent', async () => {
    const stream = `${freshPrefix()}a`
    await network.down()
    // After this no connection is left that the append could be sent on in good faith.
    await expect(store.lastPosition()).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(store.append(stream, 'no-stream', someEvents(1))).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await written(stream)).toStrictEqual([])
    await network.up()
    expect(await store.append(stream, 'no-stream', someEvents(1))).toMatchObject({ revision: 0n, alreadyThere: false })
  })

  it('makes a read unavailable', async () => {
    await network.down()
    await expect(all(store.readAll())).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(store.lastPosition()).rejects.toBeInstanceOf(StoreUnavailable)
    await network.up()
  })

  it('only delays appends and reads when it comes back in time', async () => {
    const stream = `${freshPrefix()}a`
    const events = someEvents(4)
    await network.down()
    const appending = store.append(stream, 'no-stream', events)
    const reading = store.lastPosition()
    await sleep(100) // so that both have met the closed door
    await network.up()
    expect(await appending).toMatchObject({ revision: 3n })
    expect(await reading).toBeTypeOf('bigint')
    expect(await written(stream)).toStrictEqual(stored(stream, 0n, events))
  })
})

describe('a subscription', () => {
  it('misses and repeats nothing over cut connections and an outage longer than a read waits', async () => {
    const prefix = freshPrefix()
    const filter = { streamPrefixes: [prefix] }
    let appended: Promise<void> | undefined
    const trouble = async () => {
      for (let i = 0; i < 40; i++) {
        await witness.append(`${prefix}${i}`, 'no-stream', someEvents(5))
        if (i % 10 === 5) network.cut()
        if (i === 20) await network.down()
        if (i === 25) {
          await sleep(2000) // the store's reads give up after 1.5 s; the subscription must not
          await network.up()
        }
      }
    }
    // 40 units of 5.
    const taken = await take(store, 200, { filter }, () => {
      appended ??= trouble()
    })
    await appended
    expect(taken).toStrictEqual(await all(witness.readAll({ filter })))
  })

  it('goes on after the server ended its session', async () => {
    const prefix = freshPrefix()
    const filter = { streamPrefixes: [prefix] }
    let appended: Promise<void> | undefined
    const trouble = async () => {
      await database.pool.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
      await witness.append(`${prefix}a`, 'no-stream', someEvents(2))
    }
    const taken = await take(store, 2, { filter }, () => {
      appended ??= trouble()
    })
    await appended
    expect(taken.map(({ revision }) => revision)).toStrictEqual([0n, 1n])
  })
})

describe('closing', () => {
  it('finishes what was taken and takes no more', async () => {
    const stream = `${freshPrefix()}a`
    const own = await openPostgresStore({ connectionString: database.url })
    const last = own.append(stream, 'no-stream', someEvents(1))
    const closing = own.close()
    await expect(own.append(stream, 0n, someEvents(1))).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await last).toMatchObject({ revision: 0n })
    await closing
    await own.close() // a second time does no harm
  })

  it('ends a subscription quietly', async () => {
    const own = await openPostgresStore({ connectionString: database.url })
    const kinds: string[] = []
    for await (const item of own.subscribeAll({ filter: { streamPrefixes: [freshPrefix()] } })) {
      kinds.push(item.kind)
      setImmediate(() => void own.close())
    }
    expect(kinds).toStrictEqual(['caught-up'])
  })
})
