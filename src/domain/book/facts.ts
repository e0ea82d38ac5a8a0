// The facts of one book as they are now known (BOOK.md section 1: resolve): newest terms by id, cancelled ones gone, each handed
// to the partition it belongs to, or standing for itself.
import type { PortfolioEvent } from '../portfolio/events.ts'
import type { CashTerms, FillTerms, FxTerms, OpeningTerms } from '../portfolio/facts.ts'
import type { Accounting } from './accounting.ts'
import { placesOf } from './amounts.ts'
import type { BookOptions } from './book.ts'
import { Cash, type CashKind } from './cash.ts'
import type { Changes } from './changes.ts'
import { dayOf } from './day.ts'
import { Desk } from './desk.ts'
import type { Entry } from './entry.ts'
import { Fill, unitPlacesOf } from './fill.ts'
import { Fx } from './fx.ts'
import type { BookBreak, BookEvent, KnownEvent, Unit } from './knowledge.ts'
import { Loose } from './loose.ts'
import { OpeningCash, OpeningStep } from './opening.ts'
import { Partitions } from './partitions.ts'
import type { PolicyChange } from './policies.ts'
import { Pools } from './pools.ts'
import { Receipt, type ReceiptTerms } from './receipt.ts'
import type { KnownAction } from './reference.ts'
import { Transfers } from './transfers.ts'

/** An opening's cash and its lots by instrument. */
interface Opening {
  readonly kind: 'opening'
  readonly root: number
  readonly index: number
  readonly cash: OpeningCash
  readonly steps: ReadonlyMap<string, OpeningStep>
}
interface PolicyFact extends PolicyChange {
  readonly kind: 'policy'
}
interface Choice {
  readonly kind: 'lots'
  readonly root: number
  readonly index: number
  readonly fill: string
  readonly lots: NonNullable<FillTerms['lots']>
}
type Fact = Fill | Cash | Fx | Receipt | Opening | PolicyFact | Choice

/** Where a version of a fact comes from. */
interface Version {
  readonly fact: string
  readonly cause: string
  readonly root: number
  readonly index: number
}

type Corrected = Extract<PortfolioEvent, { type: 'FactCorrected' }>['data']['as']

export class Facts {
  desk: Desk | null = null
  readonly #options: BookOptions
  readonly #accounting: Accounting
  readonly #facts = new Map<string, Fact>()
  readonly #cancelled = new Set<string>()
  readonly #gone: (Entry | null)[] = []
  readonly #goneReceipts: string[] = []
  #parts: {
    readonly partitions: Partitions
    readonly loose: Loose
    readonly pools: Pools
    readonly transfers: Transfers
  } | null = null

  constructor(options: BookOptions, accounting: Accounting) {
    this.#options = options
    this.#accounting = accounting
  }

  /** The parts of an opened book. */
  get #open(): NonNullable<Facts['partsOrNothing']> {
    if (this.#parts === null) throw new Error('the portfolio was not opened')
    return this.#parts
  }

  get partsOrNothing(): {
    readonly partitions: Partitions
    readonly loose: Loose
    readonly pools: Pools
    readonly transfers: Transfers
  } | null {
    return this.#parts
  }

  /** Whether an event of the reference, or of a transfer, concerns this book. */
  wants(event: KnownEvent): boolean {
    const { desk } = this
    if (desk === null) return false
    switch (event.type) {
      case 'RatesRecorded':
      case 'RateCorrected':
      case 'RateWithdrawn':
        return desk.rates.wants(event)
      case 'CorporateActionAnnounced':
      case 'CorporateActionAmended':
      case 'CorporateActionCancelled':
      case 'InstrumentRegistered':
      case 'InstrumentAmended':
        return this.#open.partitions.knows(event.data.instrument)
      default:
        return this.#open.transfers.wants(event)
    }
  }

  /** Takes in the events of a unit; answers whether they sealed or reopened a period. */
  ingest(unit: Unit): boolean {
    let sealed = false
    if (this.desk !== null) this.desk.rates.asAt = unit.position
    for (const [i, event] of unit.events.entries()) {
      if (event.type === 'PortfolioOpened') this.#start(event, unit.position)
      else if (this.desk !== null && this.#event(this.desk, event, i)) sealed = true
    }
    return sealed
  }

  #start({ data }: Extract<BookEvent, { type: 'PortfolioOpened' }>, at: bigint): void {
    const { functional = 'base', lens = {}, reference } = this.#options
    const { portfolio, baseCurrency, policy, defaults } = data
    const currency = functional === 'base' ? baseCurrency : functional
    const desk = new Desk(reference, { portfolio, baseCurrency, policy, defaults }, currency, lens)
    desk.rates.asAt = at
    desk.lotNames.openerOf = (id) => {
      const fact = this.#facts.get(id)
      return fact instanceof Fill ? fact : undefined
    }
    for (const account of data.cashAccounts) desk.cashAccounts.set(account.id, account)
    this.desk = desk
    const partitions = new Partitions(desk, this.#gone, (action) => this.#acted(desk, action))
    const transfers = new Transfers(this.#options.portfolio, partitions, this.#gone)
    this.#parts = { partitions, loose: new Loose(desk), pools: new Pools(desk), transfers }
  }

  /** Answers whether the event sealed or reopened a period. */
  #event(desk: Desk, event: KnownEvent, index: number): boolean {
    const { partitions, loose } = this.#open
    switch (event.type) {
      case 'PlacesAdded':
        for (const account of event.data.cashAccounts) desk.cashAccounts.set(account.id, account)
        return false
      case 'FillExecuted':
      case 'FillCorrected':
        this.#fill(desk, this.#version(event.data.fact, event, index), event.data.fill)
        return false
      case 'FillBusted':
        this.#cancel(event.data.fact)
        return false
      case 'FactCorrected':
        this.#corrected(desk, this.#version(event.data.fact, event, index), event.data.as)
        return false
      case 'PolicyChanged':
      case 'CashContributed':
      case 'CashWithdrawn':
      case 'FeeCharged':
      case 'InterestReceived':
      case 'InterestPaid':
      case 'TaxPaid':
      case 'CashReceived':
      case 'CashTransferred':
      case 'FxTraded':
      case 'OpeningBalanceDeclared':
      case 'LotsIdentified': {
        const { fact, ...terms } = event.data
        // The same members under the same type: what FactCorrected holds as `as`.
        this.#corrected(desk, this.#version(fact, event, index), { type: event.type, ...terms } as Corrected)
        return false
      }
      case 'FactCancelled':
        if (this.#accounting.unseal(event.data.fact)) return true
        this.#cancel(event.data.fact)
        return false
      case 'PeriodSealed':
        this.#accounting.seal(event.data.fact, dayOf(event.data.through))
        return true
      case 'PeriodReopened':
        return this.#accounting.unseal(event.data.fact)
      case 'RatesRecorded':
      case 'RateCorrected':
      case 'RateWithdrawn': {
        const changed = desk.rates.relearn(event)
        partitions.touchRates(changed)
        for (const { day } of changed) for (const fact of loose.on(day)) this.#touchLoose(fact)
        return false
      }
      case 'InstrumentRegistered':
      case 'InstrumentAmended': {
        const terms = desk.reference.instrument(event.data.instrument, desk.rates.asAt)
        if (terms !== null && partitions.knows(terms.instrument))
          partitions.needPlaces(terms.instrument, terms.quantityPlaces)
        return false
      }
      case 'CorporateActionAnnounced':
      case 'CorporateActionAmended':
      case 'CorporateActionCancelled': {
        const id = event.type === 'CorporateActionCancelled' ? event.data.action : event.data.terms.action
        this.#act(desk, event.data.instrument, id)
        return false
      }
      default:
        this.#open.transfers.learn(event, index)
        return false
    }
  }

  #version(fact: string, event: KnownEvent, index: number): Version {
    const old = this.#facts.get(fact)
    if (old === undefined) return { fact, cause: event.id, root: Number(event.position), index }
    return { fact, cause: event.id, root: old.root, index: old.index }
  }

  #fill(desk: Desk, { fact, cause, root, index }: Version, terms: FillTerms): void {
    if (this.#cancelled.size > 0 && this.#cancelled.has(fact)) return
    const { partitions } = this.#open
    const { instrument, sleeve, custodyAccount, cashAccount, currency } = terms
    const partition = partitions.of(instrument)
    const finer = unitPlacesOf(terms)
    if (finer > desk.unitPlaces(instrument)) partitions.needPlaces(instrument, finer)
    const place = partition.places.at(sleeve, custodyAccount, cashAccount, instrument, currency)
    const old = this.#facts.get(fact)
    const fill = new Fill(desk, fact, cause, root, index, terms, place)
    if (old instanceof Fill) {
      partitions.remove(old.place.instrument, old)
      fill.entries = old.entries
      fill.settles = old.settles
      fill.lotName = old.lotName
    }
    const lag = fill.settleDay - fill.date
    if (lag > partition.longestSettlement) partition.longestSettlement = lag
    this.#facts.set(fact, fill)
    partitions.add(instrument, fill)
  }

  #corrected(desk: Desk, version: Version, as: Corrected): void {
    if (this.#cancelled.has(version.fact)) return
    switch (as.type) {
      case 'PolicyChanged':
        return this.#policy(desk, version, dayOf(as.effectiveOn), as.changes)
      case 'CashReceived':
        return this.#receipt(desk, version, as)
      case 'FxTraded':
        return this.#fx(desk, version, as.fx)
      case 'OpeningBalanceDeclared':
        return this.#opening(desk, version, as.opening)
      case 'LotsIdentified':
        return this.#choose(desk, version, as.fill, as.lots)
      case 'CashTransferred':
        return this.#cash(desk, version, as.type, as.cash, { cashAccount: as.toCashAccount, sleeve: as.toSleeve })
      default:
        return this.#cash(desk, version, as.type, as.cash, null)
    }
  }

  #cash(
    desk: Desk,
    { fact, cause, root, index }: Version,
    type: CashKind,
    cash: CashTerms,
    to: { readonly cashAccount: string; readonly sleeve: string } | null,
  ): void {
    const { loose } = this.#open
    const old = this.#facts.get(fact)
    const made = new Cash(desk, fact, cause, root, index, type, cash, to)
    if (old instanceof Cash) {
      loose.remove(old)
      made.entries = old.entries
    }
    this.#facts.set(fact, made)
    loose.add(made)
  }

  #fx(desk: Desk, { fact, cause, root, index }: Version, terms: FxTerms): void {
    const { loose } = this.#open
    const old = this.#facts.get(fact)
    const made = new Fx(desk, fact, cause, root, index, terms)
    if (old instanceof Fx) {
      loose.remove(old)
      made.entries = old.entries
      made.settles = old.settles
    }
    this.#facts.set(fact, made)
    loose.add(made)
  }

  #receipt(desk: Desk, { fact, cause, root, index }: Version, terms: ReceiptTerms): void {
    const { loose } = this.#open
    const old = this.#facts.get(fact)
    const made = new Receipt(desk, fact, cause, root, index, terms)
    if (old instanceof Receipt) {
      this.#takeReceipt(desk, old)
      made.entries = old.entries
    }
    this.#facts.set(fact, made)
    loose.add(made)
    const target = this.#targetOf(made)
    if (target === null) loose.touchOrphan(made)
    else {
      desk.receipts.put(target, made)
      this.#touchTarget(desk, target)
    }
  }

  #takeReceipt(desk: Desk, receipt: Receipt): void {
    const { target } = receipt
    this.#open.loose.remove(receipt)
    desk.receipts.take(receipt)
    if (target !== null) this.#touchTarget(desk, target)
  }

  /** What a receipt settles: a fact, an action of an instrument, or an action of a name that may be yet to come. */
  #targetOf({ settles }: Receipt): string | null {
    if (settles === null) return null
    const { kind, ref, instrument } = settles
    if (kind === 'trade' || kind === 'fx' || ref.startsWith('ca:')) return ref
    if (instrument !== undefined) return `ca:${instrument}:${ref}`
    const [only] = this.#open.partitions.actionsCalled(ref)
    return only?.id ?? `ca:?:${ref}`
  }

  #hasTarget({ target }: Receipt): boolean {
    if (target === null) return false
    const fact = this.#facts.get(target)
    return fact instanceof Fill || fact instanceof Fx || this.#open.partitions.action(target) !== undefined
  }

  /** Works out again what receipts of a target do. */
  #touchTarget(desk: Desk, target: string): void {
    const { partitions, loose } = this.#open
    const fact = this.#facts.get(target)
    const action = partitions.action(target)
    if (fact instanceof Fill) partitions.touchSettlement(fact)
    else if (fact instanceof Fx) loose.touch(fact)
    else if (action !== undefined) partitions.touchAction(action)
    else for (const receipt of desk.receipts.of(target)) loose.touchOrphan(receipt)
  }

  #touchLoose(fact: Cash | Fx | OpeningCash | Receipt): void {
    const { desk } = this
    if (fact.kind !== 'receipt') this.#open.loose.touch(fact)
    else if (fact.target === null || desk === null) this.#open.loose.touchOrphan(fact)
    else this.#touchTarget(desk, fact.target)
  }

  #act(desk: Desk, instrument: string, id: string): void {
    const { partitions } = this.#open
    const action = desk.reference.action(instrument, id, desk.rates.asAt)
    if (action !== null && partitions.knows(instrument)) partitions.act(action)
  }

  /** An action came or went: its receipts find it, or lose it. */
  #acted(desk: Desk, { fact, action, terms }: KnownAction): void {
    const { loose } = this.#open
    if (terms === null) for (const receipt of desk.receipts.of(fact)) loose.touchOrphan(receipt)
    for (const receipt of [...desk.receipts.of(`ca:?:${action}`)]) {
      desk.receipts.take(receipt)
      desk.receipts.put(fact, receipt)
    }
  }

  #opening(desk: Desk, { fact, cause, root, index }: Version, terms: OpeningTerms): void {
    const { partitions, loose } = this.#open
    const old = this.#facts.get(fact)
    const before = old?.kind === 'opening' ? old : null
    const cash = new OpeningCash(fact, cause, root, index, terms)
    if (before !== null) {
      loose.remove(before.cash)
      cash.entries = before.cash.entries
      for (const [instrument, step] of before.steps) {
        partitions.remove(instrument, step)
        if (!terms.lots.some((lot) => lot.instrument === instrument)) this.#gone.push(step.entries)
      }
    }
    const steps = new Map<string, OpeningStep>()
    for (const instrument of new Set(terms.lots.map((lot) => lot.instrument))) {
      const lots = terms.lots.filter((lot) => lot.instrument === instrument)
      partitions.of(instrument)
      for (const lot of lots) partitions.needPlaces(instrument, placesOf(lot.units))
      const step = new OpeningStep(fact, cause, root, index, terms, instrument)
      step.entries = before?.steps.get(instrument)?.entries ?? null
      steps.set(instrument, step)
      partitions.add(instrument, step)
    }
    this.#facts.set(fact, { kind: 'opening', root, index, cash, steps })
    loose.add(cash)
    void desk
  }

  #policy(desk: Desk, { fact, cause, root, index }: Version, day: number, changes: PolicyChange['changes']): void {
    const old = this.#facts.get(fact)
    this.#facts.set(fact, { kind: 'policy', fact, cause, root, index, day, changes })
    this.#policiesChanged(desk, old?.kind === 'policy' ? Math.min(old.day, day) : day)
  }

  #policiesChanged(desk: Desk, from: number): void {
    const { partitions, loose } = this.#open
    const changes = [...this.#facts.values()].filter((fact) => fact.kind === 'policy')
    desk.policies.set(changes)
    const days = new Set<number>()
    const toAverage = changes
      .sort((a, b) => a.day - b.day || a.root - b.root || a.index - b.index)
      .filter(({ day }) => {
        const { method } = desk.policies.on(day)
        const becomes = method === 'average' && desk.policies.on(day - 1).method !== 'average' && !days.has(day)
        days.add(day)
        return becomes
      })
    partitions.setMethodChanges(toAverage)
    partitions.touchFrom(from)
    for (const fact of loose.from(from)) this.#touchLoose(fact)
  }

  #choose(desk: Desk, { fact, root, index }: Version, fill: string, lots: Choice['lots']): void {
    const old = this.#facts.get(fact)
    this.#facts.set(fact, { kind: 'lots', root, index, fill, lots })
    if (old?.kind === 'lots' && old.fill !== fill) this.#rechoose(desk, old.fill)
    this.#rechoose(desk, fill)
  }

  /** The newest choice for a fill counts. */
  #rechoose(desk: Desk, id: string): void {
    const choices = [...this.#facts.values()].filter((fact) => fact.kind === 'lots' && fact.fill === id)
    choices.sort((a, b) => a.root - b.root || a.index - b.index)
    const newest = choices.at(-1)
    if (newest?.kind === 'lots') desk.identified.set(id, newest.lots)
    else desk.identified.delete(id)
    const fill = this.#facts.get(id)
    if (fill instanceof Fill) this.#open.partitions.touch(fill)
  }

  #cancel(id: string): void {
    const { desk } = this
    this.#cancelled.add(id)
    const fact = this.#facts.get(id)
    if (fact === undefined || desk === null) return
    const { partitions, loose } = this.#open
    this.#facts.delete(id)
    switch (fact.kind) {
      case 'fill':
        partitions.remove(fact.place.instrument, fact)
        this.#gone.push(fact.entries, fact.settles)
        this.#touchTarget(desk, id)
        return
      case 'fx':
        loose.remove(fact)
        this.#gone.push(fact.entries, fact.settles)
        this.#touchTarget(desk, id)
        return
      case 'cash':
        loose.remove(fact)
        this.#gone.push(fact.entries)
        return
      case 'receipt':
        this.#takeReceipt(desk, fact)
        this.#gone.push(fact.entries)
        this.#goneReceipts.push(id)
        return
      case 'opening':
        loose.remove(fact.cash)
        this.#gone.push(fact.cash.entries)
        for (const [instrument, step] of fact.steps) {
          partitions.remove(instrument, step)
          this.#gone.push(step.entries)
        }
        return
      case 'policy':
        this.#policiesChanged(desk, fact.day)
        return
      case 'lots':
        this.#rechoose(desk, fact.fill)
    }
  }

  /** Folds what the units taken in since the last fold changed. */
  fold(desk: Desk, changes: Changes): { readonly facts: number; readonly partitions: number } {
    const { partitions, loose } = this.#open
    for (const entries of this.#gone) if (entries !== null) changes.compare(entries, null)
    this.#gone.length = 0
    const folded = partitions.fold(changes)
    const facts = folded.facts + loose.fold(changes, (receipt) => this.#hasTarget(receipt))
    desk.receipts.settle(changes)
    return { facts, partitions: folded.partitions }
  }

  pools(): Pools {
    return this.#open.pools
  }

  /** Breaks that opened and closed since the last fold. */
  *breaks(desk: Desk): Iterable<{ readonly opened: BookBreak[]; readonly closed: BookBreak[] }> {
    yield* this.#open.partitions.breaks()
    yield desk.receipts.breaks(this.#goneReceipts)
    this.#goneReceipts.length = 0
    yield this.#open.pools.breaks()
  }

  /** Every entry of the book. */
  *entries(): Iterable<Entry> {
    if (this.#parts === null) return
    yield* this.#parts.partitions.entries()
    for (const fact of this.#facts.values())
      for (const chain of chainsOf(fact)) for (let entry = chain; entry !== null; entry = entry.next) yield entry
    yield* this.#parts.pools.entries()
  }
}

/** Entries of facts that are in no partition. */
function chainsOf(fact: Fact): readonly (Entry | null)[] {
  if (fact.kind === 'cash' || fact.kind === 'receipt') return [fact.entries]
  if (fact.kind === 'fx') return [fact.entries, fact.settles]
  return fact.kind === 'opening' ? [fact.cash.entries] : []
}
