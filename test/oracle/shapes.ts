// The events as the oracle reads them: plain JSON, declared again here so that the oracle shares nothing with src/.

export interface Place {
  readonly sleeve: string
  readonly custodyAccount: string
  readonly cashAccount: string
}
export interface Cost {
  readonly type: string
  readonly amount: string
  readonly currency: string
}
export interface Choice {
  readonly lot: string
  readonly units: string
}
export interface Fill extends Place {
  readonly source: string
  readonly execId: string
  readonly tradeDate: string
  readonly executedAt?: string
  readonly instrument: string
  readonly side: 'buy' | 'sell' | 'sell-short' | 'buy-to-cover'
  readonly positionEffect?: 'open' | 'close'
  readonly quantity: string
  readonly price: string
  readonly currency: string
  readonly consideration: string
  readonly accruedInterest?: string
  readonly costs: readonly Cost[]
  readonly settlement: {
    readonly date: string
    readonly given: boolean
    readonly currency: string
    readonly amount?: string
  }
  readonly contractRate?: string
  readonly lots?: readonly Choice[]
}
export interface Cash extends Place {
  readonly ref: string
  readonly amount: string
  readonly currency: string
  readonly valueDate: string
  readonly contractRate?: string
}
export interface Settles {
  readonly kind: 'trade' | 'fx' | 'dividend' | 'coupon' | 'maturity' | 'reclaim'
  readonly ref: string
  readonly instrument?: string
}
export interface Standalone {
  readonly income: 'dividends' | 'interest' | 'other'
  readonly instrument?: string
  readonly withheld?: string
}
export interface Fx extends Place {
  readonly ref: string
  readonly tradeDate: string
  readonly executedAt?: string
  readonly valueDate: string
  readonly sold: { readonly amount: string; readonly currency: string }
  readonly bought: { readonly amount: string; readonly currency: string }
  readonly costs: readonly Cost[]
  readonly contractRate?: string
}
export interface Opening {
  readonly ref: string
  readonly date: string
  readonly cash: readonly {
    readonly cashAccount: string
    readonly sleeve: string
    readonly currency: string
    readonly amount: string
    readonly baseCost?: string
  }[]
  readonly lots: readonly {
    readonly lot: string
    readonly instrument: string
    readonly units: string
    readonly cost: string
    readonly currency: string
    readonly baseCost?: string
    readonly acquiredOn: string
    readonly sleeve: string
    readonly custodyAccount: string
  }[]
}
export type Method = 'fifo' | 'lifo' | 'hifo' | 'lowest-cost' | 'average' | 'specific'
export interface Policy {
  readonly lotMethod: Method
  readonly defaultMethod: Exclude<Method, 'specific'>
  readonly selection: 'reflow' | 'freeze-at-settlement'
  readonly keeping: 'long-only' | 'netting' | 'long-short'
  readonly reliefScope: 'sleeve-account' | 'account' | 'portfolio'
  readonly costs: Readonly<
    Record<string, { readonly onBuy: 'capitalise' | 'expense'; readonly onSell: 'net' | 'expense' }>
  >
  readonly fx: { readonly source: string; readonly fixing: string; readonly pivot: string; readonly calendar: string }
  readonly gainConvention: 'closing-rate' | 'opening-rate' | 'all-in-price'
  readonly settlement: 'contractual' | 'actual'
  readonly taxRegime: string
  readonly calendar: string
  readonly zone: string
}
export interface CashAccount {
  readonly id: string
  readonly kind: 'cash' | 'margin'
  readonly settlement?: 'contractual' | 'actual'
}
export interface Opened {
  readonly portfolio: string
  readonly baseCurrency: string
  readonly openedOn: string
  readonly policy: Policy
  readonly sleeves: readonly string[]
  readonly custodyAccounts: readonly string[]
  readonly cashAccounts: readonly CashAccount[]
  readonly defaults: {
    readonly sleeve: string
    readonly custodyAccount: string
    readonly cashAccount: string
    readonly marginAccount: string
  }
}

export interface Tier {
  readonly from: string
  readonly rate: string
}
export type DayCount = 'ACT/360' | 'ACT/365F' | 'ACT/ACT-ISDA' | '30E/360'
export interface InterestTerms {
  readonly effectiveOn: string
  readonly cashAccount: string
  readonly currency: string
  readonly dayCount: DayCount
  readonly tiering: 'marginal' | 'whole'
  readonly credit: readonly Tier[]
  readonly debit: readonly Tier[]
  readonly capitalise: 'monthly' | 'quarterly' | 'semi-annually' | 'annually'
}
export interface BorrowTerms {
  readonly effectiveOn: string
  readonly instrument: string
  readonly rate: string
  readonly currency: string
  readonly dayCount: DayCount
  readonly price: { readonly source: string; readonly basis: 'close'; readonly snap: string }
}
export interface BorrowPrice {
  readonly date: string
  readonly instrument: string
  readonly price: string
  readonly currency: string
  readonly priceDate: string
  readonly source: string
}
export interface SettlementNote {
  readonly fill: string
  readonly date: string
  readonly units?: string
}

/** A fact of the portfolio other than a fill, by the type of its event: what FactCorrected can replace. */
export type PlainFact =
  | { readonly type: 'PolicyChanged'; readonly effectiveOn: string; readonly changes: Partial<Policy> }
  | { readonly type: 'CashContributed' | 'CashWithdrawn' | 'InterestReceived' | 'InterestPaid'; readonly cash: Cash }
  | { readonly type: 'FeeCharged'; readonly fee: string; readonly cash: Cash }
  | { readonly type: 'TaxPaid'; readonly tax: string; readonly cash: Cash }
  | { readonly type: 'CashReceived'; readonly cash: Cash; readonly settles?: Settles; readonly standalone?: Standalone }
  | { readonly type: 'CashTransferred'; readonly cash: Cash; readonly toCashAccount: string; readonly toSleeve: string }
  | { readonly type: 'FxTraded'; readonly fx: Fx }
  | { readonly type: 'OpeningBalanceDeclared'; readonly opening: Opening }
  | { readonly type: 'ElectionMade'; readonly election: Election }
  | {
      readonly type: 'LotsIdentified'
      readonly fill: string
      readonly lots: readonly Choice[]
      readonly algorithm: string
    }
  | { readonly type: 'CashInterestSet'; readonly interest: InterestTerms }
  | { readonly type: 'BorrowRateSet'; readonly borrow: BorrowTerms }
  | { readonly type: 'BorrowPriceTaken'; readonly taken: BorrowPrice }
  | { readonly type: 'SettlementFailed'; readonly failed: SettlementNote }
  | { readonly type: 'SettlementConfirmed'; readonly settled: SettlementNote }

export interface Instrument {
  readonly instrument: string
  readonly currency: string
  readonly quantityPlaces: number
  readonly name: string
  readonly type: 'equity'
  readonly multiplier: string
  readonly market: string
  readonly tradingCalendar: string
  readonly identifiers: readonly never[]
  readonly classifications: readonly never[]
}
type Price = { readonly price: string; readonly currency: string }
type Ratio = { readonly numerator: string; readonly denominator: string }
export interface SecurityLeg {
  readonly kind: 'security'
  readonly leg: number
  readonly instrument: string
  readonly ratio: Ratio
  readonly replaces: boolean
  readonly basisShare?: string
  readonly holdingPeriod: 'keep' | 'tack' | 'restart'
  readonly fractions: 'keep' | 'cash-in-lieu' | 'down' | 'up' | 'half-up' | 'buy-up' | 'distribute'
  readonly cashInLieu?: Price
  readonly value?: Price
  readonly income?: 'dividend' | 'interest' | 'other'
  readonly taxable?: boolean
  readonly subscription?: Price
}
export interface CashLeg {
  readonly kind: 'cash'
  readonly leg: number
  readonly income:
    | 'dividend'
    | 'interest'
    | 'capital'
    | 'other'
    | 'boot'
    | 'sale'
    | 'principal'
    | 'tax'
    | 'call'
    | 'reclaim'
  readonly currency: string
  readonly perUnit: string
  readonly withholding?: { readonly statutory: string; readonly treaty: string }
  readonly surrenders?: Ratio
  readonly costShare?: string
  readonly notional?: boolean
}
export interface RemovalLeg {
  readonly kind: 'removal'
  readonly leg: number
  readonly basis: 'lost' | 'to-parent'
}
export type Leg = SecurityLeg | CashLeg | RemovalLeg
export interface Option {
  readonly option: number
  readonly caop: 'CASH' | 'SECU' | 'EXER' | 'NOAC'
  readonly default?: boolean
  readonly legs: readonly Leg[]
  readonly proration?: string
  readonly oddLotBelow?: string
}
export interface Election {
  readonly ref: string
  readonly instrument: string
  readonly action: string
  readonly option: number
  readonly quantity: string
  readonly custodyAccount: string
  readonly electedOn: string
}
export interface Action {
  readonly action: string
  readonly caev: string
  readonly exDate: string
  readonly recordDate?: string
  readonly payDate?: string
  readonly sequence?: number
  readonly rateBasis?: 'pre' | 'post'
  readonly legs: readonly Leg[]
  readonly options?: readonly Option[]
}
export type ActionLegs = Action['legs']
export interface MovedLot {
  readonly lot: string
  readonly units: string
  readonly cost: string
  readonly currency: string
  readonly acquiredOn: string
  readonly marketValue?: string
}
export interface TransferEnd {
  readonly portfolio: string
  readonly sleeve: string
  readonly custodyAccount: string
}
export interface Transfer {
  readonly transfer: string
  readonly date: string
  readonly atOpen: boolean
  readonly ownership: 'same' | 'changed'
  readonly instrument: string
  readonly from: TransferEnd | null
  readonly to: TransferEnd | null
  readonly lots: readonly MovedLot[]
  readonly marketValue?: { readonly amount: string; readonly currency: string }
}
export interface ManualEntry {
  readonly ref: string
  readonly date: string
  readonly lines: readonly {
    readonly account: number
    readonly currency: string
    readonly amount: string
    readonly sleeve: string
    readonly cashAccount?: string
    readonly instrument?: string
  }[]
  readonly reverseOn?: string
  readonly reason: string
}
export interface RateRow {
  readonly base: string
  readonly quote: string
  readonly rate: string
}

type Fact<P> = P extends { readonly type: infer T }
  ? { type: T; data: Omit<P, 'type'> & { readonly fact: string } }
  : never

export type OracleEvent =
  | { type: 'PortfolioOpened'; data: Opened }
  | {
      type: 'PlacesAdded'
      data: { sleeves: readonly string[]; custodyAccounts: readonly string[]; cashAccounts: readonly CashAccount[] }
    }
  | { type: 'FillExecuted'; data: { fact: string; fill: Fill } }
  | { type: 'FillCorrected'; data: { fact: string; execId: string; execRefId: string; tradeDate: string; fill: Fill } }
  | { type: 'FillBusted'; data: { fact: string; execId: string; execRefId: string; tradeDate: string } }
  | Fact<PlainFact>
  | { type: 'FactCorrected'; data: { fact: string; as: PlainFact } }
  | { type: 'FactCancelled'; data: { fact: string } }
  | { type: 'BusinessDayClosed'; data: { calendar: string; date: string } }
  | { type: 'PeriodSealed'; data: { fact: string; through: string } }
  | { type: 'PeriodReopened'; data: { fact: string; through: string; reason: string } }
  | {
      type: 'ManualEntryPosted'
      data: { fact: string; entry: ManualEntry; preparedBy: string; approvedBy: string }
    }
  | { type: 'InstrumentRegistered'; data: Instrument }
  | { type: 'InstrumentAmended'; data: { instrument: string; changes: Partial<Omit<Instrument, 'instrument'>> } }
  | { type: 'CorporateActionAnnounced' | 'CorporateActionAmended'; data: { instrument: string; terms: Action } }
  | { type: 'CorporateActionCancelled'; data: { instrument: string; action: string } }
  | { type: 'TransferRecorded' | 'TransferCorrected'; data: { terms: Transfer } }
  | { type: 'TransferCancelled'; data: { transfer: string } }
  | { type: 'TransferLotsRestated'; data: { transfer: string; lots: readonly MovedLot[] } }
  | { type: 'RatesRecorded'; data: { source: string; fixing: string; date: string; rows: readonly RateRow[] } }
  | { type: 'RateCorrected'; data: { source: string; fixing: string; date: string; row: RateRow; cause: string } }
  | {
      type: 'RateWithdrawn'
      data: { source: string; fixing: string; date: string; base: string; quote: string; cause: string }
    }

export type OracleKnownEvent = OracleEvent & { readonly id: string; readonly position: bigint }
export interface OracleUnit {
  readonly position: bigint
  readonly recordedAt: string
  readonly events: readonly OracleKnownEvent[]
}
