// The life of an option: how it ends is said by facts; only that it must have ended follows from its terms.
import type { OptionTerms } from '../instrument/life-terms.ts'
import { dayOf } from './day.ts'
import { expired } from './future-life.ts'
import type { KnownTerms, Life, Moment, Span } from './life.ts'

export class OptionLife implements Life {
  readonly isContract = false
  readonly #known: KnownTerms
  readonly #expiry: number

  constructor(known: KnownTerms, terms: OptionTerms) {
    this.#known = known
    this.#expiry = dayOf(terms.expiry)
  }

  isFew(): boolean {
    return true
  }

  *moments({ through }: Span): Iterable<Moment> {
    if (this.#expiry <= through) yield expired(this.#known, this.#expiry)
  }
}
