// Reads orders as they stood at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { equals, knownAt, ofPortfolios, selectPage } from '../read/select.ts'
import type { Database, OrderView } from '../schema/database.ts'

export type OrderAnswer = Camel<OrderView>

export interface OrderFilter extends PageRequest {
  readonly status?: string | undefined
  readonly instrument?: string | undefined
  /** Any order id of the chain. */
  readonly order?: string | undefined
}

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'root_order', type: 'text' },
] as const

/** One row per order chain. @throws Refused, see resolvePoint. */
export function readOrders(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: OrderFilter = {},
): Promise<Answer<OrderAnswer>> {
  return answerPortfolios(db, scope, filter, KEY.length, (tx, point) =>
    selectPage<OrderView>(
      tx,
      sql`quipu.orders`,
      KEY,
      [
        ofPortfolios(point.portfolios),
        knownAt(point.position),
        equals('status', filter.status),
        equals('instrument', filter.instrument),
        filter.order === undefined
          ? sql`true`
          : sql`(portfolio, root_order) IN (SELECT portfolio, root_order FROM quipu.order_links WHERE order_id = ${filter.order})`,
        equals('sleeve', scope.sleeve),
      ],
      filter,
      point.position,
    ),
  )
}
