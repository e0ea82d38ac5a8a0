// Orders and their chains: placed, replaced by OrigClOrdID, ended; what is left follows from the fills that name them.
import { accept, type Decision } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { decimal, decimalText, ZERO } from '../kernel/decimal.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { refuse, type Warning } from '../kernel/refusal.ts'
import { fittingQuantity, knownCurrency } from './amounts.ts'
import type { PortfolioCommand } from './commands.ts'
import type { PortfolioEvent } from './events.ts'
import { leavesOf } from './evolve.ts'
import type { FillTerms, OrderTerms } from './facts.ts'
import { onOrAfterOpening } from './fill-terms.ts'
import type { OrderGiven } from './given.ts'
import { refuseWhenClosed } from './lifecycle.ts'
import { placesOf } from './places.ts'
import type { ReferenceKnowledge } from './reference-knowledge.ts'
import { conflict } from './references.ts'
import { chainOf, type OrderChain, type PortfolioState } from './state.ts'

type Command<T> = Extract<PortfolioCommand, { type: T }>

export function placeOrder(
  { order, knowledge }: Command<'PlaceOrder'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const terms = completed(order, state, knowledge)
  if (placedBefore(state, terms)) return accept([])
  return accept(
    [{ type: 'OrderPlaced', data: { order: terms } }],
    refuseWhenClosed(state, terms.tradeDate, 'tradeDate'),
  )
}

/** The new terms take the place of the chain's; `replaces` is its newest link (FIX 41 names the previous one). */
export function replaceOrder(
  { replaces, order, knowledge }: Command<'ReplaceOrder'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const terms = completed(order, state, knowledge)
  if (placedBefore(state, terms)) return accept([])
  const chain = openChain(state, replaces, 'replaces')
  const newest = chain.links.at(-1)
  if (newest !== replaces) {
    refuse({
      code: 'order-already-replaced',
      message: `order ${replaces} was replaced; the newest of its chain is ${newest}`,
      field: 'replaces',
      remedy: `replace ${newest}`,
    })
  }
  const left = decimal(leavesOf(state, replaces) ?? '0')
  const filled = decimal(chain.quantity).minus(left)
  const warnings: Warning[] = decimal(terms.quantity).lessThan(filled)
    ? [
        {
          code: 'replaced-below-filled',
          message: `the new quantity ${terms.quantity} is below what is filled, ${decimalText(filled)}: nothing is left`,
          field: 'quantity',
          remedy: 'check the quantity; fills stand as they are',
        },
      ]
    : []
  return accept([{ type: 'OrderReplaced', data: { replaces, order: terms } }], warnings)
}

export function endOrder(command: Command<'EndOrder'>, state: PortfolioState): Decision<PortfolioEvent> {
  const { order, outcome, at, reason } = command
  const chain = chainOf(state, order)
  if (chain?.outcome === outcome) return accept([])
  // An order that is done for the day may still be filled, cancelled or expire on another.
  if (chain?.outcome !== 'done-for-day') openChain(state, order, 'order')
  return accept([{ type: 'OrderEnded', data: defined({ order, outcome, at, reason }) }])
}

/** What to say when a fill takes more than its order has left. */
export function overfill(state: PortfolioState, { order, quantity }: FillTerms): Warning[] {
  const left = order === undefined ? null : leavesOf(state, order)
  if (left === null || decimal(quantity).lessThanOrEqualTo(decimal(left))) return []
  return [
    {
      code: 'order-overfilled',
      message: `order ${order} had ${left} left, the fill is of ${quantity}`,
      field: 'quantity',
      remedy: 'check with the counterparty; the fill is recorded',
      details: { left },
    },
  ]
}

/** The newest links of the chains that are neither ended nor filled, the chain placed first first. */
export function openOrders(state: PortfolioState): string[] {
  // All rows at once: what every open chain has left would be asked for order by order.
  const filled = new Map(state.filled.entries())
  const left = ({ quantity, links }: OrderChain) =>
    links.reduce((sum, link) => sum.minus(decimal(filled.get(link) ?? '0')), decimal(quantity))
  return state.chains
    .entries()
    .map(([, chain]) => chain)
    .filter((chain) => chain.outcome === null && left(chain).greaterThan(ZERO))
    .sort((a, b) => a.revision - b.revision)
    .map(({ links }) => links.at(-1) ?? '')
}

/** @throws Refused `unknown-instrument`, `ambiguous-instrument` and as places and amounts: an order is ours, nothing is parked. */
function completed(given: OrderGiven, state: PortfolioState, knowledge: ReferenceKnowledge): OrderTerms {
  onOrAfterOpening(state, given.tradeDate, 'tradeDate')
  const instrument = knowledge.instrument(given.instrument, given.tradeDate)
  if (instrument === 'unknown' || instrument === 'ambiguous') {
    return refuse({
      code: `${instrument}-instrument`,
      message: `${given.instrument.value} names ${instrument === 'unknown' ? 'no instrument' : 'more than one instrument'}`,
      field: 'instrument',
      remedy: 'register the instrument first, or name it by its id',
    })
  }
  fittingQuantity(given.quantity, instrument, 'quantity')
  if (given.currency !== undefined) knownCurrency(given.currency, 'currency')
  return defined({ ...given, ...placesOf(state, given, ''), instrument: instrument.id })
}

/** @throws Refused `idempotency-conflict`. */
function placedBefore(state: PortfolioState, terms: OrderTerms): boolean {
  const before = state.orders.get(terms.order)
  if (before === undefined) return false
  return before.fingerprint === fingerprint(terms) || conflict(terms.order)
}

/** @throws Refused `unknown-order`, `order-ended`. */
function openChain(state: PortfolioState, order: string, field: string) {
  const chain = chainOf(state, order)
  if (chain === undefined)
    return refuse({
      code: 'unknown-order',
      message: `order ${order} was never placed`,
      field,
      remedy: 'place the order first',
    })
  if (chain.outcome === null) return chain
  return refuse({
    code: 'order-ended',
    message: `order ${order} is ${chain.outcome} already`,
    field,
    remedy: 'place a new order',
  })
}
