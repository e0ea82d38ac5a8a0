// Finding 15: a small server that speaks the protocol serves the unmodified client. What it says, as EventStoreDB says it.
import { randomUUID } from 'node:crypto'
import {
  ANY,
  BACKWARDS,
  END,
  EventStoreDBClient,
  eventTypeFilter,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  type Position,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  streamNameFilter,
  WrongExpectedVersionError,
} from '@eventstore/db-client'
import { describe, expect, test } from 'vitest'
import { all } from '../contract/bench.ts'
import { startServerProcess } from '../support/eventstore-server/as-process.ts'
import { aSetting } from './set-up.ts'

const event = (type = 'Noted', data: Record<string, string> = { a: '1' }) =>
  jsonEvent({ id: randomUUID(), type, data, metadata: { m: '2' } })
const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'not refused',
    (error: unknown) => error,
  )
/** A per-call credential is how the client is made to use Append instead of BatchAppend. */
const byAppend = { credentials: { username: 'nobody', password: 'ignored without TLS' } }
const bothCalls = [
  { call: 'BatchAppend', options: {} },
  { call: 'Append', options: byAppend },
]

async function aClient() {
  const { rawClient, server } = await aSetting()
  return { client: rawClient(), server }
}

describe.each(bothCalls)('expected revisions through $call', ({ options }) => {
  const append = async (
    client: EventStoreDBClient,
    expectedRevision: bigint | 'any' | 'no_stream' | 'stream_exists',
    ...events: ReturnType<typeof event>[]
  ) => client.appendToStream('s', events, { ...options, expectedRevision })

  test('no_stream and an exact revision are held exactly', async () => {
    const { client } = await aClient()
    expect(await append(client, NO_STREAM, event(), event())).toMatchObject({ success: true, nextExpectedRevision: 1n })
    const early = await refusalOf(append(client, NO_STREAM, event()))
    expect(early).toBeInstanceOf(WrongExpectedVersionError)
    expect(early).toMatchObject({ streamName: 's', expectedVersion: 'no_stream', actualVersion: 1n })
    const ahead = await refusalOf(append(client, 5n, event()))
    expect(ahead).toMatchObject({ expectedVersion: 5n, actualVersion: 1n })
    expect(await append(client, 1n, event())).toMatchObject({ nextExpectedRevision: 2n })
  })

  test('stream_exists needs a stream', async () => {
    const { client } = await aClient()
    expect(await refusalOf(append(client, STREAM_EXISTS, event()))).toMatchObject({ actualVersion: 'no_stream' })
    await append(client, ANY, event())
    expect(await append(client, STREAM_EXISTS, event())).toMatchObject({ nextExpectedRevision: 1n })
  })

  test('a repeat at an exact revision is recognised, and comes without a position', async () => {
    const { client } = await aClient()
    const [a, b, c] = [event(), event(), event()]
    await append(client, NO_STREAM, a, b)
    await append(client, 1n, c)
    expect(await append(client, NO_STREAM, a, b)).toStrictEqual({
      success: true,
      nextExpectedRevision: 1n,
      position: undefined,
    })
    expect(await refusalOf(append(client, NO_STREAM, b, a))).toBeInstanceOf(WrongExpectedVersionError)
    expect(await refusalOf(append(client, NO_STREAM, a, b, event()))).toBeInstanceOf(WrongExpectedVersionError)
  })

  test('at the head no ids are looked at, so the same id is written again', async () => {
    const { client } = await aClient()
    const a = event()
    await append(client, NO_STREAM, a)
    expect(await append(client, 0n, a)).toMatchObject({ nextExpectedRevision: 1n })
    expect((await all(client.readStream('s'))).map((read) => read.event?.id)).toStrictEqual([a.id, a.id])
  })

  test('a repeat at any revision is recognised from memory only, and a restart forgets it', async () => {
    const { client, server } = await aClient()
    const a = event()
    await append(client, ANY, a)
    expect(await append(client, ANY, a)).toMatchObject({ nextExpectedRevision: 0n, position: undefined })
    server.log.forgetIds()
    expect(await append(client, ANY, a)).toMatchObject({ nextExpectedRevision: 1n })
  })

  test('an append over 1 MiB is refused with the limit', async () => {
    const { client } = await aClient()
    const big = event('Big', { pad: 'x'.repeat(1024 * 1024) })
    const refusal = await refusalOf(append(client, ANY, big))
    expect(refusal).toBeInstanceOf(MaxAppendSizeExceededError)
    expect(refusal).toMatchObject({ maxAppendSize: 1024 * 1024 })
  })
})

describe('deleting', () => {
  test.each(bothCalls)('a tombstoned stream is gone for ever ($call)', async ({ options }) => {
    const { client } = await aClient()
    await client.appendToStream('s', event(), { expectedRevision: NO_STREAM })
    expect(await refusalOf(client.tombstoneStream('s', { expectedRevision: 7n }))).toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 7n,
      actualVersion: 0n,
    })
    await client.tombstoneStream('s', { expectedRevision: 0n })
    const appended = await refusalOf(client.appendToStream('s', event(), { ...options, expectedRevision: ANY }))
    expect(appended).toBeInstanceOf(StreamDeletedError)
    expect(appended).toMatchObject({ streamName: 's' })
    expect(await refusalOf(all(client.readStream('s')))).toBeInstanceOf(StreamDeletedError)
    expect(await refusalOf(client.deleteStream('s'))).toBeInstanceOf(StreamDeletedError)
  })

  test('a deleted stream is hidden, and goes on numbering when it is written to again', async () => {
    const { client } = await aClient()
    await client.appendToStream('s', [event(), event()], { expectedRevision: NO_STREAM })
    await client.deleteStream('s', { expectedRevision: 1n })
    expect(await refusalOf(all(client.readStream('s')))).toBeInstanceOf(StreamNotFoundError)
    const again = await client.appendToStream('s', event('Again'), { expectedRevision: NO_STREAM })
    expect(again.nextExpectedRevision).toBe(2n)
    const found = await all(client.readStream('s'))
    expect(found.map((read) => [read.event?.type, read.event?.revision])).toStrictEqual([['Again', 2n]])
  })

  test('stream metadata hides what lies before $maxCount', async () => {
    const { client } = await aClient()
    await client.appendToStream('s', [event(), event(), event()])
    await client.setStreamMetadata('s', { maxCount: 2 })
    expect((await all(client.readStream('s'))).map((read) => read.event?.revision)).toStrictEqual([1n, 2n])
  })
})

describe('reading', () => {
  test('the log has positions of bytes, not of counting, and system events of the server’s own', async () => {
    const { client } = await aClient()
    for (let i = 0; i < 10; i++) await client.appendToStream(`s${i}`, [event(), event()])
    const log = await all(client.readAll())
    const positions = log.map((read) => read.event!.position.commit)
    expect(positions.every((position, i) => i === 0 || position - positions[i - 1]! > 100n)).toBe(true)
    expect(log[0]?.event?.type).toBe('$epoch-information')
    expect(log.some((read) => read.event?.type === '$statsCollected')).toBe(true)
    const back = await all(client.readAll({ direction: BACKWARDS, fromPosition: END }))
    expect(back.map((read) => read.event?.position.commit)).toStrictEqual(positions.toReversed())
  })

  test('forwards a position includes its event, backwards it stands before it', async () => {
    const { client } = await aClient()
    await client.appendToStream('s', [event('A'), event('B'), event('C')])
    const log = await all(client.readAll())
    const position: Position = log.find((read) => read.event?.type === 'B')!.event!.position
    const types = async (direction: 'forwards' | 'backwards') =>
      (await all(client.readAll({ direction, fromPosition: position, maxCount: 2 }))).map((read) => read.event?.type)
    expect(await types('forwards')).toStrictEqual(['B', 'C'])
    expect(await types('backwards')).toStrictEqual(['A', '$epoch-information'])
  })
})

describe('subscribing', () => {
  test('to one stream, from a revision on, and live', async () => {
    const { client } = await aClient()
    await client.appendToStream('s', [event('A'), event('B'), event('C')])
    await client.appendToStream('t', [event('X')])
    const subscription = client.subscribeToStream('s', { fromRevision: 0n })
    const types: string[] = []
    subscription.on('caughtUp', () => client.appendToStream('s', event('D')))
    for await (const read of subscription) {
      types.push(read.event!.type)
      if (types.length === 3) break
    }
    await subscription.unsubscribe()
    expect(types).toStrictEqual(['B', 'C', 'D'])
  })

  const filters = [
    { by: 'stream prefix', filter: streamNameFilter({ prefixes: ['a-', 'b-'] }), types: ['A1', 'B1', 'A2'] },
    { by: 'stream regex', filter: streamNameFilter({ regex: '^[bc]-' }), types: ['B1', 'C1'] },
    { by: 'type prefix', filter: eventTypeFilter({ prefixes: ['A'] }), types: ['A1', 'A2'] },
    { by: 'type regex', filter: eventTypeFilter({ regex: '^[^$].*1$' }), types: ['A1', 'B1', 'C1'] },
  ]
  test.each(filters)('filters by $by', async ({ filter, types }) => {
    const { client } = await aClient()
    for (const type of ['A1', 'B1', 'C1', 'A2']) await client.appendToStream(`${type[0]!.toLowerCase()}-1`, event(type))
    const found: string[] = []
    const subscription = client.subscribeToAll({ filter })
    for await (const read of subscription) {
      found.push(read.event!.type)
      if (found.length === types.length) break
    }
    await subscription.unsubscribe()
    expect(found).toStrictEqual(types)
  })

  test('a filtered one tells how far it has come, every 32 records and when it has caught up', async () => {
    const { client } = await aClient()
    for (let i = 0; i < 10; i++)
      await client.appendToStream(
        'noise',
        Array.from({ length: 10 }, () => event()),
      )
    const head = (await all(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 })))[0]!.event!
      .position
    const checkpoints: Position[] = []
    const filter = streamNameFilter({
      prefixes: ['none'],
      checkpointReached: (_, position) => void checkpoints.push(position),
    })
    const subscription = client.subscribeToAll({ filter })
    await new Promise((resolve) => subscription.on('caughtUp', resolve).resume())
    await subscription.unsubscribe()
    // Over 100 records: at 32, 64 and 96, and one at the end.
    expect(checkpoints).toHaveLength(4)
    expect(checkpoints.at(-1)).toStrictEqual(head)
  })
})

describe('finding 15: a stand-in for the server is small and works with the unmodified client', () => {
  test('it runs as a process of its own, and the client as it comes appends to it, reads and follows', async () => {
    const server = await startServerProcess()
    try {
      const client = EventStoreDBClient.connectionString(server.connectionString)
      const appended = await client.appendToStream('s', event(), { expectedRevision: NO_STREAM })
      expect(appended).toMatchObject({ success: true, nextExpectedRevision: 0n })
      const read: bigint[] = []
      for await (const { event: found } of client.readStream('s')) if (found) read.push(found.revision)
      expect(read).toStrictEqual([0n])
      const subscription = client.subscribeToStream('s')
      for await (const { event: found } of subscription) {
        expect(found).toMatchObject({ streamId: 's', revision: 0n })
        break
      }
      await client.dispose()
    } finally {
      expect(await server.stop()).toBe(0)
    }
  })
})
