// Reads the events of pools off the tax events: lots of one holding become one pool, whatever lots the book relieved.
import { type Decimal, decimal, ZERO } from '../../kernel/decimal.ts'
import type { TaxAction, TaxOptions } from '../core/regime.ts'
import type { Acquire, Capital, Dispose, Move, Restate, TaxEvent } from '../core/tax-event.ts'
import { type Amount, minus, plus, shareOf } from './amount.ts'
import type { ActionEvent, Deal, PoolEvent, SplitEvent } from './pool-event.ts'

type Instruments = Pick<TaxOptions, 'instrument'>

const ONE = decimal('1')

/**
 * The events of pools in the order of the book. What one fact did to many lots of a holding is one event. Splits of which nothing was
 * held then come from the terms: a sale before one may meet a purchase after it. What moves between accounts of one owner changes no
 * pool; what leaves them all, or comes from elsewhere, does so at cost.
 */
export function poolEvents(events: readonly TaxEvent[], options: Instruments): PoolEvent[] {
  const groups = new Map<string, TaxEvent[]>()
  for (const event of events) {
    const key = groupOf(event)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [event])
    else group.push(event)
  }
  const found: PoolEvent[] = []
  for (const group of groups.values()) {
    const first = group[0]
    if (first?.kind === 'acquire' || first?.kind === 'dispose')
      found.push(dealing(group.filter((event) => event.kind === 'acquire' || event.kind === 'dispose')))
    else if (first?.kind === 'capital') found.push(paid(group.filter((event) => event.kind === 'capital')))
    else if (first?.kind === 'move') found.push(...moved(group.filter((event) => event.kind === 'move')))
    else if (first?.kind === 'restate')
      found.push(
        restated(
          group.filter((event) => event.kind === 'restate'),
          options,
        ),
      )
  }
  // Stable: what shares a day keeps the order of the book, after the splits of the day that found nothing to split.
  return [...splitsOfNothing(events, options), ...found].sort((a, b) =>
    a.date < b.date ? -1 : a.date > b.date ? 1 : 0,
  )
}

/** What is one event: everything one fact does to the lots of one holding, money without units (fractions) apart. */
function groupOf(event: TaxEvent): string | null {
  const { kind, owner, fact, instrument } = event
  if (kind === 'acquire' || kind === 'dispose')
    return `${owner}|${fact}|${instrument}|${sideOf(event)}|${event.units.isZero()}`
  if (kind === 'capital' || kind === 'move') return `${owner}|${fact}|${instrument}|${kind}`
  return kind === 'restate' ? `${owner}|${fact}|${instrument}|restate|${event.toInstrument}` : null
}

/** A short sale disposes, its cover acquires. */
function sideOf({ kind, short }: Acquire | Dispose): 'acquire' | 'dispose' {
  return (kind === 'acquire') === short ? 'dispose' : 'acquire'
}

function dealing(group: readonly (Acquire | Dispose)[]): PoolEvent {
  const first = group[0] as Acquire | Dispose
  const kind = sideOf(first)
  let units = ZERO
  let amount: Amount = ZERO
  for (const event of group) {
    units = units.plus(event.units)
    amount = plus(amount, amountOf(event))
  }
  // Money for a fraction of a unit lowers the cost: it is too small to be a disposal.
  if (units.isZero())
    return {
      ...happening(first),
      kind: 'capital',
      amount: kind === 'acquire' ? amount : (amount?.negated() ?? null),
      units,
    }
  const dealt = first.how === 'trade' ? (first.money?.() ?? null) : null
  const deal: Deal = {
    ...happening(first),
    kind,
    units,
    // The book rounds each lot's part to money; a pool takes the whole as it was dealt.
    amount: dealt === null ? amount : shareOf(dealt.net, units, dealt.units),
    costs: dealt === null ? ZERO : shareOf(dealt.costs, units, dealt.units),
    settlesOn: first.settlesOn ?? first.date,
    portfolio: first.portfolio,
    account: first.account,
    short: first.short,
    transfer: first.how === 'transfer',
    carried: first.kind === 'acquire' && first.how === 'opening',
  }
  return deal
}

function amountOf(event: Acquire | Dispose): Amount {
  return event.kind === 'dispose' && !event.short ? event.proceeds : event.cost
}

function paid(group: readonly Capital[]): PoolEvent {
  let amount: Amount = ZERO
  let units = ZERO
  for (const event of group) {
    // The book stops a lot's cost at zero and tells the rest as gain; a pool has cost of other lots to take it from.
    const paidOut = minus(event.amount, event.gain)
    amount = event.short ? minus(amount, paidOut) : plus(amount, paidOut)
    units = signed(units, event.short, event.units)
  }
  return { ...happening(group[0] as Capital), kind: 'capital', amount, units }
}

/** What a transfer brings to all accounts of the owner together, or takes from them. */
function moved(group: readonly Move[]): PoolEvent[] {
  const first = group[0] as Move
  let units = ZERO
  let cost: Amount = ZERO
  for (const event of group) {
    units = event.direction === 'in' ? units.plus(event.units) : units.minus(event.units)
    cost = event.direction === 'in' ? plus(cost, event.cost) : minus(cost, event.cost)
  }
  if (units.isZero()) return []
  const came = units.greaterThan(ZERO)
  const deal: Deal = {
    ...happening(first),
    kind: came ? 'acquire' : 'dispose',
    units: units.abs(),
    amount: came ? cost : (cost?.negated() ?? null),
    costs: ZERO,
    settlesOn: first.date,
    portfolio: first.portfolio,
    account: first.account,
    short: false,
    transfer: true,
    noGain: true,
    carried: came,
  }
  return [deal]
}

function restated(group: readonly Restate[], { instrument }: Instruments): ActionEvent {
  const first = group[0] as Restate
  let before = ZERO
  let after = ZERO
  let cost: Amount = ZERO
  let costBefore: Amount = ZERO
  for (const event of group) {
    before = signed(before, event.short, event.unitsBefore)
    after = signed(after, event.short, event.unitsAfter)
    if (event.short) continue
    cost = plus(cost, event.cost)
    costBefore = plus(costBefore, event.costBefore)
  }
  const terms = instrument(first.instrument).actions.find(
    ({ fact, to }) => fact === first.fact && to === first.toInstrument,
  )
  if (first.replaces && first.toInstrument === first.instrument) {
    const { numerator, denominator } = terms ?? { numerator: after, denominator: before }
    return { ...happening(first), kind: 'split', numerator, denominator, before, after }
  }
  const stated = terms?.basisShare ?? null
  const booked = cost === null || costBefore === null || costBefore.isZero() ? null : { part: cost, whole: costBefore }
  return {
    ...happening(first),
    kind: 'move',
    to: first.toInstrument,
    share: stated === null ? booked : { part: stated, whole: ONE },
    received: after,
    gone: first.replaces ? before : ZERO,
    held: before,
  }
}

/** What is short is owed, not held. */
function signed(sum: Decimal, short: boolean, units: Decimal): Decimal {
  return short ? sum.minus(units) : sum.plus(units)
}

/** Splits by the terms of instruments of which their holder had nothing on the day. */
function splitsOfNothing(events: readonly TaxEvent[], { instrument }: Instruments): SplitEvent[] {
  const holdings = new Map<string, { readonly owner: string; readonly instrument: string }>()
  const acted = new Set<string>()
  for (const event of events) {
    holdings.set(`${event.owner}|${event.instrument}`, { owner: event.owner, instrument: event.instrument })
    if (event.kind === 'restate') acted.add(`${event.owner}|${event.fact}`)
  }
  const found: SplitEvent[] = []
  for (const holding of holdings.values())
    for (const action of instrument(holding.instrument).actions)
      if (action.replaces && action.to === holding.instrument && !acted.has(`${holding.owner}|${action.fact}`))
        found.push(splitOfNothing(holding, action))
  return found
}

function splitOfNothing(
  holding: { readonly owner: string; readonly instrument: string },
  { fact, date, numerator, denominator }: TaxAction,
): SplitEvent {
  return { kind: 'split', ...holding, date, fact, numerator, denominator, before: ZERO, after: ZERO }
}

function happening({ owner, instrument, date, fact }: TaxEvent) {
  return { owner, instrument, date, fact }
}
