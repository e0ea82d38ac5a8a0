// New, corrected and cancelled facts (BOOK.md section 1: resolve): each newest version takes its predecessor's place, and its
// entries, so that only what differs is posted.
import type { PortfolioEvent } from '../portfolio/events.ts'
import type { CashTerms, ElectionTerms, FillTerms, OpeningTerms, OptionEndTerms } from '../portfolio/facts.ts'
import type { ManualTerms } from '../portfolio/manual-entry.ts'
import type { Accruals } from './accruals.ts'
import { placesOf } from './amounts.ts'
import { Cash, type CashKind } from './cash.ts'
import { dayOf } from './day.ts'
import type { Desk } from './desk.ts'
import { actionOf, type Election } from './election.ts'
import type { Entry } from './entry.ts'
import type { Fact, FactRegister, Version } from './fact-register.ts'
import { accrualOf, invoiceOf } from './fee.ts'
import { Fill, type OptionEnd, unitPlacesOf } from './fill.ts'
import { fillOfEnd } from './option-end-fill.ts'
import { Fx } from './fx.ts'
import type { Loose, LooseFact } from './loose.ts'
import { Manual } from './manual.ts'
import { OpeningCash, OpeningStep } from './opening.ts'
import type { Partitions } from './partitions.ts'
import { Receipt } from './receipt.ts'
import type { ReceiptLinks } from './receipt-links.ts'

/** The terms of any fact but a fill, as an event or a correction states them. */
export type FactTerms = Extract<PortfolioEvent, { type: 'FactCorrected' }>['data']['as']

export class FactChanges {
  readonly #desk: Desk
  readonly #register: FactRegister
  readonly #partitions: Partitions
  readonly #loose: Loose
  readonly #links: ReceiptLinks
  readonly #accruals: Accruals
  /** Entries of facts that are gone. */
  readonly #gone: (Entry | null)[]
  readonly goneReceipts: string[] = []

  constructor(
    desk: Desk,
    register: FactRegister,
    partitions: Partitions,
    loose: Loose,
    links: ReceiptLinks,
    accruals: Accruals,
    gone: (Entry | null)[],
  ) {
    this.#desk = desk
    this.#register = register
    this.#partitions = partitions
    this.#loose = loose
    this.#links = links
    this.#accruals = accruals
    this.#gone = gone
  }

  /** The end of an option: what it delivers is a fill of the underlying, what it pays or leaves worthless one of the option itself. */
  #option(version: Version, terms: OptionEndTerms): void {
    const { instrument, quantity, delivery } = terms
    this.#partitions.of(instrument)
    this.#partitions.needPlaces(instrument, placesOf(quantity))
    if (delivery !== undefined) this.#partitions.link(instrument, delivery.instrument)
    const { fill, end } = fillOfEnd(this.#desk, terms)
    this.fill(version, fill, end)
  }

  /** A fill's newest terms. */
  fill(version: Version, terms: FillTerms, end: OptionEnd | null = null): void {
    const { fact, cause, root, index, old } = version
    if (this.#register.isCancelled(fact)) return
    const desk = this.#desk
    const partitions = this.#partitions
    const { instrument, sleeve, custodyAccount, cashAccount, currency } = terms
    const partition = partitions.of(instrument)
    const finer = unitPlacesOf(terms)
    if (finer > desk.unitPlaces(instrument)) partitions.needPlaces(instrument, finer)
    const place = partition.places.at(sleeve, custodyAccount, cashAccount, instrument, currency)
    const fill = new Fill(desk, fact, cause, root, index, terms, place, end)
    if (old instanceof Fill) {
      partitions.remove(old.place.instrument, old)
      fill.entries = old.entries
      fill.settles = old.settles
      fill.lotName = old.lotName
    }
    const lag = fill.settleDay - fill.date
    if (lag > partition.longestSettlement) partition.longestSettlement = lag
    if (desk.settlements.has(fact)) partition.mayWaitForEver()
    this.#register.set(fact, fill)
    partitions.addTo(partition, fill)
  }

  /** The newest terms of any other fact. A correction may say that it was of another kind. */
  other(version: Version, terms: FactTerms): void {
    const { fact, cause, root, index } = version
    if (this.#register.isCancelled(fact)) return
    const desk = this.#desk
    switch (terms.type) {
      case 'PolicyChanged': {
        const day = dayOf(terms.effectiveOn)
        const old = this.#register.get(fact)
        this.#register.set(fact, { kind: 'policy', fact, cause, root, index, day, changes: terms.changes })
        this.#policiesChanged(old?.kind === 'policy' ? Math.min(old.day, day) : day)
        return
      }
      case 'LotsIdentified': {
        const old = this.#register.get(fact)
        this.#register.set(fact, { kind: 'lots', root, index, fill: terms.fill, lots: terms.lots })
        if (old?.kind === 'lots' && old.fill !== terms.fill) this.#rechoose(old.fill)
        this.#rechoose(terms.fill)
        return
      }
      case 'FeeScheduleSet':
        // What it charges is recorded as it accrues.
        return
      case 'FeeAccrued':
        this.#stand(fact, accrualOf(desk, version, terms.accrual))
        return
      case 'FeeInvoiced':
        this.#stand(fact, invoiceOf(desk, version, terms.invoice))
        return
      case 'OptionEnded':
        this.#option(version, terms.option)
        return
      case 'OpeningBalanceDeclared':
        this.#opening(version, terms.opening)
        return
      case 'ElectionMade':
        this.#elect(version, terms.election)
        return
      case 'FxTraded':
        this.#stand(fact, new Fx(desk, fact, cause, root, index, terms.fx))
        return
      case 'CashReceived':
        this.#stand(fact, new Receipt(desk, fact, cause, root, index, terms))
        return
      case 'CashInterestSet':
      case 'BorrowRateSet':
      case 'BorrowPriceTaken': {
        const financing = { kind: 'financing', root, index, terms } as const
        this.#register.set(fact, financing)
        this.#accruals.set(fact, financing)
        return
      }
      case 'SettlementFailed':
      case 'SettlementConfirmed': {
        const says = terms.type === 'SettlementFailed' ? 'failed' : 'confirmed'
        const { fill, date, units = null } = terms.type === 'SettlementFailed' ? terms.failed : terms.settled
        const old = this.#register.get(fact)
        const note = { kind: 'settlement', says, fact, root, index, fill, day: dayOf(date), units } as const
        this.#register.set(fact, note)
        if (old?.kind === 'settlement' && old.fill !== fill) this.#resettle(old.fill)
        this.#resettle(fill)
        return
      }
      case 'MarginTermsSet':
        // Nothing is posted by it: requirements are read off positions.
        return
      case 'CashTransferred':
        this.#cash(version, terms.type, terms.cash, { cashAccount: terms.toCashAccount, sleeve: terms.toSleeve })
        return
      default:
        this.#cash(version, terms.type, terms.cash, null)
    }
  }

  /** A manual entry is posted once, and undone only by another. */
  manual({ fact, cause, root, index }: Version, terms: ManualTerms): void {
    if (this.#register.isCancelled(fact)) return
    this.#stand(fact, new Manual(fact, cause, root, index, terms))
  }

  #cash(
    { fact, cause, root, index }: Version,
    type: CashKind,
    cash: CashTerms,
    to: { readonly cashAccount: string; readonly sleeve: string } | null,
  ): void {
    this.#stand(fact, new Cash(this.#desk, fact, cause, root, index, type, cash, to))
  }

  /** A fact that stands for itself takes the place of its predecessor. */
  #stand(id: string, fact: Exclude<LooseFact, OpeningCash>): void {
    const old = this.#register.get(id)
    if (old !== undefined) {
      this.#withdraw(old)
      if (
        old.kind === 'cash' ||
        old.kind === 'fx' ||
        old.kind === 'receipt' ||
        old.kind === 'manual' ||
        old.kind === 'fee'
      ) {
        fact.entries = old.entries
        const settles = old.kind === 'fx' ? old.settles : null
        if (fact.kind === 'fx') fact.settles = settles
        else this.#gone.push(settles)
      } else this.#bury(old)
    }
    this.#register.set(id, fact)
    if (fact.kind === 'receipt') this.#links.put(fact)
    else this.#loose.add(fact)
  }

  #opening({ fact, cause, root, index }: Version, terms: OpeningTerms): void {
    const partitions = this.#partitions
    const old = this.#register.get(fact)
    if (old !== undefined) this.#withdraw(old)
    const before = old?.kind === 'opening' ? old : null
    if (old !== undefined && before === null) this.#bury(old)
    const cash = new OpeningCash(fact, cause, root, index, terms)
    cash.entries = before?.cash.entries ?? null
    const steps = new Map<string, OpeningStep>()
    for (const { instrument } of terms.lots) {
      if (steps.has(instrument)) continue
      partitions.of(instrument)
      for (const lot of terms.lots)
        if (lot.instrument === instrument) partitions.needPlaces(instrument, placesOf(lot.units))
      const step = new OpeningStep(fact, cause, root, index, terms, instrument)
      step.entries = before?.steps.get(instrument)?.entries ?? null
      steps.set(instrument, step)
      partitions.add(instrument, step)
    }
    for (const [instrument, step] of before?.steps ?? []) if (!steps.has(instrument)) this.#gone.push(step.entries)
    this.#register.set(fact, { kind: 'opening', root, index, cash, steps })
    this.#loose.add(cash)
  }

  #policiesChanged(from: number): void {
    const { policies } = this.#desk
    const changes = this.#register.policies
    policies.set(changes)
    this.#desk.closed.relearn(this.#desk.rates.asAt)
    this.#partitions.lives.closed()
    const days = new Set<number>()
    const toAverage = changes.filter(({ day }) => {
      const first = !days.has(day)
      days.add(day)
      return first && policies.on(day).method === 'average' && policies.on(day - 1).method !== 'average'
    })
    this.#partitions.setMethodChanges(toAverage)
    this.#partitions.touchFrom(from)
    for (const fact of this.#loose.from(from)) this.touchLoose(fact)
    this.#accruals.touchFrom(from)
  }

  /** The newest choice for a fill counts. */
  #rechoose(id: string): void {
    const choice = this.#register.choiceFor(id)
    if (choice === undefined) this.#desk.identified.delete(id)
    else this.#desk.identified.set(id, choice.lots)
    const fill = this.#register.get(id)
    if (fill instanceof Fill) this.#partitions.touch(fill)
  }

  /** The newest choice for an action. */
  #elect({ fact, root, index, old }: Version, terms: ElectionTerms): void {
    if (old?.kind === 'election') this.#withdraw(old)
    const election: Election = { ...terms, kind: 'election', fact, root, index }
    this.#register.set(fact, election)
    this.#desk.elections.put(election)
    this.#partitions.touchElections(actionOf(election))
  }

  /** What is said of a fill's settlement changed: what waits for it may meet other actions now. */
  #resettle(id: string): void {
    const notes = this.#register.settlementsOf(id)
    if (notes.length === 0) this.#desk.settlements.delete(id)
    else this.#desk.settlements.set(id, notes)
    const fill = this.#register.get(id)
    if (!(fill instanceof Fill)) return
    this.#partitions.of(fill.place.instrument).mayWaitForEver()
    this.#partitions.touch(fill)
  }

  /** Works out again what a fact that stands for itself posts. */
  touchLoose(fact: LooseFact): void {
    if (fact.kind === 'receipt') this.#links.touchReceipt(fact)
    else this.#loose.touch(fact)
  }

  /** The fact never was. */
  cancel(id: string): void {
    const fact = this.#register.cancel(id)
    if (fact === undefined) return
    this.#withdraw(fact)
    this.#bury(fact)
    if (fact.kind === 'receipt') this.goneReceipts.push(id)
    if (fact.kind === 'policy') this.#policiesChanged(fact.day)
    if (fact.kind === 'lots') this.#rechoose(fact.fill)
    if (fact.kind === 'settlement') this.#resettle(fact.fill)
    if (fact.kind === 'financing') this.#accruals.set(id, null)
    if (fact.kind === 'fill' || fact.kind === 'fx') this.#links.touch(id)
  }

  /** Takes a fact out of where it stands; its entries stay with it. */
  #withdraw(fact: Fact): void {
    switch (fact.kind) {
      case 'fill':
        this.#partitions.remove(fact.place.instrument, fact)
        return
      case 'opening':
        this.#loose.remove(fact.cash)
        for (const [instrument, step] of fact.steps) this.#partitions.remove(instrument, step)
        return
      case 'receipt':
        this.#links.take(fact)
        return
      case 'cash':
      case 'fx':
      case 'manual':
      case 'fee':
        this.#loose.remove(fact)
        return
      case 'election':
        this.#desk.elections.take(fact)
        this.#partitions.touchElections(actionOf(fact))
        return
      case 'policy':
      case 'lots':
      case 'financing':
      case 'settlement':
        // They stand nowhere: what they do is worked out from all of them together.
        return
    }
  }

  /** What a fact posted is to be reversed. */
  #bury(fact: Fact): void {
    if (fact.kind === 'fill' || fact.kind === 'fx') this.#gone.push(fact.entries, fact.settles)
    else if (fact.kind === 'cash' || fact.kind === 'receipt' || fact.kind === 'manual' || fact.kind === 'fee')
      this.#gone.push(fact.entries)
    else if (fact.kind === 'opening') {
      this.#gone.push(fact.cash.entries)
      for (const step of fact.steps.values()) this.#gone.push(step.entries)
    }
  }
}
