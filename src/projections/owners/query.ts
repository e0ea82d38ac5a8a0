// Reads owners and what is theirs, as known at a position. Names are in the log, sealed per person.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerShared } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { equals, knownAt, selectPage } from '../read/select.ts'
import type { Database, OwnerLinkView, OwnerView } from '../schema/database.ts'

export type OwnerAnswer = Camel<OwnerView>
export type OwnerLinkAnswer = Camel<OwnerLinkView>

interface OwnerFilter extends PageRequest {
  readonly asAt?: string | undefined
  readonly owner?: string | undefined
}

const KEY = [{ name: 'owner', type: 'text' }] as const
const LINK_KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'valid_from', type: 'date' },
] as const

/** @throws Refused `not-yet-projected`, `unreadable-time`, `bad-cursor`. */
export function readOwners(db: Kysely<Database>, filter: OwnerFilter = {}): Promise<Answer<OwnerAnswer>> {
  return answerShared(db, 'owners', filter.asAt, filter, KEY.length, (tx, at) =>
    selectPage<OwnerView>(
      tx,
      sql`quipu.owners`,
      KEY,
      [knownAt(at.position), equals('owner', filter.owner)],
      filter,
      at.position,
    ),
  )
}

/** Which portfolios were whose, from when on. @throws Refused as above. */
export function readOwnerLinks(
  db: Kysely<Database>,
  filter: OwnerFilter & { readonly portfolio?: string | undefined } = {},
): Promise<Answer<OwnerLinkAnswer>> {
  return answerShared(db, 'owners', filter.asAt, filter, LINK_KEY.length, (tx, at) =>
    selectPage<OwnerLinkView>(
      tx,
      sql`quipu.owner_links`,
      LINK_KEY,
      [knownAt(at.position), equals('owner', filter.owner), equals('portfolio', filter.portfolio)],
      filter,
      at.position,
    ),
  )
}
