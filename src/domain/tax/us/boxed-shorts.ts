// Flags short sales against an appreciated position of the same owner: what section 1259 may treat as a sale of that position.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { difference, sum } from '../core/cents.ts'
import type { TaxFlag } from '../core/regime.ts'
import type { Acquire, Dispose } from '../core/tax-event.ts'

interface Long {
  units: Decimal
  cost: Decimal | null
}

export class BoxedShorts {
  readonly #flags: TaxFlag[]
  readonly #longs = new Map<string, Long>()

  constructor(flags: TaxFlag[]) {
    this.#flags = flags
  }

  acquired(event: Acquire): void {
    const key = `${event.owner}|${event.instrument}`
    const long = this.#longs.get(key)
    if (!event.short) {
      const now = long ?? { units: ZERO, cost: ZERO }
      now.units = now.units.plus(event.units)
      now.cost = sum(now.cost, event.cost)
      this.#longs.set(key, now)
      return
    }
    if (long === undefined || !long.units.greaterThan(ZERO) || event.how !== 'trade') return
    if (long.cost === null || event.cost === null) return
    // Appreciated: the price sold at is above the average cost, both sides times units of the other.
    if (!event.cost.times(long.units).greaterThan(long.cost.times(event.units))) return
    const { fact, instrument, date } = event
    const message = `sold short while ${long.units.toString()} units are held at a gain: look at section 1259 (constructive sale) and 1233`
    this.#flags.push({ code: 'constructive-sale', fact, instrument, date, message })
  }

  disposed(event: Dispose): void {
    const long = event.short ? undefined : this.#longs.get(`${event.owner}|${event.instrument}`)
    if (long === undefined) return
    long.units = long.units.minus(event.units)
    long.cost = difference(long.cost, event.cost)
  }
}
