// Market data as events: prices (`prices-{source}-{yyyy-mm}`), FX rates (`fx-{source}-{yyyy-mm}`) and closed business
// days (`calendar-{id}`). One event holds up to 1,000 rows of one date and basis; a correction names row and cause.
import { z } from 'zod'
import {
  currencyText,
  dateText,
  idText,
  instantText,
  positiveDecimalText,
  shortText,
  unsignedDecimalText,
} from '../kernel/schemas.ts'

export const priceBasis = z.enum(['close', 'official-close', 'settlement', 'bid', 'ask', 'mid', 'nav', 'quote'])

export const priceRow = z.strictObject({
  instrument: idText,
  price: unsignedDecimalText,
  currency: currencyText,
  /** For quotes: when it was made. */
  at: instantText.optional(),
})
export const rateRow = z.strictObject({
  /** One unit of `base` is worth `rate` of `quote`: EUR/USD 1.10 is base EUR, quote USD. */
  base: currencyText,
  quote: currencyText,
  rate: positiveDecimalText,
})

export const marketEvents = {
  PricesRecorded: z.strictObject({
    source: idText,
    date: dateText,
    basis: priceBasis,
    /** Which snap of the day, e.g. `1600-NY`; prices as traded, never adjusted for later actions. */
    snap: idText,
    rows: z.array(priceRow).min(1).max(1000),
  }),
  PriceCorrected: z.strictObject({
    source: idText,
    date: dateText,
    basis: priceBasis,
    snap: idText,
    row: priceRow,
    cause: shortText,
  }),
  /** The price never was; what it was before is unknown again. */
  PriceWithdrawn: z.strictObject({
    source: idText,
    date: dateText,
    basis: priceBasis,
    snap: idText,
    instrument: idText,
    /** For quotes: which one. */
    at: instantText.optional(),
    cause: shortText,
  }),
  RatesRecorded: z.strictObject({
    source: idText,
    fixing: idText,
    date: dateText,
    rows: z.array(rateRow).min(1).max(1000),
  }),
  RateCorrected: z.strictObject({ source: idText, fixing: idText, date: dateText, row: rateRow, cause: shortText }),
  RateWithdrawn: z.strictObject({
    source: idText,
    fixing: idText,
    date: dateText,
    base: currencyText,
    quote: currencyText,
    cause: shortText,
  }),
  BusinessDayClosed: z.strictObject({ calendar: idText, date: dateText }),
} as const

export type MarketEventType = keyof typeof marketEvents
export type MarketEvent = {
  [T in MarketEventType]: { readonly type: T; readonly data: z.output<(typeof marketEvents)[T]> }
}[MarketEventType]
