// What one lane knows of its stream: the decider's state and the senders' keys, read from the log or from a snapshot of it, changed
// only by what is recorded, saved now and then, and held in memory as far as there is room.
import type { Decision } from '../domain/kernel/decider.ts'
import { NotLoaded, type RowName, type Rows, Tables } from '../domain/kernel/rows.ts'
import type { Log, RecordedUnit } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import type { SavedHead, Snapshots } from './snapshots.ts'
import type { Submission, WriteModel } from './write-model.ts'

/** The mark of command ids that senders chose. */
export const KEYED = 'key:'

/** Events of a stream that are folded at once: the rows they need are loaded together. */
const FOLD_MAX = 500
/** Milliseconds without a command after which a stream counts as quiet. */
const QUIET_MS = 1000
/** How often a snapshot that moves on while it is read is tried again before the stream is read instead. */
const TRIES_MAX = 3

/** A key that a sender chose: the hash of what was sent under it, and where it was recorded. */
interface UsedKey {
  readonly hash: string
  readonly revision: number
}

/** Where and how often states are saved. */
export interface Saving {
  readonly snapshots: Snapshots
  /** Events after which a stream is saved again. */
  readonly every: number
  /** Events that are worth saving once nothing more comes. */
  readonly worth: number
  /** Told what went wrong with snapshots; commands go on without. */
  onError(error: unknown): void
}

/** What is in memory does not go with its snapshot, or the snapshot with the log: all is to be read again. */
class Unfit extends Error {}

export class LaneState<State, Event extends LedgerEvent> {
  readonly #log: Log
  readonly #stream: string
  readonly #model: WriteModel<State, Event>
  readonly #saving: Saving | null
  /** Null when it must be read first. */
  #state: State | null = null
  /** Revision of the last event in #state, -1 for none, and that event's id. */
  #revision = -1n
  #eventId = ''
  #tables = new Tables()
  #keys: Rows<UsedKey> = this.#tables.add('key')
  /** The snapshot that holds what is not in memory, and how far it has come; never further than what is in memory knows of. */
  #base: { readonly id: number; readonly revision: bigint } | null = null
  /** A snapshot that does not fit the log: to be replaced. */
  #unfit: number | null = null
  /** Whether the next reading does without a snapshot: it could not be read just now. */
  #avoid = false
  /** The state if what is under way will be recorded; `unfolded` is not in it yet. */
  #next: { readonly state: State; readonly folded: boolean; readonly unfolded: readonly Event[] } | null = null
  #savingNow: Promise<void> | null = null
  /** Revision at which saving was last tried. */
  #tried = -1n
  /** Saves when nothing more comes. */
  #quiet: NodeJS.Timeout | null = null
  /** Whether to shed as soon as what is under way is certain. */
  #shedNext = false

  constructor(log: Log, stream: string, model: WriteModel<State, Event>, saving: Saving | null) {
    this.#log = log
    this.#stream = stream
    this.#model = model
    this.#saving = model.layers === undefined ? null : saving
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
    if (this.#saving === null || this.#state === null) return 0
    return Number(this.#revision - (this.#base?.revision ?? -1n))
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
      const saved = cold && !this.#avoid && tries < TRIES_MAX ? await this.#savedHead() : undefined
      if (cold) this.#start(saved)
      try {
        await this.#readOn(saved)
        break
      } catch (error) {
        this.forget()
        if (!(error instanceof Unfit)) throw error
      }
    }
    this.#avoid = false
    this.#saveWhenDue()
  }

  async #savedHead(): Promise<SavedHead | undefined> {
    const { layers } = this.#model
    if (this.#saving === null || layers === undefined) return undefined
    try {
      const saved = await this.#saving.snapshots.head(this.#stream, layers.shape)
      return saved?.id === this.#unfit ? undefined : saved
    } catch (error) {
      this.#saving.onError(error)
      return undefined
    }
  }

  #start(saved: SavedHead | undefined): void {
    const { layers, initial } = this.#model
    this.#tables = new Tables()
    this.#keys = this.#tables.add('key')
    this.#next = null
    this.#revision = saved?.revision ?? -1n
    this.#eventId = saved?.eventId ?? ''
    this.#base = saved === undefined ? null : { id: saved.id, revision: saved.revision }
    this.#tried = this.#revision
    if (layers === undefined) this.#state = initial
    else this.#state = saved === undefined ? layers.empty(this.#tables) : layers.revived(saved.head, this.#tables)
    if (saved !== undefined) this.#tables.open()
    else if (this.#saving !== null) this.#tables.track()
  }

  /** Reads what came after; of a stream that was just resumed also its last event, which must be the one that was saved. */
  async #readOn(saved: SavedHead | undefined): Promise<void> {
    const from = saved === undefined ? this.#revision + 1n : saved.revision
    let fits = saved === undefined
    let units: RecordedUnit[] = []
    let events = 0
    for await (const unit of this.#log.readStream(this.#stream, from === 0n ? {} : { from })) {
      if (!fits) {
        fits = unit.revision === saved?.revision && unit.events.at(-1)?.id === saved.eventId
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
      this.#unfit = saved?.id ?? null
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
            else if (missing.length === 0) throw error
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
    const { snapshots, onError } = this.#saving ?? {}
    try {
      const loaded = this.#base === null ? undefined : await snapshots?.rows(this.#stream, this.#base.id, names)
      // A snapshot that another process has moved past what is in memory holds rows of a later day.
      if (this.#base !== null && loaded !== undefined && loaded.revision <= this.#revision) {
        this.#tables.put(names, loaded.rows)
        this.#base = { id: this.#base.id, revision: loaded.revision }
        return
      }
    } catch (error) {
      onError?.(error)
      this.#avoid = true
    }
    this.forget()
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
    if (!this.#shedNext && this.#base !== null) this.#tables.shed()
  }

  #saveWhenDue(): void {
    if (this.#saving === null) return
    const { every, worth } = this.#saving
    const last = this.#base === null || this.#tried > this.#base.revision ? this.#tried : this.#base.revision
    if (this.#revision - last >= BigInt(every)) void this.save()
    else if (this.unsaved >= worth) {
      this.#quiet ??= setTimeout(() => {
        this.#quiet = null
        void this.save()
      }, QUIET_MS).unref()
      this.#quiet.refresh()
    }
  }

  /** Saves what is certain. Never fails. */
  save(): Promise<void> {
    if (this.#savingNow !== null) return this.#savingNow
    const { layers } = this.#model
    const saving = this.#saving
    const state = this.#state
    if (saving === null || layers === undefined || state === null || this.unsaved <= 0 || this.#tables.inTransaction)
      return Promise.resolve()
    const tables = this.#tables
    const base = this.#base
    const revision = this.#revision
    this.#tried = revision
    const work = async () => {
      const outcome = await saving.snapshots.save({
        stream: this.#stream,
        shape: layers.shape,
        base: base?.id ?? null,
        unfit: this.#unfit,
        revision,
        eventId: this.#eventId,
        head: layers.headOf(state),
        rows: tables.take(),
      })
      // Read anew meanwhile: what is in memory has a base of its own.
      if (this.#tables !== tables) return
      if (outcome.outcome === 'saved') {
        tables.saved()
        this.#base = { id: outcome.id, revision }
        this.#unfit = null
      } else if (outcome.outcome === 'behind' && base === null) {
        // All rows are in memory and count as not saved: they may continue another process's snapshot as well.
        this.#base = { id: outcome.id, revision: outcome.revision }
      } else if (outcome.outcome === 'gone' && base !== null && tables.isWhole && !tables.inTransaction) {
        tables.track()
        this.#base = null
      }
    }
    this.#savingNow = work()
      .catch((error: unknown) => saving.onError(error))
      .finally(() => {
        this.#savingNow = null
      })
    return this.#savingNow
  }
}
