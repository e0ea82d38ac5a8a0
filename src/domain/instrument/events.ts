// Everything that can be recorded in the stream of one instrument (`instrument-{id}`): what it is, what it is called,
// how it is classified, and the terms of its corporate actions.
import { z } from 'zod'
import {
  currencyText,
  dateText,
  idText,
  positiveDecimalText,
  shortText,
  unsignedDecimalText,
} from '../kernel/schemas.ts'
import { fixing, lifeTerms } from './life-terms.ts'
import { identifierScheme, identifierValue, marketCode } from './name.ts'

/** What the book can carry; anything else is refused with `unsupported-instrument` (support-matrix.ts). */
export const instrumentType = z.enum([
  'equity',
  'etf',
  'fund',
  'adr',
  'bond',
  'option',
  'future',
  'fx-forward',
  'money-market',
  'crypto',
  'right',
  'warrant',
  'swap',
  'cds',
])
export type InstrumentType = z.output<typeof instrumentType>

export const identifier = z.strictObject({
  scheme: identifierScheme,
  value: identifierValue,
  /** ISO 10383 market for tickers and SEDOLs. */
  market: marketCode.optional(),
  /** First day it names the instrument; the previous value of the same scheme and market ends the day before. */
  from: dateText.optional(),
})

export const classification = z.strictObject({ taxonomy: idText, code: shortText, from: dateText.optional() })

export const instrumentTerms = z.strictObject({
  instrument: idText,
  name: shortText,
  type: instrumentType,
  /** The currency it trades in; a fill may name another. */
  currency: currencyText,
  /** Units of the underlying per unit held. */
  multiplier: positiveDecimalText,
  /** Most places a quantity may have: 0 for whole shares, up to 18 for crypto. */
  quantityPlaces: z.number().int().min(0).max(18),
  /** Which settlement calendar and cycle: a market of settlement-cycle.ts, e.g. `US`. */
  market: idText,
  tradingCalendar: idText,
  issuer: idText.optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  identifiers: z.array(identifier).max(20),
  classifications: z.array(classification).max(50),
  ...lifeTerms,
})
export type InstrumentTerms = z.output<typeof instrumentTerms>

/** A:B as terms state it; neither may be zero. */
export const ratio = z.strictObject({ numerator: positiveDecimalText, denominator: positiveDecimalText })

/** An amount of a currency for one unit. */
export const unitPrice = z.strictObject({ price: unsignedDecimalText, currency: currencyText })

/** A part of the old cost, 0 to 1, or 'unknown' until the issuer publishes it. */
const basisShare = z.union([unsignedDecimalText, z.literal('unknown')])

const legNumber = z.number().int().min(1).max(99)

/**
 * One leg of an action, numbered from 1 through the action and its options; every CAEV code is a list of these.
 * - `security`: `receive` units of `instrument` for every `per` units held. With `replaces`, the old units go
 *   (split 2:1 is receive 2 per 1, replaces, same instrument); without, they stay (spin-off 1 for 4).
 * - `cash`: `perUnit` of `currency` for every unit held (for every unit surrendered under `sale`), less withholding.
 * - `removal`: the units go and nothing comes.
 * `basisShare`: the part of the old cost this leg takes; absent on income. The leg that keeps the old instrument takes what the
 * others leave.
 */
export const actionLeg = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('security'),
    leg: legNumber,
    instrument: idText,
    ratio,
    replaces: z.boolean(),
    basisShare: basisShare.optional(),
    /** Shares that hold under a tax regime of that name (the policy's `taxRegime`) instead of `basisShare`. */
    basisByRegime: z
      .array(z.strictObject({ regime: idText, share: basisShare }))
      .min(1)
      .max(20)
      .optional(),
    holdingPeriod: z.enum(['keep', 'tack', 'restart']),
    /** `buy-up` rounds up and pays `cashInLieu.price` for what was missing; `distribute` gives every place units are counted in. */
    fractions: z.enum(['keep', 'cash-in-lieu', 'down', 'up', 'half-up', 'buy-up', 'distribute']),
    /** Cash per whole new unit for a fraction paid out (or bought), when known. */
    cashInLieu: unitPrice.optional(),
    /** Fair market value of one new unit: what `income`, `taxable` and `boot` are measured by. */
    value: unitPrice.optional(),
    /** The new units are income at their value, and that is their cost. */
    income: z.enum(['dividend', 'interest', 'other']).optional(),
    /** The old units are sold for the value of the new ones: whole gain or loss. */
    taxable: z.boolean().optional(),
    /** What the holder pays for each new unit; it joins the cost. */
    subscription: unitPrice.optional(),
    /** Lots keep their ids: the same holding under another identity. */
    keepsLots: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('cash'),
    leg: legNumber,
    /**
     * `dividend`, `interest`, `other`: income. `capital`: cost down, the excess a gain. `boot`: money beside new units, a gain up
     * to what was realised, no loss. `sale`: units go, proceeds less cost. `principal`: a part of the cost back, units stay.
     * `tax`: tax paid. `call`: money paid in, cost up. `reclaim`: final withholding that can be had back after all.
     */
    income: z.enum(['dividend', 'interest', 'capital', 'other', 'boot', 'sale', 'principal', 'tax', 'call', 'reclaim']),
    currency: currencyText,
    perUnit: positiveDecimalText,
    /** Rates 0 to 1: `statutory` is withheld, what exceeds `treaty` can be reclaimed, the rest is final (5200). */
    withholding: z.strictObject({ statutory: unsignedDecimalText, treaty: unsignedDecimalText }).optional(),
    /** Of a sale: `numerator` units go of every `denominator` held; all of them when absent. Cut to whole units once per account. */
    surrenders: ratio.optional(),
    /** Of principal: the part of the cost that it repays, 0 to 1 (the fall of the pool factor over the factor before). */
    costShare: unsignedDecimalText.optional(),
    /** Income that is not paid out: it raises the cost. */
    notional: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('removal'),
    leg: legNumber,
    /** `lost`: the cost is a loss. `to-parent`: it goes back to the lot that the units came from, where that is still held. */
    basis: z.enum(['lost', 'to-parent']),
  }),
])
export type ActionLeg = z.output<typeof actionLeg>

/** ISO 15022 CAOP. */
export const optionCode = z.enum([
  'ABST',
  'BOBD',
  'BUYA',
  'CASE',
  'CASH',
  'CONN',
  'CONY',
  'CTEN',
  'EXER',
  'LAPS',
  'NOAC',
  'OTHR',
  'SECU',
  'SLLE',
])

/** What a holder may choose, for some or all of the units held; whoever chooses nothing takes the default. */
export const actionOption = z.strictObject({
  /** CAON: the number elections name it by. */
  option: z.number().int().min(1).max(99),
  caop: optionCode,
  default: z.boolean().optional(),
  legs: z.array(actionLeg).max(10),
  /** The part of what was offered that is accepted, 0 to 1, cut to whole units once per account; the rest stays as it was. */
  proration: unsignedDecimalText.optional(),
  /** Accounts that offer all they hold, and hold fewer units than this, are accepted in full. */
  oddLotBelow: positiveDecimalText.optional(),
})
export type ActionOption = z.output<typeof actionOption>

export const actionTerms = z.strictObject({
  action: idText,
  /** ISO 15022 CAEV: SPLF, SPLR, DVCA, SOFF ... (action-codes.ts). */
  caev: z.string().regex(/^[A-Z]{4}$/),
  /** First day of trading without it: the effective date in the book. */
  exDate: dateText,
  recordDate: dateText.optional(),
  payDate: dateText.optional(),
  /** Mandatory, mandatory with a choice, or voluntary; the code's usual one when absent. */
  camv: z.enum(['MAND', 'CHOS', 'VOLU']).optional(),
  /** Whether the issuer has confirmed it. */
  status: z.enum(['announced', 'confirmed']).optional(),
  announcedOn: dateText.optional(),
  effectiveDate: dateText.optional(),
  expiryDate: dateText.optional(),
  /** Last day on which the market takes elections. */
  marketDeadline: dateText.optional(),
  /** Last day on which our custodian does: on or before the market's. */
  responseDeadline: dateText.optional(),
  /** Place among the actions of one day and instrument (BOOK.md section 6, phase 1). */
  sequence: z.number().int().min(0).optional(),
  /** Whether cash and rights are per unit before (default) or after a split of the same day. */
  rateBasis: z.enum(['pre', 'post']).optional(),
  /** What happens to every unit, whatever is chosen. None for codes that are information only. */
  legs: z.array(actionLeg).max(20),
  options: z.array(actionOption).min(1).max(20).optional(),
})
export type ActionTerms = z.output<typeof actionTerms>

export const instrumentEvents = {
  InstrumentRegistered: instrumentTerms,
  /** Only what is named changes. */
  InstrumentAmended: z.strictObject({
    instrument: idText,
    changes: instrumentTerms.omit({ instrument: true, identifiers: true, classifications: true }).partial(),
    reason: shortText.optional(),
  }),
  IdentifierAssigned: z.strictObject({ instrument: idText, identifier }),
  /** It never named this instrument: a mistake of ours. What it named before the mistake it names again. */
  IdentifierWithdrawn: z.strictObject({ instrument: idText, identifier, reason: shortText.optional() }),
  InstrumentClassified: z.strictObject({ instrument: idText, classification }),
  /** A floating rate, an index ratio or a pool factor; one for the same kind and day replaces what was said before. */
  FixingRecorded: z.strictObject({ instrument: idText, fixing }),
  CorporateActionAnnounced: z.strictObject({ instrument: idText, terms: actionTerms }),
  /** The newest terms, whole. */
  CorporateActionAmended: z.strictObject({ instrument: idText, terms: actionTerms, reason: shortText.optional() }),
  /** It will not happen: cancelled, or withdrawn by the issuer. In the book it never was. */
  CorporateActionCancelled: z.strictObject({
    instrument: idText,
    action: idText,
    outcome: z.literal('withdrawn').optional(),
    reason: shortText.optional(),
  }),
} as const

export type InstrumentEventType = keyof typeof instrumentEvents
export type InstrumentEvent = {
  [T in InstrumentEventType]: { readonly type: T; readonly data: z.output<(typeof instrumentEvents)[T]> }
}[InstrumentEventType]
