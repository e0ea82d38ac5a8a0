// Prices with dividends and splits taken out of them, so that what is left moves as a holding does; and tables of adjustment factors.

/** What happens at a price's index (its ex-date): a dividend per unit, or units after for one before. */
export type PriceEvent =
  | { readonly index: number; readonly dividend: number }
  | { readonly index: number; readonly ratio: number }

export type DividendRule = 'reinvested' | 'additive'

/**
 * Adjusted prices. `reinvested`: each step's return is (price x ratio + dividends) / price before - 1, chained. `additive`: dividends
 * are added up and never earn. `base` is the price that stays as it is. Events outside the series, or at its first price, change
 * nothing: there is no step to put right.
 */
export function adjustedPrices(
  prices: readonly number[],
  events: readonly PriceEvent[],
  base: 'first' | 'last',
  dividends: DividendRule = 'reinvested',
): number[] {
  const paid = new Map<number, number>()
  const split = new Map<number, number>()
  for (const event of events)
    if ('dividend' in event) paid.set(event.index, (paid.get(event.index) ?? 0) + event.dividend)
    else split.set(event.index, (split.get(event.index) ?? 1) * event.ratio)
  // Each price in units of the first: how many units one has become, and the cash beside them.
  let units = 1
  let cash = 0
  const forward = prices.map((price, i) => {
    if (i > 0) {
      units *= split.get(i) ?? 1
      const dividend = (paid.get(i) ?? 0) * units
      if (dividends === 'additive') cash += dividend
      else if (dividend !== 0) units *= 1 + (paid.get(i) ?? 0) / price
    }
    return price * units + cash
  })
  if (base === 'first') return forward
  const last = prices.at(-1)
  const grown = forward.at(-1)
  if (last === undefined || grown === undefined) return []
  if (dividends === 'additive') return forward.map((price) => (price - cash) / units)
  return forward.map((price) => (price * last) / grown)
}

/** Applies to dates after the row before it, up to its own. */
export interface FactorRow {
  /** `2018-05-10`. */
  readonly date: string
  readonly priceFactor: number
  readonly splitFactor: number
  /** The raw close on the date: what a dividend that went ex the next day is compared with. */
  readonly referenceClose: number
}

/** A dividend or split that went ex on the day after `date`; `split` is units before for one after: 0.5 for two for one. */
export type FactorEvent = { readonly date: string; readonly referenceClose: number } & (
  | { readonly dividend: number }
  | { readonly split: number }
)

/**
 * The table after one more event: every row up to its date is multiplied, by 1 - dividend / close or by the split, and the date gets
 * a row. Rows are in order of date.
 */
export function withEvent(rows: readonly FactorRow[], event: FactorEvent): FactorRow[] {
  const { date, referenceClose } = event
  const price = 'dividend' in event ? 1 - event.dividend / referenceClose : 1
  const split = 'split' in event ? event.split : 1
  const times = (row: FactorRow): FactorRow => ({
    ...row,
    priceFactor: row.priceFactor * price,
    splitFactor: row.splitFactor * split,
  })
  const earlier = rows.filter((row) => row.date <= date)
  const later = rows.filter((row) => row.date > date)
  if (earlier.at(-1)?.date === date) return [...earlier.map(times), ...later]
  const { priceFactor = 1, splitFactor = 1 } = later[0] ?? {}
  return [...earlier.map(times), times({ date, priceFactor, splitFactor, referenceClose }), ...later]
}

/** The row in force on a date: the first one not before it; undefined after the last. */
export function factorOn(rows: readonly FactorRow[], date: string): FactorRow | undefined {
  return rows.find((row) => row.date >= date)
}

/** The events a table was made from: what each row's factors are to the next one's. A change within `tolerance` is none. */
export function eventsOf(rows: readonly FactorRow[], tolerance = 1e-9): FactorEvent[] {
  return rows.flatMap((row, i) => {
    const next = rows[i + 1]
    if (next === undefined) return []
    const { date, referenceClose } = row
    const price = row.priceFactor / next.priceFactor
    const split = row.splitFactor / next.splitFactor
    return [
      ...(Math.abs(price - 1) > tolerance ? [{ date, referenceClose, dividend: referenceClose * (1 - price) }] : []),
      ...(Math.abs(split - 1) > tolerance ? [{ date, referenceClose, split }] : []),
    ]
  })
}
