// Foreign cash at moving-average cost: one entry a day and pool, which brings the day's movements from the day's rates to cost.
import {
  addBase,
  type Base,
  type Decimal,
  largestRemainder,
  money,
  negBase,
  placesOf,
  sum,
  sumBase,
  ZERO,
} from './arithmetic.ts'
import { compare, type Fold } from './fold.ts'
import { Draft, type Entry, groupBy, type Line } from './journal.ts'

interface Movement extends Line {
  readonly date: string
  readonly entry: string
}
interface Flow {
  readonly local: Decimal
  readonly base: Base
}

/** The pool entries of everything posted so far, after it: nothing else depends on them. */
export function poolEntries(fold: Fold): Entry[] {
  const movements = fold.entries.flatMap((entry) =>
    entry.lines
      .filter((line) => (line.account === 1000 || line.account === 1010) && line.currency !== fold.functional)
      .map((line): Movement => ({ ...line, date: entry.effectiveDate, entry: entry.entry })),
  )
  return [...groupBy(movements, (m) => [m.cashAccount, m.account, m.currency].join('|')).values()].flatMap((pool) =>
    entriesOf(fold, pool),
  )
}

function entriesOf(fold: Fold, pool: readonly Movement[]): Entry[] {
  const { cashAccount, account, currency } = pool[0]!
  const entries: Entry[] = []
  let local = ZERO
  let base: Base = ZERO
  const days = [...groupBy(pool, (movement) => movement.date)].sort(([a], [b]) => compare(a, b))
  for (const [date, today] of days) {
    // What one entry moves between sleeves of one pool is no movement of the pool.
    const flows = [...groupBy(today, (movement) => movement.entry).values()].map(total)
    const receipts = total(flows.filter((flow) => flow.local.gt(0)))
    const payments = total(flows.filter((flow) => flow.local.lt(0)))
    const end = local.plus(receipts.local).plus(payments.local)
    const endBase = costAtEnd(fold, { local, base }, receipts, payments)
    const moved = addBase(base, addBase(receipts.base, payments.base))
    const x = endBase === null || moved === null ? null : endBase.minus(moved)
    const draft = new Draft()
    for (const [sleeve, part] of shared(fold, x, pool, date)) {
      draft.add({ sleeve, account, cashAccount, currency, base: part })
      draft.add({ sleeve, account: 4120, currency, base: negBase(part) })
    }
    if (draft.lines.length > 0)
      entries.push(draft.done(`pool/${cashAccount}/${account}/${currency}/${date}`, { date, phase: 9, instant: null }))
    local = end
    base = endBase
  }
  return entries
}

const total = (flows: readonly Flow[]): Flow => ({
  local: sum(flows.map((flow) => flow.local)),
  base: sumBase(flows.map((flow) => flow.base)),
})

/**
 * The pool's cost at the end of a day. On the side it began: opening cost and what came on at the day's rates make one average,
 * and what went off is relieved once in total. What crosses zero starts anew at its day's rate. Both sides mirror each other.
 */
function costAtEnd(fold: Fold, opening: Flow, receipts: Flow, payments: Flow): Base {
  const side = opening.local.lt(0) ? -1 : 1
  const [on, off] = side === 1 ? [receipts, payments] : [payments, receipts]
  const amount = opening.local.plus(on.local).abs()
  const taken = off.local.abs()
  const cost = addBase(opening.base, on.base)
  if (taken.gt(amount)) return off.base && money(off.base.times(taken.minus(amount)).dividedBy(taken), fold.functional)
  if (taken.equals(amount)) return ZERO
  if (cost === null || off.base === null) return null
  return cost.minus(money(cost.times(taken).dividedBy(amount), fold.functional))
}

/** Over the sleeves by |opening + closing balance| of the day, else by what they moved that day. */
function shared(fold: Fold, x: Base, pool: readonly Movement[], date: string): [string, Base][] {
  if (x?.isZero()) return []
  const sleeves = [...new Set(pool.map((movement) => movement.sleeve))].sort()
  const of = (sleeve: string, when: (day: string) => boolean) =>
    pool.filter((movement) => movement.sleeve === sleeve && when(movement.date)).map((movement) => movement.local)
  const averages = sleeves.map((sleeve) =>
    sum(of(sleeve, (day) => day < date))
      .plus(sum(of(sleeve, (day) => day <= date)))
      .abs(),
  )
  const gross = sleeves.map((sleeve) => sum(of(sleeve, (day) => day === date).map((local) => local.abs())))
  const weights = averages.every((weight) => weight.isZero()) ? gross : averages
  if (x === null) return sleeves.filter((_, at) => weights[at]!.gt(0)).map((sleeve) => [sleeve, null])
  const parts = largestRemainder(x, weights, placesOf(fold.functional))
  return sleeves.map((sleeve, at): [string, Base] => [sleeve, parts[at]!]).filter(([, part]) => !part?.isZero())
}
