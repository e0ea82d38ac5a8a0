// What the PostgreSQL adapter promises beyond the port: gap-free positions, shared commits, a table nobody can change.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore } from '../../src/eventstore/event-store.ts'
import { CorruptEvent, StoreUnavailable } from '../../src/eventstore/errors.ts'
import { MigrationMismatch } from '../../src/eventstore/postgres/migrate.ts'
import { endOfPrefix, nextCount } from '../../src/eventstore/postgres/pages.ts'
import { Log } from '../../src/eventstore/log.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { WakeUp } from '../../src/eventstore/postgres/wake-up.ts'
import { all, anEvent, freshPrefix, someEvents, take } from '../contract/bench.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'
import { contributed, hashOf } from './ledger-events.ts'

let database: FreshDatabase
let store: EventStore
beforeAll(async () => {
  database = await freshDatabase()
  store = await openPostgresStore({ connectionString: database.url })
})
afterAll(async () => {
  await store.close()
  await database.drop()
})

const rows = async <R extends pg.QueryResultRow>(sql: string, ...values: unknown[]) =>
  (await database.pool.query<R>(sql, values)).rows
/** In how many transactions the events of these streams were written. */
const transactions = async (prefix: string) => {
  const [row] = await rows<{ n: number }>(
    'SELECT count(DISTINCT xmin::text)::int AS n FROM quipu_log.event WHERE starts_with(stream, $1)',
    prefix,
  )
  return row?.n
}

describe('positions', () => {
  it('have no gaps and follow the commits, with several processes writing and failing', async () => {
    const prefix = freshPrefix()
    const others = await Promise.all([1, 2].map(() => openPostgresStore({ connectionString: database.url })))
    const writers = [store, ...others].flatMap((writer, w) =>
      Array.from({ length: 6 }, async (_, i) => {
        const stream = `${prefix}${w}-${i}`
        await writer.append(stream, 'no-stream', someEvents(3))
        await expect(writer.append(stream, 'no-stream', someEvents(1))).rejects.toThrow()
        await writer.append(stream, 2n, someEvents(2))
      }),
    )
    // A subscription that pages by position while they write would miss a late commit below a page already read.
    // 3 processes x 6 streams x 5 events.
    const taken = await take(others[0]!, 90, { filter: { streamPrefixes: [prefix] } })
    await Promise.all(writers)
    expect(taken).toStrictEqual(await all(store.readAll({ filter: { streamPrefixes: [prefix] } })))
    const everything = await all(store.readAll())
    expect(everything.map(({ position }) => position)).toStrictEqual(everything.map((_, i) => BigInt(i + 1)))
    await Promise.all(others.map((other) => other.close()))
  })
})

describe('appends that wait together', () => {
  it('share one commit', async () => {
    const prefix = freshPrefix()
    await Promise.all(Array.from({ length: 50 }, (_, i) => store.append(`${prefix}${i}`, 'no-stream', someEvents(2))))
    expect(await transactions(prefix)).toBe(1)
  })

  it('to one stream build on each other in one commit', async () => {
    const stream = `${freshPrefix()}a`
    const results = await Promise.all([
      store.append(stream, 'no-stream', someEvents(2)),
      store.append(stream, 1n, someEvents(1)),
      store.append(stream, 2n, someEvents(3)),
    ])
    expect(results.map(({ revision }) => revision)).toStrictEqual([1n, 2n, 5n])
    expect(await transactions(stream)).toBe(1)
  })

  it('are refused one by one: neighbours stand', async () => {
    const stream = `${freshPrefix()}a`
    const outcomes = await Promise.allSettled([
      store.append(stream, 'no-stream', someEvents(2)),
      store.append(stream, 7n, someEvents(1)),
      store.append(stream, 1n, someEvents(1)),
    ])
    expect(outcomes.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await transactions(stream)).toBe(1)
  })

  it('recognise a repetition of one that is in the same call', async () => {
    const stream = `${freshPrefix()}a`
    const events = someEvents(2)
    const [first, next, again] = await Promise.all([
      store.append(stream, 'no-stream', events),
      store.append(stream, 1n, someEvents(1)),
      store.append(stream, 'no-stream', events),
    ])
    expect(again).toStrictEqual({ ...first, alreadyThere: true })
    expect(next).toMatchObject({ revision: 2n, alreadyThere: false })
  })

  it('do not fail with one whose content the database cannot take', async () => {
    const prefix = freshPrefix()
    const outcomes = await Promise.allSettled([
      store.append(`${prefix}a`, 'no-stream', someEvents(1)),
      store.append(`${prefix}b`, 'no-stream', [{ ...anEvent(), data: '{"not":"json"' }]),
      store.append(`${prefix}c`, 'no-stream', [{ ...anEvent(), id: 'no uuid' }]),
      store.append(`${prefix}d`, 'no-stream', someEvents(1)),
    ])
    expect(outcomes.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  })

  it('are cut into calls of bounded size', async () => {
    const prefix = freshPrefix()
    // 12 x 400 events: the first call may hold 4,000, so that ten go together and two follow.
    await Promise.all(Array.from({ length: 12 }, (_, i) => store.append(`${prefix}${i}`, 'no-stream', someEvents(400))))
    expect(await transactions(prefix)).toBe(2)
  })
})

describe('the event table', () => {
  const changes = [
    `UPDATE quipu_log.event SET type = 'Other'`,
    `DELETE FROM quipu_log.event`,
    `TRUNCATE quipu_log.event`,
    `INSERT INTO quipu_log.event SELECT * FROM quipu_log.event LIMIT 1 ON CONFLICT (position) DO UPDATE SET type = 'Other'`,
  ]
  it.each(changes)('refuses %s', async (sql) => {
    await store.append(`${freshPrefix()}a`, 'no-stream', someEvents(1))
    const before = await all(store.readAll())
    await expect(rows(sql)).rejects.toThrow(/append-only|permission denied/)
    // Its owner can give itself the right again, and still the trigger refuses.
    await rows('GRANT UPDATE, DELETE, TRUNCATE ON quipu_log.event TO CURRENT_USER')
    await expect(rows(sql)).rejects.toThrow(/append-only/)
    await rows('REVOKE UPDATE, DELETE, TRUNCATE ON quipu_log.event FROM CURRENT_USER')
    expect(await all(store.readAll())).toStrictEqual(before)
  })

  it('keeps JSON as it was written, for any JSON tool to query', async () => {
    const stream = `${freshPrefix()}a`
    await store.append(stream, 'no-stream', [anEvent({ amount: '12.50' })])
    expect(await rows(`SELECT data->>'amount' AS amount FROM quipu_log.event WHERE stream = $1`, stream)).toStrictEqual(
      [{ amount: '12.50' }],
    )
  })
})

describe('an event that was changed behind our back', () => {
  it('stops its readers and is named', async () => {
    const stream = freshPrefix('portfolio-P')
    const log = new Log({ store })
    const events = ['C1', 'C2', 'C3'].map((ref) => contributed(ref))
    const command = { commandId: 'c', commandHash: hashOf('c'), actor: 'ops' }
    await log.append({ stream, expected: 'no-stream', ...command, events })
    await rows('GRANT UPDATE ON quipu_log.event TO CURRENT_USER')
    await rows('ALTER TABLE quipu_log.event DISABLE TRIGGER append_only')
    await rows(
      `UPDATE quipu_log.event SET data = replace(data::text, '1000.00', '9000.00')::json WHERE stream = $1 AND revision = 1`,
      stream,
    )
    await rows('ALTER TABLE quipu_log.event ENABLE ALWAYS TRIGGER append_only')
    await rows('REVOKE UPDATE ON quipu_log.event FROM CURRENT_USER')
    const reading = all(log.readStream(stream))
    await expect(reading).rejects.toBeInstanceOf(CorruptEvent)
    await expect(reading).rejects.toThrow(`event 1 of stream ${stream}`)
  })
})

describe('opening', () => {
  it('by several processes at once on an empty database makes the schema once', async () => {
    const empty = await freshDatabase()
    const stores = await Promise.all(
      Array.from({ length: 5 }, () => openPostgresStore({ connectionString: empty.url })),
    )
    await stores[0]!.append('s-1', 'no-stream', someEvents(1))
    expect(await stores[4]!.lastPosition()).toBe(1n)
    await Promise.all(stores.map((opened) => opened.close()))
    await empty.drop()
  })

  it('refuses a schema that another release changed', async () => {
    const other = await freshDatabase()
    await (await openPostgresStore({ connectionString: other.url })).close()
    await other.pool.query(`UPDATE quipu_log.migration SET sha256 = 'other' WHERE version = 1`)
    await expect(openPostgresStore({ pool: other.pool })).rejects.toBeInstanceOf(MigrationMismatch)
    await other.drop()
  })

  it('works where the database prefers another isolation level and asynchronous commits', async () => {
    const other = await freshDatabase()
    const name = new URL(other.url).pathname.slice(1)
    await other.pool.query(`ALTER DATABASE ${name} SET default_transaction_isolation TO 'serializable'`)
    await other.pool.query(`ALTER DATABASE ${name} SET synchronous_commit TO 'off'`)
    const opened = await openPostgresStore({ connectionString: other.url })
    expect(await opened.append('s-1', 'no-stream', someEvents(1))).toMatchObject({ revision: 0n })
    await opened.close()
    await other.drop()
  })

  it('leaves a pool that it was lent open', async () => {
    const lent = await openPostgresStore({ pool: database.pool })
    await lent.close()
    expect(await rows('SELECT 1 AS one')).toStrictEqual([{ one: 1 }])
  })
})

describe('a pool of the caller', () => {
  it('that was given its password apart serves appends and subscriptions', async () => {
    const { hostname, port, username, password, pathname } = new URL(database.url)
    const parts = { host: hostname, port: Number(port), user: username, database: pathname.slice(1) }
    const pool = new pg.Pool({ ...parts, password: decodeURIComponent(password) })
    const lent = await openPostgresStore({ pool })
    const wakeUp = new WakeUp(pool.options)
    while (wakeUp.count === 0) await wakeUp.after(0)
    expect(await lent.append(`${freshPrefix()}a`, 'no-stream', someEvents(1))).toMatchObject({ revision: 0n })
    await Promise.all([wakeUp.close(), lent.close()])
    await pool.end()
  })
})

describe('a closed store', () => {
  it('is unavailable, not broken', async () => {
    const closed = await openPostgresStore({ connectionString: database.url })
    await closed.close()
    await expect(closed.lastPosition()).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(all(closed.readAll())).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(closed.append('s-1', 'no-stream', someEvents(1))).rejects.toBeInstanceOf(StoreUnavailable)
    expect(await all(closed.subscribeAll())).toStrictEqual([])
  })
})

describe('a wake-up', () => {
  it('comes by NOTIFY from whatever process appends', async () => {
    const wakeUp = new WakeUp({ connectionString: database.url })
    // The first says that it listens now; polls do not count.
    while (wakeUp.count === 0) await wakeUp.after(0)
    const listening = wakeUp.count
    await store.append(`${freshPrefix()}a`, 'no-stream', someEvents(1))
    while (wakeUp.count === listening) await wakeUp.after(listening)
    expect(wakeUp.count).toBe(listening + 1)
    await wakeUp.close()
  })
})

describe('paging', () => {
  it.each([
    ['portfolio-', 'portfolio.'],
    ['a', 'b'],
    ['a\u{10ffff}', 'b'],
    ['\ud7ff', '\ue000'],
    ['😀', '😁'],
    ['\u{10ffff}', undefined],
    ['', undefined],
  ])('the names that start with %j end before %j', (prefix, end) => {
    expect(endOfPrefix(prefix)).toBe(end)
  })

  it('asks for fewer events when they are large and more when they are small', () => {
    const of = (bytes: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        ...anEvent(),
        data: 'x'.repeat(bytes),
        metadata: '',
        stream: 's',
        revision: BigInt(i),
        position: BigInt(i),
      }))
    // 64 small ones: four times as many next; of 512 KiB each, four make 2 MiB; never none.
    expect(nextCount(of(100, 64))).toBe(256)
    expect(nextCount(of(512 * 1024, 64))).toBe(3)
    expect(nextCount(of(8 * 1024 * 1024, 1))).toBe(1)
    expect(nextCount(of(1, 1500))).toBe(2000)
  })

  it('reads large events in full', async () => {
    const stream = `${freshPrefix()}a`
    const large = Array.from({ length: 30 }, (_, i) => [anEvent({ i, text: 'x'.repeat(400_000) })])
    let expected: 'no-stream' | bigint = 'no-stream'
    for (const unit of large) expected = (await store.append(stream, expected, unit)).revision
    const found = await all(store.readStream(stream))
    expect(found.map(({ id }) => id)).toStrictEqual(large.flat().map(({ id }) => id))
  })
})
