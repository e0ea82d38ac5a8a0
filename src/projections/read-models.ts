// Every read of the ledger behind one door: what the API and the CLI ask, answered from the current generation.
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type pg from 'pg'
import { setTimeout as sleep } from 'node:timers/promises'
import { refuse } from '../domain/kernel/refusal.ts'
import { type ActivityFilter, readActivity } from './activity/query.ts'
import { readAvailableToSell } from './available-to-sell/query.ts'
import { readBreaks } from './breaks/query.ts'
import { type LadderFilter, readCashLadder } from './cash/ladder.ts'
import { readCash } from './cash/query.ts'
import { type DisposalFilter, readDisposals } from './disposals/query.ts'
import {
  type ActionFilter,
  type InstrumentFilter,
  readActions,
  readClassifications,
  readIdentifiers,
  readInstruments,
} from './instruments/query.ts'
import { readMargin } from './margin/query.ts'
import { type JournalFilter, readJournal } from './journal/query.ts'
import { readLots } from './lots/query.ts'
import { type OrderFilter, readOrders } from './orders/query.ts'
import { readOwnerLinks, readOwners } from './owners/query.ts'
import { readParked } from './parked/query.ts'
import { type AdjustmentFilter, readAdjustments } from './periods/adjustments.ts'
import { type RestatementFilter, readRestatement } from './periods/restatement.ts'
import { type PeriodFilter, readRollForward } from './periods/roll-forward.ts'
import { readPolicies, readPortfolios } from './portfolios/query.ts'
import { readPositions } from './positions/query.ts'
import { type PriceFilter, readPriceDates, readPrices } from './prices/query.ts'
import { type RateFilter, readRates } from './rates/query.ts'
import type { PageRequest } from './read/page.ts'
import { type AnsweredAt, inSnapshot, readKnownAt, type ReadScope, resolvePoint } from './read/point.ts'
import { type Interest, Interests, type ToldUnit } from './runtime/interests.ts'
import { generationSchema } from './schema/ddl.ts'
import { openKysely } from './schema/connection.ts'
import type { Database } from './schema/database.ts'
import { readSettlements, type SettlementFilter } from './settlements/query.ts'
import { readTrialBalance } from './trial-balance/query.ts'

/** Between two looks at a lane in another process. */
const LOOK_MS = 20

/** What to wait for: a portfolio's lane, every shared one, or every lane there is. */
export type WaitTarget = { readonly portfolio: string } | { readonly shared: true } | { readonly all: true }

/** The projector of this process, when it runs here: it knows of a commit without looking. */
export interface Waiter {
  waitFor(target: WaitTarget, position: bigint, timeoutMs: number): Promise<boolean>
}

type WithInstrument = PageRequest & { readonly instrument?: string | undefined }

export class ReadModels {
  readonly #db: Kysely<Database>
  readonly #waiter: Waiter | undefined

  constructor(db: Kysely<Database>, waiter?: Waiter) {
    this.#db = db
    this.#waiter = waiter
  }

  readonly positions = (scope: ReadScope, page?: WithInstrument) => readPositions(this.#db, scope, page)
  readonly lots = (scope: ReadScope, page?: WithInstrument) => readLots(this.#db, scope, page)
  readonly cash = (scope: ReadScope, page?: PageRequest & { readonly currency?: string | undefined }) =>
    readCash(this.#db, scope, page)
  readonly cashLadder = (scope: ReadScope, filter?: LadderFilter) => readCashLadder(this.#db, scope, filter)
  readonly margin = (scope: ReadScope, page?: PageRequest) => readMargin(this.#db, scope, page)
  readonly settlements = (scope: ReadScope, filter?: SettlementFilter) => readSettlements(this.#db, scope, filter)
  readonly trialBalance = (scope: ReadScope, page?: PageRequest) => readTrialBalance(this.#db, scope, page)
  readonly journal = (scope: ReadScope, filter?: JournalFilter) => readJournal(this.#db, scope, filter)
  readonly activity = (scope: ReadScope, filter?: ActivityFilter) => readActivity(this.#db, scope, filter)
  readonly disposals = (scope: ReadScope, filter?: DisposalFilter) => readDisposals(this.#db, scope, filter)
  readonly orders = (scope: ReadScope, filter?: OrderFilter) => readOrders(this.#db, scope, filter)
  readonly parked = (scope: ReadScope, page?: PageRequest) => readParked(this.#db, scope, page)
  readonly breaks = (scope: ReadScope, page?: PageRequest & { readonly code?: string | undefined }) =>
    readBreaks(this.#db, scope, page)
  readonly portfolios = (scope: ReadScope, page?: PageRequest) => readPortfolios(this.#db, scope, page)
  readonly policies = (scope: ReadScope, page?: PageRequest) => readPolicies(this.#db, scope, page)
  readonly availableToSell = (scope: ReadScope, page?: WithInstrument) => readAvailableToSell(this.#db, scope, page)
  readonly rollForward = (scope: ReadScope, filter: PeriodFilter) => readRollForward(this.#db, scope, filter)
  readonly adjustments = (scope: ReadScope, filter?: AdjustmentFilter) => readAdjustments(this.#db, scope, filter)
  readonly restatement = (scope: ReadScope, filter: RestatementFilter) => readRestatement(this.#db, scope, filter)
  readonly instruments = (filter?: InstrumentFilter) => readInstruments(this.#db, filter)
  readonly identifiers = (filter: Parameters<typeof readIdentifiers>[1]) => readIdentifiers(this.#db, filter)
  readonly classifications = (filter: Parameters<typeof readClassifications>[1]) =>
    readClassifications(this.#db, filter)
  readonly actions = (filter?: ActionFilter) => readActions(this.#db, filter)
  readonly prices = (filter?: PriceFilter) => readPrices(this.#db, filter)
  readonly priceDates = (instruments: readonly string[], through: string) =>
    readPriceDates(this.#db, instruments, through)
  readonly rates = (filter?: RateFilter) => readRates(this.#db, filter)
  readonly owners = (filter?: Parameters<typeof readOwners>[1]) => readOwners(this.#db, filter)
  readonly ownerLinks = (filter?: Parameters<typeof readOwnerLinks>[1]) => readOwnerLinks(this.#db, filter)

  /**
   * What `asAt` says: the log position (null without it: all that is recorded) and the day through which things are known there.
   * @throws Refused `unreadable-time`.
   */
  knownAt = (asAt: string | undefined) => readKnownAt(this.#db, asAt)

  /**
   * A question's two times resolved for one portfolio, for what is folded rather than read; `onDate` is `infinity` without effectiveAt.
   * @throws Refused, see resolvePoint.
   */
  pointOf(scope: ReadScope): Promise<{
    readonly portfolio: string
    readonly baseCurrency: string
    readonly onDate: string
    readonly atInstant: string | null
    readonly at: AnsweredAt
  }> {
    return inSnapshot(this.#db, async (tx) => {
      const { portfolios, ...at } = await resolvePoint(tx, scope)
      const { rows } = await sql<{ portfolio: string; base: string; day: string; moment: string | null }>`
        SELECT portfolio, base_currency AS base, on_date::text AS day,
          to_char(at_instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS moment
        FROM quipu.resolve(${portfolios}::text[], ${scope.effectiveAt ?? null}, ${at.position})`.execute(tx)
      const [row] = rows
      if (row === undefined) throw new Error('a portfolio that was resolved is gone')
      return { portfolio: row.portfolio, baseCurrency: row.base, onDate: row.day, atInstant: row.moment, at }
    })
  }

  /**
   * The portfolios that units would concern if they were recorded, by what is projected: their own, and those that ever held what
   * the units are about, follow its series, or are named by its transfer.
   * @throws Refused `not-yet-projected` when that is not known at the position within the time.
   */
  async concernedBy(units: readonly ToldUnit[], position: bigint, timeoutMs: number): Promise<readonly string[]> {
    await this.awaitPosition('shared', position, timeoutMs)
    const { rows: current } = await sql<{ generation: number }>`SELECT generation FROM quipu.pointer`.execute(this.#db)
    const table = sql.table(`${generationSchema(current[0]?.generation ?? 0)}.interest`)
    const { rows } = await sql<Interest>`SELECT portfolio, kind, subject FROM ${table}`.execute(this.#db)
    const interests = new Interests()
    interests.load(rows)
    return [...new Set(units.flatMap((unit) => interests.concernedBy(unit)))].sort()
  }

  /**
   * Waits until everything asked about is projected to a position that a write answered with: these portfolios, all of them, or
   * the shared models.
   * @throws Refused `not-yet-projected` when it is not within the time.
   */
  async awaitPosition(about: readonly string[] | 'all' | 'shared', position: bigint, timeoutMs: number): Promise<void> {
    const targets: readonly WaitTarget[] =
      about === 'all'
        ? [{ all: true }]
        : about === 'shared'
          ? [{ shared: true }]
          : about.map((portfolio) => ({ portfolio }))
    const reached = await Promise.all(targets.map((target) => this.#reaches(target, position, timeoutMs)))
    if (reached.every((yes) => yes)) return
    refuse({
      code: 'not-yet-projected',
      message: `the read models are not at position ${position} after ${timeoutMs} ms`,
      field: 'minPosition',
      remedy: 'ask again in a moment; /health shows whether a lane has stopped',
    })
  }

  async #reaches(target: WaitTarget, position: bigint, timeoutMs: number): Promise<boolean> {
    if (this.#waiter !== undefined) return this.#waiter.waitFor(target, position, timeoutMs)
    for (let waited = 0; ; waited += LOOK_MS) {
      const { rows } = await ('portfolio' in target
        ? sql<{
            to: string | null
          }>`SELECT coalesce(quipu.projected_to(${target.portfolio}), quipu.shared_to('units')) AS to`
        : 'all' in target
          ? sql<{ to: string | null }>`
              SELECT least(min(quipu.projected_to(portfolio)), quipu.shared_to('units')) AS to FROM quipu.lane WHERE portfolio <> ''`
          : sql<{
              to: string | null
            }>`SELECT min(quipu.shared_to(projection)) AS to FROM quipu.lane WHERE portfolio = ''`
      ).execute(this.#db)
      if (BigInt(rows[0]?.to ?? -1) >= position) return true
      if (waited >= timeoutMs) return false
      await sleep(LOOK_MS)
    }
  }
}

/** The read models over a pool of openPool; `waiter` is the projector when it runs in this process. */
export function openReadModels(pool: pg.Pool, waiter?: Waiter): ReadModels {
  return new ReadModels(openKysely(pool), waiter)
}
