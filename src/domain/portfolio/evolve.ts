// What each recorded event makes of the decider's state. The head is replaced; the tables of the state it is given are changed
// (whoever folds a stream owns them), because copying the rows of a portfolio with a hundred thousand fills for every event would
// cost more than deciding.
import { unreachable } from '../kernel/decider.ts'
import { decimal, decimalText } from '../kernel/decimal.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { bustContent, correctionContent, factContent, fillContent } from './content.ts'
import type { PortfolioEvent } from './events.ts'
import type { FeeScheduleTerms } from './fee-terms.ts'
import { type FactType, fillFact, partsOfFillFact } from './fact-id.ts'
import type { FillTerms } from './facts.ts'
import type { SettlementTerms } from './settlement-terms.ts'
import {
  chainOf,
  electionKey,
  execKey,
  type Message,
  messageKey,
  messageOf,
  type OtherFact,
  type PortfolioState,
  type SettlementSaid,
} from './state.ts'

/**
 * @throws NotLoaded when rows it needs are not in memory: what it changed until then must be taken back.
 * @throws Error when the event does not fit: the stream is not one that this decider wrote.
 */
export function evolve(before: PortfolioState, event: PortfolioEvent): PortfolioState {
  if (before.opened === null && event.type !== 'PortfolioOpened') throw corrupt(event, 'before opening')
  const state = { ...before, revision: before.revision + 1 }
  switch (event.type) {
    case 'PortfolioOpened': {
      const { data } = event
      const opened = { ...state, opened: data, openedFingerprint: fingerprint(data), calendar: data.policy.calendar }
      return withPlaces(opened, data)
    }
    case 'PolicyChanged':
      return withCalendar(newFact(state, event.type, event.data), event.data.changes.calendar)
    case 'PlacesAdded':
      return withPlaces(state, event.data)
    case 'PortfolioClosed':
      return { ...state, closedOn: event.data.closedOn }
    case 'FillExecuted':
      return fillExecuted(state, event.data.fact, event.data.fill)
    case 'FillParked': {
      const { fact, fill } = event.data
      state.parked.set(fact, { kind: 'fill', item: event.data, revision: state.revision })
      const message = arrived(state, 'fill', fillContent(fill), fact, fill.tradeDate)
      return withMessage(state, fact, { ...message, status: 'parked' })
    }
    case 'FillCorrected':
      return fillCorrected(state, event.data)
    case 'FillBusted': {
      const { fact, execId, execRefId, tradeDate } = event.data
      const fill = messageAt(state, fact, event)
      count(state, fill.order, fill.quantity, -1)
      withMessage(state, fact, { ...fill, status: 'busted' })
      const own = fillFact(partsOfFillFact(fact).source, tradeDate, execId)
      return applied(state, own, arrived(state, 'bust', bustContent(execRefId), fact, tradeDate))
    }
    case 'ReferenceParked': {
      const { fact, kind, source, execRefId, tradeDate, fill } = event.data
      state.parked.set(fact, { kind: 'reference', item: event.data, revision: state.revision })
      const key = execKey(source, execRefId)
      state.waiting.set(key, [...(state.waiting.get(key) ?? []), fact])
      const content = fill === undefined ? bustContent(execRefId) : correctionContent(execRefId, fill)
      withMessage(state, fact, { ...arrived(state, kind, content, null, tradeDate), status: 'parked' })
      return { ...state, references: state.references + 1 }
    }
    case 'ParkedSettled': {
      const { fact, outcome } = event.data
      const waited = state.parked.get(fact)
      if (waited === undefined) throw corrupt(event, 'is not parked')
      state.parked.delete(fact)
      if (outcome === 'dismissed') withMessage(state, fact, { ...messageAt(state, fact, event), status: 'dismissed' })
      if (waited.kind === 'fill') return state
      const key = execKey(waited.item.source, waited.item.execRefId)
      const left = (state.waiting.get(key) ?? []).filter((other) => other !== fact)
      if (left.length === 0) state.waiting.delete(key)
      else state.waiting.set(key, left)
      return { ...state, references: state.references - 1 }
    }
    case 'CashContributed':
    case 'CashWithdrawn':
    case 'FeeCharged':
    case 'InterestReceived':
    case 'InterestPaid':
    case 'TaxPaid':
    case 'CashReceived':
    case 'CashTransferred':
    case 'FxTraded':
    case 'OpeningBalanceDeclared':
    case 'OptionEnded':
    case 'FeeAccrued':
    case 'FeeInvoiced':
      return newFact(state, event.type, event.data)
    case 'FeeScheduleSet': {
      const { schedule } = event.data
      return newFact(withSchedule(state, schedule.ref, schedule), event.type, event.data)
    }
    case 'ElectionMade': {
      const { fact, election } = event.data
      const { instrument, action, custodyAccount, quantity } = election
      const key = electionKey(instrument, action, custodyAccount)
      state.elections.set(key, [...(state.elections.get(key) ?? []), { fact, quantity }])
      return newFact(state, event.type, event.data, { elects: key })
    }
    case 'CashInterestSet':
    case 'BorrowRateSet':
    case 'BorrowPriceTaken':
    case 'MarginTermsSet':
      return newFact(state, event.type, event.data)
    case 'SettlementFailed':
      settlementSaid(state, event.data.fact, 'failed', event.data.failed)
      return newFact(state, event.type, event.data, { settles: event.data.failed.fill })
    case 'SettlementConfirmed':
      settlementSaid(state, event.data.fact, 'confirmed', event.data.settled)
      return newFact(state, event.type, event.data, { settles: event.data.settled.fill })
    case 'LotsIdentified':
      state.identified.set(event.data.fill, event.data.fact)
      return newFact(state, event.type, event.data, { identifies: event.data.fill })
    case 'FactCorrected': {
      const { fact, as } = event.data
      const known = factAt(state, fact, event)
      const { type, ...terms } = as
      if (type === 'LotsIdentified') {
        unidentify(state, fact, known)
        state.identified.set(as.fill, fact)
      }
      if (type === 'SettlementFailed') settlementSaid(state, fact, 'failed', as.failed)
      if (type === 'SettlementConfirmed') settlementSaid(state, fact, 'confirmed', as.settled)
      const identifies = type === 'LotsIdentified' ? as.fill : known.identifies
      const settles =
        type === 'SettlementFailed' ? as.failed.fill : type === 'SettlementConfirmed' ? as.settled.fill : known.settles
      state.facts.set(fact, { ...known, type, fingerprint: factContent(type, terms), identifies, settles })
      if (type === 'FeeScheduleSet') return withSchedule(state, as.schedule.ref, as.schedule)
      return type === 'PolicyChanged' ? withCalendar(state, as.changes.calendar) : state
    }
    case 'FactCancelled': {
      const { fact } = event.data
      const known = factAt(state, fact, event)
      unidentify(state, fact, known)
      unelect(state, fact, known)
      unsay(state, fact, known.settles)
      state.facts.set(fact, { ...known, live: false })
      return known.type === 'FeeScheduleSet' ? withSchedule(state, fact.slice('fee-schedule:'.length), null) : state
    }
    case 'OrderPlaced':
      return orderPlaced(state, event.data.order, event.data.order.order)
    case 'OrderReplaced': {
      const replaced = state.orders.get(event.data.replaces)
      if (replaced === undefined) throw corrupt(event, 'replaces an unknown order')
      return orderPlaced(state, event.data.order, replaced.root)
    }
    case 'OrderEnded': {
      const { order, outcome } = event.data
      const chain = chainOf(state, order)
      if (chain === undefined) throw corrupt(event, 'ends an unknown order')
      state.chains.set(state.orders.get(order)?.root ?? order, { ...chain, outcome })
      return state
    }
    case 'PeriodSealed': {
      const { fact, through } = event.data
      return { ...state, seals: new Map(state.seals).set(fact, { through, revision: state.revision, live: true }) }
    }
    case 'PeriodReopened': {
      const seal = state.seals.get(event.data.fact)
      if (seal === undefined) throw corrupt(event, 'reopens what was not sealed')
      const reopenings = new Map(state.reopenings)
      reopenings.delete(event.data.fact)
      return { ...state, reopenings, seals: new Map(state.seals).set(event.data.fact, { ...seal, live: false }) }
    }
    case 'ReopeningRequested': {
      const { fact, requestedBy, reason } = event.data
      return { ...state, reopenings: new Map(state.reopenings).set(fact, { requestedBy, reason }) }
    }
    case 'ManualEntryPrepared': {
      const { fact, entry, preparedBy } = event.data
      const { revision } = state
      state.entries.set(fact, { entry, fingerprint: fingerprint(entry), preparedBy, revision, status: 'prepared' })
      return state
    }
    case 'ManualEntryPosted':
      return entryBecomes(state, event, 'posted')
    case 'ManualEntryWithdrawn':
      return entryBecomes(state, event, 'withdrawn')
    default:
      return unreachable(event)
  }
}

/** How many units the chain of an order has left: ordered less filled (below zero when overfilled); null for an order nobody placed. */
export function leavesOf(state: PortfolioState, order: string): string | null {
  const chain = chainOf(state, order)
  if (chain === undefined) return null
  let left = decimal(chain.quantity)
  for (const link of chain.links) left = left.minus(decimal(state.filled.get(link) ?? '0'))
  return decimalText(left)
}

function fillExecuted(state: PortfolioState, fact: string, fill: FillTerms): PortfolioState {
  const order = fill.order ?? null
  count(state, order, fill.quantity, 1)
  const parked = messageOf(state, fact)
  const message = parked ?? arrived(state, 'fill', fillContent(fill), fact, fill.tradeDate)
  return withMessage(state, fact, { ...message, status: 'applied', order, quantity: fill.quantity })
}

function fillCorrected(
  state: PortfolioState,
  data: Extract<PortfolioEvent, { type: 'FillCorrected' }>['data'],
): PortfolioState {
  const { fact, execId, execRefId, tradeDate, fill } = data
  const root = messageOf(state, fact)
  if (root === undefined) throw new Error(`corrupt stream: FillCorrected of ${fact}, which was never executed`)
  const order = fill.order ?? null
  count(state, root.order, root.quantity, -1)
  count(state, order, fill.quantity, 1)
  withMessage(state, fact, { ...root, order, quantity: fill.quantity, date: fill.tradeDate })
  const own = fillFact(fill.source, tradeDate, execId)
  return applied(state, own, arrived(state, 'correct', correctionContent(execRefId, fill), fact, tradeDate))
}

/** A message that just came; it counts as applied unless it was parked before. */
function arrived(
  state: PortfolioState,
  kind: Message['kind'],
  content: number,
  root: string | null,
  date: string,
): Message {
  const { revision } = state
  return { kind, fingerprint: content, revision, status: 'applied', root, date, order: null, quantity: '0' }
}

function applied(state: PortfolioState, own: string, message: Message): PortfolioState {
  const parked = messageOf(state, own)
  return withMessage(state, own, parked === undefined ? message : { ...parked, status: 'applied', root: message.root })
}

function withMessage(state: PortfolioState, fact: string, message: Message): PortfolioState {
  const key = messageKey(fact)
  if (key === null) throw new Error(`corrupt stream: ${fact} is not the name of a message`)
  state.messages.set(key, message)
  return state
}

function newFact(
  state: PortfolioState,
  type: FactType,
  data: { readonly fact: string; readonly reason?: string | undefined },
  about: Partial<Pick<OtherFact, 'identifies' | 'elects' | 'settles'>> = {},
): PortfolioState {
  const { fact, reason: _, ...terms } = data
  const content = factContent(type, terms)
  const { revision } = state
  const others = { identifies: null, elects: null, settles: null, ...about }
  state.facts.set(fact, { type, fingerprint: content, first: content, revision, live: true, ...others })
  return state
}

function orderPlaced(
  state: PortfolioState,
  terms: Extract<PortfolioEvent, { type: 'OrderPlaced' }>['data']['order'],
  root: string,
): PortfolioState {
  const { order, quantity } = terms
  const { revision } = state
  state.orders.set(order, { root, fingerprint: fingerprint(terms), revision })
  const chain = order === root ? undefined : state.chains.get(root)
  const links = [...(chain?.links ?? []), order]
  state.chains.set(root, { links, quantity, outcome: null, revision: chain?.revision ?? revision })
  return state
}

function withPlaces(
  state: PortfolioState,
  places: Extract<PortfolioEvent, { type: 'PlacesAdded' }>['data'],
): PortfolioState {
  const cash = places.cashAccounts.map(({ id, kind, settlement }) => [id, `${kind}/${settlement ?? ''}`] as const)
  return {
    ...state,
    sleeves: new Set([...state.sleeves, ...places.sleeves]),
    custodyAccounts: new Set([...state.custodyAccounts, ...places.custodyAccounts]),
    cashAccounts: new Map([...state.cashAccounts, ...cash]),
  }
}

function withCalendar(state: PortfolioState, calendar: string | undefined): PortfolioState {
  return calendar === undefined ? state : { ...state, calendar }
}

function count(state: PortfolioState, order: string | null, quantity: string, sign: 1 | -1): void {
  if (order === null) return
  const change = sign === 1 ? decimal(quantity) : decimal(quantity).negated()
  state.filled.set(order, decimalText(decimal(state.filled.get(order) ?? '0').plus(change)))
}

/** The fill that a fact identified the lots of is free again, unless another fact has identified them since. */
function unidentify(state: PortfolioState, fact: string, { identifies }: OtherFact): void {
  if (identifies !== null && state.identified.get(identifies) === fact) state.identified.delete(identifies)
}

function unelect(state: PortfolioState, fact: string, { elects }: OtherFact): void {
  if (elects === null) return
  const left = (state.elections.get(elects) ?? []).filter((other) => other.fact !== fact)
  if (left.length > 0) state.elections.set(elects, left)
  else state.elections.delete(elects)
}

/** The newest a fact says of a fill's settlement; what it said before, of this fill or another, is gone. */
function settlementSaid(
  state: PortfolioState,
  fact: string,
  kind: SettlementSaid['kind'],
  { fill, date, units }: SettlementTerms,
): void {
  unsay(state, fact, state.facts.get(fact)?.settles ?? null)
  const said = state.settlements.get(fill) ?? []
  state.settlements.set(fill, [...said, { fact, kind, date, units: units ?? null }])
}

function unsay(state: PortfolioState, fact: string, fill: string | null): void {
  if (fill === null) return
  const left = (state.settlements.get(fill) ?? []).filter((said) => said.fact !== fact)
  if (left.length > 0) state.settlements.set(fill, left)
  else state.settlements.delete(fill)
}

function messageAt(state: PortfolioState, fact: string, event: PortfolioEvent): Message {
  const message = messageOf(state, fact)
  if (message === undefined) throw corrupt(event, `names ${fact}, which never came`)
  return message
}

function factAt(state: PortfolioState, fact: string, event: PortfolioEvent) {
  const known = state.facts.get(fact)
  if (known === undefined) throw corrupt(event, `names ${fact}, which never came`)
  return known
}

function entryBecomes(
  state: PortfolioState,
  event: Extract<PortfolioEvent, { type: 'ManualEntryPosted' | 'ManualEntryWithdrawn' }>,
  status: 'posted' | 'withdrawn',
): PortfolioState {
  const known = state.entries.get(event.data.fact)
  if (known === undefined) throw corrupt(event, `names ${event.data.fact}, which was never prepared`)
  state.entries.set(event.data.fact, { ...known, status })
  return state
}

function corrupt(event: PortfolioEvent, why: string): Error {
  return new Error(`corrupt stream: ${event.type} ${why}`)
}

/** A fee schedule's newest terms, or none any more. */
function withSchedule(state: PortfolioState, ref: string, schedule: FeeScheduleTerms | null): PortfolioState {
  const feeSchedules = new Map(state.feeSchedules)
  if (schedule === null) feeSchedules.delete(ref)
  else feeSchedules.set(ref, schedule)
  return { ...state, feeSchedules }
}
