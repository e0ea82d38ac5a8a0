// Prior-period adjustments: what became known after its day was sealed, in the open period that carries it, by disposal.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { between, equals, selectPage } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

interface AdjustmentRow {
  readonly portfolio: string
  /** Log position at which it became known. */
  readonly known_from: string
  readonly entry: string
  readonly account: number
  readonly sleeve: string
  readonly cash_account: string
  readonly instrument: string
  readonly lot: string
  readonly currency: string
  readonly name: string | null
  /** The gain it restates; null where it is none. */
  readonly disposal: string | null
  /** Id of the event that caused it. */
  readonly cause: string
  readonly effective_date: string
  readonly accounting_date: string
  readonly units: string
  readonly local: string
  /** Null while it waits for a rate. */
  readonly base: string | null
}
export type AdjustmentAnswer = Camel<AdjustmentRow>

export interface AdjustmentFilter extends PageRequest {
  /** Accounting dates, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly account?: string | undefined
  readonly instrument?: string | undefined
}

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'known_from', type: 'bigint' },
  { name: 'effective_date', type: 'date' },
  { name: 'accounting_date', type: 'date' },
  { name: 'entry', type: 'text' },
  { name: 'account', type: 'integer' },
  { name: 'sleeve', type: 'text' },
  { name: 'cash_account', type: 'text' },
  { name: 'instrument', type: 'text' },
  { name: 'lot', type: 'text' },
  { name: 'currency', type: 'text' },
] as const

/** One row per entry, account and lot that was posted after its own day; what nets to nothing is left out. @throws Refused. */
export function readAdjustments(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: AdjustmentFilter = {},
): Promise<Answer<AdjustmentAnswer>> {
  return answerPortfolios(db, scope, filter, KEY.length, (tx, point) =>
    selectPage<AdjustmentRow>(
      tx,
      sql`(SELECT j.portfolio, j.known_from::text AS known_from, j.entry, j.account, j.sleeve,
          coalesce(j.cash_account, '') AS cash_account, coalesce(j.instrument, '') AS instrument, coalesce(j.lot, '') AS lot,
          coalesce(j.currency, '') AS currency, a.name,
          CASE WHEN j.account IN (4100, 4110) AND j.lot IS NOT NULL THEN j.entry || '/' || j.lot END AS disposal,
          min(j.cause) AS cause, j.effective_date, j.accounting_date, trim_scale(sum(j.units)) AS units,
          trim_scale(sum(j.local)) AS local, CASE WHEN sum(j.pending) = 0 THEN trim_scale(coalesce(sum(j.base), 0)) END AS base
        FROM quipu.journal j LEFT JOIN quipu.account a ON a.account = j.account
        WHERE j.portfolio = ANY (${point.portfolios}::text[]) AND j.known_from <= ${point.position}::bigint
          AND j.accounting_date > j.effective_date AND ${between('j.accounting_date', filter.from, filter.to)}
        GROUP BY j.portfolio, j.known_from, j.entry, j.account, j.sleeve, j.cash_account, j.instrument, j.lot, j.currency, a.name,
          j.effective_date, j.accounting_date
        HAVING sum(j.units) <> 0 OR sum(j.local) <> 0 OR coalesce(sum(j.base), 0) <> 0 OR sum(j.pending) <> 0) adjusted`,
      KEY,
      [
        filter.account === undefined ? sql`true` : sql`account = ${Number(filter.account)}`,
        equals('instrument', filter.instrument),
        equals('sleeve', scope.sleeve),
      ],
      filter,
      point.position,
    ),
  )
}
