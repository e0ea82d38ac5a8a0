// The application: every command the ledger takes, as typed methods over one command handler.
import { Reference } from '../domain/book/reference.ts'
import type { Calendars } from '../domain/kernel/calendars.ts'
import type { SettlementCycles } from '../domain/kernel/settlement-cycle.ts'
import type { Log } from '../eventstore/log.ts'
import { type Advisor, silentAdvisor } from './advisor.ts'
import { Bulk } from './bulk.ts'
import { CommandHandler } from './command-handler.ts'
import { ReferenceDirectory } from './reference-directory.ts'
import { Blocks } from './services/blocks.ts'
import { Facts } from './services/facts.ts'
import { Fills } from './services/fills.ts'
import { Instruments } from './services/instruments.ts'
import { CalendarDaysService, Prices, Rates } from './services/market-data.ts'
import { Orders } from './services/orders.ts'
import { Owners } from './services/owners.ts'
import { type PriceDates, Periods } from './services/periods.ts'
import { Portfolios } from './services/portfolios.ts'
import { Transfers } from './services/transfers.ts'
import type { Snapshots } from './snapshots.ts'
import type { BookSource } from './book-source.ts'
import { type ConcernedBy, Previews } from './preview.ts'
import type { OnRecorded } from './stream-lane.ts'
import { noBooks, type PastBooks, TaxViews } from './tax-views.ts'

export interface ApplicationOptions {
  readonly log: Log
  /** What the book says to commands; without, it says nothing. */
  readonly advisor?: Advisor
  /** How old the newest prices are: what closing a period looks at; without, prices count as unreadable. */
  readonly priceDates?: PriceDates
  /** Where previews get their books, and whom a unit concerns; without, there are no previews. */
  readonly books?: BookSource
  readonly concernedBy?: ConcernedBy
  /** The books that tax views are read from; without, there are none. */
  readonly pastBooks?: PastBooks
  readonly calendars?: Calendars
  readonly cycles?: SettlementCycles
  /** Told of everything this process records, after the directory knows it. */
  readonly onRecorded?: OnRecorded
  /** Where the states of long streams are saved, and how: see CommandHandlerOptions. */
  readonly snapshots?: Snapshots
  onSnapshotError?(error: unknown): void
  readonly saveEvery?: number
  readonly keptMax?: number
}

export interface Application {
  readonly handler: CommandHandler
  readonly directory: ReferenceDirectory
  readonly portfolios: Portfolios
  /** Closing, sealing and reopening, and manual journal entries. */
  readonly periods: Periods
  readonly fills: Fills
  /** Cash, fees, interest, taxes, receipts, FX, openings, lots, policies. */
  readonly facts: Facts
  readonly orders: Orders
  readonly blocks: Blocks
  readonly transfers: Transfers
  readonly instruments: Instruments
  readonly owners: Owners
  readonly prices: Prices
  readonly rates: Rates
  readonly calendars: CalendarDaysService
  readonly bulk: Bulk
  /** Books made from the log for one question. */
  readonly books: BookSource
  /** What commands would change. */
  readonly previews: Previews
  readonly tax: TaxViews
  /**
   * Reads the instruments recorded so far and follows those to come; resolves when caught up, after which commands may be taken.
   * `onError` is told when following ends by an error: instruments of other processes would then be missed.
   */
  start(signal: AbortSignal, onError: (error: unknown) => void): Promise<void>
  /** Saves what the next start would otherwise have to read; after the last command. */
  close(): Promise<void>
}

/** Puts the application together; call `start` before sending commands. */
export function createApplication(options: ApplicationOptions): Application {
  const { advisor = silentAdvisor, onRecorded, ...rest } = options
  const directory = new ReferenceDirectory({
    ...(options.calendars === undefined ? {} : { calendars: options.calendars }),
    ...(options.cycles === undefined ? {} : { cycles: options.cycles }),
  })
  const handler = new CommandHandler({
    ...rest,
    onRecorded(stream, appended, events) {
      directory.learn(stream, appended.revision, events)
      onRecorded?.(stream, appended, events)
    },
  })
  const fills = new Fills(handler, directory, advisor)
  return {
    handler,
    directory,
    portfolios: new Portfolios(handler, directory, advisor),
    periods: new Periods(handler, directory, advisor, options.priceDates ?? (async () => null)),
    fills,
    facts: new Facts(handler, directory, advisor),
    orders: new Orders(handler, directory),
    blocks: new Blocks(handler, directory, fills),
    transfers: new Transfers(handler, directory, advisor),
    instruments: new Instruments(handler, directory),
    owners: new Owners(handler),
    prices: new Prices(handler, directory),
    rates: new Rates(handler),
    calendars: new CalendarDaysService(handler, directory),
    bulk: new Bulk(handler, directory, advisor),
    books: options.books ?? NO_BOOKS,
    previews: new Previews(options.books ?? NO_BOOKS, options.concernedBy ?? (async () => [])),
    tax: new TaxViews(options.log, options.pastBooks ?? noBooks),
    start: (signal, onError) => directory.follow(options.log, signal, onError),
    close: () => handler.close(),
  }
}

const NO_BOOKS: BookSource = {
  headPosition: async () => null,
  sharedReference: new Reference(),
  referenceAt: () => new Reference(),
  unitsOf: async () => ({ units: [], revision: -1n }),
}
