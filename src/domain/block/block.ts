// The decider of one block order: placed, replaced, executed, shared out at its average price, taken back.
import { accept, type Decider, type Decision, unreachable } from '../kernel/decider.ts'
import { decimal, decimalText, ZERO } from '../kernel/decimal.ts'
import { defined } from '../kernel/defined.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { guarded } from '../kernel/guarded.ts'
import { type Refusal, refuse, type Warning } from '../kernel/refusal.ts'
import { costsIn, fittingQuantity, wholeMinorUnits } from '../portfolio/amounts.ts'
import type { KnownInstrument } from '../portfolio/reference-knowledge.ts'
import { type Executed, executedTotal, sharedOut } from './allocate.ts'
import type { BlockEvent, BlockTerms } from './events.ts'

type Data<T extends BlockEvent['type']> = Extract<BlockEvent, { type: T }>['data']

/** The world outside the block's stream. */
export interface BlockKnowledge {
  instrument(id: string): KnownInstrument | undefined
  knowsPortfolio(id: string): boolean
}

export type BlockCommand =
  | { readonly type: 'PlaceBlock'; readonly terms: BlockTerms; readonly knowledge: BlockKnowledge }
  | {
      readonly type: 'ReplaceBlock'
      readonly terms: BlockTerms
      readonly knowledge: BlockKnowledge
      readonly reason?: string | undefined
    }
  | { readonly type: 'CancelBlock'; readonly block: string; readonly reason?: string | undefined }
  | { readonly type: 'ExecuteBlock'; readonly execution: Data<'BlockExecuted'>; readonly knowledge: BlockKnowledge }
  | { readonly type: 'BustBlockExecution'; readonly bust: Data<'BlockExecutionBusted'> }
  | {
      readonly type: 'AllocateBlock'
      readonly tradeDate: string
      readonly source: string
      readonly settlementDate?: string | undefined
      readonly knowledge: BlockKnowledge
    }
  | { readonly type: 'CancelAllocation'; readonly allocation: number; readonly reason?: string | undefined }

interface Execution extends Executed {
  readonly tradeDate: string
  readonly content: number
  readonly revision: number
  /** Number of the allocation that took it; null while none has. */
  allocation: number | null
  live: boolean
}

export interface BlockState {
  revision: number
  terms: BlockTerms | null
  first: number
  live: boolean
  /** By `{source}:{trade date}:{ExecID}`. */
  readonly executions: Map<string, Execution>
  /** By number; units by place in the shares. */
  readonly allocations: Map<number, { readonly data: Data<'BlockAllocated'>; readonly revision: number; live: boolean }>
}

/** Note that `evolve` changes the state it is given, and `initial` is a new state each time it is read. */
export const block: Decider<BlockCommand, BlockState, BlockEvent> = {
  get initial() {
    return { revision: -1, terms: null, first: 0, live: false, executions: new Map(), allocations: new Map() }
  },
  decide: guarded(decide),
  evolve,
}

function decide(command: BlockCommand, state: BlockState): Decision<BlockEvent> {
  if (command.type === 'PlaceBlock') {
    const { terms, knowledge } = command
    if (state.terms !== null) return state.first === fingerprint(terms) ? accept([]) : refuse(conflict(terms.block))
    checkTerms(terms, knowledge)
    return accept([{ type: 'BlockPlaced', data: { terms } }])
  }
  const { terms } = state
  if (terms === null)
    return refuse({
      code: 'unknown-block',
      message: 'there is no such block',
      field: 'block',
      remedy: 'place it first',
    })
  switch (command.type) {
    case 'ReplaceBlock': {
      if (fingerprint(command.terms) === fingerprint(terms)) return accept([])
      refuseWhenCancelled(state)
      const allocated = [...state.allocations.values()].some(({ live }) => live)
      const { instrument, side, currency } = command.terms
      if (instrument !== terms.instrument || side !== terms.side || currency !== terms.currency)
        refuse({
          code: 'other-block',
          message: 'a block keeps its instrument, side and currency',
          field: 'block',
          remedy: 'cancel it and place another',
        })
      if (allocated)
        refuse({
          code: 'block-allocated',
          message: 'its shares cannot change after an allocation',
          field: 'block',
          remedy: 'cancel the allocation first, or place another block',
        })
      checkTerms(command.terms, command.knowledge)
      return accept([{ type: 'BlockReplaced', data: defined({ terms: command.terms, reason: command.reason }) }])
    }
    case 'CancelBlock':
      if (!state.live) return accept([])
      return accept([{ type: 'BlockCancelled', data: defined({ block: terms.block, reason: command.reason }) }])
    case 'ExecuteBlock':
      return execute(command.execution, command.knowledge, state, terms)
    case 'BustBlockExecution': {
      const { bust } = command
      const execution = state.executions.get(keyOf(bust))
      if (execution === undefined)
        return refuse({
          code: 'unknown-execution',
          message: `${bust.execId} of ${bust.source} did not execute this block`,
          field: 'execId',
          remedy: 'check source, trade date and ExecID',
        })
      if (!execution.live) return accept([])
      if (execution.allocation !== null) {
        refuse({
          code: 'execution-allocated',
          message: `it went into allocation ${execution.allocation}`,
          field: 'execId',
          remedy: 'cancel that allocation, bust the execution, allocate again',
          details: { allocation: execution.allocation },
        })
      }
      return accept([{ type: 'BlockExecutionBusted', data: bust }])
    }
    case 'AllocateBlock':
      return allocateBlock(command, state, terms)
    case 'CancelAllocation': {
      const allocation = state.allocations.get(command.allocation)
      if (allocation === undefined)
        return refuse({
          code: 'unknown-allocation',
          message: `there is no allocation ${command.allocation}`,
          field: 'allocation',
          remedy: 'check the number',
        })
      if (!allocation.live) return accept([])
      const { allocation: number, reason } = command
      return accept([
        { type: 'BlockAllocationCancelled', data: defined({ block: terms.block, allocation: number, reason }) },
      ])
    }
    default:
      return unreachable(command)
  }
}

/** An execution is a fact: one after the block was cancelled, or beyond its quantity, is recorded with a warning. */
function execute(
  execution: Data<'BlockExecuted'>,
  knowledge: BlockKnowledge,
  state: BlockState,
  terms: BlockTerms,
): Decision<BlockEvent> {
  const before = state.executions.get(keyOf(execution))
  if (before !== undefined)
    return before.content === fingerprint(execution) ? accept([]) : refuse(conflict(execution.execId))
  const { quantity, consideration, costs } = execution
  fittingQuantity(quantity, instrumentOf(terms.instrument, knowledge), 'quantity')
  wholeMinorUnits(consideration, terms.currency, 'consideration')
  costsIn([terms.currency], costs, 'costs')
  const done = liveTotal(state).plus(decimal(quantity))
  const asked = terms.shares.reduce((sum, share) => sum.plus(decimal(share.quantity)), ZERO)
  const warnings: Warning[] = []
  if (done.greaterThan(asked))
    warnings.push({
      code: 'block-overfilled',
      message: `${decimalText(done)} executed of ${decimalText(asked)}`,
      field: 'quantity',
      remedy: 'check with the counterparty; the execution is recorded',
    })
  if (!state.live)
    warnings.push({
      code: 'block-cancelled',
      message: 'the block was cancelled before',
      field: 'block',
      remedy: 'check with the counterparty; the execution is recorded',
    })
  return accept([{ type: 'BlockExecuted', data: execution }], warnings)
}

function allocateBlock(
  { tradeDate, source, settlementDate, knowledge }: Extract<BlockCommand, { type: 'AllocateBlock' }>,
  state: BlockState,
  terms: BlockTerms,
): Decision<BlockEvent> {
  const open = [...state.executions.values()].filter(
    (one) => one.live && one.allocation === null && one.tradeDate === tradeDate,
  )
  if (open.length === 0) {
    const done = [...state.allocations.values()].some(({ live, data }) => live && data.tradeDate === tradeDate)
    if (done) return accept([])
    refuse({
      code: 'nothing-to-allocate',
      message: `nothing executed on ${tradeDate} waits for an allocation`,
      field: 'tradeDate',
      remedy: 'record the executions first',
    })
  }
  const { multiplier, quantityPlaces } = instrumentOf(terms.instrument, knowledge)
  const allocation = state.allocations.size + 1
  const { block: id, currency, shares } = terms
  const parts = sharedOut(executedTotal(open), {
    block: id,
    allocation,
    currency,
    quantityPlaces,
    multiplier,
    shares,
    open: shares.map((share, i) => leftOf(state, share.quantity, i)),
  })
  return accept([
    { type: 'BlockAllocated', data: defined({ block: id, allocation, source, tradeDate, settlementDate, ...parts }) },
  ])
}

/** Units a share has still to get, never below zero. */
function leftOf(state: BlockState, quantity: string, index: number): string {
  let left = decimal(quantity)
  for (const { live, data } of state.allocations.values()) {
    if (!live) continue
    for (const part of data.allocations) {
      if (part.execId === `${data.block}.${data.allocation}.${index + 1}`) left = left.minus(decimal(part.quantity))
    }
  }
  return left.lessThan(ZERO) ? '0' : decimalText(left)
}

function evolve(state: BlockState, { type, data }: BlockEvent): BlockState {
  state.revision++
  switch (type) {
    case 'BlockPlaced':
      state.terms = data.terms
      state.first = fingerprint(data.terms)
      state.live = true
      return state
    case 'BlockReplaced':
      state.terms = data.terms
      return state
    case 'BlockCancelled':
      state.live = false
      return state
    case 'BlockExecuted': {
      const { quantity, consideration, costs, tradeDate } = data
      const content = fingerprint(data)
      const { revision } = state
      state.executions.set(keyOf(data), {
        quantity,
        consideration,
        costs,
        tradeDate,
        content,
        revision,
        allocation: null,
        live: true,
      })
      return state
    }
    case 'BlockExecutionBusted': {
      const execution = state.executions.get(keyOf(data))
      if (execution !== undefined) execution.live = false
      return state
    }
    case 'BlockAllocated':
      state.allocations.set(data.allocation, { data, revision: state.revision, live: true })
      for (const one of state.executions.values()) {
        if (one.live && one.allocation === null && one.tradeDate === data.tradeDate) one.allocation = data.allocation
      }
      return state
    case 'BlockAllocationCancelled': {
      const taken = state.allocations.get(data.allocation)
      if (taken !== undefined) taken.live = false
      for (const one of state.executions.values()) if (one.allocation === data.allocation) one.allocation = null
      return state
    }
    default:
      return unreachable(type)
  }
}

/** @throws Refused `unknown-instrument`, `unknown-portfolio`, `quantity-too-fine`, `unknown-currency`. */
function checkTerms(terms: BlockTerms, knowledge: BlockKnowledge): void {
  const known = instrumentOf(terms.instrument, knowledge)
  wholeMinorUnits('0', terms.currency, 'currency')
  terms.shares.forEach((share, i) => {
    fittingQuantity(share.quantity, known, `shares.${i}.quantity`)
    if (!knowledge.knowsPortfolio(share.portfolio))
      refuse({
        code: 'unknown-portfolio',
        message: `there is no portfolio ${share.portfolio}`,
        field: `shares.${i}.portfolio`,
        remedy: 'open it first',
      })
  })
}

function instrumentOf(id: string, knowledge: BlockKnowledge): KnownInstrument {
  return (
    knowledge.instrument(id) ??
    refuse({
      code: 'unknown-instrument',
      message: `there is no instrument ${id}`,
      field: 'instrument',
      remedy: 'register it first',
    })
  )
}

function refuseWhenCancelled({ live }: BlockState): void {
  if (!live)
    refuse({ code: 'block-cancelled', message: 'the block was cancelled', field: 'block', remedy: 'place another' })
}

function liveTotal(state: BlockState) {
  return [...state.executions.values()].reduce((sum, one) => (one.live ? sum.plus(decimal(one.quantity)) : sum), ZERO)
}

function keyOf({
  source,
  tradeDate,
  execId,
}: {
  readonly source: string
  readonly tradeDate: string
  readonly execId: string
}): string {
  return `${source}:${tradeDate}:${execId}`
}

function conflict(what: string): Refusal {
  return {
    code: 'idempotency-conflict',
    message: `${what} was recorded before with other content`,
    remedy: 'use another id',
    details: { fact: what },
  }
}
