// Calls the point-in-time SQL functions: one signature, one way to page through their rows.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../schema/database.ts'
import { type Answer, answerPortfolios } from './answer.ts'
import type { Camel } from './camel.ts'
import type { PageRequest } from './page.ts'
import type { ReadScope } from './point.ts'
import { type KeyColumn, selectPage } from './select.ts'

export type PointFunction = 'positions_at' | 'lots_at' | 'cash_at' | 'cash_ladder_at' | 'trial_balance_at'

/** One page of a point-in-time function; `conditions` filter its rows further. */
export function answerPointInTime<Row extends object>(
  db: Kysely<Database>,
  name: PointFunction,
  key: readonly KeyColumn<Row>[],
  scope: ReadScope,
  request: PageRequest,
  conditions: readonly RawBuilder<unknown>[] = [],
): Promise<Answer<Camel<Row>>> {
  return answerPortfolios(db, scope, request, key.length, (tx, point) =>
    selectPage<Row>(
      tx,
      sql`${sql.raw(`quipu.${name}`)}(${point.portfolios}::text[], ${scope.effectiveAt ?? null}, ${point.position},
        ${scope.view ?? 'trade'}, ${scope.basis ?? 'economic'}, 'base', ${scope.sleeve ?? null})`,
      key,
      conditions,
      request,
      point.position,
    ),
  )
}
