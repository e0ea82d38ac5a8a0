// Transfers between spouses: the giver has neither gain nor loss, and the receiver takes over what the giver's rules say they cost (TCGA 1992 s.58).
import type { TaxOptions } from '../core/regime.ts'
import { spousesOf } from '../pool/spouses-of.ts'
import { type Amount, plus, shareOf } from '../pool/amount.ts'
import { type Deal, isDeal, type PoolEvent } from '../pool/pool-event.ts'
import { type CapitalUnits, matchUk } from './section-104.ts'

/**
 * The owner's own events, with the transfers to a spouse marked and those from one at the giver's cost. What the giver had
 * received from this owner before counts at the cost of the book: one step back, not a circle.
 */
export function betweenSpouses(
  events: readonly PoolEvent[],
  { owner, affiliates }: Pick<TaxOptions, 'owner' | 'affiliates'>,
  capitalUnits: CapitalUnits,
): PoolEvent[] {
  const spouses = spousesOf(affiliates)
  if (spouses.size === 0) return events.filter((event) => event.owner === owner)
  const theirs = new Set<string>()
  for (const event of events) if (isDeal(event) && event.transfer) theirs.add(nameOf(event, event.owner))
  const isGift = (event: PoolEvent, others: Iterable<string>): event is Deal =>
    isDeal(event) && event.transfer && [...others].some((other) => theirs.has(nameOf(event, other)))
  const costs = new Map<string, Amount>()
  for (const spouse of spouses) {
    const given = events
      .filter((event) => event.owner === spouse)
      .map((event) => (event.kind === 'dispose' && isGift(event, [owner]) ? { ...event, noGain: true } : event))
    for (const { instrument, dealing, matches } of matchUk(given, capitalUnits).disposals) {
      if (dealing.deals[0]?.noGain !== true) continue
      const whole = matches.reduce<Amount>(
        (sum, { cost }) => plus(sum, cost),
        dealing.left.isZero() ? dealing.left : null,
      )
      for (const { fact, units } of dealing.deals) {
        const name = `${fact}|${instrument}`
        const share = shareOf(whole, units, dealing.units)
        costs.set(name, costs.has(name) ? plus(costs.get(name) ?? null, share) : share)
      }
    }
  }
  const received = new Map<string, Deal['units']>()
  for (const event of events)
    if (event.owner === owner && event.kind === 'acquire' && isGift(event, spouses)) {
      const name = `${event.fact}|${event.instrument}`
      received.set(name, received.get(name)?.plus(event.units) ?? event.units)
    }
  return events
    .filter((event) => event.owner === owner)
    .map((event) => {
      if (!isGift(event, spouses)) return event
      if (event.kind === 'dispose') return { ...event, noGain: true }
      const name = `${event.fact}|${event.instrument}`
      const cost = costs.has(name) ? (costs.get(name) ?? null) : event.amount
      return { ...event, carried: false, amount: shareOf(cost, event.units, received.get(name) ?? event.units) }
    })
}

function nameOf({ fact, instrument }: Deal, owner: string): string {
  return `${owner}|${fact}|${instrument}`
}
