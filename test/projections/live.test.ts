// From units in the log to rows in the read models, as they arrive.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningProjector, startProjector } from '../../src/projections/start-projector.ts'
import { createLogger } from '../../src/platform/log.ts'
import { type ProjectionDatabase, projectionDatabase } from './database.ts'
import { contributed, factOf, filled, fillTerms, LedgerLog, opened, registered } from './ledger-log.ts'

const PATIENCE_MS = 10_000

let db: ProjectionDatabase
let ledger: LedgerLog
let projector: RunningProjector
beforeAll(async () => {
  db = await projectionDatabase()
  ledger = await LedgerLog.open(db.fresh.url)
  projector = await startProjector({ pool: db.pool, log: ledger.log, logger: createLogger('warn') })
})
afterAll(async () => {
  await projector?.stop()
  await ledger?.close()
  await db?.drop()
})

const rows = async (text: string, ...values: unknown[]) => (await db.pool.query(text, values)).rows

describe('a projector', () => {
  it('turns facts into positions, lots and cash that can be read at the position the writer was answered with', async () => {
    await ledger.record('instrument-XYZ', registered('XYZ'))
    await ledger.record('portfolio-P1', opened('P1'))
    await ledger.record('portfolio-P1', contributed('c1', '5000'))
    const bought = await ledger.record('portfolio-P1', filled('X1'))
    expect(await projector.waitFor({ portfolio: 'P1' }, bought, PATIENCE_MS)).toBe(true)
    expect(
      await rows(
        "SELECT instrument, side, units, settled_units, cost, base_cost, pending, position FROM quipu.positions_at('{P1}', '2025-03-14')",
      ),
    ).toStrictEqual([
      {
        instrument: 'XYZ',
        side: 'long',
        units: '100',
        settled_units: '0',
        cost: '1000',
        base_cost: '1000',
        pending: false,
        position: String(bought),
      },
    ])
    // Settled on 17 March: 5000 - 1000
    expect(
      await rows("SELECT amount, settled, payable, base_amount FROM quipu.cash_at('{P1}', '2025-03-14')"),
    ).toStrictEqual([{ amount: '4000', settled: '5000', payable: '-1000', base_amount: '4000' }])
    expect(await rows("SELECT amount, settled, payable FROM quipu.cash_at('{P1}', '2025-03-17')")).toStrictEqual([
      { amount: '4000', settled: '4000', payable: '0' },
    ])
    expect(
      await rows("SELECT lot, acquired_on, opened_by, units, settled_units FROM quipu.lots_at('{P1}')"),
    ).toStrictEqual([
      {
        lot: 'fill:B:2025-03-14:X1',
        acquired_on: '2025-03-14',
        opened_by: 'fill:B:2025-03-14:X1',
        units: '100',
        settled_units: '100',
      },
    ])
  })

  it('keeps what was known before a bust', async () => {
    const before = projector.position
    const fill = fillTerms('X1')
    const busted = await ledger.record('portfolio-P1', {
      type: 'FillBusted',
      data: { fact: factOf(fill), execId: 'X1B', execRefId: 'X1', tradeDate: fill.tradeDate },
    })
    expect(await projector.waitFor({ portfolio: 'P1' }, busted, PATIENCE_MS)).toBe(true)
    expect(await rows("SELECT * FROM quipu.positions_at('{P1}')")).toStrictEqual([])
    expect(await rows("SELECT units FROM quipu.positions_at('{P1}', NULL, $1)", String(before))).toStrictEqual([
      { units: '100' },
    ])
    expect(
      await rows(
        'SELECT fact, status FROM quipu.activity WHERE portfolio = $1 AND known_to IS NULL ORDER BY fact',
        'P1',
      ),
    ).toStrictEqual([
      { fact: 'contribution:c1', status: 'recorded' },
      { fact: 'fill:B:2025-03-14:X1', status: 'busted' },
    ])
  })
})
