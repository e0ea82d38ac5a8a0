// What all parts of one book share while it folds: names, dimensions, rates, policies and where lines are written.
import { minorUnits } from '../kernel/currency.ts'
import type { Policy } from '../portfolio/policy.ts'
import { ClosedDays } from './closed-days.ts'
import { type Dimension, type DimensionId, type DimensionTerms, Dimensions } from './dimensions.ts'
import { Entry, type EntryKind, type Origin } from './entry.ts'
import { Elections } from './election.ts'
import { Fees } from './fees.ts'
import type { ChosenLots } from './fill.ts'
import type { GainPlace } from './gain.ts'
import { Lines } from './lines.ts'
import { LotNames } from './lot-names.ts'
import type { Holding, SecurityDimensions } from './lots.ts'
import { Names } from './names.ts'
import { Policies } from './policies.ts'
import type { Account } from './posting.ts'
import { PAR, type Rate, Rates } from './rates.ts'
import { Receipts } from './receipts.ts'
import type { Reference } from './reference.ts'

import { rule } from './rules.ts'
import type { SettlementNote } from './settlement-plan.ts'

/** What opening the portfolio fixed. */
export interface Opened {
  readonly portfolio: string
  readonly baseCurrency: string
  readonly policy: Policy
  readonly defaults: {
    readonly sleeve: string
    readonly custodyAccount: string
    readonly cashAccount: string
    readonly marginAccount: string
  }
}

export interface CashAccount {
  readonly id: string
  readonly kind: 'cash' | 'margin'
  readonly settlement?: 'contractual' | 'actual' | undefined
}

/** The dimensions that money owed moves to when it is paid. */
export interface Payment {
  readonly cash: DimensionId
  /** 4130. */
  readonly gain: DimensionId
  readonly currency: number
  readonly foreign: boolean
}

/** What becomes of a trade line at settlement: securities change state, money owed is paid, the rest stays. */
export interface Turn {
  /** The settled twin of an unsettled security line, or -1. */
  readonly settled: DimensionId
  readonly payment: Payment | null
}

const OWED: ReadonlySet<Account> = new Set<Account>([1200, 1210, 1300, 1320, 1330, 1340, 2200, 2210, 2300])

export class Desk {
  readonly opened: Opened
  readonly functional: string
  readonly reference: Reference
  readonly currencies = new Names()
  readonly dimensions = new Dimensions()
  readonly lines = new Lines()
  readonly rates: Rates
  readonly policies: Policies
  readonly closed: ClosedDays
  readonly lens: Partial<Policy>
  readonly cashAccounts = new Map<string, CashAccount>()
  readonly lotNames = new LotNames()
  readonly receipts = new Receipts()
  readonly fees = new Fees()
  readonly elections = new Elections()
  /** The client's choice of lots by fill, where one was recorded apart from it. */
  readonly identified = new Map<string, ChosenLots>()
  /** What was said of fills' settlement, by fill. */
  readonly settlements = new Map<string, readonly SettlementNote[]>()
  #anyActual = false
  #lastCurrency = ''
  #lastPlaces = 0
  readonly #unitPlaces = new Map<string, number>()
  readonly #turns: Turn[] = []
  readonly #sleeveLines = new Map<string, DimensionId>()

  constructor(reference: Reference, opened: Opened, functional: string, lens: Partial<Policy>) {
    this.reference = reference
    this.opened = opened
    this.functional = functional
    this.lens = lens
    this.rates = new Rates(reference, this.currencies, functional)
    this.policies = new Policies(this.rates, opened.policy, lens)
    this.closed = new ClosedDays(reference, this.policies)
  }

  /** Decimal places of a currency's amounts. @throws Refused `unknown-currency`, `no-minor-unit`. */
  places(currency: string): number {
    if (currency === this.#lastCurrency) return this.#lastPlaces
    this.#lastPlaces = minorUnits(currency, this.reference.currencies)
    this.#lastCurrency = currency
    return this.#lastPlaces
  }

  /** Decimal places in which units of an instrument are counted here. */
  unitPlaces(instrument: string): number {
    const known = this.#unitPlaces.get(instrument)
    if (known !== undefined) return known
    const terms = this.reference.instrument(instrument, this.rates.asAt)
    const places = terms?.quantityPlaces ?? 0
    this.#unitPlaces.set(instrument, places)
    return places
  }

  /** Counts units of an instrument more finely from now on. */
  setUnitPlaces(instrument: string, places: number): void {
    this.#unitPlaces.set(instrument, places)
  }

  /** The rate a contract fixes, which is in the portfolio's base currency and says nothing of another functional one. */
  contract(currency: string, rate: string | undefined): Rate | null {
    if (rate === undefined || this.functional !== this.opened.baseCurrency) return null
    return currency === this.functional ? PAR : this.rates.contract(currency, rate)
  }

  /** 1000 or 1010, by the kind of the cash account. */
  cashCode(cashAccount: string): Account {
    return this.cashAccounts.get(cashAccount)?.kind === 'margin' ? 1010 : 1000
  }

  /** A cash account of the portfolio. */
  addCashAccount(account: CashAccount): void {
    this.cashAccounts.set(account.id, account)
    if (account.settlement === 'actual') this.#anyActual = true
  }

  /** Whether anything may have to wait for its receipt at all. */
  get mayWait(): boolean {
    return this.#anyActual || this.policies.mayWait
  }

  /** Whether what is to be received on a cash account waits for its receipt. */
  waitsForReceipt(cashAccount: string, policy: Policy): boolean {
    return (this.cashAccounts.get(cashAccount)?.settlement ?? policy.settlement) === 'actual'
  }

  dimension(
    account: Account,
    currency: string | null,
    at: Partial<DimensionTerms> & { readonly sleeve: string },
  ): DimensionId {
    const instrument = at.instrument ?? null
    return this.dimensions.id({
      account,
      sleeve: at.sleeve,
      custodyAccount: at.custodyAccount ?? null,
      cashAccount: at.cashAccount ?? null,
      instrument,
      state: at.state ?? null,
      currency,
      unitPlaces: instrument === null ? 0 : this.unitPlaces(instrument),
      localPlaces: currency === null ? 0 : this.places(currency),
    })
  }

  /** A line that carries the sleeve only. */
  sleeveLine(account: Account, currency: string, sleeve: string): DimensionId {
    const key = `${account}|${currency}|${sleeve}`
    const known = this.#sleeveLines.get(key)
    if (known !== undefined) return known
    const id = this.dimension(account, currency, { sleeve })
    this.#sleeveLines.set(key, id)
    return id
  }

  /** Cash on an account. */
  cashLine(cashAccount: string, currency: string, sleeve: string): DimensionId {
    return this.dimension(this.cashCode(cashAccount), currency, { sleeve, cashAccount })
  }

  securities(holding: Holding, currency: number): SecurityDimensions {
    const known = holding.dimensions[currency]
    if (known !== undefined) return known
    const { sleeve, custodyAccount, instrument } = holding
    const at = { sleeve, custodyAccount, instrument }
    const account = holding.short ? 2100 : 1100
    const code = this.currencies.text(currency)
    const made = {
      unsettled: this.dimension(account, code, { ...at, state: 'unsettled' }),
      settled: this.dimension(account, code, { ...at, state: 'settled' }),
      outsideUnsettled: this.dimension(8000, null, { ...at, state: 'unsettled' }),
      outsideSettled: this.dimension(8000, null, { ...at, state: 'settled' }),
    }
    holding.dimensions[currency] = made
    return made
  }

  /** What becomes of a line at settlement. */
  turn(line: DimensionId): Turn {
    const known = this.#turns[line]
    if (known !== undefined) return known
    const dimension = this.dimensions.of(line)
    const settled = dimension.state === 'unsettled' && dimension.account !== 8000
    const made = {
      settled: settled ? this.dimensions.id({ ...dimension, state: 'settled' }) : -1,
      payment: OWED.has(dimension.account) ? this.#payment(dimension) : null,
    }
    this.#turns[line] = made
    return made
  }

  #payment({ cashAccount, currency, sleeve }: Dimension): Payment {
    if (cashAccount === null || currency === null) throw new Error('what is owed has a cash account and a currency')
    return {
      cash: this.cashLine(cashAccount, currency, sleeve),
      gain: this.sleeveLine(4130, currency, sleeve),
      currency: this.currencies.id(currency),
      foreign: currency !== this.functional,
    }
  }

  /** Where gains on an instrument are posted. */
  gainPlace(sleeve: string, instrument: string, code: string): GainPlace {
    return {
      sleeve,
      currency: this.currencies.id(code),
      foreign: code !== this.functional,
      gain: this.dimension(4100, code, { sleeve, instrument }),
      fxGain: this.dimension(4110, code, { sleeve, instrument }),
      conversion: this.sleeveLine(9000, code, sleeve),
    }
  }

  /** Most places a quantity of the instrument may have, by its terms; where they are unknown, those in which it is counted. */
  quantityPlaces(instrument: string): number {
    return this.reference.instrument(instrument, this.rates.asAt)?.quantityPlaces ?? this.unitPlaces(instrument)
  }

  /** Ends the entry being written: lines that cancelled go, and when one base is unknown, none is stated. */
  finish(
    kind: EntryKind,
    origin: Origin,
    date: number,
    phase: number,
    settleDate: number,
    where: string | null = null,
  ): Entry | null {
    this.lines.dropNothing()
    if (this.lines.hasUnknown) this.lines.forgetBase()
    return this.entry(kind, origin, date, phase, settleDate, where)
  }

  /** Ends the entry as it is written; null when it has no lines. */
  entry(
    kind: EntryKind,
    origin: Origin,
    date: number,
    phase: number,
    settleDate: number,
    where: string | null = null,
  ): Entry | null {
    const { chunk, start } = this.lines
    if (chunk.size === start) return null
    return new Entry(kind, origin, where, date, phase, settleDate, chunk, start, chunk.size)
  }
}

/** Rules as the hot path writes them. */
export const TRADE = rule('trade')
export const SETTLE = rule('settle')
