// Reads instruments, their identifiers, classes and corporate actions as known at a position.
import { type Kysely, sql } from 'kysely'
import { type Answer, answerShared } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import { between, equals, knownAt, selectPage } from '../read/select.ts'
import type { ActionView, ClassificationView, Database, IdentifierView, InstrumentView } from '../schema/database.ts'

export type InstrumentAnswer = Camel<InstrumentView>
export type IdentifierAnswer = Camel<IdentifierView>
export type ClassificationAnswer = Camel<ClassificationView>
export type ActionAnswer = Camel<ActionView>

const PROJECTION = 'instruments'
const KEY = [{ name: 'instrument', type: 'text' }] as const

export interface InstrumentFilter extends PageRequest {
  readonly asAt?: string | undefined
  readonly instrument?: string | undefined
  readonly type?: string | undefined
  /** Any identifier that names or named it. */
  readonly identifier?: { readonly scheme: string; readonly value: string } | undefined
}

/** @throws Refused `not-yet-projected`, `unreadable-time`, `bad-cursor`. */
export function readInstruments(
  db: Kysely<Database>,
  filter: InstrumentFilter = {},
): Promise<Answer<InstrumentAnswer>> {
  const { identifier } = filter
  return answerShared(db, PROJECTION, filter.asAt, filter, KEY.length, (tx, at) =>
    selectPage<InstrumentView>(
      tx,
      sql`quipu.instruments`,
      KEY,
      [
        knownAt(at.position),
        equals('instrument', filter.instrument),
        equals('type', filter.type),
        identifier === undefined
          ? sql`true`
          : sql`instrument IN (SELECT instrument FROM quipu.identifiers
              WHERE scheme = ${identifier.scheme} AND value = ${identifier.value} AND ${knownAt(at.position)})`,
      ],
      filter,
      at.position,
    ),
  )
}

interface OfInstrument extends PageRequest {
  readonly asAt?: string | undefined
  readonly instrument: string
}

/** Identifier history of one instrument. @throws Refused as above. */
export function readIdentifiers(db: Kysely<Database>, filter: OfInstrument): Promise<Answer<IdentifierAnswer>> {
  const key = [
    { name: 'instrument', type: 'text' },
    { name: 'identifier', type: 'text' },
  ] as const
  return answerShared(db, PROJECTION, filter.asAt, filter, key.length, (tx, at) =>
    selectPage<IdentifierView>(
      tx,
      sql`quipu.identifiers`,
      key,
      [knownAt(at.position), equals('instrument', filter.instrument)],
      filter,
      at.position,
    ),
  )
}

/** Dated classes of one instrument. @throws Refused as above. */
export function readClassifications(db: Kysely<Database>, filter: OfInstrument): Promise<Answer<ClassificationAnswer>> {
  const key = [
    { name: 'instrument', type: 'text' },
    { name: 'taxonomy', type: 'text' },
    { name: 'valid_from', type: 'date' },
  ] as const
  return answerShared(db, PROJECTION, filter.asAt, filter, key.length, (tx, at) =>
    selectPage<ClassificationView>(
      tx,
      sql`quipu.classifications`,
      key,
      [knownAt(at.position), equals('instrument', filter.instrument)],
      filter,
      at.position,
    ),
  )
}

export interface ActionFilter extends PageRequest {
  readonly asAt?: string | undefined
  readonly instrument?: string | undefined
  /** Ex-dates, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Corporate actions, cancelled ones too. @throws Refused as above. */
export function readActions(db: Kysely<Database>, filter: ActionFilter = {}): Promise<Answer<ActionAnswer>> {
  const key = [
    { name: 'ex_date', type: 'date' },
    { name: 'instrument', type: 'text' },
    { name: 'action', type: 'text' },
  ] as const
  return answerShared(db, PROJECTION, filter.asAt, filter, key.length, (tx, at) =>
    selectPage<ActionView>(
      tx,
      sql`quipu.actions`,
      key,
      [knownAt(at.position), equals('instrument', filter.instrument), between('ex_date', filter.from, filter.to)],
      filter,
      at.position,
    ),
  )
}
