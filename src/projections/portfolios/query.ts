// Reads portfolios and their policies as known at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { knownAt, ofPortfolios, selectPage } from '../read/select.ts'
import type { Database, PolicyView, PortfolioView } from '../schema/database.ts'

export type PortfolioAnswer = Camel<PortfolioView>
export type PolicyAnswer = Camel<PolicyView>

const KEY = [{ name: 'portfolio', type: 'text' }] as const
const POLICY_KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'effective_from', type: 'date' },
  { name: 'root_position', type: 'bigint' },
  { name: 'fact', type: 'text' },
] as const

/** @throws Refused, see resolvePoint. */
export function readPortfolios(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest = {},
): Promise<Answer<PortfolioAnswer>> {
  return answerPortfolios(db, scope, page, KEY.length, (tx, point) =>
    selectPage<PortfolioView>(
      tx,
      sql`quipu.portfolios`,
      KEY,
      [ofPortfolios(point.portfolios), knownAt(point.position)],
      page,
      point.position,
    ),
  )
}

/** Policies by the date from which they are in force; each row says only what it changes. @throws Refused. */
export function readPolicies(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest = {},
): Promise<Answer<PolicyAnswer>> {
  return answerPortfolios(db, scope, page, POLICY_KEY.length, (tx, point) =>
    selectPage<PolicyView>(
      tx,
      sql`quipu.policies`,
      POLICY_KEY,
      [ofPortfolios(point.portfolios), knownAt(point.position)],
      page,
      point.position,
    ),
  )
}
