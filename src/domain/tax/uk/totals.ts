// The sums of a UK tax year: a disposal is one gain or one loss, whatever rules it was identified by.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { TaxIncome, TaxLine, TaxTotal } from '../core/regime.ts'
import { type Amount, minus, plus } from '../pool/amount.ts'

/**
 * `proceeds`, `sale-costs`, `cost` (allowable, sale costs apart), `gains`, `losses` (positive), `net-gain`, `exempt-amount` and `taxable-gain`
 * of every year with disposals; `dividends`, `interest`, `notional-income`, `other-income` and `withheld` of every year with income.
 */
export function ukTotals(
  lines: readonly TaxLine[],
  income: readonly TaxIncome[],
  exemptAmount: (taxYear: string) => Decimal | null,
): TaxTotal[] {
  const years = new Map<string, Map<string, Amount>>()
  const add = (taxYear: string, name: string, amount: Amount): void => {
    const sums = years.get(taxYear) ?? new Map<string, Amount>()
    years.set(taxYear, sums)
    sums.set(name, plus(sums.get(name) ?? (sums.has(name) ? null : ZERO), amount))
  }
  for (const [taxYear, gain] of disposalGains(lines)) {
    add(taxYear, 'gains', gain === null || gain.lessThan(ZERO) ? onlyUnknown(gain) : gain)
    add(taxYear, 'losses', gain === null || gain.greaterThan(ZERO) ? onlyUnknown(gain) : gain.negated())
    add(taxYear, 'net-gain', gain)
  }
  for (const line of lines) {
    add(line.taxYear, 'proceeds', line.proceeds)
    add(line.taxYear, 'sale-costs', line.saleCosts === undefined ? ZERO : line.saleCosts)
    add(line.taxYear, 'cost', line.cost)
  }
  for (const [taxYear, sums] of years) {
    const exempt = exemptAmount(taxYear)
    sums.set('exempt-amount', exempt)
    const above = minus(sums.get('net-gain') ?? null, exempt)
    sums.set('taxable-gain', above?.lessThan(ZERO) === true ? ZERO : above)
  }
  for (const { taxYear, class: kind, gross, withheld } of income) {
    add(taxYear, INCOME[kind] ?? 'other-income', gross)
    add(taxYear, 'withheld', withheld)
  }
  return [...years]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([taxYear, sums]) => [...sums].map(([name, amount]) => ({ taxYear, name, amount })))
}

const INCOME: Readonly<Record<string, string>> = {
  dividend: 'dividends',
  interest: 'interest',
  notional: 'notional-income',
}

function onlyUnknown(gain: Amount): Amount {
  return gain === null ? null : ZERO
}

function disposalGains(lines: readonly TaxLine[]): (readonly [string, Amount])[] {
  const gains = new Map<string, readonly [string, Amount]>()
  for (const { disposal, taxYear, gain } of lines)
    gains.set(disposal, [taxYear, plus(gains.has(disposal) ? (gains.get(disposal)?.[1] ?? null) : ZERO, gain)])
  return [...gains.values()]
}
