// The oracle's arithmetic: decimal.js with so many digits that only named roundings round.
import { Decimal as Library } from 'decimal.js'

export const Decimal = Library.clone({
  precision: 160,
  rounding: Library.ROUND_HALF_EVEN,
  toExpNeg: -400,
  toExpPos: 400,
})
export type Decimal = Library
/** An amount in functional currency, or null: not known yet. */
export type Base = Decimal | null

export const ZERO = new Decimal(0)
export const decimal = (text: string | number): Decimal => new Decimal(text)
export const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), ZERO)

/** Unknown plus anything is unknown. */
export const addBase = (a: Base, b: Base): Base => (a === null || b === null ? null : a.plus(b))
export const subBase = (a: Base, b: Base): Base => (a === null || b === null ? null : a.minus(b))
export const negBase = (a: Base): Base => (a === null ? null : a.negated())
export const sumBase = (values: readonly Base[]): Base => values.reduce(addBase, ZERO)

/** Minor units of the currencies the histories use. */
export const placesOf = (currency: string): number => (currency === 'JPY' ? 0 : 2)
/** Half to even at the currency's minor unit. */
export const money = (amount: Decimal, currency: string): Decimal =>
  amount.toDecimalPlaces(placesOf(currency), Decimal.ROUND_HALF_EVEN)

/** Shares `total` in steps of 10^-places: everybody's exact share is cut, and what is left goes a step at a time to the largest remainders. */
export function largestRemainder(total: Decimal, weights: readonly Decimal[], places: number): Decimal[] {
  const all = sum(weights)
  if (all.isZero()) throw new Error('nothing to share by')
  const step = new Decimal(10).pow(-places)
  const unit = all.times(step)
  const steps = weights.map((weight) => total.abs().times(weight).divToInt(unit))
  const shares = steps.map((many) => many.times(step))
  // Compared as whole numbers over the same denominator: a quotient of so many digits would break ties by chance.
  const byRemainder = weights
    .map((weight, at) => ({ at, remainder: total.abs().times(weight).minus(steps[at]!.times(unit)) }))
    .sort((a, b) => b.remainder.cmp(a.remainder) || a.at - b.at)
  let left = total.abs().minus(sum(shares))
  for (const { at } of byRemainder) {
    if (left.isZero()) break
    shares[at] = shares[at]!.plus(step)
    left = left.minus(step)
  }
  if (!left.isZero()) throw new Error(`could not share ${total} in steps of ${step}`)
  return shares.map((share) => (total.isNegative() ? share.negated() : share))
}

/** Shares `total` in order: everybody up to i gets the rounded part for the weights up to i. The last takes exactly the rest. */
export function cumulated(total: Decimal, weights: readonly Decimal[], currency: string): Decimal[] {
  const all = sum(weights)
  let weight = ZERO
  let given = ZERO
  return weights.map((own) => {
    weight = weight.plus(own)
    const upToHere = money(total.times(weight).dividedBy(all), currency)
    const share = upToHere.minus(given)
    given = upToHere
    return share
  })
}
