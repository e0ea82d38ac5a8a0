// Income as the pool regimes report it: what was paid, and what was only credited to the holding (accumulated, excess reported income).
import type { TaxIncome, TaxOptions } from '../core/regime.ts'
import type { TaxEvent } from '../core/tax-event.ts'

/**
 * The owner's income through `effectiveAt`, class `dividend`, `interest`, `other`, `short-dividend`; with `notional-` before it where
 * the same fact raised the cost instead of paying. `dateOf` says on which day it counts.
 */
export function incomeOf(
  events: readonly TaxEvent[],
  { owner, effectiveAt }: TaxOptions,
  taxYearOf: (date: string) => string,
  dateOf: (date: string, notional: boolean) => string = (date) => date,
): TaxIncome[] {
  const raised = new Set<string>()
  for (const { kind, fact, portfolio } of events) if (kind === 'capital') raised.add(`${portfolio}|${fact}`)
  const found: TaxIncome[] = []
  for (const event of events) {
    if (event.kind !== 'income' || event.owner !== owner) continue
    const notional = raised.has(`${event.portfolio}|${event.fact}`)
    const date = dateOf(event.date, notional)
    if (date > effectiveAt) continue
    const { id, fact, portfolio, instrument, lot, units, gross, withheld, income } = event
    const of = { id, fact, portfolio, instrument, lot, date, units, gross, withheld, taxYear: taxYearOf(date) }
    found.push({
      ...of,
      class: notional ? `notional-${income}` : income,
      provisional: false,
      decidedOn: null,
      rules: [],
    })
  }
  return found
}
