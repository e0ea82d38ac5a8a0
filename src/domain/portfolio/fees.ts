// From a fee as given to the terms the log records: what accrues is worked out from its inputs, which are recorded with it.
import { isCurrency } from '../kernel/currency.ts'
import { plainDate } from '../kernel/date.ts'
import { yearFraction } from '../kernel/day-count.ts'
import { decimal, decimalText, divide, ZERO } from '../kernel/decimal.ts'
import { defined } from '../kernel/defined.ts'
import { minorUnits } from '../kernel/currency.ts'
import { refuse } from '../kernel/refusal.ts'
import { wholeMinorUnits } from './amounts.ts'
import type { FeeAccrualTerms, FeeInvoiceTerms, FeeScheduleTerms } from './fee-terms.ts'
import type { FeeAccrualGiven, FeeInvoiceGiven, FeeScheduleGiven } from './given.ts'
import { placesOf } from './places.ts'
import type { PortfolioState } from './state.ts'

/** @throws Refused `unknown-currency`, `contradictory-terms`, `dates-out-of-order`. */
export function feeSchedule(given: FeeScheduleGiven, state: PortfolioState): FeeScheduleTerms {
  if (!isCurrency(given.currency)) wholeMinorUnits('0', given.currency, 'currency')
  if ((given.kind === 'performance') !== (given.crystallisation !== undefined))
    refuse({
      code: 'contradictory-terms',
      message: 'performance fees crystallise, management fees do not',
      field: 'crystallisation',
      remedy: given.kind === 'performance' ? 'say when: monthly, quarterly or yearly' : 'leave crystallisation out',
    })
  if (given.until !== undefined && given.until < given.from)
    refuse({
      code: 'dates-out-of-order',
      message: 'it ends before it starts',
      field: 'until',
      remedy: 'check the dates',
    })
  return defined({ ...given, ...placesOf(state, given, '') })
}

/**
 * Management: nav x rate x year fraction. Performance: rate x what nav is above the mark, less what had accrued.
 * @throws Refused `unknown-schedule`, `outside-schedule`, `inputs-required`, `dates-out-of-order`.
 */
export function feeAccrual(given: FeeAccrualGiven, state: PortfolioState): FeeAccrualTerms {
  const schedule = scheduleOf(given.schedule, state)
  const { rate, currency, sleeve, custodyAccount, cashAccount } = schedule
  if (given.date < schedule.from || (schedule.until !== undefined && given.date > schedule.until))
    refuse({
      code: 'outside-schedule',
      message: `${given.schedule} charges from ${schedule.from}${schedule.until === undefined ? '' : ` to ${schedule.until}`}`,
      field: 'date',
      remedy: 'check the date',
    })
  const amount = schedule.kind === 'management' ? onValue(given, schedule) : onGain(given, schedule)
  return defined({ ...given, rate, amount, currency, sleeve, custodyAccount, cashAccount })
}

function onValue(
  { nav, since, date, highWaterMark, accrued, crystallises }: FeeAccrualGiven,
  schedule: FeeScheduleTerms,
): string {
  if (highWaterMark !== undefined || accrued !== undefined || crystallises !== undefined)
    return inputs(
      'highWaterMark',
      'a management fee knows no high-water mark',
      'leave highWaterMark, accrued and crystallises out',
    )
  if (since === undefined) return inputs('since', 'a management fee is charged for days', 'state since when')
  if (since >= date)
    return refuse({
      code: 'dates-out-of-order',
      message: `no day lies between ${since} and ${date}`,
      field: 'since',
      remedy: 'check the dates',
    })
  const { numerator, denominator } = yearFraction(schedule.dayCount, plainDate(since), plainDate(date))
  const yearly = decimal(nav).times(decimal(schedule.rate)).times(decimal(numerator.toString()))
  return decimalText(divide(yearly, decimal(denominator.toString()), minorUnits(schedule.currency), 'half-even'))
}

function onGain({ nav, since, highWaterMark, accrued }: FeeAccrualGiven, schedule: FeeScheduleTerms): string {
  if (since !== undefined) return inputs('since', 'a performance fee is not charged for days', 'leave since out')
  if (highWaterMark === undefined)
    return inputs('highWaterMark', 'a performance fee is on what is above the mark', 'state the mark')
  if (accrued === undefined)
    return inputs(
      'accrued',
      'what has accrued since the last crystallisation is not stated',
      'state it, "0" when nothing has',
    )
  const above = decimal(nav).minus(decimal(highWaterMark))
  const due = above.lessThanOrEqualTo(ZERO) ? ZERO : above.times(decimal(schedule.rate))
  return decimalText(divide(due.minus(decimal(accrued)), decimal('1'), minorUnits(schedule.currency), 'half-even'))
}

function inputs(field: string, message: string, remedy: string): never {
  return refuse({ code: 'inputs-required', message, field, remedy })
}

/** @throws Refused `unknown-schedule`, `cost-currency`, `dates-out-of-order`. */
export function feeInvoice(given: FeeInvoiceGiven, state: PortfolioState): FeeInvoiceTerms {
  const { currency, sleeve, custodyAccount, cashAccount } = scheduleOf(given.schedule, state)
  wholeMinorUnits(given.amount, currency, 'amount')
  if (given.payDate < given.date)
    refuse({
      code: 'dates-out-of-order',
      message: `it is paid on ${given.payDate}, before its date ${given.date}`,
      field: 'payDate',
      remedy: 'check the dates',
    })
  return { ...given, currency, sleeve, custodyAccount, cashAccount }
}

function scheduleOf(ref: string, state: PortfolioState): FeeScheduleTerms {
  return (
    state.feeSchedules.get(ref) ??
    refuse({
      code: 'unknown-schedule',
      message: `there is no fee schedule ${ref}`,
      field: 'schedule',
      remedy: 'set it first',
    })
  )
}
