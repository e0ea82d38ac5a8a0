// What was known at one log position: every fact with its last terms, without those that were taken back.
import type {
  Action,
  CashAccount,
  Fill,
  Instrument,
  ManualEntry,
  MovedLot,
  Opened,
  OracleEvent,
  OracleUnit,
  PlainFact,
  Transfer,
} from './shapes.ts'

/** Every fact keeps the log position of its first version: corrections never move it. */
interface Rooted {
  readonly root: bigint
  gone: boolean
}
export interface KnownFill extends Rooted {
  readonly fact: string
  fill: Fill
}
export interface KnownFact extends Rooted {
  readonly fact: string
  is: PlainFact
}
export interface KnownAction extends Rooted {
  readonly instrument: string
  terms: Action
}
export const actionId = ({ instrument, terms }: KnownAction): string => `ca:${instrument}:${terms.action}`
export interface KnownTransfer extends Rooted {
  terms: Transfer
  /** What the receiver books: the newest lots anybody recorded. */
  arriving: readonly MovedLot[]
}

export interface Knowledge {
  opened: Opened | null
  cashAccounts: Map<string, CashAccount>
  fills: Map<string, KnownFill>
  facts: Map<string, KnownFact>
  actions: Map<string, KnownAction>
  transfers: Map<string, KnownTransfer>
  manual: Map<string, { readonly entry: ManualEntry; readonly root: bigint }>
  instruments: Map<string, Instrument>
  /** By `source|fixing|date|base|quote`. */
  rates: Map<string, string>
  /** The last closed business day by calendar. */
  closed: Map<string, string>
}

export const rateKey = (source: string, fixing: string, date: string, base: string, quote: string): string =>
  [source, fixing, date, base, quote].join('|')

/** Everything in the units up to and including position `asAt` (a unit is known whole or not at all). */
export function knownAt(units: readonly OracleUnit[], asAt: bigint): Knowledge {
  const known: Knowledge = {
    opened: null,
    cashAccounts: new Map(),
    fills: new Map(),
    facts: new Map(),
    actions: new Map(),
    transfers: new Map(),
    manual: new Map(),
    instruments: new Map(),
    rates: new Map(),
    closed: new Map(),
  }
  const inOrder = [...units].sort((a, b) => (a.position < b.position ? -1 : 1))
  for (const unit of inOrder)
    if (unit.position <= asAt) for (const event of unit.events) learn(known, event, event.position)
  return known
}

function learn(known: Knowledge, event: OracleEvent, position: bigint): void {
  switch (event.type) {
    case 'PortfolioOpened':
      known.opened = event.data
      for (const account of event.data.cashAccounts) known.cashAccounts.set(account.id, account)
      return
    case 'PlacesAdded':
      for (const account of event.data.cashAccounts) known.cashAccounts.set(account.id, account)
      return
    case 'FillExecuted':
      known.fills.set(event.data.fact, { ...event.data, root: position, gone: false })
      return
    case 'FillCorrected':
      must(known.fills.get(event.data.fact)).fill = event.data.fill
      return
    case 'FillBusted':
      must(known.fills.get(event.data.fact)).gone = true
      return
    case 'FactCorrected':
      must(known.facts.get(event.data.fact)).is = event.data.as
      return
    case 'FactCancelled':
      must(known.facts.get(event.data.fact)).gone = true
      return
    case 'InstrumentRegistered':
      known.instruments.set(event.data.instrument, event.data)
      return
    case 'InstrumentAmended': {
      const before = must(known.instruments.get(event.data.instrument))
      known.instruments.set(before.instrument, { ...before, ...event.data.changes })
      return
    }
    case 'CorporateActionAnnounced':
    case 'CorporateActionAmended': {
      const id = `ca:${event.data.instrument}:${event.data.terms.action}`
      const before = known.actions.get(id)
      if (before) before.terms = event.data.terms
      else known.actions.set(id, { ...event.data, root: position, gone: false })
      return
    }
    case 'CorporateActionCancelled':
      must(known.actions.get(`ca:${event.data.instrument}:${event.data.action}`)).gone = true
      return
    case 'TransferRecorded':
    case 'TransferCorrected': {
      const { terms } = event.data
      const before = known.transfers.get(terms.transfer)
      if (before) Object.assign(before, { terms, arriving: terms.lots })
      else known.transfers.set(terms.transfer, { terms, arriving: terms.lots, root: position, gone: false })
      return
    }
    case 'TransferCancelled':
      must(known.transfers.get(event.data.transfer)).gone = true
      return
    case 'TransferLotsRestated':
      must(known.transfers.get(event.data.transfer)).arriving = event.data.lots
      return
    case 'RatesRecorded': {
      const { source, fixing, date } = event.data
      for (const row of event.data.rows) known.rates.set(rateKey(source, fixing, date, row.base, row.quote), row.rate)
      return
    }
    case 'RateCorrected': {
      const { source, fixing, date, row } = event.data
      known.rates.set(rateKey(source, fixing, date, row.base, row.quote), row.rate)
      return
    }
    case 'RateWithdrawn': {
      const { source, fixing, date, base, quote } = event.data
      known.rates.delete(rateKey(source, fixing, date, base, quote))
      return
    }
    case 'ManualEntryPosted':
      known.manual.set(event.data.fact, { entry: event.data.entry, root: position })
      return
    case 'BusinessDayClosed': {
      const { calendar, date } = event.data
      const before = known.closed.get(calendar)
      if (before === undefined || date > before) known.closed.set(calendar, date)
      return
    }
    case 'PeriodSealed':
    case 'PeriodReopened':
      return // accounting dates only: the economic book does not know of seals
    default: {
      const { fact, ...terms } = event.data
      known.facts.set(fact, { fact, is: { type: event.type, ...terms } as PlainFact, root: position, gone: false })
    }
  }
}

export function must<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('the history is not valid: a reference to what never was')
  return value
}
