// Wash sales (IRC 1091): which part of a loss is not allowed, which units replaced it, and what becomes of their basis and time.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { least, Sharer } from '../core/cents.ts'
import type { Affiliate } from '../core/owners.ts'
import type { Dispose } from '../core/tax-event.ts'
import { type Groups, inverse, through } from './groups.ts'
import { type Acquisition, addParcel, CENTS, forget, type Parcel, splitOff } from './parcels.ts'

/** Days before and after the sale in which a purchase replaces what was sold: with the day of sale 61 in all. */
export const WINDOW_DAYS = 30

export interface WashConventions {
  /** Holding period of replacements: the days the sold units were held are added, or their date is taken over. */
  readonly tacking: 'add-days' | 'holding-date'
  /** Whose purchases count: the taxpayer's and affiliates' in all accounts, or those of the same account (as brokers report). */
  readonly scope: 'taxpayer' | 'account'
  /** Whether units acquired before the sold ones were can replace them. */
  readonly earlier: 'excluded' | 'eligible'
}

/** Units sold that have one history, with their part of the money. */
export interface Sold {
  readonly parcel: Parcel
  readonly units: Decimal
  readonly proceeds: Decimal | null
  /** Of the book, without adjustments. */
  readonly cost: Decimal | null
  readonly adjustment: Decimal
}

/** A part of what was sold with one treatment; `replacement` is null where the loss is allowed, or there is none. */
export interface Washed extends Sold {
  readonly replacement: {
    readonly acquisition: Acquisition
    /** In units of the replacement itself. */
    readonly units: Decimal
    readonly permanent: boolean
  } | null
  readonly disallowed: Decimal
}

export class WashSales {
  readonly #groups: Groups
  readonly #conventions: WashConventions
  readonly #owner: string
  readonly #affiliates: ReadonlyMap<string, Affiliate>

  constructor(groups: Groups, conventions: WashConventions, owner: string, affiliates: readonly Affiliate[]) {
    this.#groups = groups
    this.#conventions = conventions
    this.#owner = owner
    this.#affiliates = new Map(affiliates.map((affiliate) => [affiliate.owner, affiliate]))
  }

  /**
   * Matches a loss share for share with replacements, the earliest acquired first, and moves it into their basis. `day` is that
   * of the sale. Losses come in the order of the book, so that the earliest loss has the first choice.
   */
  match(event: Dispose, sold: Sold, day: number): Washed[] {
    const found: Washed[] = []
    const { parcel } = sold
    const candidates = this.#groups.candidates(event.instrument, event.short)
    const earliest =
      this.#conventions.earlier === 'eligible' ? day - WINDOW_DAYS : Math.max(day - WINDOW_DAYS, parcel.acquired)
    const shares = {
      proceeds: new Sharer(sold.proceeds, sold.units, CENTS),
      cost: new Sharer(sold.cost, sold.units, CENTS),
      adjustment: new Sharer(sold.adjustment, sold.units, CENTS),
    }
    const part = (units: Decimal): Sold => ({
      parcel,
      units,
      proceeds: shares.proceeds.next(units),
      cost: shares.cost.next(units),
      adjustment: shares.adjustment.next(units) ?? ZERO,
    })
    let left = sold.units
    let candidate = candidates?.from(earliest)
    while (candidates !== undefined && candidate !== undefined && candidate.day <= day + WINDOW_DAYS) {
      const ratio = this.#replaces(candidate, event, parcel)
        ? this.#groups.perUnit(candidate, event.instrument, day)
        : null
      const offered = ratio === null ? ZERO : through(candidate.free, ratio)
      if (ratio === null || offered.isZero()) {
        candidate = candidates.after(candidate)
        continue
      }
      const units = least(left, offered)
      const there = units.equals(offered) ? candidate.free : through(units, inverse(ratio))
      const washed = part(units)
      const disallowed = lossOf(washed)
      const permanent = candidate.taxStatus === 'retirement' || candidate.taxStatus === 'exempt'
      this.#use(
        candidate,
        there,
        permanent ? ZERO : disallowed,
        permanent ? null : this.#holdingFrom(candidate, parcel, day),
        event.id,
      )
      found.push({ ...washed, replacement: { acquisition: candidate, units: there, permanent }, disallowed })
      left = left.minus(units)
      if (left.isZero()) return found
      candidate = candidates.after(candidate)
    }
    found.push({ ...part(left), replacement: null, disallowed: ZERO })
    return found
  }

  /** Whether an acquisition may replace units of a parcel at all. */
  #replaces(candidate: Acquisition, event: Dispose, { acquisition }: Parcel): boolean {
    // The very units sold, and what was bought with them in one order, do not replace them.
    if (candidate === acquisition) return false
    if (acquisition !== null && candidate.orderId !== null && candidate.orderId === acquisition.orderId)
      if (candidate.portfolio === acquisition.portfolio) return false
    if (this.#conventions.scope === 'account')
      return candidate.portfolio === event.portfolio && candidate.account === event.account
    if (candidate.owner === event.owner) return candidate.owner !== ''
    const other = event.owner === this.#owner ? candidate.owner : candidate.owner === this.#owner ? event.owner : null
    const affiliate = other === null ? undefined : this.#affiliates.get(other)
    return affiliate !== undefined && affiliate.from <= event.date
  }

  #holdingFrom(candidate: Acquisition, parcel: Parcel, day: number): number {
    if (this.#conventions.tacking === 'holding-date') return parcel.holdingFrom
    return candidate.day - (day - parcel.holdingFrom)
  }

  /** Marks units of an acquisition as used, held or still to come, and adds the loss to their basis. */
  #use(acquisition: Acquisition, units: Decimal, loss: Decimal, holdingFrom: number | null, replaces: string): void {
    if (acquisition.parcels === null) {
      acquisition.free = acquisition.free.minus(units)
      acquisition.reserved.push({ units, adjustment: loss, holdingFrom, replaces })
      return
    }
    const losses = new Sharer(loss, units, CENTS)
    let left = units
    while (left.greaterThan(ZERO)) {
      const [held] = acquisition.parcels
      if (held === undefined) return
      const { home } = held
      const whole = held.units.lessThanOrEqualTo(left)
      const parcel = whole ? held : splitOff(held, left)
      if (whole) {
        forget(held)
        home.parcels.splice(home.parcels.indexOf(held), 1)
      }
      parcel.used = true
      parcel.adjustment = parcel.adjustment.plus(losses.next(parcel.units) ?? ZERO)
      parcel.holdingFrom = holdingFrom ?? parcel.holdingFrom
      parcel.replaces = [...parcel.replaces, replaces]
      addParcel(home, parcel)
      left = left.minus(parcel.units)
    }
  }
}

/** The loss of a part, zero when it has none or it is not known. */
export function lossOf({ proceeds, cost, adjustment }: Omit<Sold, 'parcel' | 'units'>): Decimal {
  if (proceeds === null || cost === null) return ZERO
  const gain = proceeds.minus(cost).minus(adjustment)
  return gain.lessThan(ZERO) ? gain.negated() : ZERO
}
