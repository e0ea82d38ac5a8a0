// Exact scaled integers for the book's hot path: a JS number while it is a safe integer, a BigInt beyond, never a rounded float.
import { canonicalDecimal, PLACES_MAX } from './decimal.ts'
import { refuse } from './refusal.ts'

/**
 * A whole number of units of 10^-scale; the scale travels beside it (a currency's minor units, an instrument's places). It is a
 * number exactly when |x| <= 2^53 - 1 and never -0, so `===` is equality.
 */
export type Int = number | bigint

/** How a quotient is cut: to the nearest with ties to even, or towards zero. */
export type Cut = 'half-even' | 'down'

const SAFE = Number.MAX_SAFE_INTEGER
const SAFE_BIG = BigInt(SAFE)
/** Beyond these the float quotient may be off by more than one, and the remainder may need a 54th bit. */
const QUOTIENT_MAX = 2 ** 52
/** The Veltkamp constant, 2^27 + 1: splits a 53-bit integer into two halves whose products are exact. */
const SPLIT = 134217729

/** The scaled integer of a BigInt: a number when it is safe. */
export function toInt(value: bigint): Int {
  return value <= SAFE_BIG && value >= -SAFE_BIG ? Number(value) : value
}

/** a + b. */
export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    // A true sum beyond the safe range never rounds back into it, so the test on the rounded sum is enough.
    if (sum <= SAFE && sum >= -SAFE) return sum
  }
  return toInt(BigInt(a) + BigInt(b))
}

/** a - b. */
export function subInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (difference <= SAFE && difference >= -SAFE) return difference
  }
  return toInt(BigInt(a) - BigInt(b))
}

/** -a, and 0 for 0. */
export function negInt(a: Int): Int {
  return typeof a === 'number' ? 0 - a : -a
}

/** |a|. */
export function absInt(a: Int): Int {
  return a < 0 ? negInt(a) : a
}

/** a * b, exact. */
export function mulInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (product <= SAFE && product >= -SAFE) return product + 0
  }
  return toInt(BigInt(a) * BigInt(b))
}

/** -1, 0 or 1 as a is below, equal to or above b. */
export function cmpInt(a: Int, b: Int): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * a * b / c, rounded once to the nearest integer with ties to even; the product is never rounded.
 * @throws Refused `division-by-zero`.
 */
export function mulDivHalfEven(a: Int, b: Int, c: Int): Int {
  if (typeof a === 'number' && typeof b === 'number' && typeof c === 'number') {
    const fast = mulDivSafe(a, b, c, true)
    if (!Number.isNaN(fast)) return fast
  }
  return mulDivBig(BigInt(a), BigInt(b), BigInt(c), true)
}

/**
 * a * b / c, cut towards zero; the product is never rounded.
 * @throws Refused `division-by-zero`.
 */
export function mulDivDown(a: Int, b: Int, c: Int): Int {
  if (typeof a === 'number' && typeof b === 'number' && typeof c === 'number') {
    const fast = mulDivSafe(a, b, c, false)
    if (!Number.isNaN(fast)) return fast
  }
  return mulDivBig(BigInt(a), BigInt(b), BigInt(c), false)
}

/**
 * The same on safe integers without BigInt, or NaN where only BigInt is exact (c not in 1..2^52, or a quotient beyond 2^52).
 * The float quotient is within one of the truth; the remainder is computed exactly (products as unevaluated sums of two floats,
 * T. J. Dekker, Numerische Mathematik 18, 1971) and corrects it.
 */
function mulDivSafe(a: number, b: number, c: number, halfEven: boolean): number {
  if (!(c >= 1 && c <= QUOTIENT_MAX)) return Number.NaN
  const product = a * b
  let quotient = Math.floor(product / c)
  let remainder: number
  if (product <= SAFE && product >= -SAFE) {
    remainder = product - quotient * c
  } else {
    if (quotient >= QUOTIENT_MAX || quotient <= -QUOTIENT_MAX) return Number.NaN
    const back = quotient * c
    remainder = product - back + (productError(a, b, product) - productError(quotient, c, back))
  }
  if (remainder < 0) {
    quotient--
    remainder += c
  } else if (remainder >= c) {
    quotient++
    remainder -= c
  }
  // Here quotient is the floor and 0 <= remainder < c, so stepping up by one is the only rounding left.
  if (halfEven) {
    const overHalf = remainder + remainder - c
    return overHalf > 0 || (overHalf === 0 && quotient % 2 !== 0) ? quotient + 1 : quotient + 0
  }
  return quotient < 0 && remainder > 0 ? quotient + 1 : quotient + 0
}

/** What a * b lost when it was rounded to `product`; exact, and itself a float. */
function productError(a: number, b: number, product: number): number {
  const aWide = SPLIT * a
  const aHigh = aWide - (aWide - a)
  const aLow = a - aHigh
  const bWide = SPLIT * b
  const bHigh = bWide - (bWide - b)
  const bLow = b - bHigh
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
}

function mulDivBig(a: bigint, b: bigint, c: bigint, halfEven: boolean): Int {
  if (c === 0n) return refuse({ code: 'division-by-zero', message: `${a} * ${b} / 0 is not a number` })
  const product = c < 0n ? -(a * b) : a * b
  const divisor = c < 0n ? -c : c
  const quotient = product / divisor
  if (!halfEven) return toInt(quotient)
  const remainder = product - quotient * divisor
  const twice = remainder < 0n ? -remainder * 2n : remainder * 2n
  const away = twice > divisor || (twice === divisor && quotient % 2n !== 0n)
  return toInt(away ? (product < 0n ? quotient - 1n : quotient + 1n) : quotient)
}

/** The most places a scaled integer may have: two full-width factors multiplied. */
const SCALE_MAX = 36
const POWERS: readonly Int[] = Array.from({ length: SCALE_MAX + 1 }, (_, n) => toInt(10n ** BigInt(n)))

/** 10^n for 0 <= n <= 36: the number of scaled units in one. */
export function pow10(n: number): Int {
  return POWERS[n] ?? refuse({ code: 'scale-out-of-range', message: `a scale of ${n} is not in 0..${SCALE_MAX}` })
}

/** The same amount at another scale: exact when it gains places, cut in the named way when it loses some. */
export function rescale(value: Int, from: number, to: number, cut: Cut): Int {
  if (to >= from) return mulInt(value, pow10(to - from))
  return cut === 'down' ? mulDivDown(value, 1, pow10(from - to)) : mulDivHalfEven(value, 1, pow10(from - to))
}

/**
 * Reads a decimal text as a whole number of 10^-scale. The grammar is that of `decimal()`; trailing zeros beyond the scale are
 * harmless, other digits there are refused rather than rounded.
 * @throws Refused `not-a-decimal`, `decimal-too-long`, `decimal-too-fine`.
 */
export function parseScaled(text: string, scale: number): Int {
  if (typeof text !== 'string') return parseSlowly(text, scale)
  const length = text.length
  const negative = text.charCodeAt(0) === MINUS
  let value = 0
  let places = -1
  for (let i = negative ? 1 : 0; i < length; i++) {
    const digit = text.charCodeAt(i) - ZERO_CODE
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      if (places >= 0) places++
    } else if (digit === POINT && places < 0 && i > (negative ? 1 : 0)) places = 0
    else return parseSlowly(text, scale)
  }
  // "1.", "-" and "" are for the slow path to refuse.
  if (places === 0 || length === (negative ? 1 : 0)) return parseSlowly(text, scale)
  if (places > scale || places > PLACES_MAX) return parseSlowly(text, scale)
  const unit = pow10(places < 0 ? scale : scale - places)
  if (typeof unit !== 'number') return parseSlowly(text, scale)
  const scaled = value * unit
  // Digits that went past the safe range, here or in the loop, never round back into it.
  if (scaled > SAFE) return parseSlowly(text, scale)
  return negative ? 0 - scaled : scaled
}

const ZERO_CODE = 48
const MINUS = 45
/** '.' as an offset from '0'. */
const POINT = -2

function parseSlowly(text: string, scale: number): Int {
  const canonical = canonicalDecimal(text)
  const point = canonical.indexOf('.')
  const places = point < 0 ? 0 : canonical.length - point - 1
  if (places > scale) {
    return refuse({
      code: 'decimal-too-fine',
      message: `${canonical} has ${places} places; at most ${scale} are kept here`,
      remedy: `give it with at most ${scale} decimal places`,
    })
  }
  const digits = point < 0 ? canonical : canonical.slice(0, point) + canonical.slice(point + 1)
  return toInt(BigInt(digits) * BigInt(pow10(scale - places)))
}

/** The canonical decimal text of `value` units of 10^-scale: no exponent, no trailing zeros, never "-0". */
export function formatScaled(value: Int, scale: number): string {
  if (scale === 0 || value === 0) return String(value)
  const negative = value < 0
  const digits = String(negative ? -value : value)
  let end = digits.length
  const point = end - scale
  // Trailing zeros go only as far as the point: those before it count.
  while (end > point && end > 0 && digits.charCodeAt(end - 1) === ZERO_CODE) end--
  const sign = negative ? '-' : ''
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits.slice(0, end)}`
  return end === point ? sign + digits.slice(0, point) : `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`
}
