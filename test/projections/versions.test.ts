// Versions are rectangles over two times: whatever was posted, they say what the journal sums to.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Difference } from '../../src/domain/book/knowledge.ts'
import type { Posting } from '../../src/domain/book/posting.ts'
import type { RecordedUnit } from '../../src/eventstore/log.ts'
import { EMPTY_HASH } from '../../src/projections/rows/state-hash.ts'
import { storedIn, write } from '../../src/projections/runtime/model.ts'
import { PortfolioModel } from '../../src/projections/runtime/portfolio-model.ts'
import { inTransaction } from '../../src/projections/schema/generations.ts'
import {
  type Change,
  isNothing,
  plus,
  type Range,
  restep,
  type Value,
} from '../../src/projections/versions/step-function.ts'
import { liveGeneration, type ProjectionDatabase, projectionDatabase } from './database.ts'

const units = (n: string): Value => [n, '0', '0', '0']

describe('the ranges of a balance', () => {
  it('split where a late change falls, and keep what is not touched', () => {
    const ranges: Range[] = [
      { from: '2025-01-01', to: '2025-02-01', value: units('10') },
      { from: '2025-02-01', to: null, value: units('30') },
    ]
    const { removed, added } = restep(ranges, [{ date: '2025-02-10', by: units('5') }])
    expect(removed).toStrictEqual([{ from: '2025-02-01', to: null, value: units('30') }])
    expect(added).toStrictEqual([
      { from: '2025-02-01', to: '2025-02-10', value: units('30') },
      { from: '2025-02-10', to: null, value: units('35') },
    ])
  })

  it('hold a purchase in its unsettled state from trade to settlement as one range', () => {
    const ranges: Range[] = []
    restep(ranges, [
      { date: '2025-03-17', by: units('-100') },
      { date: '2025-03-14', by: units('100') },
    ])
    expect(ranges).toStrictEqual([{ from: '2025-03-14', to: '2025-03-17', value: units('100') }])
  })

  it('grow together again when a correction takes a step back', () => {
    const ranges: Range[] = []
    restep(ranges, [{ date: '2025-01-01', by: units('7') }])
    restep(ranges, [{ date: '2025-01-09', by: units('0.5') }])
    restep(ranges, [{ date: '2025-01-09', by: units('-0.5') }])
    expect(ranges).toStrictEqual([{ from: '2025-01-01', to: null, value: units('7') }])
  })

  it('are the one shortest list that says what the changes sum to, however they came', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((n) => `2025-02-${String(n).padStart(2, '0')}`)
    const amount = fc.integer({ min: -3, max: 3 }).map(String)
    const change = fc.record({ date: day, by: fc.tuple(amount, amount, amount, amount) })
    fc.assert(
      fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), (batches) => {
        const ranges: Range[] = []
        const all: Change[] = []
        for (const batch of batches) {
          restep(ranges, batch)
          all.push(...batch)
          for (let n = 1; n <= 28; n++) {
            const date = `2025-02-${String(n).padStart(2, '0')}`
            const sum = all
              .filter((one) => one.date <= date)
              .reduce<Value>((value, { by }) => plus(value, by), units('0'))
            const range = ranges.find(({ from, to }) => from <= date && (to === null || date < to))
            expect(range?.value ?? units('0')).toStrictEqual(sum)
          }
          expect(ranges.some(({ value }) => isNothing(value))).toBe(false)
          expect(
            ranges.some(
              (range, i) => ranges[i + 1]?.from === range.to && String(ranges[i + 1]?.value) === String(range.value),
            ),
          ).toBe(false)
        }
        const atOnce: Range[] = []
        restep(atOnce, all)
        expect(ranges).toStrictEqual(atOnce)
      }),
      { numRuns: 150 },
    )
  })
})

describe('version tables', () => {
  let db: ProjectionDatabase
  let schema: string
  beforeAll(async () => {
    db = await projectionDatabase()
    schema = `quipu_g${await liveGeneration(db.pool)}`
  })
  afterAll(() => db.drop())

  interface Step {
    readonly day: number
    readonly settle: number
    readonly lot: number
    readonly units: number
    readonly cents: number
    readonly pending: boolean
  }
  const step = fc.record<Step>({
    day: fc.integer({ min: 1, max: 20 }),
    settle: fc.integer({ min: 0, max: 3 }),
    lot: fc.integer({ min: 1, max: 3 }),
    units: fc.integer({ min: -5, max: 5 }),
    cents: fc.integer({ min: -500, max: 500 }),
    pending: fc.boolean(),
  })

  it('say what the journal sums to, at every date, as known at every position, however units were batched', async () => {
    let portfolio = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(step, { minLength: 1, maxLength: 4 }), fc.boolean()), {
          minLength: 1,
          maxLength: 10,
        }),
        async (history) => {
          const name = `V${++portfolio}`
          let hash = EMPTY_HASH
          let batch: { readonly unit: RecordedUnit; readonly difference: Difference }[] = []
          for (const [i, [steps, endsBatch]] of history.entries()) {
            const at = BigInt(10 * (i + 1))
            batch.push({
              unit: unitAt(at),
              difference: differenceAt(
                at,
                steps.flatMap((one, n) => lines(name, at, n, one)),
              ),
            })
            if (!endsBatch && i < history.length - 1) continue
            const learned = batch
            batch = []
            hash = await inTransaction(db.pool, async (client) => {
              const model = new PortfolioModel(name, hash)
              await model.prepare(learned, storedIn(client, schema))
              for (const one of learned) model.apply(one)
              await write(client, schema, model.drain(false))
              return model.stateHash
            })
          }
          // A rebuild makes the same hash from the same units, all in memory.
          const again = new PortfolioModel(name, EMPTY_HASH)
          for (const [i, [steps]] of history.entries()) {
            const at = BigInt(10 * (i + 1))
            again.apply({
              unit: unitAt(at),
              difference: differenceAt(
                at,
                steps.flatMap((one, n) => lines(name, at, n, one)),
              ),
            })
          }
          again.drain(false)
          expect(again.stateHash).toBe(hash)
          expect(await disagreements(name)).toStrictEqual([])
        },
      ),
      { numRuns: 40 },
    )
  })

  /** Points (date, position) at which versions and journal sums differ, over the whole grid. */
  async function disagreements(portfolio: string): Promise<unknown[]> {
    const points = `(SELECT d::date AS e, k FROM generate_series('2025-03-01'::date, '2025-03-26', '1 day') d, generate_series(5, 105, 10) k) at`
    const { rows } = await db.pool.query(
      `WITH summed AS (
         SELECT e, k, account, lot, state, sum(units) u, sum(local) l, coalesce(sum(base), 0) b, sum(pending) p
         FROM ${points}, ${schema}.journal j
         WHERE portfolio = $1 AND lot IS NOT NULL AND effective_date <= e AND known_from <= k
         GROUP BY 1, 2, 3, 4, 5 HAVING sum(units) <> 0 OR sum(local) <> 0 OR coalesce(sum(base), 0) <> 0 OR sum(pending) <> 0
       ), versions AS (
         SELECT e, k, account, lot, state, units u, cost l, base_known b, pending::bigint p FROM ${points}, ${schema}.lot_versions v
         WHERE portfolio = $1 AND daterange(effective_from, effective_to) @> e AND int8range(known_from, known_to) @> k::bigint
       ), balance_sums AS (
         SELECT e, k, account, state, sum(units) u, sum(local) l, coalesce(sum(base), 0) b, sum(pending) p
         FROM ${points}, ${schema}.journal j WHERE portfolio = $1 AND effective_date <= e AND known_from <= k
         GROUP BY 1, 2, 3, 4 HAVING sum(units) <> 0 OR sum(local) <> 0 OR coalesce(sum(base), 0) <> 0 OR sum(pending) <> 0
       ), balances AS (
         SELECT e, k, account, state, units u, local l, base_known b, pending::bigint p FROM ${points}, ${schema}.balance_versions v
         WHERE portfolio = $1 AND daterange(effective_from, effective_to) @> e AND int8range(known_from, known_to) @> k::bigint
       )
       (SELECT 'lot' AS what, e, k FROM (TABLE summed EXCEPT TABLE versions) x) UNION ALL (SELECT 'lot', e, k FROM (TABLE versions EXCEPT TABLE summed) x)
       UNION ALL (SELECT 'balance', e, k FROM (TABLE balance_sums EXCEPT TABLE balances) x) UNION ALL (SELECT 'balance', e, k FROM (TABLE balances EXCEPT TABLE balance_sums) x)`,
      [portfolio],
    )
    return rows
  }

  /** A trade line and its settlement, each balanced by a line of account 3000 and the units memo 8000. */
  function lines(portfolio: string, at: bigint, n: number, one: Step): Posting[] {
    const day = (d: number) => `2025-03-${String(d).padStart(2, '0')}`
    const lot = {
      account: 1100 as const,
      instrument: 'XYZ',
      lot: `L${one.lot}`,
      acquiredOn: '2025-03-01',
      custodyAccount: 'cust',
    }
    const sum = {
      units: String(one.units),
      local: (one.cents / 100).toString(),
      base: one.pending ? null : (one.cents / 100).toString(),
      pending: one.pending ? 1 : 0,
    }
    const back = {
      units: String(-one.units),
      local: (-one.cents / 100).toString(),
      base: one.pending ? null : (-one.cents / 100).toString(),
      pending: one.pending ? 1 : 0,
    }
    const blank = (line: number, entry: string, date: string): Posting => ({
      entry: `e${n}/${entry}`,
      line,
      cause: 'c',
      rule: 'test',
      portfolio,
      sleeve: 'main',
      custodyAccount: null,
      cashAccount: null,
      account: 3000,
      instrument: null,
      lot: null,
      acquiredOn: null,
      state: null,
      units: '0',
      currency: 'USD',
      local: '0',
      base: '0',
      pending: 0,
      marketValue: null,
      effectiveDate: date,
      phase: 4,
      instant: null,
      settleDate: null,
      accountingDate: date,
      knownFrom: at,
      flags: [],
    })
    const { units: more, ...money } = back
    const trade = day(one.day)
    const settle = day(one.day + one.settle)
    return [
      { ...blank(1, 'trade', trade), ...lot, ...sum, state: 'unsettled' },
      { ...blank(2, 'trade', trade), ...money },
      {
        ...blank(3, 'trade', trade),
        account: 8000,
        instrument: 'XYZ',
        units: more,
        currency: null,
        base: one.pending ? null : '0',
      },
      { ...blank(1, 'settle', settle), ...lot, ...back, state: 'unsettled', pending: one.pending ? -1 : 0 },
      { ...blank(2, 'settle', settle), ...lot, ...sum, state: 'settled' },
    ]
  }

  const unitAt = (position: bigint): RecordedUnit => ({
    stream: 'portfolio-V',
    firstPosition: position,
    position,
    revision: 0n,
    recordedAt: '2025-03-20T00:00:00.000000Z',
    commandId: 'c',
    commandHash: '',
    actor: 'test',
    events: [],
  })

  const differenceAt = (position: bigint, postings: Posting[]): Difference => ({
    position,
    postings,
    disposals: [],
    withdrawnDisposals: [],
    breaksOpened: [],
    breaksClosed: [],
    folded: { facts: 0, partitions: 0, poolDays: 0 },
  })
})
