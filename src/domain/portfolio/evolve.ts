// What each recorded event makes of the decider's state. It changes the state it is given (whoever folds a stream owns it),
// because copying the maps of a portfolio with a hundred thousand fills for every event would cost more than deciding.
import { unreachable } from '../kernel/decider.ts'
import { decimal, decimalText } from '../kernel/decimal.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { bustContent, correctionContent, factContent, fillContent } from './content.ts'
import type { PortfolioEvent } from './events.ts'
import { type FactType, fillFact, partsOfFillFact } from './fact-id.ts'
import type { FillTerms } from './facts.ts'
import { execKey, type Message, type PortfolioState } from './state.ts'

/** @throws Error when the event does not fit: the stream is not one that this decider wrote. */
export function evolve(state: PortfolioState, event: PortfolioEvent): PortfolioState {
  state.revision++
  if (state.opened === null && event.type !== 'PortfolioOpened') throw corrupt(event, 'before opening')
  switch (event.type) {
    case 'PortfolioOpened': {
      const { data } = event
      state.opened = data
      state.openedFingerprint = fingerprint(data)
      state.calendar = data.policy.calendar
      addPlaces(state, data)
      return state
    }
    case 'PolicyChanged':
      if (event.data.changes.calendar !== undefined) state.calendar = event.data.changes.calendar
      return newFact(state, event.type, event.data)
    case 'PlacesAdded':
      addPlaces(state, event.data)
      return state
    case 'PortfolioClosed':
      state.closedOn = event.data.closedOn
      return state
    case 'FillExecuted':
      return fillExecuted(state, event.data.fact, event.data.fill)
    case 'FillParked': {
      const { fact, fill } = event.data
      state.parked.set(fact, { kind: 'fill', item: event.data })
      return newMessage(
        state,
        fact,
        { source: fill.source, execId: fill.execId },
        {
          ...arrived(state, 'fill', fillContent(fill), fact, fill.tradeDate),
          status: 'parked',
        },
      )
    }
    case 'FillCorrected':
      return fillCorrected(state, event.data)
    case 'FillBusted': {
      const { fact, execId, execRefId, tradeDate } = event.data
      const fill = messageAt(state, fact, event)
      count(state, fill.order, fill.quantity, -1)
      fill.status = 'busted'
      const { source } = partsOfFillFact(fact)
      return applied(state, source, execId, arrived(state, 'bust', bustContent(execRefId), fact, tradeDate))
    }
    case 'ReferenceParked': {
      const { fact, kind, source, execId, execRefId, tradeDate, fill } = event.data
      state.parked.set(fact, { kind: 'reference', item: event.data })
      append(state.waiting, execKey(source, execRefId), fact)
      const content = fill === undefined ? bustContent(execRefId) : correctionContent(execRefId, fill)
      return newMessage(
        state,
        fact,
        { source, execId },
        {
          ...arrived(state, kind, content, null, tradeDate),
          status: 'parked',
        },
      )
    }
    case 'ParkedSettled': {
      const { fact, outcome } = event.data
      const waited = state.parked.get(fact)
      if (waited === undefined) throw corrupt(event, 'is not parked')
      state.parked.delete(fact)
      if (waited.kind === 'reference') remove(state.waiting, execKey(waited.item.source, waited.item.execRefId), fact)
      if (outcome === 'dismissed') messageAt(state, fact, event).status = 'dismissed'
      return state
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
      return newFact(state, event.type, event.data)
    case 'LotsIdentified':
      state.identified.set(event.data.fill, event.data.fact)
      return newFact(state, event.type, event.data)
    case 'FactCorrected': {
      const { fact, as } = event.data
      const known = factAt(state, fact, event)
      const { type, ...terms } = as
      known.type = type
      known.fingerprint = factContent(type, terms)
      if (type === 'LotsIdentified') {
        unidentify(state, fact)
        state.identified.set(as.fill, fact)
      }
      if (type === 'PolicyChanged' && as.changes.calendar !== undefined) state.calendar = as.changes.calendar
      return state
    }
    case 'FactCancelled':
      factAt(state, event.data.fact, event).live = false
      unidentify(state, event.data.fact)
      return state
    case 'OrderPlaced':
      return orderPlaced(state, event.data.order, event.data.order.order)
    case 'OrderReplaced': {
      const replaced = state.orders.get(event.data.replaces)
      if (replaced === undefined) throw corrupt(event, 'replaces an unknown order')
      return orderPlaced(state, event.data.order, replaced.root)
    }
    case 'OrderEnded': {
      const chain = state.chains.get(state.orders.get(event.data.order)?.root ?? '')
      if (chain === undefined) throw corrupt(event, 'ends an unknown order')
      chain.outcome = event.data.outcome
      return state
    }
    case 'PeriodSealed':
      state.seals.set(event.data.fact, { through: event.data.through, revision: state.revision, live: true })
      return state
    case 'PeriodReopened': {
      const seal = state.seals.get(event.data.fact)
      if (seal === undefined) throw corrupt(event, 'reopens what was not sealed')
      seal.live = false
      return state
    }
    default:
      return unreachable(event)
  }
}

/** How many units the chain of an order has left: ordered less filled (below zero when overfilled); null for an order nobody placed. */
export function leavesOf(state: PortfolioState, order: string): string | null {
  const chain = state.chains.get(state.orders.get(order)?.root ?? '')
  if (chain === undefined) return null
  let left = decimal(chain.quantity)
  for (const link of chain.links) left = left.minus(decimal(state.filled.get(link) ?? '0'))
  return decimalText(left)
}

function fillExecuted(state: PortfolioState, fact: string, fill: FillTerms): PortfolioState {
  const order = fill.order ?? null
  count(state, order, fill.quantity, 1)
  const parked = state.messages.get(fact)
  if (parked !== undefined) {
    parked.status = 'applied'
    parked.order = order
    parked.quantity = fill.quantity
    return state
  }
  return newMessage(state, fact, fill, {
    ...arrived(state, 'fill', fillContent(fill), fact, fill.tradeDate),
    order,
    quantity: fill.quantity,
  })
}

function fillCorrected(
  state: PortfolioState,
  data: Extract<PortfolioEvent, { type: 'FillCorrected' }>['data'],
): PortfolioState {
  const { fact, execId, execRefId, tradeDate, fill } = data
  const root = state.messages.get(fact)
  if (root === undefined) throw new Error(`corrupt stream: FillCorrected of ${fact}, which was never executed`)
  count(state, root.order, root.quantity, -1)
  root.order = fill.order ?? null
  root.quantity = fill.quantity
  root.date = fill.tradeDate
  count(state, root.order, root.quantity, 1)
  return applied(
    state,
    fill.source,
    execId,
    arrived(state, 'correct', correctionContent(execRefId, fill), fact, tradeDate),
  )
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

function applied(state: PortfolioState, source: string, execId: string, message: Message): PortfolioState {
  const own = fillFact(source, message.date, execId)
  const parked = state.messages.get(own)
  if (parked === undefined) return newMessage(state, own, { source, execId }, message)
  parked.status = 'applied'
  parked.root = message.root
  return state
}

function newMessage(
  state: PortfolioState,
  own: string,
  { source, execId }: { readonly source: string; readonly execId: string },
  message: Message,
): PortfolioState {
  state.messages.set(own, message)
  append(state.byExecId, execKey(source, execId), own)
  return state
}

function newFact(
  state: PortfolioState,
  type: FactType,
  data: { readonly fact: string; readonly reason?: string | undefined },
): PortfolioState {
  const { fact, reason: _, ...terms } = data
  const content = factContent(type, terms)
  state.facts.set(fact, { type, fingerprint: content, first: content, revision: state.revision, live: true })
  return state
}

function orderPlaced(
  state: PortfolioState,
  terms: Extract<PortfolioEvent, { type: 'OrderPlaced' }>['data']['order'],
  root: string,
): PortfolioState {
  state.orders.set(terms.order, { root, fingerprint: fingerprint(terms), revision: state.revision })
  const links = state.chains.get(root)?.links ?? []
  links.push(terms.order)
  state.chains.set(root, { links, quantity: terms.quantity, outcome: null })
  return state
}

function addPlaces(state: PortfolioState, places: Extract<PortfolioEvent, { type: 'PlacesAdded' }>['data']): void {
  for (const sleeve of places.sleeves) state.sleeves.add(sleeve)
  for (const account of places.custodyAccounts) state.custodyAccounts.add(account)
  for (const { id, kind, settlement } of places.cashAccounts) state.cashAccounts.set(id, `${kind}/${settlement ?? ''}`)
}

function count(state: PortfolioState, order: string | null, quantity: string, sign: 1 | -1): void {
  if (order === null) return
  const change = sign === 1 ? decimal(quantity) : decimal(quantity).negated()
  state.filled.set(order, decimalText(decimal(state.filled.get(order) ?? '0').plus(change)))
}

function append(index: Map<string, string[]>, key: string, value: string): void {
  const list = index.get(key)
  if (list === undefined) index.set(key, [value])
  else list.push(value)
}

function remove(index: Map<string, string[]>, key: string, value: string): void {
  const left = (index.get(key) ?? []).filter((other) => other !== value)
  if (left.length === 0) index.delete(key)
  else index.set(key, left)
}

function unidentify(state: PortfolioState, fact: string): void {
  for (const [fill, by] of state.identified) if (by === fact) state.identified.delete(fill)
}

function messageAt(state: PortfolioState, fact: string, event: PortfolioEvent): Message {
  const message = state.messages.get(fact)
  if (message === undefined) throw corrupt(event, `names ${fact}, which never came`)
  return message
}

function factAt(state: PortfolioState, fact: string, event: PortfolioEvent) {
  const known = state.facts.get(fact)
  if (known === undefined) throw corrupt(event, `names ${fact}, which never came`)
  return known
}

function corrupt(event: PortfolioEvent, why: string): Error {
  return new Error(`corrupt stream: ${event.type} ${why}`)
}
