// Units across splits: how many units of one date are how many of another.
import { type Decimal, decimal, divide } from '../../kernel/decimal.ts'
import { POOL_PLACES } from './amount.ts'

/** One split, consolidation or bonus of an instrument: `numerator` new units for `denominator` old ones from `date` on. */
export interface Split {
  readonly date: string
  readonly numerator: Decimal
  readonly denominator: Decimal
}

interface Step {
  readonly date: string
  readonly numerator: Decimal
  readonly denominator: Decimal
}

const ONE = decimal('1')

/** The splits of one instrument, as products from the first on. */
export class Scale {
  readonly #steps: Step[] = [{ date: '', numerator: ONE, denominator: ONE }]

  /** In date order. */
  add({ date, numerator, denominator }: Split): void {
    const last = this.#steps.at(-1)
    if (last === undefined) return
    this.#steps.push({
      date,
      numerator: last.numerator.times(numerator),
      denominator: last.denominator.times(denominator),
    })
  }

  /** Units of the date `from` as units of the date `to`, to 24 places, half to even; a split counts from its own date on. */
  convert(units: Decimal, from: string, to: string): Decimal {
    const a = this.#at(from)
    const b = this.#at(to)
    if (a === b) return units
    return divide(
      units.times(b.numerator).times(a.denominator),
      b.denominator.times(a.numerator),
      POOL_PLACES,
      'half-even',
    )
  }

  #at(date: string): Step {
    let low = 0
    let high = this.#steps.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#steps[middle]?.date ?? '') <= date) low = middle
      else high = middle - 1
    }
    return this.#steps[low] as Step
  }
}
