// The decider of one transfer in kind: recorded with the lots it moved, corrected, restated when the giver's lots change, cancelled.
import { accept, type Decider, type Decision, unreachable } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { guarded } from '../kernel/guarded.ts'
import { refuse } from '../kernel/refusal.ts'
import type { MovedLot } from '../portfolio/facts.ts'
import { fittingQuantity, wholeMinorUnits } from '../portfolio/amounts.ts'
import type { KnownInstrument } from '../portfolio/reference-knowledge.ts'
import type { TransferEvent, TransferTerms } from './events.ts'

/** The world outside the transfer's stream. */
export interface TransferKnowledge {
  instrument(id: string): KnownInstrument | undefined
  /** The day a portfolio opened and its last day, or undefined when Quipu does not keep it. */
  portfolio(id: string): { readonly openedOn: string; readonly closedOn: string | null } | undefined
}

export type TransferCommand =
  | { readonly type: 'RecordTransfer'; readonly terms: TransferTerms; readonly knowledge: TransferKnowledge }
  | {
      readonly type: 'CorrectTransfer'
      readonly terms: TransferTerms
      readonly knowledge: TransferKnowledge
      readonly reason?: string | undefined
    }
  | { readonly type: 'CancelTransfer'; readonly transfer: string; readonly reason?: string | undefined }
  | {
      readonly type: 'RestateTransferLots'
      readonly transfer: string
      readonly lots: readonly MovedLot[]
      readonly reason?: string | undefined
    }

export interface TransferState {
  revision: number
  /** The newest terms, restated lots included. */
  terms: TransferTerms | null
  first: number
  live: boolean
}

/** Note that `evolve` changes the state it is given, and `initial` is a new state each time it is read. */
export const transfer: Decider<TransferCommand, TransferState, TransferEvent> = {
  get initial() {
    return { revision: -1, terms: null, first: 0, live: false }
  },
  decide: guarded(decide),
  evolve,
}

function decide(command: TransferCommand, state: TransferState): Decision<TransferEvent> {
  switch (command.type) {
    case 'RecordTransfer': {
      const { terms, knowledge } = command
      if (state.terms !== null) return state.first === contentOf(terms) ? accept([]) : conflict(terms.transfer)
      checkTerms(terms, knowledge)
      return accept([{ type: 'TransferRecorded', data: { terms } }])
    }
    case 'CorrectTransfer': {
      const { terms, knowledge, reason } = command
      const before = liveTerms(state)
      if (fingerprint(before) === fingerprint(terms)) return accept([])
      checkTerms(terms, knowledge)
      return accept([{ type: 'TransferCorrected', data: defined({ terms, reason }) }])
    }
    case 'CancelTransfer': {
      const { transfer: id, reason } = command
      if (state.terms !== null && !state.live) return accept([])
      liveTerms(state)
      return accept([{ type: 'TransferCancelled', data: defined({ transfer: id, reason }) }])
    }
    case 'RestateTransferLots': {
      const { transfer: id, lots, reason } = command
      const before = liveTerms(state)
      if (fingerprint(before.lots) === fingerprint(lots)) return accept([])
      return accept([{ type: 'TransferLotsRestated', data: defined({ transfer: id, lots: [...lots], reason }) }])
    }
    default:
      return unreachable(command)
  }
}

function evolve(state: TransferState, { type, data }: TransferEvent): TransferState {
  state.revision++
  switch (type) {
    case 'TransferRecorded':
      state.terms = data.terms
      state.first = contentOf(data.terms)
      state.live = true
      return state
    case 'TransferCorrected':
      state.terms = data.terms
      return state
    case 'TransferLotsRestated':
      if (state.terms === null) throw new Error(`corrupt stream: ${type} of a transfer that was never recorded`)
      state.terms = { ...state.terms, lots: data.lots }
      return state
    case 'TransferCancelled':
      state.live = false
      return state
    default:
      return unreachable(type)
  }
}

/** @throws Refused for ends, lots, amounts and dates that contradict each other; the code and field say what. */
function checkTerms(terms: TransferTerms, knowledge: TransferKnowledge): void {
  const { from, to, date, lots, ownership, marketValue } = terms
  if (from === null && to === null)
    refuse({
      code: 'no-portfolio',
      message: 'neither end is a portfolio that Quipu keeps',
      field: 'from',
      remedy: 'name the giver, the receiver or both',
    })
  if (from !== null && to !== null && fingerprint(from) === fingerprint(to))
    refuse({
      code: 'transfer-to-itself',
      message: 'it would not move anything',
      field: 'to',
      remedy: 'name another portfolio, sleeve or custody account',
    })
  for (const [end, field] of [[from, 'from'] as const, [to, 'to'] as const]) {
    if (end === null) continue
    const portfolio = knowledge.portfolio(end.portfolio)
    if (portfolio === undefined)
      refuse({
        code: 'unknown-portfolio',
        message: `there is no portfolio ${end.portfolio}`,
        field: `${field}.portfolio`,
        remedy: 'open it first, or use null for one that Quipu does not keep',
      })
    if (date < portfolio.openedOn)
      refuse({
        code: 'before-portfolio-opened',
        message: `${end.portfolio} opened on ${portfolio.openedOn}`,
        field: 'date',
        remedy: 'check the date',
      })
    if (portfolio.closedOn !== null && date > portfolio.closedOn)
      refuse({
        code: 'portfolio-closed',
        message: `${end.portfolio} was closed on ${portfolio.closedOn}`,
        field: 'date',
        remedy: 'check the date',
      })
  }
  const instrument = knowledge.instrument(terms.instrument)
  if (instrument === undefined)
    refuse({
      code: 'unknown-instrument',
      message: `there is no instrument ${terms.instrument}`,
      field: 'instrument',
      remedy: 'register it first',
    })
  lots.forEach((lot, i) => {
    const field = `lots.${i}`
    fittingQuantity(lot.units, instrument, `${field}.units`)
    wholeMinorUnits(lot.cost, lot.currency, `${field}.cost`)
    if (lot.units === '0')
      refuse({ code: 'no-units', message: 'a lot of nothing', field: `${field}.units`, remedy: 'leave it out' })
    if (lots.findIndex((other) => other.lot === lot.lot) !== i)
      refuse({
        code: 'duplicate-lot',
        message: `lot ${lot.lot} is named twice`,
        field: `${field}.lot`,
        remedy: 'name each lot once',
      })
    if (lot.units.startsWith('-') !== lots[0]?.units.startsWith('-'))
      refuse({
        code: 'mixed-sides',
        message: 'it moves long and short lots',
        field: `${field}.units`,
        remedy: 'record two transfers',
      })
    if (lot.acquiredOn > date)
      refuse({
        code: 'acquired-after-transfer',
        message: `the lot was acquired on ${lot.acquiredOn}, after it moved on ${date}`,
        field: `${field}.acquiredOn`,
        remedy: 'check the date',
      })
  })
  if (marketValue !== undefined) wholeMinorUnits(marketValue.amount, marketValue.currency, 'marketValue.amount')
  if (ownership === 'changed' && marketValue === undefined) {
    refuse({
      code: 'market-value-required',
      message: 'a change of ownership is realised at fair value',
      field: 'marketValue',
      remedy: 'state the fair value of all that moved',
    })
  }
}

/** What was said: lots that the book chose follow from it, so that asking again is the same whatever the book says by then. */
function contentOf(terms: TransferTerms): number {
  if (terms.chosenBy !== 'book') return fingerprint(terms)
  const { lots: _, ...said } = terms
  return fingerprint(said)
}

/** @throws Refused `unknown-transfer`, `transfer-cancelled`. */
function liveTerms(state: TransferState): TransferTerms {
  const { terms, live } = state
  if (terms === null)
    return refuse({
      code: 'unknown-transfer',
      message: 'there is no such transfer',
      field: 'transfer',
      remedy: 'record it first',
    })
  if (live) return terms
  return refuse({
    code: 'transfer-cancelled',
    message: `${terms.transfer} was cancelled, and a cancelled transfer stays cancelled`,
    field: 'transfer',
    remedy: 'record it anew under another id',
  })
}

function conflict(id: string): never {
  return refuse({
    code: 'idempotency-conflict',
    message: `transfer ${id} was recorded before with other content`,
    field: 'transfer',
    remedy: 'correct it, or use another id',
    details: { fact: `transfer:${id}` },
  })
}
