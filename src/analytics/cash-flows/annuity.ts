// The time value of level payments: what is paid is negative. Rates per period; `begin`: payments at the start of each.
import { NotDefined } from '../not-defined.ts'

export interface Annuity {
  readonly rate: number
  readonly periods: number
  readonly begin?: boolean
}

/** Value after the last period of `present` now and `payment` each period. */
export function futureOf({ rate, periods, begin = false }: Annuity, payment: number, present: number): number {
  const grown = (1 + rate) ** periods
  return -(present * grown + payment * annuityFactor(rate, periods, begin) * grown)
}

/** Value now of `payment` each period and `future` after the last. */
export function presentOf({ rate, periods, begin = false }: Annuity, payment: number, future: number): number {
  return -(future / (1 + rate) ** periods + payment * annuityFactor(rate, periods, begin))
}

/** The payment that brings `present` to `future`. @throws NotDefined for no periods. */
export function paymentOf({ rate, periods, begin = false }: Annuity, present: number, future = 0): number {
  if (!(periods > 0)) throw new NotDefined('undefined', 'at least one period')
  return -(present + future / (1 + rate) ** periods) / annuityFactor(rate, periods, begin)
}

/** The part of payment `period` (from 1) that is interest. */
export function interestOf(annuity: Annuity, period: number, present: number, future = 0): number {
  const { rate, begin = false } = annuity
  const payment = paymentOf(annuity, present, future)
  if (begin && period === 1) return 0
  // What is owed when the payment falls due; one at the start of a period pays the interest of the period before, which is in it.
  const owed = futureOf({ rate, periods: period - 1, begin }, payment, present)
  return begin ? (owed * rate) / (1 + rate) : owed * rate
}

/** The part of payment `period` that pays back. */
export function principalOf(annuity: Annuity, period: number, present: number, future = 0): number {
  return paymentOf(annuity, present, future) - interestOf(annuity, period, present, future)
}

/** Present value of 1 each period. */
function annuityFactor(rate: number, periods: number, begin: boolean): number {
  if (rate === 0) return periods
  const factor = -Math.expm1(-periods * Math.log1p(rate)) / rate
  return begin ? factor * (1 + rate) : factor
}
