// The book as the projector takes it: the domain's fold over the domain's shared reference.
import { BOOK_VERSION } from '../domain/book/book-version.ts'
import { createBook } from '../domain/book/book.ts'
import { Reference } from '../domain/book/reference.ts'
import type { Ledger } from './runtime/fold.ts'

/**
 * A ledger with nothing learned: one per projector, rebuild or verification.
 * @param options what books reckon with besides the log: calendars and currencies, the ones that come with the ledger by default
 */
export function newLedger(options: ConstructorParameters<typeof Reference>[0] = {}): Ledger {
  const reference = new Reference(options)
  return { bookVersion: BOOK_VERSION, reference, book: (portfolio) => createBook({ portfolio, reference }) }
}
