// What may replace units sold at a loss, by day of acquisition: found without looking again at what is used up.
import type { Acquisition } from './parcels.ts'

/** The acquisitions of one group of substantially identical instruments, one side. */
export class Candidates {
  readonly #sorted: readonly Acquisition[]
  /** Each place points at itself, or at a later one where everything up to it is used up. */
  readonly #next: Int32Array

  constructor(acquisitions: readonly Acquisition[]) {
    this.#sorted = [...acquisitions].sort((a, b) => a.day - b.day || a.order - b.order)
    this.#next = new Int32Array(this.#sorted.length + 1)
    for (const [index, acquisition] of this.#sorted.entries()) {
      acquisition.index = index
      this.#next[index] = index
    }
    this.#next[this.#sorted.length] = this.#sorted.length
  }

  /** The first one not used up, acquired on a day or later. */
  from(day: number): Acquisition | undefined {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sorted[middle]?.day ?? 0) < day) low = middle + 1
      else high = middle
    }
    return this.#at(low)
  }

  after(acquisition: Acquisition): Acquisition | undefined {
    return this.#at(acquisition.index + 1)
  }

  #at(index: number): Acquisition | undefined {
    for (;;) {
      const found = this.#sorted[this.#find(index)]
      // It was sold, or used, since somebody last came by.
      if (found === undefined || !found.free.isZero()) return found
      this.#next[found.index] = found.index + 1
    }
  }

  #find(index: number): number {
    let root = index
    while (this.#next[root] !== root) root = this.#next[root] ?? root
    let at = index
    while (this.#next[at] !== root) {
      const next = this.#next[at] ?? root
      this.#next[at] = root
      at = next
    }
    return root
  }
}
