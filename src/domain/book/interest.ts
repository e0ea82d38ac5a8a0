// Interest of bonds: what accrues on settled positions day by day, and the coupons that turn it into money (docs/book.md, "Bonds").
import type { CouponPeriod } from '../instrument/coupon-schedule.ts'
import { addInt, type Int, mulDivHalfEven, mulInt, negInt, pow10, subInt } from '../kernel/scaled.ts'
import type { Rational } from '../kernel/rational.ts'
import { isUnknown, opposite, plus, spread } from './amounts.ts'
import type { BondLife } from './bond-life.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, EntryChain } from './entry.ts'
import { signedFor, tradedInterest } from './interest-booked.ts'
import type { LifeStep } from './life-step.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Holding } from './lots.ts'
import type { Partition } from './partition.ts'
import { claimOf } from './receivable.ts'
import { convert, type Rate } from './rates.ts'
import { rule } from './rules.ts'
import type { Owing } from './settling.ts'
import { tradeLines } from './waiting.ts'

const ACCRUAL = rule('accrual')
const COUPON = rule('coupon')

/** One side, long or short, of a custody account that holds a bond on a day. */
interface Side {
  readonly desk: Desk
  readonly partition: Partition
  readonly step: LifeStep
  readonly bond: BondLife
  readonly holdings: readonly Holding[]
  readonly rate: Rate
}

/** An amount of one unit over many, in minor units. */
function over({ desk, step, bond }: Side, perUnit: Rational, units: readonly Int[]): Int[] {
  const all = units.reduce<Int>(addInt, 0)
  const up = mulInt(perUnit.numerator, pow10(desk.places(bond.currency)))
  const down = mulInt(perUnit.denominator, pow10(desk.unitPlaces(step.instrument)))
  return spread(mulDivHalfEven(all, up, down), units)
}

/** Positive units of each holding that had settled by the end of a day no later than the step's. */
function settledBy({ desk, partition, step, holdings }: Side, day: number): Int[] {
  const waiting = new Map<Holding, Int>()
  const of = new Map<number, Holding>()
  for (const holding of holdings)
    for (const dimensions of holding.dimensions) if (dimensions !== undefined) of.set(dimensions.unsettled, holding)
  for (const fill of partition.fillsBefore(step, day)) {
    if (fill.settleDay <= day && fill.date <= day) continue
    for (const { unsettled, units } of fill.waiting ?? tradeLines(desk, fill, null)) {
      const holding = of.get(unsettled)
      if (holding !== undefined) waiting.set(holding, addInt(waiting.get(holding) ?? 0, signedFor(holding, units)))
    }
  }
  return holdings.map((holding) => {
    const settled = subInt(holding.total, waiting.get(holding) ?? 0)
    // Units that left before their purchase settled are nobody's here.
    if (settled < 0) return 0
    return settled
  })
}

/** Interest that trades bought or sold and that has not settled by the end of a day: it stands on 1310 beside what accrued. */
function traded({ desk, partition, step, bond, holdings }: Side, day: number): Map<Holding, { local: Int; base: Int }> {
  const found = new Map<Holding, { local: Int; base: Int }>()
  for (const fill of partition.fillsBefore(step, day)) {
    if (fill.accrued === 0 || (fill.settleDay <= day && fill.date <= day)) continue
    for (const { holding, currency, local, base } of tradedInterest(desk, fill)) {
      if (currency !== bond.currency || !holdings.includes(holding)) continue
      const before = found.get(holding) ?? { local: 0, base: 0 }
      found.set(holding, { local: addInt(before.local, local), base: plus(before.base, base) })
    }
  }
  return found
}

/** Posts for every side of every account that holds the instrument what `post` says; an entry for each account. */
function everySide(
  desk: Desk,
  partition: Partition,
  step: LifeStep,
  kind: typeof ENTRY.accrual | typeof ENTRY.ex,
  post: (side: Side, account: string) => void,
): Entry | null {
  const bond = partition.bonds.get(step.instrument)
  if (bond === undefined) return null
  const rate = desk.rates.on(desk.currencies.id(bond.currency), step.date, desk.policies.on(step.date).series)
  const chain = new EntryChain()
  for (const [account, holdings] of partition.places.byAccount(step.instrument)) {
    desk.lines.begin()
    for (const short of [false, true]) {
      const mine = holdings.filter((holding) => holding.short === short)
      if (mine.length > 0) post({ desk, partition, step, bond, holdings: mine, rate }, account)
    }
    chain.add(desk.finish(kind, step, step.date, step.phase, step.payDay ?? step.date, account))
  }
  return chain.first
}

/** The accrual of one closed day: 1310 is brought to what the settled position has earned since the last coupon. */
export function postAccrual(desk: Desk, partition: Partition, step: LifeStep): Entry | null {
  return everySide(desk, partition, step, ENTRY.accrual, (side) => {
    const { bond } = side
    // After a default what had accrued by then stays.
    const day = Math.min(step.date, bond.defaulted)
    const period = bond.schedule.period(day)
    if (period === null) return
    const settled = settledBy(side, step.date)
    const earned = over(side, bond.interest(period, day), settled)
    const without = day >= bond.exDay(period.end) ? exAmounts(side, period, settled) : null
    const waiting = traded(side, step.date)
    for (const [i, holding] of side.holdings.entries()) {
      const due = subInt(earned[i] ?? 0, without?.[i] ?? 0)
      const target = addInt(signedFor(holding, due), waiting.get(holding)?.local ?? 0)
      accrueTo(side, holding, target)
      settleBase(side, holding, waiting.get(holding))
    }
  })
}

/** In the ex-coupon period: the coupon that units settled since it began will not get (below zero: that units sold since will). */
function exAmounts(side: Side, period: CouponPeriod, settled: readonly Int[]): Int[] {
  const coupon = side.bond.interest(period, period.end)
  const now = over(side, coupon, settled)
  const entitled = over(side, coupon, settledBy(side, side.bond.exDay(period.end) - 1))
  return now.map((amount, i) => subInt(amount, entitled[i] ?? 0))
}

/** Posts what a holding's interest lacks of a target. */
function accrueTo({ desk, partition, step, bond, rate }: Side, holding: Holding, target: Int): void {
  const { lots, interest } = partition
  const lacks = subInt(target, interest.total(lots, holding, bond.currency))
  if (lacks === 0) return
  const { sleeve, short } = holding
  const { instrument } = step
  const cashAccount = short ? desk.opened.defaults.marginAccount : desk.opened.defaults.cashAccount
  const base = convert(rate, lacks)
  const flags = rate.carried ? FLAG.carried : 0
  const owed = desk.dimension(1310, bond.currency, { sleeve, instrument, cashAccount })
  const income = desk.dimension(short ? bond.shortExpense : 4010, bond.currency, { sleeve, instrument })
  desk.lines.add(owed, NO_LOT, NO_ACQUIRED, 0, lacks, base, ACCRUAL, flags)
  desk.lines.add(income, NO_LOT, NO_ACQUIRED, 0, negInt(lacks), opposite(base), ACCRUAL, flags)
  interest.add(lots, holding, cashAccount, bond.currency, lacks, base)
}

/** Interest all of which was bought and sold again, at two rates: nothing is owed, and what is left in base is a gain or loss. */
function settleBase(side: Side, holding: Holding, waiting: { local: Int; base: Int } | undefined): void {
  const { desk, partition, step, bond } = side
  if (bond.currency === desk.functional) return
  const booked = partition.interest.of(partition.lots, holding, bond.currency)
  if (booked.some(({ local }) => local !== 0) || waiting !== undefined) return
  for (const { cashAccount, base } of booked) {
    if (base === 0 || isUnknown(base)) continue
    const { sleeve } = holding
    const owed = desk.dimension(1310, bond.currency, { sleeve, instrument: step.instrument, cashAccount })
    desk.lines.add(owed, NO_LOT, NO_ACQUIRED, 0, 0, negInt(base), ACCRUAL, 0)
    desk.lines.merge(desk.sleeveLine(4130, bond.currency, sleeve), 0, 0, base, ACCRUAL, 0)
    partition.interest.take(partition.lots, holding, cashAccount, bond.currency, 0, base)
  }
}

/** The coupon of a date: interest is accrued up to it, and what the entitled position gets is owed. */
export function postCoupon(desk: Desk, partition: Partition, step: LifeStep): Entry | null {
  const owing = new Map<string, Owing<{ readonly where: string | null }>>()
  const entries = everySide(desk, partition, step, ENTRY.ex, (side, account) => {
    const { bond } = side
    const period = bond.schedule.periodOf(step.date)
    if (period === null) return
    const entitled = settledBy(side, Math.min(bond.exDay(step.date), step.date) - 1)
    const coupon = over(side, bond.interest(period, step.date), entitled)
    const waiting = traded(side, step.date - 1)
    for (const [i, holding] of side.holdings.entries()) {
      const amount = signedFor(holding, coupon[i] ?? 0)
      const aside = waiting.get(holding) ?? { local: 0, base: 0 }
      accrueTo(side, holding, addInt(amount, aside.local))
      if (amount !== 0) owe(side, account, holding, amount, aside, owing)
    }
  })
  step.owing = [...owing.values()]
  return entries
}

/** Gathers what stands on a holding's cash accounts on the one that is paid, and makes a claim of it. */
function owe(
  { desk, partition, step, bond }: Side,
  account: string,
  holding: Holding,
  amount: Int,
  aside: { readonly local: Int; readonly base: Int },
  owing: Map<string, Owing<{ readonly where: string | null }>>,
): void {
  const { lots, interest } = partition
  const { sleeve, short } = holding
  const { instrument } = step
  const cashAccount = short ? desk.opened.defaults.marginAccount : desk.opened.defaults.cashAccount
  const on = (place: string) => desk.dimension(1310, bond.currency, { sleeve, instrument, cashAccount: place })
  let base: Int = opposite(aside.base)
  for (const booked of interest.of(lots, holding, bond.currency)) {
    base = plus(base, booked.base)
    if (booked.cashAccount === cashAccount || (booked.local === 0 && booked.base === 0)) continue
    // What was bought on another cash account is paid on this one. What waits for its settlement goes with it.
    desk.lines.add(
      on(booked.cashAccount),
      NO_LOT,
      NO_ACQUIRED,
      0,
      negInt(booked.local),
      opposite(booked.base),
      COUPON,
      0,
    )
    desk.lines.add(on(cashAccount), NO_LOT, NO_ACQUIRED, 0, booked.local, booked.base, COUPON, 0)
    interest.take(lots, holding, booked.cashAccount, bond.currency, booked.local, booked.base)
    interest.add(lots, holding, cashAccount, bond.currency, booked.local, booked.base)
  }
  interest.take(lots, holding, cashAccount, bond.currency, amount, base)
  const there = owing.get(account) ?? { of: { where: account }, claims: [] }
  owing.set(account, there)
  there.claims.push(claimOf(desk, on(cashAccount), NO_LOT, 0, amount, base))
}
