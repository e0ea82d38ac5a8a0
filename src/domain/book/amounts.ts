// Amounts inside the fold: whole minor units, where NaN means "unknown yet" (a rate is pending), and their rounding.
import { allocate } from '../kernel/money.ts'
import {
  addInt,
  cmpInt,
  type Int,
  mulDivHalfEven,
  negInt,
  parseScaled,
  pow10,
  rescale,
  subInt,
  toInt,
} from '../kernel/scaled.ts'

/** An amount nobody can know yet. It is never written to a posting: the posting's base becomes null. */
export const UNKNOWN: Int = Number.NaN

export function isUnknown(amount: Int): boolean {
  return Number.isNaN(amount)
}

/** a + b, unknown when either is. */
export function plus(a: Int, b: Int): Int {
  return Number.isNaN(a) || Number.isNaN(b) ? UNKNOWN : addInt(a, b)
}

/** a - b, unknown when either is. */
export function minus(a: Int, b: Int): Int {
  return Number.isNaN(a) || Number.isNaN(b) ? UNKNOWN : subInt(a, b)
}

/** -a, unknown when it is. */
export function opposite(a: Int): Int {
  return Number.isNaN(a) ? UNKNOWN : negInt(a)
}

/** round-half-even(amount x part / whole), unknown when the amount is; no part of it is nothing all the same. */
export function share(amount: Int, part: Int, whole: Int): Int {
  if (part === 0) return 0
  return Number.isNaN(amount) ? UNKNOWN : mulDivHalfEven(amount, part, whole)
}

/** The smaller of two amounts that are known. */
export function smaller(a: Int, b: Int): Int {
  return cmpInt(a, b) <= 0 ? a : b
}

/** An amount text in units of 10^-places; one given finer is rounded half to even, because a fold never refuses a fact. */
export function amountOf(text: string, places: number): Int {
  const point = text.indexOf('.')
  if (point < 0 || text.length - point - 1 <= places) return parseScaled(text, places)
  return rescale(parseScaled(text, text.length - point - 1), text.length - point - 1, places, 'half-even')
}

/** Decimal places written in a decimal text, trailing zeros not counted. */
export function placesOf(text: string): number {
  const point = text.indexOf('.')
  if (point < 0) return 0
  let end = text.length
  while (end > point + 1 && text.charCodeAt(end - 1) === 48) end--
  return end - point - 1
}

/** A positive decimal as an exact fraction of whole numbers. */
export interface Fraction {
  readonly numerator: Int
  readonly denominator: Int
}

export function fractionOf(text: string): Fraction {
  const places = placesOf(text)
  return { numerator: parseScaled(text, places), denominator: pow10(places) }
}

/** The fraction in lowest terms, so that products of rates stay small enough for the fast path. */
export function reduced(numerator: bigint, denominator: bigint): Fraction {
  let a = numerator
  let b = denominator
  while (b !== 0n) [a, b] = [b, a % b]
  const by = a === 0n ? 1n : a
  return { numerator: toInt(numerator / by), denominator: toInt(denominator / by) }
}

/**
 * Shares a whole number over weights by largest remainder, ties to the earlier weight. Weights are not negative; when all are
 * zero everything goes to the first.
 */
export function spread(total: Int, weights: readonly Int[]): Int[] {
  const some = weights.some((weight) => weight !== 0)
  return some ? allocate(total, weights) : weights.map((_, i) => (i === 0 ? total : 0))
}
