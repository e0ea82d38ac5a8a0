// What a fill posts when it settles: its lots' lines move from unsettled to settled, what was owed becomes cash, and the
// rate's move since the trade date is a gain on receivables and payables (docs/book.md, "Settle").
import { type Int, negInt } from '../kernel/scaled.ts'
import { isUnknown, minus, opposite } from './amounts.ts'
import { type Desk, type Payment, SETTLE } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import type { Fill } from './fill.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { convert } from './rates.ts'
import { moveDue } from './receivable.ts'
import type { Receipt } from './receipt.ts'
import { moveState } from './settled-state.ts'
import { planOf } from './settlement-plan.ts'
import { settleInParts } from './settling-in-parts.ts'
import { owingOf, settleThrough } from './settling.ts'

/** The settle entries of a fill, one per leg. */
export function settle(desk: Desk, fill: Fill): Entry | null {
  const { entries } = fill
  const receipts = desk.receipts.of(fill.id)
  const plan = planOf(desk, fill)
  if (plan !== null) return settleInParts(desk, fill, plan, receipts)
  if (receipts.length > 0 || (!fill.buys && desk.mayWait)) return settleSlowly(desk, fill, receipts)
  if (entries === null) return null
  const settled = settleLeg(desk, fill, entries, entries.kind === ENTRY.trade ? ENTRY.settle : ENTRY.settle2)
  const { next } = entries
  if (next === null) return settled
  const second = settleLeg(desk, fill, next, ENTRY.settle2)
  if (settled === null) return second
  settled.next = second
  return settled
}

/** The same where receipts may come before, after or instead of the due date. */
function settleSlowly(desk: Desk, fill: Fill, receipts: readonly Receipt[]): Entry | null {
  const day = fill.settlesAtOnce ? fill.date : fill.settleDay
  const duePhase = fill.settlesAtOnce ? fill.phase : 3
  const { policy } = desk.policies.on(day)
  return settleThrough(
    desk,
    { owing: owingOf(desk, fill.entries), createdOn: fill.date, createdPhase: fill.phase, dueOn: day, duePhase },
    receipts,
    (trade, claims) => {
      desk.lines.begin()
      const kind = trade.kind === ENTRY.trade ? ENTRY.settle : ENTRY.settle2
      moveSecurities(desk, fill, trade)
      const due = claims.filter((claim) => claim.account !== 1200 || !desk.waitsForReceipt(claim.cashAccount, policy))
      moveDue(desk, due, day, SETTLE)
      return desk.finish(kind, fill, day, duePhase, fill.settleDay)
    },
  )
}

function moveSecurities(desk: Desk, fill: Fill, trade: Entry): void {
  const { chunk } = trade
  if (fill.waiting === null)
    for (let row = trade.start; row < trade.end; row++) {
      const to = desk.turn(chunk.dimension[row] ?? 0).settled
      if (to >= 0) desk.lines.move(chunk, row, to, SETTLE)
    }
  else
    for (const { leg, unsettled, settled, lot, acquired, units, local, base } of fill.waiting)
      if (leg === trade.kind) moveState(desk, unsettled, settled, lot, acquired, units, local, base)
}

function settleLeg(
  desk: Desk,
  fill: Fill,
  trade: Entry,
  kind: typeof ENTRY.settle | typeof ENTRY.settle2,
): Entry | null {
  const { lines } = desk
  lines.begin()
  const { chunk } = trade
  let pending = false
  for (let row = trade.start; row < trade.end; row++) {
    const owed = chunk.dimension[row] ?? 0
    const turn = desk.turn(owed)
    if (turn.settled >= 0) {
      if (fill.waiting !== null) continue
      pending ||= Number.isNaN(chunk.amounts[row * 3 + 2]) && isUnknown(chunk.ownBase(row))
      lines.move(chunk, row, turn.settled, SETTLE)
    } else if (turn.payment !== null) {
      if (pay(desk, fill, owed, turn.payment, chunk.local(row), chunk.base(row))) pending = true
    }
  }
  if (fill.waiting !== null)
    for (const { leg, unsettled, settled, lot, acquired, units, local, base } of fill.waiting) {
      if (leg !== trade.kind) continue
      pending ||= isUnknown(base)
      moveState(desk, unsettled, settled, lot, acquired, units, local, base)
    }
  if (pending) lines.forgetBase()
  return desk.entry(
    kind,
    fill,
    fill.settlesAtOnce ? fill.date : fill.settleDay,
    fill.settlesAtOnce ? fill.phase : 3,
    fill.settleDay,
  )
}

/** Pays what a line says is owed, at the settlement day's rate; answers whether that rate or the booked amount is unknown. */
function pay(desk: Desk, fill: Fill, owed: number, payment: Payment, local: Int, base: Int): boolean {
  const { cash, gain, currency, foreign } = payment
  const day = fill.settlesAtOnce ? fill.date : fill.settleDay
  const rate = desk.rates.on(currency, day, desk.policies.on(day).series)
  const paid = convert(rate, local)
  const flags = rate.carried ? FLAG.carried : 0
  const { lines } = desk
  lines.add(owed, NO_LOT, NO_ACQUIRED, 0, negInt(local), opposite(base), SETTLE, flags)
  if (local !== 0) lines.add(cash, NO_LOT, NO_ACQUIRED, 0, local, paid, SETTLE, flags)
  const difference = minus(base, paid)
  if (difference !== 0 && (foreign || !isUnknown(difference))) lines.merge(gain, 0, 0, difference, SETTLE, flags)
  return isUnknown(difference)
}
