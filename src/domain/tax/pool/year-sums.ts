// Sums by tax year and name, unknown when a part of them is.
import { ZERO } from '../../kernel/decimal.ts'
import type { TaxIncome, TaxTotal } from '../core/regime.ts'
import { type Amount, plus } from './amount.ts'

const INCOME: Readonly<Record<string, string>> = {
  dividend: 'dividends',
  interest: 'interest',
  'notional-dividend': 'notional-dividends',
  'notional-interest': 'notional-interest',
}

export class YearSums {
  readonly #years = new Map<string, Map<string, Amount>>()

  get years(): string[] {
    return [...this.#years.keys()]
  }

  add(taxYear: string, name: string, amount: Amount): void {
    const sums = this.#years.get(taxYear) ?? new Map<string, Amount>()
    this.#years.set(taxYear, sums)
    sums.set(name, sums.has(name) ? plus(sums.get(name) ?? null, amount) : amount)
  }

  /** Zero when nothing was added, null when it is not known. */
  of(taxYear: string, name: string): Amount {
    const sums = this.#years.get(taxYear)
    return sums?.has(name) === true ? (sums.get(name) ?? null) : ZERO
  }

  /** Adds one gain (or loss, below zero) to `gains` or `losses`, and to `net-gain`. */
  gain(taxYear: string, gain: Amount): void {
    const loss = gain?.lessThan(ZERO) === true
    this.add(taxYear, 'gains', loss ? ZERO : gain)
    this.add(taxYear, 'losses', gain === null ? null : loss ? gain.negated() : ZERO)
    this.add(taxYear, 'net-gain', gain)
  }

  income({ taxYear, class: kind, gross, withheld }: TaxIncome): void {
    this.add(taxYear, INCOME[kind] ?? 'other-income', gross)
    this.add(taxYear, 'withheld', withheld)
  }

  totals(): TaxTotal[] {
    return [...this.#years]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([taxYear, sums]) => [...sums].map(([name, amount]) => ({ taxYear, name, amount })))
  }
}
