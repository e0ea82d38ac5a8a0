// One class of shares of one taxpayer: its dealings by day, what they are identified with, and its section 104 holding.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { TaxPoolStep } from '../core/regime.ts'
import { isNothing, least, shareOf } from '../pool/amount.ts'
import { CostPool, splitUnits } from '../pool/cost-pool.ts'
import { Dealing } from '../pool/dealing.ts'
import type { Deal, SplitEvent } from '../pool/pool-event.ts'
import { Scale } from '../pool/scale.ts'
import { identify, type Match, matchOf } from './identification.ts'

/** All sales of one instrument on one day, with what they are identified with. */
export interface UkDisposal {
  readonly instrument: string
  readonly dealing: Dealing
  readonly matches: readonly Match[]
  /** Units sold short for which nothing has been bought yet. */
  readonly unmatched: Decimal
}

export class Share {
  readonly owner: string
  readonly instrument: string
  readonly pool = new CostPool()
  readonly scale = new Scale()
  /** Units sold and identified with purchases still to come. */
  #awaited: Decimal = ZERO
  readonly #acquired = new Map<string, Dealing>()
  readonly #disposed = new Map<string, Dealing>()
  /** Given to a spouse: identified as sales are, after those of the day, without a gain. */
  readonly #given = new Map<string, Dealing>()
  /** Bought before the book knew: straight into the pool. */
  readonly #carried = new Map<string, Deal[]>()
  #matches = new Map<Dealing, Match[]>()
  /** Sales of more than was held and bought in thirty days, oldest first. */
  readonly #short: Dealing[] = []

  constructor(owner: string, instrument: string) {
    this.owner = owner
    this.instrument = instrument
  }

  deal(deal: Deal): void {
    if (deal.carried === true) {
      this.#carried.set(deal.date, [...(this.#carried.get(deal.date) ?? []), deal])
      return
    }
    const side = deal.kind === 'acquire' ? this.#acquired : deal.noGain === true ? this.#given : this.#disposed
    const dealing = side.get(deal.date) ?? new Dealing(deal.date)
    side.set(deal.date, dealing)
    dealing.add(deal)
  }

  identify(): void {
    const disposed = inOrder([...this.#disposed.values(), ...this.#given.values()])
    this.#matches = identify({ acquired: inOrder([...this.#acquired.values()]), disposed }, this.scale)
  }

  split(event: SplitEvent): void {
    this.pool.restate(splitUnits(this.pool.units, event))
    this.#awaited = shareOf(this.#awaited, event.numerator, event.denominator) ?? ZERO
  }

  /** The dealings of a day meet the pool: what is left of purchases enters it, what is left of sales leaves it. */
  day(date: string, steps: TaxPoolStep[]): void {
    for (const deal of this.#carried.get(date) ?? []) {
      this.pool.add(deal.units, deal.amount)
      steps.push(this.step(date, deal.fact, 'acquired'))
    }
    const bought = this.#acquired.get(date)
    const left = [this.#disposed.get(date), this.#given.get(date)].filter((dealing) => dealing !== undefined)
    if (bought !== undefined) {
      this.#buy(bought, left)
      steps.push(this.step(date, bought.deals[0]?.fact ?? '', 'acquired'))
    }
    for (const sold of left) {
      this.#sell(sold)
      steps.push(this.step(date, sold.deals[0]?.fact ?? '', 'disposed'))
    }
  }

  #buy(bought: Dealing, left: readonly Dealing[]): void {
    let early = bought.units.minus(bought.left)
    for (const sold of left)
      for (const { rule, units } of this.#matches.get(sold) ?? []) if (rule === 'same-day') early = early.minus(units)
    const awaited = this.#awaited.minus(early)
    this.#awaited = isNothing(awaited) ? ZERO : awaited
    while (!bought.left.isZero()) {
      const short = this.#short[0]
      if (short === undefined) break
      this.#matches.get(short)?.push(matchOf('later-acquisition', short, bought, this.scale))
      if (short.left.isZero()) this.#short.shift()
    }
    if (bought.left.isZero()) return
    const units = bought.left
    this.pool.add(units, bought.take(units))
  }

  #sell(sold: Dealing): void {
    const matches = this.#matches.get(sold) ?? []
    for (const { rule, units } of matches) if (rule === 'thirty-day') this.#awaited = this.#awaited.plus(units)
    const beyond = sold.left.minus(this.pool.units)
    const units = isNothing(beyond) ? sold.left : least(sold.left, this.pool.units)
    if (!units.isZero()) {
      const cost = this.pool.take(units)
      matches.push({ rule: 'section-104', units, cost, proceeds: sold.take(units), acquisition: null })
    }
    if (!sold.left.isZero()) this.#short.push(sold)
  }

  disposals(): UkDisposal[] {
    return [...this.#matches].map(([dealing, matches]) => ({
      instrument: this.instrument,
      dealing,
      matches,
      unmatched: dealing.left,
    }))
  }

  step(date: string, fact: string, change: string): TaxPoolStep {
    const { units, cost } = this.pool
    return { instrument: this.instrument, owner: this.owner, date, fact, change, units, cost, awaited: this.#awaited }
  }
}

/** By date; what shares a date stays as it is. */
function inOrder(dealings: Dealing[]): Dealing[] {
  return dealings.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}
