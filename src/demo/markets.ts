// Prices and rates of the demo: seeded walks in whole ticks, so that every figure is exact text from the start.
import { dayStatus } from '../domain/kernel/calendar.ts'
import { calendar } from '../domain/kernel/calendars.ts'
import { addDays, type PlainDate, weekday } from '../domain/kernel/date.ts'
import { type Listing, LISTINGS, type Market } from './listings.ts'
import type { Random } from './random.ts'

/** Fixings against the euro, in ten-thousandths (yen in hundredths): what one euro buys. */
const RATES: readonly { readonly currency: string; readonly start: number; readonly places: number }[] = [
  { currency: 'USD', start: 10350, places: 4 },
  { currency: 'GBP', start: 8305, places: 4 },
  { currency: 'CHF', start: 9390, places: 4 },
  { currency: 'JPY', start: 16240, places: 2 },
]

/** Whole minor or tick counts as decimal text: 12345 at 2 places is 123.45. */
export function ticks(count: number, places: number): string {
  const sign = count < 0 ? '-' : ''
  const digits = String(Math.abs(count)).padStart(places + 1, '0')
  if (places === 0) return sign + digits
  const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '')
  return sign + text
}

export function isOpen(calendarId: string, date: PlainDate): boolean {
  return dayStatus(calendar(calendarId), date) === 'open'
}

export function tradingDays(from: PlainDate, to: PlainDate): PlainDate[] {
  const days: PlainDate[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) if (weekday(day) <= 5) days.push(day)
  return days
}

export class Markets {
  readonly #random: Random
  readonly #prices = new Map<string, number>(LISTINGS.map((one) => [one.instrument, one.price]))
  readonly #rates = new Map<string, number>(RATES.map((one) => [one.currency, one.start]))

  constructor(random: Random) {
    this.#random = random
  }

  /** One day passes: a market factor that all share, and each its own. */
  pass(): void {
    const common = this.#random.normal() * 0.006 + 0.0003
    for (const one of LISTINGS) {
      const moved = this.price(one) * (1 + common * 0.8 + this.#random.normal() * one.volatility * 0.8)
      this.#prices.set(one.instrument, Math.max(one.market.pricePlaces === 0 ? 50 : 20, Math.round(moved)))
    }
    for (const { currency } of RATES) {
      const moved = (this.#rates.get(currency) ?? 1) * (1 + this.#random.normal() * 0.0035)
      this.#rates.set(currency, Math.round(moved))
    }
  }

  price(one: Listing): number {
    return this.#prices.get(one.instrument) ?? one.price
  }

  /** After a split of `numerator` new for `denominator` old. */
  split(one: Listing, numerator: number, denominator: number): void {
    this.#prices.set(one.instrument, Math.max(1, Math.round((this.price(one) * denominator) / numerator)))
  }

  /** A price around the close: a fill's. */
  traded(one: Listing): number {
    return Math.max(1, Math.round(this.price(one) * (1 + this.#random.normal() * 0.003)))
  }

  fixings(): readonly { readonly base: string; readonly quote: string; readonly rate: string }[] {
    return RATES.map(({ currency, places }) => ({
      base: 'EUR',
      quote: currency,
      rate: ticks(this.#rates.get(currency) ?? 1, places),
    }))
  }

  /** Roughly what one unit of `from` is worth in `to`: for sizing orders, never for the book. */
  about(from: string, to: string): number {
    const euros = (currency: string): number => {
      const known = RATES.find((rate) => rate.currency === currency)
      return known === undefined ? 1 : (this.#rates.get(currency) ?? known.start) / 10 ** known.places
    }
    return euros(to) / euros(from)
  }

  /** Closing prices of what is listed by then. */
  closes(
    date: PlainDate,
    markets: readonly Market[],
    listed: (one: Listing) => boolean,
  ): Readonly<Record<string, string>>[] {
    return LISTINGS.filter(
      (one) => listed(one) && markets.includes(one.market) && isOpen(one.market.calendar, date),
    ).map((one) => ({
      instrument: one.instrument,
      price: ticks(this.price(one), one.market.pricePlaces),
      currency: one.market.currency,
    }))
  }
}
