// A subscription beside others that read the same tail: whatever they look at first, it says when it has caught up.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Pages } from '../../src/eventstore/postgres/pages.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { subscription } from '../../src/eventstore/postgres/subscription.ts'
import { Tail } from '../../src/eventstore/postgres/tail.ts'
import { WakeUp } from '../../src/eventstore/postgres/wake-up.ts'
import { freshPrefix, someEvents } from '../contract/bench.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'

let database: FreshDatabase
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  database = await freshDatabase()
})
// A reader that waits for ever is ended all the same.
afterAll(async () => {
  for (const close of closing) await close()
  await database.drop()
})

it('says that it has caught up with an event that another subscription had read before, when it was woken once more', async () => {
  const store = await openPostgresStore({ pool: database.pool })
  const pages = new Pages(database.pool, 10_000)
  const wakeUp = new WakeUp({ connectionString: database.url })
  const tail = new Tail(pages, wakeUp)
  const closed = new AbortController()
  closing.push(
    async () => closed.abort(),
    () => wakeUp.close(),
    () => store.close(),
  )
  const parts = { pages, tail, wakeUp, closed: closed.signal, log: () => undefined }
  const reader = subscription(parts, { signal: closed.signal })
  const stream = freshPrefix()
  await store.append(stream, 'no-stream', someEvents(1))
  expect((await reader.next()).value).toMatchObject({ kind: 'event', event: { position: 1n } })
  expect((await reader.next()).value).toStrictEqual({ kind: 'caught-up', through: 1n })
  // While the reader is busy with that: an event comes, another subscription looks at it, and there is one more wake-up.
  await store.append(stream, 0n, someEvents(1))
  wakeUp.wake()
  expect(await tail.reach(wakeUp.count, 1n)).toBe(2n)
  wakeUp.wake()
  expect((await reader.next()).value).toMatchObject({ kind: 'event', event: { position: 2n } })
  expect((await reader.next()).value).toStrictEqual({ kind: 'caught-up', through: 2n })
})
