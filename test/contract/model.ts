// The contract's random chapter: any sequence of appends, right, wrong and repeated, ends as a plain model says it must.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WrongExpectedRevision } from '../../src/eventstore/errors.ts'
import type { EventToAppend, ExpectedRevision } from '../../src/eventstore/event-store.ts'
import { all, type Bench, freshPrefix, someEvents, stored, strictlyIncreasing, withoutPosition } from './bench.ts'

interface Step {
  readonly stream: number
  /** Where the caller believes the stream to be, relative to the truth; 'again' repeats an earlier append as it was. */
  readonly belief: 'right' | 'no-stream' | 'behind' | 'ahead' | 'again'
  readonly events: number
}

interface Sent {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly EventToAppend[]
}

const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat(2),
  belief: fc.constantFrom('right', 'right', 'right', 'no-stream', 'behind', 'ahead', 'again'),
  events: fc.integer({ min: 1, max: 4 }),
})

export function model(bench: () => Bench): void {
  test('any sequence of appends leaves the log that the model predicts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const prefix = freshPrefix('model')
        const start = await bench().store.lastPosition()
        const streams = new Map<string, EventToAppend[]>()
        const sent: Sent[] = []
        const inOrder: string[] = []
        for (const [i, { belief, ...one }] of steps.entries()) {
          const repeated = belief === 'again' ? sent[i % Math.max(1, sent.length)] : undefined
          const stream = repeated?.stream ?? `${prefix}${one.stream}`
          const held = streams.get(stream) ?? []
          const append: Sent = repeated ?? {
            stream,
            expected: believed(belief, held.length),
            events: someEvents(one.events),
          }
          sent.push(append)
          const outcome = await bench()
            .store.append(append.stream, append.expected, append.events)
            .catch((error: unknown) => error)

          const from = append.expected === 'no-stream' ? 0 : Number(append.expected) + 1
          const there = held.slice(from, from + append.events.length).map((event) => event.id)
          if (from === held.length) {
            expect(outcome).toMatchObject({ revision: BigInt(from + append.events.length - 1), alreadyThere: false })
            streams.set(stream, [...held, ...append.events])
            inOrder.push(...append.events.map((event) => event.id))
          } else if (there.join() === append.events.map((event) => event.id).join()) {
            expect(outcome).toMatchObject({ revision: BigInt(from + append.events.length - 1), alreadyThere: true })
          } else {
            expect(outcome).toBeInstanceOf(WrongExpectedRevision)
            expect(outcome).toMatchObject({ actual: held.length === 0 ? 'no-stream' : BigInt(held.length - 1) })
          }
        }
        for (const [stream, events] of streams) {
          const found = await all(bench().store.readStream(stream))
          expect(found.map(withoutPosition)).toStrictEqual(stored(stream, 0n, events))
        }
        const filter = { streamPrefixes: [prefix] }
        const log = await all(bench().store.readAll(start === undefined ? { filter } : { filter, after: start }))
        expect(log.map((event) => event.id)).toStrictEqual(inOrder)
        expect(strictlyIncreasing(log)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
}

function believed(belief: Step['belief'], length: number): ExpectedRevision {
  switch (belief) {
    case 'no-stream':
      return 'no-stream'
    case 'behind':
      return length > 1 ? BigInt(length - 2) : 'no-stream'
    case 'ahead':
      return BigInt(length + 3)
    default:
      return length === 0 ? 'no-stream' : BigInt(length - 1)
  }
}
