// Reads journal lines: what was posted, as known at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { between, equals, ofPortfolios, selectPage } from '../read/select.ts'
import type { Database, JournalView } from '../schema/database.ts'

export type JournalAnswer = Camel<JournalView>

export interface JournalFilter extends PageRequest {
  readonly entry?: string | undefined
  readonly account?: number | undefined
  readonly instrument?: string | undefined
  readonly lot?: string | undefined
  /** Dates, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'effective_date', type: 'date' },
  { name: 'known_from', type: 'bigint' },
  { name: 'entry', type: 'text' },
  { name: 'line', type: 'integer' },
] as const

/** Lines by effective date, up to effectiveAt; `from` and `to` are dates of the scope's basis. @throws Refused, see resolvePoint. */
export function readJournal(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: JournalFilter = {},
): Promise<Answer<JournalAnswer>> {
  const dated = scope.basis === 'accounting' ? 'accounting_date' : 'effective_date'
  return answerPortfolios(db, scope, filter, KEY.length, (tx, point) =>
    selectPage<JournalView>(
      tx,
      // An instant becomes a date in each portfolio's own zone.
      sql`(SELECT j.* FROM quipu.journal j
        JOIN quipu.resolve(${point.portfolios}::text[], ${scope.effectiveAt ?? null}, ${point.position}) p ON p.portfolio = j.portfolio
          AND quipu.holds(j.${sql.raw(dated)}, j.effective_date, j.phase, j.instant, p.on_date, p.at_instant)) journal`,
      KEY,
      [
        ofPortfolios(point.portfolios),
        sql`known_from <= ${point.position}::bigint`,
        between(dated, filter.from, filter.to),
        equals('entry', filter.entry),
        filter.account === undefined ? sql`true` : sql`account = ${filter.account}`,
        equals('instrument', filter.instrument),
        equals('lot', filter.lot),
        equals('sleeve', scope.sleeve),
      ],
      filter,
      point.position,
    ),
  )
}
