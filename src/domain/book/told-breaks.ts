// Breaks that are noted as facts come and go, and what of them opened and closed since somebody was last told.
import type { BookBreak } from './knowledge.ts'

const NOTHING: { readonly opened: readonly BookBreak[]; readonly closed: readonly BookBreak[] } = {
  opened: [],
  closed: [],
}

export class ToldBreaks {
  readonly #told = new Map<string, BookBreak>()
  readonly #noted = new Map<string, BookBreak | null>()

  /** What is now the matter with the thing of this key: a break, or nothing. */
  note(key: string, found: BookBreak | null): void {
    // Most things are in order and always were.
    if (found === null && !this.#told.has(key) && !this.#noted.has(key)) return
    this.#noted.set(key, found)
  }

  /** Breaks that opened and closed since the last question; one that came and went in between is not told. */
  tell(): { readonly opened: readonly BookBreak[]; readonly closed: readonly BookBreak[] } {
    if (this.#noted.size === 0) return NOTHING
    const opened: BookBreak[] = []
    const closed: BookBreak[] = []
    for (const [key, found] of this.#noted) {
      const before = this.#told.get(key)
      if (isSame(before, found)) continue
      if (before !== undefined) closed.push(before)
      this.#told.delete(key)
      if (found === null) continue
      this.#told.set(key, found)
      opened.push(found)
    }
    this.#noted.clear()
    return { opened, closed }
  }
}

function isSame(before: BookBreak | undefined, now: BookBreak | null): boolean {
  return (
    before?.code === now?.code &&
    before?.fact === now?.fact &&
    before?.message === now?.message &&
    before?.since === now?.since
  )
}
