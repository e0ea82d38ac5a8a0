// How much of a loss is superficial (ITA s.54) and whose cost it is added to (s.53(1)(f)).
import { addDays, type PlainDate } from '../../kernel/date.ts'
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { type Amount, isNothing, least, minus, shareOf } from '../pool/amount.ts'
import type { Windows } from './windows.ts'

/** Days before and after the disposition. */
export const SUPERFICIAL_DAYS = 30

export interface Superficial {
  /** The denied part of the loss, positive. */
  readonly denied: Amount
  /** What of it each holder that acquired gets, in proportion to what they hold at the end of the window. */
  readonly shares: readonly { readonly holder: string; readonly amount: Amount }[]
}

/**
 * Denied = loss x min(sold, acquired in the window, held at its end) / sold, all counted over the taxpayer and the affiliates, registered
 * accounts among them. Nothing is denied when no holder that acquired holds any at the end. `date` is the day that counts (settlement
 * or trade), `tradeDate` says in which units `sold` is.
 */
export function superficialLoss(
  loss: Decimal,
  sold: Decimal,
  tradeDate: string,
  date: string,
  windows: Windows,
): Superficial | null {
  const end = addDays(date as PlainDate, SUPERFICIAL_DAYS)
  const before = addDays(date as PlainDate, -SUPERFICIAL_DAYS - 1)
  const bought = windows.bought(before, end, tradeDate)
  const held = windows.held(end, tradeDate)
  const heldByBuyers = [...held].filter(([holder]) => bought.has(holder)).sort(([a], [b]) => (a < b ? -1 : 1))
  if (heldByBuyers.length === 0) return null
  const substituted = least(least(sold, sum(bought.values())), sum(held.values()))
  const counted = isNothing(sold.minus(substituted)) ? sold : substituted
  const denied = shareOf(loss, counted, sold)
  const whole = sum(heldByBuyers.map(([, units]) => units))
  let left: Amount = denied
  let rest = whole
  const shares = heldByBuyers.map(([holder, units]) => {
    const amount = shareOf(left, units, rest)
    left = minus(left, amount)
    rest = rest.minus(units)
    return { holder, amount }
  })
  return { denied, shares }
}

function sum(amounts: Iterable<Decimal>): Decimal {
  let total = ZERO
  for (const amount of amounts) total = total.plus(amount)
  return total
}
