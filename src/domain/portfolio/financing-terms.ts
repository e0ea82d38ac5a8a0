// The terms under which a portfolio's cash earns and its debts cost: interest on cash, fees on borrowed securities, margin. Each is
// dated, so that an old year replays under its own terms; a later one replaces the one before from its own date on.
import { z } from 'zod'
import {
  currencyText,
  dateText,
  decimalText,
  idText,
  positiveDecimalText,
  shortText,
  unsignedDecimalText,
} from '../kernel/schemas.ts'
import { priceBasis } from '../market/events.ts'

/** How many days a year has for accruals on balances: one calendar day at a time. */
export const accrualDays = z.enum(['ACT/360', 'ACT/365F', 'ACT/ACT-ISDA', '30E/360'])
export type AccrualDays = z.output<typeof accrualDays>

/** A band of a balance: from this amount on, this rate a year (0.05 is 5 %; below zero a charge). */
export const interestTier = z.strictObject({ from: unsignedDecimalText, rate: decimalText })

/** Interest on one currency of one cash account from the start of a day; no tiers: none is earned, or charged. */
export const interestTerms = z.strictObject({
  effectiveOn: dateText,
  cashAccount: idText,
  currency: currencyText,
  dayCount: accrualDays,
  /** `marginal`: each band at its own rate; `whole`: the whole balance at the rate of the band it lies in. */
  tiering: z.enum(['marginal', 'whole']),
  /** On a balance above zero, and below (by its size). Ascending. */
  credit: z.array(interestTier).max(20),
  debit: z.array(interestTier).max(20),
  /** What has accrued moves to the account on the last day of the period. */
  capitalise: z.enum(['monthly', 'quarterly', 'semi-annually', 'annually']),
})
export type InterestTerms = z.output<typeof interestTerms>

/** What borrowing an instrument costs from the start of a day, a year, on the market value of what is sold short and settled. */
export const borrowTerms = z.strictObject({
  effectiveOn: dateText,
  instrument: idText,
  rate: unsignedDecimalText,
  currency: currencyText,
  dayCount: accrualDays,
  /** Which recorded price the value is taken at. */
  price: z.strictObject({ source: idText, basis: priceBasis, snap: idText }),
})
export type BorrowTerms = z.output<typeof borrowTerms>

/** The price one day's borrow fee is charged on: the recorded price of the close before, taken over as a fact with where it is from. */
export const borrowPriceTerms = z.strictObject({
  date: dateText,
  instrument: idText,
  price: unsignedDecimalText,
  currency: currencyText,
  priceDate: dateText,
  source: idText,
})
export type BorrowPriceTerms = z.output<typeof borrowPriceTerms>

const rates = {
  /** Of the market value, on opening a long position; 0.5 is 50 % (Regulation T, 12 CFR 220.12). */
  initialLong: positiveDecimalText,
  /** Of the market value, on opening a short one: proceeds and deposit together; 1.5 is 150 %. */
  initialShort: positiveDecimalText,
  /** Of the market value, kept at all times (FINRA rule 4210(c)). */
  maintenanceLong: positiveDecimalText,
  maintenanceShort: positiveDecimalText,
} as const

/** The house's margin rates from the start of a day: higher than the rules' own where they are named, for all or for one instrument. */
export const marginTerms = z.strictObject({
  effectiveOn: dateText,
  ...z.strictObject(rates).partial().shape,
  /** Least equity of an account that owes anything, in base currency. */
  minimumEquity: unsignedDecimalText.optional(),
  instruments: z.array(z.strictObject({ instrument: idText, ...z.strictObject(rates).partial().shape })).max(500),
  /** Which recorded price positions are valued at, and how many calendar days old it may be before the value is unknown. */
  price: z.strictObject({ source: idText, basis: priceBasis, snap: idText }),
  maxPriceAgeDays: z.int().min(0).max(60),
  note: shortText.optional(),
})
export type MarginTerms = z.output<typeof marginTerms>
