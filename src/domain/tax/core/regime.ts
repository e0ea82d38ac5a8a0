// A tax regime: a pure function over one owner's tax events, and the one shape in which every regime answers.
import type { Decimal } from '../../kernel/decimal.ts'
import type { Affiliate } from './owners.ts'
import type { TaxEvent } from './tax-event.ts'

/** What a view is asked for. */
export interface TaxOptions {
  /** Whose view it is; events of affiliates are there to be matched with, not reported. */
  readonly owner: string
  /** Who is affiliated with the owner, from when on. */
  readonly affiliates: readonly Affiliate[]
  /** Disposals and income through this date are reported, and lots as they are at its end. */
  readonly effectiveAt: string
  /** The last day of which facts are taken to be known: what depends on later days is provisional. Not before `effectiveAt`. */
  readonly horizon: string
  /** What is known of an instrument. */
  readonly instrument: (id: string) => TaxInstrument
  /** Conventions by name, as the regime documents them. */
  readonly conventions: Readonly<Record<string, string>>
}

export interface TaxInstrument {
  /** The instrument's type of the support matrix; null when it is not registered. */
  readonly type: string | null
  /** The instrument an option is on, when its terms name one, with units of it per contract. */
  readonly underlying: { readonly instrument: string; readonly multiplier: Decimal; readonly call: boolean } | null
  /** Security legs of its actions that stand, in date order, also of days on which nothing of it was held. */
  readonly actions: readonly TaxAction[]
}

/** One security leg of one corporate action, as its terms say. */
export interface TaxAction {
  readonly fact: string
  readonly date: string
  readonly to: string
  /** `numerator` units of `to` for `denominator` held. */
  readonly numerator: Decimal
  readonly denominator: Decimal
  readonly replaces: boolean
  /** The part of the old cost it takes; null when the terms state none, or it is not known yet. */
  readonly basisShare: Decimal | null
}

/** One part of one disposal with one treatment: the line of every gain report. */
export interface TaxLine {
  /** `{disposal}` or, when one disposal has several treatments, `{disposal}#2` and so on. */
  readonly line: string
  readonly disposal: string
  readonly fact: string
  readonly portfolio: string
  readonly account: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  /** The lots (or pools) it was matched with. */
  readonly lots: readonly TaxMatch[]
  readonly units: Decimal
  /** When the units were acquired; null when they come from a pool. */
  readonly acquiredOn: string | null
  /** The day the holding period counts from, where a rule moved it. */
  readonly holdingFrom: string | null
  readonly soldOn: string
  readonly proceeds: Decimal | null
  /** Costs of the sale that `proceeds` is already less; null or absent when they are not known apart. */
  readonly saleCosts?: Decimal | null
  /** What the book relieved, where the regime starts from it. */
  readonly bookCost?: Decimal | null
  /** Allowable cost, with what earlier disallowed losses added to it. */
  readonly cost: Decimal | null
  /** proceeds - cost, before anything is disallowed. */
  readonly rawGain: Decimal | null
  /** What of a loss is not allowed here (positive). */
  readonly disallowed: Decimal
  /** Codes of the regime's form, such as `W`; empty when none. */
  readonly code: string
  /** rawGain + disallowed: the gain (or loss, negative) of the line. */
  readonly gain: Decimal | null
  /** Rules in force, by name: `relief:fifo`, `wash-sale`, `same-day`, `section-104` ... */
  readonly rules: readonly string[]
  readonly term: 'short' | 'long' | null
  /** True while facts after the horizon could still change it. */
  readonly provisional: boolean
  /** The day on which it is decided; null when it is. */
  readonly decidedOn: string | null
  readonly taxYear: string
}

/** What a disposal was matched with. */
export interface TaxMatch {
  readonly lot: string
  readonly units: Decimal
  readonly acquiredOn: string | null
  readonly rule: string
  /** For a replacement that a disallowed loss went to: the amount, and whether its basis took it. */
  readonly amount?: Decimal
  readonly permanent?: boolean
}

/** What is held at `effectiveAt`, as the regime sees it. */
export interface TaxLot {
  readonly portfolio: string
  readonly account: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  /** The lot, or the name of the regime's pool. */
  readonly lot: string
  readonly units: Decimal
  readonly acquiredOn: string | null
  readonly holdingFrom: string | null
  /** Cost in the book, and what the regime makes of it. */
  readonly bookCost: Decimal | null
  readonly cost: Decimal | null
  readonly rules: readonly string[]
}

/** Income of one lot (or instrument), with the regime's class of it. */
export interface TaxIncome {
  readonly id: string
  readonly fact: string
  readonly portfolio: string
  readonly instrument: string
  readonly lot: string | null
  readonly date: string
  readonly units: Decimal
  readonly gross: Decimal | null
  readonly withheld: Decimal | null
  /** `qualified`, `ordinary`, `interest` ... */
  readonly class: string
  readonly provisional: boolean
  readonly decidedOn: string | null
  readonly rules: readonly string[]
  readonly taxYear: string
}

/** A sum of a tax year; null when something in it is not known. */
export interface TaxTotal {
  readonly taxYear: string
  readonly name: string
  readonly amount: Decimal | null
}

/** Something a person should look at. */
export interface TaxFlag {
  readonly code: string
  readonly fact: string
  readonly instrument: string
  readonly date: string
  readonly message: string
}

/** A pool after something changed it: regimes that keep pools show their history. */
export interface TaxPoolStep {
  readonly instrument: string
  /** Whose pool: the owner, or an affiliate named beside them. */
  readonly owner: string
  readonly date: string
  readonly fact: string
  /** What changed it: `acquired`, `disposed`, `split`, `capital`, `moved`, `superficial-loss` ... */
  readonly change: string
  readonly units: Decimal
  readonly cost: Decimal | null
  /** Units sold that purchases still to come were identified with: `units` less these are held. */
  readonly awaited: Decimal
}

export interface TaxView {
  readonly lines: readonly TaxLine[]
  readonly lots: readonly TaxLot[]
  /** Only of regimes that keep pools. */
  readonly pools?: readonly TaxPoolStep[]
  readonly income: readonly TaxIncome[]
  readonly totals: readonly TaxTotal[]
  readonly flags: readonly TaxFlag[]
}

export interface Regime {
  /** As it is asked for: `US`, `UK`, `CA`, `DE` ... */
  readonly code: string
  /** The functional currency the book is folded in. */
  readonly currency: string
  /** Conventions it takes, with their values; the first is the default. */
  readonly conventions: Readonly<Record<string, readonly string[]>>
  /** The tax year of a date, as text: `2025`, `2025/26`. */
  taxYearOf(date: string): string
  /** Events in order, through the horizon at most. Pure and total: it never throws on what the book holds. */
  view(events: readonly TaxEvent[], options: TaxOptions): TaxView
}
