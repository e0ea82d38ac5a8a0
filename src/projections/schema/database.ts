// The database as kysely sees it: the views of schema `quipu`, by hand, checked against the live schema by a test.
// PostgreSQL's numeric and bigint arrive as text and dates as plain text: see connection.ts.

/** Known from this log position up to, not including, known_to; null: still known. */
interface KnownRange {
  readonly known_from: string
  readonly known_to: string | null
}

export interface JournalView {
  readonly portfolio: string
  readonly known_from: string
  readonly entry: string
  readonly line: number
  readonly cause: string
  readonly rule: string
  readonly sleeve: string
  readonly custody_account: string | null
  readonly cash_account: string | null
  readonly account: number
  readonly instrument: string | null
  readonly lot: string | null
  readonly acquired_on: string | null
  readonly state: string | null
  readonly units: string
  readonly currency: string | null
  readonly local: string
  readonly base: string | null
  readonly pending: number
  readonly market_value: string | null
  readonly effective_date: string
  readonly phase: number
  readonly instant: string | null
  readonly settle_date: string | null
  readonly accounting_date: string
  readonly flags: string[]
}

export interface DisposalView extends KnownRange {
  readonly portfolio: string
  readonly disposal: string
  readonly fact: string
  readonly lot: string
  readonly sleeve: string
  readonly custody_account: string
  readonly instrument: string
  readonly side: string
  readonly trade_date: string
  readonly acquired_on: string
  readonly long_term_from: string
  readonly units: string
  readonly currency: string
  readonly proceeds: string
  readonly cost: string
  readonly gain: string
  readonly base_proceeds: string | null
  readonly base_cost: string | null
  readonly price_gain: string | null
  readonly fx_gain: string | null
  readonly base_gain: string | null
  readonly flags: string[]
}

export interface BreakView extends KnownRange {
  readonly portfolio: string
  readonly code: string
  readonly fact: string
  readonly message: string
  readonly since: string
}

export interface ActivityView extends KnownRange {
  readonly portfolio: string
  readonly fact: string
  readonly kind: string
  readonly event: string
  readonly status: string
  readonly effective_date: string
  readonly instant: string | null
  readonly settle_date: string | null
  readonly instrument: string | null
  readonly side: string | null
  readonly quantity: string | null
  readonly price: string | null
  readonly currency: string | null
  readonly amount: string | null
  readonly costs: string | null
  readonly settle_currency: string | null
  readonly settle_amount: string | null
  readonly source: string | null
  readonly exec_id: string | null
  readonly order_id: string | null
  readonly block: string | null
  readonly sleeve: string | null
  readonly custody_account: string | null
  readonly cash_account: string | null
  readonly reason: string | null
  readonly root_position: string
  readonly event_id: string
  readonly terms: unknown
}

export interface OrderView extends KnownRange {
  readonly portfolio: string
  readonly root_order: string
  readonly order_id: string
  readonly status: string
  readonly instrument: string
  readonly side: string
  readonly quantity: string
  readonly filled: string
  readonly leaves: string
  readonly order_type: string
  readonly limit_price: string | null
  readonly currency: string | null
  readonly time_in_force: string | null
  readonly block: string | null
  readonly placed_at: string
  readonly trade_date: string
  readonly ended_at: string | null
  readonly sleeve: string
  readonly custody_account: string
  readonly cash_account: string
}

export interface ParkedView extends KnownRange {
  readonly portfolio: string
  readonly fact: string
  readonly kind: string
  readonly because: string
  readonly source: string
  readonly exec_id: string
  readonly exec_ref_id: string | null
  readonly trade_date: string
  readonly parked_position: string
  readonly terms: unknown
}

export interface PortfolioView extends KnownRange {
  readonly portfolio: string
  readonly status: string
  readonly base_currency: string
  readonly opened_on: string
  readonly closed_on: string | null
  readonly owner: string | null
  readonly sleeves: string[]
  readonly custody_accounts: string[]
  readonly cash_accounts: unknown
  readonly defaults: unknown
}

export interface PolicyView extends KnownRange {
  readonly portfolio: string
  readonly fact: string
  readonly effective_from: string
  readonly zone: string | null
  readonly root_position: string
  readonly changes: unknown
}

export interface InstrumentView extends KnownRange {
  readonly instrument: string
  readonly name: string
  readonly type: string
  readonly currency: string
  readonly multiplier: string
  readonly quantity_places: number
  readonly market: string
  readonly trading_calendar: string
  readonly issuer: string | null
  readonly country: string | null
  readonly life: unknown
}

export interface IdentifierView extends KnownRange {
  readonly instrument: string
  readonly identifier: string
  readonly scheme: string
  readonly value: string
  readonly market: string | null
  readonly valid_from: string | null
}

export interface ClassificationView extends KnownRange {
  readonly instrument: string
  readonly taxonomy: string
  readonly valid_from: string
  readonly code: string
}

export interface ActionView extends KnownRange {
  readonly instrument: string
  readonly action: string
  readonly status: string
  readonly caev: string
  readonly ex_date: string
  readonly record_date: string | null
  readonly pay_date: string | null
  readonly sequence: number | null
  readonly terms: unknown
}

export interface PriceView extends KnownRange {
  readonly instrument: string
  readonly price_date: string
  readonly source: string
  readonly basis: string
  readonly snap: string
  readonly quote: string
  readonly price: string
  readonly currency: string
  readonly quoted_at: string | null
  readonly cause: string | null
}

export interface RateView extends KnownRange {
  readonly source: string
  readonly fixing: string
  readonly rate_date: string
  readonly base: string
  readonly quote: string
  readonly rate: string
  readonly cause: string | null
}

export interface OwnerView extends KnownRange {
  readonly owner: string
  readonly kind: string
  readonly country: string
  readonly tax_status: string
}

export interface OwnerLinkView extends KnownRange {
  readonly portfolio: string
  readonly valid_from: string
  readonly owner: string
}

export interface UnitView {
  readonly position: string
  readonly first_position: string
  readonly stream: string
  readonly events: number
  readonly recorded_at: string
  readonly known_at: string
}

export interface LaneView {
  readonly projection: string
  readonly portfolio: string
  readonly position: string
  readonly status: string
  readonly failed_position: string | null
  readonly failed_event: string | null
  readonly failed_type: string | null
  readonly error: string | null
  readonly row_count: string
  readonly state_hash: string
}

/** The views that queries name; the point-in-time functions answer with the row types of schema/functions.ts. */
export interface Database {
  'quipu.journal': JournalView
  'quipu.disposals': DisposalView
  'quipu.breaks': BreakView
  'quipu.activity': ActivityView
  'quipu.orders': OrderView
  'quipu.parked': ParkedView
  'quipu.portfolios': PortfolioView
  'quipu.policies': PolicyView
  'quipu.instruments': InstrumentView
  'quipu.identifiers': IdentifierView
  'quipu.classifications': ClassificationView
  'quipu.actions': ActionView
  'quipu.prices': PriceView
  'quipu.rates': RateView
  'quipu.owners': OwnerView
  'quipu.owner_links': OwnerLinkView
  'quipu.units': UnitView
  'quipu.lane': LaneView
  'quipu.pointer': { readonly one: boolean; readonly generation: number }
  'quipu.generation': {
    readonly generation: number
    readonly shape: string
    readonly book_version: string
    readonly status: string
  }
}
