// Everything the lane of one portfolio writes: journal, versions, disposals, breaks, activity, orders, what is parked, its policies.
import type { Difference } from '../../domain/book/knowledge.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { activityKeys, applyActivity, factOf } from '../activity/rows.ts'
import { activity } from '../activity/table.ts'
import { applyBreaks, breakKeys } from '../breaks/rows.ts'
import { breaks } from '../breaks/table.ts'
import { applyDisposals, disposalKeys } from '../disposals/rows.ts'
import { disposals } from '../disposals/table.ts'
import { journalRow } from '../journal/rows.ts'
import { journal } from '../journal/table.ts'
import { namedOrders, newOrders, Orders } from '../orders/rows.ts'
import { orderLinks, orders } from '../orders/table.ts'
import { applyParked, parkedKeys } from '../parked/rows.ts'
import { parked } from '../parked/table.ts'
import { applyPolicies, applyPortfolio, policyKeys } from '../portfolios/rows.ts'
import { policies, portfolios } from '../portfolios/table.ts'
import { KnownRows, keyText } from '../rows/known-rows.ts'
import { StateHash } from '../rows/state-hash.ts'
import type { AnyRow } from '../schema/table.ts'
import { balanceKind, lotKind, Versions } from '../versions/rows.ts'
import { balanceVersions, lotVersions } from '../versions/tables.ts'
import { drainAll, type Model, type Stored, type Writes } from './model.ts'

/** A unit that concerns a portfolio, and what it changed in the portfolio's book. */
export interface Learned {
  readonly unit: RecordedUnit
  readonly difference: Difference
}

export class PortfolioModel implements Model<Learned> {
  readonly #portfolio: string
  readonly #hash: StateHash
  #journal: AnyRow[] = []
  readonly #lots: KnownRows
  readonly #balances: KnownRows
  readonly #lotVersions: Versions
  readonly #balanceVersions: Versions
  readonly #disposals: KnownRows
  readonly #breaks: KnownRows
  readonly #activity: KnownRows
  readonly #orderRows: KnownRows
  readonly #orderLinks: KnownRows
  readonly #orders: Orders
  readonly #parked: KnownRows
  readonly #portfolios: KnownRows
  readonly #policies: KnownRows

  /** `stateHash` is that of the rows written before. */
  constructor(portfolio: string, stateHash: string) {
    const hash = new StateHash(stateHash)
    this.#portfolio = portfolio
    this.#hash = hash
    this.#lots = new KnownRows(lotVersions, hash)
    this.#balances = new KnownRows(balanceVersions, hash)
    this.#lotVersions = new Versions(portfolio, lotKind, this.#lots)
    this.#balanceVersions = new Versions(portfolio, balanceKind, this.#balances)
    this.#disposals = new KnownRows(disposals, hash)
    this.#breaks = new KnownRows(breaks, hash)
    this.#activity = new KnownRows(activity, hash)
    this.#orderRows = new KnownRows(orders, hash)
    this.#orderLinks = new KnownRows(orderLinks, hash)
    this.#orders = new Orders(portfolio, this.#orderRows, this.#orderLinks)
    this.#parked = new KnownRows(parked, hash)
    this.#portfolios = new KnownRows(portfolios, hash)
    this.#policies = new KnownRows(policies, hash)
  }

  get stateHash(): string {
    return this.#hash.value
  }

  async prepare(batch: readonly Learned[], stored: Stored): Promise<void> {
    const portfolio = this.#portfolio
    const differences = batch.map(({ difference }) => difference)
    const units = batch.map(({ unit }) => unit)
    const postings = differences.flatMap((difference) => difference.postings)
    const open = async (rows: KnownRows, keys: readonly (readonly string[])[]) => {
      if (keys.length > 0) rows.load(await stored.open(rows.table, rows.table.key, unique(keys)))
    }
    const ranges = async (versions: Versions, rows: KnownRows, series: string) => {
      const needs = versions.needs(postings)
      if (needs.size > 0) versions.load(await stored.ranges(rows.table, series, portfolio, needs))
    }
    await ranges(this.#lotVersions, this.#lots, lotKind.seriesColumn)
    await ranges(this.#balanceVersions, this.#balances, balanceKind.seriesColumn)
    await open(
      this.#disposals,
      differences.flatMap((difference) => disposalKeys(portfolio, difference)),
    )
    await open(
      this.#breaks,
      differences.flatMap((difference) => breakKeys(portfolio, difference)),
    )
    await open(
      this.#activity,
      units.flatMap((unit) => activityKeys(portfolio, unit)),
    )
    await this.#prepareOrders(units, stored, open)
    await open(
      this.#parked,
      units.flatMap((unit) => parkedKeys(portfolio, unit)),
    )
    await open(
      this.#policies,
      units.flatMap((unit) => policyKeys(portfolio, unit)),
    )
    await open(this.#portfolios, units.some(changesPortfolio) ? [[portfolio]] : [])
  }

  /** Orders that the batch names, and those of the fills it corrects: which these are, only the activity rows say. */
  async #prepareOrders(
    units: readonly RecordedUnit[],
    stored: Stored,
    open: (rows: KnownRows, keys: readonly (readonly string[])[]) => Promise<void>,
  ): Promise<void> {
    const portfolio = this.#portfolio
    const corrected = units
      .flatMap(({ events }) => events)
      .flatMap((event) => (event.type === 'FillCorrected' || event.type === 'FillBusted' ? [event.data.fact] : []))
      .flatMap((fact) => this.#activity.get(keyText([portfolio, fact]))?.order_id ?? [])
    const named = [...corrected, ...units.flatMap(namedOrders)]
    await open(
      this.#orderLinks,
      named.map((order) => [portfolio, order]),
    )
    const roots = named.flatMap((order) => this.#orderLinks.get(keyText([portfolio, order]))?.root_order ?? [])
    await open(
      this.#orderRows,
      roots.map((root) => [portfolio, root]),
    )
    const begun = units.flatMap(newOrders)
    if (begun.length > 0) this.#orders.loadEarly(await stored.filled(portfolio, begun))
  }

  apply({ unit, difference }: Learned): void {
    const portfolio = this.#portfolio
    const at = unit.position
    for (const posting of difference.postings) this.#journal.push(journalRow(posting))
    this.#lotVersions.apply(difference.postings, at)
    this.#balanceVersions.apply(difference.postings, at)
    applyDisposals(portfolio, this.#disposals, difference)
    applyBreaks(portfolio, this.#breaks, difference)
    for (const event of unit.events) {
      const fact = factOf(event)
      const before = fact === undefined ? undefined : this.#activity.get(keyText([portfolio, fact]))
      this.#orders.apply(event, before, at)
      applyActivity(portfolio, this.#activity, event, at)
      applyParked(portfolio, this.#parked, event, at)
      applyPortfolio(portfolio, this.#portfolios, event, at)
      applyPolicies(portfolio, this.#policies, event, at)
    }
  }

  drain(keepOpen: boolean): Writes[] {
    const inserts = this.#journal
    this.#journal = []
    for (const row of inserts) this.#hash.add(journal, row)
    if (!keepOpen) {
      this.#lotVersions.forget()
      this.#balanceVersions.forget()
      this.#orders.forget()
    }
    const written = drainAll(this.#known(), keepOpen)
    return [...(inserts.length > 0 ? [{ table: journal, inserts, closes: [] }] : []), ...written]
  }

  *drainRest(rows: number): Iterable<Writes> {
    yield* this.drain(true)
    for (const known of this.#known())
      for (const inserts of known.drainOpen(rows)) yield { table: known.table, inserts, closes: [] }
    this.#lotVersions.forget()
    this.#balanceVersions.forget()
    this.#orders.forget()
  }

  #known(): readonly KnownRows[] {
    return [
      this.#lots,
      this.#balances,
      this.#disposals,
      this.#breaks,
      this.#activity,
      this.#orderRows,
      this.#orderLinks,
      this.#parked,
      this.#portfolios,
      this.#policies,
    ]
  }
}

function changesPortfolio(unit: RecordedUnit): boolean {
  return unit.events.some(
    ({ type }) => type === 'PortfolioOpened' || type === 'PlacesAdded' || type === 'PortfolioClosed',
  )
}

function unique(keys: readonly (readonly string[])[]): (readonly string[])[] {
  return [...new Map(keys.map((key) => [keyText(key), key])).values()]
}
