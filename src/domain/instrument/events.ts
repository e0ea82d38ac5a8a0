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

/**
 * One leg of an action, numbered from 1; every CAEV code is a list of these.
 * - `security`: `receive` units of `instrument` for every `per` units held. With `replaces`, the old units go
 *   (split 2:1 is receive 2 per 1, replaces, same instrument); without, they stay (spin-off 1 for 4).
 * - `cash`: `perUnit` of `currency` for every unit held, less withholding.
 * `basisShare`: the part of the old cost this leg takes, 0 to 1, or 'unknown' until the issuer publishes it; absent on
 * income. The leg that keeps the old instrument takes what the others leave.
 */
export const actionLeg = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('security'),
    leg: z.number().int().min(1).max(99),
    instrument: idText,
    ratio,
    replaces: z.boolean(),
    basisShare: z.union([unsignedDecimalText, z.literal('unknown')]).optional(),
    holdingPeriod: z.enum(['keep', 'tack', 'restart']),
    fractions: z.enum(['keep', 'cash-in-lieu', 'down', 'up', 'half-up']),
    /** Cash per whole new unit for a fraction paid out, when known. */
    cashInLieu: z.strictObject({ price: unsignedDecimalText, currency: currencyText }).optional(),
  }),
  z.strictObject({
    kind: z.literal('cash'),
    leg: z.number().int().min(1).max(99),
    income: z.enum(['dividend', 'interest', 'capital', 'other']),
    currency: currencyText,
    perUnit: positiveDecimalText,
    /** Rates 0 to 1: `statutory` is withheld, what exceeds `treaty` can be reclaimed, the rest is final (5200). */
    withholding: z.strictObject({ statutory: unsignedDecimalText, treaty: unsignedDecimalText }).optional(),
  }),
])
export type ActionLeg = z.output<typeof actionLeg>

export const actionTerms = z.strictObject({
  action: idText,
  /** ISO 15022 CAEV: SPLF, SPLR, DVCA, SOFF ... */
  caev: z.string().regex(/^[A-Z]{4}$/),
  /** First day of trading without it: the effective date in the book. */
  exDate: dateText,
  recordDate: dateText.optional(),
  payDate: dateText.optional(),
  /** Place among the actions of one day and instrument (BOOK.md section 6, phase 1). */
  sequence: z.number().int().min(0).optional(),
  /** Whether cash and rights are per unit before (default) or after a split of the same day. */
  rateBasis: z.enum(['pre', 'post']).optional(),
  legs: z.array(actionLeg).min(1).max(20),
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
  CorporateActionCancelled: z.strictObject({ instrument: idText, action: idText, reason: shortText.optional() }),
} as const

export type InstrumentEventType = keyof typeof instrumentEvents
export type InstrumentEvent = {
  [T in InstrumentEventType]: { readonly type: T; readonly data: z.output<(typeof instrumentEvents)[T]> }
}[InstrumentEventType]
