// Comparisons with printed figures that say what was found, what is printed and how far apart they are.
import { deepStrictEqual } from 'node:assert/strict'
import { type Decimal, decimal, decimalText, ZERO } from '../../src/domain/kernel/decimal.ts'

type Printed = string | number

/** A printed figure as an exact decimal: JSON files hold some as numbers, whose shortest text is the printed one. */
export function printed(figure: Printed): Decimal {
  const text = String(figure)
  const [, mantissa = '', exponent = ''] = /^(.*)e([+-]?\d+)$/.exec(text) ?? []
  if (mantissa === '') return decimal(text)
  return decimal(Number(text).toFixed(Math.min(18, Math.max(0, -Number(exponent) + 12))))
}

/** Within the tolerance that the source states. `found` null is unknown, which no printed figure is. */
export function isNear(what: string, found: unknown, expected: Printed, tolerance: Printed): void {
  if (found === null || found === undefined) throw new Error(`${what}: nothing found, printed ${expected}`)
  const off = printed(String(found)).minus(printed(expected)).abs()
  if (off.greaterThan(printed(tolerance)))
    throw new Error(`${what}: found ${found}, printed ${expected}, off by ${decimalText(off)} (tolerance ${tolerance})`)
}

/** Equal as exact decimals: 10 is 10.00. */
export function isExactly(what: string, found: unknown, expected: Printed): void {
  isNear(what, found, expected, 0)
}

/** Equal in shape and every value, in order. */
export function isSame(what: string, found: unknown, expected: unknown): void {
  deepStrictEqual({ [what]: found }, { [what]: expected })
}

/** The exact sum of a field of rows, as text; throws where one is unknown. */
export function sumOf(rows: readonly Readonly<Record<string, unknown>>[], field: string): string {
  return decimalText(
    rows.reduce((total, row) => {
      if (typeof row[field] !== 'string') throw new Error(`${field} is ${JSON.stringify(row[field])}, not an amount`)
      return total.plus(decimal(row[field]))
    }, ZERO),
  )
}
