// Reads disposals as known at a position: the lines of a gain report.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { between, equals, knownAt, ofPortfolios, selectPage } from '../read/select.ts'
import type { Database, DisposalView } from '../schema/database.ts'

export type DisposalAnswer = Camel<DisposalView>

export interface DisposalFilter extends PageRequest {
  readonly instrument?: string | undefined
  readonly fact?: string | undefined
  /** Trade dates, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'trade_date', type: 'date' },
  { name: 'disposal', type: 'text' },
] as const

/** One row per lot relieved by one fill or action; the date of effectiveAt is the last one. @throws Refused. */
export function readDisposals(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: DisposalFilter = {},
): Promise<Answer<DisposalAnswer>> {
  const upTo = scope.effectiveAt?.slice(0, 10)
  return answerPortfolios(db, scope, filter, KEY.length, (tx, point) =>
    selectPage<DisposalView>(
      tx,
      sql`quipu.disposals`,
      KEY,
      [
        ofPortfolios(point.portfolios),
        knownAt(point.position),
        between('trade_date', filter.from, filter.to),
        between('trade_date', undefined, upTo),
        equals('instrument', filter.instrument),
        equals('fact', filter.fact),
        equals('sleeve', scope.sleeve),
      ],
      filter,
      point.position,
    ),
  )
}
