// Reads cash at a point in both times.
import type { Kysely } from 'kysely'
import type { Answer } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { answerPointInTime } from '../read/point-in-time.ts'
import type { ReadScope } from '../read/point.ts'
import { equals } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

interface CashRow {
  readonly portfolio: string
  readonly sleeve: string
  readonly cash_account: string
  readonly currency: string
  readonly amount: string
  readonly settled: string
  readonly receivable: string
  readonly payable: string
  /** Null while part of it waits for a rate. */
  readonly base_amount: string | null
  readonly base_currency: string
  readonly pending: boolean
  readonly overdrawn: boolean
  readonly position: string
}
export type CashAnswer = Camel<CashRow>

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'cash_account', type: 'text' },
  { name: 'currency', type: 'text' },
  { name: 'sleeve', type: 'text' },
] as const

/** One row per cash account, currency and sleeve. @throws Refused, see resolvePoint. */
export function readCash(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest & { readonly currency?: string | undefined } = {},
): Promise<Answer<CashAnswer>> {
  return answerPointInTime<CashRow>(db, 'cash_at', KEY, scope, page, [equals('currency', page.currency)])
}
