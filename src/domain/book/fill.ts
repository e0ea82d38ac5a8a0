// A fill as the fold sees it: amounts in minor units, units in the instrument's places, dates as day numbers.
import { addInt, type Int, mulDivHalfEven, mulInt, parseScaled, subInt } from '../kernel/scaled.ts'
import type { FillTerms } from '../portfolio/facts.ts'
import type { CostType } from '../portfolio/policy.ts'
import { amountOf, placesOf } from './amounts.ts'
import { dayOf, microsOf, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import type { Entry } from './entry.ts'
import type { Place } from './place.ts'
import type { InForce } from './policies.ts'
import type { Rate } from './rates.ts'
import type { Step } from './step.ts'
import type { Waiting } from './waiting.ts'

export type ChosenLots = readonly { readonly lot: string; readonly units: string }[]

interface Cost {
  readonly type: CostType
  readonly amount: Int
}

const NO_COSTS: readonly Cost[] = []

/** The option position whose end a fill stands for. */
export interface OptionEnd {
  readonly instrument: string
  readonly short: boolean
  /** Contracts that end. */
  readonly quantity: string
  readonly lots: ChosenLots | null
  readonly expires: boolean
  /** Whether the fill is of the underlying; else it closes the option itself. */
  readonly delivers: boolean
}

export class Fill implements Step {
  readonly kind = 'fill'
  readonly id: string
  readonly cause: string
  readonly date: number
  /** 4, or 6 when it is the end of an option. */
  readonly phase: number
  readonly sequence: number
  /** The end of an option that made it; null for a trade. */
  readonly end: OptionEnd | null
  readonly micros: number
  readonly rank: number
  readonly root: number
  readonly index: number
  mark = 0
  entries: Entry | null = null
  /** Its settle entries. */
  settles: Entry | null = null

  readonly buys: boolean
  /** Null when the fill does not say. */
  readonly opens: boolean | null
  readonly side: FillTerms['side']
  place: Place
  units: Int
  /** As given, per unit; only a check on the consideration. */
  readonly price: string
  readonly consideration: Int
  readonly costs: readonly Cost[]
  readonly accrued: Int
  readonly settleDay: number
  /** A settlement currency other than the fill's, with its amount; null when the fill settles in its own. */
  readonly settleCurrency: string | null
  readonly settleAmount: Int
  readonly settleUnknown: boolean
  readonly contract: Rate | null
  readonly chosen: ChosenLots | null
  readonly cashAccount: string
  /** FIX 11 of the order it fills, when known. */
  readonly order: string | null
  /** Id among the book's lot names, once it opened a lot. */
  lotName = -1
  /** What waits for settlement, where actions changed it; null while it is what the trade posted. */
  waiting: Waiting[] | null = null
  /** Replaced or busted: nothing of it is worked out any more. */
  gone = false

  constructor(
    desk: Desk,
    fact: string,
    cause: string,
    root: number,
    index: number,
    terms: FillTerms,
    place: Place,
    end: OptionEnd | null = null,
  ) {
    const { settlement } = terms
    this.end = end
    this.phase = end === null ? 4 : 6
    // Exercises come before expiries.
    this.sequence = end?.expires === true ? 1 : 0
    const code = terms.currency
    const places = desk.places(code)
    this.id = fact
    this.cause = cause
    this.date = dayOf(terms.tradeDate)
    this.micros = microsOf(terms.executedAt)
    this.root = root
    this.index = index
    this.side = terms.side
    this.buys = terms.side === 'buy' || terms.side === 'buy-to-cover'
    this.opens = terms.positionEffect === undefined ? null : terms.positionEffect === 'open'
    this.rank = this.micros === NO_INSTANT ? (this.opens === null ? (this.buys ? 3 : 4) : this.opens ? 1 : 2) : 0
    this.place = place
    this.units = parseScaled(terms.quantity, desk.unitPlaces(terms.instrument))
    this.price = terms.price
    this.consideration = amountOf(terms.consideration, places)
    this.costs =
      terms.costs.length === 0
        ? NO_COSTS
        : terms.costs.map((cost) => ({ type: cost.type, amount: amountOf(cost.amount, places) }))
    this.accrued = terms.accruedInterest === undefined ? 0 : amountOf(terms.accruedInterest, places)
    this.settleDay = settlement.date === terms.tradeDate ? this.date : dayOf(settlement.date)
    const other = settlement.currency !== code
    this.settleCurrency = other && settlement.amount !== undefined ? settlement.currency : null
    this.settleAmount =
      this.settleCurrency === null || settlement.amount === undefined
        ? 0
        : amountOf(settlement.amount, desk.places(settlement.currency))
    this.settleUnknown = other && settlement.amount === undefined
    this.contract = desk.contract(code, terms.contractRate)
    this.chosen = terms.lots ?? null
    this.cashAccount = terms.cashAccount
    this.order = terms.order ?? null
  }

  /** Counts its units more finely: `factor` of them to each of before. */
  rescale(factor: Int, place: Place): void {
    this.units = mulInt(this.units, factor)
    this.place = place
  }

  /** Whether it settles with its trade: a settlement due on or before the trade date has the trade's own place in the order. */
  get settlesAtOnce(): boolean {
    return this.settleDay <= this.date
  }
}

/** How finely a fill counts its units. */
export function unitPlacesOf(terms: FillTerms): number {
  return placesOf(terms.quantity)
}

/** One leg of a fill: a fill that crosses zero has two, sharing every amount by units. */
export class Leg {
  units: Int = 0
  consideration: Int = 0
  /** Costs that are capitalised (buying) or netted (selling). */
  capital: Int = 0
  /** Costs that are an expense of their own. */
  expense: Int = 0
  accrued: Int = 0
  settleAmount: Int = 0

  /** The whole fill. */
  whole(fill: Fill, inForce: InForce): void {
    this.units = fill.units
    this.consideration = fill.consideration
    this.accrued = fill.accrued
    this.settleAmount = fill.settleAmount
    this.capital = 0
    this.expense = 0
    for (const cost of fill.costs) this.#cost(cost.amount, expensed(cost, fill.buys, inForce))
  }

  /** The first `units` of a fill. */
  first(fill: Fill, inForce: InForce, units: Int): void {
    const part = (amount: Int) => mulDivHalfEven(amount, units, fill.units)
    this.units = units
    this.consideration = part(fill.consideration)
    this.accrued = part(fill.accrued)
    this.settleAmount = part(fill.settleAmount)
    this.capital = 0
    this.expense = 0
    for (const cost of fill.costs) this.#cost(part(cost.amount), expensed(cost, fill.buys, inForce))
  }

  /** What a first leg leaves of a fill. */
  rest(fill: Fill, inForce: InForce, first: Leg): void {
    const { units, consideration, accrued, settleAmount, capital, expense } = first
    this.whole(fill, inForce)
    this.units = subInt(this.units, units)
    this.consideration = subInt(this.consideration, consideration)
    this.accrued = subInt(this.accrued, accrued)
    this.settleAmount = subInt(this.settleAmount, settleAmount)
    this.capital = subInt(this.capital, capital)
    this.expense = subInt(this.expense, expense)
  }

  /** The units up to `units` of a fill that a first leg leaves. */
  upTo(fill: Fill, inForce: InForce, units: Int, first: Leg): void {
    if (units === fill.units) {
      this.rest(fill, inForce, first)
      return
    }
    this.first(fill, inForce, units)
    this.units = subInt(this.units, first.units)
    this.consideration = subInt(this.consideration, first.consideration)
    this.accrued = subInt(this.accrued, first.accrued)
    this.settleAmount = subInt(this.settleAmount, first.settleAmount)
    this.capital = subInt(this.capital, first.capital)
    this.expense = subInt(this.expense, first.expense)
  }

  #cost(amount: Int, expense: boolean): void {
    if (expense) this.expense = addInt(this.expense, amount)
    else this.capital = addInt(this.capital, amount)
  }
}

function expensed(cost: Cost, buys: boolean, { costs }: InForce): boolean {
  const treatment = costs?.[cost.type]
  if (treatment === undefined) return false
  return buys ? treatment.onBuy === 'expense' : treatment.onSell === 'expense'
}
