// What one entry did to one lot, in the book's functional currency: what tax views are read from.
import type { Decimal } from '../kernel/decimal.ts'
import type { DeclaredLots } from './opening.ts'
import type { RuleName } from './rules.ts'

/** Amounts are in the book's functional currency, null while a rate is pending; units and cost of short lots are positive. */
interface OfEntry {
  readonly entry: string
  readonly fact: string
  readonly day: number
  readonly phase: number
  /** Microseconds since 1970 of a trade, or NO_INSTANT. */
  readonly micros: number
  readonly sleeve: string
  readonly account: string
  readonly instrument: string
}
interface OfLot extends OfEntry {
  readonly lot: string
  readonly short: boolean
  /** Day number from which the lot counts. */
  readonly acquired: number
}

export type DeclaredWash = NonNullable<DeclaredLots[number]['wash']>

/** What a fill was dealt for: of all its units, before anything was rounded but the money as it was paid. */
export interface FillMoney {
  readonly units: Decimal
  /** In the functional currency to 24 places: what a purchase cost with its capitalised costs, what a sale fetched less them; null without a rate. */
  readonly net: Decimal | null
  readonly costs: Decimal | null
}

/** What a fill adds to what it did: null of what is no fill. */
interface OfFill {
  readonly order: string | null
  readonly settles: number | null
  /** Worked out when it is asked for. */
  readonly money: (() => FillMoney) | null
}

export type LotChange =
  | (OfLot &
      OfFill & {
        readonly kind: 'opened'
        readonly how: 'trade' | 'opening' | 'transfer' | 'action'
        readonly units: Decimal
        readonly cost: Decimal | null
        /** What wash sales made of a declared lot before it came here. */
        readonly wash: DeclaredWash | null
      })
  | (OfLot &
      OfFill & {
        readonly kind: 'relieved'
        readonly how: 'trade' | 'transfer' | 'action'
        readonly units: Decimal
        readonly cost: Decimal | null
        /** What the book made of it: proceeds less cost. */
        readonly gain: Decimal | null
        readonly rule: RuleName
      })
  | (OfLot & {
      readonly kind: 'restated'
      readonly to: string
      readonly toInstrument: string
      readonly toAcquired: number
      readonly replaces: boolean
      readonly unitsBefore: Decimal
      readonly unitsAfter: Decimal
      readonly costBefore: Decimal | null
      readonly cost: Decimal | null
    })
  | (OfLot & {
      readonly kind: 'cost'
      readonly units: Decimal
      readonly amount: Decimal | null
      readonly gain: Decimal | null
    })
  | (OfLot & {
      readonly kind: 'moved'
      readonly direction: 'out' | 'in'
      readonly units: Decimal
      readonly cost: Decimal | null
    })
  | (OfEntry & {
      readonly kind: 'income'
      readonly income: 'dividend' | 'interest' | 'other' | 'short-dividend'
      readonly lot: string | null
      readonly short: boolean
      readonly acquired: number | null
      readonly units: Decimal
      readonly gross: Decimal | null
      readonly withheld: Decimal | null
      readonly reclaimable: Decimal | null
    })
  | (OfEntry & { readonly kind: 'mark'; readonly amount: Decimal | null })
