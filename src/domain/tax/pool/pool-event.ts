// What a pool regime reads: dealings, splits, amounts that change cost, and cost that moves to another instrument.
import type { Decimal } from '../../kernel/decimal.ts'
import type { Amount } from './amount.ts'

interface Happening {
  readonly owner: string
  readonly instrument: string
  readonly date: string
  readonly fact: string
}

/** A purchase (or the cover of a short sale), or a sale (or a short sale); amounts in the regime's currency. */
export interface Deal extends Happening {
  readonly kind: 'acquire' | 'dispose'
  readonly units: Decimal
  /** Cost with its costs, or proceeds less their costs. */
  readonly amount: Amount
  /** The costs in it; null when not known apart. */
  readonly costs: Amount
  readonly settlesOn: string
  /** Where it was dealt, for the report. */
  readonly portfolio: string
  readonly account: string
  readonly short: boolean
  /** Units went to, or came from, another owner for no money: their transfer. */
  readonly transfer: boolean
  /** Neither gain nor loss arises on it: what it fetched is what it cost. */
  readonly noGain?: boolean
  /** A purchase of an earlier day that is told of now: an opening balance, a transfer from elsewhere. No sale is identified with it. */
  readonly carried?: boolean
}

/** A split, consolidation or bonus: `numerator` new units for `denominator` old ones. */
export interface SplitEvent extends Happening {
  readonly kind: 'split'
  readonly numerator: Decimal
  readonly denominator: Decimal
  /** Units of the owner it found and left: both zero when nothing was held. */
  readonly before: Decimal
  readonly after: Decimal
}

/** Cost changed without units. */
export interface CapitalEvent extends Happening {
  readonly kind: 'capital'
  /** Above zero raises the cost (notional or reinvested income), below zero lowers it (return of capital). */
  readonly amount: Amount
  /** Units it was paid on. */
  readonly units: Decimal
}

/** Cost that goes to another instrument: a part of it (spin-off), or that of units which are gone (merger). */
export interface MoveEvent extends Happening {
  readonly kind: 'move'
  readonly to: string
  /** The part of the cost that goes, as a quotient; null while the issuer has not published it. */
  readonly share: { readonly part: Decimal; readonly whole: Decimal } | null
  /** Units received of `to`. */
  readonly received: Decimal
  /** Units that are gone for them, and those held before; zero gone in a spin-off. */
  readonly gone: Decimal
  readonly held: Decimal
}

export type ActionEvent = SplitEvent | CapitalEvent | MoveEvent

/** One thing that changes a pool, in the order of the book. */
export type PoolEvent = Deal | ActionEvent

export function isDeal(event: PoolEvent): event is Deal {
  return event.kind === 'acquire' || event.kind === 'dispose'
}
