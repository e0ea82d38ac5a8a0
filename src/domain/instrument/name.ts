// How a message may name an instrument: by our id, or by an identifier that named it on the day in question.
import { z } from 'zod'
import type { idText } from '../kernel/schemas.ts'

export const identifierScheme = z.enum(['isin', 'cusip', 'sedol', 'figi', 'ticker', 'ric', 'internal'])

/** The value of an identifier: printable, no blanks at its ends. */
export const identifierValue = z.string().regex(/^[!-~]([ -~]{0,38}[!-~])?$/, 'use 1 to 40 printable characters')

/** ISO 10383 market, as tickers and SEDOLs need. */
export const marketCode = z.string().regex(/^[A-Z0-9]{4}$/, 'use an ISO 10383 market code such as "XNYS"')

/** `{ scheme: 'id', value }` is our own id; anything else is looked up as it stood on the fact's date. */
export const instrumentName = z.strictObject({
  scheme: z.union([z.literal('id'), identifierScheme]),
  value: identifierValue,
  market: marketCode.optional(),
})
export type InstrumentName = z.output<typeof instrumentName>

/** A name that is our own id. */
export const byId = (id: z.output<typeof idText>): InstrumentName => ({ scheme: 'id', value: id })
