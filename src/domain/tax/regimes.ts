// The tax regimes there are, by the code they are asked for.
import { refuse } from '../kernel/refusal.ts'
import { canada } from './canada/canada.ts'
import type { Regime } from './core/regime.ts'
import { austria, france, germany, sweden } from './plain/regimes.ts'
import { uk } from './uk/uk.ts'
import { us } from './us/us.ts'

const REGIMES: readonly Regime[] = [us, uk, canada, germany, austria, france, sweden]

/** @throws Refused `unknown-regime`. */
export function regimeOf(code: string): Regime {
  const found = REGIMES.find((regime) => regime.code === code)
  if (found !== undefined) return found
  return refuse({
    code: 'unknown-regime',
    message: `there is no tax regime ${code}`,
    field: 'regime',
    remedy: `use one of ${REGIMES.map((regime) => regime.code).join(', ')}`,
  })
}

/**
 * The conventions in force: what is asked for, else each one's default.
 * @throws Refused `unknown-convention`.
 */
export function conventionsOf(regime: Regime, asked: Readonly<Record<string, string>>): Record<string, string> {
  const inForce = Object.fromEntries(Object.entries(regime.conventions).map(([name, [first = '']]) => [name, first]))
  for (const [name, value] of Object.entries(asked)) {
    const values = regime.conventions[name]
    if (values?.includes(value) !== true) {
      const known = Object.entries(regime.conventions).map(([one, of]) => `${one}=${of.join('|')}`)
      return refuse({
        code: 'unknown-convention',
        message: `the regime ${regime.code} has no convention ${name}=${value}`,
        field: 'convention',
        remedy: `use ${known.join(', ') || 'none'}`,
      })
    }
    inForce[name] = value
  }
  return inForce
}
