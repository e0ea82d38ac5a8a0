// The two kinds of lane: a portfolio's, which learns through its book, and a shared table's, which reads units as they are.
import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import type { Log, RecordedUnit } from '../../eventstore/log.ts'
import type { SharedProjection } from '../schema/tables.ts'
import type { Books } from './books.ts'
import { type Fold, type Ledger, toKnowledge } from './fold.ts'
import { historyOf, lastRevision, type ReferenceUnits } from './history.ts'
import type { LaneKind } from './lane.ts'
import { type Learned, PortfolioModel } from './portfolio-model.ts'
import { SHARED_MODELS } from './shared-models.ts'

/** Events a book learns before others get their turn. */
const LEARNED_AT_ONCE = 1_000

/** Units in parts of about so many events. */
function* parts(units: readonly RecordedUnit[]): Iterable<readonly RecordedUnit[]> {
  let part: RecordedUnit[] = []
  let events = 0
  for (const unit of units) {
    part.push(unit)
    events += unit.events.length
    if (events < LEARNED_AT_ONCE) continue
    yield part
    part = []
    events = 0
  }
  if (part.length > 0) yield part
}

/** What the lanes of one generation share. */
export interface LaneSources {
  readonly pool: pg.Pool
  readonly schema: string
  readonly log: Pick<Log, 'readStream' | 'readAll'>
  readonly ledger: Ledger
  readonly reference: ReferenceUnits
  readonly books: Books
}

export function portfolioKind(sources: LaneSources, portfolio: string): LaneKind<Learned> {
  const { pool, schema, log, ledger, reference, books } = sources
  /** Of the newest unit of the portfolio's own stream that its book has learned. */
  let revision: bigint | undefined
  let book: Fold | undefined
  const read = async function* (after: bigint, until: bigint, from?: bigint) {
    const [positions, transfers] = await Promise.all([
      pool.query<{ position: string }>(
        `SELECT position FROM ${schema}.work WHERE projection = 'book' AND portfolio = $1 AND position > $2 AND position <= $3`,
        [portfolio, after, until],
      ),
      pool.query<{ subject: string }>(
        `SELECT subject FROM ${schema}.interest WHERE portfolio = $1 AND kind = 'transfer' ORDER BY subject`,
        [portfolio],
      ),
    ])
    const concerns = {
      positions: positions.rows.map(({ position }) => BigInt(position)),
      transfers: transfers.rows.map(({ subject }) => subject),
    }
    yield* historyOf(log, reference, portfolio, concerns, after, until, from)
  }
  return {
    model: (stateHash) => new PortfolioModel(portfolio, stateHash),
    async ready(position) {
      book = books.get(portfolio)
      if (book !== undefined) return
      book = ledger.book(portfolio)
      revision = undefined
      const units: RecordedUnit[] = []
      if (position >= 0n) for await (const unit of read(-1n, position)) units.push(unit)
      for (const part of parts(units)) {
        book.learnAll(part.map(toKnowledge))
        await setImmediate()
      }
      revision = lastRevision(portfolio, units, undefined)
      books.keep(portfolio, book)
    },
    learn(units) {
      const learned: Learned[] = []
      for (const unit of units) {
        try {
          if (book === undefined) throw new Error(`the book of ${portfolio} is not there`)
          const difference = book.learn(toKnowledge(unit))
          // A book that stopped says so in a break; its lane stops with it, and nothing of the unit is written.
          const stopped = difference.breaksOpened.find(({ code }) => code === 'quarantined')
          if (stopped !== undefined) return { learned, failure: new Error(stopped.message) }
          learned.push({ unit, difference })
        } catch (failure) {
          return { learned, failure }
        }
      }
      revision = lastRevision(portfolio, units, revision)
      return { learned }
    },
    release() {
      book = undefined
    },
    forget() {
      books.forget(portfolio)
      book = undefined
      revision = undefined
    },
    read: (after, until) => read(after, until, revision === undefined ? undefined : revision + 1n),
  }
}

export function sharedKind({ log }: LaneSources, projection: SharedProjection): LaneKind<RecordedUnit> {
  const { streams, make } = SHARED_MODELS[projection]
  return {
    model: make,
    ready: async () => undefined,
    learn: (units) => ({ learned: units }),
    release: () => undefined,
    forget: () => undefined,
    read: (after, until) =>
      log.readAll({ ...(after < 0n ? {} : { after }), until, filter: { streamPrefixes: streams } }),
  }
}
