// Reads prices as known at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerShared } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { between, equals, knownAt, selectPage } from '../read/select.ts'
import type { Database, PriceView } from '../schema/database.ts'

export type PriceAnswer = Camel<PriceView>

export interface PriceFilter extends PageRequest {
  readonly asAt?: string | undefined
  readonly instrument?: string | undefined
  readonly source?: string | undefined
  readonly basis?: string | undefined
  readonly snap?: string | undefined
  /** Price dates, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const KEY = [
  { name: 'instrument', type: 'text' },
  { name: 'price_date', type: 'date' },
  { name: 'source', type: 'text' },
  { name: 'basis', type: 'text' },
  { name: 'snap', type: 'text' },
  { name: 'quote', type: 'text' },
] as const

/** @throws Refused `not-yet-projected`, `unreadable-time`, `bad-cursor`. */
export function readPrices(db: Kysely<Database>, filter: PriceFilter = {}): Promise<Answer<PriceAnswer>> {
  return answerShared(db, 'prices', filter.asAt, filter, KEY.length, (tx, at) =>
    selectPage<PriceView>(
      tx,
      sql`quipu.prices`,
      KEY,
      [
        knownAt(at.position),
        equals('instrument', filter.instrument),
        equals('source', filter.source),
        equals('basis', filter.basis),
        equals('snap', filter.snap),
        between('price_date', filter.from, filter.to),
      ],
      filter,
      at.position,
    ),
  )
}

/** The newest date up to one on which each instrument has a price, as known now; an instrument without is not there. */
export async function readPriceDates(
  db: Kysely<Database>,
  instruments: readonly string[],
  through: string,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ instrument: string; newest: string }>`
    SELECT instrument, max(price_date)::text AS newest FROM quipu.prices
    WHERE instrument = ANY (${instruments}::text[]) AND price_date <= ${through}::date AND known_to IS NULL
    GROUP BY instrument`.execute(db)
  return new Map(rows.map(({ instrument, newest }) => [instrument, newest]))
}
