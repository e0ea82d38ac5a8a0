// A value as it was known over log positions: append-only, answered as at any position.

interface Version<T> {
  readonly at: bigint
  readonly value: T
}

/** The versions of one value; `at` never decreases. */
export class Versions<T> {
  readonly #list: Version<T>[] = []

  /** The value becomes known at a position; a second one at the same position replaces the first. */
  learn(at: bigint, value: T): void {
    const last = this.#list.at(-1)
    if (last !== undefined && last.at === at) this.#list.pop()
    this.#list.push({ at, value })
  }

  /** What was known at a position; undefined when nothing was yet. */
  asAt(at: bigint): T | undefined {
    // Nearly every question is about the newest, so looking from the end is the fast way.
    for (let i = this.#list.length - 1; i >= 0; i--) {
      const version = this.#list[i]
      if (version !== undefined && version.at <= at) return version.value
    }
    return undefined
  }
}
