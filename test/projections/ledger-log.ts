// A log on the test's database and short words for what tests record in it.
import { createHash } from 'node:crypto'
import type { CashTerms, FillTerms } from '../../src/domain/portfolio/facts.ts'
import type { Policy } from '../../src/domain/portfolio/policy.ts'
import { Log } from '../../src/eventstore/log.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import type { LedgerEvent } from '../../src/eventstore/registry.ts'

export class LedgerLog {
  readonly log: Log
  readonly #revisions = new Map<string, bigint>()
  #clock = Date.parse('2025-03-20T09:00:00Z')
  #commands = 0

  private constructor(log: Log) {
    this.log = log
  }

  static async open(url: string): Promise<LedgerLog> {
    const store = await openPostgresStore({ connectionString: url })
    let tick: () => string = () => ''
    const ledger = new LedgerLog(new Log({ store, now: () => tick() }))
    tick = () => ledger.#now()
    return ledger
  }

  /** Each unit is recorded a second after the one before. */
  #now(): string {
    this.#clock += 1000
    return new Date(this.#clock).toISOString()
  }

  /** Records one unit; answers with its position. */
  async record(stream: string, ...events: LedgerEvent[]): Promise<bigint> {
    const revision = this.#revisions.get(stream)
    const command = `c${++this.#commands}`
    const appended = await this.log.append({
      stream,
      expected: revision ?? 'no-stream',
      commandId: command,
      commandHash: createHash('sha256').update(command).digest('hex'),
      actor: 'test',
      events,
    })
    this.#revisions.set(stream, appended.revision)
    return appended.position
  }

  async close(): Promise<void> {
    await this.log.close()
  }
}

const PLACE = { sleeve: 'main', custodyAccount: 'cust', cashAccount: 'cash' }

export const policy: Policy = {
  lotMethod: 'fifo',
  defaultMethod: 'fifo',
  selection: 'reflow',
  keeping: 'long-short',
  reliefScope: 'sleeve-account',
  costs: {},
  fx: { source: 'ecb', fixing: '1415-CET', pivot: 'EUR', calendar: 'TARGET' },
  gainConvention: 'closing-rate',
  settlement: 'contractual',
  taxRegime: 'none',
  calendar: 'XNYS',
  zone: 'America/New_York',
}

export const opened = (portfolio: string, changes: Partial<Policy> = {}): LedgerEvent => ({
  type: 'PortfolioOpened',
  data: {
    portfolio,
    baseCurrency: 'USD',
    openedOn: '2025-01-02',
    policy: { ...policy, ...changes },
    sleeves: ['main'],
    custodyAccounts: ['cust'],
    cashAccounts: [
      { id: 'cash', kind: 'cash' },
      { id: 'margin', kind: 'margin' },
    ],
    defaults: { sleeve: 'main', custodyAccount: 'cust', cashAccount: 'cash', marginAccount: 'margin' },
  },
})

export const fillTerms = (execId: string, over: Partial<FillTerms> = {}): FillTerms => ({
  source: 'B',
  execId,
  tradeDate: '2025-03-14',
  instrument: 'XYZ',
  side: 'buy',
  quantity: '100',
  price: '10',
  currency: 'USD',
  consideration: '1000',
  costs: [],
  settlement: { date: '2025-03-17', given: true, currency: 'USD' },
  ...PLACE,
  ...over,
})

export const factOf = (fill: FillTerms): string => `fill:${fill.source}:${fill.tradeDate}:${fill.execId}`

export const filled = (execId: string, over: Partial<FillTerms> = {}): LedgerEvent => {
  const fill = fillTerms(execId, over)
  return { type: 'FillExecuted', data: { fact: factOf(fill), fill } }
}

export const cash = (ref: string, amount: string, over: Partial<CashTerms> = {}): CashTerms => ({
  ref,
  amount,
  currency: 'USD',
  valueDate: '2025-03-03',
  ...PLACE,
  ...over,
})

export const contributed = (ref: string, amount: string, over: Partial<CashTerms> = {}): LedgerEvent => ({
  type: 'CashContributed',
  data: { fact: `contribution:${ref}`, cash: cash(ref, amount, over) },
})

export const registered = (instrument: string, over: { readonly currency?: string } = {}): LedgerEvent => ({
  type: 'InstrumentRegistered',
  data: {
    instrument,
    name: `${instrument} Corp`,
    type: 'equity',
    currency: 'USD',
    multiplier: '1',
    quantityPlaces: 0,
    market: 'US',
    tradingCalendar: 'XNYS',
    identifiers: [{ scheme: 'ticker', value: instrument, market: 'XNYS' }],
    classifications: [{ taxonomy: 'gics', code: '4510' }],
    ...over,
  },
})

export const split = (instrument: string, action: string, exDate: string, times: string): LedgerEvent => ({
  type: 'CorporateActionAnnounced',
  data: {
    instrument,
    terms: {
      action,
      caev: 'SPLF',
      exDate,
      legs: [
        {
          kind: 'security',
          leg: 1,
          instrument,
          ratio: { numerator: times, denominator: '1' },
          replaces: true,
          holdingPeriod: 'keep',
          fractions: 'keep',
        },
      ],
    },
  },
})

export const rate = (date: string, value: string, base = 'EUR', quote = 'USD'): LedgerEvent => ({
  type: 'RatesRecorded',
  data: { source: 'ecb', fixing: '1415-CET', date, rows: [{ base, quote, rate: value }] },
})
