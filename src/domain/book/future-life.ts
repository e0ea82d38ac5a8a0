// The life of a future: marked on every closed day that has a settlement price, until it expires.
import type { FutureTerms } from '../instrument/life-terms.ts'
import { weekdayOf } from '../kernel/date.ts'
import { dayOf } from './day.ts'
import type { Desk } from './desk.ts'
import type { KnownTerms, Life, Moment, Span } from './life.ts'
import { LifeStep } from './life-step.ts'

/** No calendar is closed for longer. */
const CLOSED_DAYS_MAX = 60
const SATURDAY = 6

/** The first day after (or on, where `counting` says so) that is open; a day a calendar says nothing of is open from Monday to Friday. */
export function openDay(desk: Desk, calendar: string, day: number, counting: 'after' | 'from'): number {
  let next = counting === 'after' ? day + 1 : day
  for (let i = 0; i < CLOSED_DAYS_MAX; i++, next++) {
    const status = desk.reference.dayStatus(calendar, next)
    if (status === 'open' || (status === 'unknown' && weekdayOf(next) < SATURDAY)) return next
  }
  return next
}

/** The end of the day on which something expires: whoever still holds it has to say how it ended. */
export function expired({ terms, cause, root }: KnownTerms, day: number): Moment {
  return { what: 'expired', day, make: () => new LifeStep('expired', terms.instrument, day, cause, root, null) }
}

export class FutureLife implements Life {
  readonly isContract = true
  readonly #desk: Desk
  readonly #known: KnownTerms
  readonly #terms: FutureTerms

  constructor(desk: Desk, known: KnownTerms, terms: FutureTerms) {
    this.#desk = desk
    this.#known = known
    this.#terms = terms
  }

  isFew(what: LifeStep['what']): boolean {
    return what === 'expired'
  }

  *moments({ from, through, whole, touched }: Span): Iterable<Moment> {
    const { reference, rates } = this.#desk
    const { instrument, tradingCalendar } = this.#known.terms
    const expiry = dayOf(this.#terms.expiry)
    if (expiry <= through) yield expired(this.#known, expiry)
    const last = Math.min(through, expiry)
    for (const day of reference.lives.markDays(instrument)) {
      const asked = whole ? day >= from : day > from || touched.has(day)
      const mark = asked && day <= last ? reference.lives.mark(instrument, day, this.#terms.marks, rates.asAt) : null
      if (mark === null) continue
      yield {
        what: 'mark',
        day,
        make: () => {
          const payDay = openDay(this.#desk, tradingCalendar, day, 'after')
          return new LifeStep('mark', instrument, day, mark.cause, this.#known.root, payDay)
        },
      }
    }
  }
}
