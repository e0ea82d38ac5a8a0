// The instruments as commands need them: by id and by any identifier on a date, with calendars and settlement cycles beside them.
// In memory, fed by the log; what this process records itself is in it before the command is answered.
import type { IdentifierRegistry, IdentifierSpan } from '../domain/instrument/identifiers.ts'
import { covers, spansOf } from '../domain/instrument/identifiers.ts'
import {
  instrument as instrumentModel,
  type InstrumentKnowledge,
  type InstrumentState,
} from '../domain/instrument/instrument.ts'
import type { ActionTerms, InstrumentEvent } from '../domain/instrument/events.ts'
import type { InstrumentName } from '../domain/instrument/name.ts'
import { addBusinessDays, dayStatus } from '../domain/kernel/calendar.ts'
import { CALENDARS, type Calendars } from '../domain/kernel/calendars.ts'
import { isPlainDate } from '../domain/kernel/date.ts'
import { defined } from '../domain/kernel/defined.ts'
import { attempt } from '../domain/kernel/refusal.ts'
import { SETTLEMENT_CYCLES, type SettlementCycles, settlementDate } from '../domain/kernel/settlement-cycle.ts'
import type { KnownInstrument, ReferenceKnowledge } from '../domain/portfolio/reference-knowledge.ts'
import type { Log, RecordedUnit } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import { eventType } from '../eventstore/registry.ts'
import { instrumentStream, prefixOf } from './streams.ts'

export interface ReferenceDirectoryOptions {
  readonly calendars?: Calendars
  readonly cycles?: SettlementCycles
}

/** Settlement dates kept: some markets and currency pairs over a few years of trade dates. */
const DATES_KEPT_MAX = 20_000

export class ReferenceDirectory implements ReferenceKnowledge, InstrumentKnowledge, IdentifierRegistry {
  readonly calendars: Calendars
  readonly #cycles: SettlementCycles
  readonly #instruments = new Map<string, InstrumentState>()
  readonly #known = new Map<string, KnownInstrument>()
  /** `{scheme}/{value}` to the instruments that ever bore it. */
  readonly #bearers = new Map<string, Set<string>>()
  readonly #spans = new Map<string, readonly IdentifierSpan[]>()
  /** Calendars and cycles never change while the process lives, so a date worked out once holds. */
  readonly #settlementDates = new Map<string, ReturnType<ReferenceKnowledge['settlementDate']>>()
  /** Position of the last unit that the subscription brought. */
  #followed = -1n
  #waiters: { readonly position: bigint; resolve(): void }[] = []

  constructor({ calendars = CALENDARS, cycles = SETTLEMENT_CYCLES }: ReferenceDirectoryOptions = {}) {
    this.calendars = calendars
    this.#cycles = cycles
  }

  /**
   * Learns events of one stream, `lastRevision` being the last one's. What was learned before is passed over, and so is what comes
   * after a gap: the subscription brings both in order.
   */
  learn(stream: string, lastRevision: bigint, events: readonly LedgerEvent[]): void {
    const id = stream.startsWith(INSTRUMENTS) ? stream.slice(INSTRUMENTS.length) : undefined
    if (id === undefined) return
    const before = this.#instruments.get(id)
    let state = before ?? instrumentModel.initial
    const first = Number(lastRevision) - events.length + 1
    if (first > state.revision + 1) return
    for (const event of events.slice(state.revision + 1 - first)) {
      if (isInstrumentEvent(event)) state = instrumentModel.evolve(state, event)
    }
    this.#instruments.set(id, state)
    this.#index(id, state)
  }

  /** Learns everything recorded so far, then goes on learning until the signal ends it. Resolves when it has caught up. */
  follow(log: Log, signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const read = async () => {
        for await (const item of log.subscribe({ filter: { streamPrefixes: [INSTRUMENTS] }, signal })) {
          if (item.kind === 'caught-up') resolve()
          else this.#follow(item.unit)
        }
        resolve()
      }
      read().catch((error) => {
        reject(error)
        onError(error)
      })
    })
  }

  /** Resolves once the subscription has brought the instrument unit at that position. */
  reached(position: bigint): Promise<void> {
    if (this.#followed >= position) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ position, resolve }))
  }

  instrument(named: InstrumentName, on: string): KnownInstrument | 'unknown' | 'ambiguous' {
    const ids = named.scheme === 'id' ? [named.value] : this.#bearersOn(named, on)
    const [id, ...others] = ids
    if (others.length > 0) return 'ambiguous'
    return (id === undefined ? undefined : this.#known.get(id)) ?? 'unknown'
  }

  /** By our own id. */
  instrumentById(id: string): KnownInstrument | undefined {
    return this.#known.get(id)
  }

  action(instrument: string, action: string): ActionTerms | null {
    const known = this.#instruments.get(instrument)?.actions.get(action)
    return known?.live === true ? known.terms : null
  }

  knowsInstrument(id: string): boolean {
    return this.#known.has(id)
  }

  settlementDate(
    instrument: KnownInstrument,
    tradeDate: string,
    currencies: readonly string[],
  ): ReturnType<ReferenceKnowledge['settlementDate']> {
    const { market, type } = instrument
    const key = `${market}/${type}/${tradeDate}/${currencies.join('+')}`
    const known = this.#settlementDates.get(key)
    if (known !== undefined) return known
    const [calendars, cycles] = [this.calendars, this.#cycles]
    const read = attempt(() => {
      if (!isPlainDate(tradeDate)) throw new Error(`${tradeDate} passed a schema but is no date`)
      return settlementDate({ tradeDate, market, type, currencies, cycles, calendars })
    })
    const answer = read.ok ? ({ ok: true, date: read.value } as const) : read
    if (this.#settlementDates.size >= DATES_KEPT_MAX) this.#settlementDates.clear()
    this.#settlementDates.set(key, answer)
    return answer
  }

  isBusinessDay(calendar: string, date: string): boolean | undefined {
    const status = this.dayStatus(calendar, date)
    return status === 'open' ? true : status === 'closed' ? false : undefined
  }

  /** What the calendar says of a date; `no-calendar` where none is loaded. */
  dayStatus(calendar: string, date: string): 'open' | 'closed' | 'unknown' | 'no-calendar' {
    const known = this.calendars.get(calendar)
    if (known === undefined) return 'no-calendar'
    return isPlainDate(date) ? dayStatus(known, date) : 'unknown'
  }

  /** The business day before a date; null where the calendar does not know it. */
  previousBusinessDay(calendar: string, date: string): string | null {
    const known = this.calendars.get(calendar)
    if (known === undefined || !isPlainDate(date)) return null
    const read = attempt(() => addBusinessDays(known, date, -1))
    return read.ok ? read.value : null
  }

  knowsCalendar(calendar: string): boolean {
    return this.calendars.has(calendar)
  }

  knowsMarket(market: string): boolean {
    return this.#cycles.markets.some(({ id }) => id === market)
  }

  bearers(
    scheme: string,
    value: string,
    market: string | null,
  ): { readonly instrument: string; readonly span: IdentifierSpan }[] {
    return [...(this.#bearers.get(`${scheme}/${value}`) ?? [])].flatMap((instrument) =>
      (this.#spans.get(instrument) ?? [])
        .filter((span) => span.scheme === scheme && span.value === value && span.market === market)
        .map((span) => ({ instrument, span })),
    )
  }

  #follow({ stream, revision, position, events }: RecordedUnit): void {
    this.learn(stream, revision, events)
    this.#followed = position
    const ready = this.#waiters.filter((waiter) => waiter.position <= position)
    this.#waiters = this.#waiters.filter((waiter) => waiter.position > position)
    for (const { resolve } of ready) resolve()
  }

  #bearersOn({ scheme, value, market }: InstrumentName, on: string): string[] {
    return [...(this.#bearers.get(`${scheme}/${value}`) ?? [])].filter((id) =>
      (this.#spans.get(id) ?? []).some(
        (span) =>
          span.scheme === scheme &&
          span.value === value &&
          (market === undefined || span.market === market) &&
          covers(span, on),
      ),
    )
  }

  #index(id: string, { terms, identifiers }: InstrumentState): void {
    if (terms === null) return
    const { type, currency, multiplier, quantityPlaces, market, tradingCalendar, bond, option, future, deposit } = terms
    const lives = defined({ bond, option, future, deposit })
    this.#known.set(id, { id, type, currency, multiplier, quantityPlaces, market, tradingCalendar, ...lives })
    const spans = spansOf(identifiers)
    this.#spans.set(id, spans)
    for (const { scheme, value } of spans) {
      const key = `${scheme}/${value}`
      this.#bearers.set(key, (this.#bearers.get(key) ?? new Set()).add(id))
    }
  }
}

const INSTRUMENTS = prefixOf(instrumentStream)

function isInstrumentEvent(event: LedgerEvent): event is InstrumentEvent {
  return eventType(event.type)?.kind === 'instrument'
}
