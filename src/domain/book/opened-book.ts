// A book from the opening of its portfolio on: what each event touches, the fold of what was touched, and every entry there is.
import type { Accounting } from './accounting.ts'
import { Accruals } from './accruals.ts'
import type { BookOptions } from './book-options.ts'
import type { Changes } from './changes.ts'
import { dayOf } from './day.ts'
import { Desk } from './desk.ts'
import type { Entry } from './entry.ts'
import { FactChanges, type FactTerms } from './fact-changes.ts'
import { type Fact, FactRegister } from './fact-register.ts'
import { Fill } from './fill.ts'
import type { BookBreak, BookEvent, KnownEvent } from './knowledge.ts'
import { markedBy } from './life-reference.ts'
import { Loose } from './loose.ts'
import { Partitions } from './partitions.ts'
import { Pools } from './pools.ts'
import { ReceiptLinks } from './receipt-links.ts'
import { ReferenceChecks } from './reference-checks.ts'
import { Transfers } from './transfers.ts'

type Opened = Extract<BookEvent, { type: 'PortfolioOpened' }>['data']

export class OpenedBook {
  readonly desk: Desk
  readonly pools: Pools
  readonly #accounting: Accounting
  readonly #accruals: Accruals
  readonly #register = new FactRegister()
  readonly #checks: ReferenceChecks
  readonly #partitions: Partitions
  readonly #loose: Loose
  readonly #links: ReceiptLinks
  readonly #transfers: Transfers
  readonly #facts: FactChanges
  /** Entries of facts that are gone, until the next fold reverses them. */
  readonly #gone: (Entry | null)[] = []

  constructor(options: BookOptions, accounting: Accounting, opened: Opened, at: bigint) {
    const { functional = 'base', lens = {}, reference } = options
    const { portfolio, baseCurrency, policy, defaults } = opened
    const currency = functional === 'base' ? baseCurrency : functional
    const desk = new Desk(reference, { portfolio, baseCurrency, policy, defaults }, currency, lens)
    desk.rates.asAt = at
    desk.closed.relearn(at)
    desk.lotNames.openerOf = (id) => {
      const fact = this.#register.get(id)
      return fact instanceof Fill ? fact : undefined
    }
    for (const account of opened.cashAccounts) desk.addCashAccount(account)
    this.desk = desk
    this.#accounting = accounting
    this.pools = new Pools(desk)
    this.#loose = new Loose(desk)
    this.#checks = new ReferenceChecks(desk)
    this.#partitions = new Partitions(
      desk,
      this.#checks,
      this.#gone,
      (action) => this.#links.acted(action),
      (moment) => this.#links.left(moment),
    )
    this.#links = new ReceiptLinks(desk, this.#register, this.#partitions, this.#loose, this.#checks)
    this.#transfers = new Transfers(options.portfolio, this.#partitions, this.#gone)
    this.#accruals = new Accruals(desk, () => this.entries())
    this.#facts = new FactChanges(
      desk,
      this.#register,
      this.#partitions,
      this.#loose,
      this.#links,
      this.#accruals,
      this.#gone,
    )
  }

  /** Whether an event of the reference, or of a transfer, concerns this book. */
  wants(event: KnownEvent): boolean {
    switch (event.type) {
      case 'RatesRecorded':
      case 'RateCorrected':
      case 'RateWithdrawn':
        return this.desk.rates.wants(event)
      case 'CorporateActionAnnounced':
      case 'CorporateActionAmended':
      case 'CorporateActionCancelled':
        return this.#partitions.knows(event.data.instrument)
      case 'InstrumentRegistered':
      case 'InstrumentAmended':
        return this.#partitions.knows(event.data.instrument) || this.#checks.waitsFor(event.data.instrument)
      case 'FixingRecorded':
        return this.#partitions.lives.has(event.data.instrument)
      case 'PricesRecorded':
      case 'PriceCorrected':
      case 'PriceWithdrawn':
        return markedBy(event).some((instrument) => this.#partitions.lives.has(instrument))
      case 'BusinessDayClosed':
        return this.desk.policies.calendars.has(event.data.calendar)
      default:
        return this.#transfers.wants(event)
    }
  }

  /** Takes in one event; answers whether it sealed or reopened a period. */
  learn(event: KnownEvent, index: number): boolean {
    const { desk } = this
    switch (event.type) {
      case 'PlacesAdded':
        for (const account of event.data.cashAccounts) desk.addCashAccount(account)
        return false
      case 'FillExecuted':
      case 'FillCorrected':
        this.#facts.fill(this.#register.version(event.data.fact, event, index), event.data.fill)
        return false
      case 'FillBusted':
        this.#facts.cancel(event.data.fact)
        return false
      case 'FactCorrected':
        this.#facts.other(this.#register.version(event.data.fact, event, index), event.data.as)
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
      case 'OptionEnded':
      case 'FeeScheduleSet':
      case 'FeeAccrued':
      case 'FeeInvoiced':
      case 'LotsIdentified':
      case 'ElectionMade':
      case 'CashInterestSet':
      case 'BorrowRateSet':
      case 'BorrowPriceTaken':
      case 'SettlementFailed':
      case 'SettlementConfirmed': {
        const { fact, ...terms } = event.data
        // The same members under the same type: what a correction holds as `as`.
        this.#facts.other(this.#register.version(fact, event, index), { type: event.type, ...terms } as FactTerms)
        return false
      }
      case 'ManualEntryPosted':
        this.#facts.manual(this.#register.version(event.data.fact, event, index), event.data.entry)
        return false
      case 'FactCancelled':
        if (this.#accounting.unseal(event.data.fact)) return true
        this.#facts.cancel(event.data.fact)
        return false
      case 'PeriodSealed':
        this.#accounting.seal(event.data.fact, dayOf(event.data.through))
        return true
      case 'PeriodReopened':
        return this.#accounting.unseal(event.data.fact)
      default:
        this.#reference(event, index)
        return false
    }
  }

  #reference(event: KnownEvent, index: number): void {
    const { desk } = this
    const partitions = this.#partitions
    switch (event.type) {
      case 'RatesRecorded':
      case 'RateCorrected':
      case 'RateWithdrawn': {
        const changed = desk.rates.relearn(event)
        partitions.touchRates(changed)
        for (const { currency, day } of changed) this.#accruals.touchRate(desk.currencies.text(currency), day)
        for (const { day } of changed) for (const fact of this.#loose.on(day)) this.#facts.touchLoose(fact)
        return
      }
      case 'InstrumentRegistered':
      case 'InstrumentAmended': {
        const terms = desk.reference.instrument(event.data.instrument, desk.rates.asAt)
        if (terms === null) return
        this.#checks.relearned(terms.instrument)
        if (!partitions.knows(terms.instrument)) return
        partitions.needPlaces(terms.instrument, terms.quantityPlaces)
        partitions.relive(terms.instrument)
        if (event.type === 'InstrumentRegistered' || event.data.changes.multiplier !== undefined)
          this.#checks.repriced(terms.instrument, terms.multiplier, partitions.fillsBeside(terms.instrument))
        return
      }
      case 'CorporateActionAnnounced':
      case 'CorporateActionAmended':
      case 'CorporateActionCancelled': {
        const { instrument } = event.data
        const id = event.type === 'CorporateActionCancelled' ? event.data.action : event.data.terms.action
        const action = desk.reference.action(instrument, id, desk.rates.asAt)
        if (action !== null && partitions.knows(instrument)) partitions.act(action)
        return
      }
      case 'FixingRecorded':
        partitions.fixed(event.data.instrument)
        return
      case 'PricesRecorded':
      case 'PriceCorrected':
      case 'PriceWithdrawn':
        for (const instrument of markedBy(event)) partitions.lives.price(instrument, event.data.date)
        return
      case 'BusinessDayClosed':
        if (desk.closed.learn(event)) partitions.lives.closed()
        return
      default:
        this.#transfers.learn(event, index)
    }
  }

  /** Folds what was touched since the last fold; answers how many facts and partitions that took. */
  fold(changes: Changes): { readonly facts: number; readonly partitions: number } {
    this.#partitions.sync()
    for (const entries of this.#gone) if (entries !== null) changes.compare(entries, null)
    this.#gone.length = 0
    const { facts, partitions } = this.#partitions.fold(changes)
    const loose = this.#loose.fold(changes, (receipt) => this.#links.hasTarget(receipt))
    this.desk.receipts.settle(changes)
    return { facts: facts + loose, partitions }
  }

  /** Follows a change of an entry: pools and accruals live on what entries move. */
  follow(old: Entry | null, fresh: Entry | null): void {
    this.pools.follow(old, fresh)
    this.#accruals.follow(old, fresh)
  }

  /** Lets balances accrue after everything that moves them was folded; what accrues moves cash pools in turn. */
  accrue(cause: string, changes: Changes): void {
    this.#accruals.fold(cause, changes)
  }

  /** Tells of the breaks that opened and closed with the last fold. */
  breaks(tell: (opened: readonly BookBreak[], closed: readonly BookBreak[]) => void): void {
    this.#partitions.breaks(tell)
    const { goneReceipts } = this.#facts
    const receipts = this.desk.receipts.breaks(goneReceipts)
    tell(receipts.opened, receipts.closed)
    if (goneReceipts.length > 0) goneReceipts.length = 0
    const overdrafts = this.pools.breaks()
    tell(overdrafts.opened, overdrafts.closed)
    this.#checks.breaks(tell)
    this.#accruals.breaks(tell)
  }

  /** Every entry of the book. */
  *entries(): Iterable<Entry> {
    yield* this.#partitions.entries()
    for (const fact of this.#register.all)
      for (const chain of chainsOf(fact)) for (let entry = chain; entry !== null; entry = entry.next) yield entry
    yield* this.#accruals.entries()
    yield* this.pools.entries()
  }
}

/** Entries of facts that are in no partition. */
function chainsOf(fact: Fact): readonly (Entry | null)[] {
  if (fact.kind === 'cash' || fact.kind === 'receipt' || fact.kind === 'manual' || fact.kind === 'fee')
    return [fact.entries]
  if (fact.kind === 'fx') return [fact.entries, fact.settles]
  return fact.kind === 'opening' ? [fact.cash.entries] : []
}
