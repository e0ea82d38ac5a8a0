// Reads the breaks that were open at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { equals, knownAt, ofPortfolios, selectPage } from '../read/select.ts'
import type { BreakView, Database } from '../schema/database.ts'

export type BreakAnswer = Camel<BreakView>

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'code', type: 'text' },
  { name: 'fact', type: 'text' },
  { name: 'message', type: 'text' },
] as const

/** What needs a person. @throws Refused, see resolvePoint. */
export function readBreaks(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest & { readonly code?: string | undefined } = {},
): Promise<Answer<BreakAnswer>> {
  return answerPortfolios(db, scope, page, KEY.length, (tx, point) =>
    selectPage<BreakView>(
      tx,
      sql`quipu.breaks`,
      KEY,
      [ofPortfolios(point.portfolios), knownAt(point.position), equals('code', page.code)],
      page,
      point.position,
    ),
  )
}
