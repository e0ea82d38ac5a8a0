// What became of a fill's settlement, as the custodian says: it failed, or it settled, whole or in part.
import { z } from 'zod'
import { dateText, factIdText, idText, positiveDecimalText, shortText } from '../kernel/schemas.ts'

/** A fill did not settle on its date. */
export const settlementFailTerms = z.strictObject({
  fill: factIdText,
  /** The day on which it was found out: what had moved on the due date moves back on it. */
  date: dateText,
  /** Units that failed; all that was not confirmed before this date when not stated. */
  units: positiveDecimalText.optional(),
  source: idText.optional(),
  note: shortText.optional(),
})
export type SettlementFailTerms = z.output<typeof settlementFailTerms>

/** A fill settled, or a part of it did. */
export const settlementTerms = z.strictObject({
  fill: factIdText,
  date: dateText,
  /** Units that settled; all that is left when not stated. */
  units: positiveDecimalText.optional(),
  source: idText.optional(),
  note: shortText.optional(),
})
export type SettlementTerms = z.output<typeof settlementTerms>
