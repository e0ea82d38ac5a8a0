// What a date changed in the oracle's balances, in words short enough to read in a test.
import { decimal } from './arithmetic.ts'
import { oracleBook } from './oracle.ts'
import type { OracleUnit } from './shapes.ts'

/** A log position after all there is. */
export const ALWAYS = 10n ** 15n

/** What one date posted, per balance: `account lot state units ccy local / base`, shortest form first. */
export function postedOn(
  history: readonly OracleUnit[],
  date: string,
  options: { functional?: string; portfolio?: string } = {},
): string[] {
  const all = { portfolio: 'P', ...options, asAt: ALWAYS }
  const before = oracleBook(history, { ...all, effectiveAt: dayBefore(date) })
  const after = oracleBook(history, { ...all, effectiveAt: date })
  const lines: string[] = []
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [b, a] = [before.get(key), after.get(key)]
    const { account, lot, state, currency } = (a ?? b)!
    const less = (x: string | undefined, y: string | undefined) => decimal(x ?? '0').minus(y ?? '0')
    const units = less(a?.units, b?.units)
    const local = less(a?.local, b?.local)
    const base = a?.base === null || b?.base === null ? null : less(a?.base, b?.base)
    if (units.isZero() && local.isZero() && base?.isZero()) continue
    const words = [account, lot, state, units.isZero() ? null : `${units}u`, currency, `${local} / ${base}`]
    lines.push(words.filter((word) => word !== null).join(' '))
  }
  return lines
}
const dayBefore = (date: string) => new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10)
