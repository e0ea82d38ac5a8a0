// The sums of a UK tax year: a disposal is one gain or one loss, whatever rules it was identified by.
import { ZERO } from '../../kernel/decimal.ts'
import type { TaxIncome, TaxLine, TaxTotal } from '../core/regime.ts'
import { type Amount, minus, plus } from '../pool/amount.ts'
import { YearSums } from '../pool/year-sums.ts'
import { dividendAllowance, exemptAmount } from './tax-years.ts'

/**
 * `proceeds` (less sale costs), `sale-costs`, `cost` (allowable, sale costs apart), `gains`, `losses` (positive), `net-gain`,
 * `exempt-amount` and `taxable-gain` of every year with disposals; `dividends`, `interest`, `notional-dividends`, `notional-interest`, `other-income` and
 * `withheld` of every year with income, with `dividend-allowance` and `taxable-dividends` where there were any. Tax withheld abroad is
 * a credit against the tax, or, `deductsForeignTax`, taken from the income instead (TIOPA 2010 s.112).
 */
export function ukTotals(
  lines: readonly TaxLine[],
  income: readonly TaxIncome[],
  deductsForeignTax: boolean,
): TaxTotal[] {
  const sums = new YearSums()
  const gains = new Map<string, { readonly taxYear: string; readonly gain: Amount }>()
  for (const { disposal, taxYear, gain } of lines) {
    const known = gains.get(disposal)
    gains.set(disposal, { taxYear, gain: known === undefined ? gain : plus(known.gain, gain) })
  }
  for (const { taxYear, gain } of gains.values()) sums.gain(taxYear, gain)
  for (const { taxYear, proceeds, saleCosts, cost } of lines) {
    sums.add(taxYear, 'proceeds', proceeds)
    sums.add(taxYear, 'sale-costs', saleCosts === undefined ? ZERO : saleCosts)
    sums.add(taxYear, 'cost', cost)
  }
  for (const taxYear of sums.years) {
    const exempt = exemptAmount(taxYear)
    sums.add(taxYear, 'exempt-amount', exempt)
    const above = minus(sums.of(taxYear, 'net-gain'), exempt)
    sums.add(taxYear, 'taxable-gain', notBelowZero(above))
  }
  for (const one of income) sums.income(one)
  for (const taxYear of sums.years) {
    const earned = plus(sums.of(taxYear, 'dividends'), sums.of(taxYear, 'notional-dividends'))
    if (earned?.isZero() === true) continue
    const allowance = dividendAllowance(taxYear)
    sums.add(taxYear, 'dividend-allowance', allowance)
    const kept = deductsForeignTax ? minus(earned, sums.of(taxYear, 'withheld')) : earned
    sums.add(taxYear, 'taxable-dividends', notBelowZero(minus(kept, allowance)))
  }
  return sums.totals()
}

function notBelowZero(amount: Amount): Amount {
  return amount?.lessThan(ZERO) === true ? ZERO : amount
}
