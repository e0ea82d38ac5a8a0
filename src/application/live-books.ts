// Books of recently used portfolios, kept beside the commands: they learn what this process records before it is answered, and the
// rest from the log. They serve warnings, closings and transfers; no read model is made from them.
import { type Book, createBook } from '../domain/book/book.ts'
import type { BookBreak, KnownEvent, Unit } from '../domain/book/knowledge.ts'
import { Reference } from '../domain/book/reference.ts'
import type { Calendars } from '../domain/kernel/calendars.ts'
import type { Warning } from '../domain/kernel/refusal.ts'
import type { MovedLot } from '../domain/portfolio/facts.ts'
import type { Policy } from '../domain/portfolio/policy.ts'
import type { RecordedEvent } from '../eventstore/codec.ts'
import type { Appended, Log, RecordedUnit } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import type { Advisor, EligibilityQuestion, HeadBook, LotsQuestion } from './advisor.ts'
import type { BookSource } from './book-source.ts'
import { HOLDING, isOpen, lotsAt, lotsOut, unitsBefore } from './book-questions.ts'
import { instrumentStream, portfolioStream, prefixOf, SETTLEMENT_PRICES, transferStream } from './streams.ts'

/** Books kept at once; the least recently used is forgotten. */
const BOOKS_MAX = 64
/** Positions whose warnings are remembered for a book: only those under way are ever asked for. */
const ADVICE_MAX = 1024

const PORTFOLIO = prefixOf(portfolioStream)
const TRANSFER = prefixOf(transferStream)
/** Streams that every book may want; of prices, only those of settlement are among them. */
const REFERENCE = [prefixOf(instrumentStream), 'fx-', 'calendar-', SETTLEMENT_PRICES]

interface Hot {
  readonly book: Book
  /** Revision of the last unit of the portfolio's own stream that it learned; -1 for none. */
  revision: bigint
  readonly advice: Map<bigint, readonly Warning[]>
}

/** How a book is asked to be, where it is not the portfolio's own. */
export interface BookAs {
  readonly functional?: string
  readonly lens?: Partial<Policy>
}

export interface LiveBooksOptions {
  readonly log: Log
  readonly calendars?: Calendars
  /** Told when following the log, or loading a book, ended in an error; commands go on without warnings. */
  onError(error: unknown): void
}

export class LiveBooks implements Advisor, BookSource {
  readonly #log: Log
  readonly #onError: (error: unknown) => void
  readonly #reference: Reference
  readonly #calendars: Calendars | undefined
  /** Everything of the reference streams, in log order: what a book that is loaded later must learn too. */
  readonly #units: Unit[] = []
  /** Portfolio to the transfers that ever named it. */
  readonly #transfers = new Map<string, Set<string>>()
  readonly #hot = new Map<string, Hot>()
  readonly #loading = new Map<string, Promise<Hot | null>>()
  /** Position through which the log was followed. */
  #followed = -1n
  /** Learning and loading take turns: a book is loaded at one position of the log, then follows it. */
  #turn: Promise<unknown> = Promise.resolve()
  #started = false

  constructor({ log, calendars, onError }: LiveBooksOptions) {
    this.#log = log
    this.#onError = onError
    this.#calendars = calendars
    this.#reference = new Reference(calendars === undefined ? {} : { calendars })
  }

  /** Learns the reference so far, then follows the log until the signal ends it. Resolves once books can be loaded. */
  async start(signal: AbortSignal): Promise<void> {
    const until = await this.#log.lastPosition()
    if (until !== undefined) {
      const filter = { streamPrefixes: [...REFERENCE, TRANSFER] }
      for await (const unit of this.#log.readAll({ until, filter })) this.#learnShared(unit)
      this.#followed = until
    }
    this.#started = true
    this.#follow(signal).catch((error) => {
      // A book that no longer follows would give wrong advice: better none.
      this.#started = false
      this.#hot.clear()
      this.#onError(error)
    })
  }

  /** What this process has just recorded. A hot book learns its own portfolio's units at once, so that the answer can say what they did. */
  recorded(stream: string, appended: Appended, events: readonly LedgerEvent[]): void {
    if (!stream.startsWith(PORTFOLIO)) return
    const portfolio = stream.slice(PORTFOLIO.length)
    const hot = this.#hot.get(portfolio)
    if (hot === undefined) {
      if (this.#started) void this.#load(portfolio)
      return
    }
    const { position, revision, recordedAt, eventIds } = appended
    // A book that has not followed so far yet learns this one, too, from the log.
    if (revision - BigInt(events.length) !== hot.revision) return
    const known = events.flatMap((event, i): KnownEvent[] => {
      const id = eventIds[i]
      // Positions inside a unit rise with the events; their distance is the store's own, and a book only compares them.
      const own = position - BigInt(events.length - 1 - i)
      return id === undefined || isOfBlock(event) ? [] : [{ ...event, id, position: own }]
    })
    this.#learn(portfolio, hot, { position, recordedAt, events: known })
    hot.revision = revision
  }

  warningsOf(portfolio: string, position: bigint): readonly Warning[] {
    const hot = this.#hot.get(portfolio)
    const advice = hot?.advice.get(position) ?? []
    hot?.advice.delete(position)
    return advice
  }

  async holdingsOf(portfolio: string): Promise<'none' | 'some' | 'unknown'> {
    const hot = await this.#current(portfolio)
    if (hot === null) return 'unknown'
    return isOpen(hot.book.journal, HOLDING) ? 'some' : 'none'
  }

  async suspenseOf(portfolio: string, through: string): Promise<'zero' | 'open' | 'unknown'> {
    const hot = await this.#current(portfolio)
    if (hot === null) return 'unknown'
    return isOpen(hot.book.journal, ['1900'], through) ? 'open' : 'zero'
  }

  async headOf(portfolio: string): Promise<HeadBook | null> {
    const hot = await this.#current(portfolio)
    return hot === null ? null : { journal: hot.book.journal, breaks: hot.book.breaks, revision: hot.revision }
  }

  async headPosition(): Promise<bigint | null> {
    if (!this.#started) return null
    const until = (await this.#log.lastPosition()) ?? -1n
    await this.#reach(until)
    return until
  }

  get sharedReference(): Reference {
    return this.#reference
  }

  referenceAt(position: bigint): Reference {
    const reference = new Reference(this.#calendars === undefined ? {} : { calendars: this.#calendars })
    for (const unit of this.#units) {
      if (unit.position > position) break
      reference.learn(unit)
    }
    return reference
  }

  async lotsToGive(question: LotsQuestion): Promise<readonly MovedLot[] | null> {
    const hot = await this.#current(question.portfolio)
    return hot === null ? null : lotsAt(hot.book.journal, question)
  }

  async eligibleUnits(question: EligibilityQuestion): Promise<string | null> {
    const hot = await this.#current(question.portfolio)
    return hot === null ? null : unitsBefore(hot.book.journal, question)
  }

  /** The lots that left with a transfer, as the book knows them once it has followed the log to `position`. */
  async lotsGiven(portfolio: string, transfer: string, position: bigint): Promise<readonly MovedLot[] | null> {
    const hot = await this.#current(portfolio, position)
    return hot === null ? null : lotsOut(hot.book.journal, transfer)
  }

  /** What all books know together, at every position. */
  get reference(): Reference {
    return this.#reference
  }

  /**
   * A book as it was known at a position, in another currency or under other policies where that is asked for; null when it cannot be
   * read. The one at hand is answered when it is the same: read it at once, it goes on learning.
   */
  async bookAt(portfolio: string, at: bigint, as: BookAs = {}): Promise<Book | null> {
    const hot = await this.#current(portfolio, at)
    if (hot === null) return null
    const { functional = hot.book.currency ?? 'base', lens } = as
    if (hot.book.position <= at && functional === hot.book.currency && lens === undefined) return hot.book
    const book = createBook({ portfolio, reference: this.#reference, functional, lens })
    const { units } = await this.unitsOf(portfolio, at)
    book.learnAll(units)
    return book.quarantined === null ? book : null
  }

  /** The book at the end of the log (or at a position that it has reached), loaded if need be; null when it cannot be read. */
  async #current(portfolio: string, position?: bigint): Promise<Hot | null> {
    if (!this.#started) return null
    const until = position ?? (await this.#log.lastPosition()) ?? -1n
    await this.#reach(until)
    const hot = this.#hot.get(portfolio) ?? (await this.#load(portfolio))
    return hot === null || hot.book.quarantined !== null ? null : hot
  }

  readonly #waiters: { readonly position: bigint; resolve(): void }[] = []

  #reach(position: bigint): Promise<void> {
    if (this.#followed >= position) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ position, resolve }))
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const filter = { streamPrefixes: [...REFERENCE, TRANSFER, PORTFOLIO] }
    const after = this.#followed < 0n ? {} : { after: this.#followed }
    for await (const item of this.#log.subscribe({ ...after, filter, signal })) {
      if (item.kind === 'unit') await this.#inTurn(async () => this.#see(item.unit))
      else if (item.through !== undefined) this.#reached(item.through)
    }
  }

  #reached(position: bigint): void {
    if (position > this.#followed) this.#followed = position
    for (const waiter of this.#waiters.splice(0)) {
      if (waiter.position <= this.#followed) waiter.resolve()
      else this.#waiters.push(waiter)
    }
  }

  #see(unit: RecordedUnit): void {
    const known = this.#learnShared(unit)
    for (const [portfolio, hot] of [...this.#hot]) {
      const own = unit.stream === portfolioStream(portfolio)
      const named =
        unit.stream.startsWith(TRANSFER) && this.#transfers.get(portfolio)?.has(unit.stream.slice(TRANSFER.length))
      if (!own && named !== true && !hot.book.wants(known)) continue
      // Learned already, from this process's own record.
      if (own && unit.revision <= hot.revision) continue
      // It learned something later before: what order that was in, it could not know.
      if (unit.position <= hot.book.position) {
        this.#hot.delete(portfolio)
        continue
      }
      this.#learn(portfolio, hot, known)
      if (own) hot.revision = unit.revision
    }
    this.#reached(unit.position)
  }

  /** Takes in what is not one portfolio's own, and answers the unit as books learn it. */
  #learnShared(unit: RecordedUnit): Unit {
    const known = toKnowledge(unit)
    if (REFERENCE.some((prefix) => unit.stream.startsWith(prefix))) {
      this.#reference.learn(known)
      this.#units.push(known)
    }
    for (const event of unit.events) {
      if (event.type !== 'TransferRecorded' && event.type !== 'TransferCorrected') continue
      for (const end of [event.data.terms.from, event.data.terms.to]) {
        if (end === null) continue
        const named = this.#transfers.get(end.portfolio) ?? new Set()
        this.#transfers.set(end.portfolio, named.add(event.data.terms.transfer))
      }
    }
    return known
  }

  #learn(portfolio: string, hot: Hot, unit: Unit): void {
    if (unit.position <= hot.book.position || hot.book.quarantined !== null) return
    const { breaksOpened } = hot.book.learn(unit)
    // What the decider has said already is not said twice.
    const worthSaying = breaksOpened.filter(({ code }) => code !== 'consideration-mismatch')
    if (worthSaying.length > 0) hot.advice.set(unit.position, worthSaying.map(warningOf))
    if (hot.advice.size > ADVICE_MAX) hot.advice.clear()
    // Used last, forgotten last.
    this.#hot.delete(portfolio)
    this.#hot.set(portfolio, hot)
  }

  #load(portfolio: string): Promise<Hot | null> {
    const under = this.#loading.get(portfolio)
    if (under !== undefined) return under
    const loading = this.#inTurn(() => this.#loaded(portfolio))
      .catch((error) => {
        this.#onError(error)
        return null
      })
      .finally(() => this.#loading.delete(portfolio))
    this.#loading.set(portfolio, loading)
    return loading
  }

  /** Folds a book from the log as it was followed; what came since it follows like any other. */
  async #loaded(portfolio: string): Promise<Hot> {
    const { units, revision } = await this.unitsOf(portfolio, this.#followed)
    const book = createBook({ portfolio, reference: this.#reference })
    book.learnAll(units)
    const hot: Hot = { book, revision, advice: new Map() }
    this.#hot.set(portfolio, hot)
    for (const oldest of this.#hot.keys()) {
      if (this.#hot.size <= BOOKS_MAX) break
      this.#hot.delete(oldest)
    }
    return hot
  }

  async unitsOf(
    portfolio: string,
    position: bigint,
  ): Promise<{ readonly units: readonly Unit[]; readonly revision: bigint }> {
    const units: Unit[] = this.#units.filter((unit) => unit.position <= position)
    const streams = [portfolioStream(portfolio), ...[...(this.#transfers.get(portfolio) ?? [])].map(transferStream)]
    let revision = -1n
    for (const stream of streams) {
      for await (const unit of this.#log.readStream(stream)) {
        if (unit.position > position) break
        units.push(toKnowledge(unit))
        if (stream === portfolioStream(portfolio)) revision = unit.revision
      }
    }
    units.sort((a, b) => (a.position < b.position ? -1 : 1))
    return { units, revision }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

function toKnowledge({ position, recordedAt, events }: RecordedUnit): Unit {
  return { position, recordedAt, events: events.filter(isKnown) }
}

/** Books understand every event but those of blocks. */
function isKnown(event: RecordedEvent): event is RecordedEvent & KnownEvent {
  return !isOfBlock(event)
}

function isOfBlock(event: LedgerEvent): event is Extract<LedgerEvent, { type: `Block${string}` }> {
  return event.type.startsWith('Block')
}

const REMEDIES: Partial<Record<BookBreak['code'], string>> = {
  oversold: 'check the quantity; what was not held is booked as a short lot until it is covered',
  overdrawn: 'check the cash; the account is overdrawn',
  'dangling-lot-choice': 'name lots that are held; the rest was relieved by the default method',
  'unknown-instrument': 'register the instrument: until then nothing is known of its currency, places or actions',
  'ambiguous-action-order': 'state a sequence on the actions of that day',
  'dangling-settles': 'check what it settles; the money is in suspense',
}

function warningOf({ code, fact, message }: BookBreak): Warning {
  const remedy = REMEDIES[code]
  return { code, message, ...(remedy === undefined ? {} : { remedy }), details: { fact } }
}
