// The settlement of a fill of whose settlement something was said: what failed moves back, what is confirmed moves, in parts
// (docs/book.md, "Fails").
import { type Int, mulDivHalfEven } from '../kernel/scaled.ts'
import { type Desk, SETTLE } from './desk.ts'
import { ENTRY, type Entry, EntryChain } from './entry.ts'
import type { Fill } from './fill.ts'
import { dateOf, NO_DAY } from './day.ts'
import { type Claim, claimsOf, moveUpTo, reopen } from './receivable.ts'
import { postReceipt, type Receipt } from './receipt.ts'
import { rule } from './rules.ts'
import { moveWaiting } from './settled-state.ts'
import { NEVER, type SettlementPlan } from './settlement-plan.ts'

const FAIL = rule('fail')

/** The claims of one leg; those a fail opened again are apart, because confirmations move their own share of them. */
interface Leg {
  readonly trade: Entry
  readonly claims: Claim[]
  reopened: Claim[]
}

interface Happening {
  readonly day: number
  /** Due first, then what failed, what was confirmed, what was received. */
  readonly order: number
  happen(): void
}

/** The settle, fail and part entries of a fill, in time; those of its receipts go to the receipts' book. */
export function settleInParts(
  desk: Desk,
  fill: Fill,
  plan: SettlementPlan,
  receipts: readonly Receipt[],
): Entry | null {
  const legs: Leg[] = []
  for (let trade = fill.entries; trade !== null; trade = trade.next)
    legs.push({ trade, claims: claimsOf(desk, trade), reopened: [] })
  const all: Claim[] = legs.flatMap(({ claims }) => claims)
  const chain = new EntryChain()
  const each = (post: (leg: Leg) => Entry | null) => {
    for (const leg of legs) chain.add(post(leg))
  }
  for (const happening of inOrder(fill, plan, receipts, {
    due: () => each((leg) => postDue(desk, fill, plan, leg)),
    fail: (day) => each((leg) => postFail(desk, fill, plan, leg, all, day)),
    confirm: (day) => each((leg) => postPart(desk, fill, plan, leg, day)),
    receive(receipt) {
      const created = fill.date < receipt.date
      desk.receipts.posted(receipt, postReceipt(desk, receipt, created ? all : null))
    },
  }))
    happening.happen()
  return chain.first
}

interface Steps {
  due(): void
  fail(day: number): void
  confirm(day: number): void
  receive(receipt: Receipt): void
}

function inOrder(fill: Fill, plan: SettlementPlan, receipts: readonly Receipt[], steps: Steps): Happening[] {
  const { dueOn, failsOn, parts, confirmed } = plan
  // A settlement on the trade date has its trade's own place: after the receipts of that day, which find nothing owed yet.
  const list: Happening[] = [{ day: dueOn, order: fill.settlesAtOnce ? 4 : 0, happen: steps.due }]
  if (failsOn !== null) list.push({ day: failsOn, order: 1, happen: () => steps.fail(failsOn) })
  const days = new Set([...parts.filter(({ upTo }) => upTo > plan.onTime), ...confirmed].map(({ day }) => day))
  for (const day of days)
    if (day !== NEVER)
      list.push({ day, order: day === dueOn && fill.settlesAtOnce ? 5 : 2, happen: () => steps.confirm(day) })
  for (const receipt of receipts) list.push({ day: receipt.date, order: 3, happen: () => steps.receive(receipt) })
  return list.sort((a, b) => a.day - b.day || a.order - b.order)
}

/** What settles on time: its securities, and the money of all of it, unless the fail was known by then. */
function postDue(desk: Desk, fill: Fill, plan: SettlementPlan, { trade, claims }: Leg): Entry | null {
  const { dueOn, failsOn, onTime, parts } = plan
  desk.lines.begin()
  moveWaiting(desk, fill, plan, trade, (day, upTo) => day === dueOn && upTo <= onTime)
  const part = parts.length === 0 || failsOn !== null ? fill.units : onTime
  moveUpTo(
    desk,
    claims.filter(notWaiting(desk, dueOn)),
    (claim) => share(claim.amount, part, fill.units),
    dueOn,
    SETTLE,
  )
  const kind = trade.kind === ENTRY.trade ? ENTRY.settle : ENTRY.settle2
  return desk.finish(kind, fill, dueOn, fill.settlesAtOnce ? fill.phase : 3, fill.settleDay)
}

/** What had moved of the failed part moves back, and is owed again at the day's rate. */
function postFail(desk: Desk, fill: Fill, plan: SettlementPlan, leg: Leg, all: Claim[], day: number): Entry | null {
  desk.lines.begin()
  const moved = leg.claims.filter((claim) => claim.unconfirmed !== 0 && notWaiting(desk, plan.dueOn)(claim))
  leg.reopened = reopen(desk, moved, (claim) => share(claim.amount, plan.onTime, fill.units), day, FAIL)
  leg.claims.push(...leg.reopened)
  all.push(...leg.reopened)
  return desk.finish(leg.trade.kind === ENTRY.trade ? ENTRY.fail : ENTRY.fail2, fill, day, 3, NO_DAY)
}

/** What was confirmed on a day: the securities of the parts that failed, their money, and what waits for its receipt. */
function postPart(desk: Desk, fill: Fill, plan: SettlementPlan, leg: Leg, day: number): Entry | null {
  const { onTime, parts, confirmed, failsOn, dueOn } = plan
  const upTo = (list: typeof parts): Int => list.filter((part) => part.day <= day).at(-1)?.upTo ?? 0
  const settled = upTo(parts)
  desk.lines.begin()
  moveWaiting(desk, fill, plan, leg.trade, (on, to) => on === day && to > onTime)
  const waits = (claim: Claim) => !notWaiting(desk, dueOn)(claim)
  const first = leg.claims.filter((claim) => claim.layer === 0)
  if (parts.length > 0 && settled > onTime) {
    if (failsOn === null)
      moveUpTo(
        desk,
        first.filter(notWaiting(desk, dueOn)),
        (claim) => share(claim.amount, settled, fill.units),
        day,
        SETTLE,
      )
    else {
      const failed = BigInt(fill.units) - BigInt(onTime)
      const back = BigInt(settled) - BigInt(onTime)
      moveUpTo(desk, leg.reopened, (claim) => mulDivHalfEven(claim.amount, back, failed), day, SETTLE)
    }
  }
  moveUpTo(desk, first.filter(waits), (claim) => share(claim.amount, upTo(confirmed), fill.units), day, SETTLE)
  const leg2 = leg.trade.kind === ENTRY.trade ? '' : '2/'
  return desk.finish(ENTRY.part, fill, day, day === fill.date ? fill.phase : 3, NO_DAY, `${leg2}${dateOf(day)}`)
}

/** Whether a claim moves on its date: all but what is to be received on an account that waits for receipts. */
function notWaiting(desk: Desk, dueOn: number): (claim: Claim) => boolean {
  const { policy } = desk.policies.on(dueOn)
  return (claim) => claim.account !== 1200 || !desk.waitsForReceipt(claim.cashAccount, policy)
}

function share(amount: Int, units: Int, of: Int): Int {
  return units === of ? amount : mulDivHalfEven(amount, units, of)
}
