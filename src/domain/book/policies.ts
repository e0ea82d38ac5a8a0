// The portfolio's policies by date, made ready for the fold: what was in force at the start of a day.
import type { LotMethod, Policy } from '../portfolio/policy.ts'
import { NO_DAY } from './day.ts'
import { present } from './present.ts'
import type { Rates } from './rates.ts'

/** A policy in force, with the number of its FX series. */
export interface InForce {
  readonly from: number
  readonly policy: Policy
  readonly method: LotMethod
  readonly series: number
  /** Treatments by cost type, or null when every cost is capitalised or netted. */
  readonly costs: Policy['costs'] | null
}

/** One dated change, in force from the start of `day`. */
export interface PolicyChange {
  readonly fact: string
  readonly cause: string
  readonly root: number
  readonly index: number
  readonly day: number
  readonly changes: Partial<{ [K in keyof Policy]: Policy[K] | undefined }>
}

export class Policies {
  readonly #rates: Rates
  readonly #first: Policy
  readonly #lens: Partial<Policy>
  #inForce: InForce[] = []
  #last: InForce
  #mayWait = false

  constructor(rates: Rates, first: Policy, lens: Partial<Policy>) {
    this.#rates = rates
    this.#first = first
    this.#lens = lens
    this.#last = this.#prepare(NO_DAY, first)
    this.#inForce = [this.#last]
    this.#mayWait = this.#last.policy.settlement === 'actual'
  }

  /** Takes the changes as they are now known. */
  set(changes: readonly PolicyChange[]): void {
    let policy = this.#first
    this.#inForce = [this.#prepare(NO_DAY, policy)]
    const ordered = [...changes].sort((a, b) => a.day - b.day || a.root - b.root || a.index - b.index)
    for (const { day, changes: named } of ordered) {
      policy = { ...policy, ...present(named) }
      if (this.#inForce.at(-1)?.from === day) this.#inForce.pop()
      this.#inForce.push(this.#prepare(day, policy))
    }
    this.#last = this.#on(NO_DAY)
    this.#mayWait = this.#inForce.some((each) => each.policy.settlement === 'actual')
  }

  /** Every calendar whose business days are the portfolio's at some time. */
  get calendars(): ReadonlySet<string> {
    return new Set(this.#inForce.map(({ policy }) => policy.calendar))
  }

  /** Whether any policy, at any time, lets receivables wait for their receipt. */
  get mayWait(): boolean {
    return this.#mayWait
  }

  /** The policy in force at the start of a day. */
  on(day: number): InForce {
    const last = this.#last
    if (this.#inForce.length === 1) return last
    this.#last = this.#on(day)
    return this.#last
  }

  #on(day: number): InForce {
    let found = this.#inForce[0]
    for (const each of this.#inForce) if (each.from <= day) found = each
    if (found === undefined) throw new Error('a book has no policy')
    return found
  }

  #prepare(from: number, stated: Policy): InForce {
    const policy = { ...stated, ...present(this.#lens) }
    const costs = Object.keys(policy.costs).length === 0 ? null : policy.costs
    return { from, policy, method: policy.lotMethod, series: this.#rates.series(policy.fx), costs }
  }
}
