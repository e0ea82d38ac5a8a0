// What a book is asked to be: whose, in which currency, under whose policies.
import type { Policy } from '../portfolio/policy.ts'
import type { CurrencyCode } from './currency-code.ts'
import type { Reference } from './reference.ts'

export interface BookOptions {
  readonly portfolio: string
  readonly reference: Reference
  /** The currency gains and costs are counted in: the portfolio's base currency unless stated. */
  readonly functional?: 'base' | CurrencyCode | undefined
  /** Policies to report under instead of the recorded ones, such as another lot method. */
  readonly lens?: Partial<Policy> | undefined
}
