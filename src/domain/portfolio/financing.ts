// Decides the terms of interest, of borrowed securities and of margin: what the book could not carry is refused.
import { decimal } from '../kernel/decimal.ts'
import { defined } from '../kernel/defined.ts'
import { refuse } from '../kernel/refusal.ts'
import { knownCurrency, wholeMinorUnits } from './amounts.ts'
import { type CompletedFact, type GivenFact, instrumentOf } from './completed-fact.ts'
import { onOrAfterOpening } from './fill-terms.ts'
import type { InterestTerms } from './financing-terms.ts'
import { placeOf } from './places.ts'
import type { ReferenceKnowledge } from './reference-knowledge.ts'
import type { PortfolioState } from './state.ts'

/** Yearly rates beyond this are taken for percentages written as numbers: 5 instead of 0.05. */
const RATE_MAX = decimal('3')

/** @throws Refused `unknown-cash-account`, `rate-out-of-range`, `tiers-not-ascending`, `before-portfolio-opened`. */
export function interestSet(as: GivenFact<'CashInterestSet'>, state: PortfolioState): CompletedFact {
  const { interest } = as
  onOrAfterOpening(state, interest.effectiveOn, 'effectiveOn')
  placeOf(state, 'cashAccount', interest.cashAccount, 'cashAccount')
  knownCurrency(interest.currency, 'currency')
  for (const side of ['credit', 'debit'] as const) checkTiers(interest[side], interest.currency, side)
  return { terms: as, date: interest.effectiveOn, field: 'effectiveOn', warnings: [] }
}

function checkTiers(tiers: InterestTerms['credit'], currency: string, side: string): void {
  tiers.forEach(({ from, rate }, i) => {
    wholeMinorUnits(from, currency, `${side}.${i}.from`)
    inRange(rate, `${side}.${i}.rate`)
    const before = tiers[i - 1]
    if (before === undefined || decimal(from).greaterThan(decimal(before.from))) return
    refuse({
      code: 'tiers-not-ascending',
      message: `the band from ${from} does not lie above the one from ${before.from}`,
      field: `${side}.${i}.from`,
      remedy: 'state the bands from the lowest up, each once',
    })
  })
}

/** @throws Refused `unknown-instrument`, `rate-out-of-range`, `unknown-currency`. */
export function borrowRate(
  as: GivenFact<'BorrowRateSet'>,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): CompletedFact {
  const { effectiveOn, instrument, rate, currency } = as.borrow
  onOrAfterOpening(state, effectiveOn, 'effectiveOn')
  instrumentOf(knowledge, instrument, effectiveOn, 'instrument')
  knownCurrency(currency, 'currency')
  inRange(rate, 'rate')
  return { terms: as, date: effectiveOn, field: 'effectiveOn', warnings: [] }
}

/** @throws Refused `unknown-instrument`, `price-after-day`. */
export function borrowPrice(
  as: GivenFact<'BorrowPriceTaken'>,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): CompletedFact {
  const { date, instrument, currency, priceDate } = as.taken
  onOrAfterOpening(state, date, 'date')
  instrumentOf(knowledge, instrument, date, 'instrument')
  knownCurrency(currency, 'currency')
  if (priceDate >= date)
    refuse({
      code: 'price-after-day',
      message: `the fee of ${date} is charged on a close before it, and ${priceDate} is not`,
      field: 'priceDate',
      remedy: 'take the close of the business day before',
    })
  return { terms: as, date, field: 'date', warnings: [] }
}

/** @throws Refused `unknown-instrument`, `duplicate-instrument`, `amount-too-fine`. */
export function marginSet(
  as: GivenFact<'MarginTermsSet'>,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): CompletedFact {
  const { margin } = as
  onOrAfterOpening(state, margin.effectiveOn, 'effectiveOn')
  if (margin.minimumEquity !== undefined)
    wholeMinorUnits(margin.minimumEquity, state.opened?.baseCurrency ?? '', 'minimumEquity')
  const named = new Set<string>()
  margin.instruments.forEach(({ instrument }, i) => {
    instrumentOf(knowledge, instrument, margin.effectiveOn, `instruments.${i}.instrument`)
    if (named.has(instrument))
      refuse({
        code: 'duplicate-instrument',
        message: `${instrument} has two rates`,
        field: `instruments.${i}.instrument`,
        remedy: 'name each instrument once',
      })
    named.add(instrument)
  })
  const instruments = margin.instruments.map((each) => defined(each))
  return {
    terms: { type: as.type, margin: defined({ ...margin, instruments }) },
    date: margin.effectiveOn,
    field: 'effectiveOn',
    warnings: [],
  }
}

function inRange(rate: string, field: string): void {
  if (decimal(rate).abs().lessThanOrEqualTo(RATE_MAX)) return
  refuse({
    code: 'rate-out-of-range',
    message: `${rate} is more than 300 % a year`,
    field,
    remedy: 'state the rate as a fraction: 5 % is 0.05',
  })
}
