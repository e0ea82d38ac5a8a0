// Collects what learning one unit changed in the journal: pairs of an entry as it was and as it is.
import { type Entry, sameLines, sameTime } from './entry.ts'

export class Changes {
  /** Position of the unit being learned. */
  readonly position: bigint
  /** Told of every change: the cash pools follow their lines. */
  readonly #watcher: (old: Entry | null, fresh: Entry | null) => void

  constructor(position: bigint, watcher: (old: Entry | null, fresh: Entry | null) => void) {
    this.position = position
    this.#watcher = watcher
  }

  /** Compares the entries a fact had with those it has now, by kind and place; unchanged ones keep their knowledge position. */
  compare(old: Entry | null, fresh: Entry | null): void {
    if (old === null) {
      for (let entry = fresh; entry !== null; entry = entry.next) this.#note(null, entry)
      return
    }
    for (let entry = fresh; entry !== null; entry = entry.next) {
      const before = find(old, entry)
      if (before !== null && sameTime(before, entry) && sameLines(before, entry)) entry.knownFrom = before.knownFrom
      else this.#note(before, entry)
    }
    for (let entry: Entry | null = old; entry !== null; entry = entry.next)
      if (find(fresh, entry) === null) this.#note(entry, null)
  }

  /** Compares one entry with its successor. */
  one(old: Entry | null, fresh: Entry | null): void {
    if (old !== null && fresh !== null && sameTime(old, fresh) && sameLines(old, fresh)) fresh.knownFrom = old.knownFrom
    else this.#note(old, fresh)
  }

  #note(old: Entry | null, fresh: Entry | null): void {
    if (fresh !== null) fresh.knownFrom = this.position
    this.#watcher(old, fresh)
  }
}

function find(chain: Entry | null, like: Entry): Entry | null {
  for (let entry = chain; entry !== null; entry = entry.next)
    if (entry.kind === like.kind && entry.where === like.where) return entry
  return null
}
