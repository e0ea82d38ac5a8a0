// Transfers in kind: recorded with the lots they moved, corrected, restated, cancelled.
import { describe, it } from 'vitest'
import type { TransferTerms } from '../../../src/domain/transfer/events.ts'
import { type TransferCommand, type TransferKnowledge, transfer } from '../../../src/domain/transfer/transfer.ts'
import { story } from '../instrument/story.ts'

const knowledge: TransferKnowledge = {
  instrument: (id) =>
    id === 'ABC'
      ? {
          id,
          type: 'equity',
          currency: 'USD',
          multiplier: '1',
          quantityPlaces: 0,
          market: 'US',
          tradingCalendar: 'XNYS',
        }
      : undefined,
  portfolio: (id) => {
    if (id === 'CLOSED') return { openedOn: '2025-01-02', closedOn: '2025-02-28' }
    return id.startsWith('P') ? { openedOn: '2025-01-02', closedOn: null } : undefined
  },
}
const lot = { lot: 'L1', units: '30', cost: '900', currency: 'USD', acquiredOn: '2025-01-15' }
const end = (portfolio: string) => ({ portfolio, sleeve: 'main', custodyAccount: 'main' })
const terms = (changes: Partial<TransferTerms> = {}): TransferTerms => ({
  transfer: 'T1',
  date: '2025-03-10',
  atOpen: false,
  ownership: 'same',
  instrument: 'ABC',
  from: end('P1'),
  to: end('P2'),
  lots: [lot],
  ...changes,
})
const record = (changes: Partial<TransferTerms> = {}): TransferCommand => ({
  type: 'RecordTransfer',
  terms: terms(changes),
  knowledge,
})
const correct = (changes: Partial<TransferTerms>): TransferCommand => ({
  type: 'CorrectTransfer',
  terms: terms(changes),
  knowledge,
})
const restate = (cost: string): TransferCommand => ({
  type: 'RestateTransferLots',
  transfer: 'T1',
  lots: [{ ...lot, cost }],
})
const cancel: TransferCommand = { type: 'CancelTransfer', transfer: 'T1' }
const having = story(transfer)

describe('a transfer', () => {
  it('is recorded with its lots; one end may be outside', () => {
    having()
      .when(record())
      .records({ type: 'TransferRecorded', data: { terms: terms() } })
    having()
      .when(record({ to: null }))
      .warned()
    having()
      .when(record({ from: null }))
      .warned()
  })

  it('sent again records nothing, also after its lots were restated; with other content it is refused', () => {
    having(record(), restate('910')).when(record()).records()
    having(record())
      .when(record({ date: '2025-03-11' }))
      .refused({ code: 'idempotency-conflict', details: { fact: 'transfer:T1' } })
  })

  it('whose lots the book chose is the same whatever the book would choose now', () => {
    const chosen = { chosenBy: 'book', units: '30' } as const
    having(record(chosen))
      .when(record({ ...chosen, lots: [{ ...lot, lot: 'L2' }] }))
      .records()
    having(record(chosen))
      .when(record({ ...chosen, units: '31' }))
      .refused({ code: 'idempotency-conflict' })
  })

  it('is corrected, restated and cancelled, each once', () => {
    having(record())
      .when(correct({ date: '2025-03-11' }))
      .records({ type: 'TransferCorrected', data: { terms: terms({ date: '2025-03-11' }) } })
    having(record()).when(correct({})).records()
    having(record())
      .when(restate('910'))
      .records({ type: 'TransferLotsRestated', data: { transfer: 'T1', lots: [{ ...lot, cost: '910' }] } })
    having(record()).when(restate('900')).records()
    having(record())
      .when(cancel)
      .records({ type: 'TransferCancelled', data: { transfer: 'T1' } })
    having(record(), cancel).when(cancel).records()
    having(record(), cancel).when(restate('910')).refused({ code: 'transfer-cancelled' })
    having().when(cancel).refused({ code: 'unknown-transfer' })
  })

  it.each<[string, Partial<TransferTerms>, string, string]>([
    ['between nobody and nobody', { from: null, to: null }, 'no-portfolio', 'from'],
    ['to where it is', { to: end('P1') }, 'transfer-to-itself', 'to'],
    ['to an unknown portfolio', { to: end('X') }, 'unknown-portfolio', 'to.portfolio'],
    ['from a closed portfolio', { from: end('CLOSED') }, 'portfolio-closed', 'date'],
    ['before a portfolio opened', { date: '2025-01-01' }, 'before-portfolio-opened', 'date'],
    ['of an unknown instrument', { instrument: 'NEW' }, 'unknown-instrument', 'instrument'],
    ['of a lot of nothing', { lots: [{ ...lot, units: '0' }] }, 'no-units', 'lots.0.units'],
    ['of one lot twice', { lots: [lot, lot] }, 'duplicate-lot', 'lots.1.lot'],
    ['of long and short lots', { lots: [lot, { ...lot, lot: 'L2', units: '-1' }] }, 'mixed-sides', 'lots.1.units'],
    [
      'of a lot acquired later',
      { lots: [{ ...lot, acquiredOn: '2025-03-11' }] },
      'acquired-after-transfer',
      'lots.0.acquiredOn',
    ],
    ['of half a share', { lots: [{ ...lot, units: '0.5' }] }, 'quantity-too-fine', 'lots.0.units'],
    ['at a cost finer than a cent', { lots: [{ ...lot, cost: '0.001' }] }, 'amount-too-fine', 'lots.0.cost'],
    ['to another owner without its value', { ownership: 'changed' }, 'market-value-required', 'marketValue'],
  ])('%s is refused', (_, changes, code, field) => {
    having().when(record(changes)).refused({ code, field })
  })
})
