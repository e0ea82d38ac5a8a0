// What a caller sends about orders and blocks.
import { z } from 'zod'
import { blockEvents } from '../../domain/block/events.ts'
import { blockGiven, blockId, executionGiven } from '../../domain/block/given.ts'
import { instantGiven } from '../../domain/kernel/given.ts'
import { dateText, idText, shortText } from '../../domain/kernel/schemas.ts'
import { portfolioEvents } from '../../domain/portfolio/events.ts'
import { orderGiven } from '../../domain/portfolio/given.ts'

export const placeOrder = orderGiven
export type PlaceOrder = z.output<typeof placeOrder>

/** `replaces` is FIX 41, OrigClOrdID: the previous link of the chain. */
export const replaceOrder = z.strictObject({ ...orderGiven.shape, replaces: idText })
export type ReplaceOrder = z.output<typeof replaceOrder>

export const endOrder = z.strictObject({
  order: idText,
  outcome: portfolioEvents.OrderEnded.shape.outcome,
  at: instantGiven,
  reason: shortText.optional(),
})
export type EndOrder = z.output<typeof endOrder>

export const placeBlock = blockGiven
export type PlaceBlock = z.output<typeof placeBlock>

export const replaceBlock = z.strictObject({ ...blockGiven.shape, reason: shortText.optional() })
export type ReplaceBlock = z.output<typeof replaceBlock>

export const cancelBlock = z.strictObject({ block: blockId, reason: shortText.optional() })
export type CancelBlock = z.output<typeof cancelBlock>

export const executeBlock = executionGiven
export type ExecuteBlock = z.output<typeof executeBlock>

export const bustBlockExecution = z.strictObject({ ...blockEvents.BlockExecutionBusted.shape, block: blockId })
export type BustBlockExecution = z.output<typeof bustBlockExecution>

/** `source` becomes the source of the fills; all executions of `tradeDate` that no allocation took are shared out. */
export const allocateBlock = z.strictObject({
  block: blockId,
  tradeDate: dateText,
  source: idText.default('block'),
  settlementDate: dateText.optional(),
})
export type AllocateBlock = z.output<typeof allocateBlock>

export const cancelAllocation = z.strictObject({
  block: blockId,
  allocation: blockEvents.BlockAllocationCancelled.shape.allocation,
  reason: shortText.optional(),
})
export type CancelAllocation = z.output<typeof cancelAllocation>
