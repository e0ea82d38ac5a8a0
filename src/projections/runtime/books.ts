// The books that are kept hot: a bounded number, the least recently used is put away and folded again when it is needed.
import type { Fold } from './fold.ts'

export class Books {
  readonly #most: number
  readonly #books = new Map<string, Fold>()

  /** @param most how many books stay in memory */
  constructor(most: number) {
    this.#most = most
  }

  get(portfolio: string): Fold | undefined {
    const book = this.#books.get(portfolio)
    if (book === undefined) return undefined
    this.#books.delete(portfolio)
    this.#books.set(portfolio, book)
    return book
  }

  keep(portfolio: string, book: Fold): void {
    this.#books.set(portfolio, book)
    if (this.#books.size <= this.#most) return
    for (const oldest of this.#books.keys()) {
      this.#books.delete(oldest)
      return
    }
  }

  forget(portfolio: string): void {
    this.#books.delete(portfolio)
  }
}
