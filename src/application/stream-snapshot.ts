// The snapshot of one stream as a lane uses it: what it begins with, where rows come from that are not in memory, and what it saves.
import type { RowName, Tables } from '../domain/kernel/rows.ts'
import type { Log, RecordedUnit } from '../eventstore/log.ts'
import type { Base, SavedHead, Snapshots } from './snapshots.ts'

/** How often a snapshot that moves on while it is read is tried again before the stream is read instead. */
const TRIES_MAX = 3

/** Where and how often states are saved. */
export interface Saving {
  readonly snapshots: Snapshots
  /** Events after which a stream is saved again. */
  readonly every: number
  /** Events that are worth saving once nothing more comes. */
  readonly worth: number
  /** Ends all saving. */
  readonly signal: AbortSignal
  /** Told what went wrong with snapshots; commands go on without. */
  onError(error: unknown): void
}

/** A state without its rows, and how far it has come. */
export interface HeadToSave {
  readonly revision: bigint
  readonly eventId: string
  readonly head: unknown
}

export class StreamSnapshot {
  readonly #log: Log
  readonly #stream: string
  readonly #shape: string
  readonly #saving: Saving
  /** What is in memory of the rows, and what of it is not saved. */
  #tables: Tables | null = null
  /** The snapshot that holds what is not in memory, and how far it has come; never further than what is in memory knows of. */
  #base: Base | null = null
  /** A snapshot that does not fit the log, or is damaged: to be replaced. */
  #unfit: number | null = null
  /** Whether the next reading does without: the snapshot could not be read just now, or moved on time and again. */
  #avoid = false
  /** How often in a row it had moved on when rows were to be loaded. */
  #movedOn = 0
  /** Revision at which saving was last tried. */
  #tried = -1n
  #savingNow: Promise<void> | null = null

  constructor(log: Log, stream: string, shape: string, saving: Saving) {
    this.#log = log
    this.#stream = stream
    this.#shape = shape
    this.#saving = saving
  }

  /** Whether rows that are let go of can be loaded again. */
  get holdsRows(): boolean {
    return this.#base !== null
  }

  /** Events up to a revision that no snapshot holds. */
  unsaved(revision: bigint): number {
    return Number(revision - (this.#base?.revision ?? -1n))
  }

  /** Whether a state at a revision is to be saved now, or as soon as nothing more comes. */
  due(revision: bigint): 'now' | 'when quiet' | 'not' {
    const last = this.#base === null || this.#tried > this.#base.revision ? this.#tried : this.#base.revision
    if (revision - last >= BigInt(this.#saving.every)) return 'now'
    return this.unsaved(revision) >= this.#saving.worth ? 'when quiet' : 'not'
  }

  /** What to begin with; undefined when the stream is to be read from its beginning. `tries`: how often that was begun already. */
  async head(tries: number): Promise<SavedHead | undefined> {
    if (this.#avoid || tries >= TRIES_MAX) return undefined
    try {
      const saved = await this.#saving.snapshots.head(this.#stream, this.#shape)
      return saved?.id === this.#unfit ? undefined : saved
    } catch (error) {
      this.#saving.onError(error)
      return undefined
    }
  }

  /** From now on the rows in `tables` are those of `saved` and what comes after it; or all there are. */
  begin(tables: Tables, saved: SavedHead | undefined): void {
    this.#tables = tables
    this.#base = saved === undefined ? null : { id: saved.id, revision: saved.revision }
    this.#tried = saved?.revision ?? -1n
    if (saved === undefined) tables.track()
    else tables.open()
  }

  /** What was begun has come to the end of the stream. */
  isRead(): void {
    if (this.#avoid) this.#movedOn = 0
    this.#avoid = false
  }

  /** Whether a fault may be the snapshot's: then it is not begun with again. */
  blame(error: unknown): boolean {
    if (this.#base === null) return false
    this.#saving.onError(error)
    this.isUnfit()
    return true
  }

  /** The snapshot that was begun with is not of this log, or damaged. */
  isUnfit(): void {
    this.#unfit = this.#base?.id ?? null
  }

  /** Brings rows to memory for a state at a revision; false where their snapshot does not fit that any more, or cannot be read. */
  async load(names: readonly RowName[], revision: bigint): Promise<boolean> {
    const tables = this.#tables
    const base = this.#base
    if (base === null || tables === null) return false
    try {
      const loaded = await this.#saving.snapshots.rows(this.#stream, base.id, names)
      // A snapshot that another process has moved past what is in memory holds rows of a later day; one that was taken back, by a
      // crash of the database, rows of an earlier one.
      if (loaded !== undefined && loaded.revision >= base.revision && loaded.revision <= revision) {
        tables.put(names, loaded.rows)
        // What was saved meanwhile knows of more.
        if (this.#base === base) this.#base = { id: base.id, revision: loaded.revision }
        this.#movedOn = 0
        return true
      }
      this.#avoid = ++this.#movedOn >= TRIES_MAX
    } catch (error) {
      this.#saving.onError(error)
      this.#avoid = true
    }
    return false
  }

  /** Saves what is certain, one at a time. Never fails. */
  save(now: () => HeadToSave): Promise<void> {
    if (this.#saving.signal.aborted) return Promise.resolve()
    this.#savingNow ??= this.#save(now())
      .catch((error: unknown) => this.#saving.onError(error))
      .finally(() => {
        this.#savingNow = null
      })
    return this.#savingNow
  }

  async #save({ revision, eventId, head }: HeadToSave): Promise<void> {
    const tables = this.#tables
    const base = this.#base
    if (tables === null) return
    this.#tried = revision
    const outcome = await this.#saving.snapshots.save({
      stream: this.#stream,
      shape: this.#shape,
      base,
      unfit: this.#unfit,
      revision,
      eventId,
      head,
      rows: tables.take(),
      signal: this.#saving.signal,
    })
    // Begun anew meanwhile: what is in memory now has a base of its own.
    if (this.#tables !== tables) return
    if (outcome.outcome === 'saved') {
      tables.saved()
      this.#base = { id: outcome.id, revision }
      this.#unfit = null
    } else if (outcome.outcome === 'behind' && base === null) {
      if (outcome.found.revision <= revision) await this.#join(outcome.found)
    } else if (outcome.outcome === 'gone' && base !== null && tables.isWhole && !tables.inTransaction) {
      tables.track()
      this.#base = null
    }
  }

  /** All rows are in memory and count as not saved: they may continue another process's snapshot as well, if it is of this log. */
  async #join(found: Omit<SavedHead, 'head'>): Promise<void> {
    const tables = this.#tables
    let fits = false
    for await (const unit of this.#log.readStream(this.#stream, { from: found.revision })) {
      fits = endsAt(unit, found)
      break
    }
    if (this.#tables !== tables) return
    if (fits) this.#base = { id: found.id, revision: found.revision }
    else this.#unfit = found.id
  }
}

/** Whether a unit of the log is the one that a snapshot ends with. */
export function endsAt(unit: RecordedUnit, { revision, eventId }: Omit<SavedHead, 'head'>): boolean {
  return unit.revision === revision && unit.events.at(-1)?.id === eventId
}
