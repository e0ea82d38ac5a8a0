// The life of a bond or deposit: what accrues on each closed day, its coupons, its maturity, and interest per unit between two days.
import { CouponSchedule, type CouponPeriod } from '../instrument/coupon-schedule.ts'
import type { BondTerms, DepositTerms } from '../instrument/life-terms.ts'
import { addRational, type Rational, rational } from '../kernel/rational.ts'
import { type Fraction, fractionOf } from './amounts.ts'
import { dayOf } from './day.ts'
import type { Desk } from './desk.ts'
import { openDay } from './future-life.ts'
import type { KnownTerms, Life, Moment, Span } from './life.ts'
import { LifeStep } from './life-step.ts'

const ONE: Fraction = { numerator: 1, denominator: 1 }

/** A deposit is a bond whose interest is paid with its nominal. */
export function bondOf({ startDate, ...rest }: DepositTerms): BondTerms {
  return { ...rest, frequency: 0, issueDate: startDate }
}

export class BondLife implements Life {
  readonly isContract = false
  readonly schedule: CouponSchedule
  readonly currency: string
  readonly terms: BondTerms
  /** Where interest of short positions goes: what is owed on money taken is interest, on a bond sold short what its lender misses. */
  readonly shortExpense: 5300 | 5400
  readonly #desk: Desk
  readonly #known: KnownTerms
  readonly #nominal: Fraction
  /** The day of its default, or after every day. */
  readonly defaulted: number

  constructor(desk: Desk, known: KnownTerms, terms: BondTerms) {
    this.#desk = desk
    this.#known = known
    this.terms = terms
    this.shortExpense = known.terms.deposit === undefined ? 5300 : 5400
    this.currency = known.terms.currency
    this.schedule = new CouponSchedule(terms)
    this.#nominal = fractionOf(terms.nominal ?? '1')
    this.defaulted = terms.defaultedOn === undefined ? Number.POSITIVE_INFINITY : dayOf(terms.defaultedOn)
  }

  isFew(what: LifeStep['what']): boolean {
    return what !== 'accrual'
  }

  *moments({ from, through, whole, firstDay, lastDay }: Span): Iterable<Moment> {
    const { instrument } = this.#known.terms
    const { root, cause } = this.#known
    if (this.terms.rate !== undefined)
      for (const { day, cause: closed } of this.#desk.closed.after(whole ? from - 1 : from))
        if (this.schedule.period(day) !== null)
          yield {
            what: 'accrual',
            day,
            make: () => new LifeStep('accrual', instrument, day, closed, root, null),
          }
    if (lastDay === Number.NEGATIVE_INFINITY) return
    // What is due through the last day known here, and the next that follows.
    const limit = Math.max(through, lastDay)
    const next = this.schedule.dates.find((date) => date > limit) ?? limit
    for (const day of this.schedule.dates) {
      if (day < firstDay || day > next) continue
      const payDay = openDay(this.#desk, this.terms.paymentCalendar ?? '', day, 'from')
      const pays = this.terms.paymentCalendar === undefined ? day : payDay
      if (this.terms.rate !== undefined && day <= this.defaulted)
        yield { what: 'coupon', day, make: () => new LifeStep('coupon', instrument, day, cause, root, pays) }
      if (day === this.schedule.maturity && day <= this.defaulted)
        yield { what: 'maturity', day, make: () => new LifeStep('maturity', instrument, day, cause, root, pays) }
    }
  }

  /** First day of the ex-coupon period of a coupon. */
  exDay(coupon: number): number {
    return coupon - (this.terms.exCouponDays ?? 0)
  }

  /** Interest of one unit from the start of a period to a day of it, in units of the currency, exact; none accrues after a default. */
  interest(period: CouponPeriod, day: number): Rational {
    const { lives } = this.#desk.reference
    const { instrument } = this.#known.terms
    const { asAt } = this.#desk.rates
    const until = Math.min(day, this.defaulted)
    const changes = [
      ...lives.fixingDays(instrument, 'coupon-rate', asAt),
      ...lives.fixingDays(instrument, 'pool-factor', asAt),
    ]
    const cuts = [...new Set([period.start, ...changes.filter((cut) => cut > period.start && cut < until), until])]
    cuts.sort((a, b) => a - b)
    let sum = rational(0)
    for (const [i, to] of cuts.entries()) {
      const from = cuts[i - 1]
      if (from === undefined || to <= from) continue
      const rate = lives.fixing(instrument, 'coupon-rate', from, asAt) ?? fractionOf(this.terms.rate ?? '0')
      const factor = lives.fixing(instrument, 'pool-factor', from, asAt) ?? ONE
      sum = addRational(sum, times(this.schedule.yearFraction(period, from, to), rate, factor))
    }
    return times(sum, this.#nominal, this.#index(until))
  }

  /** What one unit repays at maturity, in units of the currency, exact. */
  redemption(day: number): Rational {
    const { lives } = this.#desk.reference
    const { asAt } = this.#desk.rates
    const factor = lives.fixing(this.#known.terms.instrument, 'pool-factor', day, asAt) ?? ONE
    return times(
      times(rational(1, 100), fractionOf(this.terms.redemption ?? '100')),
      times(rational(1), this.#nominal, factor),
      this.#index(day),
    )
  }

  #index(day: number): Fraction {
    if (this.terms.indexLinked !== true) return ONE
    const { reference, rates } = this.#desk
    return reference.lives.fixing(this.#known.terms.instrument, 'index-ratio', day, rates.asAt) ?? ONE
  }
}

function times(value: Rational, ...by: readonly (Fraction | Rational)[]): Rational {
  let { numerator, denominator } = value
  for (const factor of by) {
    numerator *= BigInt(factor.numerator)
    denominator *= BigInt(factor.denominator)
  }
  return rational(numerator, denominator)
}
