// A bond that is only described, as it is asked about, and the answer: the shapes of both.
import { z } from 'zod'
import { BUSINESS_DAY_CONVENTIONS } from '../domain/kernel/business-day.ts'
import { DAY_COUNTS } from '../domain/kernel/day-count.ts'
import { dateText, decimalText, idText, positiveDecimalText, unsignedDecimalText } from '../domain/kernel/schemas.ts'

const COMPOUNDINGS = ['simple', 'compounded', 'continuous', 'simple-then-compounded'] as const
const frequency = z.literal([1, 2, 3, 4, 6, 12])

const given = z.union([
  z
    .strictObject({ cleanPrice: positiveDecimalText })
    .meta({ description: 'per cent of face, without accrued interest' }),
  z.strictObject({ dirtyPrice: positiveDecimalText }).meta({ description: 'per cent of face, with accrued interest' }),
  z.strictObject({ yield: decimalText }).meta({ description: 'a year, a part: 5 % is 0.05' }),
  z.strictObject({
    curve: z
      .strictObject({ from: dateText, rate: decimalText, dayCount: z.enum(DAY_COUNTS).optional() })
      .meta({ description: 'a flat continuous rate; days as ACT/360 unless stated' }),
    credit: z
      .strictObject({ hazardRate: unsignedDecimalText, recovery: unsignedDecimalText })
      .optional()
      .meta({ description: 'defaults at a constant rate a year, of which a part of face is recovered half-way' }),
  }),
])

export const bondQuestion = z.strictObject({
  settlement: dateText,
  face: positiveDecimalText.optional().meta({ description: 'in currency; default 100' }),
  redemption: positiveDecimalText.optional().meta({ description: 'per cent of face; default 100' }),
  coupons: z
    .array(unsignedDecimalText)
    .max(1000)
    .meta({ description: 'rates a year by coupon in order, the last repeated; empty for a zero-coupon bond' }),
  couponCompounding: z
    .enum(['simple', 'compounded'])
    .optional()
    .meta({ description: 'compounded: a coupon is (1 + rate)^fraction - 1 of face; default simple' }),
  frequency,
  start: dateText.meta({ description: 'from which day interest accrues' }),
  maturity: dateText,
  firstCoupon: dateText.optional(),
  nextToLast: dateText.optional(),
  roll: z.enum(['backward', 'forward']).optional(),
  endOfMonth: z.boolean().optional(),
  couponDates: z
    .array(dateText)
    .min(2)
    .max(2000)
    .optional()
    .meta({ description: 'from start to maturity, instead of dates rolled by the terms' }),
  dayCount: z.enum(DAY_COUNTS),
  payment: z
    .strictObject({ calendar: idText, convention: z.enum(BUSINESS_DAY_CONVENTIONS) })
    .optional()
    .meta({ description: 'where a coupon date that is no business day is paid' }),
  exCoupon: z
    .strictObject({ days: z.number().int().min(1).max(60), calendar: idText.optional() })
    .optional()
    .meta({
      description:
        'days before payment from which on the coupon stays with the seller: business days of a calendar, else calendar days',
    }),
  accruedPlaces: z.number().int().min(0).max(10).optional().meta({
    description: 'accrued interest per cent of face is rounded to so many places (Australian Treasury Bonds: 3)',
  }),
  yieldTerms: z
    .strictObject({
      compounding: z.enum(COMPOUNDINGS).optional(),
      frequency: frequency.optional(),
      dayCount: z.enum(DAY_COUNTS).optional(),
      calendar: idText.optional(),
    })
    .optional()
    .meta({ description: 'default: compounded as often as coupons, days as the coupons count them' }),
  given,
})
export type BondQuestion = z.output<typeof bondQuestion>

const text = z.string()
export const bondAnswer = z.object({
  cleanPrice: text,
  dirtyPrice: text,
  accrued: text.meta({ description: 'per cent of face; below zero when the next coupon stays with the seller' }),
  exCoupon: z.boolean(),
  presentValue: text.nullable().meta({ description: 'in currency on the curve’s first day; null without a curve' }),
  yield: text.nullable(),
  macaulayDuration: text.nullable(),
  modifiedDuration: text.nullable(),
  convexity: text.nullable(),
  pv01: text.nullable().meta({ description: 'modified duration x dirty price x 0.0001' }),
  basisPointValue: text.nullable().meta({ description: 'in currency for a basis point more of yield' }),
  yieldValueOfPoint: text.nullable().meta({ description: 'of the yield, for 0.01 more of price' }),
  flows: z.array(z.object({ date: text, amount: text })),
})
export type BondAnswer = z.output<typeof bondAnswer>
