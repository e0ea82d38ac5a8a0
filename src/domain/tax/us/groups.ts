// Which instruments are substantially identical for wash sales, and how their units compare over splits and option contracts.
import { type Decimal, decimal, divide, ZERO } from '../../kernel/decimal.ts'
import { dayOf } from '../../book/day.ts'
import type { TaxInstrument } from '../core/regime.ts'
import type { Acquire, Move, TaxEvent } from '../core/tax-event.ts'
import { Candidates } from './candidates.ts'
import { type Acquisition, UNIT_PLACES } from './parcels.ts'

const ONE = decimal('1')

/**
 * One instrument, those that actions turned it into, and options on it. Candidates are kept for all of them together, longs and
 * shorts apart; which of them replaces which is asked one by one.
 */
export class Groups {
  readonly #instrument: (id: string) => TaxInstrument
  readonly #parents = new Map<string, string>()
  readonly #acquisitions = new Map<number, Acquisition>()
  readonly #candidates = new Map<string, Candidates>()

  /** `arrives`: whether a move brings lots in from outside, which counts as their acquisition. */
  constructor(
    events: readonly TaxEvent[],
    instrument: (id: string) => TaxInstrument,
    arrives: (move: Move) => boolean,
  ) {
    this.#instrument = instrument
    const seen = new Set<string>()
    for (const event of events) {
      if (!seen.has(event.instrument)) {
        seen.add(event.instrument)
        const { underlying } = instrument(event.instrument)
        if (underlying !== null) this.#join(event.instrument, underlying.instrument)
      }
      if (event.kind === 'restate' && event.replaces) this.#join(event.instrument, event.toInstrument)
    }
    const byGroup = new Map<string, Acquisition[]>()
    for (const event of events) {
      if (event.kind !== 'acquire' && !(event.kind === 'move' && event.direction === 'in' && arrives(event))) continue
      const acquisition = acquisitionOf(event)
      this.#acquisitions.set(event.order, acquisition)
      const group = this.#groupOf(event.instrument, event.short)
      const members = byGroup.get(group) ?? []
      byGroup.set(group, members)
      members.push(acquisition)
    }
    for (const [group, acquisitions] of byGroup) this.#candidates.set(group, new Candidates(acquisitions))
  }

  acquisition(order: number): Acquisition | undefined {
    return this.#acquisitions.get(order)
  }

  candidates(instrument: string, short: boolean): Candidates | undefined {
    return this.#candidates.get(this.#groupOf(instrument, short))
  }

  /** Units of `instrument` on a day that one unit of an acquisition stands for; null when it does not replace it. */
  perUnit({ instrument: own, entered, parcels }: Acquisition, instrument: string, day: number): Ratio | null {
    const { underlying, actions } = this.#instrument(own)
    if (own !== instrument)
      return underlying?.instrument === instrument && underlying.call
        ? { numerator: underlying.multiplier, denominator: ONE }
        : null
    if (parcels !== null || actions.length === 0) return SAME
    // Bought after a split, sold before it: a unit sold is several bought.
    return actions
      .filter(({ date, to, replaces }) => replaces && to === own && dayOf(date) > day && dayOf(date) <= entered)
      .reduce<Ratio>(
        (ratio, { numerator, denominator }) => ({
          numerator: ratio.numerator.times(denominator),
          denominator: ratio.denominator.times(numerator),
        }),
        SAME,
      )
  }

  #groupOf(instrument: string, short: boolean): string {
    return `${this.#root(instrument)}|${short ? 'short' : 'long'}`
  }

  #root(instrument: string): string {
    let at = instrument
    for (;;) {
      const parent = this.#parents.get(at)
      if (parent === undefined) return at
      at = parent
    }
  }

  #join(one: string, other: string): void {
    const [a, b] = [this.#root(one), this.#root(other)]
    if (a !== b) this.#parents.set(a, b)
  }
}

export interface Ratio {
  readonly numerator: Decimal
  readonly denominator: Decimal
}

const SAME: Ratio = { numerator: ONE, denominator: ONE }

/** Units through a ratio, cut to twelve places where it does not end. */
export function through(units: Decimal, { numerator, denominator }: Ratio): Decimal {
  return numerator === denominator ? units : divide(units.times(numerator), denominator, UNIT_PLACES, 'down')
}

export function inverse({ numerator, denominator }: Ratio): Ratio {
  return { numerator: denominator, denominator: numerator }
}

function acquisitionOf(event: Acquire | Move): Acquisition {
  const { order, lot, owner, taxStatus, portfolio, account, instrument, units } = event
  return {
    day: dayOf(event.acquiredOn),
    entered: dayOf(event.date),
    order,
    lot,
    orderId: event.kind === 'acquire' ? event.orderId : null,
    owner,
    taxStatus,
    portfolio,
    account,
    instrument,
    index: 0,
    free: event.kind === 'acquire' && event.wash?.replaced === true ? ZERO : units,
    parcels: null,
    reserved: [],
  }
}
