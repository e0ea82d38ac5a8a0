// Exact rational numbers for shares of time: what a day count answers, so that nothing is rounded before it meets money.
import { refuse } from './refusal.ts'

/** numerator / denominator in lowest terms, the denominator above zero. Make one with {@link rational}. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** numerator / denominator, reduced. @throws Refused `division-by-zero`. */
export function rational(numerator: number | bigint, denominator: number | bigint = 1n): Rational {
  const top = BigInt(numerator)
  const bottom = BigInt(denominator)
  if (bottom === 0n) return refuse({ code: 'division-by-zero', message: `${top}/0 is not a number` })
  const divisor = gcd(top < 0n ? -top : top, bottom < 0n ? -bottom : bottom) * (bottom < 0n ? -1n : 1n)
  return { numerator: top / divisor, denominator: bottom / divisor }
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

export function addRational(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
}

export function negRational({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator }
}

/** The decimal text to `places`, rounded once to the nearest with ties to even, without trailing zeros. */
export function rationalText({ numerator, denominator }: Rational, places: number): string {
  const negative = numerator < 0n
  const scaled = (negative ? -numerator : numerator) * 10n ** BigInt(places)
  const cut = scaled / denominator
  const twice = (scaled - cut * denominator) * 2n
  const rounded = twice > denominator || (twice === denominator && cut % 2n === 1n) ? cut + 1n : cut
  const digits = rounded.toString().padStart(places + 1, '0')
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  const whole = digits.slice(0, digits.length - places)
  const text = places === 0 || fraction === '' ? (places === 0 ? digits : whole) : `${whole}.${fraction}`
  return negative && rounded !== 0n ? `-${text}` : text
}
