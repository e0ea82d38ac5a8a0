// Runs pool events through holdings under one order of relief, and tells the disposals.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { TaxPoolStep } from '../core/regime.ts'
import { type Amount, isNothing, least, shareOf } from '../pool/amount.ts'
import { splitUnits } from '../pool/cost-pool.ts'
import { type ActionEvent, type Deal, isDeal, type PoolEvent } from '../pool/pool-event.ts'
import { Holding, type Taken } from './holding.ts'

export interface PlainDisposal {
  readonly deal: Deal
  readonly rule: string
  readonly taken: Taken
  readonly units: Decimal
  readonly proceeds: Amount
}

/** What was returned above the cost. */
export interface PlainGain {
  readonly event: Exclude<PoolEvent, Deal>
  readonly gain: Amount
}

export interface PlainFold {
  readonly disposals: readonly PlainDisposal[]
  readonly gains: readonly PlainGain[]
  readonly steps: readonly TaxPoolStep[]
  /** By holder and instrument. */
  readonly holdings: ReadonlyMap<
    string,
    { readonly holder: string; readonly instrument: string; readonly holding: Holding }
  >
}

/** `owner` of an event is its holder: the taxpayer, or one account where relief is by account. */
export function foldPlainly(events: readonly PoolEvent[], method: 'fifo' | 'average'): PlainFold {
  const holdings = new Map<string, { holder: string; instrument: string; holding: Holding }>()
  const of = (holder: string, instrument: string): Holding => {
    const known = holdings.get(`${holder}|${instrument}`)
    if (known !== undefined) return known.holding
    const holding = new Holding(method)
    holdings.set(`${holder}|${instrument}`, { holder, instrument, holding })
    return holding
  }
  const out: { disposals: PlainDisposal[]; gains: PlainGain[]; steps: TaxPoolStep[] } = {
    disposals: [],
    gains: [],
    steps: [],
  }
  for (const event of events) {
    const { owner, instrument, date, fact } = event
    const holding = of(owner, instrument)
    if (!isDeal(event)) act(event, holding, of, out.gains)
    else if (event.kind === 'acquire') out.disposals.push(...acquire(event, holding))
    else out.disposals.push(...dispose(event, holding, method))
    const { units, cost } = holding
    const change = event.kind === 'acquire' ? 'acquired' : event.kind === 'dispose' ? 'disposed' : event.kind
    out.steps.push({ instrument, owner, date, fact, change, units, cost, awaited: ZERO })
  }
  return { ...out, holdings }
}

function acquire(deal: Deal, holding: Holding): PlainDisposal[] {
  const found: PlainDisposal[] = []
  let left = deal.units
  let amount = deal.amount
  while (!isNothing(left)) {
    const sold = holding.short[0]
    if (sold === undefined) break
    const units = least(left, sold.units)
    const cost = shareOf(amount, units, left)
    const proceeds = shareOf(sold.proceeds, units, sold.units)
    amount = amount === null || cost === null ? null : amount.minus(cost)
    sold.proceeds = sold.proceeds === null || proceeds === null ? null : sold.proceeds.minus(proceeds)
    sold.units = sold.units.minus(units)
    left = left.minus(units)
    const taken = { acquiredOn: deal.date, fact: deal.fact, units, cost }
    found.push({ deal, rule: 'short-sale', taken, units, proceeds })
    if (isNothing(sold.units)) holding.short.shift()
  }
  if (!isNothing(left)) holding.add(left, amount, deal.date, deal.fact)
  return found
}

function dispose(deal: Deal, holding: Holding, method: 'fifo' | 'average'): PlainDisposal[] {
  const found: PlainDisposal[] = []
  let left = deal.units
  let proceeds = deal.amount
  for (const taken of holding.take(deal.units)) {
    const part = isNothing(left.minus(taken.units)) ? proceeds : shareOf(proceeds, taken.units, left)
    left = left.minus(taken.units)
    proceeds = proceeds === null || part === null ? null : proceeds.minus(part)
    if (deal.noGain !== true) found.push({ deal, rule: method, taken, units: taken.units, proceeds: part })
  }
  if (!isNothing(left) && deal.noGain !== true) holding.short.push({ deal, units: left, proceeds })
  return found
}

function act(
  event: ActionEvent,
  holding: Holding,
  of: (holder: string, instrument: string) => Holding,
  gains: PlainGain[],
): void {
  if (event.kind === 'split') {
    holding.restate(splitUnits(holding.units, event))
    for (const sold of holding.short) sold.units = shareOf(sold.units, event.numerator, event.denominator) ?? sold.units
  } else if (event.kind === 'capital') {
    const gain = holding.adjust(event.amount)
    if (gain === null || !gain.isZero()) gains.push({ event, gain })
  } else {
    const { share, received, gone, held } = event
    const taker = of(event.owner, event.to)
    const moving = gone.isZero() ? holding.lots.map((lot) => ({ ...lot })) : holding.take(gone)
    let left = received
    let rest = gone.isZero() ? holding.units : held
    for (const [i, lot] of moving.entries()) {
      const cost = share === null ? null : shareOf(lot.cost, share.part, share.whole)
      const units = shareOf(left, lot.units, rest) ?? ZERO
      rest = rest.minus(lot.units)
      left = left.minus(units)
      taker.add(units, cost, lot.acquiredOn, lot.fact)
      const parent = holding.lots[i]
      if (gone.isZero() && parent !== undefined)
        parent.cost = parent.cost === null || cost === null ? null : parent.cost.minus(cost)
    }
  }
}
