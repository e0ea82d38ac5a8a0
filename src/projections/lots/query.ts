// Reads lots at a point in both times.
import type { Kysely } from 'kysely'
import type { Answer } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { answerPointInTime } from '../read/point-in-time.ts'
import type { ReadScope } from '../read/point.ts'
import { equals } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

interface LotRow {
  readonly portfolio: string
  readonly sleeve: string
  readonly custody_account: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly lot: string
  readonly acquired_on: string | null
  readonly opened_by: string
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
export type LotAnswer = Camel<LotRow>

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'instrument', type: 'text' },
  { name: 'side', type: 'text' },
  { name: 'lot', type: 'text' },
  { name: 'sleeve', type: 'text' },
  { name: 'custody_account', type: 'text' },
  { name: 'currency', type: 'text' },
] as const

/** One row per lot and place. @throws Refused, see resolvePoint. */
export function readLots(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest & { readonly instrument?: string | undefined } = {},
): Promise<Answer<LotAnswer>> {
  return answerPointInTime<LotRow>(db, 'lots_at', KEY, scope, page, [equals('instrument', page.instrument)])
}
