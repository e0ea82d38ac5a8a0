// Who is concerned by what: so that a unit about an instrument, a fixing or a transfer reaches every portfolio whose book wants it.
import { markedBy } from '../../domain/book/life-reference.ts'
import { deliveredBy } from '../../domain/instrument/action-legs.ts'
import type { FxSeries, Policy } from '../../domain/portfolio/policy.ts'
import type { LedgerEvent } from '../../eventstore/registry.ts'
import { keyText } from '../rows/known-rows.ts'

export type InterestKind = 'instrument' | 'series' | 'calendar' | 'transfer'

export interface Interest {
  readonly portfolio: string
  readonly kind: InterestKind
  readonly subject: string
}

const PORTFOLIO = 'portfolio-'

type ToldEvent = LedgerEvent & { readonly id: string; readonly position: bigint }

/** Of a unit of the log, all that says whom it concerns. */
export interface ToldUnit {
  readonly stream: string
  readonly events: readonly ToldEvent[]
}

/** The portfolio whose stream it is; undefined for other streams. */
export function portfolioOf(stream: string): string | undefined {
  return stream.startsWith(PORTFOLIO) ? stream.slice(PORTFOLIO.length) : undefined
}

/** Streams whose units books learn besides those of portfolios and transfers. */
export const REFERENCE_STREAMS = ['instrument-', 'fx-', 'calendar-', 'prices-settlement~'] as const

/** True for units of those streams. */
export function isReference(stream: string): boolean {
  return REFERENCE_STREAMS.some((prefix) => stream.startsWith(prefix))
}

/**
 * Grows with the log, in its order, and never forgets: a portfolio that once held an instrument may see it again in a correction. It
 * may name a portfolio too many, whose book then finds nothing changed; never one too few.
 */
export class Interests {
  readonly #portfolios = new Map<string, Set<string>>()
  /** The instruments that actions on an instrument lead to. */
  readonly #successors = new Map<string, Set<string>>()
  #fresh: Interest[] = []

  /** Takes in what was stored, without counting it as new. */
  load(interests: Iterable<Interest>): void {
    for (const { portfolio, kind, subject } of interests) this.#of(kind, subject).add(portfolio)
  }

  /** Takes in reference knowledge of before: only what it says about successors. */
  loadReference(unit: ToldUnit): void {
    for (const event of unit.events) this.#learnSuccessors(event)
  }

  /** Learns from a unit and answers with the portfolios it concerns, in order. */
  concernedBy(unit: ToldUnit): string[] {
    const own = portfolioOf(unit.stream)
    const concerned = new Set<string>()
    if (own !== undefined) concerned.add(own)
    for (const event of unit.events) {
      if (own !== undefined) this.#learnFromPortfolio(own, event)
      for (const portfolio of this.#concernedByEvent(event)) concerned.add(portfolio)
    }
    return [...concerned].sort()
  }

  /** The interests that came up since the last call. */
  takeFresh(): Interest[] {
    const fresh = this.#fresh
    this.#fresh = []
    return fresh
  }

  #concernedByEvent(event: ToldEvent): Iterable<string> {
    switch (event.type) {
      case 'TransferRecorded':
      case 'TransferCorrected': {
        const { transfer, instrument, from, to } = event.data.terms
        for (const end of [from, to]) {
          if (end === null) continue
          this.#add(end.portfolio, 'transfer', transfer)
          this.#add(end.portfolio, 'instrument', instrument)
        }
        return this.#of('transfer', transfer)
      }
      case 'TransferCancelled':
      case 'TransferLotsRestated':
        return this.#of('transfer', event.data.transfer)
      case 'CorporateActionAnnounced':
      case 'CorporateActionAmended':
        this.#learnSuccessors(event)
        for (const portfolio of this.#of('instrument', event.data.instrument))
          for (const successor of this.#successors.get(event.data.instrument) ?? [])
            this.#add(portfolio, 'instrument', successor)
        return this.#of('instrument', event.data.instrument)
      case 'InstrumentRegistered':
      case 'InstrumentAmended':
      case 'IdentifierAssigned':
      case 'IdentifierWithdrawn':
      case 'InstrumentClassified':
      case 'FixingRecorded':
      case 'CorporateActionCancelled':
        return this.#of('instrument', event.data.instrument)
      case 'RatesRecorded':
      case 'RateCorrected':
      case 'RateWithdrawn':
        return this.#of('series', seriesOf(event.data))
      case 'PricesRecorded':
      case 'PriceCorrected':
      case 'PriceWithdrawn':
        return markedBy(event).flatMap((instrument) => [...this.#of('instrument', instrument)])
      case 'BusinessDayClosed':
        return this.#of('calendar', event.data.calendar)
      default:
        return []
    }
  }

  #learnFromPortfolio(portfolio: string, event: ToldEvent): void {
    switch (event.type) {
      case 'PortfolioOpened':
        this.#followPolicy(portfolio, event.data.policy)
        break
      case 'PolicyChanged':
        this.#followPolicy(portfolio, event.data.changes)
        break
      case 'FactCorrected':
        if (event.data.as.type === 'PolicyChanged') this.#followPolicy(portfolio, event.data.as.changes)
        break
      default:
    }
    for (const instrument of instrumentsIn(event)) this.#add(portfolio, 'instrument', instrument)
  }

  #followPolicy(portfolio: string, policy: { readonly [K in keyof Policy]?: Policy[K] | undefined }): void {
    if (policy.calendar !== undefined) this.#add(portfolio, 'calendar', policy.calendar)
    if (policy.fx === undefined) return
    this.#add(portfolio, 'series', seriesOf(policy.fx))
    this.#add(portfolio, 'calendar', policy.fx.calendar)
  }

  #learnSuccessors(event: ToldEvent): void {
    if (event.type !== 'CorporateActionAnnounced' && event.type !== 'CorporateActionAmended') return
    const { instrument, terms } = event.data
    for (const successor of deliveredBy(terms)) {
      if (successor === instrument) continue
      const known = this.#successors.get(instrument)
      if (known === undefined) this.#successors.set(instrument, new Set([successor]))
      else known.add(successor)
    }
  }

  #add(portfolio: string, kind: InterestKind, subject: string): void {
    const interested = this.#of(kind, subject)
    if (interested.has(portfolio)) return
    interested.add(portfolio)
    this.#fresh.push({ portfolio, kind, subject })
    // Whoever holds the parent will hold the child.
    if (kind === 'instrument')
      for (const successor of this.#successors.get(subject) ?? []) this.#add(portfolio, kind, successor)
  }

  #of(kind: InterestKind, subject: string): Set<string> {
    const key = keyText([kind, subject])
    let interested = this.#portfolios.get(key)
    if (interested === undefined) {
      interested = new Set()
      this.#portfolios.set(key, interested)
    }
    return interested
  }
}

function seriesOf({ source, fixing }: Pick<FxSeries, 'source' | 'fixing'>): string {
  return `${source}|${fixing}`
}

/** Every instrument that an event of a portfolio names, at whatever depth: facts keep it in several places. */
function instrumentsIn(event: ToldEvent): string[] {
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, member] of Object.entries(value)) {
      if (key === 'instrument' && typeof member === 'string') found.push(member)
      else visit(member)
    }
  }
  visit(event.data)
  return found
}
