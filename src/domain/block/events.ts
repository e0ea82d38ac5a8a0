// A block order for several portfolios (`block-{id}`): placed, replaced, executed, allocated at its average price.
import { z } from 'zod'
import {
  currencyText,
  dateText,
  idText,
  instantText,
  positiveDecimalText,
  shortText,
  unsignedDecimalText,
} from '../kernel/schemas.ts'
import { execIdText, tradingCost } from '../portfolio/facts.ts'

/** Where a part goes; what is absent is the portfolio's default. */
const destination = {
  portfolio: idText,
  sleeve: idText.optional(),
  custodyAccount: idText.optional(),
  cashAccount: idText.optional(),
  order: idText.optional(),
}

/** What each portfolio asked for; allocation follows these pro rata, residual units by largest remainder. */
const share = z.strictObject({
  ...destination,
  quantity: positiveDecimalText,
})

export const blockTerms = z.strictObject({
  block: idText,
  instrument: idText,
  side: z.enum(['buy', 'sell', 'sell-short', 'buy-to-cover']),
  currency: currencyText,
  shares: z.array(share).min(1).max(400),
  placedAt: instantText,
  tradeDate: dateText,
})
export type BlockTerms = z.output<typeof blockTerms>

/** One portfolio's part: it becomes the fill `source` : trade date : `execId` there. */
const allocation = z.strictObject({
  ...destination,
  execId: idText,
  quantity: positiveDecimalText,
  consideration: unsignedDecimalText,
  costs: z.array(tradingCost).max(20),
})

export const blockEvents = {
  BlockPlaced: z.strictObject({ terms: blockTerms }),
  BlockReplaced: z.strictObject({ terms: blockTerms, reason: shortText.optional() }),
  BlockCancelled: z.strictObject({ block: idText, reason: shortText.optional() }),
  BlockExecuted: z.strictObject({
    block: idText,
    source: idText,
    execId: execIdText,
    tradeDate: dateText,
    executedAt: instantText.optional(),
    quantity: positiveDecimalText,
    price: unsignedDecimalText,
    consideration: unsignedDecimalText,
    costs: z.array(tradingCost).max(20),
  }),
  /** The execution never was; possible until it is allocated. */
  BlockExecutionBusted: z.strictObject({
    block: idText,
    source: idText,
    execId: execIdText,
    tradeDate: dateText,
    reason: shortText.optional(),
  }),
  /** Everything executed on one trade date and not allocated before, shared out. */
  BlockAllocated: z.strictObject({
    block: idText,
    /** 1, 2 ... within the block. */
    allocation: z.number().int().min(1).max(999),
    source: idText,
    tradeDate: dateText,
    /** Consideration / (quantity x multiplier) over all executions, to the places it needs or 12, half to even. */
    averagePrice: unsignedDecimalText,
    settlementDate: dateText.optional(),
    allocations: z.array(allocation).min(1).max(400),
  }),
  /** The allocation is taken back: its fills are busted, its executions can be allocated again. */
  BlockAllocationCancelled: z.strictObject({
    block: idText,
    allocation: z.number().int().min(1).max(999),
    reason: shortText.optional(),
  }),
} as const

export type BlockEventType = keyof typeof blockEvents
export type BlockEvent = {
  [T in BlockEventType]: { readonly type: T; readonly data: z.output<(typeof blockEvents)[T]> }
}[BlockEventType]
