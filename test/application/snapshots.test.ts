// Snapshots change how long a command takes, never what it answers: whatever is saved, stale, lost, foreign or out of memory.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { silentAdvisor } from '../../src/application/advisor.ts'
import { Bulk } from '../../src/application/bulk.ts'
import { BulkEngine } from '../../src/application/bulk-engine.ts'
import { CommandHandler, type CommandHandlerOptions } from '../../src/application/command-handler.ts'
import { placeOrder } from '../../src/application/commands/orders.ts'
import { fillCommand } from '../../src/application/services/fills.ts'
import { toPortfolio } from '../../src/application/portfolio-command.ts'
import { openPostgresSnapshots } from '../../src/application/postgres-snapshots.ts'
import type { Snapshots } from '../../src/application/snapshots.ts'
import { Refused } from '../../src/domain/kernel/refusal.ts'
import type { PortfolioCommand } from '../../src/domain/portfolio/commands.ts'
import type { PortfolioEvent } from '../../src/domain/portfolio/events.ts'
import { portfolio as model } from '../../src/domain/portfolio/portfolio.ts'
import { parkedQueue, type PortfolioState } from '../../src/domain/portfolio/state.ts'
import type { EventStore } from '../../src/eventstore/event-store.ts'
import { Log } from '../../src/eventstore/log.ts'
import { openPersonKeys } from '../../src/eventstore/postgres/person-keys.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { anyCommand } from '../domain/portfolio/any-command.ts'
import { knowledge, opened } from '../domain/portfolio/story.ts'
import { fillLine, fillOf, type Ledger, OMS, openWithPortfolio } from './ledger.ts'

let ledger: Ledger
let snapshots: Snapshots
/** The same log, whose readings of streams are noted. */
let log: Log
const readings: { readonly stream: string; readonly from: bigint }[] = []
/** How often rows were loaded. */
let loads = 0
const failures: unknown[] = []

beforeAll(async () => {
  ledger = await openWithPortfolio()
  const { pool } = ledger.database
  const store = await openPostgresStore({ pool })
  const noting: EventStore = {
    append: (...args) => store.append(...args),
    readStream(stream, options) {
      readings.push({ stream, from: options?.from ?? 0n })
      return store.readStream(stream, options)
    },
    readAll: (...args) => store.readAll(...args),
    subscribeAll: (...args) => store.subscribeAll(...args),
    lastPosition: () => store.lastPosition(),
    close: () => store.close(),
  }
  log = new Log({ store: noting, personKeys: await openPersonKeys(pool, randomBytes(32)) })
  const real = await openPostgresSnapshots(pool)
  snapshots = {
    ...real,
    rows(...args) {
      loads++
      return real.rows(...args)
    },
  }
})
afterAll(async () => {
  await log.close()
  await ledger.close()
})

/** A process that keeps snapshots; `saveEvery` 1 saves after every command. */
const withSnapshots = (options: Partial<CommandHandlerOptions> = {}) =>
  new CommandHandler({
    log,
    snapshots,
    saveEvery: 1,
    onSnapshotError: (error) => void failures.push(error),
    ...options,
  })

const open = (portfolio: string): PortfolioCommand => {
  if (opened.type !== 'PortfolioOpened') throw new Error('it opens')
  return { type: 'OpenPortfolio', terms: { ...opened.data, portfolio }, knowledge }
}

/** What a command came to, without what differs between two streams. */
async function outcomeOf(handler: CommandHandler, portfolio: string, command: PortfolioCommand, key?: string) {
  const { knowledge: _, ...input } = { knowledge: null, ...command }
  const asked = toPortfolio(portfolio, command, JSON.parse(JSON.stringify(input)), null)
  try {
    const context = key === undefined ? OMS : { ...OMS, idempotencyKey: key }
    const { fact, revision, alreadyThere, parked, warnings } = await handler.handle(asked, context)
    return { fact, revision, alreadyThere, parked, warnings }
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
}

/** The verdicts of commands sent in bulk. */
async function verdictsOf(handler: CommandHandler, portfolio: string, commands: readonly PortfolioCommand[]) {
  const engine = new BulkEngine<PortfolioState, PortfolioEvent>(handler, { context: OMS, linesMax: 500 })
  async function* tasks() {
    for (const [i, command] of commands.entries()) {
      const { stream, fact, decide, firstRevision } = toPortfolio(portfolio, command, i, null)
      yield {
        line: i + 1,
        stream,
        model,
        fact,
        input: i,
        decide: (state: PortfolioState) => decide(state, () => state),
        firstRevision: (state: PortfolioState) => firstRevision?.(state) ?? null,
      }
    }
  }
  const verdicts: unknown[] = []
  for await (const verdict of engine.run(tasks())) verdicts.push({ ...verdict, position: null, eventIds: [] })
  return verdicts
}

const eventsOf = async (portfolio: string) =>
  (await ledger.units(`portfolio-${portfolio}`)).flatMap(({ events }) =>
    events.map(({ type, data }) => (type === 'PortfolioOpened' ? type : { type, data })),
  )

const fill = (execId: string): PortfolioCommand => fillCommand(fillOf(execId), ledger.app.directory)

/** Opens a portfolio, records fills under X0, X1, ... and saves them; answers what each came to. */
async function filled(portfolio: string, count: number) {
  const handler = withSnapshots()
  await outcomeOf(handler, portfolio, open(portfolio))
  const first = []
  for (let i = 0; i < count; i++) first.push(await outcomeOf(handler, portfolio, fill(`X${i}`)))
  await handler.close()
  return first
}

/** Sends the same fills to a process that has just begun, and one that is new: they are known, and answered as at first. */
async function expectKnown(portfolio: string, first: readonly object[], handler = withSnapshots()) {
  readings.length = 0
  for (const [i, before] of first.entries())
    expect(await outcomeOf(handler, portfolio, fill(`X${i}`))).toStrictEqual({ ...before, alreadyThere: true })
  const from = readings.find(({ stream }) => stream === `portfolio-${portfolio}`)?.from
  const next = await outcomeOf(handler, portfolio, fill('NEXT'))
  expect(next).toMatchObject({ alreadyThere: false, revision: BigInt(first.length + 1) })
  await handler.close()
  return from
}

const heads = async (portfolio: string) =>
  (
    await ledger.database.pool.query<{ id: number; shape: string; revision: string }>(
      'SELECT id, shape, revision FROM quipu_snapshot.head WHERE stream = $1',
      [`portfolio-${portfolio}`],
    )
  ).rows

describe('whatever commands come, and however often the processes begin anew', () => {
  it('the answers and the log are those of a process that reads everything', async () => {
    const step = fc.record({
      /** One command, or lines of one request. */
      commands: fc.oneof(
        { weight: 3, arbitrary: anyCommand.map((one) => [one]) },
        { weight: 1, arbitrary: fc.array(anyCommand, { minLength: 2, maxLength: 8, size: 'max' }) },
      ),
      key: fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined, freq: 4 }),
      /** Which of two processes is asked; and whether it ends in order, or is killed, before that. */
      by: fc.integer({ min: 0, max: 1 }),
      before: fc.constantFrom('nothing', 'nothing', 'end', 'kill'),
    })
    let run = 0
    loads = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 25, size: 'max' }),
        fc.constantFrom(1, 3, 10),
        async (steps, saveEvery) => {
          const [saved, plain] = [`S-${run}`, `W-${run++}`]
          const begun = () => withSnapshots({ saveEvery })
          const processes = [begun(), begun()]
          const whole = new CommandHandler({ log })
          for (const portfolio of [saved, plain]) await outcomeOf(whole, portfolio, open(portfolio))
          for (const { commands, key: number, by, before } of steps) {
            // A key that another process has seen this one hears of from the log, in other words.
            const key = number === undefined ? undefined : `${number}-${by}`
            if (before === 'end') await processes[by]?.close()
            if (before !== 'nothing') processes[by] = begun()
            const handler = processes[by] ?? begun()
            const [first] = commands
            if (first !== undefined && commands.length === 1)
              expect(await outcomeOf(handler, saved, first, key)).toStrictEqual(
                await outcomeOf(whole, plain, first, key),
              )
            else
              expect(await verdictsOf(handler, saved, commands)).toStrictEqual(await verdictsOf(whole, plain, commands))
          }
          await Promise.all(processes.map((handler) => handler.close()))
          expect(await eventsOf(saved)).toStrictEqual(await eventsOf(plain))
          const queue = (handler: CommandHandler, portfolio: string) =>
            handler.look(`portfolio-${portfolio}`, model, parkedQueue)
          expect(await queue(begun(), saved)).toStrictEqual(await queue(whole, plain))
        },
      ),
      { numRuns: Number(process.env.QUIPU_PROPERTY_RUNS ?? 25) },
    )
    expect(loads).toBeGreaterThan(0)
    expect(failures).toStrictEqual([])
  }, 120_000)
})

describe('the first command of a process', () => {
  it('reads the last unit that was saved and what came after it, not the stream', async () => {
    const first = await filled('A1', 5)
    expect(await expectKnown('A1', first)).toBe(5n)
  })

  it('under a key of the sender is answered as the first under that key was', async () => {
    await filled('A2', 2)
    const one = withSnapshots()
    const sent = await outcomeOf(one, 'A2', fill('K'), 'key-1')
    await outcomeOf(one, 'A2', fill('L'))
    await one.close()
    expect(await outcomeOf(withSnapshots(), 'A2', fill('K'), 'key-1')).toStrictEqual({ ...sent, alreadyThere: true })
    expect(await outcomeOf(withSnapshots(), 'A2', fill('M'), 'key-1')).toMatchObject({ code: 'idempotency-conflict' })
  })

  it('finds what was recorded after the snapshot by a process that saves nothing', async () => {
    const first = await filled('A3', 3)
    const unsaving = new CommandHandler({ log })
    for (let i = 3; i < 8; i++) first.push(await outcomeOf(unsaving, 'A3', fill(`X${i}`)))
    expect(await expectKnown('A3', first)).toBe(3n)
  })
})

describe('a snapshot that does not fit', () => {
  it('because it is newer than the stream is left alone, and replaced', async () => {
    const first = await filled('B1', 4)
    // The log came back from a backup that lacks what the snapshot knows: as if it had seen six events more.
    const [head] = await heads('B1')
    await ledger.database.pool.query('UPDATE quipu_snapshot.head SET revision = 10 WHERE id = $1', [head?.id])
    expect(await expectKnown('B1', first)).toBe(10n)
    const [now] = await heads('B1')
    expect(now).toMatchObject({ shape: model.layers.shape, revision: '5' })
    expect(now?.id).not.toBe(head?.id)
  })

  it('because the log took another way since is left alone, and replaced', async () => {
    const first = await filled('B2', 4)
    const [head] = await heads('B2')
    // What it knows of that log: an event of another id at that place, and a fill that was never recorded.
    await ledger.database.pool.query('UPDATE quipu_snapshot.head SET event_id = gen_random_uuid() WHERE id = $1', [
      head?.id,
    ])
    await ledger.database.pool.query(
      `INSERT INTO quipu_snapshot.kept SELECT head, kind, 'BROKER:NEXT:2025-03-10', value
       FROM quipu_snapshot.kept WHERE head = $1 AND key = 'BROKER:X1:2025-03-10'`,
      [head?.id],
    )
    await expectKnown('B2', first)
    expect((await heads('B2'))[0]?.id).not.toBe(head?.id)
  })

  it('because it has another shape is left alone, and thrown away by the next start', async () => {
    const first = await filled('B3', 4)
    const other = "UPDATE quipu_snapshot.head SET shape = 'portfolio 0' WHERE stream = 'portfolio-B3'"
    await ledger.database.pool.query(other)
    expect(await expectKnown('B3', first)).toBe(0n)
    expect(await heads('B3')).toMatchObject([{ shape: 'portfolio 0' }])
    const before = await heads('B2')
    await snapshots.forgetOthers([model.layers.shape], new AbortController().signal)
    expect([await heads('B3'), await heads('B2')]).toStrictEqual([[], before])
    const { rows } = await ledger.database.pool.query(
      'SELECT head FROM quipu_snapshot.kept WHERE head NOT IN (SELECT id FROM quipu_snapshot.head)',
    )
    expect(rows).toStrictEqual([])
  })

  it('because it is damaged is left alone, and replaced', async () => {
    const { pool } = ledger.database
    failures.length = 0
    const first = await filled('B8', 4)
    const [head] = await heads('B8')
    await pool.query("UPDATE quipu_snapshot.head SET state = '7' WHERE id = $1", [head?.id])
    expect(await expectKnown('B8', first)).toBe(0n)
    const [second] = await heads('B8')
    expect(second?.id).not.toBe(head?.id)
    // Rows that are missing: an order's fills were saved, the order was not; and what comes next ends the order.
    const handler = withSnapshots()
    const terms = { source: 'BROKER', instrument: 'ABC', side: 'buy', tradeDate: '2025-03-10', orderType: 'market' }
    const order = placeOrder.parse({ ...terms, order: 'O1', quantity: '30', placedAt: '2025-03-10T14:00:00Z' })
    await outcomeOf(handler, 'B8', { type: 'PlaceOrder', order, knowledge: ledger.app.directory })
    await handler.close()
    const unsaving = new CommandHandler({ log })
    await outcomeOf(unsaving, 'B8', { type: 'EndOrder', order: 'O1', outcome: 'cancelled', at: '2025-03-12T20:00:00Z' })
    await pool.query('DELETE FROM quipu_snapshot.kept WHERE head = $1', [second?.id])
    expect(await outcomeOf(withSnapshots(), 'B8', fill('X1'))).toStrictEqual({ ...first[1], alreadyThere: true })
    expect(failures.length).toBeGreaterThan(0)
    failures.length = 0
  })

  it('because a crash of the database took back what was saved is not gone on with', async () => {
    const { pool } = ledger.database
    const first = await filled('B9', 3)
    const [head] = await heads('B9')
    const taken = await pool.query<{ kind: string; key: string }>(
      'SELECT kind, key FROM quipu_snapshot.kept WHERE head = $1',
      [head?.id],
    )
    const running = withSnapshots({ keptMax: 0 })
    for (let i = 3; i < 6; i++) first.push(await outcomeOf(running, 'B9', fill(`X${i}`)))
    await vi.waitFor(async () => expect(await heads('B9')).toMatchObject([{ revision: '6' }]), 10_000)
    // Everything that is saved leaves memory; and then the server loses its last commits.
    for (let i = 0; i < 64; i++) await running.look('portfolio-B9', model, ({ revision }) => revision)
    await pool.query(
      `UPDATE quipu_snapshot.head SET revision = 3,
         event_id = (SELECT event_id FROM quipu_log.event WHERE stream = 'portfolio-B9' AND revision = 3) WHERE id = $1`,
      [head?.id],
    )
    await pool.query('DELETE FROM quipu_snapshot.kept WHERE head = $1 AND NOT (kind || key) = ANY ($2)', [
      head?.id,
      taken.rows.map(({ kind, key }) => kind + key),
    ])
    // X4 would be new to the rows of revision 3.
    expect(await outcomeOf(running, 'B9', fill('X4'))).toStrictEqual({ ...first[4], alreadyThere: true })
    await expectKnown('B9', first, running)
    for (const i of [3, 5])
      expect(await outcomeOf(withSnapshots(), 'B9', fill(`X${i}`))).toStrictEqual({ ...first[i], alreadyThere: true })
  })

  it('because it went away under a running process costs a reading of the stream, no answer', async () => {
    const first = await filled('B4', 6)
    const running = withSnapshots()
    await outcomeOf(running, 'B4', fill('X0'))
    await ledger.database.pool.query('TRUNCATE quipu_snapshot.head, quipu_snapshot.kept')
    await expectKnown('B4', first, running)
    expect(await heads('B4')).toMatchObject([{ revision: '7' }])
  })

  it('because another process has moved it on is read anew', async () => {
    const first = await filled('B5', 3)
    const running = withSnapshots()
    expect(await outcomeOf(running, 'B5', fill('X0'))).toMatchObject({ alreadyThere: true })
    const other = withSnapshots()
    for (let i = 3; i < 6; i++) first.push(await outcomeOf(other, 'B5', fill(`X${i}`)))
    await other.close()
    // Rows of revision 6, and a process that knows of 3: X4 must not be new to it, nor X1 lost.
    expect(await outcomeOf(running, 'B5', fill('X4'))).toStrictEqual({ ...first[4], alreadyThere: true })
    await expectKnown('B5', first, running)
  })

  it('because another process has moved it on is not mixed with what came before', async () => {
    const first = withSnapshots()
    await outcomeOf(first, 'B7', open('B7'))
    const terms = { source: 'BROKER', instrument: 'ABC', side: 'buy', tradeDate: '2025-03-10', orderType: 'market' }
    const order = placeOrder.parse({ ...terms, order: 'O1', quantity: '30', placedAt: '2025-03-10T14:00:00Z' })
    await outcomeOf(first, 'B7', { type: 'PlaceOrder', order, knowledge: ledger.app.directory })
    await first.close()
    const ten = (execId: string) => fillCommand(fillOf(execId, { order: 'O1' }), ledger.app.directory)
    const running = withSnapshots()
    await running.look('portfolio-B7', model, ({ revision }) => revision)
    const other = withSnapshots()
    for (const execId of ['X1', 'X2']) await outcomeOf(other, 'B7', ten(execId))
    await other.close()
    // 30 ordered, 20 filled: the ten that are left are no more than that, however the two fills became known.
    expect(await outcomeOf(running, 'B7', ten('X3'))).toMatchObject({ alreadyThere: false, warnings: [] })
    expect(await outcomeOf(running, 'B7', ten('X4'))).toMatchObject({ warnings: [{ code: 'order-overfilled' }] })
  })

  it('or cannot be read at all is told of, and done without', async () => {
    const first = await filled('B6', 3)
    const { pool } = ledger.database
    const broken: Snapshots = {
      ...snapshots,
      head: () => pool.query('SELECT no_such_column').then(() => undefined),
      save: () => pool.query('SELECT no_such_column').then(() => ({ outcome: 'gone' })),
    }
    failures.length = 0
    expect(await expectKnown('B6', first, withSnapshots({ snapshots: broken }))).toBe(0n)
    expect(failures.length).toBeGreaterThan(0)
    failures.length = 0
    const halfBroken: Snapshots = {
      ...snapshots,
      rows: () => pool.query('SELECT no_such_column').then(() => undefined),
    }
    const known = [...first, await outcomeOf(new CommandHandler({ log }), 'B6', fill('NEXT'))]
    expect(known).toHaveLength(4)
    const handler = withSnapshots({ snapshots: halfBroken })
    for (let i = 0; i < 3; i++)
      expect(await outcomeOf(handler, 'B6', fill(`X${i}`))).toStrictEqual({ ...first[i], alreadyThere: true })
    expect(failures.length).toBeGreaterThan(0)
    failures.length = 0
  })
})

describe('a bulk for a stream that is not in memory', () => {
  const bulk = (handler: CommandHandler) => new Bulk(handler, ledger.app.directory, silentAdvisor)

  it('loads what all its lines need together', async () => {
    await filled('C1', 2)
    async function* lines() {
      for (let i = 0; i < 500; i++) yield JSON.stringify({ type: 'fill', ...fillLine(`X${i}`, { order: `O${i % 7}` }) })
    }
    const handler = withSnapshots()
    loads = 0
    const verdicts = new Map<string, number>()
    for await (const { verdict } of bulk(handler).activity(lines(), { context: OMS, portfolio: 'C1' }))
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
    // X0 and X1 were recorded before, without an order.
    expect([...verdicts]).toStrictEqual([
      ['refused', 2],
      ['accepted', 498],
    ])
    // Messages, then orders, then what was filled under them.
    expect(loads).toBeLessThanOrEqual(3)
    await handler.close()
  })
})

describe('memory', () => {
  it('is bounded: a portfolio that is written to all the time lets go of what is saved, and still knows it', async () => {
    const handler = withSnapshots({ saveEvery: 50, keptMax: 200 })
    await outcomeOf(handler, 'D1', open('D1'))
    const fills = Array.from({ length: 1500 }, (_, i) => fill(`X${i}`))
    let most = 0
    for (let i = 0; i < fills.length; i += 5) {
      await verdictsOf(handler, 'D1', fills.slice(i, i + 5))
      most = Math.max(most, handler.kept)
    }
    // 1,500 messages and more came by. Between two looks are 64 commands of 5 lines, and what is being saved must stay.
    expect(most).toBeLessThan(1200)
    await vi.waitFor(async () => {
      for (let i = 0; i < 64; i++) await handler.look('portfolio-D1', model, ({ revision }) => revision)
      expect(handler.kept).toBeLessThanOrEqual(200)
    })
    const again = await verdictsOf(handler, 'D1', [...fills.slice(0, 3), ...fills.slice(-3)])
    expect(again).toMatchObject(Array.from({ length: 6 }, () => ({ verdict: 'already' })))
    expect((await eventsOf('D1')).length).toBe(1501)
    await handler.close()
  })

  it('is bounded over many portfolios: the least recently used are forgotten, and saved before', async () => {
    const handler = withSnapshots({ saveEvery: 20, keptMax: 100 })
    const names = Array.from({ length: 30 }, (_, i) => `E${i}`)
    for (const name of names) {
      await outcomeOf(handler, name, open(name))
      await verdictsOf(
        handler,
        name,
        Array.from({ length: 20 }, (_, i) => fill(`X${i}`)),
      )
    }
    await vi.waitFor(async () => {
      for (let i = 0; i < 64; i++) await handler.look('portfolio-E0', model, ({ revision }) => revision)
      expect(handler.kept).toBeLessThanOrEqual(100)
    })
    await handler.close()
    for (const name of names) expect(await heads(name)).toMatchObject([{ revision: '20' }])
  })
})
