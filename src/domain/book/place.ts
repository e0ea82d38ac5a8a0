// Where a fill trades: its holdings and the dimensions of its lines, made once for all fills of one place.
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import { Holding } from './lots.ts'

/** One (sleeve, custody account, cash account, instrument, currency) of a book. */
export interface Place {
  readonly sleeve: string
  readonly custodyAccount: string
  readonly instrument: string
  readonly currency: number
  readonly code: string
  readonly foreign: boolean
  readonly long: Holding
  readonly short: Holding
  /** The same as lists: the usual relief scope. */
  readonly longOnly: readonly Holding[]
  readonly shortOnly: readonly Holding[]
  /** 1200 and 2200 on the fact's cash account, and on the margin account where legs on short lots settle. */
  readonly receivable: DimensionId
  readonly payable: DimensionId
  readonly marginReceivable: DimensionId
  readonly marginPayable: DimensionId
  readonly interest: DimensionId
  readonly gain: DimensionId
  readonly fxGain: DimensionId
  readonly costs: DimensionId
  readonly conversion: DimensionId
}

/** The holdings and places of one partition. */
export class Places {
  readonly #desk: Desk
  readonly #holdings = new Map<string, Holding>()
  readonly #places = new Map<string, Place>()
  #last: Place | null = null
  #lastCash = ''

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** All holdings, in order of first mention. */
  get holdings(): Iterable<Holding> {
    return this.#holdings.values()
  }

  /** The holdings of an instrument by custody account, in order of the accounts' ids. */
  byAccount(instrument: string): readonly (readonly [account: string, holdings: readonly Holding[]])[] {
    const accounts = new Map<string, Holding[]>()
    for (const holding of this.holdings) {
      if (holding.instrument !== instrument) continue
      const there = accounts.get(holding.custodyAccount) ?? []
      accounts.set(holding.custodyAccount, there)
      there.push(holding)
    }
    return [...accounts].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  holding(sleeve: string, custodyAccount: string, instrument: string, short: boolean): Holding {
    const key = `${sleeve}|${custodyAccount}|${instrument}|${short ? 'short' : 'long'}`
    const known = this.#holdings.get(key)
    if (known !== undefined) return known
    const made = new Holding(sleeve, custodyAccount, instrument, short)
    this.#holdings.set(key, made)
    return made
  }

  at(sleeve: string, custodyAccount: string, cashAccount: string, instrument: string, code: string): Place {
    const last = this.#last
    if (
      last !== null &&
      last.instrument === instrument &&
      last.code === code &&
      last.sleeve === sleeve &&
      last.custodyAccount === custodyAccount &&
      this.#lastCash === cashAccount
    )
      return last
    const key = `${sleeve}|${custodyAccount}|${cashAccount}|${instrument}|${code}`
    const place = this.#places.get(key) ?? this.#make(sleeve, custodyAccount, cashAccount, instrument, code)
    this.#places.set(key, place)
    this.#last = place
    this.#lastCash = cashAccount
    return place
  }

  #make(sleeve: string, custodyAccount: string, cashAccount: string, instrument: string, code: string): Place {
    const desk = this.#desk
    const owed = { sleeve, instrument, cashAccount }
    const onMargin = { sleeve, instrument, cashAccount: desk.opened.defaults.marginAccount }
    const long = this.holding(sleeve, custodyAccount, instrument, false)
    const short = this.holding(sleeve, custodyAccount, instrument, true)
    return {
      sleeve,
      custodyAccount,
      instrument,
      currency: desk.currencies.id(code),
      code,
      foreign: code !== desk.functional,
      long,
      short,
      longOnly: [long],
      shortOnly: [short],
      receivable: desk.dimension(1200, code, owed),
      payable: desk.dimension(2200, code, owed),
      marginReceivable: desk.dimension(1200, code, onMargin),
      marginPayable: desk.dimension(2200, code, onMargin),
      interest: desk.dimension(1310, code, owed),
      gain: desk.dimension(4100, code, { sleeve, instrument }),
      fxGain: desk.dimension(4110, code, { sleeve, instrument }),
      costs: desk.dimension(5100, code, { sleeve, instrument }),
      conversion: desk.sleeveLine(9000, code, sleeve),
    }
  }

  /** Takes over the holdings and places of another partition, which share no instrument with these. */
  absorb(other: Places): void {
    for (const [key, holding] of other.#holdings) this.#holdings.set(key, holding)
    for (const [key, place] of other.#places) this.#places.set(key, place)
  }

  /** Forgets all lots, and the dimensions when units are counted otherwise from now on: before a fold from the start. */
  clear(dimensionsToo: boolean): void {
    for (const holding of this.#holdings.values()) {
      holding.lots.length = 0
      holding.head = 0
      holding.total = 0
      if (dimensionsToo) holding.dimensions.length = 0
    }
    if (!dimensionsToo) return
    this.#places.clear()
    this.#last = null
  }
}
