// Numbers of the analytics at the edge: decimals as text in, fifteen significant digits as text out. Never money of the book.

/** The double nearest to a decimal that was checked to be one. */
export const numberOf = (text: string): number => Number(text)

/** Significant digits of an answer: all that a double holds in every case. */
const DIGITS = 15

/** A finite number as plain decimal text, without exponent or trailing zeros. */
export function figure(value: number): string {
  if (value === 0) return '0'
  const [mantissa = '', exponent = '0'] = value.toExponential(DIGITS - 1).split('e')
  const negative = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '')
  const point = Number(exponent) + 1
  if (point <= 0) return `${negative}0.${'0'.repeat(-point)}${digits}`
  if (digits.length <= point) return `${negative}${digits.padEnd(point, '0')}`
  return `${negative}${digits.slice(0, point)}.${digits.slice(point)}`
}
