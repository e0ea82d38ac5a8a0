// What a moment of an instrument's life posts, and what it pays on its date.
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import type { LifeStep } from './life-step.ts'
import { postAccrual, postCoupon } from './interest.ts'
import { postMark } from './mark.ts'
import { postMaturity } from './maturity.ts'
import type { Partition } from './partition.ts'
import { moveDue } from './receivable.ts'
import { rule } from './rules.ts'
import { type Owing, owingOf, settleThrough } from './settling.ts'

const RULES = {
  mark: rule('settle'),
  accrual: rule('settle'),
  expired: rule('settle'),
  coupon: rule('coupon'),
  maturity: rule('maturity'),
}

export function postLife(desk: Desk, partition: Partition, step: LifeStep): Entry | null {
  switch (step.what) {
    case 'mark':
      return postMark(desk, partition, step)
    case 'expired':
      lookAfterExpiry(partition, step)
      return null
    case 'accrual':
      return postAccrual(desk, partition, step)
    case 'coupon':
      return postCoupon(desk, partition, step)
    case 'maturity':
      return postMaturity(desk, partition, step)
  }
}

/** What is still held after its expiry: nobody said how it ended. */
function lookAfterExpiry(partition: Partition, step: LifeStep): void {
  const open = [...partition.places.holdings].some(
    ({ instrument, total }) => instrument === step.instrument && total !== 0,
  )
  if (!open) return
  const message = `${step.instrument} expired and is still held: say how it ended, or record its settlement price`
  partition.report(step, 'expired-open', message, step.date)
}

/** Variation margin moves on its date: nobody waits for a clearing house. Coupons and redemptions may wait for their receipt. */
export function payLife(desk: Desk, step: LifeStep): Entry | null {
  const { payDay, date, phase, entries, what } = step
  if (payDay === null) return null
  const owing: readonly Owing<{ readonly where: string | null }>[] = step.owing ?? owingOf(desk, entries)
  const { policy } = desk.policies.on(payDay)
  // A receipt uses claims up; the step keeps them as they were, for the next time its payment is worked out.
  const fresh = owing.map(({ of, claims }) => ({ of, claims: claims.map((claim) => ({ ...claim })) }))
  return settleThrough(
    desk,
    { owing: fresh, createdOn: date, createdPhase: phase, dueOn: payDay, duePhase: 3 },
    desk.receipts.of(step.id),
    (of, claims) => {
      const due = claims.filter(
        ({ amount, cashAccount }) => what === 'mark' || amount < 0 || !desk.waitsForReceipt(cashAccount, policy),
      )
      desk.lines.begin()
      moveDue(desk, due, payDay, RULES[what])
      return desk.finish(ENTRY.pay, step, payDay, 3, payDay, of.where)
    },
  )
}
