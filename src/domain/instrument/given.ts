// The terms of an instrument and its corporate actions as a sender gives them.
import { z } from 'zod'
import { positiveGiven, unsignedGiven } from '../kernel/given.ts'
import { actionLeg, actionTerms, instrumentTerms, type ratio } from './events.ts'
import { bondTerms, depositTerms, fixing, futureTerms, optionTerms } from './life-terms.ts'

const lives = {
  bond: z
    .strictObject({
      ...bondTerms.shape,
      rate: unsignedGiven.optional(),
      redemption: positiveGiven.optional(),
      nominal: positiveGiven.optional(),
    })
    .optional(),
  option: z.strictObject({ ...optionTerms.shape, strike: positiveGiven }).optional(),
  future: z.strictObject({ ...futureTerms.shape, initialMargin: unsignedGiven.optional() }).optional(),
  deposit: z.strictObject({ ...depositTerms.shape, rate: unsignedGiven, nominal: positiveGiven.optional() }).optional(),
}

export const fixingGiven = z.strictObject({ ...fixing.shape, value: unsignedGiven })

export const instrumentGiven = z.strictObject({
  ...instrumentTerms.shape,
  multiplier: positiveGiven.default('1'),
  quantityPlaces: instrumentTerms.shape.quantityPlaces.default(0),
  identifiers: instrumentTerms.shape.identifiers.default([]),
  classifications: instrumentTerms.shape.classifications.default([]),
  ...lives,
})

export const instrumentChanges = z
  .strictObject({ ...instrumentTerms.shape, multiplier: positiveGiven, ...lives })
  .omit({ instrument: true, identifiers: true, classifications: true })
  .partial()

const [securityLeg, cashLeg] = actionLeg.options

const legGiven = z.discriminatedUnion('kind', [
  z.strictObject({
    ...securityLeg.shape,
    ratio: z.strictObject({ numerator: positiveGiven, denominator: positiveGiven } satisfies typeof ratio.shape),
    basisShare: z.union([unsignedGiven, z.literal('unknown')]).optional(),
    cashInLieu: z.strictObject({ price: unsignedGiven, currency: cashLeg.shape.currency }).optional(),
  }),
  z.strictObject({
    ...cashLeg.shape,
    perUnit: positiveGiven,
    withholding: z.strictObject({ statutory: unsignedGiven, treaty: unsignedGiven }).optional(),
  }),
])

export const actionGiven = z.strictObject({ ...actionTerms.shape, legs: z.array(legGiven).min(1).max(20) })
