// Random faults on the wire, and what must hold when they are over: nothing acknowledged is lost, nothing is there twice.
import { status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppendOutcomeUnknown } from '../../src/eventstore/errors.ts'
import type { EventStore, EventToAppend, ExpectedRevision } from '../../src/eventstore/event-store.ts'
import { all, someEvents, strictlyIncreasing, take } from '../contract/bench.ts'
import type { Verdict } from '../support/eventstore-server/faults.ts'
import { aSetting } from './set-up.ts'

const verdict = fc.constantFrom<Verdict>(
  'go-on',
  'go-on',
  'go-on',
  'never-answer',
  { fail: status.UNAVAILABLE },
  { fail: status.CANCELLED },
  { fail: status.UNKNOWN },
)

// A subscription dropped after one event that only repeats the last would never get on; hence at least two.
const plan = fc.record({
  before: fc.array(verdict, { maxLength: 25 }),
  after: fc.array(verdict, { maxLength: 25 }),
  reads: fc.array(verdict, { maxLength: 15 }),
  dropAfter: fc.option(
    fc.record({ events: fc.integer({ min: 2, max: 9 }), how: fc.constantFrom('ok' as const, 'error' as const) }),
  ),
  repeatOnSubscribe: fc.boolean(),
  restarts: fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 2 }),
})

/** Appends its units one after another, as a caller would: on an unknown outcome it sends the same again. */
async function write(store: EventStore, stream: string, units: readonly EventToAppend[][]): Promise<bigint[]> {
  const revisions: bigint[] = []
  let expected: ExpectedRevision = 'no-stream'
  for (const events of units) {
    for (;;) {
      try {
        expected = (await store.append(stream, expected, events)).revision
        revisions.push(expected)
        break
      } catch (error) {
        if (!(error instanceof AppendOutcomeUnknown)) throw error
      }
    }
  }
  return revisions
}

test('whatever the wire does, each acknowledged unit is in the log exactly once, in order, and every follower gets it', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (faults) => {
      const { server, store } = await aSetting({
        attemptMs: 60,
        appendMs: 1_000,
        silenceMs: 60,
        pauseMs: { first: 2, most: 20 },
      })
      const next = (verdicts: Verdict[]) => verdicts.shift() ?? 'go-on'
      const [before, after, reads] = [[...faults.before], [...faults.after], [...faults.reads]]
      server.faults.beforeCommit = async ({ count }) => {
        if (faults.restarts.includes(count)) {
          server.stop()
          await server.resume()
        }
        return next(before)
      }
      server.faults.afterCommit = () => next(after)
      server.faults.beforeRead = () => next(reads)
      if (faults.dropAfter !== null) server.faults.dropAfter = faults.dropAfter
      server.faults.repeatOnSubscribe = faults.repeatOnSubscribe

      // 3 writers with 6 units of 2 events each make 36 events.
      const writers = ['a', 'b', 'c'].map((name) => ({
        stream: `portfolio-${name}`,
        units: Array.from({ length: 6 }, () => someEvents(2)),
      }))
      const stop = new AbortController()
      const following = take(store, 36, { signal: stop.signal })
      const acknowledged = await Promise.all(
        writers.map(({ stream, units }) => write(store, stream, units).catch((error: unknown) => error)),
      )
      // 2 events a unit: the last of each lies at 1, 3, 5, 7, 9, 11.
      if (acknowledged.some((revisions) => revisions instanceof Error)) stop.abort()
      for (const revisions of acknowledged) expect(revisions).toStrictEqual([1n, 3n, 5n, 7n, 9n, 11n])
      for (const { stream, units } of writers) {
        const found = await all(store.readStream(stream))
        expect(found.map((event) => event.id)).toStrictEqual(units.flat().map((event) => event.id))
      }
      const log = await all(store.readAll())
      expect(log).toHaveLength(36)
      expect(strictlyIncreasing(log)).toBe(true)
      expect(await following).toStrictEqual(log)
      await store.close()
      server.stop()
    }),
    { numRuns: 25 },
  )
}, 120_000)
