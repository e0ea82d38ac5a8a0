// Two processes append to one PostgreSQL log at once: no gap, no disorder, no unit lost and none doubled.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Log, type RecordedUnit } from '../../src/eventstore/log.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { type Acknowledgement, startWriter, type WriterProcess } from '../support/log-writer/writer-process.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'

const UNITS_OF_EACH = 150
const WRITERS = ['a', 'b'] as const
const MINUTES_2 = 120_000

let database: FreshDatabase
let log: Log
let writers: WriterProcess[] = []
/** What the follower saw while both wrote, in its order. */
const followed: RecordedUnit[] = []
/** The same for a reader that asks again and again for what lies after its last position. */
const paged: RecordedUnit[] = []
const recorded: RecordedUnit[] = []

beforeAll(async () => {
  database = await freshDatabase()
  log = new Log({ store: await openPostgresStore({ connectionString: database.url }) })
  writers = await Promise.all(WRITERS.map((name) => startWriter(database.url, name)))
  const done = new AbortController()
  let enough = () => {}
  const both = new Promise<void>((resolve) => {
    enough = resolve
  })
  let end: bigint | undefined
  const following = (async () => {
    const seen = new Map<string, number>()
    for await (const item of log.subscribe({ signal: done.signal })) {
      if (item.kind === 'unit') {
        followed.push(item.unit)
        seen.set(item.unit.actor, (seen.get(item.unit.actor) ?? 0) + 1)
        if (WRITERS.every((name) => (seen.get(name) ?? 0) >= UNITS_OF_EACH)) enough()
      }
      if (end !== undefined && (followed.at(-1)?.position ?? 0n) >= end) return
    }
  })()
  const paging = (async () => {
    for (let last = 0n; end === undefined || last < end; last = paged.at(-1)?.position ?? 0n)
      for await (const unit of log.readAll({ after: last })) paged.push(unit)
  })()
  const failed = Promise.all(writers.map(({ ended }) => ended)).then(() => {
    throw new Error('the writers ended unasked')
  })
  for (const writer of writers) writer.go()
  await Promise.race([both, failed, following, paging])
  await Promise.all(writers.map((writer) => writer.stop()))
  end = await log.lastPosition()
  // One that already has the last event would wait for another.
  if (followed.at(-1)?.position === end) done.abort()
  await Promise.all([following, paging])
  for await (const unit of log.readAll()) recorded.push(unit)
}, MINUTES_2)

afterAll(async () => {
  for (const writer of writers) writer.kill()
  await log?.close()
  await database?.drop()
})

describe('with two processes appending at once', () => {
  test('positions run from 1 without a gap, and revisions from 0 in each stream', () => {
    const events = recorded.flatMap((unit) => unit.events)
    expect(events.map(({ position }) => position)).toStrictEqual(events.map((_, i) => BigInt(i + 1)))
    const streams = new Map<string, bigint[]>()
    for (const { stream, revision } of events) streams.set(stream, [...(streams.get(stream) ?? []), revision])
    // Three of each writer's own, the contested one, and the one with the units sent twice.
    expect(streams.size).toBe(8)
    for (const [stream, revisions] of streams)
      expect({ stream, revisions }).toStrictEqual({ stream, revisions: revisions.map((_, i) => BigInt(i)) })
  })

  test('the log holds each acknowledged unit once, at the place that was acknowledged, and nothing else', () => {
    const told = new Map(writers.flatMap(({ acknowledged }) => acknowledged).map((a) => [a.commandId, placeOf(a)]))
    const held = recorded.map((unit) => ({
      commandId: unit.commandId,
      stream: unit.stream,
      revision: String(unit.revision),
      position: String(unit.position),
      eventIds: unit.events.map(({ id }) => id),
    }))
    expect(held).toStrictEqual([...told.values()].toSorted((a, b) => Number(a.position) - Number(b.position)))
    const ids = held.flatMap(({ eventIds }) => eventIds)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('a unit that both sent was written by one and recognised for the other, at one place', () => {
    const [a, b] = WRITERS.map((_, i) => writers[i]?.acknowledged.filter(({ stream }) => stream === 'portfolio-twice'))
    const both = Math.min(a?.length ?? 0, b?.length ?? 0)
    expect(both).toBeGreaterThan(0)
    expect(a?.slice(0, both).map(placeOf)).toStrictEqual(b?.slice(0, both).map(placeOf))
    for (let i = 0; i < both; i++)
      expect([a?.[i]?.alreadyThere, b?.[i]?.alreadyThere].toSorted()).toStrictEqual([false, true])
    // What only the faster one came to send, it wrote.
    const rest = [...(a ?? []).slice(both), ...(b ?? []).slice(both)]
    expect(rest.filter(({ alreadyThere }) => alreadyThere)).toStrictEqual([])
  })

  test('both got their turns on the stream they contested', () => {
    const contested = recorded.filter(({ stream }) => stream === 'portfolio-contested')
    expect([...new Set(contested.map(({ actor }) => actor))].toSorted()).toStrictEqual([...WRITERS])
    for (const { acknowledged } of writers)
      expect(
        acknowledged.filter((a) => a.stream !== 'portfolio-twice' && a.alreadyThere),
        'nothing but what was sent twice is recognised',
      ).toStrictEqual([])
  })

  test('a follower and a reader of pages saw, while it grew, what the log holds now', () => {
    expect(followed).toStrictEqual(recorded)
    expect(paged).toStrictEqual(recorded)
  })
})

function placeOf({ commandId, stream, revision, position, eventIds }: Acknowledgement) {
  return { commandId, stream, revision, position, eventIds }
}
