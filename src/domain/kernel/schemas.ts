// The zod building blocks of every event and command: text that is exact, small and unambiguous.
import { z } from 'zod'

/** Letters, digits and `. _ ~ -`: safe in a stream name, a lot id and a URL. 1 to 64 characters. */
export const idText = z.string().regex(/^[A-Za-z0-9._~-]{1,64}$/, 'use 1 to 64 of A-Z a-z 0-9 . _ ~ -')

/**
 * The id of what belongs to one tenant (portfolio, owner, transfer, block): as idText but without '.', which parts the tenant
 * from the id in a stream's name (docs/decisions/0010).
 */
export const tenantIdText = z.string().regex(/^[A-Za-z0-9_~-]{1,64}$/, 'use 1 to 64 of A-Z a-z 0-9 _ ~ -')

/** A fact's id: an id, or several joined by ':' (e.g. `fill:BROKER1:2025-03-14:X123`). Never holds '/'. */
export const factIdText = z.string().regex(/^[A-Za-z0-9._~%-]{1,64}(:[A-Za-z0-9._~%-]{1,200}){0,4}$/, 'not a fact id')

/** A lot's id: the fact that opened it, then `/action/leg` for every corporate action it came through (`/leg` after a transfer). */
export const lotIdText = z.string().regex(/^[A-Za-z0-9._~%:-]{1,500}(\/[A-Za-z0-9._~:-]{1,100}){0,60}$/, 'not a lot id')

const DECIMAL = /^-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?$/
/** An exact decimal as text: plain notation, at most 20 digits before and 18 after the point. */
export const decimalText = z.string().regex(DECIMAL, 'write an exact decimal as text, such as "12.50"')
/** A decimal that is not below zero. */
export const unsignedDecimalText = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?$/, 'write an exact decimal of zero or more as text, such as "12.50"')
/** A decimal above zero. */
export const positiveDecimalText = unsignedDecimalText.refine((text) => /[1-9]/.test(text), 'must be above zero')

/** A calendar date, `2025-03-14`; checked to exist. */
export const dateText = z.iso.date()
/** An instant in UTC with `Z`, to the microsecond at most: `2025-03-14T15:00:00.123456Z`. */
export const instantText = z.iso.datetime({ offset: false }).regex(/^.{19}(\.[0-9]{1,6})?Z$/)
/** A currency as ISO 4217 writes it (whether it exists is checked where the ledger knows currencies). */
export const currencyText = z.string().regex(/^[A-Z][A-Z0-9]{2,9}$/, 'use an ISO 4217 code such as "EUR"')
/** A short human text without control characters; never the name of a person (those are `personal`). */
export const shortText = z
  .string()
  .min(1)
  .max(500)
  .refine((text) => ![...text].some((c) => c < ' '), 'no control characters')

/** Who did something: the name of a token, an opaque id, never a person's name. As the envelope has it. */
export const actorText = z.string().min(1).max(100)

/** What a `personal` field holds once its person was erased. */
export const erased = z.strictObject({ erased: z.literal(true) })

/** Which schemas are `personal`, and the member of the same object that names the person whose key seals them. */
export const personalFields = z.registry<{ readonly person: string }>()

/**
 * A person's name or free text about a person: a top-level member of an event's data. Deciders hold the plain text; the
 * codec seals it under the key of the person that the member `person` names, so that the log never holds it and the person
 * can be erased, after which the field reads `{ erased: true }`.
 */
export function personal(person: string) {
  return z.union([z.string().min(1).max(500), erased]).register(personalFields, { person })
}
