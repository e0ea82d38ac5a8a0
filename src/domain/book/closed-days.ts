// The business days that count as closed for one book: those of the calendar its policy names on each of them.
import type { KnownEvent } from './knowledge.ts'
import { dayOf, NO_DAY } from './day.ts'
import type { Policies } from './policies.ts'
import type { Reference } from './reference.ts'
import type { ClosedDay } from './life-reference.ts'

type BusinessDayClosed = Extract<KnownEvent, { type: 'BusinessDayClosed' }>

export class ClosedDays {
  readonly #reference: Reference
  readonly #policies: Policies
  #days: ClosedDay[] = []
  /** Counts how often the days were worked out from the start: then more than the newest may have changed. */
  generation = 0

  constructor(reference: Reference, policies: Policies) {
    this.#reference = reference
    this.#policies = policies
  }

  /** Works out all of them, as at a position: when the book opens, and when policies changed. */
  relearn(asAt: bigint): void {
    this.generation++
    const days = [...this.#policies.calendars].flatMap((calendar) =>
      this.#reference.lives.closedDays(calendar, asAt).filter(({ day }) => this.#counts(calendar, day)),
    )
    this.#days = days.sort((a, b) => a.day - b.day)
  }

  /** Takes in a day that was closed; answers whether it counts here. */
  learn({ data, id, position }: BusinessDayClosed): boolean {
    const day = dayOf(data.date)
    if (!this.#counts(data.calendar, day)) return false
    if (day <= this.last) return false
    this.#days.push({ day, cause: id, at: position })
    return true
  }

  #counts(calendar: string, day: number): boolean {
    return this.#policies.on(day).policy.calendar === calendar
  }

  /** The last of them: open-ended things are posted up to it. NO_DAY when there is none. */
  get last(): number {
    return this.#days.at(-1)?.day ?? NO_DAY
  }

  /** Those after a day, in order. */
  *after(day: number): Iterable<ClosedDay> {
    let low = 0
    let high = this.#days.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#days[middle]?.day ?? 0) <= day) low = middle + 1
      else high = middle
    }
    for (let i = low; i < this.#days.length; i++) {
      const closed = this.#days[i]
      if (closed !== undefined) yield closed
    }
  }
}
