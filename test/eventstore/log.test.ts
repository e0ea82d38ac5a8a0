// The log on both adapters: whole units in, whole units out, each command once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Refused } from '../../src/domain/kernel/refusal.ts'
import { CorruptEvent, WrongExpectedRevision } from '../../src/eventstore/errors.ts'
import type { EventStore } from '../../src/eventstore/event-store.ts'
import { Log, type LogItem, type RecordedUnit, type UnitToAppend } from '../../src/eventstore/log.ts'
import { all, freshPrefix } from '../contract/bench.ts'
import { ADAPTERS } from './adapters.ts'
import { contributed, hashOf } from './ledger-events.ts'

let commands = 0
const aUnit = (stream: string, change: Partial<UnitToAppend> = {}): UnitToAppend => ({
  stream,
  expected: 'no-stream',
  commandId: `command-${commands++}`,
  commandHash: hashOf('input'),
  actor: 'ops',
  events: [contributed('C1')],
  ...change,
})
const three = () => ['C1', 'C2', 'C3'].map((ref) => contributed(ref))
const refs = (units: readonly RecordedUnit[]) =>
  units.map(({ events }) => events.map((event) => (event.type === 'CashContributed' ? event.data.cash.ref : '')))
const aPortfolio = () => freshPrefix('portfolio-P')
const refusalOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  if (error instanceof Refused) return error.refusal
  throw new Error('it was not refused', { cause: error })
}

describe.each(ADAPTERS)('the log on $name', ({ open }) => {
  let drop: () => Promise<void>
  let store: EventStore
  let log: Log

  beforeAll(async () => {
    const opened = await open()
    store = opened.store
    drop = opened.drop
    log = new Log({ store })
  })
  afterAll(() => drop())

  describe('appending a unit', () => {
    it('answers where it lies, and a reader gets it back whole', async () => {
      const stream = aPortfolio()
      const appended = await log.append(
        aUnit(stream, { commandId: 'first', effectiveAt: '2025-03-14', events: three() }),
      )
      const [unit, ...rest] = await all(log.readStream(stream))
      expect(rest).toStrictEqual([])
      expect(appended).toStrictEqual({
        revision: 2n,
        position: unit?.position,
        eventIds: unit?.events.map(({ id }) => id),
        recordedAt: unit?.recordedAt,
        alreadyThere: false,
      })
      expect(unit).toMatchObject({
        stream,
        revision: 2n,
        commandId: 'first',
        commandHash: hashOf('input'),
        actor: 'ops',
      })
      const positions = unit?.events.map(({ position }) => position)
      expect([positions?.at(0), positions?.at(-1)]).toStrictEqual([unit?.firstPosition, appended.position])
      expect(unit?.events.map(({ revision }) => revision)).toStrictEqual([0n, 1n, 2n])
      expect(unit?.events.map(({ type, data }) => ({ type, data }))).toStrictEqual(three())
    })

    it('at the wrong revision is refused', async () => {
      const stream = aPortfolio()
      await log.append(aUnit(stream))
      await expect(log.append(aUnit(stream))).rejects.toBeInstanceOf(WrongExpectedRevision)
      await expect(log.append(aUnit(stream, { expected: 5n }))).rejects.toBeInstanceOf(WrongExpectedRevision)
    })

    it('again, for the same command, answers with the first outcome', async () => {
      const stream = aPortfolio()
      let now = '2025-03-14T15:00:00Z'
      const elsewhere = await open()
      const slow = new Log({ store: elsewhere.store, now: () => now })
      try {
        const unit = aUnit(stream, { events: three() })
        const first = await slow.append(unit)
        now = '2025-03-14T15:00:03Z'
        expect(await slow.append(unit)).toStrictEqual({ ...first, alreadyThere: true })
        expect(first.recordedAt).toBe('2025-03-14T15:00:00.000000Z')
      } finally {
        await elsewhere.drop()
      }
    })

    it('under the same command with other content is a conflict', async () => {
      const stream = aPortfolio()
      const unit = aUnit(stream, { events: three() })
      await log.append(unit)
      const conflict = { code: 'idempotency-conflict', remedy: expect.stringMatching(/new command id/) }
      expect(await refusalOf(log.append({ ...unit, commandHash: hashOf('other') }))).toMatchObject(conflict)
      expect(await refusalOf(log.append({ ...unit, events: three().slice(0, 2) }))).toMatchObject(conflict)
    })

    it('without waiting for the one before keeps the order of the calls', async () => {
      const stream = aPortfolio()
      const units = Array.from({ length: 30 }, (_, i) =>
        aUnit(stream, { expected: i === 0 ? 'no-stream' : BigInt(2 * i - 1), events: three().slice(0, 2) }),
      )
      const answers = await Promise.all(units.map((unit) => log.append(unit)))
      // 30 units of 2 end at revisions 1, 3, 5 ... 59.
      expect(answers.map(({ revision }) => revision)).toStrictEqual(units.map((_, i) => BigInt(2 * i + 1)))
    })

    it('with more than 500 events is refused with what to do', async () => {
      const events = Array.from({ length: 501 }, (_, i) => contributed(`C${i}`))
      const refusal = await refusalOf(log.append(aUnit(aPortfolio(), { events })))
      expect(refusal).toMatchObject({ code: 'unit-too-large', remedy: 'send fewer lines per command' })
    })

    it('with more than 512 KiB is refused with what to do', async () => {
      // 500 x (500 bytes of note + over 550 of the rest) is over 525,000 bytes; 512 KiB are 524,288.
      const events = Array.from({ length: 500 }, (_, i) => contributed(`C${i}`, '1.00', 'n'.repeat(500)))
      const refusal = await refusalOf(log.append(aUnit(aPortfolio(), { events })))
      expect(refusal).toMatchObject({ code: 'unit-too-large', remedy: 'send fewer lines per command' })
    })
  })

  describe('the clock', () => {
    it('of a writer may be 5 s behind the newest event, and no more', async () => {
      let now = '2025-03-14T15:00:10Z'
      const elsewhere = await open()
      const writer = new Log({ store: elsewhere.store, now: () => now })
      try {
        const stream = aPortfolio()
        await writer.append(aUnit(stream))
        now = '2025-03-14T15:00:05Z'
        await writer.append(aUnit(stream, { expected: 0n }))
        now = '2025-03-14T15:00:04.999Z'
        const refusal = await refusalOf(writer.append(aUnit(stream, { expected: 1n })))
        expect(refusal).toMatchObject({ code: 'clock-behind', message: expect.stringContaining('5.0 s behind') })
        expect(await all(writer.readStream(stream))).toHaveLength(2)
      } finally {
        await elsewhere.drop()
      }
    })

    it('is held against what other processes wrote', async () => {
      const elsewhere = await open()
      try {
        const ahead = new Log({ store: elsewhere.store, now: () => '2025-03-14T15:01:00Z' })
        const behind = new Log({ store: elsewhere.store, now: () => '2025-03-14T15:00:00Z' })
        await ahead.append(aUnit(aPortfolio()))
        expect(await refusalOf(behind.append(aUnit(aPortfolio())))).toMatchObject({ code: 'clock-behind' })
      } finally {
        await elsewhere.drop()
      }
    })
  })

  describe('readers', () => {
    const stream = aPortfolio()
    const other = aPortfolio()
    const filter = { streamPrefixes: [stream, other] }
    let units: RecordedUnit[]

    beforeAll(async () => {
      await log.append(aUnit(stream, { events: three() }))
      await log.append(aUnit(other, { events: [contributed('D1'), contributed('D2')] }))
      await log.append(aUnit(stream, { expected: 2n, events: [contributed('C4')] }))
      units = await all(log.readAll({ filter }))
    })

    it('get the units in the order in which they became known', () => {
      expect(refs(units)).toStrictEqual([['C1', 'C2', 'C3'], ['D1', 'D2'], ['C4']])
    })

    it('that start inside a unit get it whole, for it became known with its last event', async () => {
      const inside = units[1]!.firstPosition
      expect(await all(log.readAll({ filter, after: inside }))).toStrictEqual(units.slice(1))
      expect(await all(log.readAll({ filter, after: units[0]!.position }))).toStrictEqual(units.slice(1))
      expect(await all(log.readStream(stream, { from: 1n }))).toStrictEqual([units[0], units[2]])
    })

    it('that end inside a unit do not get it at all', async () => {
      expect(await all(log.readAll({ filter, until: units[1]!.firstPosition }))).toStrictEqual(units.slice(0, 1))
      expect(await all(log.readAll({ filter, until: units[1]!.position }))).toStrictEqual(units.slice(0, 2))
      expect(await all(log.readAll({ filter, until: units[0]!.firstPosition - 1n }))).toStrictEqual([])
    })

    it('of a stream that does not exist get nothing', async () => {
      expect(await all(log.readStream(aPortfolio()))).toStrictEqual([])
    })

    it('that subscribe get what is there, then what comes', async () => {
      const live = aPortfolio()
      const items: LogItem[] = []
      let appended: Promise<unknown> | undefined
      for await (const item of log.subscribe({ filter: { streamPrefixes: [stream, other, live] } })) {
        items.push(item)
        if (item.kind === 'caught-up')
          appended ??= log.append(aUnit(live, { events: [contributed('E1'), contributed('E2')] }))
        if (item.kind === 'unit' && item.unit.stream === live) break
      }
      await appended
      const got = items.flatMap((item) => (item.kind === 'unit' ? [item.unit] : []))
      expect(refs(got)).toStrictEqual([['C1', 'C2', 'C3'], ['D1', 'D2'], ['C4'], ['E1', 'E2']])
      expect(items.findIndex(({ kind }) => kind === 'caught-up')).toBe(3)
    })

    it('are stopped by a unit in pieces', async () => {
      const torn = aPortfolio()
      const { eventIds } = await log.append(aUnit(torn, { events: three() }))
      const [unit] = await all(store.readStream(torn, { from: 1n, limit: 1 }))
      const copy = aPortfolio()
      await store.append(copy, 'no-stream', [{ ...unit!, id: eventIds[1]! }])
      await expect(all(log.readStream(copy))).rejects.toThrow(CorruptEvent)
    })
  })
})
