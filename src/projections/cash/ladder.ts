// Reads the cash ladder: cash by value date from the day it stands on, settled, unsettled and projected.
import type { Kysely } from 'kysely'
import type { Answer } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { answerPointInTime } from '../read/point-in-time.ts'
import type { ReadScope } from '../read/point.ts'
import { equals } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

interface LadderRow {
  readonly portfolio: string
  readonly cash_account: string
  readonly currency: string
  /** The value date, or `undated` for what is owed without a date. */
  readonly rung: string
  readonly value_date: string | null
  readonly opening: string
  readonly settled: string
  readonly unsettled: string
  readonly projected: string
  readonly closing: string
  readonly base_currency: string
  readonly position: string
}
export type LadderAnswer = Camel<LadderRow>

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'cash_account', type: 'text' },
  { name: 'currency', type: 'text' },
  { name: 'rung', type: 'text' },
] as const

export interface LadderFilter extends PageRequest {
  readonly currency?: string | undefined
  readonly cashAccount?: string | undefined
}

/**
 * One row per cash account, currency and value date, opening + settled + unsettled + projected = closing. The ladder stands on the
 * scope's effectiveAt (absent: the day its position was recorded). @throws Refused, see resolvePoint.
 */
export function readCashLadder(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: LadderFilter = {},
): Promise<Answer<LadderAnswer>> {
  const { currency, cashAccount } = filter
  return answerPointInTime<LadderRow>(db, 'cash_ladder_at', KEY, scope, filter, [
    equals('currency', currency),
    equals('cash_account', cashAccount),
  ])
}
