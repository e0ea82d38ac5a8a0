// What becomes of one row of a batch of market data.
import type { Refusal } from '../kernel/refusal.ts'

export type RowVerdict =
  | { readonly verdict: 'new' }
  | { readonly verdict: 'already' }
  | { readonly verdict: 'refused'; readonly refusal: Refusal }

/** The value of a row that was withdrawn: it can be recorded again. */
export const WITHDRAWN = ''

/**
 * Compares a row with what is live and with the rows before it in the batch, which `seen` collects: the same value again is
 * already there, another value for one key is refused.
 */
export function unjudged(
  key: string,
  value: string,
  live: ReadonlyMap<string, string>,
  seen: Map<string, string>,
  field: string,
): RowVerdict {
  const before = live.get(key) ?? seen.get(key)
  if (before === undefined || before === WITHDRAWN) {
    seen.set(key, value)
    return { verdict: 'new' }
  }
  if (before === value) return { verdict: 'already' }
  return {
    verdict: 'refused',
    refusal: {
      code: 'idempotency-conflict',
      message: `${key} is ${before} already, not ${value}`,
      field,
      remedy: 'a change is a correction with its cause',
      details: { known: before },
    },
  }
}
