// Adjusted cost bases of a taxpayer and their affiliates: pools by holder and property, with superficial losses moved to what replaced them.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { TaxPoolStep } from '../core/regime.ts'
import { type Amount, least, minus, shareOf } from '../pool/amount.ts'
import { CostPool, splitUnits } from '../pool/cost-pool.ts'
import { Dealing } from '../pool/dealing.ts'
import { type ActionEvent, type Deal, isDeal, type PoolEvent } from '../pool/pool-event.ts'
import { Scale } from '../pool/scale.ts'
import { superficialLoss } from './superficial-loss.ts'
import { Windows } from './windows.ts'

/** Which date of a trade is its date of acquisition and disposition. */
export type CanadaDates = 'settlement' | 'trade'

/** One part of a sale with one treatment, of one holder. */
export interface AcbDisposal {
  readonly holder: string
  readonly deal: Deal
  /** The day that counts. */
  readonly date: string
  readonly rule: 'adjusted-cost-base' | 'short-sale' | 'capital-distribution'
  readonly units: Decimal
  readonly proceeds: Amount
  readonly cost: Amount
  /** What of a loss is superficial, positive. */
  readonly denied: Amount
  readonly substituted: readonly { readonly holder: string; readonly amount: Amount }[]
}

/** Paid above the adjusted cost base (ITA s.40(3)), or told by the terms as a gain. */
export interface AcbGain {
  readonly holder: string
  readonly instrument: string
  readonly date: string
  readonly fact: string
  readonly units: Decimal
  readonly gain: Amount
}

export interface AcbView {
  readonly disposals: readonly AcbDisposal[]
  readonly gains: readonly AcbGain[]
  readonly steps: readonly TaxPoolStep[]
  readonly short: readonly { readonly holder: string; readonly instrument: string; readonly dealing: Dealing }[]
}

/** Whether a holder is a registered account: it has no adjusted cost base and no gains, but what it buys can make a loss superficial. */
export type IsRegistered = (holder: string) => boolean

/** Runs the events of the taxpayer and the affiliates (`owner` of an event is its holder), in the order of the book. */
export function adjustedCostBases(
  events: readonly PoolEvent[],
  isRegistered: IsRegistered,
  dates: CanadaDates,
): AcbView {
  const properties = new Map<string, Property>()
  const propertyNamed = (instrument: string): Property => {
    const known = properties.get(instrument)
    if (known !== undefined) return known
    const property = new Property(instrument, isRegistered, dates)
    properties.set(instrument, property)
    return property
  }
  // A split is one for all holders; each tells of its own units.
  const splits = new Set<string>()
  for (const event of events)
    if (event.kind === 'split' && !splits.has(event.fact)) {
      splits.add(event.fact)
      propertyNamed(event.instrument).scale.add(event)
    }
  for (const event of events) if (isDeal(event)) propertyNamed(event.instrument).tell(event)
  const out: Out = { disposals: [], gains: [], steps: [], given: new Map() }
  for (const event of events) {
    const property = propertyNamed(event.instrument)
    if (!isDeal(event)) property.act(event, out, propertyNamed)
    else if (event.kind === 'acquire') property.acquire(event, out)
    else property.dispose(event, out)
  }
  const { disposals, gains, steps } = out
  return { disposals, gains, steps, short: [...properties.values()].flatMap((property) => property.short()) }
}

interface Out {
  readonly disposals: AcbDisposal[]
  readonly gains: AcbGain[]
  readonly steps: TaxPoolStep[]
  /** Cost of what holders gave without a gain, by transfer and instrument. */
  readonly given: Map<string, { units: Decimal; cost: Amount }>
}

/** What came from another holder of the group without a gain is taken over at their cost (ITA s.73), else at that of the book. */
function rolledOver(deal: Deal, { given }: Out): Deal {
  const from = deal.noGain === true ? given.get(`${deal.fact}|${deal.instrument}`) : undefined
  return from === undefined || from.cost === null
    ? deal
    : { ...deal, amount: shareOf(from.cost, deal.units, from.units) }
}

/** Identical property: one instrument, whoever of the group holds it. */
class Property {
  readonly instrument: string
  readonly scale = new Scale()
  readonly #windows = new Windows(this.scale)
  readonly #pools = new Map<string, CostPool>()
  readonly #short = new Map<string, Dealing[]>()
  readonly #isRegistered: IsRegistered
  readonly #dates: CanadaDates

  constructor(instrument: string, isRegistered: IsRegistered, dates: CanadaDates) {
    this.instrument = instrument
    this.#isRegistered = isRegistered
    this.#dates = dates
  }

  tell(deal: Deal): void {
    const bought = deal.kind === 'acquire'
    const units = bought ? deal.units : deal.units.negated()
    this.#windows.tell(deal.owner, deal.date, this.#dateOf(deal), units, bought && deal.carried !== true)
  }

  acquire(deal: Deal, out: Out): void {
    const pool = this.pool(deal.owner)
    const bought = new Dealing(deal.date)
    bought.add(rolledOver(deal, out))
    const short = this.#short.get(deal.owner) ?? []
    while (!bought.left.isZero()) {
      const sold = short[0]
      const opened = sold?.deals[0]
      if (sold === undefined || opened === undefined) break
      const asSold = this.scale.convert(bought.left, deal.date, sold.date)
      const units = least(asSold, sold.left)
      const used = units.equals(asSold) ? bought.left : this.scale.convert(units, sold.date, deal.date)
      const proceeds = sold.take(units)
      this.#close(opened, deal, used, proceeds, bought.take(used), out)
      if (sold.left.isZero()) short.shift()
    }
    if (!bought.left.isZero()) {
      const units = bought.left
      pool.add(units, bought.take(units))
    }
    out.steps.push(this.#step(deal, 'acquired', pool))
  }

  dispose(deal: Deal, out: Out): void {
    const pool = this.pool(deal.owner)
    const sold = new Dealing(deal.date)
    sold.add(deal)
    const units = least(deal.units, pool.units)
    if (deal.noGain === true) {
      const cost = pool.take(units)
      if (!this.#isRegistered(deal.owner)) out.given.set(`${deal.fact}|${deal.instrument}`, { units: deal.units, cost })
      out.steps.push(this.#step(deal, 'given', pool))
      return
    }
    if (!units.isZero()) {
      const cost = pool.take(units)
      const proceeds = sold.take(units)
      out.steps.push(this.#step(deal, 'disposed', pool))
      if (!this.#isRegistered(deal.owner)) this.#close(deal, deal, units, proceeds, cost, out)
    }
    if (sold.left.isZero()) return
    const short = this.#short.get(deal.owner) ?? []
    this.#short.set(deal.owner, short)
    short.push(sold)
    if (units.isZero()) out.steps.push(this.#step(deal, 'disposed', pool))
  }

  /** A gain or loss of `units`, sold as `opened` says and closed by `closing`; the denied part of a loss goes to what replaced it. */
  #close(opened: Deal, closing: Deal, units: Decimal, proceeds: Amount, cost: Amount, out: Out): void {
    if (this.#isRegistered(closing.owner)) return
    const gain = minus(proceeds, cost)
    const date = this.#dateOf(closing)
    const superficial =
      opened === closing && gain?.lessThan(ZERO) === true
        ? superficialLoss(gain.negated(), units, closing.date, date, this.#windows)
        : null
    const substituted = superficial?.shares ?? []
    out.disposals.push({
      holder: closing.owner,
      deal: closing,
      date,
      rule: opened === closing ? 'adjusted-cost-base' : 'short-sale',
      units,
      proceeds,
      cost,
      denied: superficial?.denied ?? ZERO,
      substituted,
    })
    for (const { holder, amount } of substituted) {
      if (this.#isRegistered(holder)) continue
      const pool = this.pool(holder)
      pool.adjust(amount)
      out.steps.push({ ...this.#step(closing, 'superficial-loss', pool), owner: holder })
    }
  }

  act(event: ActionEvent, out: Out, propertyNamed: (instrument: string) => Property): void {
    const pool = this.pool(event.owner)
    if (event.kind === 'split') pool.restate(splitUnits(pool.units, event))
    else if (event.kind === 'capital') {
      const { owner: holder, instrument, date, fact, units } = event
      const gain = pool.adjust(event.amount)
      if (!this.#isRegistered(holder) && (gain === null || !gain.isZero()))
        out.gains.push({ holder, instrument, date, fact, units, gain })
    } else {
      const taker = propertyNamed(event.to)
      const { share, received, gone } = event
      const cost = gone.isZero() ? pool.cost : pool.take(least(gone, pool.units))
      const moved = share === null ? null : shareOf(cost, share.part, share.whole)
      if (gone.isZero()) pool.adjust(moved?.negated() ?? null)
      taker.pool(event.owner).add(received, moved)
      out.steps.push({ ...this.#step(event, 'moved', taker.pool(event.owner)), instrument: event.to })
    }
    out.steps.push(this.#step(event, event.kind === 'move' ? 'moved' : event.kind, pool))
  }

  pool(holder: string): CostPool {
    const known = this.#pools.get(holder)
    if (known !== undefined) return known
    const pool = new CostPool()
    this.#pools.set(holder, pool)
    return pool
  }

  short(): { holder: string; instrument: string; dealing: Dealing }[] {
    return [...this.#short].flatMap(([holder, dealings]) =>
      dealings.map((dealing) => ({ holder, instrument: this.instrument, dealing })),
    )
  }

  #dateOf(deal: Deal): string {
    return this.#dates === 'settlement' ? deal.settlesOn : deal.date
  }

  #step(event: PoolEvent, change: string, { units, cost }: CostPool): TaxPoolStep {
    const { owner, date, fact } = event
    const told = this.#isRegistered(owner) ? null : cost
    return { instrument: this.instrument, owner, date, fact, change, units, cost: told, awaited: ZERO }
  }
}
