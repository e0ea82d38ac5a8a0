// The US regime: wash sales, holding periods, qualified dividends and section 1256 over the lots the book relieved.
import { decimal, type Decimal, ZERO } from '../../kernel/decimal.ts'
import { difference, partOf, sum } from '../core/cents.ts'
import type { Regime, TaxOptions, TaxTotal, TaxView } from '../core/regime.ts'
import type { TaxEvent } from '../core/tax-event.ts'
import { CENTS } from './parcels.ts'
import { UsFold } from './us-fold.ts'

/** Section 1256: so many hundredths are long-term whatever the holding period. */
const LONG_PERCENT = decimal('60')
const ALL_PERCENT = decimal('100')

export const us: Regime = {
  code: 'US',
  currency: 'USD',
  conventions: {
    tacking: ['add-days', 'holding-date'],
    scope: ['taxpayer', 'account'],
    earlier: ['excluded', 'eligible'],
  },
  taxYearOf: (date) => date.slice(0, 4),
  view,
}

function view(events: readonly TaxEvent[], options: TaxOptions): TaxView {
  const { lines, lots, income, marks, flags } = new UsFold(events, options, us.taxYearOf).run()
  const totals = new Totals()
  for (const line of lines) {
    totals.add(line.taxYear, line.term === 'long' ? 'long-term' : 'short-term', line.gain)
    if (!line.disallowed.isZero()) totals.add(line.taxYear, 'wash-sale-disallowed', line.disallowed)
  }
  for (const row of income) {
    totals.add(row.taxYear, row.class, row.gross)
    if (row.withheld === null || !row.withheld.isZero()) totals.add(row.taxYear, 'tax-withheld', row.withheld)
  }
  for (const mark of marks) totals.add(us.taxYearOf(mark.date), 'section-1256', mark.amount)
  return { lines, lots, income, totals: totals.rows(), flags }
}

class Totals {
  readonly #sums = new Map<string, { readonly taxYear: string; readonly name: string; amount: Decimal | null }>()

  add(taxYear: string, name: string, amount: Decimal | null): void {
    const key = `${taxYear}|${name}`
    const known = this.#sums.get(key) ?? { taxYear, name, amount: ZERO }
    known.amount = sum(known.amount, amount)
    this.#sums.set(key, known)
  }

  /** By year and name; the gain on marked contracts is parted 60/40, the rest of a cent on the short-term part. */
  rows(): TaxTotal[] {
    const rows = [...this.#sums.values()].flatMap(({ taxYear, name, amount }): TaxTotal[] => {
      if (name !== 'section-1256') return [{ taxYear, name, amount }]
      const long = amount === null ? null : partOf(amount, LONG_PERCENT, ALL_PERCENT, CENTS)
      return [
        { taxYear, name, amount },
        { taxYear, name: `${name}-long-term`, amount: long },
        { taxYear, name: `${name}-short-term`, amount: difference(amount, long) },
      ]
    })
    return rows.sort((a, b) => (a.taxYear === b.taxYear ? (a.name < b.name ? -1 : 1) : a.taxYear < b.taxYear ? -1 : 1))
  }
}
