// The decider of one portfolio: which command is decided where.
import { type Decider, type Decision, type Layers, unreachable } from '../kernel/decider.ts'
import { guarded } from '../kernel/guarded.ts'
import { refuse } from '../kernel/refusal.ts'
import type { PortfolioCommand } from './commands.ts'
import type { PortfolioEvent } from './events.ts'
import { evolve } from './evolve.ts'
import { entryFact, factNamed, fillFact, sealFact } from './fact-id.ts'
import { bustFill, correctFill, recordFill } from './fills.ts'
import { addPlaces, closePortfolio, openPortfolio } from './lifecycle.ts'
import { approveEntry, prepareEntry, withdrawEntry } from './manual-entry.ts'
import { endOrder, openOrders, placeOrder, replaceOrder } from './orders.ts'
import { cancelFact, correctFact, recordFact } from './other-facts.ts'
import { dismissParked, releaseParked } from './parked.ts'
import { closePeriod, reopenPeriod, requestReopening, sealPeriod } from './periods.ts'
import { portfolioLayers } from './layers.ts'
import { messageOf, type PortfolioState, unopened } from './state.ts'

/**
 * Note that `evolve` changes the tables of the state it is given, and `initial` is a new state each time it is read. Both halves throw
 * NotLoaded when rows they need are not in memory.
 */
export const portfolio: Decider<PortfolioCommand, PortfolioState, PortfolioEvent> & {
  readonly layers: Layers<PortfolioState>
} = {
  get initial() {
    return unopened()
  },
  decide: guarded(decide),
  evolve,
  layers: portfolioLayers,
}

function decide(command: PortfolioCommand, state: PortfolioState): Decision<PortfolioEvent> {
  if (command.type === 'OpenPortfolio') return openPortfolio(command, state)
  if (state.opened === null) {
    refuse({
      code: 'unknown-portfolio',
      message: 'there is no such portfolio',
      field: 'portfolio',
      remedy: 'open it first',
    })
  }
  switch (command.type) {
    case 'AddPlaces':
      return addPlaces(command, state)
    case 'ClosePortfolio':
      return closePortfolio(command, state, openOrders(state))
    case 'RecordFill':
      return recordFill(command, state)
    case 'CorrectFill':
      return correctFill(command, state)
    case 'BustFill':
      return bustFill(command, state)
    case 'ReleaseParked':
      return releaseParked(command, state)
    case 'DismissParked':
      return dismissParked(command.fact, command.reason, state)
    case 'RecordFact':
      return recordFact(command, state)
    case 'CorrectFact':
      return correctFact(command, state)
    case 'CancelFact':
      return cancelFact(command, state)
    case 'PlaceOrder':
      return placeOrder(command, state)
    case 'ReplaceOrder':
      return replaceOrder(command, state)
    case 'EndOrder':
      return endOrder(command, state)
    case 'SealPeriod':
      return sealPeriod(command, state)
    case 'ClosePeriod':
      return closePeriod(command, state)
    case 'RequestReopening':
      return requestReopening(command, state)
    case 'ReopenPeriod':
      return reopenPeriod(command, state)
    case 'PrepareEntry':
      return prepareEntry(command, state)
    case 'ApproveEntry':
      return approveEntry(command, state)
    case 'WithdrawEntry':
      return withdrawEntry(command, state)
    default:
      return unreachable(command)
  }
}

/** The name of what a command is about: for a message about a fill its own key, so that asking again finds the first outcome. */
export function factOf(command: PortfolioCommand): string | null {
  switch (command.type) {
    case 'RecordFill':
      return fillFact(command.fill.source, command.fill.tradeDate, command.fill.execId)
    case 'CorrectFill':
      return fillFact(command.fill.source, command.tradeDate, command.execId)
    case 'BustFill':
      return fillFact(command.source, command.tradeDate, command.execId)
    case 'ReleaseParked':
    case 'DismissParked':
    case 'CancelFact':
      return command.fact
    case 'RecordFact':
    case 'CorrectFact':
      return factNamed(command.as.type, command.ref)
    case 'SealPeriod':
    case 'ClosePeriod':
    case 'RequestReopening':
    case 'ReopenPeriod':
      return sealFact(command.ref)
    case 'PrepareEntry':
      return entryFact(command.entry.ref)
    case 'ApproveEntry':
    case 'WithdrawEntry':
      return entryFact(command.ref)
    case 'PlaceOrder':
    case 'ReplaceOrder':
      return command.order.order
    case 'EndOrder':
      return command.order
    default:
      return null
  }
}

/** Stream revision of the event that first recorded what the command is about; null when the state keeps none. */
export function firstRevision(command: PortfolioCommand, state: PortfolioState): number | null {
  if (command.type === 'OpenPortfolio') return 0
  const fact = factOf(command) ?? ''
  switch (command.type) {
    case 'RecordFill':
    case 'CorrectFill':
    case 'BustFill':
      return messageOf(state, fact)?.revision ?? null
    case 'RecordFact':
      return state.facts.get(fact)?.revision ?? null
    case 'PlaceOrder':
    case 'ReplaceOrder':
      return state.orders.get(fact)?.revision ?? null
    case 'PrepareEntry':
      return state.entries.get(fact)?.revision ?? null
    case 'SealPeriod':
    case 'ClosePeriod':
      return state.seals.get(fact)?.revision ?? null
    default:
      return null
  }
}
