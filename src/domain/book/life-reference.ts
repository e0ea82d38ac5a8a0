// What the lives of instruments hang on, as at any log position: closed business days, settlement prices, fixings of running terms.
import type { Fixing } from '../instrument/life-terms.ts'
import { type Fraction, fractionOf } from './amounts.ts'
import { dayOf } from './day.ts'
import type { KnownEvent } from './knowledge.ts'
import { Versions } from './versions.ts'

/** A business day that was closed, and the event that says so. */
export interface ClosedDay {
  readonly day: number
  readonly cause: string
  readonly at: bigint
}

/** A settlement price of one day. */
export interface Mark {
  readonly price: Fraction
  readonly currency: string
  readonly cause: string
}

interface KnownFixing {
  readonly value: Fraction
  readonly cause: string
}

/** Of one instrument: day to `{source}/{snap}` to the price, null once withdrawn. */
type Marks = Map<number, Map<string, Versions<Mark | null>>>

type MarkEvent = Extract<KnownEvent, { type: 'PricesRecorded' | 'PriceCorrected' | 'PriceWithdrawn' }>

/** The instruments a price event says the settlement price of, with the day; none where it is of another basis. */
export function markedBy(event: MarkEvent): readonly string[] {
  if (event.data.basis !== 'settlement') return []
  if (event.type === 'PricesRecorded') return event.data.rows.map(({ instrument }) => instrument)
  return [event.type === 'PriceCorrected' ? event.data.row.instrument : event.data.instrument]
}

export class LifeReference {
  readonly #closed = new Map<string, ClosedDay[]>()
  readonly #marks = new Map<string, Marks>()
  /** By instrument and kind: day from which it counts to its value. */
  readonly #fixings = new Map<string, Map<number, Versions<KnownFixing>>>()

  learn(event: KnownEvent, at: bigint): void {
    switch (event.type) {
      case 'BusinessDayClosed': {
        const days = this.#closed.get(event.data.calendar) ?? []
        this.#closed.set(event.data.calendar, days)
        days.push({ day: dayOf(event.data.date), cause: event.id, at })
        return
      }
      case 'FixingRecorded': {
        const { instrument, fixing } = event.data
        const key = `${instrument}|${fixing.kind}`
        const known = this.#fixings.get(key) ?? new Map<number, Versions<KnownFixing>>()
        this.#fixings.set(key, known)
        const day = dayOf(fixing.from)
        const versions = known.get(day) ?? new Versions<KnownFixing>()
        known.set(day, versions)
        versions.learn(at, { value: fractionOf(fixing.value), cause: event.id })
        return
      }
      case 'PricesRecorded':
        if (event.data.basis !== 'settlement') return
        for (const { instrument, price, currency } of event.data.rows)
          this.#mark(instrument, event.data, { price: fractionOf(price), currency, cause: event.id }, at)
        return
      case 'PriceCorrected': {
        if (event.data.basis !== 'settlement') return
        const { instrument, price, currency } = event.data.row
        this.#mark(instrument, event.data, { price: fractionOf(price), currency, cause: event.id }, at)
        return
      }
      case 'PriceWithdrawn':
        if (event.data.basis === 'settlement') this.#mark(event.data.instrument, event.data, null, at)
        return
      default:
    }
  }

  #mark(
    instrument: string,
    { source, snap, date }: { readonly source: string; readonly snap: string; readonly date: string },
    mark: Mark | null,
    at: bigint,
  ): void {
    const ofInstrument: Marks = this.#marks.get(instrument) ?? new Map()
    this.#marks.set(instrument, ofInstrument)
    const day = dayOf(date)
    const ofDay = ofInstrument.get(day) ?? new Map<string, Versions<Mark | null>>()
    ofInstrument.set(day, ofDay)
    const key = `${source}/${snap}`
    const versions = ofDay.get(key) ?? new Versions<Mark | null>()
    ofDay.set(key, versions)
    versions.learn(at, mark)
  }

  /** The closed days of a calendar, oldest first; a decider keeps them in order. */
  closedDays(calendar: string, asAt: bigint): readonly ClosedDay[] {
    const days = this.#closed.get(calendar) ?? []
    return days.length === 0 || (days.at(-1)?.at ?? 0n) <= asAt ? days : days.filter(({ at }) => at <= asAt)
  }

  /** Days for which a settlement price was ever recorded. */
  markDays(instrument: string): Iterable<number> {
    return this.#marks.get(instrument)?.keys() ?? []
  }

  /** The settlement price of a day: of the one series where one is named, else of the first by name. */
  mark(
    instrument: string,
    day: number,
    series: { readonly source: string; readonly snap: string } | undefined,
    asAt: bigint,
  ): Mark | null {
    const ofDay = this.#marks.get(instrument)?.get(day)
    if (ofDay === undefined) return null
    if (series !== undefined) return ofDay.get(`${series.source}/${series.snap}`)?.asAt(asAt) ?? null
    for (const key of [...ofDay.keys()].sort()) {
      const mark = ofDay.get(key)?.asAt(asAt) ?? null
      if (mark !== null) return mark
    }
    return null
  }

  /** The value of a fixing in force on a day: that of the latest day up to it; null when there is none. */
  fixing(instrument: string, kind: Fixing['kind'], day: number, asAt: bigint): Fraction | null {
    let from = Number.NEGATIVE_INFINITY
    let found: Fraction | null = null
    for (const [since, versions] of this.#fixings.get(`${instrument}|${kind}`) ?? []) {
      const known = since <= day && since > from ? versions.asAt(asAt) : undefined
      if (known === undefined) continue
      from = since
      found = known.value
    }
    return found
  }

  /** Days from which a kind of fixing of the instrument changes, in order. */
  fixingDays(instrument: string, kind: Fixing['kind'], asAt: bigint): number[] {
    const days = [...(this.#fixings.get(`${instrument}|${kind}`) ?? [])]
    return days
      .filter(([, versions]) => versions.asAt(asAt) !== undefined)
      .map(([day]) => day)
      .sort((a, b) => a - b)
  }
}
