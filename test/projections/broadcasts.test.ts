// Lanes under load: what concerns a thousand portfolios at once arrives while others are loaded in bulk.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '../../src/platform/log.ts'
import { newLedger } from '../../src/projections/ledger.ts'
import type { Fold, Ledger } from '../../src/projections/runtime/fold.ts'
import { type RunningProjector, startProjector } from '../../src/projections/start-projector.ts'
import { type ProjectionDatabase, projectionDatabase } from './database.ts'
import { contributed, filled, LedgerLog, opened, rate, registered, split } from './ledger-log.ts'

const PORTFOLIOS = 1_000
/** Every so many of them hold euros, and wait for fixings to be right. */
const EUROS_EVERY = 10
const FIXINGS = 10
const LOADERS = ['L1', 'L2']
const FILLS_A_UNIT = 10
/** Its book cannot take the split in. */
const POISONED = 'P0500'
/** For a machine that does other things too; what is to be proved is counted, not timed. */
const PATIENCE_MS = 240_000

const names = Array.from({ length: PORTFOLIOS }, (_, i) => `P${String(i).padStart(4, '0')}`)
const withEuros = names.filter((_, i) => i % EUROS_EVERY === 0)
const days = Array.from({ length: FIXINGS }, (_, i) => `2025-03-${String(i + 3).padStart(2, '0')}`)

let db: ProjectionDatabase
let ledger: LedgerLog
let projector: RunningProjector

/** The real book; but one portfolio cannot learn of corporate actions. */
function ledgerWithOnePoisoned(): Ledger {
  const real = newLedger()
  const fails: Fold['learn'] = (unit) => {
    throw new Error(`event ${unit.events[0]?.id} makes no sense`)
  }
  return {
    ...real,
    book(portfolio) {
      const book = real.book(portfolio)
      if (portfolio !== POISONED) return book
      const isSplit = (unit: Parameters<Fold['learn']>[0]) =>
        unit.events.some(({ type }) => type === 'CorporateActionAnnounced')
      return {
        learnAll: book.learnAll.bind(book),
        learn: (unit) => (isSplit(unit) ? fails(unit) : book.learn(unit)),
      }
    },
  }
}

const units = async (portfolios: readonly string[], asAt: bigint | null = null) =>
  (
    await db.pool.query<{ portfolio: string; units: string }>(
      "SELECT portfolio, units FROM quipu.positions_at($1, NULL, $2) WHERE instrument = 'XYZ' ORDER BY portfolio",
      [portfolios, asAt === null ? null : String(asAt)],
    )
  ).rows

beforeAll(async () => {
  db = await projectionDatabase()
  ledger = await LedgerLog.open(db.fresh.url)
  await ledger.record('instrument-XYZ', registered('XYZ'))
  for (const day of days) await ledger.record('fx-ecb-2025-03', rate(day, '2'))
  await Promise.all(
    names.map((name) => {
      const euros = days.map((valueDate) => contributed(`c-${valueDate}`, '10', { currency: 'EUR', valueDate }))
      return ledger.record(`portfolio-${name}`, opened(name), filled('X1'), ...(withEuros.includes(name) ? euros : []))
    }),
  )
  for (const name of LOADERS) await ledger.record(`portfolio-${name}`, opened(name))
  projector = await startProjector({
    pool: db.pool,
    log: ledger.log,
    logger: createLogger('silent'),
    makeLedger: ledgerWithOnePoisoned,
  })
  expect(await projector.waitFor({ all: true }, (await ledger.log.lastPosition()) ?? 0n, PATIENCE_MS)).toBe(true)
}, 300_000)

afterAll(async () => {
  await projector?.stop()
  await ledger?.close()
  await db?.drop()
})

/** What one loader found, unit after unit. */
interface Loaded {
  readonly name: string
  position: bigint
  fills: number
  /** The most turns that other lanes had between the moment a unit was handed out and the one it could be read. */
  turnsWaited: number
  slowestMs: number
  /** Units that could be read, of those that were recorded by then. */
  readonly wrong: string[]
}

/** Records units and reads each back at its own position at once, until told that it is enough. */
async function load(name: string, enough: () => boolean): Promise<Loaded> {
  const loaded: Loaded = { name, position: 0n, fills: 0, turnsWaited: 0, slowestMs: 0, wrong: [] }
  while (!enough()) {
    const fills = Array.from({ length: FILLS_A_UNIT }, (_, i) =>
      filled(`${name}-${loaded.fills + i}`, { instrument: 'ABC' }),
    )
    const position = await ledger.record(`portfolio-${name}`, ...fills)
    loaded.position = position
    loaded.fills += FILLS_A_UNIT
    let turns = 0
    const off = projector.onApplied(({ projection, portfolio }) => {
      if (projection === 'book' && portfolio !== name && (projector.position ?? -1n) >= position) turns++
    })
    const began = performance.now()
    const seen = await projector.waitFor({ portfolio: name }, position, PATIENCE_MS)
    loaded.slowestMs = Math.max(loaded.slowestMs, performance.now() - began)
    off()
    loaded.turnsWaited = Math.max(loaded.turnsWaited, turns)
    const { rows } = await db.pool.query<{ units: string }>(
      "SELECT units FROM quipu.positions_at($1, NULL, $2) WHERE instrument = 'ABC'",
      [[name], String(position)],
    )
    // Each fill buys 100.
    if (!seen || rows[0]?.units !== String(loaded.fills * 100)) loaded.wrong.push(`${position}: ${rows[0]?.units}`)
  }
  return loaded
}

describe('a split, ten corrected fixings and a closed day that concern a thousand portfolios, during bulk loads', () => {
  let loaded: Loaded[]
  let splitAt: bigint
  let last: bigint

  beforeAll(async () => {
    let done = false
    const loading = Promise.all(LOADERS.map((name) => load(name, () => done)))
    try {
      splitAt = await ledger.record('instrument-XYZ', split('XYZ', 'split-1', '2025-03-17', '2'))
      for (const date of days)
        await ledger.record('fx-ecb-2025-03', {
          type: 'RateCorrected',
          data: {
            source: 'ecb',
            fixing: '1415-CET',
            date,
            row: { base: 'EUR', quote: 'USD', rate: '3' },
            cause: 'republished',
          },
        })
      last = await ledger.record('calendar-XNYS', {
        type: 'BusinessDayClosed',
        data: { calendar: 'XNYS', date: '2025-03-14' },
      })
      for (const name of names)
        if (name !== POISONED) expect(await projector.waitFor({ portfolio: name }, last, PATIENCE_MS)).toBe(true)
    } finally {
      done = true
    }
    loaded = await loading
    const slowest = Math.max(...loaded.map(({ slowestMs }) => slowestMs))
    console.log(
      `${loaded.length} loads; the slowest read of one's own write took ${slowest.toFixed(0)} ms, and ${Math.max(...loaded.map((one) => one.turnsWaited))} turns of others`,
    )
  }, 300_000)

  it('reach everyone they concern, and nobody twice', async () => {
    const others = names.filter((name) => name !== POISONED)
    // 100 bought on the 14th, 2 for 1 on the 17th.
    expect(await units(others)).toStrictEqual(others.map((portfolio) => ({ portfolio, units: '200' })))
    expect(await units(others, splitAt - 1n)).toStrictEqual(others.map((portfolio) => ({ portfolio, units: '100' })))
    const euros = async (asAt: bigint) =>
      (
        await db.pool.query(
          "SELECT portfolio, amount, base_amount FROM quipu.cash_at($1, NULL, $2) WHERE currency = 'EUR' ORDER BY portfolio",
          [withEuros.filter((name) => name !== POISONED), String(asAt)],
        )
      ).rows
    const worth = (base_amount: string) =>
      withEuros.filter((name) => name !== POISONED).map((portfolio) => ({ portfolio, amount: '100', base_amount }))
    // Ten times 10 EUR, at 2 each as first fixed, and at 3 as corrected.
    expect(await euros(splitAt)).toStrictEqual(worth('200'))
    expect(await euros(last)).toStrictEqual(worth('300'))
  })

  it('stop the lane alone that cannot take them in, which answers as before', async () => {
    expect(projector.lanes().filter(({ status }) => status !== 'running')).toMatchObject([
      { projection: 'book', portfolio: POISONED, status: 'poisoned', failed: { position: splitAt } },
    ])
    expect(await units([POISONED], splitAt - 1n)).toStrictEqual([{ portfolio: POISONED, units: '100' }])
    await expect(units([POISONED], last)).rejects.toThrow(/projected to position .*, not yet to/)
  })

  it('leave everyone who loads meanwhile their own writes to read, each time', () => {
    expect(loaded.map(({ name, wrong }) => [name, wrong])).toStrictEqual(LOADERS.map((name) => [name, []]))
    for (const { fills } of loaded) expect(fills).toBeGreaterThan(FILLS_A_UNIT)
  })

  it('hold nobody up until all have had them: every second turn is for who writes', () => {
    // When a unit is handed out, four lanes run, and before it may stand the other loaders and the shared tables; each of them lets
    // one of the thousand in before the next. 30 is far from a thousand, whatever the machine.
    expect(Math.max(...loaded.map(({ turnsWaited }) => turnsWaited))).toBeLessThanOrEqual(30)
  })
})
