// Which purchases a sale of shares is identified with before any pool is asked: same day, then the thirty days after (TCGA 1992 ss.105, 106A).
import { daysBetween, type PlainDate } from '../../kernel/date.ts'
import type { Decimal } from '../../kernel/decimal.ts'
import { type Amount, least } from '../pool/amount.ts'
import type { Dealing } from '../pool/dealing.ts'
import type { Scale } from '../pool/scale.ts'

/** Days after a disposal within which a purchase is identified with it. */
export const WINDOW_DAYS = 30

export type MatchRule = 'same-day' | 'thirty-day' | 'section-104' | 'later-acquisition'

/** One part of a disposal with what it is identified with. */
export interface Match {
  readonly rule: MatchRule
  /** In the units of the disposal's date. */
  readonly units: Decimal
  readonly proceeds: Amount
  readonly cost: Amount
  /** The purchases it is identified with; null for the pool. */
  readonly acquisition: Dealing | null
}

/** Purchases and sales of one instrument, one dealing a day each, in date order. */
export interface Dealings {
  readonly acquired: readonly Dealing[]
  readonly disposed: readonly Dealing[]
}

/**
 * Takes the same-day and thirty-day matches out of the dealings: first every day's purchases for its own sales, then, sale by sale
 * in date order, the purchases of the thirty days after it in date order. What is `left` of the dealings afterwards meets in the pool.
 */
export function identify({ acquired, disposed }: Dealings, scale: Scale): Map<Dealing, Match[]> {
  const matches = new Map<Dealing, Match[]>()
  let sameDay = 0
  for (const disposal of disposed) {
    const found: Match[] = []
    matches.set(disposal, found)
    while ((acquired[sameDay]?.date ?? '~') < disposal.date) sameDay++
    const acquisition = acquired[sameDay]
    if (acquisition?.date === disposal.date && !acquisition.left.isZero())
      found.push(matchOf('same-day', disposal, acquisition, scale))
  }
  let first = 0
  for (const disposal of disposed) {
    while ((acquired[first]?.date ?? '~') <= disposal.date) first++
    for (let i = first; i < acquired.length && !disposal.left.isZero(); i++) {
      const acquisition = acquired[i]
      if (acquisition === undefined || daysAfter(disposal, acquisition) > WINDOW_DAYS) break
      if (!acquisition.left.isZero()) matches.get(disposal)?.push(matchOf('thirty-day', disposal, acquisition, scale))
    }
  }
  return matches
}

/** Matches as much as both have left; a split between the two dates scales the units. */
export function matchOf(rule: MatchRule, disposal: Dealing, acquisition: Dealing, scale: Scale): Match {
  const offered = scale.convert(acquisition.left, acquisition.date, disposal.date)
  const units = least(offered, disposal.left)
  // Who gives all gives exactly what it has left: no division comes back to it.
  const used = offered.equals(units) ? acquisition.left : scale.convert(units, disposal.date, acquisition.date)
  return { rule, units, proceeds: disposal.take(units), cost: acquisition.take(used), acquisition }
}

function daysAfter(disposal: Dealing, acquisition: Dealing): number {
  return daysBetween(disposal.date as PlainDate, acquisition.date as PlainDate)
}
