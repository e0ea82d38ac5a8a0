// What a bond, an option, a future, a deposit or a currency forward promises: the terms its life is worked out from.
import { z } from 'zod'
import { DAY_COUNTS } from '../kernel/day-count.ts'
import { currencyText, dateText, idText, positiveDecimalText, unsignedDecimalText } from '../kernel/schemas.ts'

/** How interest is counted over days; not over business days, of which terms name no calendar. */
const dayCount = z.enum(DAY_COUNTS).exclude(['BUS/252', '1/1'])

/**
 * Interest and redemption of a bond. Quantities are nominal (`nominal` of the currency for each unit), prices are per cent, so that
 * its multiplier is 0.01. `rate` is a year's interest as a part of nominal: 5 % is "0.05".
 */
export const bondTerms = z.strictObject({
  /** Left out for a zero-coupon bond; a floating one has its first rate here, later ones are fixings. */
  rate: unsignedDecimalText.optional(),
  /** Coupons a year; 0 when interest is paid with the redemption only. */
  frequency: z.union([
    z.literal(0),
    z.literal(1),
    z.literal(2),
    z.literal(3),
    z.literal(4),
    z.literal(6),
    z.literal(12),
  ]),
  dayCount,
  issueDate: dateText,
  /** Left out of a perpetual bond, which then names its first coupon. */
  maturityDate: dateText.optional(),
  firstCouponDate: dateText.optional(),
  /** Coupons of a bond that matures on the last day of a month are on last days of months. */
  monthEnd: z.boolean().optional(),
  /** Calendar days before the coupon on which it goes ex; 0 when it does so on the day itself. */
  exCouponDays: z.number().int().min(0).max(60).optional(),
  /** Calendar whose next open day pays what falls on a closed one; interest is not counted further for it. */
  paymentCalendar: idText.optional(),
  /** Per cent of nominal. */
  redemption: positiveDecimalText.optional(),
  /** Currency units of nominal for each unit held. */
  nominal: positiveDecimalText.optional(),
  /** Nominal and interest are multiplied by the index ratio in force, a fixing. */
  indexLinked: z.boolean().optional(),
  /** From this day on it accrues and pays nothing. */
  defaultedOn: dateText.optional(),
})
export type BondTerms = z.output<typeof bondTerms>

export const optionTerms = z.strictObject({
  underlying: idText,
  right: z.enum(['call', 'put']),
  strike: positiveDecimalText,
  strikeCurrency: currencyText,
  expiry: dateText,
  style: z.enum(['american', 'european', 'bermudan']),
  settlement: z.enum(['physical', 'cash']),
})
export type OptionTerms = z.output<typeof optionTerms>

export const futureTerms = z.strictObject({
  /** An instrument, an index or a commodity: any name. */
  underlying: idText,
  expiry: dateText,
  settlement: z.enum(['physical', 'cash']),
  /** What the exchange asks for each contract, in the contract's currency. */
  initialMargin: unsignedDecimalText.optional(),
  /** Whose settlement price marks it; where it is left out, the first by name of those recorded for a day. */
  marks: z.strictObject({ source: idText, snap: idText }).optional(),
})
export type FutureTerms = z.output<typeof futureTerms>

/** A deposit, bill or certificate: interest from `startDate`, paid with the nominal at maturity. */
export const depositTerms = z.strictObject({
  rate: unsignedDecimalText,
  dayCount,
  startDate: dateText,
  maturityDate: dateText,
  nominal: positiveDecimalText.optional(),
})
export type DepositTerms = z.output<typeof depositTerms>

export const lifeTerms = {
  bond: bondTerms.optional(),
  option: optionTerms.optional(),
  future: futureTerms.optional(),
  deposit: depositTerms.optional(),
} as const

/** What came to be known of a running term on the instrument's stream: newest for one kind and day counts. */
export const fixing = z.strictObject({
  /**
   * `coupon-rate`: a year's interest from that day on. `index-ratio`: of an index-linked bond. `pool-factor`: the part of nominal that
   * is left, on which interest counts; what it repaid is an action of its own.
   */
  kind: z.enum(['coupon-rate', 'index-ratio', 'pool-factor']),
  from: dateText,
  value: unsignedDecimalText,
})
export type Fixing = z.output<typeof fixing>
