// Reads activity: facts with their newest terms, as known at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { between, equals, knownAt, ofPortfolios, selectPage } from '../read/select.ts'
import type { ActivityView, Database } from '../schema/database.ts'

export type ActivityAnswer = Camel<ActivityView>

export interface ActivityFilter extends PageRequest {
  readonly fact?: string | undefined
  readonly kind?: string | undefined
  readonly status?: string | undefined
  readonly instrument?: string | undefined
  readonly source?: string | undefined
  /** FIX 17, as given. */
  readonly execId?: string | undefined
  readonly order?: string | undefined
  /** Effective dates, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'effective_date', type: 'date' },
  { name: 'root_position', type: 'bigint' },
  { name: 'fact', type: 'text' },
] as const

/** Facts by effective date and place in the log, busted and cancelled ones too. @throws Refused, see resolvePoint. */
export function readActivity(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: ActivityFilter = {},
): Promise<Answer<ActivityAnswer>> {
  return answerPortfolios(db, scope, filter, KEY.length, (tx, point) =>
    selectPage<ActivityView>(
      tx,
      // An instant becomes a date in each portfolio's own zone; a fact without a moment counts from the start of its day.
      sql`(SELECT a.* FROM quipu.activity a
        JOIN quipu.resolve(${point.portfolios}::text[], ${scope.effectiveAt ?? null}, ${point.position}) p ON p.portfolio = a.portfolio
          AND (a.effective_date < p.on_date
            OR (a.effective_date = p.on_date AND coalesce(a.instant <= p.at_instant, true)))) activity`,
      KEY,
      [
        ofPortfolios(point.portfolios),
        knownAt(point.position),
        between('effective_date', filter.from, filter.to),
        equals('fact', filter.fact),
        equals('kind', filter.kind),
        equals('status', filter.status),
        equals('instrument', filter.instrument),
        equals('source', filter.source),
        equals('exec_id', filter.execId),
        equals('order_id', filter.order),
        equals('sleeve', scope.sleeve),
      ],
      filter,
      point.position,
    ),
  )
}
