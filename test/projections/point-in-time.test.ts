// The SQL functions that people call from psql and BI tools, and the reads of the API over them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '../../src/platform/log.ts'
import { openReadModels, type ReadModels } from '../../src/projections/read-models.ts'
import { type RunningProjector, startProjector } from '../../src/projections/start-projector.ts'
import { type ProjectionDatabase, projectionDatabase } from './database.ts'
import { contributed, filled, LedgerLog, opened } from './ledger-log.ts'
import { recordStory, type Story } from './story.ts'
import { toyLedger } from './toy-ledger.ts'

const PATIENCE_MS = 20_000

let db: ProjectionDatabase
let ledger: LedgerLog
let projector: RunningProjector
let reads: ReadModels
let story: Story
let firstFill: bigint
let secondFill: bigint
beforeAll(async () => {
  db = await projectionDatabase()
  ledger = await LedgerLog.open(db.fresh.url)
  projector = await startProjector({
    pool: db.pool,
    log: ledger.log,
    logger: createLogger('error'),
    makeLedger: () => toyLedger(),
  })
  reads = openReadModels(db.pool, projector)
  story = await recordStory(ledger)
  // Q trades twice on one day in New York, at 10:00 and at 15:00 (14:00 and 19:00 UTC), and once without a moment.
  await ledger.record('portfolio-Q', opened('Q'), contributed('c1', '1000.50'))
  firstFill = await ledger.record(
    'portfolio-Q',
    filled('A', { executedAt: '2025-03-14T14:00:00Z', quantity: '1', consideration: '10' }),
  )
  secondFill = await ledger.record(
    'portfolio-Q',
    filled('B', { executedAt: '2025-03-14T19:00:00Z', quantity: '2', consideration: '20' }),
  )
  const last = await ledger.record('portfolio-Q', filled('C', { quantity: '4', consideration: '40' }))
  for (const portfolio of [...story.portfolios, 'Q'])
    expect(await projector.waitFor({ portfolio }, last, PATIENCE_MS)).toBe(true)
  expect(await projector.waitFor({ shared: true }, last, PATIENCE_MS)).toBe(true)
})
afterAll(async () => {
  await projector?.stop()
  await ledger?.close()
  await db?.drop()
})

const unitsOfQ = async (effectiveAt: string | null, asAt: string | null = null, more = '') =>
  (await db.pool.query(`SELECT sum(units) AS units FROM quipu.positions_at('{Q}', $1, $2${more})`, [effectiveAt, asAt]))
    .rows[0]?.units

describe('positions_at and its sisters', () => {
  it('answer a date after its last phase, and an instant with the trades up to it', async () => {
    expect(await unitsOfQ('2025-03-13')).toBeNull()
    expect(await unitsOfQ('2025-03-14')).toBe('7')
    expect(await unitsOfQ('2025-03-14T13:59:59Z')).toBeNull()
    expect(await unitsOfQ('2025-03-14T14:00:00Z')).toBe('1')
    expect(await unitsOfQ('2025-03-14T15:00:00-04:00')).toBe('3')
    // Already the 15th in UTC, still the 14th in the portfolio's New York: the trade without a moment is not in yet.
    expect(await unitsOfQ('2025-03-15T03:00:00Z')).toBe('3')
    expect(await unitsOfQ('2025-03-15T04:00:00Z')).toBe('7')
  })

  it('answer as known at a position, at an instant, and between two units as at the end of the one before', async () => {
    expect(await unitsOfQ(null, String(firstFill))).toBe('1')
    expect(await unitsOfQ(null, String(secondFill))).toBe('3')
    const { rows } = await db.pool.query<{ known_at: string }>('SELECT known_at FROM quipu.units WHERE position = $1', [
      secondFill,
    ])
    expect(await unitsOfQ(null, rows[0]!.known_at)).toBe('3')
    expect(await unitsOfQ(null, rows[0]!.known_at.replace(/\d\d\.000000Z$/, '00Z'))).not.toBe('3')
    expect(await unitsOfQ(null, '2020-01-01T00:00:00Z')).toBeNull()
  })

  it('give the same on the accounting basis and in the settlement view when nothing was sealed and all is settled', async () => {
    expect(await unitsOfQ('2025-03-14', null, ", 'trade', 'accounting'")).toBe('7')
    expect(await unitsOfQ('2025-03-14', null, ", 'settlement'")).toBe('7')
    expect(await unitsOfQ('2025-03-14', null, ", 'trade', 'economic', 'USD', 'main'")).toBe('7')
    expect(await unitsOfQ('2025-03-14', null, ", 'trade', 'economic', 'base', 'other'")).toBeNull()
  })

  it('agree with each other: lots sum to positions, and the trial balance sums to zero', async () => {
    const { rows } = await db.pool.query(`
      SELECT instrument, units, cost FROM (
        SELECT portfolio, instrument, side, sum(units) units, sum(cost) cost FROM quipu.positions_at(NULL) GROUP BY 1, 2, 3
        EXCEPT SELECT portfolio, instrument, side, sum(units), sum(cost) FROM quipu.lots_at(NULL) GROUP BY 1, 2, 3) x`)
    expect(rows).toStrictEqual([])
    const balance = await db.pool.query(
      'SELECT currency, sum(local) AS local, sum(base) AS base FROM quipu.trial_balance_at(NULL) GROUP BY 1 ORDER BY 1',
    )
    expect(balance.rows).toStrictEqual([
      { currency: 'EUR', local: '0', base: '0' },
      { currency: 'USD', local: '0', base: '0' },
    ])
  })

  it('answer for a set of portfolios, and for all', async () => {
    const { rows } = await db.pool.query("SELECT DISTINCT portfolio FROM quipu.cash_at('{P1,Q}') ORDER BY 1")
    expect(rows).toStrictEqual([{ portfolio: 'P1' }, { portfolio: 'Q' }])
  })

  it.each([
    [
      "SELECT * FROM quipu.positions_at('{Q}', NULL, '999999')",
      'QP001',
      /projected to position \d+, not yet to 999999/,
    ],
    [
      "SELECT * FROM quipu.lots_at('{Q}', NULL, NULL, 'trade', 'economic', 'EUR')",
      'QP002',
      /kept in USD, not in 'EUR'/,
    ],
    ["SELECT * FROM quipu.cash_at('{NOBODY}')", 'QP003', /portfolio 'NOBODY' is unknown/],
    ["SELECT * FROM quipu.cash_at('{Q}', 'yesterday')", 'QP004', /'yesterday' cannot be read as effective_at/],
    ["SELECT * FROM quipu.cash_at('{Q}', '2025-03-14 10:00')", 'QP004', /cannot be read as effective_at/],
    ["SELECT * FROM quipu.positions_at('{Q}', NULL, NULL, 'gross')", 'QP004', /'gross' is no view/],
    ["SELECT * FROM quipu.trial_balance_at('{Q}', NULL, NULL, 'trade', 'cash')", 'QP004', /'cash' is no basis/],
  ])('refuse: %s', async (statement, code, message) => {
    const refused = await db.pool.query(statement).then(
      () => undefined,
      (error: Error & { code: string; hint: string }) => error,
    )
    expect(refused?.code).toBe(code)
    expect(refused?.message).toMatch(message)
    expect(refused?.hint).toMatch(/\w/)
  })

  it('answer the role quipu_reader', async () => {
    const client = await db.pool.connect()
    try {
      // Since PostgreSQL 16 the maker of a role may use it only when told so.
      await client.query('BEGIN; GRANT quipu_reader TO CURRENT_USER; SET LOCAL ROLE quipu_reader')
      expect((await client.query("SELECT units FROM quipu.positions_at('{Q}')")).rows).toStrictEqual([{ units: '7' }])
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })
})

describe('reads', () => {
  it('answer with what they were made from', async () => {
    const answer = await reads.positions({ portfolios: ['Q'], effectiveAt: '2025-03-14', asAt: String(secondFill) })
    expect(answer.rows.map(({ instrument, units, settledUnits }) => [instrument, units, settledUnits])).toStrictEqual([
      ['XYZ', '3', '3'],
    ])
    expect(answer.at).toStrictEqual({
      position: String(secondFill),
      lanePosition: String(projector.position),
      generation: 1,
      bookVersion: 'toy',
      effectiveAt: '2025-03-14',
    })
    expect(answer.next).toBeNull()
  })

  it('page by key, and every page holds at the position of the first, whatever is recorded meanwhile', async () => {
    const first = await reads.activity({ portfolios: ['Q'] }, { limit: 2 })
    expect(first.rows.map(({ fact }) => fact)).toStrictEqual(['contribution:c1', 'fill:B:2025-03-14:A'])
    const meanwhile = await ledger.record(
      'portfolio-Q',
      filled('D', { tradeDate: '2025-03-28', quantity: '8', consideration: '80' }),
    )
    await reads.awaitPosition(['Q'], meanwhile, PATIENCE_MS)
    const second = await reads.activity({ portfolios: ['Q'] }, { limit: 2, cursor: first.next ?? '' })
    expect(second.rows.map(({ fact }) => fact)).toStrictEqual(['fill:B:2025-03-14:B', 'fill:B:2025-03-14:C'])
    expect(second.next).toBeNull()
    expect(second.at.position).toBe(first.at.position)
    expect(
      (await reads.activity({ portfolios: ['Q'] }, { from: '2025-03-20' })).rows.map(({ fact }) => fact),
    ).toStrictEqual(['fill:B:2025-03-28:D'])
  })

  it('wait for a position, and refuse in time when it is not reached', async () => {
    const position = await ledger.record(
      'portfolio-Q',
      filled('E', { tradeDate: '2025-03-29', quantity: '1', consideration: '1' }),
    )
    // As another process would: it has no projector to ask.
    await openReadModels(db.pool).awaitPosition(['Q'], position, PATIENCE_MS)
    await expect(reads.awaitPosition(['Q'], position + 1000n, 50)).rejects.toThrow(/not at position/)
  })

  it('refuse with the same words as the SQL functions', async () => {
    const refusal = (read: Promise<unknown>) =>
      read.then(
        () => undefined,
        (error: { refusal: { code: string } }) => error.refusal.code,
      )
    expect(await refusal(reads.cash({ portfolios: ['NOBODY'] }))).toBe('unknown-portfolio')
    expect(await refusal(reads.cash({ portfolios: ['Q'], asAt: '99999999' }))).toBe('not-yet-projected')
    expect(await refusal(reads.cash({ portfolios: ['Q'], effectiveAt: 'noon' }))).toBe('unreadable-time')
    expect(await refusal(reads.prices({ asAt: '99999999' }))).toBe('not-yet-projected')
    expect(await refusal(reads.cash({ portfolios: ['Q'] }, { cursor: 'nonsense' }))).toBe('bad-cursor')
  })

  it('show orders with what filled them, through a correction and the end of the order', async () => {
    // Ordered 150: filled 100 + 50, corrected to 100 + 60.
    const { rows } = await reads.orders({ portfolios: ['P1'] }, { order: 'O1' })
    expect(
      rows.map(({ orderId, status, quantity, filled: done, leaves }) => [orderId, status, quantity, done, leaves]),
    ).toStrictEqual([['O1', 'filled', '150', '160', '0']])
  })

  it('show prices and rates with their corrections, as known at each position', async () => {
    const before = String(story.last - 1n)
    const price = async (asAt?: string) =>
      (await reads.prices({ instrument: 'XYZ', asAt })).rows.map((row) => [row.price, row.cause])
    expect(await price(before)).toStrictEqual([['10.5', null]])
    expect(await price()).toStrictEqual([['10.6', 'late print']])
    expect(
      (await reads.rates({ from: '2025-03-14' })).rows.map((row) => [row.rateDate, row.base, row.quote, row.rate]),
    ).toStrictEqual([
      ['2025-03-14', 'EUR', 'USD', '1.15'],
      ['2025-03-18', 'EUR', 'USD', '1.12'],
    ])
  })

  it('show instruments by any identifier, what is parked, portfolios and owners', async () => {
    expect(
      (await reads.instruments({ identifier: { scheme: 'ticker', value: 'XYZ' } })).rows.map(
        ({ instrument, name, quantityPlaces }) => [instrument, name, quantityPlaces],
      ),
    ).toStrictEqual([['XYZ', 'XYZ Corp', 0]])
    expect(
      (await reads.actions({ instrument: 'XYZ' })).rows.map(({ action, caev, exDate, status }) => [
        action,
        caev,
        exDate,
        status,
      ]),
    ).toStrictEqual([['S1', 'SPLF', '2025-03-21', 'announced']])
    expect((await reads.parked({ portfolios: ['P2'] })).rows.map(({ fact, because }) => [fact, because])).toStrictEqual(
      [['fill:B:2025-03-14:Z1', 'unknown-instrument']],
    )
    expect(
      (await reads.portfolios({ portfolios: null })).rows.map(({ portfolio, baseCurrency, sleeves }) => [
        portfolio,
        baseCurrency,
        sleeves,
      ]),
    ).toStrictEqual([
      ['P1', 'USD', ['main']],
      ['P2', 'USD', ['main']],
      ['Q', 'USD', ['main']],
    ])
    expect(
      (await reads.ownerLinks({ owner: 'O' })).rows.map(({ portfolio, validFrom }) => [portfolio, validFrom]),
    ).toStrictEqual([['P1', '2025-01-02']])
    expect(
      (
        await reads.journal({ portfolios: ['Q'], asAt: String(firstFill) }, { entry: 'fill:B:2025-03-14:A/trade' })
      ).rows.map(({ line, account, local, flags }) => [line, account, local, flags]),
    ).toStrictEqual([
      [1, 1100, '10', []],
      [2, 2200, '-10', []],
      [3, 8000, '0', []],
    ])
    expect(
      (await reads.availableToSell({ portfolios: ['Q'], effectiveAt: '2025-03-14' })).rows.map(
        ({ held, onOrder, available }) => [held, onOrder, available],
      ),
    ).toStrictEqual([['7', '0', '7']])
    expect((await reads.breaks({ portfolios: null })).rows).toStrictEqual([])
    expect((await reads.disposals({ portfolios: null })).rows).toStrictEqual([])
    expect(
      (await reads.trialBalance({ portfolios: ['Q'], effectiveAt: '2025-03-13' })).rows.map(
        ({ account, name, local }) => [account, name, local],
      ),
    ).toStrictEqual([
      [1000, 'cash', '1000.5'],
      [3000, 'contributions', '-1000.5'],
    ])
  })
})
