// Finding 2 of eventstore-semantics.md section 0, and what follows from it: an append whose outcome nobody told us is settled.
import { status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { AppendOutcomeUnknown, WrongExpectedRevision } from '../../src/eventstore/errors.ts'
import { all, someEvents, stored, withoutPosition } from '../contract/bench.ts'
import type { Verdict } from '../support/eventstore-server/faults.ts'
import { aSetting, gate, HASTY } from './set-up.ts'

const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'not refused',
    (error: unknown) => error,
  )

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
