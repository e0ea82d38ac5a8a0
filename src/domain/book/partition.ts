// One partition of a book: an instrument and what actions link it to. Its facts in order, its lots, and the fold that a late fact
// takes up again from its own place.
import type { Int } from '../kernel/scaled.ts'
import { type ActionStep, postAction, unstatedOrders } from './action.ts'
import type { BondLife } from './bond-life.ts'
import type { Changes } from './changes.ts'
import { dateOf } from './day.ts'
import type { Desk } from './desk.ts'
import type { Entry } from './entry.ts'
import type { Fill } from './fill.ts'
import { InterestBooked } from './interest-booked.ts'
import type { BookBreak } from './knowledge.ts'
import { payLife, postLife } from './life-posting.ts'
import type { LifeStep } from './life-step.ts'
import { FLAG } from './lines.ts'
import { type Holding, Lots } from './lots.ts'
import { type MethodStep, postMethod } from './method.ts'
import { postOptionEnd } from './option-end.ts'
import { type OpeningStep, postOpening } from './opening.ts'
import { payAction } from './pay.ts'
import { type Place, Places } from './place.ts'
import type { InForce } from './policies.ts'
import { Relief } from './relief.ts'
import { settle } from './settlement.ts'
import { daysOf, planOf } from './settlement-plan.ts'
import { compareSteps } from './step.ts'
import { StepList } from './step-list.ts'
import { postTrade } from './trade.ts'
import { postTransfer, type TransferStep } from './transfer.ts'
import { putBack } from './waiting.ts'

/** Longer than any history, in days. */
const NO_LIMIT_DAYS = 10_000_000

const NO_BREAKS: { readonly opened: BookBreak[]; readonly closed: BookBreak[] } = { opened: [], closed: [] }

/** A fact that has its place among the others of a partition. */
export type PartitionStep = Fill | ActionStep | OpeningStep | TransferStep | MethodStep | LifeStep

/** Facts whose settlement is worked out apart from them. */
type Settling = Fill | ActionStep | LifeStep

export class Partition {
  readonly desk: Desk
  readonly instruments = new Set<string>()
  /** Instruments whose facts cost no money: their gains are marked day by day. */
  readonly contracts = new Set<string>()
  /** Instruments that bear interest by their terms. */
  readonly bonds = new Map<string, BondLife>()
  readonly interest = new InterestBooked()
  places: Places
  readonly relief = new Relief()
  lots = new Lots()
  readonly steps = new StepList<PartitionStep>()
  /** Fills and actions whose settlement is to be worked out again. */
  readonly #unsettled = new Set<Settling>()
  #reports: { readonly step: PartitionStep; readonly found: BookBreak }[] = []
  #breaks = new Map<string, BookBreak>()
  /** Actions whose order nobody stated, as of the last question; null once an action came, went or was folded again. */
  #unstated: readonly BookBreak[] | null = []
  /** Lots opened by sales of what was not held. */
  readonly #oversold: { readonly lot: number; readonly step: PartitionStep }[] = []
  #newDimensions = false
  /** The longest time between a trade and its settlement seen so far, in days. */
  longestSettlement = 0

  constructor(desk: Desk) {
    this.desk = desk
    this.places = new Places(desk)
  }

  /** Folds everything again; with new dimensions when units are counted otherwise. */
  touchAll(newDimensions = false): void {
    this.steps.touchAll()
    this.#newDimensions ||= newDimensions
  }

  /** Lets places be made anew, after units are counted otherwise; the lots go with the next fold. */
  forgetPlaces(): void {
    this.places.clear(true)
  }

  /** Works out the settlement of a fill or action again. */
  touchSettlement(step: Settling): void {
    this.#unsettled.add(step)
  }

  /** A fill failed, or was confirmed on some other day: how long a settlement may take is no longer known. */
  mayWaitForEver(): void {
    this.longestSettlement = NO_LIMIT_DAYS
  }

  get dirty(): boolean {
    return this.steps.dirty || this.#unsettled.size > 0
  }

  isContract(instrument: string): boolean {
    return this.contracts.size > 0 && this.contracts.has(instrument)
  }

  /** Adds a moment of an instrument's life. */
  addLife(step: LifeStep): void {
    this.longestSettlement = Math.max(this.longestSettlement, (step.payDay ?? step.date) - step.date)
    this.steps.add(step)
  }

  /** Takes over another partition that an action linked to this one. */
  absorb(other: Partition): void {
    for (const instrument of other.instruments) this.instruments.add(instrument)
    for (const instrument of other.contracts) this.contracts.add(instrument)
    for (const [instrument, life] of other.bonds) this.bonds.set(instrument, life)
    this.places.absorb(other.places)
    this.steps.absorb(other.steps)
    for (const step of other.#unsettled) this.#unsettled.add(step)
    for (const [key, found] of other.#breaks) this.#breaks.set(key, found)
    this.longestSettlement = Math.max(this.longestSettlement, other.longestSettlement)
    this.touchAll()
  }

  /** Folds what has to be; answers how many facts that were. */
  fold(changes: Changes): number {
    const from = this.steps.merge(this.#rollback)
    const steps = this.steps.list
    // Where no action can move what waits, a fill's settlement is known as soon as its trade is.
    const plain = this.steps.others.size === 0
    for (let i = from; i < steps.length; i++) {
      const step = steps[i]
      if (step === undefined) break
      step.mark = this.lots.mark()
      const fill = step.kind === 'fill'
      if (fill) step.waiting = null
      const old = step.entries
      const fresh = fill ? this.#trade(step) : this.#post(step)
      step.entries = fresh
      if (fill && step.accrued !== 0) this.interest.tradeOf(this.desk, this.lots, step)
      if (old !== null || fresh !== null) changes.compare(old, fresh)
      if (fill && plain) this.#settle(step, changes)
      else if (fill || step.kind === 'action' || step.kind === 'life') this.#unsettled.add(step)
    }
    if (this.#unsettled.size > 0) {
      for (const step of this.#unsettled) if (!step.gone) this.#settle(step, changes)
      this.#unsettled.clear()
    }
    return steps.length - from
  }

  #trade(fill: Fill): Entry | null {
    const { end } = fill
    return end === null ? postTrade(this.desk, this, fill) : postOptionEnd(this.desk, this, fill, end)
  }

  #settle(step: Settling, changes: Changes): void {
    const old = step.settles
    step.settles = this.#settlement(step)
    if (old !== null || step.settles !== null) changes.compare(old, step.settles)
  }

  #settlement(step: Settling): Entry | null {
    if (step.kind === 'fill') return settle(this.desk, step)
    return step.kind === 'life' ? payLife(this.desk, step) : payAction(this.desk, step)
  }

  #post(step: Exclude<PartitionStep, Fill>): Entry | null {
    switch (step.kind) {
      case 'action':
        this.#unstated = null
        return postAction(this.desk, this, step)
      case 'opening':
        return postOpening(this.desk, this, step)
      case 'transfer':
        return postTransfer(this.desk, this, step)
      case 'method':
        return postMethod(this.desk, this, step)
      case 'life':
        return postLife(this.desk, this, step)
    }
  }

  /** Puts lots and what waits for settlement back to where they stood before a place in the list. */
  readonly #rollback = (list: readonly PartitionStep[], place: number): void => {
    for (let i = list.length - 1; i >= place; i--) {
      const step = list[i]
      if (step?.kind === 'action' || step?.kind === 'method' || step?.kind === 'life') {
        putBack(step.moved)
        // What an action had moved waits as before, unless it is moved again.
        for (const { fill } of step.moved) this.#unsettled.add(fill)
        step.moved = []
      }
    }
    if (place === 0) {
      this.lots = new Lots()
      this.places.clear(this.#newDimensions)
      this.#newDimensions = false
      this.#oversold.length = 0
      this.#reports.length = 0
      return
    }
    const first = list[place]
    if (first === undefined) return
    this.lots.rollback(first.mark)
    while ((this.#oversold.at(-1)?.lot ?? -1) >= this.lots.name.length) this.#oversold.pop()
    if (this.#reports.length > 0) this.#reports = this.#reports.filter(({ step }) => compareSteps(step, first) < 0)
  }

  /** Takes a fact out for good, or for its successor. */
  remove(step: PartitionStep): void {
    if (step.kind === 'fill' || step.kind === 'action' || step.kind === 'life') step.gone = true
    if (step.kind === 'action') this.#unstated = null
    this.steps.remove(step)
    this.#reports = this.#reports.filter((report) => report.step !== step)
  }

  /** A policy changed from a day on. */
  touchFrom(day: number): void {
    this.steps.touchFrom(day)
    const { list } = this.steps
    for (let i = this.steps.firstOn(day - this.longestSettlement); i < list.length; i++) {
      const step = list[i]
      if (step === undefined || step.date >= day) break
      if (step.kind === 'fill' || step.kind === 'life') this.#unsettled.add(step)
    }
    for (const step of this.steps.others)
      if (step.kind === 'action' && (step.payDay ?? day) >= day) this.#unsettled.add(step)
  }

  /** A rate changed: what used it on that day is folded again. */
  touchRate(currency: number, day: number): void {
    const { list } = this.steps
    for (let i = this.steps.firstOn(day - this.longestSettlement); i < list.length; i++) {
      const step = list[i]
      if (step === undefined || step.date > day) break
      if (step.date === day && (step.kind !== 'fill' || step.place.currency === currency)) this.steps.touch(step)
      if (step.kind === 'life' && step.payDay === day) this.#unsettled.add(step)
      if (step.kind !== 'fill') continue
      if (step.settleDay === day || (step.date === day && step.settlesAtOnce)) this.#unsettled.add(step)
      const plan = planOf(this.desk, step)
      if (plan !== null && daysOf(plan).includes(day)) this.#unsettled.add(step)
    }
    for (const step of this.steps.others) {
      if (step.kind === 'action' && step.payDay === day) this.#unsettled.add(step)
      if ((step.kind === 'opening' || step.kind === 'transfer') && step.rateDays.includes(day)) this.steps.touch(step)
    }
  }

  /** Fills that come before a step and may settle on its day, or one before, or later. */
  *fillsBefore(step: PartitionStep, day = step.date): Iterable<Fill> {
    const { list } = this.steps
    for (let i = this.steps.firstOn(day - this.longestSettlement); i < list.length; i++) {
      const other = list[i]
      if (other === undefined || compareSteps(other, step) >= 0) return
      if (other.kind === 'fill') yield other
    }
  }

  /** The holdings whose lots a fill may relieve. */
  scope(place: Place, short: boolean, inForce: InForce): readonly Holding[] {
    const own = short ? place.shortOnly : place.longOnly
    const { reliefScope } = inForce.policy
    if (reliefScope === 'sleeve-account' || inForce.method === 'average') return own
    const wide = reliefScope === 'portfolio'
    const found: Holding[] = []
    for (const holding of this.places.holdings)
      if (
        holding.short === short &&
        holding.instrument === place.instrument &&
        (wide || holding.custodyAccount === place.custodyAccount)
      )
        found.push(holding)
    return found
  }

  /** Opens a lot named after the fill, or joins the pool when the method is average cost; answers the lot. */
  openLot(
    holding: Holding,
    fill: Fill,
    currency: number,
    units: Int,
    cost: Int,
    base: Int,
    flags: number,
    inForce: InForce,
  ): number {
    const name = this.desk.lotNames.ofFact(fill)
    const average = inForce.method === 'average'
    const held = average || this.desk.lotNames.isShared(name) ? this.#find(holding, currency, average ? -1 : name) : -1
    if (held >= 0) {
      this.lots.join(held, units, cost, base)
      return held
    }
    const lot = this.lots.open(holding, name, fill.date, currency, units, cost, base, flags)
    if ((flags & FLAG.oversold) !== 0) this.#oversold.push({ lot, step: fill })
    return lot
  }

  /** Puts a lot that arrives with its history into a holding: into its pool under average cost, or into the open lot of its name. */
  putIn(
    holding: Holding,
    name: number,
    acquired: number,
    currency: number,
    units: Int,
    cost: Int,
    base: Int,
    flags: number,
    step: PartitionStep,
    order: number,
  ): number {
    const average = this.desk.policies.on(step.date).method === 'average'
    const held = this.#find(holding, currency, average ? -1 : name)
    if (held >= 0) {
      this.lots.join(held, units, cost, base)
      return held
    }
    const lot = this.lots.open(holding, name, acquired, currency, units, cost, base, flags, order)
    if ((flags & FLAG.oversold) !== 0) this.#oversold.push({ lot, step })
    return lot
  }

  /** The first open lot of a currency in a holding, of any name (-1) or one; -1 when there is none. */
  #find(holding: Holding, currency: number, name: number): number {
    const { lots } = this
    for (let i = holding.head; i < holding.lots.length; i++) {
      const lot = holding.lots[i] ?? 0
      if (lots.currency[lot] === currency && (name < 0 || lots.name[lot] === name)) return lot
    }
    return -1
  }

  /** Notes something for a person. */
  report(step: PartitionStep, code: BookBreak['code'], message: string, day: number): void {
    this.#reports.push({ step, found: { code, fact: step.id, message, since: dateOf(day) } })
  }

  /** Breaks that opened and closed since the last question. */
  breaks(): { readonly opened: BookBreak[]; readonly closed: BookBreak[] } {
    this.#unstated ??= unstatedOrders([...this.steps.others].filter((step) => step.kind === 'action'))
    const none = this.#reports.length === 0 && this.#oversold.length === 0 && this.#unstated.length === 0
    if (none && this.#breaks.size === 0) return NO_BREAKS
    const now = new Map<string, BookBreak>()
    for (const found of this.#unstated) now.set(`${found.code}|${found.fact}|${found.message}`, found)
    for (const { found } of this.#reports) now.set(`${found.code}|${found.fact}|${found.message}`, found)
    for (const { lot, step } of this.#oversold) {
      if (this.lots.left[lot] === 0) continue
      const message = 'more was sold than was held, and it is not covered yet'
      now.set(`oversold|${step.id}`, { code: 'oversold', fact: step.id, message, since: dateOf(step.date) })
    }
    const opened = [...now].filter(([key]) => !this.#breaks.has(key)).map(([, found]) => found)
    const closed = [...this.#breaks].filter(([key]) => !now.has(key)).map(([, found]) => found)
    if (opened.length > 0 || closed.length > 0) this.#breaks = now
    return { opened, closed }
  }

  /** All entries as they are now. */
  *entries(): Iterable<Entry> {
    for (const step of this.steps.list) {
      for (let entry = step.entries; entry !== null; entry = entry.next) yield entry
      for (let entry = step.settles; entry !== null; entry = entry.next) yield entry
    }
  }
}
