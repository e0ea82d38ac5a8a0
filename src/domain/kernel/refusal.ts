// How the domain says no: one shape with a stable code, for every edge to translate once.
import type { JsonObject } from './canonical-json.ts'

/**
 * Why something was not accepted. `code` is stable kebab-case and safe to branch on; `message` is a sentence for people;
 * `field` names the offending input as a path (`fills.3.price`); `remedy` says what to do about it; `details` carries
 * the figures of the case (decimals as text).
 */
export type Refusal = {
  readonly code: string
  readonly message: string
  readonly field?: string
  readonly remedy?: string
  readonly details?: JsonObject
}

/** Something worth saying about an accepted command: an oversell, an overdraft, a date that is not a business day. */
export type Warning = Refusal

/** A refusal thrown where a value has nothing to return: parsers and look-ups of the kernel. Edges unwrap `refusal`. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** Throws a {@link Refused}; `refuse({...})` reads as the last word of a parser. */
export function refuse(refusal: Refusal): never {
  throw new Refused(refusal)
}

/**
 * Runs a parser and answers its refusal as a value, with `field` filled in when the parser did not know where its text came from.
 * Any other exception passes through: a bug is not a refusal.
 */
export function attempt<T>(
  parse: () => T,
  field?: string,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal } {
  try {
    return { ok: true, value: parse() }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { refusal } = error
    return { ok: false, refusal: field !== undefined && refusal.field === undefined ? { ...refusal, field } : refusal }
  }
}
