// The lives of the instruments a book holds: which marks, accruals, coupons and maturities stand in its partitions, as terms, time and
// recorded prices now have it.
import type { InstrumentTerms } from '../instrument/events.ts'
import { isPlainDate } from '../kernel/date.ts'
import { dayOf } from './day.ts'
import type { Desk } from './desk.ts'
import type { Entry } from './entry.ts'
import { BondLife } from './bond-life.ts'
import { lifeOf, type Life } from './life.ts'
import type { LifeKind, LifeStep } from './life-step.ts'
import type { Partition } from './partition.ts'

/** What of an instrument's life stands in its partition. */
interface Living {
  readonly instrument: string
  terms: InstrumentTerms
  life: Life
  readonly steps: Map<string, LifeStep>
  /** Closed days up to here have been looked at; everything has to be when it is null. */
  through: number | null
  /** Its facts begin here. */
  from: number
  generation: number
  /** Days to be looked at again. */
  readonly touched: Set<number>
}

export class Lives {
  readonly #desk: Desk
  readonly #living = new Map<string, Living>()
  /** Entries of moments that are gone. */
  readonly #gone: (Entry | null)[]
  readonly #marked: (instrument: string) => void
  readonly #left: (id: string) => void

  /** `marked` is told of the instruments whose partition has to be folded, `left` of moments that are no more. */
  constructor(desk: Desk, gone: (Entry | null)[], marked: (instrument: string) => void, left: (id: string) => void) {
    this.#desk = desk
    this.#gone = gone
    this.#marked = marked
    this.#left = left
  }

  /** Whether the instrument has a life here. */
  has(instrument: string): boolean {
    return this.#living.has(instrument)
  }

  /** The instrument's terms, on first mention and whenever they changed; answers whether what its facts post may be another. */
  know(instrument: string, partition: Partition): boolean {
    const { reference, rates } = this.#desk
    const known = reference.known(instrument, rates.asAt)
    const life = known === null ? null : lifeOf(this.#desk, known)
    const before = this.#living.get(instrument)
    if (known === null || life === null) {
      if (before === undefined) return false
      for (const step of before.steps.values()) this.#drop(before, partition, step)
      this.#living.delete(instrument)
      partition.contracts.delete(instrument)
      partition.bonds.delete(instrument)
      return true
    }
    if (life instanceof BondLife) partition.bonds.set(instrument, life)
    if (life.isContract) partition.contracts.add(instrument)
    else partition.contracts.delete(instrument)
    if (before === undefined) {
      const fresh = { instrument, terms: known.terms, life, steps: new Map(), through: null, from: 0, generation: 0 }
      this.#living.set(instrument, { ...fresh, touched: new Set() })
      return true
    }
    before.terms = known.terms
    before.life = life
    before.through = null
    return true
  }

  /** The standing moment of an id `{what}:{instrument}:{date}`. */
  step(id: string): LifeStep | undefined {
    const [what = '', instrument = '', date = ''] = id.split(':')
    if (what !== 'coupon' && what !== 'maturity') return undefined
    return isPlainDate(date) ? this.#living.get(instrument)?.steps.get(keyOf(what, dayOf(date))) : undefined
  }

  /** A settlement price of the instrument became known or changed. */
  price(instrument: string, date: string): void {
    const living = this.#living.get(instrument)
    if (living === undefined) return
    living.touched.add(dayOf(date))
    this.#marked(instrument)
  }

  /** A running term was fixed. */
  fix(instrument: string): void {
    const living = this.#living.get(instrument)
    if (living === undefined) return
    living.through = null
    this.#marked(instrument)
  }

  /** Business days were closed: every life goes on. */
  closed(): void {
    for (const instrument of this.#living.keys()) this.#marked(instrument)
  }

  /** Brings the moments in a partition to what they should be, before it is folded. */
  sync(partition: Partition): void {
    for (const instrument of partition.instruments) {
      const living = this.#living.get(instrument)
      if (living !== undefined) this.#sync(living, partition)
    }
  }

  #sync(living: Living, partition: Partition): void {
    const { closed } = this.#desk
    const { firstDay, lastDay } = partition.steps
    const { generation, last } = closed
    const { life } = living
    const whole = living.through === null || living.generation !== generation || firstDay < living.from
    const from = whole ? firstDay : (living.through ?? firstDay)
    const wanted = new Set<string>()
    for (const moment of life.moments({ from, through: last, whole, touched: living.touched, firstDay, lastDay })) {
      wanted.add(keyOf(moment.what, moment.day))
      this.#place(living, partition, moment)
    }
    for (const [key, step] of living.steps) {
      const looked = whole || step.date > from || living.touched.has(step.date) || life.isFew(step.what)
      if (looked && !wanted.has(key)) this.#drop(living, partition, step)
    }
    living.touched.clear()
    living.through = last
    living.generation = generation
    living.from = firstDay
  }

  #place(living: Living, partition: Partition, moment: { what: LifeKind; day: number; make(): LifeStep }): void {
    const key = keyOf(moment.what, moment.day)
    const old = living.steps.get(key)
    const fresh = moment.make()
    if (old !== undefined) {
      if (old.cause === fresh.cause && old.payDay === fresh.payDay) return
      partition.remove(old)
      fresh.entries = old.entries
      fresh.settles = old.settles
    }
    living.steps.set(key, fresh)
    partition.addLife(fresh)
  }

  #drop(living: Living, partition: Partition, step: LifeStep): void {
    living.steps.delete(keyOf(step.what, step.date))
    partition.remove(step)
    this.#gone.push(step.entries, step.settles)
    this.#left(step.id)
  }
}

function keyOf(what: LifeKind, day: number): string {
  return `${what}|${day}`
}
