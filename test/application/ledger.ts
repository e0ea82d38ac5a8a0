// The application over a real log on the run's PostgreSQL, with a few instruments and a portfolio to work with.
import { randomBytes } from 'node:crypto'
import type { CommandContext } from '../../src/application/answer.ts'
import { type Application, type ApplicationOptions, createApplication } from '../../src/application/application.ts'
import { recordFill } from '../../src/application/commands/fills.ts'
import { openPortfolio } from '../../src/application/commands/portfolios.ts'
import { registerInstrument } from '../../src/application/commands/reference.ts'
import { Log, type RecordedUnit } from '../../src/eventstore/log.ts'
import { openPersonKeys } from '../../src/eventstore/postgres/person-keys.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'

export const OMS: CommandContext = { actor: 'oms-1' }

export interface Ledger {
  readonly app: Application
  readonly log: Log
  readonly database: FreshDatabase
  /** Another process on the same log. */
  another(options?: Partial<ApplicationOptions>): Promise<Application>
  /** All units of a stream. */
  units(stream: string): Promise<RecordedUnit[]>
  close(): Promise<void>
}

export async function openLedger(options: Partial<ApplicationOptions> = {}): Promise<Ledger> {
  const database = await freshDatabase()
  const store = await openPostgresStore({ pool: database.pool })
  const log = new Log({ store, personKeys: await openPersonKeys(database.pool, randomBytes(32)) })
  const stop = new AbortController()
  const another = async (more: Partial<ApplicationOptions> = {}) => {
    const app = createApplication({ log, ...options, ...more })
    await app.start(stop.signal, (error) => {
      throw error
    })
    return app
  }
  return {
    app: await another(),
    log,
    database,
    another,
    async units(stream) {
      const units: RecordedUnit[] = []
      for await (const unit of log.readStream(stream)) units.push(unit)
      return units
    },
    async close() {
      stop.abort()
      await log.close()
      await database.drop()
    },
  }
}

export const portfolioGiven = (portfolio: string, changes: object = {}) =>
  openPortfolio.parse({
    portfolio,
    baseCurrency: 'USD',
    openedOn: '2025-01-02',
    policy: {
      lotMethod: 'fifo',
      keeping: 'long-only',
      fx: { source: 'ECB', fixing: '1415-CET', pivot: 'EUR', calendar: 'TARGET' },
      calendar: 'XNYS',
      zone: 'America/New_York',
    },
    ...changes,
  })

export const instrumentGiven = (instrument: string, changes: object = {}) =>
  registerInstrument.parse({
    instrument,
    name: `${instrument} Inc`,
    type: 'equity',
    currency: 'USD',
    market: 'US',
    tradingCalendar: 'XNYS',
    ...changes,
  })

/** 10 ABC bought at 100 on Monday 2025-03-10; as a line of bulk when `type` is given. */
export const fillLine = (execId: string, changes: object = {}) => ({
  source: 'BROKER',
  execId,
  tradeDate: '2025-03-10',
  instrument: 'ABC',
  side: 'buy',
  quantity: '10',
  price: '100',
  currency: 'USD',
  consideration: '1000',
  ...changes,
})

export const fillOf = (execId: string, changes: object = {}) => recordFill.parse(fillLine(execId, changes))

/** A ledger with the instrument ABC and the portfolio P1. */
export async function openWithPortfolio(options: Partial<ApplicationOptions> = {}): Promise<Ledger> {
  const ledger = await openLedger(options)
  await ledger.app.instruments.register(
    instrumentGiven('ABC', { identifiers: [{ scheme: 'ticker', value: 'ABC', market: 'XNYS' }] }),
    OMS,
  )
  await ledger.app.portfolios.open(portfolioGiven('P1'), OMS)
  return ledger
}
