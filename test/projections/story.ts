// A small history with everything that makes projections hard: late facts, corrections, busts, foreign money, a split, a transfer,
// orders, and fills that wait.
import type { LedgerEvent } from '../../src/eventstore/registry.ts'
import {
  cash,
  contributed,
  factOf,
  filled,
  fillTerms,
  type LedgerLog,
  opened,
  rate,
  registered,
  split,
} from './ledger-log.ts'

export interface Story {
  readonly last: bigint
  readonly portfolios: readonly string[]
}

export async function recordStory(ledger: LedgerLog): Promise<Story> {
  await ledger.record('instrument-XYZ', registered('XYZ'))
  await ledger.record('instrument-EUQ', registered('EUQ', { currency: 'EUR' }))
  await ledger.record('fx-ecb-2025-03', rate('2025-03-03', '1.10'), rate('2025-03-14', '1.15'))
  await ledger.record('portfolio-P1', opened('P1'))
  await ledger.record('portfolio-P2', opened('P2', { lotMethod: 'hifo' }))
  await ledger.record('portfolio-P1', contributed('c1', '100000'), contributed('c2', '20000', { currency: 'EUR' }))
  await ledger.record('portfolio-P2', contributed('c1', '50000.55'))
  await ledger.record('portfolio-P1', order('O1', '150'))
  await ledger.record(
    'portfolio-P1',
    filled('X1', { order: 'O1' }),
    filled('X2', { quantity: '50', price: '11', consideration: '550', order: 'O1' }),
  )
  // A foreign buy whose settlement date has no fixing yet.
  const euro = {
    currency: 'EUR',
    instrument: 'EUQ',
    quantity: '10',
    price: '100',
    consideration: '1000',
    settlement: { date: '2025-03-18', given: true, currency: 'EUR' },
  } as const
  await ledger.record('portfolio-P1', filled('E1', euro))
  await ledger.record('portfolio-P2', filled('Y1', { quantity: '30', consideration: '300' }))
  await ledger.record(
    'portfolio-P1',
    filled('X3', {
      tradeDate: '2025-03-19',
      side: 'sell',
      quantity: '120',
      price: '12',
      consideration: '1440',
      settlement: { date: '2025-03-20', given: true, currency: 'USD' },
    }),
  )
  // Late: bought before everything else, so the sale takes other lots.
  await ledger.record(
    'portfolio-P1',
    filled('X0', {
      tradeDate: '2025-03-05',
      quantity: '40',
      price: '9',
      consideration: '360',
      settlement: { date: '2025-03-06', given: true, currency: 'USD' },
    }),
  )
  // A correction and a bust.
  const x2 = fillTerms('X2', { quantity: '60', price: '11', consideration: '660', order: 'O1' })
  await ledger.record('portfolio-P1', {
    type: 'FillCorrected',
    data: { fact: factOf(x2), execId: 'X2C', execRefId: 'X2', tradeDate: x2.tradeDate, fill: x2 },
  })
  const y1 = fillTerms('Y1')
  await ledger.record('portfolio-P2', {
    type: 'FillBusted',
    data: { fact: factOf(y1), execId: 'Y1B', execRefId: 'Y1', tradeDate: y1.tradeDate },
  })
  await ledger.record('portfolio-P2', filled('Y2', { quantity: '80', consideration: '800' }))
  await ledger.record('instrument-XYZ', split('XYZ', 'S1', '2025-03-21', '2'))
  await ledger.record('transfer-T1', transfer())
  await ledger.record('fx-ecb-2025-03', rate('2025-03-18', '1.12'))
  await ledger.record('portfolio-P1', {
    type: 'FactCorrected',
    data: { fact: 'contribution:c1', as: { type: 'CashContributed', cash: cash('c1', '90000') } },
  })
  await ledger.record('portfolio-P1', {
    type: 'OrderEnded',
    data: { order: 'O1', outcome: 'filled', at: '2025-03-14T20:00:00Z' },
  })
  await ledger.record('portfolio-P2', parked('Z1'))
  await ledger.record('owner-O', { type: 'PortfolioLinked', data: { owner: 'O', portfolio: 'P1', from: '2025-01-02' } })
  await ledger.record('prices-ice-2025-03', {
    type: 'PricesRecorded',
    data: {
      source: 'ice',
      date: '2025-03-14',
      basis: 'close',
      snap: '1600-NY',
      rows: [{ instrument: 'XYZ', price: '10.50', currency: 'USD' }],
    },
  })
  const last = await ledger.record('prices-ice-2025-03', {
    type: 'PriceCorrected',
    data: {
      source: 'ice',
      date: '2025-03-14',
      basis: 'close',
      snap: '1600-NY',
      row: { instrument: 'XYZ', price: '10.60', currency: 'USD' },
      cause: 'late print',
    },
  })
  return { last, portfolios: ['P1', 'P2'] }
}

const order = (id: string, quantity: string): LedgerEvent => ({
  type: 'OrderPlaced',
  data: {
    order: {
      order: id,
      instrument: 'XYZ',
      side: 'buy',
      quantity,
      orderType: 'market',
      placedAt: '2025-03-14T14:00:00Z',
      tradeDate: '2025-03-14',
      sleeve: 'main',
      custodyAccount: 'cust',
      cashAccount: 'cash',
    },
  },
})

const transfer = (): LedgerEvent => ({
  type: 'TransferRecorded',
  data: {
    terms: {
      transfer: 'T1',
      date: '2025-03-24',
      atOpen: false,
      ownership: 'same',
      instrument: 'XYZ',
      from: { portfolio: 'P2', sleeve: 'main', custodyAccount: 'cust' },
      to: { portfolio: 'P1', sleeve: 'main', custodyAccount: 'cust' },
      lots: [{ lot: 'fill:B:2025-03-14:Y2', units: '20', cost: '200', currency: 'USD', acquiredOn: '2025-03-14' }],
    },
  },
})

const parked = (execId: string): LedgerEvent => {
  const { instrument: _, settlement: __, ...fill } = fillTerms(execId)
  return {
    type: 'FillParked',
    data: {
      fact: `fill:B:2025-03-14:${execId}`,
      fill: { ...fill, named: { scheme: 'ticker', value: 'NEW', market: 'XNYS' }, settlement: { currency: 'USD' } },
      because: 'unknown-instrument',
    },
  }
}
