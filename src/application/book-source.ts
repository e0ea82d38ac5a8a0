// Books of their own, made from the log for one question: what a preview learns more into, and what a lens folds otherwise.
import { type Book, createBook } from '../domain/book/book.ts'
import type { BookOptions } from '../domain/book/book-options.ts'
import type { Difference, Unit } from '../domain/book/knowledge.ts'
import type { Reference } from '../domain/book/reference.ts'

/** What books are made from, as far as the log was followed. */
export interface BookSource {
  /** The end of the log, once it was followed to there; null when books cannot be made just now. */
  headPosition(): Promise<bigint | null>
  /** A reference that nobody else learns into, with everything up to a position. */
  referenceAt(position: bigint): Reference
  /** What every book here reads, each at its own position; not to be learned into. */
  readonly sharedReference: Reference
  /** What a portfolio's book learns up to a position, in log order; the reference units are among it. */
  unitsOf(portfolio: string, position: bigint): Promise<{ readonly units: readonly Unit[]; readonly revision: bigint }>
}

/** A book that has learned its units at once, and the one difference that made. */
export function bookOf(
  options: BookOptions,
  units: readonly Unit[],
): { readonly book: Book; readonly learned: Difference } {
  const book = createBook(options)
  const learned = book.learnAll(units)
  return { book, learned }
}
