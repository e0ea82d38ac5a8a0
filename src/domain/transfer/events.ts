// A transfer in kind between portfolios, in a stream of its own (`transfer-{id}`): the lots it moved are a decision.
import { z } from 'zod'
import {
  currencyText,
  dateText,
  idText,
  positiveDecimalText,
  shortText,
  unsignedDecimalText,
} from '../kernel/schemas.ts'
import { movedLot } from '../portfolio/facts.ts'

/** One end of a transfer; a portfolio that Quipu does not keep is `null`. */
const end = z.strictObject({ portfolio: idText, sleeve: idText, custodyAccount: idText }).nullable()

export const transferTerms = z.strictObject({
  transfer: idText,
  date: dateText,
  /** At the open of the day, before its trades, rather than at its close. */
  atOpen: z.boolean(),
  /** `same`: lots, dates and cost carry over; `changed`: realised at fair value, new lots. */
  ownership: z.enum(['same', 'changed']),
  instrument: idText,
  from: end,
  to: end,
  lots: z.array(movedLot).min(1).max(450),
  /** Who chose the lots: the caller, or the giver's book by its relief order (then a restatement may choose others). Absent: the caller. */
  chosenBy: z.enum(['caller', 'book']).optional(),
  /** How many units were asked for, where the book chose the lots. */
  units: positiveDecimalText.optional(),
  /** Fair value of all of it; required when ownership changes. */
  marketValue: z.strictObject({ amount: unsignedDecimalText, currency: currencyText }).optional(),
})
export type TransferTerms = z.output<typeof transferTerms>

export const transferEvents = {
  TransferRecorded: z.strictObject({ terms: transferTerms }),
  /** The newest terms, whole. */
  TransferCorrected: z.strictObject({ terms: transferTerms, reason: shortText.optional() }),
  TransferCancelled: z.strictObject({ transfer: idText, reason: shortText.optional() }),
  /** The giver's lots turned out otherwise: what the receiver books from now on. */
  TransferLotsRestated: z.strictObject({
    transfer: idText,
    lots: z.array(movedLot).max(450),
    reason: shortText.optional(),
  }),
} as const

export type TransferEventType = keyof typeof transferEvents
export type TransferEvent = {
  [T in TransferEventType]: { readonly type: T; readonly data: z.output<(typeof transferEvents)[T]> }
}[TransferEventType]
