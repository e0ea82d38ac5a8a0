// Random commands for one portfolio, of few names, so that they meet: resent, corrected before they came, busted twice, cancelled.
import fc from 'fast-check'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import { factGiven, orderGiven } from '../../../src/domain/portfolio/given.ts'
import { bust, correct, knowing, knowledge, record } from './story.ts'

/** Knows the instrument NEW too, which fills may have named before. */
const later = knowing({
  id: 'NEW',
  type: 'equity',
  currency: 'USD',
  multiplier: '1',
  quantityPlaces: 0,
  market: 'US',
  tradingCalendar: 'XNYS',
})

const date = fc.constantFrom('2025-03-10', '2025-03-11', '2025-03-12')
const execId = fc.constantFrom('X1', 'X2', 'X/3', 'G1', 'G2', 'H1')
const order = fc.constantFrom('O1', 'O2', 'O3', 'O4')
const ref = fc.constantFrom('R1', 'R2', 'R3')
const units = fc.constantFrom('5', '10', '12')
const known = fc.constantFrom(knowledge, later)
const instrument = fc.constantFrom('ABC', 'ABC', 'XYZ', 'NEW')
const fact = fc.oneof(
  fc.tuple(date, execId).map(([day, id]) => `fill:BROKER:${day}:${encodeURIComponent(id)}`),
  ref.map((name) => `contribution:${name}`),
  ref.map((name) => `lots:${name}`),
  fc.constant('fill'),
)

const fillChanges = fc
  .record({ instrument, quantity: units, order: fc.option(order, { nil: undefined }) })
  .map(({ order: of, ...changes }) => ({ ...changes, ...(of === undefined ? {} : { order: of }) }))

const placed = fc.tuple(order, units).map(([id, quantity]) =>
  orderGiven.parse({
    order: id,
    instrument: 'ABC',
    side: 'buy',
    quantity,
    orderType: 'market',
    placedAt: '2025-03-10T14:30:00Z',
    tradeDate: '2025-03-10',
  }),
)

const otherFact = fc.oneof(
  fc.tuple(ref, units).map(([name, amount]) => ({
    ref: name,
    as: factGiven.parse({
      type: 'CashContributed',
      cash: { ref: name, amount, currency: 'USD', valueDate: '2025-03-10' },
    }),
  })),
  fc.tuple(ref, date, execId).map(([name, day, id]) => ({
    ref: name,
    as: factGiven.parse({
      type: 'LotsIdentified',
      fill: `fill:BROKER:${day}:${encodeURIComponent(id)}`,
      lots: [{ lot: 'fill:BROKER:2025-03-10:X1', units: '5' }],
      algorithm: 'client',
    }),
  })),
  fc.tuple(ref, fc.constantFrom('XNYS', 'NONE')).map(([name, calendar]) => ({
    ref: name,
    as: factGiven.parse({ type: 'PolicyChanged', effectiveOn: '2025-03-10', changes: { calendar } }),
  })),
)

const person = fc.constantFrom('ann', 'bob')

export const anyCommand: fc.Arbitrary<PortfolioCommand> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(execId, date, fillChanges, known)
      .map(([id, tradeDate, changes, knows]) => record({ execId: id, tradeDate, ...changes }, knows)),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(execId, execId, date, fillChanges, known)
      .map(([id, execRefId, tradeDate, changes, knows]) =>
        correct({ execId: id, execRefId, tradeDate }, { ...changes, consideration: '1200' }, knows),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(execId, execId, date)
      .map(([id, execRefId, tradeDate]) => bust({ execId: id, execRefId, tradeDate })),
  },
  {
    weight: 3,
    arbitrary: fact.map((name): PortfolioCommand => ({ type: 'ReleaseParked', fact: name, knowledge: later })),
  },
  {
    weight: 1,
    arbitrary: fact.map((name): PortfolioCommand => ({ type: 'DismissParked', fact: name, reason: 'ours' })),
  },
  {
    weight: 3,
    arbitrary: otherFact.map((given): PortfolioCommand => ({ type: 'RecordFact', ...given, knowledge })),
  },
  {
    weight: 2,
    arbitrary: otherFact.map((given): PortfolioCommand => ({ type: 'CorrectFact', ...given, knowledge })),
  },
  { weight: 2, arbitrary: fact.map((name): PortfolioCommand => ({ type: 'CancelFact', fact: name })) },
  { weight: 3, arbitrary: placed.map((given): PortfolioCommand => ({ type: 'PlaceOrder', order: given, knowledge })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(order, placed)
      .map(([replaces, given]): PortfolioCommand => ({ type: 'ReplaceOrder', replaces, order: given, knowledge })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(order, fc.constantFrom('filled' as const, 'done-for-day' as const, 'cancelled' as const))
      .map(([id, outcome]): PortfolioCommand => ({ type: 'EndOrder', order: id, outcome, at: '2025-03-12T20:00:00Z' })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(ref, fc.constantFrom('2025-01-31', '2025-02-28'))
      .map(([name, through]): PortfolioCommand => ({ type: 'SealPeriod', ref: name, through, suspense: 'zero' })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(ref, person, fc.constantFrom('RequestReopening', 'ReopenPeriod'))
      .map(([name, actor, type]): PortfolioCommand => ({ type, ref: name, actor, reason: 'late' })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(ref, person).map(([name, actor]): PortfolioCommand => {
      const line = { account: 5000, currency: 'USD', amount: '12' }
      const lines = [line, { ...line, account: 2400, amount: '-12' }]
      const entry = { ref: name, date: '2025-03-10', reason: 'accrued', lines }
      return { type: 'PrepareEntry', entry, actor, knowledge }
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(ref, person, fc.constantFrom('ApproveEntry', 'WithdrawEntry'))
      .map(([name, actor, type]): PortfolioCommand => ({ type, ref: name, actor, reason: 'late' })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<PortfolioCommand>({
      type: 'AddPlaces',
      places: { sleeves: ['value'], custodyAccounts: [], cashAccounts: [{ id: 'eur', kind: 'cash' }] },
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<PortfolioCommand>({ type: 'ClosePortfolio', closedOn: '2025-03-11', holdings: 'none' }),
  },
)
