// Lines of the US gain report and rows of its lots, written out from parcels.
import { dateOf, dayOf } from '../../book/day.ts'
import { ZERO } from '../../kernel/decimal.ts'
import { difference, Sharer, sum } from '../core/cents.ts'
import type { TaxLine, TaxLot, TaxMatch } from '../core/regime.ts'
import type { Capital, Dispose } from '../core/tax-event.ts'
import { termOf } from './holding-period.ts'
import { CENTS, type Parcel, type TaxedLot } from './parcels.ts'
import { lossOf, WINDOW_DAYS, type Washed } from './wash-sales.ts'

/** One treatment of units of one disposal. */
export interface GainLine extends Omit<Washed, 'parcel'> {
  readonly parcel: Pick<Parcel, 'acquired' | 'holdingFrom' | 'replaces'>
  readonly disposal: string
  /** 1, 2 ... among the lines of the disposal. */
  readonly number: number
  readonly rule: string
  readonly soldOn: string
  /** A loss that a later purchase could still replace. */
  readonly open: boolean
}

export function lineOf(event: Dispose | Capital, line: GainLine, horizon: number, taxYear: string): TaxLine {
  const { parcel, units, proceeds, cost: booked, adjustment, disallowed, replacement, number, disposal } = line
  const day = dayOf(event.date)
  const acquiredOn = dateOf(parcel.acquired)
  const cost = sum(booked, adjustment)
  const rawGain = difference(proceeds, cost)
  const tacked = parcel.holdingFrom !== parcel.acquired
  const rules = [line.rule]
  if (parcel.replaces.length > 0) rules.push('replaces-washed')
  if (tacked) rules.push('holding-period-tacked')
  if (replacement !== null) rules.push(replacement.permanent ? 'wash-sale-permanent' : 'wash-sale')
  if (event.short) rules.push('short-sale')
  const lots: TaxMatch[] = [{ lot: event.lot, units, acquiredOn, rule: line.rule }]
  if (replacement !== null) {
    const { acquisition, permanent } = replacement
    const rule = 'wash-sale-replacement'
    const on = dateOf(acquisition.day)
    lots.push({ lot: acquisition.lot, units: replacement.units, acquiredOn: on, rule, amount: disallowed, permanent })
  }
  const provisional = line.open && day + WINDOW_DAYS > horizon && lossOf(line).greaterThan(ZERO)
  return {
    line: number === 1 ? disposal : `${disposal}#${number}`,
    disposal,
    fact: event.fact,
    portfolio: event.portfolio,
    account: event.account,
    instrument: event.instrument,
    side: event.short ? 'short' : 'long',
    lots,
    units,
    acquiredOn,
    holdingFrom: tacked ? dateOf(parcel.holdingFrom) : null,
    soldOn: event.date,
    proceeds,
    bookCost: booked,
    cost,
    rawGain,
    disallowed,
    code: disallowed.isZero() ? '' : 'W',
    gain: sum(rawGain, disallowed),
    rules,
    // What is sold short was held for no time; 1233(d) is told by a flag.
    term: event.short ? 'short' : termOf(parcel.holdingFrom, day),
    provisional,
    decidedOn: provisional ? dateOf(day + WINDOW_DAYS) : null,
    taxYear,
  }
}

/** A lot in as many rows as it has histories. */
export function lotRows(lot: TaxedLot): TaxLot[] {
  const { portfolio, account, instrument } = lot
  const costs = new Sharer(lot.cost, lot.units, CENTS)
  return lot.parcels.map((parcel) => {
    const bookCost = costs.next(parcel.units)
    const tacked = parcel.holdingFrom !== parcel.acquired
    const adjusted = lot.short ? difference(bookCost, parcel.adjustment) : sum(bookCost, parcel.adjustment)
    const rules: string[] = []
    if (parcel.replaces.length > 0) rules.push('replaces-washed')
    if (tacked) rules.push('holding-period-tacked')
    return {
      portfolio,
      account,
      instrument,
      side: lot.short ? 'short' : 'long',
      lot: lot.lot,
      units: parcel.units,
      acquiredOn: dateOf(parcel.acquired),
      holdingFrom: tacked ? dateOf(parcel.holdingFrom) : null,
      bookCost,
      cost: adjusted,
      rules,
    }
  })
}
