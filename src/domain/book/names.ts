// Small integers for texts that repeat (accounts, sleeves, currencies), so that the hot path compares and stores numbers.

/** A growing table of texts; an id, once given, never changes. */
export class Names {
  readonly #ids = new Map<string, number>()
  readonly #texts: string[] = []
  #lastText = ''
  #lastId = -1

  /** The id of a text, 0, 1, 2 ... in order of first mention. */
  id(text: string): number {
    if (this.#lastId >= 0 && text === this.#lastText) return this.#lastId
    let id = this.#ids.get(text)
    if (id === undefined) {
      id = this.#texts.length
      this.#ids.set(text, id)
      this.#texts.push(text)
    }
    this.#lastText = text
    this.#lastId = id
    return id
  }

  /** The id of a text that was mentioned before. */
  known(text: string): number | undefined {
    return this.#ids.get(text)
  }

  text(id: number): string {
    const text = this.#texts[id]
    if (text === undefined) throw new RangeError(`no name has the id ${id}`)
    return text
  }

  get size(): number {
    return this.#texts.length
  }
}
