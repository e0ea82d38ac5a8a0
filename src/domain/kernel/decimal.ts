// Exact decimals at the edges: the only module that knows decimal.js.
import { Decimal as DecimalJs } from 'decimal.js'
import { refuse } from './refusal.ts'

/** The most significant digits a decimal may arrive with: what two BigInt-safe factors and SQL `numeric(38, 18)` agree on. */
export const DIGITS_MAX = 38
/** The most decimal places a decimal may arrive with: a wei is 1e-18. */
export const PLACES_MAX = 18

/**
 * Our own constructor, so that nobody's `Decimal.set` changes our digits. 120 significant digits hold a product of three
 * full-width inputs exactly; plus, minus and times therefore never round, and `divide` is the only way to lose a digit.
 */
const Exact = DecimalJs.clone({ precision: 120, rounding: DecimalJs.ROUND_HALF_EVEN, toExpNeg: -9e15, toExpPos: 9e15 })

/**
 * An exact decimal. Make one with {@link decimal}, write it with {@link decimalText}. The type shows only what is exact: division
 * and rounding are functions of this module that name their rounding, and nothing here answers with a JS number.
 */
export interface Decimal {
  plus(other: Decimal): Decimal
  minus(other: Decimal): Decimal
  times(other: Decimal): Decimal
  negated(): Decimal
  abs(): Decimal
  /** -1, 0 or 1. */
  comparedTo(other: Decimal): number
  equals(other: Decimal): boolean
  lessThan(other: Decimal): boolean
  lessThanOrEqualTo(other: Decimal): boolean
  greaterThan(other: Decimal): boolean
  greaterThanOrEqualTo(other: Decimal): boolean
  isZero(): boolean
  /** True for amounts below zero; call it on values that are not zero. */
  isNegative(): boolean
  isInteger(): boolean
  toString(): string
}

/** The roundings the ledger names: to even on a tie, towards zero, away from zero, away from zero on a tie. */
export type Rounding = 'half-even' | 'down' | 'up' | 'half-up'

const MODES: Readonly<Record<Rounding, DecimalJs.Rounding>> = {
  'half-even': DecimalJs.ROUND_HALF_EVEN,
  down: DecimalJs.ROUND_DOWN,
  up: DecimalJs.ROUND_UP,
  'half-up': DecimalJs.ROUND_HALF_UP,
}

/** Optional minus, digits, optional point and digits: no plus, no exponent, no bare point, no white space. */
const PLAIN = /^-?\d+(?:\.\d+)?$/

/**
 * Reads a decimal from its text.
 * @throws Refused `not-a-decimal` (anything but plain digits: a JS number, an exponent, NaN), `decimal-too-long` (over 38 significant
 * digits), `decimal-too-fine` (over 18 places). Leading and trailing zeros count for neither.
 */
export function decimal(text: string): Decimal {
  return shown(new Exact(canonicalDecimal(text)))
}

/** Zero, for sums that start somewhere. */
export const ZERO: Decimal = shown(new Exact(0))

/** 10^places and 10^-places: powers and divisions cost far more than the products they save. */
const POWERS: readonly DecimalJs[] = Array.from({ length: 37 }, (_, places) => new Exact(10).pow(places))
const UNITS: readonly DecimalJs[] = Array.from({ length: 37 }, (_, places) => new Exact(10).pow(-places))

/** The decimal of a whole number of 10^-places (a scaled integer of scaled.ts), exact; `places` in 0..36. */
export function scaledDecimal(value: number | bigint, places: number): Decimal {
  const whole = new Exact(typeof value === 'bigint' ? value.toString() : value)
  const unit = UNITS[places]
  if (unit === undefined) return refuse({ code: 'scale-out-of-range', message: `a scale of ${places} is not in 0..36` })
  return shown(places === 0 ? whole : whole.times(unit))
}

/**
 * The one spelling of a decimal text: no leading plus or zeros, no trailing zeros, no exponent, "-0" is "0".
 * @throws Refused as {@link decimal}.
 */
export function canonicalDecimal(text: string): string {
  // Callers outside TypeScript hand over floats; a float has already lost what we would need to know.
  if (typeof text !== 'string') {
    return refuse({
      code: 'not-a-decimal',
      message: `a ${typeof text} is not a decimal`,
      remedy: 'send the amount as text, such as "12.34"',
    })
  }
  if (!PLAIN.test(text)) {
    return refuse({
      code: 'not-a-decimal',
      message: `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}" is not a decimal`,
      remedy: 'write plain digits with a point, such as "-12.34": no exponent, no plus, no separators',
    })
  }
  const negative = text.startsWith('-')
  const point = text.indexOf('.')
  const start = negative ? 1 : 0
  const whole = (point < 0 ? text.slice(start) : text.slice(start, point)).replace(/^0+(?=\d)/, '')
  const fraction = point < 0 ? '' : trimZeros(text.slice(point + 1))
  if (fraction.length > PLACES_MAX) {
    return refuse({
      code: 'decimal-too-fine',
      message: `the decimal has ${fraction.length} places; at most ${PLACES_MAX} are kept`,
      remedy: 'round it to what was agreed before sending it',
    })
  }
  const digits = whole === '0' ? fraction.replace(/^0+/, '').length : whole.length + fraction.length
  if (digits > DIGITS_MAX) {
    return refuse({
      code: 'decimal-too-long',
      message: `the decimal has ${digits} significant digits; at most ${DIGITS_MAX} are kept`,
      remedy: 'check the amount: no book needs so many digits',
    })
  }
  if (whole === '0' && fraction === '') return '0'
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

function trimZeros(fraction: string): string {
  let end = fraction.length
  while (end > 0 && fraction.charCodeAt(end - 1) === 48) end--
  return fraction.slice(0, end)
}

/** The canonical text of a decimal, in full and never with an exponent. */
export function decimalText(value: Decimal): string {
  return exactly(value).toString()
}

/** Rounds to `places` decimal places (negative: to tens, hundreds ...) in the named way. */
export function round(value: Decimal, places: number, rounding: Rounding): Decimal {
  if (places >= 0) return shown(exactly(value).toDecimalPlaces(places, MODES[rounding]))
  const unit = new Exact(10).pow(-places)
  return shown(exactly(value).div(unit).toDecimalPlaces(0, MODES[rounding]).times(unit))
}

/** Rounds to the nearest, ties to the even digit. */
export const halfEven = (value: Decimal, places: number): Decimal => round(value, places, 'half-even')
/** Cuts towards zero. */
export const down = (value: Decimal, places: number): Decimal => round(value, places, 'down')
/** Rounds away from zero whenever something is cut. */
export const up = (value: Decimal, places: number): Decimal => round(value, places, 'up')
/** Rounds to the nearest, ties away from zero. */
export const halfUp = (value: Decimal, places: number): Decimal => round(value, places, 'half-up')

/**
 * `a / b` to `places` decimals, correctly rounded once from the exact quotient: there is no division that does not name its rounding.
 * @throws Refused `division-by-zero`.
 */
export function divide(a: Decimal, b: Decimal, places: number, rounding: Rounding): Decimal {
  if (b.isZero())
    return refuse({ code: 'division-by-zero', message: `${decimalText(a)} divided by zero is not a number` })
  // Rounding an already rounded quotient could cross a tie, so the integer quotient is taken and its remainder decides.
  const unit = POWERS[places] ?? new Exact(10).pow(places)
  const smallest = UNITS[places] ?? new Exact(10).pow(-places)
  const scaled = exactly(a).times(unit)
  const divisor = exactly(b)
  const quotient = scaled.divToInt(divisor)
  const remainder = scaled.minus(quotient.times(divisor))
  if (remainder.isZero()) return shown(quotient.times(smallest))
  const away = scaled.isNegative() === divisor.isNegative() ? 1 : -1
  return shown((roundsAway(quotient, remainder, divisor, rounding) ? quotient.plus(away) : quotient).times(smallest))
}

function roundsAway(quotient: DecimalJs, remainder: DecimalJs, divisor: DecimalJs, rounding: Rounding): boolean {
  if (rounding === 'down') return false
  if (rounding === 'up') return true
  const half = remainder.abs().times(2).comparedTo(divisor.abs())
  return half > 0 || (half === 0 && (rounding === 'half-up' || !quotient.mod(2).isZero()))
}

/** The narrow view of a library decimal: fewer methods, and they take decimals only, never a JS number. */
function shown(value: DecimalJs): Decimal {
  return value as Decimal
}

/** The library's own view of a decimal, under our precision. */
function exactly(value: Decimal): DecimalJs {
  if (value instanceof Exact) return value
  return refuse({
    code: 'not-a-decimal',
    message: 'the value was not made by decimal()',
    remedy: 'read it with decimal(text)',
  })
}
