// The terms of an instrument and its corporate actions as a sender gives them.
import { z } from 'zod'
import { positiveGiven, unsignedGiven } from '../kernel/given.ts'
import { idText } from '../kernel/schemas.ts'
import { actionLeg, actionOption, actionTerms, instrumentTerms, type ratio, unitPrice } from './events.ts'
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

const [securityLeg, cashLeg, removalLeg] = actionLeg.options

const ratioGiven = z.strictObject({
  numerator: positiveGiven,
  denominator: positiveGiven,
} satisfies typeof ratio.shape)
const priceGiven = z.strictObject({ ...unitPrice.shape, price: unsignedGiven })
const shareGiven = z.union([unsignedGiven, z.literal('unknown')])

const legGiven = z.discriminatedUnion('kind', [
  z.strictObject({
    ...securityLeg.shape,
    ratio: ratioGiven,
    basisShare: shareGiven.optional(),
    basisByRegime: z
      .array(z.strictObject({ regime: idText, share: shareGiven }))
      .min(1)
      .max(20)
      .optional(),
    cashInLieu: priceGiven.optional(),
    value: priceGiven.optional(),
    subscription: priceGiven.optional(),
  }),
  z.strictObject({
    ...cashLeg.shape,
    perUnit: positiveGiven,
    withholding: z.strictObject({ statutory: unsignedGiven, treaty: unsignedGiven }).optional(),
    surrenders: ratioGiven.optional(),
    costShare: unsignedGiven.optional(),
  }),
  removalLeg,
])

const optionGiven = z.strictObject({
  ...actionOption.shape,
  legs: z.array(legGiven).max(10),
  proration: unsignedGiven.optional(),
  oddLotBelow: positiveGiven.optional(),
})

export const actionGiven = z.strictObject({
  ...actionTerms.shape,
  legs: z.array(legGiven).max(20).default([]),
  options: z.array(optionGiven).min(1).max(20).optional(),
})
