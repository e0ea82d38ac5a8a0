// One partition of a book: an instrument and what actions link it to. Its facts in order, its lots, and the fold that a late fact
// takes up again from its own place.
import type { Int } from '../kernel/scaled.ts'
import type { Changes } from './changes.ts'
import { dateOf } from './day.ts'
import type { Desk } from './desk.ts'
import type { Entry, Origin } from './entry.ts'
import type { Fill } from './fill.ts'
import type { BookBreak } from './knowledge.ts'
import { FLAG } from './lines.ts'
import { type Holding, Lots } from './lots.ts'
import { type Place, Places } from './place.ts'
import type { InForce } from './policies.ts'
import { Relief } from './relief.ts'
import { settle } from './settlement.ts'
import { compareSteps } from './step.ts'
import { postTrade } from './trade.ts'

/** A fact that has its place among the others of a partition. */
export type PartitionStep = Fill

export class Partition {
  readonly desk: Desk
  readonly instruments = new Set<string>()
  readonly places: Places
  readonly relief = new Relief()
  lots = new Lots()
  readonly steps: PartitionStep[] = []
  /** Facts that came since the last fold, and the entries they had elsewhere or before. */
  readonly #arrivals: PartitionStep[] = []
  readonly #departures = new Set<PartitionStep>()
  /** Facts from this one on are folded again. */
  #from: PartitionStep | null = null
  #all = false
  readonly #unsettled = new Set<Fill>()
  #reports: { readonly step: PartitionStep; readonly found: BookBreak }[] = []
  #breaks = new Map<string, BookBreak>()
  /** The longest time between a trade and its settlement seen so far, in days. */
  longestSettlement = 0

  constructor(desk: Desk) {
    this.desk = desk
    this.places = new Places(desk)
  }

  add(step: PartitionStep): void {
    this.#arrivals.push(step)
  }

  /** Takes a fact out. Its entries stay with it, for its successor to be compared with. */
  remove(step: PartitionStep): void {
    const waiting = this.#arrivals.indexOf(step)
    if (waiting >= 0) this.#arrivals.splice(waiting, 1)
    else {
      this.#departures.add(step)
      this.touch(step)
    }
  }

  /** Folds again from this fact on. */
  touch(step: PartitionStep): void {
    if (this.#from === null || compareSteps(step, this.#from) < 0) this.#from = step
  }

  /** Folds again from the first fact on or after a day. */
  touchFrom(day: number): void {
    const step = this.steps[this.#firstOn(day)]
    if (step !== undefined) this.touch(step)
  }

  /** Folds everything again; with new dimensions when units are counted otherwise. */
  touchAll(): void {
    this.#all = true
  }

  /** Works out the settlement of a fill again. */
  touchSettlement(fill: Fill): void {
    this.#unsettled.add(fill)
  }

  get dirty(): boolean {
    return this.#arrivals.length > 0 || this.#from !== null || this.#all || this.#unsettled.size > 0
  }

  /** Folds what has to be; answers how many facts that were. */
  fold(changes: Changes): number {
    const from = this.#merge()
    const { steps } = this
    for (let i = from; i < steps.length; i++) {
      const step = steps[i]
      if (step === undefined) break
      step.mark = this.lots.mark()
      const old = step.entries
      const fresh = postTrade(this.desk, this, step)
      step.entries = fresh
      changes.compare(old, fresh)
      if (fresh !== null || old !== null) this.#settle(step, changes)
    }
    for (const fill of this.#unsettled) this.#settle(fill, changes)
    this.#unsettled.clear()
    return steps.length - from
  }

  #settle(fill: Fill, changes: Changes): void {
    const old = fill.settles
    fill.settles = settle(this.desk, fill)
    changes.compare(old, fill.settles)
  }

  /** Brings arrivals and departures into the order, rolls the lots back, and answers where the fold begins. */
  #merge(): number {
    const { steps } = this
    const arrivals = this.#arrivals
    const last = steps.at(-1)
    if (arrivals.length > 1) arrivals.sort(compareSteps)
    const firstNew = arrivals[0]
    if (firstNew !== undefined && last !== undefined && compareSteps(firstNew, last) < 0) this.touch(firstNew)
    let from = steps.length
    if (this.#all) from = 0
    else if (this.#from !== null) from = this.#placeOf(this.#from)
    if (from < steps.length) {
      this.#rollback(from)
      const tail = steps.splice(from).filter((step) => !this.#departures.has(step))
      let next = 0
      for (const step of tail) {
        for (
          let arrival = arrivals[next];
          arrival !== undefined && compareSteps(arrival, step) < 0;
          arrival = arrivals[next]
        ) {
          steps.push(arrival)
          next++
        }
        steps.push(step)
      }
      for (; next < arrivals.length; next++) pushStep(steps, arrivals[next])
    } else for (const arrival of arrivals) steps.push(arrival)
    arrivals.length = 0
    this.#departures.clear()
    this.#from = null
    this.#all = false
    return from
  }

  #rollback(from: number): void {
    const step = this.steps[from]
    if (step === undefined) return
    if (from === 0) {
      this.lots = new Lots()
      this.places.clear(this.#all)
    } else this.lots.rollback(step.mark)
    if (this.#reports.length > 0) this.#reports = this.#reports.filter((report) => compareSteps(report.step, step) < 0)
  }

  /** Index of the first step not before this one. */
  #placeOf(step: PartitionStep): number {
    let low = 0
    let high = this.steps.length
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.steps[middle]
      if (there !== undefined && compareSteps(there, step) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #firstOn(day: number): number {
    let low = 0
    let high = this.steps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.steps[middle]?.date ?? 0) < day) low = middle + 1
      else high = middle
    }
    return low
  }

  /** A rate changed: what used it on that day is folded again. */
  touchRate(currency: number, day: number): void {
    for (let i = this.#firstOn(day - this.longestSettlement); i < this.steps.length; i++) {
      const step = this.steps[i]
      if (step === undefined || step.date > day) break
      if (step.date === day) {
        if (step.place.currency === currency) this.touch(step)
      } else if (step.settleDay === day) this.#unsettled.add(step)
      if (step.date === day && step.settlesAtOnce) this.#unsettled.add(step)
    }
  }

  /** The holdings whose lots a fill may relieve. */
  scope(place: Place, short: boolean, inForce: InForce): readonly Holding[] {
    const own = short ? place.short : place.long
    const { reliefScope } = inForce.policy
    if (reliefScope === 'sleeve-account' || inForce.method === 'average') return [own]
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

  /** Opens a lot named after the fact, or joins the pool when the method is average cost; answers the lot. */
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
    const pool = inForce.method === 'average' ? this.pool(holding, currency) : -1
    if (pool >= 0) {
      this.lots.join(pool, units, cost, base)
      return pool
    }
    return this.lots.open(holding, this.desk.lotNames.ofFact(fill), fill.date, currency, units, cost, base, flags)
  }

  /** The first open lot of a currency in a holding, or -1. */
  pool(holding: Holding, currency: number): number {
    for (let i = holding.head; i < holding.lots.length; i++) {
      const lot = holding.lots[i] ?? 0
      if (this.lots.currency[lot] === currency) return lot
    }
    return -1
  }

  /** Notes something for a person. */
  report(step: PartitionStep, code: BookBreak['code'], message: string, day: number): void {
    this.#reports.push({ step, found: { code, fact: step.id, message, since: dateOf(day) } })
  }

  /** The breaks as they now are; answers those that opened and closed since the last question. */
  breaks(): { readonly opened: BookBreak[]; readonly closed: BookBreak[] } {
    const now = new Map<string, BookBreak>()
    for (const { found } of this.#reports) now.set(`${found.code}|${found.fact}|${found.message}`, found)
    const opened = [...now].filter(([key]) => !this.#breaks.has(key)).map(([, found]) => found)
    const closed = [...this.#breaks].filter(([key]) => !now.has(key)).map(([, found]) => found)
    if (opened.length > 0 || closed.length > 0) this.#breaks = now
    return { opened, closed }
  }

  /** All entries as they are now. */
  *entries(): Iterable<Entry> {
    for (const step of this.steps) {
      for (let entry = step.entries; entry !== null; entry = entry.next) yield entry
      for (let entry = step.settles; entry !== null; entry = entry.next) yield entry
    }
  }
}

function pushStep(steps: PartitionStep[], step: PartitionStep | undefined): void {
  if (step !== undefined) steps.push(step)
}

/** Whether lots of this kind are shown as oversold until they are covered. */
export function isOversold(flags: number): boolean {
  return (flags & FLAG.oversold) !== 0
}
export type { Origin }
