// How the terms of interest and of borrowed securities become rules of accrual: which terms are in force, and what a day brings.
import { absInt, type Int, parseScaled, toInt } from '../kernel/scaled.ts'
import type { PortfolioEvent } from '../portfolio/events.ts'
import type { BorrowPriceTerms, BorrowTerms, InterestTerms } from '../portfolio/financing-terms.ts'
import { isPeriodEnd, YEAR_PARTS, yearParts } from './accrual-days.ts'
import type { Accrued, AccrualRule } from './accrual-series.ts'
import { amountOf } from './amounts.ts'
import { dayOf, NO_DAY } from './day.ts'

/** The terms of any such fact, as an event or a correction states them. */
export type FinancingTerms = Extract<
  Extract<PortfolioEvent, { type: 'FactCorrected' }>['data']['as'],
  { type: 'CashInterestSet' | 'BorrowRateSet' | 'BorrowPriceTaken' }
>

/** Terms in the order in which they replace each other: by date, then place. */
export interface Placed<T> {
  readonly day: number
  readonly root: number
  readonly index: number
  readonly terms: T
}

export function inOrder<T>(list: readonly Placed<T>[]): Placed<T>[] {
  return [...list].sort((a, b) => a.day - b.day || a.root - b.root || a.index - b.index)
}

/** Places that rates and prices are read to: all they can have. */
const PLACES = 18
/** Units of borrowed securities are counted to so many places, whatever the instrument's. */
export const BORROWED_PLACES = 18
const ONE = 10n ** BigInt(PLACES)
const NOTHING: Accrued = { earned: 0n, charged: 0n }

interface Tier {
  readonly from: Int
  readonly rate: bigint
}
interface Schedule {
  readonly terms: InterestTerms
  readonly credit: readonly Tier[]
  readonly debit: readonly Tier[]
}

/** Interest on the closing balance of each calendar day; `places` are those of the currency. */
export function interestRule(list: readonly Placed<InterestTerms>[], places: number): AccrualRule {
  const ordered = inOrder(list)
  const tiersOf = (tiers: InterestTerms['credit']): Tier[] =>
    tiers.map(({ from, rate }) => ({ from: amountOf(from, places), rate: BigInt(parseScaled(rate, PLACES)) }))
  const schedules = ordered.map(
    ({ day, terms }) => [day, { terms, credit: tiersOf(terms.credit), debit: tiersOf(terms.debit) }] as const,
  )
  const on = (day: number): Schedule | null => inForce(schedules, day)
  return {
    from: ordered[0]?.day ?? NO_DAY,
    scale: toInt(ONE * YEAR_PARTS),
    on(day, balance) {
      const schedule = on(day)
      if (schedule === null) return NOTHING
      const { terms, credit, debit } = schedule
      const amount = interestOf(balance > 0 ? credit : debit, terms.tiering, absInt(balance))
      const accrued = amount * yearParts(terms.dayCount, day)
      return balance > 0 ? { earned: accrued, charged: 0n } : { earned: 0n, charged: accrued }
    },
    isPaid(day) {
      const schedule = on(day)
      return schedule !== null && isPeriodEnd(schedule.terms.capitalise, day)
    },
  }
}

/** A year's interest in minor units x 10^18: each band at its own rate, or all at the rate of the band the balance lies in. */
function interestOf(tiers: readonly Tier[], tiering: InterestTerms['tiering'], balance: Int): bigint {
  const reached = tiers.filter(({ from }) => from <= balance)
  if (tiering === 'whole') return BigInt(balance) * (reached.at(-1)?.rate ?? 0n)
  return reached.reduce((sum, { from, rate }, i) => {
    const to = reached[i + 1]?.from ?? balance
    return sum + (BigInt(to) - BigInt(from)) * rate
  }, 0n)
}

/**
 * The fee on what is short and settled at the close of each calendar day, at the price taken for that day's business day; unknown
 * where none was taken. Units come in 10^-18; `places` are those of the currency. Paid at the end of each month.
 */
export function borrowRule(
  rates: readonly Placed<BorrowTerms>[],
  prices: readonly Placed<BorrowPriceTerms>[],
  currency: string,
  places: number,
  businessDay: (day: number) => number,
): AccrualRule {
  const ordered = inOrder(rates)
  const terms = ordered.map((each) => [each.day, each.terms] as const)
  const byDay = new Map(inOrder(prices).map((each) => [each.day, each.terms]))
  const minor = 10n ** BigInt(places)
  return {
    from: ordered[0]?.day ?? NO_DAY,
    scale: toInt(ONE * ONE * 10n ** BigInt(BORROWED_PLACES) * YEAR_PARTS),
    on(day, units) {
      const borrow = inForce(terms, day)
      if (borrow === null || borrow.currency !== currency || !(units < 0)) return NOTHING
      const rate = BigInt(parseScaled(borrow.rate, PLACES))
      if (rate === 0n) return NOTHING
      const taken = byDay.get(businessDay(day))
      if (taken === undefined || taken.currency !== currency) return null
      const value = BigInt(absInt(units)) * BigInt(parseScaled(taken.price, PLACES)) * minor
      return { earned: 0n, charged: value * rate * yearParts(borrow.dayCount, day) }
    },
    isPaid: (day) => isPeriodEnd('monthly', day),
  }
}

function inForce<T>(list: readonly (readonly [day: number, value: T])[], day: number): T | null {
  let found: T | null = null
  for (const [from, value] of list) if (from <= day) found = value
  return found
}

/** The date of a fact's terms: from when on they hold, or which day they are of. */
export function dayOfTerms(terms: FinancingTerms): number {
  if (terms.type === 'CashInterestSet') return dayOf(terms.interest.effectiveOn)
  return dayOf(terms.type === 'BorrowRateSet' ? terms.borrow.effectiveOn : terms.taken.date)
}
