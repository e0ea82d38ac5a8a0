// Given/when/then over the portfolio's decider: what was recorded, what is asked, what follows.
import { expect } from 'vitest'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import type { PortfolioEvent } from '../../../src/domain/portfolio/events.ts'
import { fillGiven } from '../../../src/domain/portfolio/given.ts'
import { portfolio } from '../../../src/domain/portfolio/portfolio.ts'
import type { KnownInstrument, ReferenceKnowledge } from '../../../src/domain/portfolio/reference-knowledge.ts'
import type { PortfolioState } from '../../../src/domain/portfolio/state.ts'

const share = {
  type: 'equity',
  currency: 'USD',
  multiplier: '1',
  quantityPlaces: 0,
  market: 'US',
  tradingCalendar: 'XNYS',
}

/** Knows ABC and XYZ (ISIN US0000000001 is ABC), Monday to Friday, and settles on the trade date + 1 day. */
export function knowing(...more: KnownInstrument[]): ReferenceKnowledge {
  const known = new Map([{ ...share, id: 'ABC' }, { ...share, id: 'XYZ' }, ...more].map((one) => [one.id, one]))
  return {
    instrument({ scheme, value }) {
      if (scheme === 'isin' && value === 'US0000000001') return known.get('ABC') ?? 'unknown'
      if (scheme === 'ticker' && value === 'TWIN') return 'ambiguous'
      return scheme === 'id' ? (known.get(value) ?? 'unknown') : 'unknown'
    },
    settlementDate: (_, tradeDate) => ({ ok: true, date: dayAfter(tradeDate) }),
    action: () => null,
    isBusinessDay: (calendar, date) => (calendar === 'NONE' ? undefined : ![0, 6].includes(new Date(date).getUTCDay())),
    knowsCalendar: (calendar) => ['XNYS', 'TARGET', 'NONE'].includes(calendar),
  }
}

export const knowledge = knowing()

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
}

export const opened: PortfolioEvent = {
  type: 'PortfolioOpened',
  data: {
    portfolio: 'P1',
    baseCurrency: 'USD',
    openedOn: '2025-01-02',
    policy: {
      lotMethod: 'fifo',
      defaultMethod: 'fifo',
      selection: 'reflow',
      keeping: 'long-only',
      reliefScope: 'sleeve-account',
      costs: {},
      fx: { source: 'ECB', fixing: '1415-CET', pivot: 'EUR', calendar: 'TARGET' },
      gainConvention: 'closing-rate',
      settlement: 'contractual',
      taxRegime: 'none',
      calendar: 'XNYS',
      zone: 'America/New_York',
    },
    sleeves: ['main', 'growth'],
    custodyAccounts: ['main'],
    cashAccounts: [
      { id: 'main', kind: 'cash' },
      { id: 'margin', kind: 'margin' },
    ],
    defaults: { sleeve: 'main', custodyAccount: 'main', cashAccount: 'main', marginAccount: 'margin' },
  },
}

/** 10 ABC bought at 100 on Monday 2025-03-10, as X1 of BROKER; `changes` go over it. */
export function fill(changes: Record<string, unknown> = {}) {
  return fillGiven.parse({
    source: 'BROKER',
    execId: 'X1',
    tradeDate: '2025-03-10',
    instrument: 'ABC',
    side: 'buy',
    quantity: '10',
    price: '100',
    currency: 'USD',
    consideration: '1000',
    ...changes,
  })
}

export const record = (changes: Record<string, unknown> = {}, known = knowledge): PortfolioCommand => ({
  type: 'RecordFill',
  fill: fill(changes),
  knowledge: known,
})

/** G1 of BROKER corrects X1 to 12 units for 1,200. */
export const correct = (
  message: { execId?: string; execRefId?: string; tradeDate?: string } = {},
  changes: Record<string, unknown> = {},
  known = knowledge,
): PortfolioCommand => ({
  type: 'CorrectFill',
  execId: 'G1',
  execRefId: 'X1',
  tradeDate: '2025-03-10',
  ...message,
  fill: fill({ quantity: '12', consideration: '1200', ...changes }),
  knowledge: known,
})

/** H1 of BROKER busts X1. */
export const bust = (message: { execId?: string; execRefId?: string; tradeDate?: string } = {}): PortfolioCommand => ({
  type: 'BustFill',
  source: 'BROKER',
  execId: 'H1',
  execRefId: 'X1',
  tradeDate: '2025-03-10',
  ...message,
})

/** The terms that the log records for `fill(changes)`. */
export function terms(changes: Record<string, unknown> = {}) {
  return {
    source: 'BROKER',
    execId: 'X1',
    tradeDate: '2025-03-10',
    instrument: 'ABC',
    side: 'buy',
    quantity: '10',
    price: '100',
    currency: 'USD',
    consideration: '1000',
    costs: [],
    settlement: { date: '2025-03-11', given: false, currency: 'USD' },
    sleeve: 'main',
    custodyAccount: 'main',
    cashAccount: 'main',
    ...changes,
  }
}

/** A portfolio in which these commands were accepted one after the other. */
export function having(...commands: PortfolioCommand[]): PortfolioState {
  return run(commands).state
}

/** What the commands recorded, and the state they lead to; a command that is refused fails the test. */
export function run(commands: readonly PortfolioCommand[]): { state: PortfolioState; events: PortfolioEvent[] } {
  let state = portfolio.evolve(portfolio.initial, opened)
  const events: PortfolioEvent[] = []
  for (const command of commands) {
    const decision = portfolio.decide(command, state)
    if (!decision.accepted) throw new Error(`${command.type} was refused: ${JSON.stringify(decision.refusal)}`)
    for (const event of decision.events) state = portfolio.evolve(state, event)
    events.push(...decision.events)
  }
  return { state, events }
}

/** `given(...).when(command)`, then `.records(events)` or `.refused({code, ...})`. */
export function given(...commands: PortfolioCommand[]) {
  const state = having(...commands)
  return {
    when(command: PortfolioCommand) {
      const decision = portfolio.decide(command, state)
      return {
        records(...events: unknown[]) {
          expect(decision.accepted ? decision.events : decision.refusal).toStrictEqual(events)
          return this
        },
        warned(...codes: string[]) {
          expect(decision.accepted ? decision.warnings.map(({ code }) => code) : decision.refusal).toStrictEqual(codes)
          return this
        },
        refused(refusal: Record<string, unknown>) {
          expect(decision.accepted ? decision.events : decision.refusal).toMatchObject(refusal)
          return this
        },
      }
    },
  }
}
