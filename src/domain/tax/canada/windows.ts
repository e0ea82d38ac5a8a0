// What a taxpayer and their affiliates bought around a day, and what they hold at the end of it: the counts of the superficial loss rule.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { Scale } from '../pool/scale.ts'

/** Units of one holder by date, added up: before any split, so that dates can be compared. */
class Tally {
  readonly #dates: string[] = []
  readonly #sums: Decimal[] = []
  readonly #waiting: { readonly date: string; readonly units: Decimal }[] = []

  add(date: string, units: Decimal): void {
    this.#waiting.push({ date, units })
  }

  /** Sum of what is dated through `date`. */
  through(date: string): Decimal {
    this.#arrange()
    let low = 0
    let high = this.#dates.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#dates[middle] ?? '') <= date) low = middle + 1
      else high = middle
    }
    return low === 0 ? ZERO : (this.#sums[low - 1] ?? ZERO)
  }

  #arrange(): void {
    if (this.#waiting.length === 0) return
    const all = this.#waiting.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
    let sum = ZERO
    for (const { date, units } of all) {
      sum = sum.plus(units)
      this.#dates.push(date)
      this.#sums.push(sum)
    }
    this.#waiting.length = 0
  }
}

/** Purchases and holdings of one property by holder. All dealings are told before anything is asked. */
export class Windows {
  readonly #scale: Scale
  readonly #bought = new Map<string, Tally>()
  readonly #held = new Map<string, Tally>()

  constructor(scale: Scale) {
    this.#scale = scale
  }

  /** Units (of the trade date) that came (or went: below zero) on the date that counts; `purchase` when they were acquired. */
  tell(holder: string, tradeDate: string, date: string, units: Decimal, purchase: boolean): void {
    const unsplit = this.#scale.convert(units, tradeDate, '')
    tallyOf(this.#held, holder).add(date, unsplit)
    if (purchase) tallyOf(this.#bought, holder).add(date, unsplit)
  }

  /** Units acquired after `before` and through `end`, by holder, in units of the trade date `unitsOf`. */
  bought(before: string, end: string, unitsOf: string): Map<string, Decimal> {
    return this.#each(this.#bought, unitsOf, (tally) => tally.through(end).minus(tally.through(before)))
  }

  /** Units held at the end of a day, by holder; a short holding counts as none. */
  held(end: string, unitsOf: string): Map<string, Decimal> {
    return this.#each(this.#held, unitsOf, (tally) => tally.through(end))
  }

  #each(tallies: ReadonlyMap<string, Tally>, unitsOf: string, count: (tally: Tally) => Decimal): Map<string, Decimal> {
    const found = new Map<string, Decimal>()
    for (const [holder, tally] of tallies) {
      const units = count(tally)
      if (units.greaterThan(ZERO)) found.set(holder, this.#scale.convert(units, '', unitsOf))
    }
    return found
  }
}

function tallyOf(tallies: Map<string, Tally>, holder: string): Tally {
  const known = tallies.get(holder)
  if (known !== undefined) return known
  const tally = new Tally()
  tallies.set(holder, tally)
  return tally
}
