// All partitions of one book: which instruments belong together, their actions, and what a change of knowledge touches in them.
import { pow10 } from '../kernel/scaled.ts'
import { deliveredBy } from '../instrument/action-legs.ts'
import { ActionStep, type Standing } from './action.ts'
import type { Changes } from './changes.ts'
import type { Desk } from './desk.ts'
import type { Entry } from './entry.ts'
import type { Fill } from './fill.ts'
import type { BookBreak } from './knowledge.ts'
import type { LifeStep } from './life-step.ts'
import { Lives } from './lives.ts'
import { MethodStep } from './method.ts'
import { Partition, type PartitionStep } from './partition.ts'
import type { PolicyChange } from './policies.ts'
import type { ChangedRate } from './rates.ts'
import type { KnownAction } from './reference.ts'
import type { ReferenceChecks } from './reference-checks.ts'
import { sequenceAmong, type TransferStep } from './transfer.ts'

export class Partitions {
  readonly #desk: Desk
  readonly #byInstrument = new Map<string, Partition>()
  readonly #actions = new Map<string, ActionStep>()
  readonly #transfers = new Map<string, TransferStep>()
  readonly #dirty = new Set<Partition>()
  /** Told of every fact that takes a place or leaves it. */
  readonly #checks: ReferenceChecks
  /** Entries of facts that are gone. */
  readonly #gone: (Entry | null)[]
  /** Told of every action that comes, changes or goes. */
  readonly #acted: (action: KnownAction) => void
  /** Changes to average cost now in force. */
  #methodChanges: readonly PolicyChange[] = []
  readonly #methods = new Map<string, MethodStep>()
  readonly lives: Lives

  constructor(
    desk: Desk,
    checks: ReferenceChecks,
    gone: (Entry | null)[],
    acted: (action: KnownAction) => void,
    left: (moment: string) => void,
  ) {
    this.#desk = desk
    this.#checks = checks
    this.#gone = gone
    this.#acted = acted
    this.lives = new Lives(desk, gone, (instrument) => this.#dirty.add(this.of(instrument)), left)
  }

  knows(instrument: string): boolean {
    return this.#byInstrument.has(instrument)
  }

  /** The partition of an instrument; on first mention everything known of its actions comes in. */
  of(instrument: string): Partition {
    const known = this.#byInstrument.get(instrument)
    if (known !== undefined) return known
    const made = new Partition(this.#desk)
    made.instruments.add(instrument)
    this.#byInstrument.set(instrument, made)
    this.lives.know(instrument, made)
    for (const change of this.#methodChanges) this.#addMethod(change, instrument, made)
    for (const action of this.#desk.reference.actionsOn(instrument, this.#desk.rates.asAt)) this.act(action)
    return this.#byInstrument.get(instrument) ?? made
  }

  add(instrument: string, step: PartitionStep): void {
    this.addTo(this.of(instrument), step)
  }

  addTo(partition: Partition, step: PartitionStep): void {
    partition.steps.add(step)
    this.#checks.came(step)
    this.#dirty.add(partition)
  }

  remove(instrument: string, step: PartitionStep): void {
    const partition = this.of(instrument)
    partition.remove(step)
    this.#checks.left(step)
    this.#dirty.add(partition)
  }

  /** Works out the settlement of a fill again. */
  touchSettlement(fill: Fill): void {
    const partition = this.of(fill.place.instrument)
    partition.touchSettlement(fill)
    this.#dirty.add(partition)
  }

  /** The terms of an instrument's life are known now, or known otherwise. */
  relive(instrument: string): void {
    const partition = this.of(instrument)
    if (!this.lives.know(instrument, partition)) return
    partition.touchAll()
    this.#dirty.add(partition)
  }

  /** A running term was fixed: what hangs on it is worked out again. */
  fixed(instrument: string): void {
    if (!this.lives.has(instrument)) return
    this.lives.fix(instrument)
    this.of(instrument).touchAll()
  }

  /** Folds a partition again from a fact on. */
  touch(fill: Fill): void {
    const partition = this.of(fill.place.instrument)
    partition.steps.touch(fill)
    this.#dirty.add(partition)
  }

  /** An action's newest terms; a cancelled one leaves. */
  act(action: KnownAction): void {
    const { instrument, fact, terms } = action
    const old = this.#actions.get(fact)
    if (old !== undefined) this.remove(instrument, old)
    if (terms === null) {
      if (old !== undefined) this.#gone.push(old.entries, old.settles)
      this.#actions.delete(fact)
      this.#acted(action)
      return
    }
    const standing: Standing = { ...action, terms }
    for (const delivered of deliveredBy(terms)) this.link(instrument, delivered)
    const step = new ActionStep(standing)
    step.entries = old?.entries ?? null
    step.settles = old?.settles ?? null
    this.#actions.set(fact, step)
    this.add(instrument, step)
    this.#acted(action)
  }

  /** A standing moment of an instrument's life, by its id. */
  moment(id: string): LifeStep | undefined {
    return this.lives.step(id)
  }

  /** The standing action of a fact id, or of an action id alone when one instrument only has it. */
  action(fact: string): ActionStep | undefined {
    return this.#actions.get(fact)
  }

  actionsCalled(action: string): ActionStep[] {
    return [...this.#actions.values()].filter((step) => step.action.action === action)
  }

  /** Folds again from an action on: its elections changed. */
  touchElections(fact: string): void {
    const step = this.#actions.get(fact)
    if (step === undefined) return
    const partition = this.of(step.action.instrument)
    partition.steps.touch(step)
    this.#dirty.add(partition)
  }

  touchMoment(step: LifeStep): void {
    const partition = this.of(step.instrument)
    partition.touchSettlement(step)
    this.#dirty.add(partition)
  }

  touchAction(step: ActionStep): void {
    const partition = this.of(step.action.instrument)
    partition.touchSettlement(step)
    this.#dirty.add(partition)
  }

  /** Two instruments belong together from now on. */
  link(one: string, other: string): void {
    const keeps = this.of(one)
    const goes = this.of(other)
    if (keeps === goes) return
    keeps.absorb(goes)
    for (const instrument of goes.instruments) this.#byInstrument.set(instrument, keeps)
    this.#dirty.delete(goes)
    this.#dirty.add(keeps)
  }

  /** The standing step of a transfer. */
  transfer(id: string): TransferStep | undefined {
    return this.#transfers.get(id)
  }

  addTransfer(step: TransferStep): void {
    this.#transfers.set(step.id, step)
    this.add(step.terms.instrument, step)
    this.#resequence(step)
  }

  removeTransfer(step: TransferStep): void {
    this.#transfers.delete(step.id)
    this.remove(step.terms.instrument, step)
    this.#resequence(step)
  }

  /** Transfers of one day stand out before in, but for a lot that passes through; who is there decides. */
  #resequence({ date, terms }: TransferStep): void {
    const sameDay = [...this.#transfers.values()].filter(
      (step) => step.date === date && step.terms.instrument === terms.instrument,
    )
    for (const step of sameDay) {
      const sequence = sequenceAmong(step, sameDay)
      if (sequence === step.sequence) continue
      const moved = step.at(sequence)
      this.remove(terms.instrument, step)
      this.#transfers.set(moved.id, moved)
      this.add(terms.instrument, moved)
    }
  }

  /** The changes to average cost, after policies changed. */
  setMethodChanges(changes: readonly PolicyChange[]): void {
    this.#methodChanges = changes
    const before = new Map(this.#methods)
    this.#methods.clear()
    for (const [key, step] of before) {
      this.remove(step.instrument, step)
      if (!changes.some((change) => `${change.fact}|${step.instrument}` === key)) this.#gone.push(step.entries)
    }
    for (const [instrument, partition] of [...this.#byInstrument])
      for (const change of changes) {
        const step = this.#addMethod(change, instrument, partition)
        step.entries = before.get(`${change.fact}|${instrument}`)?.entries ?? null
      }
  }

  #addMethod(change: PolicyChange, instrument: string, partition: Partition): MethodStep {
    const step = new MethodStep(change, instrument)
    this.#methods.set(`${change.fact}|${instrument}`, step)
    partition.steps.add(step)
    this.#dirty.add(partition)
    return step
  }

  /** A policy changed from a day on. */
  touchFrom(day: number): void {
    for (const partition of this.#byInstrument.values()) {
      partition.touchFrom(day)
      this.#dirty.add(partition)
    }
  }

  touchRates(changed: readonly ChangedRate[]): void {
    for (const partition of new Set(this.#byInstrument.values())) {
      for (const { currency, day } of changed) partition.touchRate(currency, day)
      if (partition.dirty) this.#dirty.add(partition)
    }
  }

  /** The fills that stand in the partition of an instrument, those of the instruments linked to it too. */
  *fillsBeside(instrument: string): Iterable<Fill> {
    for (const step of this.#byInstrument.get(instrument)?.steps.all ?? [])
      if (step.kind === 'fill' && !step.gone) yield step
  }

  /** Counts units of an instrument more finely when something comes that needs it. */
  needPlaces(instrument: string, places: number): void {
    const desk = this.#desk
    const before = desk.unitPlaces(instrument)
    if (places <= before) return
    desk.setUnitPlaces(instrument, places)
    const partition = this.#byInstrument.get(instrument)
    if (partition === undefined) return
    partition.touchAll(true)
    const factor = pow10(places - before)
    partition.forgetPlaces()
    for (const step of partition.steps.all) {
      if (step.kind !== 'fill') continue
      const { sleeve, custodyAccount, code, instrument: own } = step.place
      step.rescale(
        own === instrument ? factor : 1,
        partition.places.at(sleeve, custodyAccount, step.cashAccount, own, code),
      )
    }
    this.#dirty.add(partition)
  }

  /** Brings the lives of what is dirty to what they should be, before the fold. */
  sync(): void {
    for (const partition of this.#dirty) this.lives.sync(partition)
  }

  /** Folds what is dirty; answers how many facts and partitions that were. */
  fold(changes: Changes): { readonly facts: number; readonly partitions: number } {
    let facts = 0
    for (const partition of this.#dirty) facts += partition.fold(changes)
    return { facts, partitions: this.#dirty.size }
  }

  /** Tells of the breaks that opened and closed with the last fold. */
  breaks(tell: (opened: readonly BookBreak[], closed: readonly BookBreak[]) => void): void {
    for (const partition of this.#dirty) {
      const { opened, closed } = partition.breaks()
      if (opened.length > 0 || closed.length > 0) tell(opened, closed)
    }
    this.#dirty.clear()
  }

  *entries(): Iterable<Entry> {
    for (const partition of new Set(this.#byInstrument.values())) yield* partition.entries()
  }
}
