// The ids of lots as small integers. Most lots are named after the fill that opened them; those cost no look-up by text.

/** A fact that may have opened a lot of its own name. */
export interface LotOpener {
  readonly id: string
  lotName: number
}

export class LotNames {
  readonly #texts: string[] = []
  readonly #ids = new Map<string, number>()
  readonly #shared = new Set<number>()
  /** Finds the fact of an id; set by the book, which keeps the facts. */
  openerOf: (id: string) => LotOpener | undefined = () => undefined

  /** The id of the lot a fact opens. */
  ofFact(fact: LotOpener): number {
    if (fact.lotName < 0) {
      const known = this.#ids.size === 0 ? undefined : this.#ids.get(fact.id)
      fact.lotName = known ?? this.#texts.push(fact.id) - 1
    }
    return fact.lotName
  }

  /** Whether a lot was named from outside: only then can it be held before the fact of its name opens it. */
  isShared(id: number): boolean {
    return this.#shared.has(id)
  }

  /** The id of a lot by its name: one carried over, declared, or made by a corporate action. */
  id(name: string): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const opener = this.openerOf(name)
    const id = opener === undefined ? this.#texts.push(name) - 1 : this.ofFact(opener)
    this.#ids.set(name, id)
    this.#shared.add(id)
    return id
  }

  text(id: number): string {
    const text = this.#texts[id]
    if (text === undefined) throw new RangeError(`no lot has the id ${id}`)
    return text
  }
}
