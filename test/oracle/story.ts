// Little histories by hand: events with defaults, numbered into units.
import type { Action, Cash, Fill, Fx, Opened, OracleEvent, OracleUnit, Policy, RateRow } from './shapes.ts'
import { instrumentOf } from './world.ts'

export const PLACE = { sleeve: 'main', custodyAccount: 'cust', cashAccount: 'cash' }
export const POLICY: Policy = {
  lotMethod: 'fifo',
  defaultMethod: 'fifo',
  selection: 'reflow',
  keeping: 'netting',
  reliefScope: 'sleeve-account',
  costs: {},
  fx: { source: 'ECB', fixing: '1415-CET', pivot: 'EUR', calendar: 'WEEKDAYS' },
  gainConvention: 'closing-rate',
  settlement: 'contractual',
  taxRegime: 'none',
  calendar: 'WEEKDAYS',
  zone: 'UTC',
}
export const OPENED: Opened = {
  portfolio: 'P',
  baseCurrency: 'USD',
  openedOn: '2025-01-01',
  policy: POLICY,
  sleeves: ['main', 'other'],
  custodyAccounts: ['cust', 'vault'],
  cashAccounts: [
    { id: 'cash', kind: 'cash' },
    { id: 'margin', kind: 'margin' },
  ],
  defaults: { ...PLACE, marginAccount: 'margin' },
}

/** Positions are sparse, as a log's are; each argument is one unit. */
export function units(...appended: readonly (OracleEvent | readonly OracleEvent[])[]): OracleUnit[] {
  let position = 100n
  return appended.map((unit) => {
    const events = ('type' in unit ? [unit] : unit).map((event) => {
      position += 37n
      return { ...event, id: `e${position}`, position }
    })
    return { position, recordedAt: '2025-01-01T00:00:00Z', events }
  })
}

export const opened = (policy: Partial<Policy> = {}, more: Partial<Opened> = {}): OracleEvent => ({
  type: 'PortfolioOpened',
  data: { ...OPENED, ...more, policy: { ...POLICY, ...policy } },
})
export const registered = (instrument: string, currency: string, quantityPlaces = 0): OracleEvent => ({
  type: 'InstrumentRegistered',
  data: instrumentOf(instrument, currency, quantityPlaces),
})
export const rates = (date: string, ...rows: readonly (readonly [string, string, string])[]): OracleEvent => ({
  type: 'RatesRecorded',
  data: {
    source: 'ECB',
    fixing: '1415-CET',
    date,
    rows: rows.map(([base, quote, rate]): RateRow => ({ base, quote, rate })),
  },
})
export const eur = (date: string, rate: string): OracleEvent => rates(date, ['EUR', 'USD', rate])

export interface FillWords extends Partial<Omit<Fill, 'settlement'>> {
  readonly settles?: string
  readonly settledIn?: { readonly currency: string; readonly amount: string }
  readonly commission?: string
}
/** `fill('X1', 'buy', '100', 'XYZ', '10000', { ... })`: side, units, instrument, consideration. Trade date 2025-03-03, settling on it, in EUR unless said. */
export function fill(
  execId: string,
  side: Fill['side'],
  quantity: string,
  instrument: string,
  consideration: string,
  words: FillWords = {},
): OracleEvent {
  const { settles, settledIn, commission, ...terms } = words
  const tradeDate = terms.tradeDate ?? '2025-03-03'
  const currency = terms.currency ?? 'EUR'
  const costs = commission === undefined ? [] : [{ type: 'commission', amount: commission, currency }]
  return {
    type: 'FillExecuted',
    data: {
      fact: `fill:B:${tradeDate}:${execId}`,
      fill: {
        source: 'B',
        execId,
        price: '1',
        ...PLACE,
        costs,
        ...terms,
        tradeDate,
        side,
        quantity,
        instrument,
        currency,
        consideration,
        settlement: { date: settles ?? tradeDate, given: true, currency, ...settledIn },
      },
    },
  }
}

const cashOf = (ref: string, amount: string, currency: string, valueDate: string, more: Partial<Cash>): Cash => ({
  ref,
  amount,
  currency,
  valueDate,
  ...PLACE,
  ...more,
})
export const contributed = (
  ref: string,
  amount: string,
  currency: string,
  valueDate: string,
  more: Partial<Cash> = {},
): OracleEvent => ({
  type: 'CashContributed',
  data: { fact: `contribution:${ref}`, cash: cashOf(ref, amount, currency, valueDate, more) },
})
export const withdrawn = (
  ref: string,
  amount: string,
  currency: string,
  valueDate: string,
  more: Partial<Cash> = {},
): OracleEvent => ({
  type: 'CashWithdrawn',
  data: { fact: `withdrawal:${ref}`, cash: cashOf(ref, amount, currency, valueDate, more) },
})
export const received = (
  ref: string,
  amount: string,
  currency: string,
  valueDate: string,
  how: Partial<Pick<Extract<OracleEvent, { type: 'CashReceived' }>['data'], 'settles' | 'standalone'>> = {},
): OracleEvent => ({
  type: 'CashReceived',
  data: { fact: `receipt:${ref}`, cash: cashOf(ref, amount, currency, valueDate, {}), ...how },
})
export const fxTraded = (
  ref: string,
  sold: Fx['sold'],
  bought: Fx['bought'],
  tradeDate: string,
  valueDate: string,
  more: Partial<Fx> = {},
): OracleEvent => ({
  type: 'FxTraded',
  data: { fact: `fx:${ref}`, fx: { ref, sold, bought, tradeDate, valueDate, costs: [], ...PLACE, ...more } },
})
export const announced = (instrument: string, terms: Action): OracleEvent => ({
  type: 'CorporateActionAnnounced',
  data: { instrument, terms },
})
export const split = (action: string, exDate: string, ratio: string, more: Partial<Action['legs'][0]> = {}): Action => {
  const [numerator, denominator] = ratio.split(':')
  return {
    action,
    caev: 'SPLF',
    exDate,
    legs: [
      {
        kind: 'security',
        leg: 1,
        instrument: 'XYZ',
        ratio: { numerator: numerator!, denominator: denominator! },
        replaces: true,
        holdingPeriod: 'keep',
        fractions: 'down',
        ...more,
      } as Action['legs'][0],
    ],
  }
}
