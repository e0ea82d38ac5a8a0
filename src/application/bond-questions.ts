// What can be asked of a bond that is only described: its price at a yield or a curve, its yield at a price, and its sensitivities.
import { basisPointValue, type Flow, presentValue, sensitivities, yieldOf } from '../analytics/bond/yield.ts'
import type { Compounding } from '../analytics/rate.ts'
import { adjusted } from '../domain/kernel/business-day.ts'
import { addBusinessDays } from '../domain/kernel/calendar.ts'
import { type Calendars, calendar } from '../domain/kernel/calendars.ts'
import { couponDates, regularGrid } from '../domain/kernel/coupon-schedule.ts'
import { addDays, daysBetween, fromDayNumber, dayNumber, type PlainDate, plainDate } from '../domain/kernel/date.ts'
import { type DayCount, type DayCountTerms, yearFraction } from '../domain/kernel/day-count.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import type { BondAnswer, BondQuestion } from './bond-question.ts'
import { figure, numberOf } from './figures.ts'

/** Days by which coupon dates that are listed may be off a whole period and be regular. */
const LISTED_SLACK = 3

interface Period {
  readonly start: PlainDate
  readonly end: PlainDate
  readonly pays: PlainDate
  readonly rate: number
}

/** Answers a question. @throws Refused `dates-out-of-order`, `nothing-to-come`, `outside-calendar`, `unknown-calendar`. */
export function askBond(asked: BondQuestion, table: Calendars): BondAnswer {
  const settlement = plainDate(asked.settlement)
  const face = numberOf(asked.face ?? '100')
  const dates = asked.couponDates?.map(plainDate) ?? couponDates(scheduleOf(asked))
  const coupons = regularGrid(
    dates,
    asked.frequency,
    asked.endOfMonth,
    asked.couponDates === undefined ? 0 : LISTED_SLACK,
  )
  const terms: DayCountTerms = { coupons, frequency: asked.frequency }
  const share = (from: PlainDate, to: PlainDate) => fractionOf(asked.dayCount, from, to, terms)
  const interest = (rate: number, from: PlainDate, to: PlainDate) =>
    face * (asked.couponCompounding === 'compounded' ? (1 + rate) ** share(from, to) - 1 : rate * share(from, to))
  const pays = paymentOf(asked, table)
  const periods = dates.slice(1).map((end, i): Period => {
    const rate = asked.coupons[Math.min(i, asked.coupons.length - 1)] ?? '0'
    return { start: dates[i] ?? end, end, pays: pays(end), rate: numberOf(rate) }
  })
  const exDate = exDateOf(asked, table)
  const running = periods.find(({ start, end }) => start <= settlement && settlement < end)
  const isEx = running !== undefined && exDate(running.pays) <= settlement
  const accrued = roundedAccrued(
    asked,
    face,
    running === undefined
      ? 0
      : isEx
        ? -interest(running.rate, settlement, running.end)
        : interest(running.rate, running.start, settlement),
  )
  const redemption = (face * numberOf(asked.redemption ?? '100')) / 100
  const last = periods.at(-1)
  const due = periods.filter(({ pays: on }) => on > settlement)
  const flows = due
    .map((period) => ({
      period,
      amount:
        (exDate(period.pays) <= settlement ? 0 : interest(period.rate, period.start, period.end)) +
        (period === last ? redemption : 0),
    }))
    .filter(({ amount }) => amount !== 0)
  if (flows.length === 0)
    return refuse({
      code: 'nothing-to-come',
      message: `nothing is paid after ${settlement}`,
      field: 'settlement',
      remedy: 'ask for a settlement before the last payment',
    })

  const {
    compounding = 'compounded',
    frequency: perYear = asked.frequency,
    dayCount,
    calendar: of,
  } = asked.yieldTerms ?? {}
  const yieldTerms = { ...terms, ...(of === undefined ? {} : { calendar: calendar(of, table) }) }
  const timed = timesOf(flows, settlement, (from, to) => fractionOf(dayCount ?? asked.dayCount, from, to, yieldTerms))
  const priced = dirtyOf(asked, flows, periods, timed, { settlement, face, accrued, compounding, perYear })
  const { dirty } = priced
  const rate = priced.yield ?? yieldOf(timed, dirty, compounding, perYear)
  const shown = (value: number) => figure((value / face) * 100)
  const base = {
    cleanPrice: shown(dirty - accrued),
    dirtyPrice: shown(dirty),
    accrued: shown(accrued),
    exCoupon: isEx,
    presentValue: priced.presentValue === undefined ? null : figure(priced.presentValue),
    flows: flows.map(({ period, amount }) => ({ date: period.pays, amount: figure(amount) })),
  }
  if (rate === undefined)
    return {
      ...base,
      yield: null,
      macaulayDuration: null,
      modifiedDuration: null,
      convexity: null,
      pv01: null,
      basisPointValue: null,
      yieldValueOfPoint: null,
    }
  const moves = sensitivities(timed, { rate, compounding, frequency: perYear })
  const price = (dirty / face) * 100
  return {
    ...base,
    yield: figure(rate),
    macaulayDuration: figure(moves.macaulayDuration),
    modifiedDuration: figure(moves.modifiedDuration),
    convexity: figure(moves.convexity),
    pv01: figure(moves.modifiedDuration * price * 0.0001),
    basisPointValue: figure(basisPointValue(dirty, moves)),
    yieldValueOfPoint: figure(-0.01 / (moves.modifiedDuration * price)),
  }
}

function roundedAccrued({ accruedPlaces }: BondQuestion, face: number, accrued: number): number {
  if (accruedPlaces === undefined) return accrued
  const unit = 10 ** -accruedPlaces
  return (Math.round(((accrued / face) * 100) / unit) * unit * face) / 100
}

function scheduleOf({ start, maturity, frequency, firstCoupon, nextToLast, roll, endOfMonth }: BondQuestion) {
  return {
    start: plainDate(start),
    maturity: plainDate(maturity),
    frequency,
    ...(firstCoupon === undefined ? {} : { firstCoupon: plainDate(firstCoupon) }),
    ...(nextToLast === undefined ? {} : { nextToLast: plainDate(nextToLast) }),
    ...(roll === undefined ? {} : { roll }),
    ...(endOfMonth === undefined ? {} : { endOfMonth }),
  }
}

function fractionOf(convention: DayCount, from: PlainDate, to: PlainDate, terms: DayCountTerms): number {
  const { numerator, denominator } = yearFraction(convention, from, to, terms)
  return Number(numerator) / Number(denominator)
}

function paymentOf({ payment }: BondQuestion, table: Calendars): (date: PlainDate) => PlainDate {
  if (payment === undefined) return (date) => date
  const of = calendar(payment.calendar, table)
  return (date) => adjusted(of, date, payment.convention)
}

function exDateOf({ exCoupon }: BondQuestion, table: Calendars): (pays: PlainDate) => PlainDate {
  if (exCoupon === undefined) return (pays) => addDays(pays, 1)
  const { days, calendar: id } = exCoupon
  if (id === undefined) return (pays) => addDays(pays, -days)
  const of = calendar(id, table)
  return (pays) => addBusinessDays(of, pays, -days)
}

const later = (a: PlainDate, b: PlainDate): PlainDate => (a < b ? b : a)

interface Due {
  readonly period: Period
  readonly amount: number
}

/**
 * Years to each payment, added up from one to the next. Within a coupon period the time left is the whole period less what has run,
 * so that price and accrued interest count the same days.
 */
function timesOf(
  flows: readonly Due[],
  settlement: PlainDate,
  share: (from: PlainDate, to: PlainDate) => number,
): Flow[] {
  let time = 0
  let before = settlement
  return flows.map(({ period, amount }) => {
    time +=
      before > period.start
        ? share(period.start, period.pays) - share(period.start, before)
        : share(before, period.pays)
    before = period.pays
    return { amount, time }
  })
}

interface Pricing {
  readonly settlement: PlainDate
  readonly face: number
  readonly accrued: number
  readonly compounding: Compounding
  readonly perYear: number
}

function dirtyOf(
  { given, redemption }: BondQuestion,
  flows: readonly Due[],
  periods: readonly Period[],
  timed: readonly Flow[],
  { settlement, face, accrued, compounding, perYear }: Pricing,
): { readonly dirty: number; readonly yield?: number; readonly presentValue?: number } {
  if ('cleanPrice' in given) return { dirty: (numberOf(given.cleanPrice) / 100) * face + accrued }
  if ('dirtyPrice' in given) return { dirty: (numberOf(given.dirtyPrice) / 100) * face }
  if ('yield' in given) {
    const rate = numberOf(given.yield)
    return { dirty: presentValue(timed, { rate, compounding, frequency: perYear }), yield: rate }
  }
  const from = plainDate(given.curve.from)
  const years = (date: PlainDate) => fractionOf(given.curve.dayCount ?? 'ACT/360', from, date, {})
  const discount = (date: PlainDate) => Math.exp(-numberOf(given.curve.rate) * years(date))
  const hazard = numberOf(given.credit?.hazardRate ?? '0')
  const survival = (date: PlainDate) => Math.exp(-hazard * Math.max(0, years(date)))
  let value = flows.reduce((sum, { period, amount }) => sum + amount * discount(period.pays) * survival(period.pays), 0)
  const recovered =
    numberOf(given.credit?.recovery ?? '0') * face * (redemption === undefined ? 1 : numberOf(redemption) / 100)
  if (recovered > 0)
    for (const { start, pays } of periods.filter((period) => period.pays > settlement)) {
      const begins = later(start, from)
      const half = fromDayNumber(dayNumber(begins) + Math.floor(daysBetween(begins, pays) / 2))
      value += recovered * (survival(begins) - survival(pays)) * discount(half)
    }
  return { dirty: value / discount(settlement), presentValue: value }
}
