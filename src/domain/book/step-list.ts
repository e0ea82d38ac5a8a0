// The ordered facts of a partition: arrivals and departures are gathered, then merged in at once, and the fold starts at the first
// place that changed.
import { compareSteps, type Step } from './step.ts'

export class StepList<S extends Step & { readonly kind: string }> {
  readonly list: S[] = []
  /** Steps that are neither fills nor moments of an instrument's life: few, so that they can be looked through. */
  readonly others = new Set<S>()
  readonly #arrivals: S[] = []
  readonly #departures = new Set<S>()
  /** Everything from here on is folded again. */
  #from: S | null = null
  #all = false

  add(step: S): void {
    this.#arrivals.push(step)
    if (step.kind !== 'fill' && step.kind !== 'life') this.others.add(step)
    if (step.kind !== 'life') this.#reach(step)
  }

  /** A day on or before every fact that ever stood here; moments of life are not counted. */
  firstDay = Number.POSITIVE_INFINITY
  /** The last day on which a fact trades or settles; null when it has to be looked for. */
  #lastDay: number | null = Number.NEGATIVE_INFINITY

  #reach(step: S): void {
    if (step.date < this.firstDay) this.firstDay = step.date
    if (this.#lastDay !== null) this.#lastDay = Math.max(this.#lastDay, reachOf(step))
  }

  /** The last day on which a fact that stands here trades or settles; minus infinity when there is none. */
  get lastDay(): number {
    this.#lastDay ??= this.all.reduce(
      (last, step) => (step.kind === 'life' || this.#departures.has(step) ? last : Math.max(last, reachOf(step))),
      Number.NEGATIVE_INFINITY,
    )
    return this.#lastDay
  }

  /** Takes a fact out. Its entries stay with it, for its successor to be compared with. */
  remove(step: S): void {
    this.others.delete(step)
    if (step.kind !== 'life' && this.#lastDay !== null && reachOf(step) >= this.#lastDay) this.#lastDay = null
    const arrived = this.#arrivals.lastIndexOf(step)
    if (arrived >= 0) {
      this.#arrivals.splice(arrived, 1)
      return
    }
    this.#departures.add(step)
    this.touch(step)
  }

  /** Folds again from this fact on. */
  touch(step: S): void {
    if (this.#from === null || compareSteps(step, this.#from) < 0) this.#from = step
  }

  /** Folds again from the first fact on or after a day. */
  touchFrom(day: number): void {
    const step = this.list[this.firstOn(day)]
    if (step !== undefined) this.touch(step)
  }

  touchAll(): void {
    this.#all = true
  }

  /** Every step, those that just arrived too. */
  get all(): readonly S[] {
    return [...this.list, ...this.#arrivals]
  }

  get dirty(): boolean {
    return this.#arrivals.length > 0 || this.#from !== null || this.#all
  }

  /** Takes over the facts of another list. */
  absorb(other: StepList<S>): void {
    for (const step of other.list) if (!other.#departures.has(step)) this.#arrivals.push(step)
    this.#arrivals.push(...other.#arrivals)
    for (const step of other.others) this.others.add(step)
    this.firstDay = Math.min(this.firstDay, other.firstDay)
    this.#lastDay = null
  }

  /** Brings arrivals and departures into the order; `rollback` is told from which place on, before anything moves. Answers that place. */
  merge(rollback: (list: readonly S[], place: number) => void): number {
    const { list } = this
    const arrivals = this.#arrivals
    if (!inOrder(arrivals)) arrivals.sort(compareSteps)
    const firstNew = arrivals[0]
    const last = list.at(-1)
    if (firstNew !== undefined && last !== undefined && compareSteps(firstNew, last) < 0) this.touch(firstNew)
    let from = list.length
    if (this.#all) from = 0
    else if (this.#from !== null) from = this.#placeOf(this.#from)
    if (from < list.length || this.#all) {
      rollback(list, from)
      const tail = list.splice(from)
      let next = 0
      for (const step of tail) {
        if (this.#departures.has(step)) continue
        for (; next < arrivals.length; next++) {
          const arrival = arrivals[next]
          if (arrival === undefined || compareSteps(arrival, step) > 0) break
          list.push(arrival)
        }
        list.push(step)
      }
      for (; next < arrivals.length; next++) {
        const arrival = arrivals[next]
        if (arrival !== undefined) list.push(arrival)
      }
    } else for (const arrival of arrivals) list.push(arrival)
    arrivals.length = 0
    if (this.#departures.size > 0) this.#departures.clear()
    this.#from = null
    this.#all = false
    return from
  }

  /** Index of the first step not before this one. */
  #placeOf(step: S): number {
    let low = 0
    let high = this.list.length
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.list[middle]
      if (there !== undefined && compareSteps(there, step) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Index of the first step on or after a day. */
  firstOn(day: number): number {
    let low = 0
    let high = this.list.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.list[middle]?.date ?? 0) < day) low = middle + 1
      else high = middle
    }
    return low
  }
}

function reachOf({ date, settleDay }: Step): number {
  return settleDay === undefined || settleDay < date ? date : settleDay
}

/** Whether steps came in their order already, as a log that follows the market nearly always has them. */
function inOrder(steps: readonly Step[]): boolean {
  for (let i = 1; i < steps.length; i++) {
    const before = steps[i - 1]
    const step = steps[i]
    if (before !== undefined && step !== undefined && compareSteps(before, step) > 0) return false
  }
  return true
}
