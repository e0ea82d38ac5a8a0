// Reads FX fixings as known at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerShared } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { between, equals, knownAt, selectPage } from '../read/select.ts'
import type { Database, RateView } from '../schema/database.ts'

export type RateAnswer = Camel<RateView>

export interface RateFilter extends PageRequest {
  readonly asAt?: string | undefined
  readonly source?: string | undefined
  readonly fixing?: string | undefined
  readonly base?: string | undefined
  readonly quote?: string | undefined
  /** Dates, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const KEY = [
  { name: 'source', type: 'text' },
  { name: 'fixing', type: 'text' },
  { name: 'rate_date', type: 'date' },
  { name: 'base', type: 'text' },
  { name: 'quote', type: 'text' },
] as const

/** @throws Refused `not-yet-projected`, `unreadable-time`, `bad-cursor`. */
export function readRates(db: Kysely<Database>, filter: RateFilter = {}): Promise<Answer<RateAnswer>> {
  return answerShared(db, 'rates', filter.asAt, filter, KEY.length, (tx, at) =>
    selectPage<RateView>(
      tx,
      sql`quipu.rates`,
      KEY,
      [
        knownAt(at.position),
        equals('source', filter.source),
        equals('fixing', filter.fixing),
        equals('base', filter.base),
        equals('quote', filter.quote),
        between('rate_date', filter.from, filter.to),
      ],
      filter,
      at.position,
    ),
  )
}
