// What a caller sends about prices, FX rates and closed business days.
import { z } from 'zod'
import { instantGiven, positiveGiven, unsignedGiven } from '../../domain/kernel/given.ts'
import { marketEvents, priceRow, rateRow } from '../../domain/market/events.ts'

const price = z.strictObject({ ...priceRow.shape, price: unsignedGiven, at: instantGiven.optional() })
const rate = z.strictObject({ ...rateRow.shape, rate: positiveGiven })

/** Up to 1,000 rows of one source, date, basis and snap. */
export const recordPrices = z.strictObject({
  ...marketEvents.PricesRecorded.shape,
  rows: z.array(price).min(1).max(1000),
})
export type RecordPrices = z.output<typeof recordPrices>

export const correctPrice = z.strictObject({ ...marketEvents.PriceCorrected.shape, row: price })
export type CorrectPrice = z.output<typeof correctPrice>

export const withdrawPrice = z.strictObject({ ...marketEvents.PriceWithdrawn.shape, at: instantGiven.optional() })
export type WithdrawPrice = z.output<typeof withdrawPrice>

/** Up to 1,000 rows of one source, fixing and date. */
export const recordRates = z.strictObject({ ...marketEvents.RatesRecorded.shape, rows: z.array(rate).min(1).max(1000) })
export type RecordRates = z.output<typeof recordRates>

export const correctRate = z.strictObject({ ...marketEvents.RateCorrected.shape, row: rate })
export type CorrectRate = z.output<typeof correctRate>

export const withdrawRate = marketEvents.RateWithdrawn
export type WithdrawRate = z.output<typeof withdrawRate>

export const closeBusinessDay = marketEvents.BusinessDayClosed
export type CloseBusinessDay = z.output<typeof closeBusinessDay>

/** One price or rate on a line of its own, for bulk. */
export const priceLine = z.strictObject({ ...marketEvents.PricesRecorded.omit({ rows: true }).shape, ...price.shape })
export const rateLine = z.strictObject({ ...marketEvents.RatesRecorded.omit({ rows: true }).shape, ...rate.shape })
