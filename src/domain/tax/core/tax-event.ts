// What matters to tax, read off the book: acquisitions, disposals, what actions did to lots, income and marks, in the book's order.
import type { FillMoney } from '../../book/lot-change.ts'
import type { Decimal } from '../../kernel/decimal.ts'

/** How the holder of an account is taxed on what happens in it. */
export type TaxStatus = 'taxable' | 'retirement' | 'exempt' | 'corporate'

/** Shared by all tax events. Amounts are exact decimals in the regime's functional currency; null is not known yet. */
interface Happening {
  /** Unique among the events of one view, stable from view to view. */
  readonly id: string
  /** The fact behind it, such as `fill:B:2025-03-14:X1`. */
  readonly fact: string
  readonly owner: string
  readonly taxStatus: TaxStatus
  readonly portfolio: string
  readonly sleeve: string
  /** The custody account. */
  readonly account: string
  readonly instrument: string
  /** Business date. */
  readonly date: string
  /** 0, 1, 2 ... in the order of the book: date, phase, instant, then portfolios as named and the book's own order. */
  readonly order: number
}

/** A lot with its units and cost, as it is after the event. */
interface OfLot extends Happening {
  /** Lot ids are unique within (portfolio, sleeve, account, instrument, side); a lot that is transferred keeps its own. */
  readonly lot: string
  /** A short lot: units are counted positive, `cost` is what was received for them. */
  readonly short: boolean
}

/**
 * Units came in for money: a purchase, a short sale opened (`short`, then `cost` is its proceeds), an opening balance, a gift or a
 * transfer from another owner at its market value. Under average cost several acquisitions share one `lot`.
 */
export interface Acquire extends OfLot {
  readonly kind: 'acquire'
  readonly how: 'trade' | 'opening' | 'transfer' | 'action'
  readonly units: Decimal
  readonly cost: Decimal | null
  /** The day it counts from: the trade date, or that of the lot's history (opening balances). */
  readonly acquiredOn: string
  /** The order it filled, when known: fills of one order are one purchase. */
  readonly orderId: string | null
  /** What the fill was dealt for, all of it; absent or null of what is no fill. */
  readonly money?: (() => FillMoney) | null
  /** The day it settles; absent of what is no trade. */
  readonly settlesOn?: string | null
  /** What wash sales made of it before it came here; null for a purchase. */
  readonly wash?: {
    readonly disallowed: Decimal
    readonly holdingFrom: string | null
    readonly replaced: boolean
  } | null
}

/** Units left for money: one lot relieved by one fact. For a short lot `proceeds` is what was received when it was opened. */
export interface Dispose extends OfLot {
  readonly kind: 'dispose'
  readonly how: 'trade' | 'transfer' | 'action'
  /** Zero where only cost and money went, such as cash in lieu of a fraction. */
  readonly units: Decimal
  readonly proceeds: Decimal | null
  /** What the book relieved (short: what was paid to cover). */
  readonly cost: Decimal | null
  readonly acquiredOn: string
  /** The book's relief rule, such as `relief:fifo` or `cash-in-lieu`. */
  readonly rule: string
  readonly orderId: string | null
  /** What the fill was dealt for, all of it; absent or null of what is no fill. */
  readonly money?: (() => FillMoney) | null
  /** The day it settles; absent of what is no trade. */
  readonly settlesOn?: string | null
}

/**
 * An action (or a change to average cost) turned units of one lot into another, or moved part of its cost. One event a pair of lots.
 * `replaces`: the units of `lot` are gone. Otherwise `lot` keeps its units and only `cost` leaves it (a spin-off).
 */
export interface Restate extends OfLot {
  readonly kind: 'restate'
  readonly to: string
  readonly toInstrument: string
  readonly replaces: boolean
  /** Units of `lot` before, and of `to` that came for them. */
  readonly unitsBefore: Decimal
  readonly unitsAfter: Decimal
  /** Cost of `lot` before, and what of it is now on `to`. */
  readonly costBefore: Decimal | null
  readonly cost: Decimal | null
  /** The date `to` counts from: kept, tacked, or the action's own where the terms say restart. */
  readonly acquiredOn: string
}

/** Cost of a lot changed without units: capital returned (negative), accumulated income, or a basis known late. */
export interface Capital extends OfLot {
  readonly kind: 'capital'
  readonly amount: Decimal | null
  /** What was returned above the cost, a gain of the day; zero when none. */
  readonly gain: Decimal | null
  readonly units: Decimal
  readonly acquiredOn: string
}

/** Units of a lot moved between accounts without a change of owner: first out, then in, under the same lot id. */
export interface Move extends OfLot {
  readonly kind: 'move'
  readonly direction: 'out' | 'in'
  readonly units: Decimal
  readonly cost: Decimal | null
  readonly acquiredOn: string
}

/** Income on a lot; `lot` is null when it was recorded for the instrument as a whole. */
export interface Income extends Happening {
  readonly kind: 'income'
  readonly income: 'dividend' | 'interest' | 'other' | 'short-dividend'
  readonly lot: string | null
  readonly short: boolean
  /** Units of the lot that it was paid on; zero when it names no lot. */
  readonly units: Decimal
  readonly acquiredOn: string | null
  readonly gross: Decimal | null
  /** Tax withheld for good, and what can be reclaimed. */
  readonly withheld: Decimal | null
  readonly reclaimable: Decimal | null
}

/** Gain or loss of an instrument that is marked to market (futures): daily settlement and its close. */
export interface Mark extends Happening {
  readonly kind: 'mark'
  readonly amount: Decimal | null
}

/** One thing that matters to tax. */
export type TaxEvent = Acquire | Dispose | Restate | Capital | Move | Income | Mark
