// The actions of an instrument as tax views read them off the terms, also of days on which nothing of it was held.
import type { KnownAction } from '../../book/reference.ts'
import { decimal } from '../../kernel/decimal.ts'
import type { TaxAction } from './regime.ts'

/** The security legs of the actions that stand, in date order, then in order of announcement. */
export function taxActionsOf(actions: readonly KnownAction[]): TaxAction[] {
  const found: TaxAction[] = []
  for (const { fact, terms } of actions)
    for (const leg of terms?.legs ?? []) {
      if (leg.kind !== 'security') continue
      const { basisShare } = leg
      found.push({
        fact,
        date: terms?.exDate ?? '',
        to: leg.instrument,
        numerator: decimal(leg.ratio.numerator),
        denominator: decimal(leg.ratio.denominator),
        replaces: leg.replaces,
        basisShare: basisShare === undefined || basisShare === 'unknown' ? null : decimal(basisShare),
      })
    }
  return found.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}
