// The terms of fees that depend on value: schedules, what accrued on a struck net asset value with its inputs, and invoices.
import { z } from 'zod'
import { DAY_COUNTS } from '../kernel/day-count.ts'
import {
  currencyText,
  dateText,
  decimalText,
  idText,
  positiveDecimalText,
  unsignedDecimalText,
} from '../kernel/schemas.ts'

const place = { sleeve: idText, custodyAccount: idText, cashAccount: idText }

export const feeScheduleTerms = z.strictObject({
  ref: idText,
  kind: z.enum(['management', 'performance']),
  /** Management: of net asset value a year. Performance: of the gain above the high-water mark. 1 % is "0.01". */
  rate: positiveDecimalText,
  currency: currencyText,
  /** Management: how the year is counted. */
  dayCount: z.enum(DAY_COUNTS).exclude(['BUS/252', 'ACT/ACT-ICMA', '1/1']),
  from: dateText,
  until: dateText.optional(),
  /** Performance: when what accrued becomes final, and the mark is raised. */
  crystallisation: z.enum(['monthly', 'quarterly', 'yearly']).optional(),
  ...place,
})
export type FeeScheduleTerms = z.output<typeof feeScheduleTerms>

export const feeAccrualTerms = z.strictObject({
  ref: idText,
  /** The schedule's reference. */
  schedule: idText,
  date: dateText,
  /** Management: the day before the first that is charged. */
  since: dateText.optional(),
  /** The net asset value struck before, on which it accrues. */
  nav: unsignedDecimalText,
  /** Performance: the mark, in the terms of `nav`, and what had accrued since the last crystallisation. */
  highWaterMark: unsignedDecimalText.optional(),
  accrued: decimalText.optional(),
  /** Performance: what has accrued by this date is final; the next accrual starts from 0, with the mark raised to `nav`. */
  crystallises: z.boolean().optional(),
  rate: positiveDecimalText,
  /** What it adds; below zero where a performance fee is given back before it is final. */
  amount: decimalText,
  currency: currencyText,
  ...place,
})
export type FeeAccrualTerms = z.output<typeof feeAccrualTerms>

export const feeInvoiceTerms = z.strictObject({
  ref: idText,
  schedule: idText,
  /** What accrued up to this day is what the invoice is for. */
  through: dateText,
  date: dateText,
  payDate: dateText,
  amount: positiveDecimalText,
  currency: currencyText,
  ...place,
})
export type FeeInvoiceTerms = z.output<typeof feeInvoiceTerms>
