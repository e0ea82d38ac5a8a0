// Securities that settle: their lines move from state unsettled to settled, whole or in the parts in which a fill settles.
import { type Int, negInt } from '../kernel/scaled.ts'
import { isUnknown, opposite } from './amounts.ts'
import { type Desk, SETTLE } from './desk.ts'
import type { Entry } from './entry.ts'
import type { Fill } from './fill.ts'
import type { SettlementPlan } from './settlement-plan.ts'
import { tradeLines } from './waiting.ts'

/** Moves the securities of the parts that are meant, as actions have changed them. */
export function moveWaiting(
  desk: Desk,
  fill: Fill,
  plan: SettlementPlan,
  trade: Entry,
  meant: (day: number, upTo: Int) => boolean,
): void {
  for (const line of fill.waiting ?? tradeLines(desk, fill, plan)) {
    const { leg, day, upTo, unsettled, settled, lot, acquired, units, local, base } = line
    if (leg === trade.kind && meant(day, upTo)) moveState(desk, unsettled, settled, lot, acquired, units, local, base)
  }
}

/** Moves a line from one state to the other; a line that holds nothing moves nothing. */
export function moveState(
  desk: Desk,
  from: number,
  to: number,
  lot: number,
  acquired: number,
  units: Int,
  local: Int,
  base: Int,
): void {
  if (units === 0 && local === 0 && (base === 0 || isUnknown(base))) return
  desk.lines.add(from, lot, acquired, negInt(units), negInt(local), opposite(base), SETTLE, 0)
  desk.lines.add(to, lot, acquired, units, local, base, SETTLE, 0)
}
