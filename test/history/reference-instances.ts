// One realistic event of every type outside portfolios: instruments, market data, transfers, owners, blocks.
import type { BlockEvent } from '../../src/domain/block/events.ts'
import type { InstrumentEvent } from '../../src/domain/instrument/events.ts'
import type { MarketEvent } from '../../src/domain/market/events.ts'
import type { OwnerEvent } from '../../src/domain/owner/events.ts'
import type { TransferEvent } from '../../src/domain/transfer/events.ts'

type DataOf<E extends { readonly type: string; readonly data: object }> = {
  readonly [One in E as One['type']]: One['data']
}

const actionTerms = {
  action: 'SOFF-2025-1',
  caev: 'SOFF',
  exDate: '2025-05-05',
  recordDate: '2025-05-06',
  payDate: '2025-05-07',
  sequence: 2,
  rateBasis: 'post',
  legs: [
    {
      kind: 'security',
      leg: 1,
      instrument: 'CHILD',
      ratio: { numerator: '1', denominator: '4' },
      replaces: false,
      basisShare: '0.2',
      holdingPeriod: 'tack',
      fractions: 'cash-in-lieu',
      cashInLieu: { price: '20.00', currency: 'EUR' },
    },
    {
      kind: 'cash',
      leg: 2,
      income: 'dividend',
      currency: 'EUR',
      perUnit: '0.125',
      withholding: { statutory: '0.26375', treaty: '0.15' },
    },
  ],
} satisfies DataOf<InstrumentEvent>['CorporateActionAnnounced']['terms']

export const instrumentInstances: DataOf<InstrumentEvent> = {
  InstrumentRegistered: {
    instrument: 'XYZ',
    name: 'Xyz Æther SE',
    type: 'equity',
    currency: 'EUR',
    multiplier: '1',
    quantityPlaces: 6,
    market: 'DE',
    tradingCalendar: 'XETR',
    issuer: 'XYZ-SE',
    country: 'DE',
    identifiers: [
      { scheme: 'isin', value: 'DE000BASF111', from: '2010-01-01' },
      { scheme: 'ticker', value: 'XYZ', market: 'XETR' },
    ],
    classifications: [{ taxonomy: 'GICS', code: '15101010', from: '2023-03-17' }],
  },
  InstrumentAmended: {
    instrument: 'XYZ',
    changes: { name: 'Xyz Holding SE', tradingCalendar: 'XETR' },
    reason: 'renamed by the annual meeting',
  },
  IdentifierAssigned: {
    instrument: 'XYZ',
    identifier: { scheme: 'ticker', value: 'XYH', market: 'XETR', from: '2025-06-02' },
  },
  IdentifierWithdrawn: {
    instrument: 'XYZ',
    identifier: { scheme: 'sedol', value: '0263494' },
    reason: 'wrong company',
  },
  FixingRecorded: { instrument: 'FRN', fixing: { kind: 'coupon-rate', from: '2025-04-15', value: '0.0325' } },
  InstrumentClassified: {
    instrument: 'XYZ',
    classification: { taxonomy: 'ICB', code: '55201000', from: '2025-01-01' },
  },
  CorporateActionAnnounced: { instrument: 'XYZ', terms: actionTerms },
  CorporateActionAmended: { instrument: 'XYZ', terms: { ...actionTerms, exDate: '2025-05-12' }, reason: 'postponed' },
  CorporateActionCancelled: { instrument: 'XYZ', action: 'SOFF-2025-1', reason: 'court order' },
}

export const marketInstances: DataOf<MarketEvent> = {
  PricesRecorded: {
    source: 'VENDOR-1',
    date: '2025-03-14',
    basis: 'quote',
    snap: '1600-NY',
    rows: [
      { instrument: 'XYZ', price: '101.25', currency: 'EUR', at: '2025-03-14T20:00:00.000001Z' },
      { instrument: 'ABC', price: '0', currency: 'USD' },
    ],
  },
  PriceCorrected: {
    source: 'VENDOR-1',
    date: '2025-03-14',
    basis: 'official-close',
    snap: '1735-CET',
    row: { instrument: 'XYZ', price: '101.30', currency: 'EUR' },
    cause: 'vendor correction 4711',
  },
  PriceWithdrawn: {
    source: 'VENDOR-1',
    date: '2025-03-14',
    basis: 'quote',
    snap: '1600-NY',
    instrument: 'XYZ',
    at: '2025-03-14T20:00:00.000001Z',
    cause: 'suspended',
  },
  RatesRecorded: {
    source: 'ECB',
    fixing: '1415-CET',
    date: '2025-03-14',
    rows: [
      { base: 'EUR', quote: 'USD', rate: '1.0889' },
      { base: 'EUR', quote: 'JPY', rate: '161.6' },
    ],
  },
  RateCorrected: {
    source: 'ECB',
    fixing: '1415-CET',
    date: '2025-03-14',
    row: { base: 'EUR', quote: 'USD', rate: '1.0890' },
    cause: 'republished',
  },
  RateWithdrawn: {
    source: 'ECB',
    fixing: '1415-CET',
    date: '2025-03-14',
    base: 'EUR',
    quote: 'JPY',
    cause: 'misprint',
  },
  BusinessDayClosed: { calendar: 'XNYS', date: '2025-03-14' },
}

const transferTerms = {
  transfer: 'T-1',
  date: '2025-03-14',
  atOpen: true,
  ownership: 'changed',
  instrument: 'XYZ',
  from: { portfolio: 'main.P1', sleeve: 'main', custodyAccount: 'CUST-1' },
  to: null,
  lots: [
    {
      lot: 'opening:2025:L1',
      units: '30',
      cost: '900.00',
      currency: 'USD',
      acquiredOn: '2020-02-29',
      marketValue: '1200.00',
    },
  ],
  chosenBy: 'book',
  units: '30',
  marketValue: { amount: '1200.00', currency: 'USD' },
} satisfies DataOf<TransferEvent>['TransferRecorded']['terms']

export const transferInstances: DataOf<TransferEvent> = {
  TransferRecorded: { terms: transferTerms },
  TransferCorrected: { terms: { ...transferTerms, atOpen: false }, reason: 'moved at the close' },
  TransferCancelled: { transfer: 'T-1', reason: 'returned' },
  TransferLotsRestated: { transfer: 'T-1', lots: [], reason: 'the lot was sold before, by a late fill' },
}

export const ownerInstances: DataOf<OwnerEvent> = {
  OwnerRegistered: {
    owner: 'O-1',
    kind: 'person',
    country: 'DE',
    taxStatus: 'taxable',
    name: 'Emmy Noether, Göttingen',
  },
  OwnerAmended: { owner: 'O-1', taxStatus: 'retirement', name: 'Prof. Emmy Noether', reason: 'promoted' },
  PortfolioLinked: { owner: 'O-1', portfolio: 'main.P1', from: '2025-01-02' },
  AffiliateLinked: { owner: 'O-1', affiliate: 'O-2', relation: 'spouse', from: '2024-06-01' },
}

const blockTerms = {
  block: 'BLK-3',
  instrument: 'XYZ',
  side: 'buy',
  currency: 'EUR',
  shares: [
    {
      portfolio: 'main.P1',
      sleeve: 'growth',
      custodyAccount: 'CUST-1',
      cashAccount: 'CASH-EUR',
      order: 'ORD-7',
      quantity: '60',
    },
    { portfolio: 'main.P2', quantity: '40' },
  ],
  placedAt: '2025-03-14T08:00:00Z',
  tradeDate: '2025-03-14',
} satisfies DataOf<BlockEvent>['BlockPlaced']['terms']
const execution = { block: 'BLK-3', source: 'BROKER-1', execId: 'B-1', tradeDate: '2025-03-14' }

export const blockInstances: DataOf<BlockEvent> = {
  BlockPlaced: { terms: blockTerms },
  BlockReplaced: { terms: { ...blockTerms, side: 'buy-to-cover' }, reason: 'side corrected' },
  BlockCancelled: { block: 'BLK-3', reason: 'limit not reached' },
  BlockExecuted: {
    ...execution,
    executedAt: '2025-03-14T15:04:05.123456Z',
    quantity: '100',
    price: '100.00',
    consideration: '10000.00',
    costs: [{ type: 'exchange-fee', amount: '3.00', currency: 'EUR' }],
  },
  BlockExecutionBusted: { ...execution, reason: 'exchange busted it' },
  BlockAllocated: {
    block: 'BLK-3',
    allocation: 1,
    source: 'BROKER-1',
    tradeDate: '2025-03-14',
    averagePrice: '100.00',
    settlementDate: '2025-03-18',
    allocations: [
      {
        portfolio: 'main.P1',
        sleeve: 'growth',
        custodyAccount: 'CUST-1',
        cashAccount: 'CASH-EUR',
        order: 'ORD-7',
        execId: 'BLK-3.1.P1',
        quantity: '60',
        consideration: '6000.00',
        costs: [{ type: 'exchange-fee', amount: '1.80', currency: 'EUR' }],
      },
      { portfolio: 'main.P2', execId: 'BLK-3.1.P2', quantity: '40', consideration: '4000.00', costs: [] },
    ],
  },
  BlockAllocationCancelled: { block: 'BLK-3', allocation: 1, reason: 'wrong accounts' },
}
