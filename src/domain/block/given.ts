// The terms of a block order and its executions as a sender gives them.
import { z } from 'zod'
import { decimalGiven, instantGiven, positiveGiven, unsignedGiven } from '../kernel/given.ts'
import { tenantIdText } from '../kernel/schemas.ts'
import { blockEvents, blockTerms } from './events.ts'

/** Shorter than other ids: the ExecIDs of its allocations are made of it. */
export const blockId = tenantIdText.max(48, 'use at most 48 characters')

export const blockGiven = z.strictObject({
  ...blockTerms.shape,
  block: blockId,
  shares: z
    .array(z.strictObject({ ...blockTerms.shape.shares.element.shape, quantity: positiveGiven }))
    .min(1)
    .max(400),
  placedAt: instantGiven,
})

const execution = blockEvents.BlockExecuted.shape

export const executionGiven = z.strictObject({
  ...execution,
  block: blockId,
  executedAt: instantGiven.optional(),
  quantity: positiveGiven,
  price: unsignedGiven,
  consideration: unsignedGiven,
  costs: z
    .array(z.strictObject({ ...execution.costs.element.shape, amount: decimalGiven }))
    .max(20)
    .default([]),
})
