// Lots as US rules see them: parcels, each of one acquisition, parted where a disallowed loss went to some of their units only.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { partOf } from '../core/cents.ts'
import type { TaxStatus } from '../core/tax-event.ts'

/** Decimals of amounts (US dollars) and of units that a ratio made. */
export const CENTS = 2
export const UNIT_PLACES = 12

/** A disallowed loss that waits for units that are bought later. */
export interface Reservation {
  readonly units: Decimal
  readonly adjustment: Decimal
  readonly holdingFrom: number | null
  readonly replaces: string
}

/** One purchase (or short sale opened), which may replace what was sold at a loss: each unit of it once. */
export interface Acquisition {
  /** When it was acquired, and when the book heard of it: later for a lot that came with its history. */
  readonly day: number
  readonly entered: number
  /** Place in the order of the book. */
  readonly order: number
  readonly lot: string
  readonly orderId: string | null
  readonly owner: string
  readonly taxStatus: TaxStatus
  readonly portfolio: string
  readonly account: string
  /** What its units are now: an action may have turned them into another instrument. */
  instrument: string
  /** Place among the candidates of its group. */
  index: number
  /** Units that may still replace: bought later or held, and not used before. */
  free: Decimal
  /** Held units that were not used before; null until they are bought. */
  parcels: Parcel[] | null
  readonly reserved: Reservation[]
}

export interface Parcel {
  /** The lot it is in. */
  home: TaxedLot
  acquisition: Acquisition | null
  acquired: number
  units: Decimal
  /** Disallowed losses in its basis. */
  adjustment: Decimal
  /** The day its holding period counts from. */
  holdingFrom: number
  /** Whether its units replaced others, which they do once only. */
  used: boolean
  /** Disposals whose disallowed losses it carries. */
  replaces: readonly string[]
}

export interface TaxedLot {
  readonly key: string
  readonly lot: string
  readonly owner: string
  readonly taxStatus: TaxStatus
  readonly portfolio: string
  readonly account: string
  readonly instrument: string
  readonly short: boolean
  /** In the order in which they are sold: by holding period, oldest first; of one day those that replaced something, then as they came. */
  parcels: Parcel[]
  units: Decimal
  /** As the book has it; null while it is not known. */
  cost: Decimal | null
}

/** Adds a parcel behind those whose holding period is not younger; of the same day those that replaced something go first. */
export function addParcel(lot: TaxedLot, parcel: Parcel): void {
  parcel.home = lot
  const { parcels } = lot
  let at = parcels.length
  while (at > 0 && goesBehind(parcels[at - 1], parcel)) at--
  if (at === parcels.length) parcels.push(parcel)
  else parcels.splice(at, 0, parcel)
}

function goesBehind(there: Parcel | undefined, parcel: Parcel): boolean {
  if (there === undefined) return false
  return (
    there.holdingFrom > parcel.holdingFrom || (there.holdingFrom === parcel.holdingFrom && parcel.used && !there.used)
  )
}

/** Takes units off the front of a lot; answers what they were. Less than asked for when the lot has not so many. */
export function takeUnits(lot: TaxedLot, units: Decimal): Parcel[] {
  const taken: Parcel[] = []
  let left = units
  let whole = 0
  for (const parcel of lot.parcels) {
    if (left.isZero()) break
    if (parcel.units.lessThanOrEqualTo(left)) {
      left = left.minus(parcel.units)
      taken.push(parcel)
      forget(parcel)
      whole++
      continue
    }
    taken.push(splitOff(parcel, left))
    left = ZERO
  }
  if (whole > 0) lot.parcels = lot.parcels.slice(whole)
  return taken
}

/** Parts a parcel: answers `units` of it with their share of the adjustment, and leaves the rest. */
export function splitOff(parcel: Parcel, units: Decimal): Parcel {
  const adjustment = partOf(parcel.adjustment, units, parcel.units, CENTS)
  parcel.adjustment = parcel.adjustment.minus(adjustment)
  parcel.units = parcel.units.minus(units)
  const { acquisition } = parcel
  if (acquisition !== null && !parcel.used) acquisition.free = acquisition.free.minus(units)
  return { ...parcel, units, adjustment }
}

/** The whole parcel can replace nothing any more. */
export function forget(parcel: Parcel): void {
  const { acquisition } = parcel
  if (acquisition === null || parcel.used || acquisition.parcels === null) return
  const at = acquisition.parcels.indexOf(parcel)
  if (at < 0) return
  acquisition.parcels.splice(at, 1)
  acquisition.free = acquisition.free.minus(parcel.units)
}
