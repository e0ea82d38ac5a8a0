// The terms of a transfer in kind as a sender gives them; without lots, the giver's book says which it moves.
import { z } from 'zod'
import { decimalGiven, positiveGiven, unsignedGiven } from '../kernel/given.ts'
import { idText, tenantIdText } from '../kernel/schemas.ts'
import { movedLot } from '../portfolio/facts.ts'
import { transferTerms } from './events.ts'

const endGiven = z
  .strictObject({ portfolio: idText, sleeve: idText.optional(), custodyAccount: idText.optional() })
  .nullable()

const lotGiven = z.strictObject({
  ...movedLot.shape,
  units: decimalGiven,
  cost: unsignedGiven,
  marketValue: unsignedGiven.optional(),
})

export const transferGiven = z.strictObject({
  ...transferTerms.omit({ chosenBy: true }).shape,
  transfer: tenantIdText,
  atOpen: z.boolean().default(false),
  from: endGiven,
  to: endGiven,
  /** The lots with their cost and dates; or leave it out and give `units`. */
  lots: z.array(lotGiven).min(1).max(450).optional(),
  /** How many units, when the giver's book is to choose the lots by its relief order. */
  units: positiveGiven.optional(),
  marketValue: z
    .strictObject({ amount: unsignedGiven, currency: transferTerms.shape.lots.element.shape.currency })
    .optional(),
})
