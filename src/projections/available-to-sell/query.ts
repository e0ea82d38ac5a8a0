// Reads what may be sold: what is held long, less what open sell orders will take.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { equals, selectPage } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

interface AvailableRow {
  readonly portfolio: string
  readonly sleeve: string
  readonly custody_account: string
  readonly instrument: string
  /** Units held long, settled or not. */
  readonly held: string
  readonly settled: string
  /** Units that open sell orders have not sold yet. */
  readonly on_order: string
  /** held - on_order; below zero when more is on order than is held. */
  readonly available: string
}
export type AvailableAnswer = Camel<AvailableRow>

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'instrument', type: 'text' },
  { name: 'sleeve', type: 'text' },
  { name: 'custody_account', type: 'text' },
] as const

/** One row per place and instrument that is held long or on order to be sold. @throws Refused, see resolvePoint. */
export function readAvailableToSell(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest & { readonly instrument?: string | undefined } = {},
): Promise<Answer<AvailableAnswer>> {
  return answerPortfolios(db, scope, page, KEY.length, (tx, point) => {
    const held = sql`SELECT portfolio, sleeve, custody_account, instrument, sum(units) AS held, sum(settled_units) AS settled
      FROM quipu.positions_at(${point.portfolios}::text[], ${scope.effectiveAt ?? null}, ${point.position}, 'trade', 'economic', 'base', ${scope.sleeve ?? null})
      WHERE side = 'long' GROUP BY 1, 2, 3, 4`
    const onOrder = sql`SELECT portfolio, sleeve, custody_account, instrument, sum(leaves) AS on_order FROM quipu.orders
      WHERE portfolio = ANY (${point.portfolios}::text[]) AND status = 'open' AND side = 'sell'
        AND known_from <= ${point.position}::bigint AND (known_to IS NULL OR known_to > ${point.position}::bigint)
        AND (${scope.sleeve ?? null}::text IS NULL OR sleeve = ${scope.sleeve ?? null})
      GROUP BY 1, 2, 3, 4`
    return selectPage<AvailableRow>(
      tx,
      sql`(SELECT portfolio, sleeve, custody_account, instrument, coalesce(held, 0) AS held, coalesce(settled, 0) AS settled,
          coalesce(on_order, 0) AS on_order, coalesce(held, 0) - coalesce(on_order, 0) AS available
        FROM (${held}) h FULL JOIN (${onOrder}) o USING (portfolio, sleeve, custody_account, instrument)) available`,
      KEY,
      [equals('instrument', page.instrument)],
      page,
      point.position,
    )
  })
}
