// Reads the trial balance at a point in both times.
import type { Kysely } from 'kysely'
import type { Answer } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { answerPointInTime } from '../read/point-in-time.ts'
import type { ReadScope } from '../read/point.ts'
import type { Database } from '../schema/database.ts'

interface TrialBalanceRow {
  readonly portfolio: string
  readonly sleeve: string
  readonly account: number
  readonly name: string | null
  readonly currency: string
  readonly local: string
  /** Null while part of it waits for a rate. */
  readonly base: string | null
  readonly base_currency: string
  readonly pending: boolean
  readonly position: string
}
export type TrialBalanceAnswer = Camel<TrialBalanceRow>

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'account', type: 'integer' },
  { name: 'currency', type: 'text' },
  { name: 'sleeve', type: 'text' },
] as const

/** One row per account, currency and sleeve; debit +, credit -; sums to zero. @throws Refused, see resolvePoint. */
export function readTrialBalance(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest = {},
): Promise<Answer<TrialBalanceAnswer>> {
  return answerPointInTime<TrialBalanceRow>(db, 'trial_balance_at', KEY, scope, page)
}
