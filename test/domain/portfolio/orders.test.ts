// Orders: placed, replaced along their chain, ended; what is left follows from the fills that name them.
import { describe, expect, it } from 'vitest'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import { leavesOf } from '../../../src/domain/portfolio/evolve.ts'
import { orderGiven } from '../../../src/domain/portfolio/given.ts'
import { bust, correct, given, having, knowledge, record } from './story.ts'

const order = (changes: object = {}) =>
  orderGiven.parse({
    order: 'O1',
    instrument: 'ABC',
    side: 'buy',
    quantity: '100',
    orderType: 'market',
    placedAt: '2025-03-10T14:30:00Z',
    tradeDate: '2025-03-10',
    ...changes,
  })
const place = (changes: object = {}): PortfolioCommand => ({ type: 'PlaceOrder', order: order(changes), knowledge })
const replace = (replaces: string, changes: object): PortfolioCommand => ({
  type: 'ReplaceOrder',
  replaces,
  order: order(changes),
  knowledge,
})
const end = (outcome: 'cancelled' | 'filled' | 'done-for-day', id = 'O1'): PortfolioCommand => ({
  type: 'EndOrder',
  order: id,
  outcome,
  at: '2025-03-10T20:00:00.000000Z',
})
const recorded = (changes: object = {}) => ({
  ...order(changes),
  instrument: 'ABC',
  sleeve: 'main',
  custodyAccount: 'main',
  cashAccount: 'main',
})

describe('an order', () => {
  it('is placed once; other content under its id is refused', () => {
    given()
      .when(place())
      .records({ type: 'OrderPlaced', data: { order: recorded() } })
    given(place()).when(place()).records()
    given(place())
      .when(place({ quantity: '99' }))
      .refused({ code: 'idempotency-conflict' })
  })

  it('for an unknown instrument is refused: an order is ours, nothing is parked', () => {
    given()
      .when(place({ instrument: 'NEW' }))
      .refused({ code: 'unknown-instrument', field: 'instrument' })
    given()
      .when(place({ instrument: { scheme: 'ticker', value: 'TWIN' } }))
      .refused({ code: 'ambiguous-instrument' })
  })

  it('is replaced by the newest of its chain, named by the one before', () => {
    given(place(), replace('O1', { order: 'O2', quantity: '80' }))
      .when(replace('O2', { order: 'O3', quantity: '60' }))
      .records({ type: 'OrderReplaced', data: { replaces: 'O2', order: recorded({ order: 'O3', quantity: '60' }) } })
    given(place(), replace('O1', { order: 'O2' }))
      .when(replace('O1', { order: 'O3' }))
      .refused({ code: 'order-already-replaced', remedy: 'replace O2' })
    given()
      .when(replace('O9', { order: 'O2' }))
      .refused({ code: 'unknown-order', field: 'replaces' })
  })

  it('has left what its chain ordered last less what was filled under any of its ids', () => {
    // 80 ordered; 10 filled under O1, 12 after its correction; 5 under O2: 80 - 12 - 5 = 63
    const story = [
      place(),
      record({ order: 'O1' }),
      replace('O1', { order: 'O2', quantity: '80' }),
      record({ execId: 'X2', order: 'O2', quantity: '5', consideration: '500' }),
      correct({}, { order: 'O1' }),
    ]
    expect(leavesOf(having(...story), 'O1')).toBe('63')
    expect(leavesOf(having(...story), 'O2')).toBe('63')
    // the bust of X1 gives its 12 back
    expect(leavesOf(having(...story, bust()), 'O2')).toBe('75')
    expect(leavesOf(having(), 'O1')).toBeNull()
  })

  it('counts fills that came before it', () => {
    expect(leavesOf(having(record({ order: 'O1' }), place()), 'O1')).toBe('90')
  })

  it('replaced below what is filled has nothing left, with a warning', () => {
    given(place(), record({ order: 'O1' }))
      .when(replace('O1', { order: 'O2', quantity: '5' }))
      .warned('replaced-below-filled')
  })

  it('that is overfilled says so; the fill is a fact', () => {
    given(place({ quantity: '9' }))
      .when(record({ order: 'O1' }))
      .warned('order-overfilled')
  })

  it('ends once; done for the day it may still be cancelled', () => {
    const ended = { order: 'O1', outcome: 'cancelled', at: '2025-03-10T20:00:00.000000Z' }
    given(place()).when(end('cancelled')).records({ type: 'OrderEnded', data: ended })
    given(place(), end('cancelled')).when(end('cancelled')).records()
    given(place(), end('cancelled')).when(end('filled')).refused({ code: 'order-ended', field: 'order' })
    given(place(), end('done-for-day')).when(end('cancelled')).records({ type: 'OrderEnded', data: ended })
    given().when(end('cancelled')).refused({ code: 'unknown-order', field: 'order' })
    given(place(), end('cancelled'))
      .when(replace('O1', { order: 'O2' }))
      .refused({ code: 'order-ended' })
  })
})
