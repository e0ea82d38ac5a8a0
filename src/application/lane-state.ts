// What one lane knows of its stream: the decider's state and the senders' keys, read from the log or from a snapshot of it, changed
// only by what is recorded, saved now and then, and held in memory as far as there is room.
import type { Decision, Layers } from '../domain/kernel/decider.ts'
import { NotLoaded, type RowName, type Rows, Tables } from '../domain/kernel/rows.ts'
import type { Log, RecordedUnit } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import type { SavedHead } from './snapshots.ts'
import { endsAt, type Saving, StreamSnapshot } from './stream-snapshot.ts'
import type { Submission, WriteModel } from './write-model.ts'

/** The mark of command ids that senders chose. */
export const KEYED = 'key:'

/** Events of a stream that are folded at once: the rows they need are loaded together. */
const FOLD_MAX = 500
/** Milliseconds without a command after which a stream counts as quiet. */
const QUIET_MS = 1000

/** A key that a sender chose: the hash of what was sent under it, and where it was recorded. */
interface UsedKey {
  readonly hash: string
  readonly revision: number
}

/** What is in memory does not go with its snapshot, or the snapshot with the log: all is to be read again. */
class Unfit extends Error {}

export class LaneState<State, Event extends LedgerEvent> {
  readonly #log: Log
  readonly #stream: string
  readonly #model: WriteModel<State, Event>
  /** Null where the state is always read from the log. */
  readonly #snapshot: StreamSnapshot | null
  /** Null when it must be read first. */
  #state: State | null = null
  /** Revision of the last event in #state, -1 for none, and that event's id. */
  #revision = -1n
  #eventId = ''
  #tables = new Tables()
  #keys: Rows<UsedKey> = this.#tables.add('key')
  /** The state if what is under way will be recorded; `unfolded` is not in it yet. */
  #next: { readonly state: State; readonly folded: boolean; readonly unfolded: readonly Event[] } | null = null
  /** Saves when nothing more comes. */
  #quiet: NodeJS.Timeout | null = null
  /** Whether to shed as soon as what is under way is certain. */
  #shedNext = false

  constructor(log: Log, stream: string, model: WriteModel<State, Event>, saving: Saving | null) {
    this.#log = log
    this.#stream = stream
    this.#model = model
    const { shape } = model.layers ?? {}
    this.#snapshot = saving === null || shape === undefined ? null : new StreamSnapshot(log, stream, shape, saving)
  }

  get isRead(): boolean {
    return this.#state !== null
  }

  get state(): State {
    return this.#state ?? this.#model.initial
  }

  get revision(): bigint {
    return this.#revision
  }

  /** Rough size of what is in memory: rows, and events where the model keeps no rows. */
  get weight(): number {
    if (this.#state === null) return 0
    return this.#tables.size + (this.#model.layers === undefined ? Number(this.#revision + 1n) : 1)
  }

  /** Events that no snapshot holds. */
  get unsaved(): number {
    return this.#state === null ? 0 : (this.#snapshot?.unsaved(this.#revision) ?? 0)
  }

  /** What was sent under a key that a sender chose. @throws NotLoaded */
  key(commandId: string): UsedKey | undefined {
    return this.#keys.get(commandId)
  }

  /** Lets go of everything: the next to need it reads it again. */
  forget(): void {
    this.#state = null
    this.#next = null
  }

  /** Brings the state to the end of the stream, from what is there, or from a snapshot, or from the beginning. */
  async read(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const cold = this.#state === null
      const saved = cold ? await this.#snapshot?.head(tries) : undefined
      try {
        if (cold) this.#start(saved)
        await this.#readOn(saved)
        break
      } catch (error) {
        this.forget()
        if (!(error instanceof Unfit)) throw error
      }
    }
    this.#snapshot?.isRead()
    this.#saveWhenDue()
  }

  #start(saved: SavedHead | undefined): void {
    const { layers, initial } = this.#model
    this.#tables = new Tables()
    this.#keys = this.#tables.add('key')
    this.#next = null
    this.#revision = saved?.revision ?? -1n
    this.#eventId = saved?.eventId ?? ''
    this.#snapshot?.begin(this.#tables, saved)
    if (layers === undefined) this.#state = initial
    else if (saved === undefined) this.#state = layers.empty(this.#tables)
    else this.#state = this.#revived(layers, saved)
  }

  #revived({ revived }: Layers<State>, { head }: SavedHead): State {
    try {
      return revived(head, this.#tables)
    } catch (error) {
      throw this.#impossible(error)
    }
  }

  /** Nothing is impossible in a stream until it was read without a snapshot. */
  #impossible(error: unknown): unknown {
    return this.#snapshot?.blame(error) ? new Unfit(`the snapshot of ${this.#stream} is damaged`) : error
  }

  /** Reads what came after; of a stream that was just resumed also its last event, which must be the one that was saved. */
  async #readOn(saved: SavedHead | undefined): Promise<void> {
    const from = saved === undefined ? this.#revision + 1n : saved.revision
    let fits = saved === undefined
    let units: RecordedUnit[] = []
    let events = 0
    for await (const unit of this.#log.readStream(this.#stream, from === 0n ? {} : { from })) {
      if (!fits) {
        fits = saved !== undefined && endsAt(unit, saved)
        if (!fits) break
        continue
      }
      units.push(unit)
      events += unit.events.length
      if (events < FOLD_MAX) continue
      await this.#foldAll(units)
      units = []
      events = 0
    }
    if (!fits) {
      this.#snapshot?.isUnfit()
      throw new Unfit(`the snapshot of ${this.#stream} is not of this log`)
    }
    if (events > 0) await this.#foldAll(units)
  }

  async #foldAll(units: readonly RecordedUnit[]): Promise<void> {
    for (;;) {
      const missing = this.#folded(units)
      if (missing.length === 0) return
      await this.load(missing)
      if (this.#state === null) throw new Unfit(`the snapshot of ${this.#stream} moved on`)
    }
  }

  /** Folds them all, or none and answers which rows are missing. */
  #folded(units: readonly RecordedUnit[]): RowName[] {
    const missing: RowName[] = []
    let state = this.state
    this.#tables.begin()
    try {
      for (const { events, commandId, commandHash: hash, revision } of units) {
        for (const event of events) {
          try {
            // The registry ties kinds of stream to event types: what this stream holds is what its model wrote.
            state = this.#model.evolve(state, event as LedgerEvent as Event)
          } catch (error) {
            // Going on as if it had been folded finds what the others need. What that leads to is taken back.
            if (error instanceof NotLoaded) missing.push(...error.rows)
            else if (missing.length === 0) throw this.#impossible(error)
          }
        }
        if (commandId.startsWith(KEYED)) this.#keys.set(commandId, { hash, revision: Number(revision) })
      }
    } finally {
      if (missing.length > 0) this.#tables.rollback()
      else this.#tables.commit()
    }
    if (missing.length > 0) return missing
    this.#state = state
    this.#revision = units.at(-1)?.revision ?? this.#revision
    this.#eventId = units.at(-1)?.events.at(-1)?.id ?? this.#eventId
    return missing
  }

  /** Brings rows to memory; or, where their snapshot does not fit any more, forgets everything. */
  async load(names: readonly RowName[]): Promise<void> {
    if ((await this.#snapshot?.load(names, this.#revision)) !== true) this.forget()
  }

  /**
   * Decides, and makes the state that the events would lead to. Nothing counts until {@link keep} says that they are recorded;
   * {@link drop} takes them back.
   * @throws NotLoaded
   */
  decide(command: Pick<Submission<State, Event>, 'decide'>): Decision<Event> {
    let state = this.state
    let folded = false
    const fold = (event: Event): State => {
      folded = true
      state = this.#model.evolve(state, event)
      return state
    }
    this.#tables.begin()
    try {
      const decision = command.decide(state, fold)
      if (!decision.accepted || decision.events.length === 0) return decision
      // Only a state that can be taken back is changed before its events are recorded.
      const ahead = folded || this.#model.layers !== undefined
      if (ahead && !folded) for (const event of decision.events) fold(event)
      this.#next = { state, folded, unfolded: ahead ? [] : decision.events }
      return decision
    } finally {
      if (this.#next === null) this.#takeBack(folded)
    }
  }

  /** What was decided is recorded; `key` when its sender chose one. */
  keep(count: number, eventId: string, key?: { readonly commandId: string; readonly hash: string }): void {
    const { state, unfolded } = this.#next ?? { state: this.state, unfolded: [] }
    this.#next = null
    this.#state = unfolded.reduce((before, event) => this.#model.evolve(before, event), state)
    this.#revision += BigInt(count)
    this.#eventId = eventId
    if (key !== undefined) this.#keys.set(key.commandId, { hash: key.hash, revision: Number(this.#revision) })
    this.#tables.commit()
    if (this.#shedNext) this.shed()
    this.#saveWhenDue()
  }

  /** What was decided is not recorded, or by others. */
  drop(): void {
    if (this.#next === null) return
    const { folded } = this.#next
    this.#next = null
    this.#takeBack(folded)
  }

  #takeBack(folded: boolean): void {
    this.#tables.rollback()
    // A model without layers changes its state in place.
    if (folded && this.#model.layers === undefined) this.#state = null
  }

  /** Lets go of the rows that a snapshot holds. */
  shed(): void {
    this.#shedNext = this.#tables.inTransaction
    if (!this.#shedNext && this.#snapshot?.holdsRows === true) this.#tables.shed()
  }

  #saveWhenDue(): void {
    const due = this.#snapshot?.due(this.#revision) ?? 'not'
    if (due === 'now') void this.save()
    // Also when it is saved just now: one save may be under way already, with less in it.
    if (due === 'not') return
    this.#quiet ??= setTimeout(() => {
      this.#quiet = null
      if (this.#snapshot?.due(this.#revision) !== 'not') void this.save()
    }, QUIET_MS).unref()
    this.#quiet.refresh()
  }

  /** Saves what is certain. Never fails. */
  async save(): Promise<void> {
    const { layers } = this.#model
    const state = this.#state
    if (layers === undefined || state === null || this.unsaved <= 0 || this.#tables.inTransaction) return
    await this.#snapshot?.save(() => ({
      revision: this.#revision,
      eventId: this.#eventId,
      head: layers.headOf(state),
    }))
  }
}
