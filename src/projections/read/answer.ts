// What a read of portfolios answers: a page, and what it was made from.
import type { Kysely } from 'kysely'
import type { Database } from '../schema/database.ts'
import type { Page, PageRequest } from './page.ts'
import {
  type AnsweredAt,
  inSnapshot,
  type Point,
  type Reading,
  type ReadScope,
  resolvePoint,
  resolveShared,
} from './point.ts'
import { pinned } from './select.ts'

export interface Answer<Row> extends Page<Row> {
  readonly at: AnsweredAt
}

/** Answers one page about portfolios; the pages that follow hold at the position of the first. */
export async function answerPortfolios<Row>(
  db: Kysely<Database>,
  scope: ReadScope,
  request: PageRequest,
  keyColumns: number,
  read: (tx: Reading, point: Point) => Promise<Page<Row>>,
): Promise<Answer<Row>> {
  const pin = pinned(request, keyColumns)
  return inSnapshot(db, async (tx) => {
    const { portfolios, ...at } = await resolvePoint(tx, pin === undefined ? scope : { ...scope, asAt: pin })
    return { ...(await read(tx, { ...at, portfolios })), at }
  })
}

/** Answers one page about shared read models. */
export async function answerShared<Row>(
  db: Kysely<Database>,
  projection: string,
  asAt: string | undefined,
  request: PageRequest,
  keyColumns: number,
  read: (tx: Reading, at: AnsweredAt) => Promise<Page<Row>>,
): Promise<Answer<Row>> {
  const pin = pinned(request, keyColumns)
  return inSnapshot(db, async (tx) => {
    const at = await resolveShared(tx, projection, pin ?? asAt)
    return { ...(await read(tx, at)), at }
  })
}
