// The facts of one book as they are now known (BOOK.md section 1: resolve): newest terms by id, cancelled ones gone, each handed
// to the partition it belongs to.
import type { CashTerms, FillTerms } from '../portfolio/facts.ts'
import type { Accounting } from './accounting.ts'
import type { BookOptions } from './book.ts'
import { Cash, type CashKind, postCash } from './cash.ts'
import type { Changes } from './changes.ts'
import { dayOf } from './day.ts'
import { Desk } from './desk.ts'
import type { Entry } from './entry.ts'
import { Fill, unitPlacesOf } from './fill.ts'
import type { BookBreak, BookEvent, KnownEvent, Unit } from './knowledge.ts'
import { Partition } from './partition.ts'
import { Pools } from './pools.ts'
import type { ChangedRate } from './rates.ts'

type Fact = Fill | Cash

export class Facts {
  desk: Desk | null = null
  readonly #options: BookOptions
  readonly #accounting: Accounting
  readonly #facts = new Map<string, Fact>()
  readonly #cancelled = new Set<string>()
  readonly #partitions = new Map<string, Partition>()
  readonly #dirty = new Set<Partition>()
  readonly #looseDirty = new Set<Cash>()
  readonly #loose = new Map<number, Set<Cash>>()
  /** Entries of facts that are gone. */
  readonly #gone: (Entry | null)[] = []
  #pools: Pools | null = null

  constructor(options: BookOptions, accounting: Accounting) {
    this.#options = options
    this.#accounting = accounting
  }

  /** Whether an event of the reference, or of a transfer, concerns this book. */
  wants(event: KnownEvent): boolean {
    return this.desk?.rates.wants(event) ?? false
  }

  /** Takes in the events of a unit; answers whether they sealed or reopened a period. */
  ingest(unit: Unit): boolean {
    let sealed = false
    if (this.desk !== null) this.desk.rates.asAt = unit.position
    for (const [i, event] of unit.events.entries()) if (this.#event(event, unit.position, i)) sealed = true
    return sealed
  }

  #event(event: KnownEvent, at: bigint, index: number): boolean {
    if (event.type === 'PortfolioOpened') {
      this.#open(event, at)
      return false
    }
    const { desk } = this
    if (desk === null) return false
    switch (event.type) {
      case 'PlacesAdded':
        for (const account of event.data.cashAccounts) desk.cashAccounts.set(account.id, account)
        return false
      case 'FillExecuted':
      case 'FillCorrected':
        this.#fill(desk, event.data.fact, event, event.data.fill, index)
        return false
      case 'FillBusted':
        this.#cancel(event.data.fact)
        return false
      case 'CashContributed':
      case 'CashWithdrawn':
      case 'FeeCharged':
      case 'InterestReceived':
      case 'InterestPaid':
      case 'TaxPaid':
        this.#cash(desk, event.data.fact, event, event.type, event.data.cash, null, index)
        return false
      case 'CashTransferred': {
        const { fact, cash, toCashAccount, toSleeve } = event.data
        this.#cash(desk, fact, event, event.type, cash, { cashAccount: toCashAccount, sleeve: toSleeve }, index)
        return false
      }
      case 'PeriodSealed':
        this.#accounting.seal(event.data.fact, dayOf(event.data.through), false)
        return true
      case 'PeriodReopened':
        this.#accounting.seal(event.data.fact, dayOf(event.data.through), true)
        return true
      case 'FactCancelled':
        if (this.#accounting.unseal(event.data.fact)) return true
        this.#cancel(event.data.fact)
        return false
      case 'RatesRecorded':
      case 'RateCorrected':
      case 'RateWithdrawn':
        this.#rates(desk.rates.relearn(event))
        return false
      default:
        return false
    }
  }

  #open({ data }: Extract<BookEvent, { type: 'PortfolioOpened' }>, at: bigint): void {
    const { functional = 'base', lens = {}, reference } = this.#options
    const currency = functional === 'base' ? data.baseCurrency : functional
    const { baseCurrency, policy, defaults } = data
    const desk = new Desk(reference, { portfolio: data.portfolio, baseCurrency, policy, defaults }, currency, lens)
    desk.rates.asAt = at
    desk.lotNames.openerOf = (id) => {
      const fact = this.#facts.get(id)
      return fact instanceof Fill ? fact : undefined
    }
    for (const account of data.cashAccounts) desk.cashAccounts.set(account.id, account)
    this.desk = desk
  }

  #fill(desk: Desk, id: string, event: KnownEvent, terms: FillTerms, index: number): void {
    if (this.#cancelled.size > 0 && this.#cancelled.has(id)) return
    const partition = this.#partition(desk, terms.instrument)
    const finer = unitPlacesOf(terms)
    if (finer > desk.unitPlaces(terms.instrument)) desk.setUnitPlaces(terms.instrument, finer)
    const place = partition.places.at(
      terms.sleeve,
      terms.custodyAccount,
      terms.cashAccount,
      terms.instrument,
      terms.currency,
    )
    const old = this.#facts.get(id)
    const root = old?.root ?? Number(event.position)
    const fill = new Fill(desk, id, event.id, root, old?.index ?? index, terms, place)
    if (old instanceof Fill) {
      this.#partition(desk, old.place.instrument).remove(old)
      this.#dirty.add(this.#partition(desk, old.place.instrument))
      fill.entries = old.entries
      fill.settles = old.settles
      fill.lotName = old.lotName
    }
    const lag = fill.settleDay - fill.date
    if (lag > partition.longestSettlement) partition.longestSettlement = lag
    this.#facts.set(id, fill)
    partition.add(fill)
    this.#dirty.add(partition)
  }

  #cash(
    desk: Desk,
    id: string,
    event: KnownEvent,
    type: CashKind,
    cash: CashTerms,
    to: { readonly cashAccount: string; readonly sleeve: string } | null,
    index: number,
  ): void {
    if (this.#cancelled.has(id)) return
    const old = this.#facts.get(id)
    const fact = new Cash(desk, id, event.id, old?.root ?? Number(event.position), old?.index ?? index, type, cash, to)
    if (old instanceof Cash) {
      this.#loose.get(old.date)?.delete(old)
      this.#looseDirty.delete(old)
      fact.entries = old.entries
    }
    this.#facts.set(id, fact)
    const sameDay = this.#loose.get(fact.date) ?? new Set<Cash>()
    this.#loose.set(fact.date, sameDay)
    sameDay.add(fact)
    this.#looseDirty.add(fact)
  }

  #cancel(id: string): void {
    this.#cancelled.add(id)
    const fact = this.#facts.get(id)
    if (fact === undefined) return
    this.#facts.delete(id)
    if (fact instanceof Fill) {
      const partition = this.#partitions.get(fact.place.instrument)
      partition?.remove(fact)
      if (partition !== undefined) this.#dirty.add(partition)
      this.#gone.push(fact.entries, fact.settles)
    } else {
      this.#loose.get(fact.date)?.delete(fact)
      this.#looseDirty.delete(fact)
      this.#gone.push(fact.entries)
    }
  }

  #rates(changed: readonly ChangedRate[]): void {
    for (const { currency, day } of changed) {
      for (const partition of this.#partitions.values()) {
        partition.touchRate(currency, day)
        if (partition.dirty) this.#dirty.add(partition)
      }
      for (const fact of this.#loose.get(day) ?? []) this.#looseDirty.add(fact)
    }
  }

  #partition(desk: Desk, instrument: string): Partition {
    const known = this.#partitions.get(instrument)
    if (known !== undefined) return known
    const made = new Partition(desk)
    made.instruments.add(instrument)
    this.#partitions.set(instrument, made)
    return made
  }

  pools(desk: Desk): Pools {
    this.#pools ??= new Pools(desk)
    return this.#pools
  }

  /** Folds what the units taken in since the last fold changed. */
  fold(changes: Changes): { readonly facts: number; readonly partitions: number } {
    const { desk } = this
    if (desk === null) return { facts: 0, partitions: 0 }
    for (const entries of this.#gone) changes.compare(entries, null)
    this.#gone.length = 0
    let facts = 0
    for (const partition of this.#dirty) facts += partition.fold(changes)
    const partitions = this.#dirty.size
    for (const fact of this.#looseDirty) {
      const old = fact.entries
      fact.entries = postCash(desk, fact)
      changes.compare(old, fact.entries)
    }
    facts += this.#looseDirty.size
    this.#looseDirty.clear()
    return { facts, partitions }
  }

  /** Breaks that opened and closed since the last fold. */
  *breaks(desk: Desk): Iterable<{ readonly opened: BookBreak[]; readonly closed: BookBreak[] }> {
    for (const partition of this.#dirty) yield partition.breaks()
    this.#dirty.clear()
    yield this.pools(desk).breaks()
  }

  /** Every entry of the book. */
  *entries(): Iterable<Entry> {
    for (const partition of new Set(this.#partitions.values())) yield* partition.entries()
    for (const fact of this.#facts.values())
      if (fact instanceof Cash) for (let entry = fact.entries; entry !== null; entry = entry.next) yield entry
    if (this.#pools !== null) yield* this.#pools.entries()
  }
}
