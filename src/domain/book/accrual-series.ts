// One balance that accrues day by day: what it earned or cost, exact since the last payment and posted to the minor unit, and the
// payment that ends a period (docs/book.md, "Accruals").
import { absInt, addInt, type Int, mulDivHalfEven, negInt, subInt, toInt } from '../kernel/scaled.ts'
import { minus, opposite, plus, spread } from './amounts.ts'
import type { Changes } from './changes.ts'
import { dateOf, NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import { ENTRY, type Entry, type EntryKind, sameLines, sameTime } from './entry.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { convert, type Rate } from './rates.ts'
import { rule } from './rules.ts'

const ACCRUAL = rule('interest')

/** What a day brings and costs, in minor units times the rule's scale; exact. */
export interface Accrued {
  readonly earned: bigint
  readonly charged: bigint
}

/** How one kind of balance accrues. */
export interface AccrualRule {
  /** The first day that accrues; NO_DAY when none does. */
  readonly from: number
  /** Minor units are `scale` of what `on` answers in. */
  readonly scale: Int
  /** What a day brings on its closing balance; null when that is not known. */
  on(day: number, balance: Int): Accrued | null
  /** Whether what has accrued is paid at the end of a day. */
  isPaid(day: number): boolean
}

/** Where a sleeve's part is posted. */
export interface AccrualLines {
  readonly sleeve: string
  /** What is owed to the sleeve (1310) against income, and by it (2400) against cost. */
  readonly earned: DimensionId
  readonly income: DimensionId
  readonly charged: DimensionId
  readonly cost: DimensionId
  readonly cash: DimensionId
  /** 4130. */
  readonly gain: DimensionId
}

/** A sleeve's part of what has accrued since the last payment. */
interface Share {
  earned: Int
  earnedBase: Int
  charged: Int
  chargedBase: Int
}
const NO_SHARE: Share = { earned: 0, earnedBase: 0, charged: 0, chargedBase: 0 }

/** How a day ends. */
interface Day {
  readonly balances: readonly Int[]
  readonly exact: Accrued
  readonly posted: { readonly earned: Int; readonly charged: Int }
  readonly shares: readonly Share[]
  /** First day of the period of which nothing is known; NO_DAY when all is. */
  readonly unknownSince: number
  readonly accrual: Entry | null
  readonly payment: Entry | null
}

const START: Omit<Day, 'balances'> = {
  exact: { earned: 0n, charged: 0n },
  posted: { earned: 0, charged: 0 },
  shares: [],
  unknownSince: NO_DAY,
  accrual: null,
  payment: null,
}

export class AccrualSeries {
  /** `interest/{cash account}/{currency}` or `borrow/{instrument}/{currency}`. */
  readonly name: string
  readonly currency: string
  /** Whether payments change the balance that accrues. */
  readonly capitalises: boolean
  readonly #desk: Desk
  readonly #linesOf: (sleeve: string) => AccrualLines
  readonly #lines: AccrualLines[] = []
  /** Movements of the balance by day and sleeve. */
  readonly #moves = new Map<number, Int[]>()
  #rule: AccrualRule | null = null
  /** The days from #first on, as they were folded last. */
  #days: Day[] = []
  #first = NO_DAY
  #dirtyFrom = NO_DAY

  constructor(
    desk: Desk,
    name: string,
    currency: string,
    capitalises: boolean,
    linesOf: (sleeve: string) => AccrualLines,
  ) {
    this.#desk = desk
    this.name = name
    this.currency = currency
    this.capitalises = capitalises
    this.#linesOf = linesOf
  }

  /** The rule as it is now known; what follows from it is worked out again from a day on. */
  set(rule: AccrualRule, from: number): void {
    this.#rule = rule
    this.touch(from)
  }

  /** Works out again what follows from a day on. */
  touch(day: number): void {
    this.#dirtyFrom = this.#dirtyFrom === NO_DAY ? day : Math.min(this.#dirtyFrom, day)
  }

  /** Adds a movement of the balance (sign 1) or takes it away (sign -1). */
  move(day: number, sleeve: string, amount: Int, sign: 1 | -1): void {
    if (amount === 0) return
    const at = this.#sleeve(sleeve)
    const moved = this.#moves.get(day) ?? []
    this.#moves.set(day, moved)
    moved[at] = addInt(moved[at] ?? 0, sign > 0 ? amount : negInt(amount))
    this.touch(day)
  }

  #sleeve(sleeve: string): number {
    const known = this.#lines.findIndex((lines) => lines.sleeve === sleeve)
    return known >= 0 ? known : this.#lines.push(this.#linesOf(sleeve)) - 1
  }

  /** Folds from the first day that changed through the last closed one. */
  fold(closed: number, cause: string, changes: Changes): void {
    const from = this.#rule?.from ?? NO_DAY
    const first = from === NO_DAY ? closed + 1 : from
    const dirty = this.#dirtyFrom
    this.#dirtyFrom = NO_DAY
    const old = this.#days
    const oldFirst = this.#first
    const end = oldFirst === NO_DAY ? NO_DAY : oldFirst + old.length
    const start = oldFirst === first ? Math.max(first, dirty === NO_DAY ? end : Math.min(dirty, end)) : first
    if (oldFirst === first && start === end && closed < end) return
    const before = (day: number): Day | undefined => (oldFirst === NO_DAY ? undefined : old[day - oldFirst])
    const days = oldFirst === first ? old.slice(0, start - first) : []
    let last: Day = days.at(-1) ?? { ...START, balances: this.#openingOf(first) }
    for (let day = start; day <= closed; day++) {
      last = this.#close(day, last, before(day), cause)
      days.push(last)
    }
    this.#first = first
    this.#days = days
    // Unchanged entries are the very same objects: only what came, went or changed is told.
    const known = new Set(days)
    for (let i = 0; i < old.length; i++) {
      const was = old[i]
      const now = days[i + oldFirst - first]
      if (was === undefined || known.has(was)) continue
      tell(changes, was.accrual, now?.accrual ?? null)
      tell(changes, was.payment, now?.payment ?? null)
    }
    for (let i = 0; i < days.length; i++) {
      const now = days[i]
      if (now === undefined || before(first + i) !== undefined) continue
      tell(changes, null, now.accrual)
      tell(changes, null, now.payment)
    }
  }

  /** The balances at the start of a day, from everything before it. */
  #openingOf(first: number): Int[] {
    const balances: Int[] = this.#lines.map(() => 0)
    for (const [day, moved] of this.#moves)
      if (day < first) for (const [s, amount] of moved.entries()) balances[s] = addInt(balances[s] ?? 0, amount ?? 0)
    return balances
  }

  #close(day: number, before: Day, old: Day | undefined, cause: string): Day {
    const moved = this.#moves.get(day)
    let balances: readonly Int[] = this.#lines.map((_, s) => addInt(before.balances[s] ?? 0, moved?.[s] ?? 0))
    const balance = balances.reduce<Int>((sum, each) => addInt(sum, each), 0)
    const rule = this.#rule
    const accrued = balance === 0 || rule === null ? { earned: 0n, charged: 0n } : rule.on(day, balance)
    const exact = {
      earned: before.exact.earned + (accrued?.earned ?? 0n),
      charged: before.exact.charged + (accrued?.charged ?? 0n),
    }
    const unknownSince = before.unknownSince !== NO_DAY || accrued !== null ? before.unknownSince : day
    const scale = rule?.scale ?? 1
    const posted = {
      earned: mulDivHalfEven(toInt(exact.earned), 1, scale),
      charged: mulDivHalfEven(toInt(exact.charged), 1, scale),
    }
    const earned = subInt(posted.earned, before.posted.earned)
    const charged = subInt(posted.charged, before.posted.charged)
    const shares = this.#lines.map((_, s) => ({ ...(before.shares[s] ?? NO_SHARE) }))
    const accrual = this.#same(this.#accrue(day, balances, { earned, charged }, shares, cause), old?.accrual)
    const pays = rule?.isPaid(day) === true && unknownSince === NO_DAY
    if (!pays) return { balances, exact, posted, shares, unknownSince, accrual, payment: null }
    const payment = this.#same(this.#pay(day, shares, cause), old?.payment)
    if (this.capitalises)
      balances = balances.map((each, s) => {
        const share = shares[s] ?? NO_SHARE
        return addInt(each, subInt(share.earned, share.charged))
      })
    return { ...START, balances, accrual, payment }
  }

  /** The entry of a day; sleeves share it by what they have on the balance's side. Adds their parts to `shares`. */
  #accrue(
    day: number,
    balances: readonly Int[],
    { earned, charged }: { readonly earned: Int; readonly charged: Int },
    shares: Share[],
    cause: string,
  ): Entry | null {
    if (earned === 0 && charged === 0) return null
    const desk = this.#desk
    const rate = this.#rate(day)
    const flags = rate.carried ? FLAG.carried : 0
    const order = this.#bySleeve()
    const total = balances.reduce<Int>((sum, each) => addInt(sum, each), 0)
    const weights = order.map((s) => sideOf(balances[s] ?? 0, total))
    const earnedParts = spread(earned, weights)
    const chargedParts = spread(charged, weights)
    desk.lines.begin()
    const add = (from: DimensionId, to: DimensionId, amount: Int): Int => {
      const base = convert(rate, amount)
      if (amount !== 0) {
        desk.lines.add(from, NO_LOT, NO_ACQUIRED, 0, amount, base, ACCRUAL, flags)
        desk.lines.add(to, NO_LOT, NO_ACQUIRED, 0, negInt(amount), opposite(base), ACCRUAL, flags)
      }
      return base
    }
    for (const [i, s] of order.entries()) {
      const lines = this.#lines[s]
      const share = shares[s]
      if (lines === undefined || share === undefined) continue
      const plusEarned = earnedParts[i] ?? 0
      const plusCharged = chargedParts[i] ?? 0
      share.earnedBase = plus(share.earnedBase, add(lines.earned, lines.income, plusEarned))
      share.chargedBase = plus(share.chargedBase, add(lines.cost, lines.charged, plusCharged))
      share.earned = addInt(share.earned, plusEarned)
      share.charged = addInt(share.charged, plusCharged)
    }
    return this.#entry(ENTRY.interest, day, dateOf(day), cause)
  }

  /** What has accrued becomes cash at the day's rate; 4130 takes what it was booked at more or less. */
  #pay(day: number, shares: readonly Share[], cause: string): Entry | null {
    const desk = this.#desk
    const rate = this.#rate(day)
    const flags = rate.carried ? FLAG.carried : 0
    desk.lines.begin()
    const add = (dimension: DimensionId, local: Int, base: Int) => {
      if (local !== 0 || base !== 0) desk.lines.add(dimension, NO_LOT, NO_ACQUIRED, 0, local, base, ACCRUAL, flags)
    }
    for (const s of this.#bySleeve()) {
      const lines = this.#lines[s]
      const { earned, earnedBase, charged, chargedBase } = shares[s] ?? NO_SHARE
      if (lines === undefined || (earned === 0 && charged === 0)) continue
      const net = subInt(earned, charged)
      const paid = convert(rate, net)
      add(lines.cash, net, paid)
      add(lines.earned, negInt(earned), opposite(earnedBase))
      add(lines.charged, charged, chargedBase)
      const rest = minus(minus(earnedBase, chargedBase), paid)
      if (rest !== 0 && this.currency !== desk.functional)
        desk.lines.add(lines.gain, NO_LOT, NO_ACQUIRED, 0, 0, rest, ACCRUAL, flags)
    }
    return this.#entry(ENTRY.interestPaid, day, `${dateOf(day)}/paid`, cause)
  }

  #rate(day: number): Rate {
    const desk = this.#desk
    return desk.rates.on(desk.currencies.id(this.currency), day, desk.policies.on(day).series)
  }

  #entry(kind: EntryKind, day: number, end: string, cause: string): Entry | null {
    const name = `${this.name}/${end}`
    return this.#desk.finish(kind, { id: name, cause, micros: NO_INSTANT }, day, 8, NO_DAY, name)
  }

  /** The entry as it was when nothing about it changed, so that it keeps its knowledge position and its cause. */
  #same(fresh: Entry | null, old: Entry | null | undefined): Entry | null {
    if (fresh === null || old === null || old === undefined) return fresh
    return sameTime(old, fresh) && sameLines(old, fresh) ? old : fresh
  }

  /** Sleeves by id, so that ties of the largest remainder fall the same way in every book. */
  #bySleeve(): number[] {
    const order = this.#lines.map((_, s) => s)
    return order.sort((a, b) => ((this.#lines[a]?.sleeve ?? '') < (this.#lines[b]?.sleeve ?? '') ? -1 : 1))
  }

  /** The first day whose amount is unknown and still unpaid; null when all is known. */
  get unknownSince(): number | null {
    const since = this.#days.at(-1)?.unknownSince ?? NO_DAY
    return since === NO_DAY ? null : since
  }

  *entries(): Iterable<Entry> {
    for (const { accrual, payment } of this.#days) {
      if (accrual !== null) yield accrual
      if (payment !== null) yield payment
    }
  }
}

/** What a sleeve has on the side of the whole balance. */
function sideOf(balance: Int, total: Int): Int {
  return balance > 0 === total > 0 ? absInt(balance) : 0
}

function tell(changes: Changes, old: Entry | null, fresh: Entry | null): void {
  if (old !== fresh) changes.one(old, fresh)
}
