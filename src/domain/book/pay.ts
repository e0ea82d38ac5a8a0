// What an action pays on its pay date, account by account, and the receipts that confirm or supply it.
import type { ActionStep } from './action.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import { moveDue } from './receivable.ts'
import { rule } from './rules.ts'
import { owingOf, settleThrough } from './settling.ts'

const DIVIDEND = rule('dividend')

/** The pay entries of an action. A reclaim (1320) always waits for its receipt, what the portfolio owes (2200, 2300) never. */
export function payAction(desk: Desk, step: ActionStep): Entry | null {
  const { payDay, date, entries } = step
  // What is paid on the day it arises at the close is paid then, not before.
  const duePhase = payDay === date ? Math.max(step.phase, 3) : 3
  return settleThrough(
    desk,
    { owing: owingOf(desk, entries), createdOn: date, createdPhase: step.phase, dueOn: payDay, duePhase },
    desk.receipts.of(step.id),
    (ex, claims) => {
      if (payDay === null) return null
      const { policy } = desk.policies.on(payDay)
      const due = claims.filter(
        ({ account, cashAccount }) =>
          account === 2200 ||
          account === 2300 ||
          ((account === 1300 || account === 1330) && !desk.waitsForReceipt(cashAccount, policy)),
      )
      desk.lines.begin()
      moveDue(desk, due, payDay, DIVIDEND)
      return desk.finish(ENTRY.pay, step, payDay, duePhase, payDay, ex.where)
    },
  )
}
