// The legal owner of portfolios (`owner-{id}`): the scope of every tax view. Names are `personal`: sealed in the log.
import { z } from 'zod'
import { dateText, idText, personal, shortText } from '../kernel/schemas.ts'

const taxStatus = z.enum(['taxable', 'retirement', 'exempt', 'corporate'])

export const ownerEvents = {
  OwnerRegistered: z.strictObject({
    owner: idText,
    kind: z.enum(['person', 'company', 'fund', 'trust']),
    country: z.string().regex(/^[A-Z]{2}$/),
    taxStatus,
    name: personal('owner'),
  }),
  OwnerAmended: z.strictObject({
    owner: idText,
    taxStatus: taxStatus.optional(),
    name: personal('owner').optional(),
    reason: shortText.optional(),
  }),
  /** From `from` on, until another owner's link of the same portfolio starts. */
  PortfolioLinked: z.strictObject({
    owner: idText,
    portfolio: idText,
    from: dateText,
    /** How this portfolio is taxed where that differs from its owner: an IRA of a taxable person is `retirement`. */
    taxStatus: taxStatus.optional(),
  }),
  AffiliateLinked: z.strictObject({
    owner: idText,
    affiliate: idText,
    relation: z.enum(['spouse', 'controlled', 'other']),
    from: dateText,
  }),
} as const

export type OwnerEventType = keyof typeof ownerEvents
export type OwnerEvent = {
  [T in OwnerEventType]: { readonly type: T; readonly data: z.output<(typeof ownerEvents)[T]> }
}[OwnerEventType]
