// A measure that has no value for what was given: said by name and with what is needed, never as NaN, Infinity or an invented number.

export type NotDefinedCode =
  /** Fewer observations than the measure needs. */
  | 'insufficient-history'
  /** The formula divides by zero, takes a logarithm of nothing, or compares with what is not there. */
  | 'undefined'
  /** Two series that should go together do not. */
  | 'mismatched-series'
  /** No rate makes the flows worth nothing. */
  | 'no-root'
  /** More than one rate does. */
  | 'no-unique-root'

/** Thrown by the functions of this folder; `outcome` turns it into a value. */
export class NotDefined extends Error {
  readonly code: NotDefinedCode
  /** What would have to be given. */
  readonly needs: string

  constructor(code: NotDefinedCode, needs: string) {
    super(`${code}: ${needs}`)
    this.name = 'NotDefined'
    this.code = code
    this.needs = needs
  }
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: NotDefinedCode; readonly needs: string }

/** What a computation came to. Errors other than NotDefined are passed on. */
export function outcome<T>(compute: () => T): Outcome<T> {
  try {
    return { ok: true, value: compute() }
  } catch (error) {
    if (!(error instanceof NotDefined)) throw error
    return { ok: false, code: error.code, needs: error.needs }
  }
}

/** a / b. @throws NotDefined `undefined` when b is zero or the quotient is no finite number. */
export function quotient(a: number, b: number, needs: string): number {
  const result = a / b
  if (b === 0 || !Number.isFinite(result)) throw new NotDefined('undefined', needs)
  return result
}

/** @throws NotDefined `insufficient-history` when there are fewer than `least`. */
export function atLeast(count: number, least: number, what = 'observations'): void {
  if (count < least) throw new NotDefined('insufficient-history', `at least ${least} ${what}, ${count} given`)
}
