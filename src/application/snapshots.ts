// Where the states of long streams are kept between two runs of a process: disposable, because the log can always be read instead.
import type { RowName, StoredRow } from '../domain/kernel/rows.ts'

/** A state without its rows, as it was at a revision of its stream. */
export interface SavedHead {
  /** Names this snapshot of the stream until another takes its place. */
  readonly id: number
  readonly revision: bigint
  /** Id of the event at that revision: a log that was restored to an earlier day may hold another one there. */
  readonly eventId: string
  readonly head: unknown
}

/** Rows that were asked for, and how far the snapshot had come when they were read. */
export interface LoadedRows {
  readonly revision: bigint
  readonly rows: readonly StoredRow[]
}

export interface SnapshotToSave {
  readonly stream: string
  readonly shape: string
  /** The snapshot that this one continues: `rows` are what changed since that revision of it. Null: `rows` are all there are. */
  readonly base: Base | null
  /** A snapshot of the same stream and shape that was found not to fit the log; a first one may take its place. */
  readonly unfit: number | null
  readonly revision: bigint
  readonly eventId: string
  readonly head: unknown
  readonly rows: readonly StoredRow[]
  /** Ends the saving, and nothing is saved. */
  readonly signal: AbortSignal
}

/** A snapshot, and a revision that it had come to. */
export interface Base {
  readonly id: number
  readonly revision: bigint
}

/**
 * `saved`: it is there. `behind`: what is there is as new, or another process's and not known to be of the same log. `gone`: the
 * snapshot that it continues is no more, or has lost what it knew of, or another release's has the stream. Nothing is written but by
 * `saved`; and a crash of the database may take that back, too.
 */
export type SaveOutcome =
  | { readonly outcome: 'saved'; readonly id: number }
  | { readonly outcome: 'behind'; readonly found: Omit<SavedHead, 'head'> }
  | { readonly outcome: 'gone' }

/** Every method may fail with whatever the database says; nobody loses more than time by it. */
export interface Snapshots {
  /** The newest head of a stream in this shape, if there is one. */
  head(stream: string, shape: string): Promise<SavedHead | undefined>
  /** Rows of a stream's snapshot, read at one moment; undefined when it is no more. Rows that do not come back do not exist. */
  rows(stream: string, id: number, names: readonly RowName[]): Promise<LoadedRows | undefined>
  /** Saves head and rows as one, never over a newer snapshot. */
  save(snapshot: SnapshotToSave): Promise<SaveOutcome>
  /** Throws away, one after the other, the snapshots of shapes that this release does not know. */
  forgetOthers(shapes: readonly string[], signal: AbortSignal): Promise<void>
}
