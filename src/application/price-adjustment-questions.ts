// What can be asked of prices and adjustment factors that the caller brings.
import { z } from 'zod'
import { adjustedPrices, eventsOf, factorOn, withEvent } from '../analytics/price-adjustment.ts'
import { compareDates, type PlainDate, plainDate } from '../domain/kernel/date.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import { dateText, decimalText, positiveDecimalText, unsignedDecimalText } from '../domain/kernel/schemas.ts'
import { figure, numberOf } from './figures.ts'

const POINTS_MAX = 15_000
const EVENTS_MAX = 5_000
const text = z.string()

export const adjustmentQuestion = z.strictObject({
  prices: z
    .array(z.strictObject({ date: dateText, price: positiveDecimalText }))
    .min(1)
    .max(POINTS_MAX),
  events: z
    .array(
      z.union([
        z.strictObject({ exDate: dateText, dividend: decimalText }).meta({ description: 'per unit' }),
        z
          .strictObject({ exDate: dateText, numerator: positiveDecimalText, denominator: positiveDecimalText })
          .meta({ description: 'numerator units after for denominator before' }),
      ]),
    )
    .max(EVENTS_MAX),
  base: z.enum(['first', 'last']).meta({ description: 'which price stays as it is' }),
  dividends: z
    .enum(['reinvested', 'additive'])
    .optional()
    .meta({ description: 'reinvested at the ex-date’s price (default), or added up' }),
})
export const adjustmentAnswer = z.object({ rows: z.array(z.object({ date: text, price: text, adjusted: text })) })

/** Adjusted prices. @throws Refused `dates-out-of-order`. */
export function askAdjustment(asked: z.output<typeof adjustmentQuestion>): z.output<typeof adjustmentAnswer> {
  const { prices, events, base, dividends } = asked
  const dates = inOrder(prices.map(({ date }) => plainDate(date)))
  const adjusted = adjustedPrices(
    prices.map(({ price }) => numberOf(price)),
    events.map((event) => {
      // The first price on or after the ex-date is the first without it; -1, none, is outside the series.
      const index = dates.findIndex((date) => date >= event.exDate)
      if ('dividend' in event) return { index, dividend: numberOf(event.dividend) }
      return { index, ratio: numberOf(event.numerator) / numberOf(event.denominator) }
    }),
    base,
    dividends,
  )
  return { rows: prices.map(({ date, price }, i) => ({ date, price, adjusted: figure(adjusted[i] ?? Number.NaN) })) }
}

function inOrder(dates: readonly PlainDate[]): readonly PlainDate[] {
  for (const [i, date] of dates.entries()) {
    const before = dates[i - 1]
    if (before === undefined || compareDates(before, date) < 0) continue
    return refuse({
      code: 'dates-out-of-order',
      message: `${date} does not come after ${before}`,
      field: String(i),
      remedy: 'send each date once, in order',
    })
  }
  return dates
}

const row = {
  date: dateText,
  priceFactor: positiveDecimalText,
  splitFactor: positiveDecimalText,
  referenceClose: unsignedDecimalText,
}
export const factorsQuestion = z.strictObject({
  factors: z.array(z.strictObject(row)).max(POINTS_MAX).meta({ description: 'in order; a row holds up to its date' }),
  apply: z
    .array(
      z.union([
        z.strictObject({ date: dateText, referenceClose: positiveDecimalText, dividend: unsignedDecimalText }),
        z.strictObject({ date: dateText, referenceClose: positiveDecimalText, split: positiveDecimalText }),
      ]),
    )
    .max(EVENTS_MAX)
    .optional()
    .meta({ description: 'events that went ex on the day after `date`; a split is units before for one after' }),
  dates: z.array(dateText).max(POINTS_MAX).optional().meta({ description: 'dates whose factor is asked for' }),
})
export const factorsAnswer = z.object({
  factors: z.array(z.object({ date: text, priceFactor: text, splitFactor: text, referenceClose: text })),
  events: z.array(z.object({ date: text, dividend: text.nullable(), split: text.nullable(), referenceClose: text })),
  on: z.array(z.object({ date: text, factor: text.nullable() })).meta({ description: 'price factor x split factor' }),
})

/** The table with the events applied, the events it is made of, and the factor on the dates. @throws Refused `dates-out-of-order`. */
export function askFactors({
  factors,
  apply = [],
  dates = [],
}: z.output<typeof factorsQuestion>): z.output<typeof factorsAnswer> {
  inOrder(factors.map(({ date }) => plainDate(date)))
  let rows = factors.map(({ date, priceFactor, splitFactor, referenceClose }) => ({
    date,
    priceFactor: numberOf(priceFactor),
    splitFactor: numberOf(splitFactor),
    referenceClose: numberOf(referenceClose),
  }))
  for (const event of apply) {
    const at = { date: event.date, referenceClose: numberOf(event.referenceClose) }
    rows = withEvent(
      rows,
      'dividend' in event ? { ...at, dividend: numberOf(event.dividend) } : { ...at, split: numberOf(event.split) },
    )
  }
  return {
    factors: rows.map((one) => ({
      date: one.date,
      priceFactor: figure(one.priceFactor),
      splitFactor: figure(one.splitFactor),
      referenceClose: figure(one.referenceClose),
    })),
    events: eventsOf(rows).map((event) => ({
      date: event.date,
      dividend: 'dividend' in event ? figure(event.dividend) : null,
      split: 'split' in event ? figure(event.split) : null,
      referenceClose: figure(event.referenceClose),
    })),
    on: dates.map((date) => {
      const found = factorOn(rows, date)
      return { date, factor: found === undefined ? null : figure(found.priceFactor * found.splitFactor) }
    }),
  }
}
