// Breaks opened and closed, as rows.
import type { Difference } from '../../domain/book/knowledge.ts'
import { type KnownRows, keyText } from '../rows/known-rows.ts'

/** The keys a difference touches: what must be loaded before `applyBreaks`. */
export function breakKeys(portfolio: string, difference: Difference): string[][] {
  return [...difference.breaksClosed, ...difference.breaksOpened].map(({ code, fact, message }) => [
    portfolio,
    code,
    fact,
    message,
  ])
}

export function applyBreaks(portfolio: string, rows: KnownRows, difference: Difference): void {
  for (const { code, fact, message } of difference.breaksClosed)
    rows.remove(keyText([portfolio, code, fact, message]), difference.position)
  for (const { code, fact, message, since } of difference.breaksOpened)
    rows.put({ portfolio, code, fact, message, since }, difference.position)
}
