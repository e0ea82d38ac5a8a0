// Lanes under stress: poison, lost connections, restarts, redelivery, two projectors, small memory.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from '../../src/platform/log.ts'
import { verify } from '../../src/projections/generations/verify.ts'
import type { Applied } from '../../src/projections/runtime/watch.ts'
import { type RunningProjector, startProjector } from '../../src/projections/start-projector.ts'
import { openPool } from '../../src/projections/schema/connection.ts'
import { type ProjectionDatabase, projectionDatabase } from './database.ts'
import { contributed, filled, LedgerLog, opened, rate, registered } from './ledger-log.ts'
import { recordStory } from './story.ts'
import { POISON, type ToyOptions, toyLedger } from './toy-ledger.ts'

const PATIENCE_MS = 15_000
const logger = createLogger('silent')

let db: ProjectionDatabase
let ledger: LedgerLog
let running: RunningProjector[]
let pools: ProjectionDatabase['pool'][]
beforeEach(async () => {
  db = await projectionDatabase()
  ledger = await LedgerLog.open(db.fresh.url)
  running = []
  pools = []
})
afterEach(async () => {
  for (const projector of running) await projector.stop()
  for (const pool of pools) await pool.end()
  await ledger.close()
  await db.drop()
})

const start = async (
  toy: ToyOptions = {},
  more: { readonly hotBooks?: number; readonly pool?: ProjectionDatabase['pool'] } = {},
) => {
  const projector = await startProjector({
    pool: db.pool,
    log: ledger.log,
    logger,
    makeLedger: () => toyLedger(toy),
    ...more,
  })
  running.push(projector)
  return projector
}
/** A pool that only one projector uses, so that a test may break it. */
const ownPool = () => {
  const pool = openPool(db.fresh.url)
  pools.push(pool)
  return pool
}
const verified = () => verify({ pool: db.pool, log: ledger.log, ledger: toyLedger() })
const reach = async (projector: RunningProjector, portfolios: readonly string[], position: bigint) => {
  for (const portfolio of portfolios) expect(await projector.waitFor({ portfolio }, position, PATIENCE_MS)).toBe(true)
}

describe('poison', () => {
  it('stops its lane alone, loudly, keeping what came before; the others run on, and the lane can be taken up again', async () => {
    let poisonous = true
    const projector = await start({ isPoisonous: () => poisonous })
    await ledger.record('portfolio-P1', opened('P1'))
    await ledger.record('portfolio-P2', opened('P2'))
    const before = await ledger.record('portfolio-P1', filled('X1'))
    const poison = await ledger.record('portfolio-P1', filled(POISON))
    await ledger.record('portfolio-P1', filled('X2'))
    const last = await ledger.record('portfolio-P2', filled('Y1'))
    await reach(projector, ['P2'], last)
    await reach(projector, ['P1'], before)
    expect(await projector.waitFor({ portfolio: 'P1' }, poison, 200)).toBe(false)

    const { rows } = await db.pool.query(
      "SELECT portfolio, position, status, failed_position, failed_type, error FROM quipu.lane WHERE projection = 'book' ORDER BY 1",
    )
    expect(rows).toMatchObject([
      {
        portfolio: 'P1',
        position: String(before),
        status: 'poisoned',
        failed_position: String(poison),
        failed_type: 'FillExecuted',
        error: expect.stringMatching(/makes no sense/),
      },
      { portfolio: 'P2', position: String(last), status: 'running', failed_position: null },
    ])
    expect(projector.lanes().find(({ portfolio }) => portfolio === 'P1')).toMatchObject({
      status: 'poisoned',
      failed: { position: poison },
    })
    await expect(db.pool.query("SELECT * FROM quipu.positions_at('{P1}', NULL, $1)", [String(poison)])).rejects.toThrow(
      /projected to position .*, not yet to/,
    )

    poisonous = false
    await projector.resume('P1')
    await reach(projector, ['P1'], last)
    expect((await db.pool.query("SELECT sum(units) AS units FROM quipu.positions_at('{P1}')")).rows).toStrictEqual([
      { units: '300' },
    ])
  })

  it('stays stopped over a restart', async () => {
    const first = await start()
    await ledger.record('portfolio-P1', opened('P1'))
    const poison = await ledger.record('portfolio-P1', filled(POISON))
    expect(await first.waitFor({ portfolio: 'P1' }, poison, 300)).toBe(false)
    await first.stop()
    const second = await start()
    expect(second.lanes().find(({ portfolio }) => portfolio === 'P1')?.status).toBe('poisoned')
  })

  it('is an entry that does not balance, too: the journal itself refuses it', async () => {
    const ledgerThatLies = toyLedger()
    const lying = {
      ...ledgerThatLies,
      book: (portfolio: string) => {
        const book = ledgerThatLies.book(portfolio)
        return {
          learnAll: book.learnAll.bind(book),
          learn: (unit: Parameters<typeof book.learn>[0]) => {
            const difference = book.learn(unit)
            return { ...difference, postings: difference.postings.filter(({ account }) => account !== 3000) }
          },
        }
      },
    }
    const projector = await startProjector({ pool: db.pool, log: ledger.log, logger, makeLedger: () => lying })
    running.push(projector)
    await ledger.record('portfolio-P1', opened('P1'))
    const fine = await ledger.record('portfolio-P1', filled('X1'))
    const bad = await ledger.record('portfolio-P1', contributed('c1', '5'))
    await reach(projector, ['P1'], fine)
    expect(await projector.waitFor({ portfolio: 'P1' }, bad, 300)).toBe(false)
    expect(projector.lanes().find(({ portfolio }) => portfolio === 'P1')?.failed?.error).toMatch(/does not balance/)
  })
})

describe('a restart', () => {
  it('takes up where the checkpoints stand: nothing twice, nothing lost', async () => {
    const first = await start()
    const { portfolios } = await recordStory(ledger)
    await first.stop() // whatever it had done by then
    const second = await start()
    const last = await ledger.record('portfolio-P1', filled('Z9'))
    await reach(second, portfolios, last)
    await second.waitFor({ shared: true }, last, PATIENCE_MS)
    expect((await verified()).differences).toStrictEqual([])
  })

  it('reads a log that was recorded while nobody projected in bulk, with the same outcome', async () => {
    const { last, portfolios } = await recordStory(ledger)
    const projector = await start()
    await reach(projector, portfolios, last)
    await projector.waitFor({ shared: true }, last, PATIENCE_MS)
    const certificate = await verified()
    expect(certificate.differences).toStrictEqual([])
    expect(certificate.rowsCompared).toBeGreaterThan(80)
  })

  it('finds its book again when memory held only one', async () => {
    const projector = await start({}, { hotBooks: 1 })
    const { portfolios } = await recordStory(ledger)
    let last = 0n
    for (let i = 0; i < 6; i++)
      for (const p of portfolios) last = await ledger.record(`portfolio-${p}`, filled(`M${i}`))
    await reach(projector, portfolios, last)
    await projector.waitFor({ shared: true }, last, PATIENCE_MS)
    expect((await verified()).differences).toStrictEqual([])
  })
})

describe('connections that die', () => {
  it('leave every lane where its checkpoint says, and the work goes on', async () => {
    const pool = ownPool()
    const projector = await start({}, { pool })
    await ledger.record('portfolio-P1', opened('P1'))
    let last = 0n
    for (let i = 0; i < 30; i++) {
      last = await ledger.record('portfolio-P1', filled(`K${i}`))
      if (i % 5 === 2)
        await db.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'quipu-projector'",
        )
    }
    await reach(projector, ['P1'], last)
    expect((await db.pool.query("SELECT sum(units) AS units FROM quipu.positions_at('{P1}')")).rows).toStrictEqual([
      { units: '3000' },
    ])
    expect((await verified()).differences).toStrictEqual([])
  })
})

describe('a lane that fell behind', () => {
  it('takes in so many events at a time, however large the units are: the process goes on with others in between', async () => {
    const projector = await start()
    let before = await ledger.record('portfolio-P1', opened('P1'))
    await reach(projector, ['P1'], before)
    const commits: number[] = []
    projector.onApplied(({ portfolio, position }) => {
      if (portfolio !== 'P1') return
      commits.push(Number(position - before))
      before = position
    })
    const holder = await db.pool.connect()
    await holder.query("BEGIN; SELECT 1 FROM quipu_g1.lane WHERE portfolio = 'P1' FOR UPDATE")
    let last = 0n
    for (let i = 0; i < 12; i++)
      last = await ledger.record('portfolio-P1', ...Array.from({ length: 250 }, (_, n) => filled(`B${i}-${n}`)))
    await holder.query('COMMIT')
    holder.release()
    await reach(projector, ['P1'], last)
    expect(commits.reduce((sum, events) => sum + events, 0)).toBe(12 * 250)
    // A thousand, and no unit is cut.
    expect(Math.max(...commits)).toBeLessThanOrEqual(1000)
  })
})

describe('a commit whose outcome is unknown', () => {
  it.each([
    ['happened', true],
    ['did not happen', false],
  ])('that %s is resolved by the checkpoint, never guessed', async (_, happens) => {
    const pool = ownPool()
    const lost = losingCommits(pool, happens)
    const projector = await start({}, { pool })
    await ledger.record('portfolio-P1', opened('P1'))
    let last = 0n
    for (let i = 0; i < 5; i++) {
      lost.next = 2
      last = await ledger.record('portfolio-P1', filled(`U${i}`))
      await reach(projector, ['P1'], last)
    }
    expect(lost.count).toBeGreaterThanOrEqual(10)
    expect((await db.pool.query("SELECT sum(units) AS units FROM quipu.positions_at('{P1}')")).rows).toStrictEqual([
      { units: '500' },
    ])
    expect((await verified()).differences).toStrictEqual([])
  })
})

/** Cuts the connection at the next COMMITs: after the server has done it, or before it has heard of it. */
function losingCommits(pool: ProjectionDatabase['pool'], happens: boolean): { next: number; count: number } {
  const lost = { next: 0, count: 0 }
  const wrapped = new WeakSet<object>()
  pool.on('acquire', (client) => {
    if (wrapped.has(client)) return
    wrapped.add(client)
    const query = client.query
    client.query = ((...args: Parameters<typeof query>) => {
      const statement: unknown = args[0]
      if (statement !== 'COMMIT' || lost.next === 0) return query.apply(client, args)
      lost.next--
      lost.count++
      const done = happens ? Promise.resolve(query.apply(client, args)) : Promise.resolve()
      return done.then(() => Promise.reject(new Error('Connection terminated unexpectedly')))
    }) as typeof query
  })
  return lost
}

describe('two projectors', () => {
  it('never write together: the second stands by, and takes over when the first ends', async () => {
    const first = await start()
    const second = await start()
    expect(first.generation).toBe(1)
    expect(second.generation).toBeUndefined()
    await ledger.record('portfolio-P1', opened('P1'))
    const one = await ledger.record('portfolio-P1', filled('X1'))
    await reach(first, ['P1'], one)
    await first.stop()
    const two = await ledger.record('portfolio-P1', filled('X2'))
    await reach(second, ['P1'], two)
    expect((await verified()).differences).toStrictEqual([])
  })
})

describe('knowledge shared by portfolios', () => {
  it('reaches exactly those that it concerns', async () => {
    const learned: string[] = []
    const projector = await start({ onLearn: (portfolio, { position }) => learned.push(`${portfolio}@${position}`) })
    await ledger.record('portfolio-P1', opened('P1'), filled('X1'))
    await ledger.record(
      'portfolio-P2',
      opened('P2', { fx: { source: 'other', fixing: 'noon', pivot: 'EUR', calendar: 'TARGET' } }),
    )
    const instrument = await ledger.record('instrument-XYZ', registered('XYZ'))
    const fixing = await ledger.record('fx-ecb-2025-03', rate('2025-03-03', '2'))
    await reach(projector, ['P1', 'P2'], fixing)
    expect(learned).toContain(`P1@${instrument}`)
    expect(learned).toContain(`P1@${fixing}`)
    expect(learned).not.toContain(`P2@${instrument}`)
    expect(learned).not.toContain(`P2@${fixing}`)
  })

  it('ends the wait of foreign money for its rate at the position where the rate became known', async () => {
    const projector = await start()
    await ledger.record('portfolio-P1', opened('P1'))
    const waiting = await ledger.record('portfolio-P1', contributed('c1', '500', { currency: 'EUR' }))
    const known = await ledger.record('fx-ecb-2025-03', rate('2025-03-03', '2'))
    await reach(projector, ['P1'], known)
    const cash = async (at: bigint) =>
      (await db.pool.query("SELECT amount, base_amount, pending FROM quipu.cash_at('{P1}', NULL, $1)", [String(at)]))
        .rows
    expect(await cash(waiting)).toStrictEqual([{ amount: '500', base_amount: null, pending: true }])
    expect(await cash(known)).toStrictEqual([{ amount: '500', base_amount: '1000', pending: false }])
  })
})

describe('whoever waits', () => {
  it('is never told too early: not even between the commit that hands a unit out and the lane that gets it', async () => {
    const pool = ownPool()
    const projector = await start({}, { pool })
    const early: string[] = []
    let looks = 0
    // Every unit here is P1's own, so its lane can answer exactly as far as it has applied.
    const look = () => {
      const lane = projector.lanes().find(({ portfolio }) => portfolio === 'P1')
      if (lane === undefined) return
      looks++
      // Positions count from 1 without gaps; a lane that has applied nothing is before the first.
      if (lane.projectedTo > (lane.position < 0n ? 0n : lane.position))
        early.push(`${lane.projectedTo} at ${lane.position}`)
    }
    afterCommits(pool, look)
    await reach(projector, ['P1'], await ledger.record('portfolio-P1', opened('P1')))
    // One by one: only a lane with nothing to do can claim too much.
    for (let i = 0; i < 5; i++) await reach(projector, ['P1'], await ledger.record('portfolio-P1', filled(`W${i}`)))
    expect(looks).toBeGreaterThan(0)
    expect(early).toStrictEqual([])
  })
})

/** Looks again and again in the turns of the microtask queue that follow each commit: where one continuation hands over to the next. */
function afterCommits(pool: ProjectionDatabase['pool'], look: () => void): void {
  const TURNS = 60
  const wrapped = new WeakSet<object>()
  pool.on('acquire', (client) => {
    if (wrapped.has(client)) return
    wrapped.add(client)
    const query = client.query
    client.query = ((...args: Parameters<typeof query>) => {
      const answer = query.apply(client, args)
      const statement: unknown = args[0]
      if (statement !== 'COMMIT') return answer
      const again = (turns: number): void => {
        look()
        if (turns > 0) queueMicrotask(() => again(turns - 1))
      }
      return Promise.resolve(answer).then((result) => {
        again(TURNS)
        return result
      })
    }) as typeof query
  })
}

describe('whoever listens', () => {
  it('hears of each commit of a lane, here and in other processes', async () => {
    const projector = await start()
    const listener = await db.pool.connect()
    const told: unknown[] = []
    listener.on('notification', ({ payload }) => told.push(JSON.parse(payload ?? '{}')))
    await listener.query('LISTEN quipu_applied')
    const heard: Applied[] = []
    const off = projector.onApplied((applied) => heard.push(applied))
    const position = await ledger.record('portfolio-P1', opened('P1'))
    await reach(projector, ['P1'], position)
    off()
    expect(heard).toContainEqual({ generation: 1, projection: 'book', portfolio: 'P1', position })
    await listener.query('SELECT 1') // whatever was sent before has arrived
    listener.release(true)
    expect(told).toContainEqual({ generation: 1, projection: 'book', portfolio: 'P1', position: String(position) })
  })
})

describe('a release that computes otherwise', () => {
  it('rebuilds into a new generation before it projects, and readers never see less', async () => {
    const first = await start()
    const { last, portfolios } = await recordStory(ledger)
    await reach(first, portfolios, last)
    await first.stop()
    const second = await start({ bookVersion: 'toy-2' })
    // Meanwhile everything can be read as the old release left it.
    expect((await db.pool.query('SELECT count(*) > 0 AS some FROM quipu.journal')).rows).toStrictEqual([{ some: true }])
    await reach(second, portfolios, last)
    expect(second.generation).toBe(2)
    expect((await verify({ pool: db.pool, log: ledger.log, ledger: toyLedger() })).bookVersion).toBe('toy-2')
  })
})
