// Money: a whole number of a currency's smallest units. It never mixes currencies and never loses a unit when divided up.
import { type Currencies, ISO_4217, minorUnits } from './currency.ts'
import { refuse } from './refusal.ts'
import {
  absInt,
  addInt,
  cmpInt,
  formatScaled,
  type Int,
  mulDivDown,
  mulInt,
  negInt,
  parseScaled,
  subInt,
} from './scaled.ts'

/** An amount in minor units: `{ currency: 'EUR', minor: 1250 }` is EUR 12.50. */
export interface Money {
  readonly currency: string
  readonly minor: Int
}

/**
 * Reads an amount of a currency from decimal text; places beyond the currency's smallest unit are refused, not rounded.
 * @throws Refused `unknown-currency`, `no-minor-unit`, `not-a-decimal`, `decimal-too-fine`, `decimal-too-long`.
 */
export function money(amount: string, currency: string, table: Currencies = ISO_4217): Money {
  return { currency, minor: parseScaled(amount, minorUnits(currency, table)) }
}

/** The amount as canonical decimal text: EUR 1250 is "12.5". */
export function moneyText({ currency, minor }: Money, table: Currencies = ISO_4217): string {
  return formatScaled(minor, minorUnits(currency, table))
}

/** @throws Refused `mixed-currencies`. */
export function addMoney(a: Money, b: Money): Money {
  return { currency: same(a, b), minor: addInt(a.minor, b.minor) }
}

/** @throws Refused `mixed-currencies`. */
export function subtractMoney(a: Money, b: Money): Money {
  return { currency: same(a, b), minor: subInt(a.minor, b.minor) }
}

/** -1, 0 or 1. @throws Refused `mixed-currencies`. */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  same(a, b)
  return cmpInt(a.minor, b.minor)
}

function same(a: Money, b: Money): string {
  if (a.currency === b.currency) return a.currency
  return refuse({
    code: 'mixed-currencies',
    message: `${a.currency} and ${b.currency} cannot be added or compared`,
    remedy: 'convert one of them at a stated rate first',
  })
}

/**
 * Shares `total` in proportion to `weights` so that the shares add up to it exactly (largest remainder, Hamilton's method):
 * every share is cut towards zero, then the units left over go one each to the largest remainders, the earlier weight first on a tie.
 * Shares have the sign of the total, and a weight of 0 gets nothing. Works for any whole units: minor units, shares, nominal.
 * @throws Refused `bad-weights` when there is none, one is negative, or all are zero (unless the total is zero too).
 */
export function allocate(total: Int, weights: readonly Int[]): Int[] {
  const sum = weights.reduce<Int>(addInt, 0)
  if (weights.length === 0 || weights.some((weight) => weight < 0) || (sum === 0 && total !== 0)) {
    return refuse({
      code: 'bad-weights',
      message: 'an amount cannot be shared over no weights, negative weights or weights of zero',
      remedy: 'give at least one weight above zero',
    })
  }
  if (sum === 0) return weights.map(() => 0)
  const size = absInt(total)
  const shares = weights.map((weight) => mulDivDown(size, weight, sum))
  let left = subInt(size, shares.reduce<Int>(addInt, 0))
  const remainders = weights.map((weight, i) => ({
    i,
    over: subInt(mulInt(size, weight), mulInt(shares[i] ?? 0, sum)),
  }))
  // Sorting is stable, so equal remainders keep the order of the weights.
  for (const { i } of remainders.sort((a, b) => cmpInt(b.over, a.over))) {
    if (left === 0) break
    shares[i] = addInt(shares[i] ?? 0, 1)
    left = subInt(left, 1)
  }
  return total < 0 ? shares.map(negInt) : shares
}

/**
 * Shares money in proportion to weights, see {@link allocate}.
 * @throws Refused `bad-weights`.
 */
export function allocateMoney(total: Money, weights: readonly Int[]): Money[] {
  return allocate(total.minor, weights).map((minor) => ({ currency: total.currency, minor }))
}
