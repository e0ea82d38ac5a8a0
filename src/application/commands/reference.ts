// What a caller sends about instruments, owners and transfers.
import { z } from 'zod'
import { classification, identifier } from '../../domain/instrument/events.ts'
import { actionGiven, fixingGiven, instrumentChanges, instrumentGiven } from '../../domain/instrument/given.ts'
import { idText, shortText, tenantIdText } from '../../domain/kernel/schemas.ts'
import { ownerEvents } from '../../domain/owner/events.ts'
import { transferGiven } from '../../domain/transfer/given.ts'

const reason = shortText.optional()

export const registerInstrument = instrumentGiven
export type RegisterInstrument = z.output<typeof registerInstrument>

export const amendInstrument = z.strictObject({ instrument: idText, changes: instrumentChanges, reason })
export type AmendInstrument = z.output<typeof amendInstrument>

export const assignIdentifier = z.strictObject({ instrument: idText, identifier })
export type AssignIdentifier = z.output<typeof assignIdentifier>

export const withdrawIdentifier = z.strictObject({ instrument: idText, identifier, reason })
export type WithdrawIdentifier = z.output<typeof withdrawIdentifier>

export const classifyInstrument = z.strictObject({ instrument: idText, classification })
export type ClassifyInstrument = z.output<typeof classifyInstrument>

export const recordFixing = z.strictObject({ instrument: idText, fixing: fixingGiven })
export type RecordFixing = z.output<typeof recordFixing>

export const announceAction = z.strictObject({ instrument: idText, terms: actionGiven })
export type AnnounceAction = z.output<typeof announceAction>

export const amendAction = z.strictObject({ instrument: idText, terms: actionGiven, reason })
export type AmendAction = z.output<typeof amendAction>

export const cancelAction = z.strictObject({
  instrument: idText,
  action: idText,
  /** Said where the issuer withdrew it. */
  outcome: z.literal('withdrawn').optional(),
  reason,
})
export type CancelAction = z.output<typeof cancelAction>

export const registerOwner = z.strictObject({
  ...ownerEvents.OwnerRegistered.shape,
  owner: tenantIdText,
  name: z.string().min(1).max(500),
})
export type RegisterOwner = z.output<typeof registerOwner>

export const amendOwner = z.strictObject({
  ...ownerEvents.OwnerAmended.shape,
  name: z.string().min(1).max(500).optional(),
})
export type AmendOwner = z.output<typeof amendOwner>

export const linkPortfolio = ownerEvents.PortfolioLinked
export type LinkPortfolio = z.output<typeof linkPortfolio>

export const linkAffiliate = ownerEvents.AffiliateLinked
export type LinkAffiliate = z.output<typeof linkAffiliate>

export const recordTransfer = transferGiven
export type RecordTransfer = z.output<typeof recordTransfer>

export const correctTransfer = z.strictObject({ ...transferGiven.shape, reason })
export type CorrectTransfer = z.output<typeof correctTransfer>

export const cancelTransfer = z.strictObject({ transfer: idText, reason })
export type CancelTransfer = z.output<typeof cancelTransfer>
