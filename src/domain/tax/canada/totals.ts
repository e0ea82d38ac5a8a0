// The sums of a Canadian tax year, as Schedule 3 asks for them.
import type { TaxIncome, TaxLine, TaxTotal } from '../core/regime.ts'
import { YearSums } from '../pool/year-sums.ts'

/**
 * `proceeds` (less costs of sale), `cost` (adjusted cost base), `gains`, `losses` (positive, allowed), `net-gain` and `superficial-losses`
 * of every year with disposals; `dividends`, `interest`, `notional-dividends`, `notional-interest`, `other-income` and `withheld` of every year with income.
 */
export function canadaTotals(lines: readonly TaxLine[], income: readonly TaxIncome[]): TaxTotal[] {
  const sums = new YearSums()
  for (const { taxYear, proceeds, cost, gain, disallowed } of lines) {
    sums.add(taxYear, 'proceeds', proceeds)
    sums.add(taxYear, 'cost', cost)
    sums.gain(taxYear, gain)
    sums.add(taxYear, 'superficial-losses', disallowed)
  }
  for (const one of income) sums.income(one)
  return sums.totals()
}
