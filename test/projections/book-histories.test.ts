// Random histories through the whole path, with the real book: log, lanes, rows, rebuild, verification.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BOOK_VERSION } from '../../src/domain/book/book-version.ts'
import { type Book, createBook } from '../../src/domain/book/book.ts'
import { Reference } from '../../src/domain/book/reference.ts'
import { loadCalendar } from '../../src/domain/kernel/calendar.ts'
import { withCalendars } from '../../src/domain/kernel/calendars.ts'
import type { LedgerEvent } from '../../src/eventstore/registry.ts'
import { createLogger } from '../../src/platform/log.ts'
import { verify } from '../../src/projections/generations/verify.ts'
import type { Ledger } from '../../src/projections/runtime/fold.ts'
import { toKnowledge } from '../../src/projections/runtime/fold.ts'
import { startProjector } from '../../src/projections/start-projector.ts'
import { HOLIDAYS, histories, PORTFOLIO } from '../oracle/histories.ts'
import type { OracleEvent } from '../oracle/shapes.ts'
import { projectionDatabase } from './database.ts'
import { LedgerLog } from './ledger-log.ts'

const PATIENCE_MS = 30_000
/** Each run has a database of its own. */
const RUNS = 3
const SEED = Number(process.env.QUIPU_PROPERTY_SEED ?? 20261124)

const WEEKDAYS = loadCalendar({
  id: 'WEEKDAYS',
  kind: 'currency',
  name: 'Monday to Friday',
  from: '2020-01-01',
  to: '2030-12-31',
  source: 'the histories of test/oracle',
  closures: Object.fromEntries([...HOLIDAYS].map((day) => [day, 'holiday'])),
})

/** The domain's book with the calendar that the histories know; `books` gets each book it makes. */
function ledgerOf(books: Book[] = []): Ledger {
  const reference = new Reference({ calendars: withCalendars(new Map(), [WEEKDAYS]) })
  return {
    bookVersion: BOOK_VERSION,
    reference,
    book(portfolio) {
      const book = createBook({ portfolio, reference })
      books.push(book)
      return book
    },
  }
}

function streamOf({ type, data }: OracleEvent): string {
  const said: Readonly<Record<string, unknown>> = { ...data }
  const terms = said.terms as { readonly transfer?: string } | undefined
  if (type.startsWith('Transfer')) return `transfer-${terms?.transfer ?? said.transfer}`
  if (type.startsWith('Rate')) return 'fx-ECB-2025-03'
  if (type === 'BusinessDayClosed') return 'calendar-WEEKDAYS'
  if (type.startsWith('Instrument') || type.startsWith('CorporateAction')) return `instrument-${said.instrument}`
  return `portfolio-${PORTFOLIO}`
}

describe('a random history', () => {
  it('is projected live, rebuilt and verified to the same rows; versions are journal sums; every unit the book wants reaches it', async () => {
    await fc.assert(
      fc.asyncProperty(histories({ moves: 60 }), async (units) => {
        const db = await projectionDatabase()
        const ledger = await LedgerLog.open(db.fresh.url)
        const projector = await startProjector({
          pool: db.pool,
          log: ledger.log,
          logger: createLogger('error'),
          makeLedger: () => ledgerOf(),
        })
        try {
          let last = 0n
          for (const { events } of units) {
            // The histories join events of one stream; the log takes one stream a unit.
            last = await ledger.record(
              streamOf(events[0]!),
              ...events.map(({ type, data }) => ({ type, data }) as LedgerEvent),
            )
          }
          expect(await projector.waitFor({ portfolio: PORTFOLIO }, last, PATIENCE_MS)).toBe(true)
          expect(await projector.waitFor({ shared: true }, last, PATIENCE_MS)).toBe(true)
          const certificate = await verify({ pool: db.pool, log: ledger.log, ledger: ledgerOf() })
          expect(certificate.differences).toStrictEqual([])
          expect(certificate.poisoned).toStrictEqual([])

          const hash = async (schema: string) =>
            (await db.pool.query(`SELECT projection, portfolio, state_hash FROM ${schema}.lane ORDER BY 1, 2`)).rows
          const live = await hash('quipu_g1')
          await projector.rebuild()
          expect(await hash('quipu_g2')).toStrictEqual(live)

          // At random points of both times: balances from versions = sums of the journal; the trial balance is zero.
          const { rows } = await db.pool.query(
            `SELECT e, k FROM (SELECT '2025-02-25'::date + (i * 13) % 60 AS e, $1::bigint * ((i * 7) % 20 + 1) / 20 AS k FROM generate_series(1, 40) i) point
             WHERE EXISTS (
               (SELECT account, sleeve, custody_account, cash_account, instrument, state, currency, units, local, base_known, pending::bigint FROM quipu.balance_versions
                 WHERE daterange(effective_from, effective_to) @> e AND int8range(known_from, known_to) @> k
                EXCEPT ${sums})
               UNION ALL (${sums}
                EXCEPT SELECT account, sleeve, custody_account, cash_account, instrument, state, currency, units, local, base_known, pending::bigint FROM quipu.balance_versions
                 WHERE daterange(effective_from, effective_to) @> e AND int8range(known_from, known_to) @> k))`,
            [String(last)],
          )
          expect(rows).toStrictEqual([])

          await expectLadder(db.pool, last)
          await expectWantedReached(db.pool, ledger)
        } finally {
          await projector.stop()
          await ledger.close()
          await db.drop()
        }
      }),
      // Each try is a database: a failing history is printed as found rather than shrunk for minutes.
      { numRuns: RUNS, endOnFailure: true, seed: SEED },
    )
  }, 240_000)
})

const sums = `SELECT account, sleeve, custody_account, cash_account, instrument, state, currency, sum(units), sum(local), coalesce(sum(base), 0), sum(pending)
  FROM quipu.journal WHERE effective_date <= e AND known_from <= k GROUP BY 1, 2, 3, 4, 5, 6, 7
  HAVING sum(units) <> 0 OR sum(local) <> 0 OR coalesce(sum(base), 0) <> 0 OR sum(pending) <> 0`

/**
 * The cash ladder at random points of both times: each rung's opening + movements = closing, the next opens with it, each dated
 * rung closes with the cash of its day, and the last with all cash and all that is owed.
 */
async function expectLadder(pool: Awaited<ReturnType<typeof projectionDatabase>>['pool'], last: bigint): Promise<void> {
  const { rows } = await pool.query(
    `WITH point AS (
       SELECT '2025-02-25'::date + (i * 7) % 40 AS e, $1::bigint * (i % 4 + 1) / 4 AS k FROM generate_series(1, 8) i
     ), ladder AS (
       SELECT point.e, point.k, l.*, lag(l.closing) OVER (PARTITION BY e, k, l.cash_account, l.currency ORDER BY l.rung) AS before,
              lead(l.rung) OVER (PARTITION BY e, k, l.cash_account, l.currency ORDER BY l.rung) AS later
       FROM point CROSS JOIN LATERAL quipu.cash_ladder_at($2, point.e::text, point.k::text) l
     ), known AS (
       SELECT e, k, cash_account, currency, rung,
              (SELECT coalesce(sum(settled), 0) FROM quipu.cash_at($2, value_date::text, k::text) c
                WHERE coalesce(c.cash_account, '') = ladder.cash_account AND c.currency = ladder.currency) AS cash,
              (SELECT coalesce(sum(local), 0) FROM quipu.balances_at($2, NULL, k::text, 'economic', 'base',
                ARRAY[1000, 1010, 1200, 1210, 1300, 1310, 1320, 1330, 1340, 2200, 2210, 2300, 2400]) b
                WHERE coalesce(b.cash_account, '') = ladder.cash_account AND b.currency = ladder.currency) AS everything
       FROM ladder
     )
     SELECT * FROM ladder JOIN known USING (e, k, cash_account, currency, rung)
     WHERE opening + settled + unsettled + projected <> closing OR opening <> coalesce(before, opening)
        OR (value_date IS NOT NULL AND closing <> cash) OR (later IS NULL AND closing <> everything)
        OR (value_date > e AND settled <> 0)`,
    [String(last), `{${PORTFOLIO}}`],
  )
  expect(rows).toStrictEqual([])
}

/** What the dispatcher handed to the portfolio holds everything that its book says it wants. */
async function expectWantedReached(
  pool: Awaited<ReturnType<typeof projectionDatabase>>['pool'],
  ledger: LedgerLog,
): Promise<void> {
  const { rows } = await pool.query<{ position: string }>(
    "SELECT position FROM quipu.work WHERE projection = 'book' AND portfolio = $1",
    [PORTFOLIO],
  )
  const handed = new Set(rows.map(({ position }) => BigInt(position)))
  const books: Book[] = []
  const mirror = ledgerOf(books)
  mirror.book(PORTFOLIO)
  const missed: bigint[] = []
  for await (const unit of ledger.log.readAll()) {
    const known = toKnowledge(unit)
    mirror.reference.learn(known)
    if (books[0]!.wants(known) && !handed.has(unit.position)) missed.push(unit.position)
    if (handed.has(unit.position)) books[0]!.learn(known)
  }
  expect(missed).toStrictEqual([])
}
