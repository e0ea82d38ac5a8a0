// Reads positions at a point in both times.
import type { Kysely } from 'kysely'
import type { Answer } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { answerPointInTime } from '../read/point-in-time.ts'
import type { ReadScope } from '../read/point.ts'
import { equals } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

interface PositionRow {
  readonly portfolio: string
  readonly sleeve: string
  readonly custody_account: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly units: string
  readonly settled_units: string
  readonly currency: string
  readonly cost: string
  /** Null while part of it waits for a rate. */
  readonly base_cost: string | null
  readonly base_currency: string
  readonly pending: boolean
  readonly position: string
}
export type PositionAnswer = Camel<PositionRow>

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'instrument', type: 'text' },
  { name: 'side', type: 'text' },
  { name: 'sleeve', type: 'text' },
  { name: 'custody_account', type: 'text' },
  { name: 'currency', type: 'text' },
] as const

/** One row per place, instrument, side and currency of cost. @throws Refused, see resolvePoint. */
export function readPositions(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest & { readonly instrument?: string | undefined } = {},
): Promise<Answer<PositionAnswer>> {
  return answerPointInTime<PositionRow>(db, 'positions_at', KEY, scope, page, [equals('instrument', page.instrument)])
}
