// The rate from a currency into the book's functional currency on a day: found once, kept, and found again when a fixing changes.
import { minorUnits } from '../kernel/currency.ts'
import { type Int, mulDivHalfEven } from '../kernel/scaled.ts'
import type { FxSeries } from '../portfolio/policy.ts'
import { type Fraction, fractionOf, isUnknown, reduced, UNKNOWN } from './amounts.ts'
import { dayOf } from './day.ts'
import type { KnownEvent } from './knowledge.ts'
import type { Names } from './names.ts'
import type { Reference } from './reference.ts'

/** A prepared rate: functional minor units per minor unit, exact. Unknown rates have numerator 0. */
export interface Rate {
  readonly known: boolean
  readonly carried: boolean
  readonly numerator: Int
  readonly denominator: Int
}

/** The functional currency itself. */
export const PAR: Rate = { known: true, carried: false, numerator: 1, denominator: 1 }
const PENDING: Rate = { known: false, carried: false, numerator: 0, denominator: 1 }

/** round-half-even(local x rate); unknown when the rate or the amount is, but nothing is worth nothing at any rate. */
export function convert(rate: Rate, local: Int): Int {
  if (rate === PAR || local === 0) return local
  if (!rate.known || isUnknown(local)) return UNKNOWN
  return mulDivHalfEven(local, rate.numerator, rate.denominator)
}

/** round-half-even(base / rate): the way back. The rate is known and not zero. */
export function convertBack(rate: Rate, base: Int): Int {
  return rate === PAR ? base : mulDivHalfEven(base, rate.denominator, rate.numerator)
}

/** A (currency, day) whose rate changed. */
export interface ChangedRate {
  readonly currency: number
  readonly day: number
}

/** How many closed days in a row a fixing is carried over; no calendar closes for longer. */
const CARRY_DAYS_MAX = 60
/** Days are made positive and packed below the currency in one key. */
const DAY_BASE = 1_000_000
const DAY_SPAN = 4_194_304

export class Rates {
  readonly #reference: Reference
  readonly #currencies: Names
  readonly #functional: string
  readonly #series: FxSeries[] = []
  readonly #cache = new Map<number, Rate>()
  #lastKey = -1
  #lastRate = PENDING
  /** Keys of the cache by the (series, day) of every fixing they would be found in. */
  readonly #users = new Map<string, Set<number>>()
  /** What the book knows: rates are looked up as at this position. */
  asAt = 0n

  constructor(reference: Reference, currencies: Names, functional: string) {
    this.#reference = reference
    this.#currencies = currencies
    this.#functional = functional
  }

  /** The number of a series, for `on`. */
  series(series: FxSeries): number {
    const same = this.#series.findIndex(
      (known) =>
        known.source === series.source &&
        known.fixing === series.fixing &&
        known.pivot === series.pivot &&
        known.calendar === series.calendar,
    )
    return same >= 0 ? same : this.#series.push(series) - 1
  }

  /** The rate of a currency on a day by a series. */
  on(currency: number, day: number, series: number): Rate {
    const key = (series * 4096 + currency) * DAY_SPAN + day + DAY_BASE
    if (key === this.#lastKey) return this.#lastRate
    const cached = this.#cache.get(key)
    const rate = cached ?? this.#find(currency, day, series, key)
    if (cached === undefined) this.#cache.set(key, rate)
    this.#lastKey = key
    this.#lastRate = rate
    return rate
  }

  /** A contract rate: functional units per unit of the currency. */
  contract(currency: string, rate: string): Rate {
    return this.#prepared(currency, fractionOf(rate), false)
  }

  #find(currency: number, day: number, number: number, key: number): Rate {
    const code = this.#currencies.text(currency)
    if (code === this.#functional) return PAR
    const series = this.#series[number]
    if (series === undefined) return PENDING
    this.#use(series, day, key)
    const own = this.#fixing(code, day, series)
    if (own !== null) return this.#prepared(code, own, false)
    let before = day
    for (let i = 0; i < CARRY_DAYS_MAX; i++) {
      const status = this.#reference.dayStatus(series.calendar, before)
      // Due and missing, or a day nobody knows to be closed: pending, never silently the latest.
      if (status === 'open' && before !== day) break
      if (status !== 'closed') return PENDING
      before--
    }
    this.#use(series, before, key)
    const last = this.#fixing(code, before, series)
    return last === null ? PENDING : this.#prepared(code, last, true)
  }

  #use(series: FxSeries, day: number, key: number): void {
    const name = userKey(series.source, series.fixing, day)
    const keys = this.#users.get(name) ?? new Set<number>()
    this.#users.set(name, keys)
    keys.add(key)
  }

  /** Direct, else the exact inverse, else through the pivot; all on one day. */
  #fixing(code: string, day: number, series: FxSeries): Fraction | null {
    const straight = this.#pair(code, this.#functional, day, series)
    if (straight !== null) return straight
    const toPivot = this.#pair(code, series.pivot, day, series)
    const fromPivot = this.#pair(series.pivot, this.#functional, day, series)
    if (toPivot === null || fromPivot === null) return null
    return {
      numerator: BigInt(toPivot.numerator) * BigInt(fromPivot.numerator),
      denominator: BigInt(toPivot.denominator) * BigInt(fromPivot.denominator),
    }
  }

  #pair(from: string, to: string, day: number, { source, fixing }: FxSeries): Fraction | null {
    const direct = this.#reference.fixing(source, fixing, day, from, to, this.asAt)
    if (direct !== null) return direct
    const inverse = this.#reference.fixing(source, fixing, day, to, from, this.asAt)
    return inverse === null ? null : { numerator: inverse.denominator, denominator: inverse.numerator }
  }

  #prepared(code: string, { numerator, denominator }: Fraction, carried: boolean): Rate {
    const table = this.#reference.currencies
    const places = minorUnits(this.#functional, table) - minorUnits(code, table)
    const up = 10n ** BigInt(Math.max(places, 0))
    const down = 10n ** BigInt(Math.max(-places, 0))
    return { known: true, carried, ...reduced(BigInt(numerator) * up, BigInt(denominator) * down) }
  }

  /** Whether a unit holds a fixing that this book looked for: a cheap superset of what changes it. */
  wants(event: KnownEvent): boolean {
    return this.#keysOf(event) !== undefined
  }

  /** Looks again for every rate an event may have changed; answers those that did. */
  relearn(event: KnownEvent): ChangedRate[] {
    const changed: ChangedRate[] = []
    for (const key of this.#keysOf(event) ?? []) {
      const day = (key % DAY_SPAN) - DAY_BASE
      const rest = Math.floor(key / DAY_SPAN)
      const currency = rest % 4096
      const old = this.#cache.get(key)
      const rate = this.#find(currency, day, Math.floor(rest / 4096), key)
      if (old !== undefined && same(old, rate)) continue
      this.#cache.set(key, rate)
      this.#lastKey = -1
      changed.push({ currency, day })
    }
    return changed
  }

  #keysOf(event: KnownEvent): Iterable<number> | undefined {
    if (event.type !== 'RatesRecorded' && event.type !== 'RateCorrected' && event.type !== 'RateWithdrawn')
      return undefined
    return this.#users.get(userKey(event.data.source, event.data.fixing, dayOf(event.data.date)))
  }
}

function userKey(source: string, fixing: string, day: number): string {
  return `${source}/${fixing}/${day}`
}

function same(a: Rate, b: Rate): boolean {
  return (
    a.known === b.known && a.carried === b.carried && a.numerator === b.numerator && a.denominator === b.denominator
  )
}
