// What a moment of an instrument's life posts, and what it pays on its date.
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import type { LifeStep } from './life-step.ts'
import { postMark } from './mark.ts'
import type { Partition } from './partition.ts'
import { moveDue } from './receivable.ts'
import { rule } from './rules.ts'
import { settleThrough } from './settling.ts'

const SETTLE = rule('settle')

export function postLife(desk: Desk, partition: Partition, step: LifeStep): Entry | null {
  switch (step.what) {
    case 'mark':
      return postMark(desk, partition, step)
    case 'accrual':
    case 'coupon':
    case 'maturity':
      return null
  }
}

/** Variation margin moves on its date: nobody waits for a clearing house. */
export function payLife(desk: Desk, step: LifeStep): Entry | null {
  const { payDay, date, phase, entries } = step
  if (payDay === null || entries === null) return null
  return settleThrough(
    desk,
    { entries, createdOn: date, createdPhase: phase, dueOn: payDay, duePhase: 3 },
    desk.receipts.of(step.id),
    (of, claims) => {
      desk.lines.begin()
      moveDue(desk, claims, payDay, SETTLE)
      return desk.finish(ENTRY.pay, step, payDay, 3, payDay, of.where)
    },
  )
}
