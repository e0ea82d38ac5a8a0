// Reads what was parked at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { knownAt, ofPortfolios, selectPage } from '../read/select.ts'
import type { Database, ParkedView } from '../schema/database.ts'

export type ParkedAnswer = Camel<ParkedView>

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'parked_position', type: 'bigint' },
  { name: 'fact', type: 'text' },
] as const

/** What waits, the longest wait first. @throws Refused, see resolvePoint. */
export function readParked(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest = {},
): Promise<Answer<ParkedAnswer>> {
  return answerPortfolios(db, scope, page, KEY.length, (tx, point) =>
    selectPage<ParkedView>(
      tx,
      sql`quipu.parked`,
      KEY,
      [ofPortfolios(point.portfolios), knownAt(point.position)],
      page,
      point.position,
    ),
  )
}
