// The lots of an owner and its affiliates under US rules, and what actions and moves between accounts do to their parcels.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { dayOf } from '../../book/day.ts'
import { difference, partOf, Sharer, sum } from '../core/cents.ts'
import type { Acquire, Capital, Dispose, Move, Restate, TaxEvent } from '../core/tax-event.ts'
import { addParcel, CENTS, type Parcel, takeUnits, type TaxedLot, UNIT_PLACES } from './parcels.ts'

type OfLot = Pick<Acquire, 'portfolio' | 'sleeve' | 'account' | 'instrument' | 'short' | 'lot' | 'owner' | 'taxStatus'>

/** Lots are keyed by where they are and by name. */
export function keyOf({ portfolio, sleeve, account, instrument, short, lot }: OfLot): string {
  return `${portfolio}|${sleeve}|${account}|${instrument}|${short ? 'short' : 'long'}|${lot}`
}

interface Pair {
  out: Move | null
  in: Move | null
  done: boolean
}

export class TaxedLots {
  readonly #lots = new Map<string, TaxedLot>()
  readonly #moves = new Map<string, Pair>()

  constructor(events: readonly TaxEvent[]) {
    for (const event of events) {
      if (event.kind !== 'move') continue
      const pair = this.#moves.get(moveKey(event)) ?? { out: null, in: null, done: false }
      this.#moves.set(moveKey(event), pair)
      pair[event.direction] = event
    }
  }

  get all(): Iterable<TaxedLot> {
    return this.#lots.values()
  }

  get(key: string): TaxedLot | undefined {
    return this.#lots.get(key)
  }

  at(of: OfLot): TaxedLot {
    const key = keyOf(of)
    const known = this.#lots.get(key)
    if (known !== undefined) return known
    const { owner, taxStatus, portfolio, account, instrument, short, lot } = of
    const made: TaxedLot = {
      key,
      lot,
      owner,
      taxStatus,
      portfolio,
      account,
      instrument,
      short,
      parcels: [],
      units: ZERO,
      cost: ZERO,
    }
    this.#lots.set(key, made)
    return made
  }

  /** What a disposal takes off its lot. Units the lot is not known to have are a parcel of their own, as the book dates them. */
  take(event: Dispose): Parcel[] {
    const lot = this.at(event)
    const taken = takeUnits(lot, event.units)
    const missing = taken.reduce((left, { units }) => left.minus(units), event.units)
    if (missing.greaterThan(ZERO)) taken.push(strange(lot, missing, dayOf(event.acquiredOn)))
    lot.units = lot.units.minus(event.units)
    lot.cost = difference(lot.cost, event.short ? event.proceeds : event.cost)
    this.#forgetEmpty(lot)
    return taken
  }

  /** Whether lots that arrive come from an account of this view; others are acquisitions with a history. */
  isWithin(move: Move): boolean {
    const pair = this.#moves.get(moveKey(move))
    return pair !== undefined && pair.out !== null && pair.in !== null
  }

  /** Carries parcels from account to account, at whichever side comes first. What leaves for an account outside is gone. */
  move(move: Move): void {
    const pair = this.#moves.get(moveKey(move))
    if (pair === undefined || pair.done) return
    pair.done = true
    if (pair.out === null) return
    const from = this.at(pair.out)
    const taken = carried(from, pair.out.units)
    from.units = from.units.minus(pair.out.units)
    from.cost = difference(from.cost, pair.out.cost)
    this.#forgetEmpty(from)
    if (pair.in === null) return
    const to = this.at(pair.in)
    to.units = to.units.plus(pair.in.units)
    to.cost = sum(to.cost, pair.in.cost)
    const missing = taken.reduce((left, { units }) => left.minus(units), pair.in.units)
    for (const parcel of taken) addParcel(to, parcel)
    if (missing.greaterThan(ZERO)) addParcel(to, strange(to, missing, dayOf(pair.in.acquiredOn)))
  }

  /** All that one action did to one lot. Its parcels go to the new lots by units, their adjustments by cost. */
  restate(events: readonly Restate[]): void {
    const [first] = events
    if (first === undefined) return
    const lot = this.at(first)
    const before = lot.parcels.map((parcel) => ({ parcel, units: parcel.units, adjustment: parcel.adjustment }))
    const replaced = events.filter(({ replaces }) => replaces)
    const allCost = replaced.reduce<Decimal | null>((all, { cost }) => sum(all, cost), ZERO)
    for (const event of events) {
      const to = this.at({ ...event, instrument: event.toInstrument, lot: event.to })
      to.units = to.units.plus(event.unitsAfter)
      to.cost = sum(to.cost, event.cost)
      const unitsOf = new Sharer(event.unitsAfter, lot.units, UNIT_PLACES)
      const keeps = event.replaces && event === replaced[0]
      const whole = event.replaces ? allCost : event.costBefore
      for (const { parcel, units, adjustment } of before) {
        const gets = unitsOf.next(units) ?? ZERO
        const share = shareOf(adjustment, event.cost, whole, keeps && replaced.length === 1)
        parcel.adjustment = parcel.adjustment.minus(share)
        const restarts = event.acquiredOn === event.date && parcel.acquired !== dayOf(event.date)
        const from = restarts ? dayOf(event.date) : parcel.holdingFrom
        // Only what stands in the place of a purchase can replace as the purchase could; what is handed out is not bought.
        const acquisition = keeps ? parcel.acquisition : null
        const { used, replaces } = parcel
        const child: Parcel = {
          home: to,
          acquisition,
          acquired: restarts ? from : parcel.acquired,
          units: gets,
          adjustment: share,
          holdingFrom: from,
          used,
          replaces,
        }
        if (keeps) succeed(parcel, child, event.toInstrument)
        addParcel(to, child)
      }
      if (!event.replaces) lot.cost = difference(lot.cost, event.cost)
    }
    if (replaced.length > 0) this.#lots.delete(lot.key)
  }

  /** Cost that came or went without units; answers what of a gain the adjustments of the lot absorb. */
  capital(event: Capital): Decimal {
    const lot = this.at(event)
    lot.cost = sum(lot.cost, event.amount)
    let absorbed = ZERO
    if (event.gain === null || !event.gain.greaterThan(ZERO)) return absorbed
    for (const parcel of lot.parcels) {
      const left = event.gain.minus(absorbed)
      const cut = parcel.adjustment.lessThan(left) ? parcel.adjustment : left
      parcel.adjustment = parcel.adjustment.minus(cut)
      absorbed = absorbed.plus(cut)
    }
    return absorbed
  }

  #forgetEmpty(lot: TaxedLot): void {
    if (lot.units.isZero() && lot.parcels.length === 0) this.#lots.delete(lot.key)
  }
}

function moveKey({ fact, lot, instrument, short }: Move): string {
  return `${fact}|${instrument}|${short}|${lot}`
}

/** Takes parcels off a lot without ending what they may replace. */
function carried(lot: TaxedLot, units: Decimal): Parcel[] {
  const taken: Parcel[] = []
  let left = units
  while (left.greaterThan(ZERO)) {
    const parcel = lot.parcels[0]
    if (parcel === undefined) break
    if (parcel.units.lessThanOrEqualTo(left)) {
      lot.parcels.shift()
      taken.push(parcel)
      left = left.minus(parcel.units)
      continue
    }
    const adjustment = partOf(parcel.adjustment, left, parcel.units, CENTS)
    const part = { ...parcel, units: left, adjustment }
    parcel.units = parcel.units.minus(left)
    parcel.adjustment = parcel.adjustment.minus(adjustment)
    if (!part.used) part.acquisition?.parcels?.push(part)
    taken.push(part)
    left = ZERO
  }
  return taken
}

function shareOf(adjustment: Decimal, cost: Decimal | null, whole: Decimal | null, all: boolean): Decimal {
  if (all || adjustment.isZero()) return adjustment
  return cost === null || whole === null || whole.isZero() ? ZERO : partOf(adjustment, cost, whole, CENTS)
}

/** A parcel takes the place of another among what its acquisition may still replace. */
function succeed(old: Parcel, fresh: Parcel, instrument: string): void {
  const { acquisition } = old
  if (acquisition === null) return
  acquisition.instrument = instrument
  if (old.used || acquisition.parcels === null) return
  const at = acquisition.parcels.indexOf(old)
  if (at < 0) return
  acquisition.parcels[at] = fresh
  acquisition.free = acquisition.free.minus(old.units).plus(fresh.units)
}

/** Units whose acquisition is not among the events: they replace nothing. */
export function strange(home: TaxedLot, units: Decimal, acquired: number): Parcel {
  const none = { acquisition: null, used: true, adjustment: ZERO, replaces: [] }
  return { home, acquired, units, holdingFrom: acquired, ...none }
}
