// What every book of the process knows together: instruments, their actions, FX fixings and calendars, as at any log position.
import { CALENDARS, type Calendars } from '../kernel/calendars.ts'
import { type Currencies, ISO_4217 } from '../kernel/currency.ts'
import { dayNumber } from '../kernel/date.ts'
import type { ActionTerms, InstrumentTerms } from '../instrument/events.ts'
import { type Fraction, fractionOf } from './amounts.ts'
import { dayOf } from './day.ts'
import type { KnownEvent, Unit } from './knowledge.ts'
import { LifeReference } from './life-reference.ts'
import { present } from './present.ts'
import { Versions } from './versions.ts'

/** A corporate action as known at some position. Its root is the announcement: amendments never move its place in the order. */
export interface KnownAction {
  readonly instrument: string
  readonly action: string
  /** `ca:{instrument}:{action}`. */
  readonly fact: string
  /** Null once cancelled. */
  readonly terms: ActionTerms | null
  readonly cause: string
  readonly root: bigint
}

interface KnownInstrument {
  readonly terms: InstrumentTerms
  /** The event that gave it its present terms. */
  readonly cause: string
  /** Position of its registration. */
  readonly root: bigint
}

/**
 * Append-only and bitemporal; one per process, read by many books, each at its own position. A unit learned twice changes nothing.
 * It knows nothing of portfolios, so it can be fed the whole log.
 */
export class Reference {
  readonly calendars: Calendars
  readonly currencies: Currencies
  readonly lives = new LifeReference()
  readonly #instruments = new Map<string, Versions<KnownInstrument>>()
  readonly #actions = new Map<string, Map<string, Versions<KnownAction>>>()
  readonly #rates = new Map<string, Versions<Fraction | null>>()
  #position = -1n

  constructor(options: { readonly calendars?: Calendars; readonly currencies?: Currencies } = {}) {
    this.calendars = options.calendars ?? CALENDARS
    this.currencies = options.currencies ?? ISO_4217
  }

  /** The last position learned. */
  get position(): bigint {
    return this.#position
  }

  /** Learns one unit, in log order; events of portfolios and transfers are ignored. */
  learn(unit: Unit): void {
    if (unit.position <= this.#position) return
    this.#position = unit.position
    for (const event of unit.events) {
      this.#event(event, unit.position)
      this.lives.learn(event, unit.position)
    }
  }

  #event(event: KnownEvent, at: bigint): void {
    switch (event.type) {
      case 'InstrumentRegistered':
        versions(this.#instruments, event.data.instrument).learn(at, {
          terms: event.data,
          cause: event.id,
          root: event.position,
        })
        return
      case 'InstrumentAmended': {
        const known = this.#instruments.get(event.data.instrument)
        const before = known?.asAt(at)
        // An amendment of what was never registered changes nothing: there is no whole set of terms to hold.
        if (known === undefined || before === undefined) return
        const terms = { ...before.terms, ...present(event.data.changes) }
        known.learn(at, { terms, cause: event.id, root: before.root })
        return
      }
      case 'CorporateActionAnnounced':
      case 'CorporateActionAmended':
        this.#action(event.data.instrument, event.data.terms.action, event.data.terms, event, at)
        return
      case 'CorporateActionCancelled':
        this.#action(event.data.instrument, event.data.action, null, event, at)
        return
      case 'RatesRecorded':
        for (const row of event.data.rows) this.#rate(event.data, row.base, row.quote, fractionOf(row.rate), at)
        return
      case 'RateCorrected': {
        const { base, quote, rate } = event.data.row
        this.#rate(event.data, base, quote, fractionOf(rate), at)
        return
      }
      case 'RateWithdrawn':
        this.#rate(event.data, event.data.base, event.data.quote, null, at)
        return
      default:
    }
  }

  #action(instrument: string, action: string, terms: ActionTerms | null, event: KnownEvent, at: bigint): void {
    const ofInstrument = this.#actions.get(instrument) ?? new Map<string, Versions<KnownAction>>()
    this.#actions.set(instrument, ofInstrument)
    const known = versions(ofInstrument, action)
    const root = known.asAt(at)?.root ?? event.position
    known.learn(at, { instrument, action, fact: `ca:${instrument}:${action}`, terms, cause: event.id, root })
  }

  #rate(
    of: { readonly source: string; readonly fixing: string; readonly date: string },
    base: string,
    quote: string,
    rate: Fraction | null,
    at: bigint,
  ): void {
    versions(this.#rates, rateKey(of.source, of.fixing, dayOf(of.date), base, quote)).learn(at, rate)
  }

  /** The instrument's terms, or null when it is not registered. */
  instrument(id: string, asAt: bigint): InstrumentTerms | null {
    return this.#instruments.get(id)?.asAt(asAt)?.terms ?? null
  }

  /** The instrument's terms with where they come from. */
  known(id: string, asAt: bigint): KnownInstrument | null {
    return this.#instruments.get(id)?.asAt(asAt) ?? null
  }

  /** The actions announced on an instrument, cancelled ones too, in order of announcement. */
  actionsOn(instrument: string, asAt: bigint): readonly KnownAction[] {
    const known: KnownAction[] = []
    for (const action of this.#actions.get(instrument)?.values() ?? []) {
      const version = action.asAt(asAt)
      if (version !== undefined) known.push(version)
    }
    return known
  }

  /** One action. */
  action(instrument: string, action: string, asAt: bigint): KnownAction | null {
    return this.#actions.get(instrument)?.get(action)?.asAt(asAt) ?? null
  }

  /** What one unit of `base` was worth in `quote` by this very fixing of this very day; null when unknown. */
  fixing(source: string, fixing: string, day: number, base: string, quote: string, asAt: bigint): Fraction | null {
    return this.#rates.get(rateKey(source, fixing, day, base, quote))?.asAt(asAt) ?? null
  }

  /** Whether the calendar is open on a day; `unknown` outside its dates and for a calendar nobody loaded. */
  dayStatus(calendar: string, day: number): 'open' | 'closed' | 'unknown' {
    const found = this.calendars.get(calendar)
    if (found === undefined) return 'unknown'
    const open = found.open[day - dayNumber(found.from)]
    return open === undefined ? 'unknown' : open === 1 ? 'open' : 'closed'
  }
}

function versions<T>(table: Map<string, Versions<T>>, key: string): Versions<T> {
  const known = table.get(key) ?? new Versions<T>()
  table.set(key, known)
  return known
}

function rateKey(source: string, fixing: string, day: number, base: string, quote: string): string {
  return `${source}/${fixing}/${day}/${base}/${quote}`
}
