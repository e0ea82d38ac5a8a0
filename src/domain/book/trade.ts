// What a fill posts on its trade date: lots opened, lots relieved with their gains, and what is owed (docs/book.md, "Fills").
import { absInt, addInt, type Int, mulDivHalfEven, negInt, subInt } from '../kernel/scaled.ts'
import { isUnknown, minus, opposite, plus, UNKNOWN } from './amounts.ts'
import { closeContract, openContract } from './contract.ts'
import type { Desk } from './desk.ts'
import { TRADE } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import { ENTRY, type Entry } from './entry.ts'
import { type Fill, Leg } from './fill.ts'
import { type Realised, realise, type Relieved } from './gain.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Holding } from './lots.ts'
import type { Partition } from './partition.ts'
import type { InForce } from './policies.ts'
import { convert, type Rate } from './rates.ts'
import { openUnits, relieve, relieveChosen } from './relief.ts'

const first = new Leg()
const second = new Leg()
const relieved: Relieved = { lot: NO_LOT, currency: 0, cost: 0, baseCost: 0 }
const left: Realised = { base: 0, pending: false }

/** Posts the trade entry of a fill, or two when it crosses zero, and moves the lots. */
export function postTrade(desk: Desk, partition: Partition, fill: Fill): Entry | null {
  const inForce = desk.policies.on(fill.date)
  const rate = tradeRate(desk, fill, inForce)
  const longShort = inForce.policy.keeping === 'long-short'
  // Buying relieves shorts and opens longs, selling the other way round; under long-short only a closing side relieves.
  const closing =
    !longShort || (fill.opens === null ? fill.side === 'sell' || fill.side === 'buy-to-cover' : !fill.opens)
  const scope = closing ? partition.scope(fill.place, fill.buys, inForce) : NO_HOLDINGS
  const held = closing ? openUnits(scope) : 0
  if (held === 0) {
    first.whole(fill, inForce)
    return open(desk, partition, fill, inForce, rate, first, closing && longShort, ENTRY.trade)
  }
  if (held >= fill.units) {
    first.whole(fill, inForce)
    return close(desk, partition, fill, inForce, rate, first, scope)
  }
  first.first(fill, inForce, held)
  second.rest(fill, inForce, first)
  const closed = close(desk, partition, fill, inForce, rate, first, scope)
  const opened = open(desk, partition, fill, inForce, rate, second, longShort, ENTRY.trade2)
  if (closed === null) return opened
  closed.next = opened
  return closed
}

const NO_HOLDINGS: readonly Holding[] = []

/** The contract's rate; else what a settlement in the functional currency says it was; else the trade date's fixing. */
export function tradeRate(desk: Desk, fill: Fill, inForce: InForce): Rate {
  const { contract, place, settleCurrency, settleAmount } = fill
  if (contract !== null) return contract
  if (settleCurrency === desk.functional) {
    first.whole(fill, inForce)
    const costs = addInt(first.capital, first.expense)
    const gross = addInt(first.consideration, first.accrued)
    const net = absInt(fill.buys ? addInt(gross, costs) : subInt(gross, costs))
    if (net !== 0) return { known: true, carried: false, numerator: settleAmount, denominator: net }
  }
  return desk.rates.on(place.currency, fill.date, inForce.series)
}

export function open(
  desk: Desk,
  partition: Partition,
  fill: Fill,
  inForce: InForce,
  rate: Rate,
  leg: Leg,
  uncovered: boolean,
  kind: typeof ENTRY.trade | typeof ENTRY.trade2,
  carry: Carry | null = null,
): Entry | null {
  const { lines } = desk
  const { place } = fill
  const short = !fill.buys
  const holding = short ? place.short : place.long
  const oversold = short && (uncovered || inForce.policy.keeping === 'long-only')
  if (partition.isContract(place.instrument))
    return openContract(desk, partition, fill, inForce, rate, leg, oversold, kind)
  const flags =
    (rate.carried ? FLAG.carried : 0) | (oversold ? FLAG.oversold : 0) | (fill.settleUnknown ? FLAG.fallback : 0)
  const lotFlags = oversold ? FLAG.oversold : 0
  // A long lot costs what was paid, a short lot holds what was received.
  const money = short ? subInt(leg.consideration, leg.capital) : addInt(leg.consideration, leg.capital)
  const moneyBase = convert(rate, money)
  const amount = carry === null ? money : short ? subInt(money, carry.local) : addInt(money, carry.local)
  const base = carry === null ? moneyBase : short ? minus(moneyBase, carry.base) : plus(moneyBase, carry.base)
  const lot = partition.openLot(holding, fill, place.currency, leg.units, amount, base, lotFlags, inForce)
  const dimensions = desk.securities(holding, place.currency)
  const units = short ? negInt(leg.units) : leg.units
  lines.begin()
  carry?.write()
  const { lots } = partition
  lines.add(
    dimensions.unsettled,
    lots.name[lot] ?? NO_LOT,
    lots.acquired[lot] ?? 0,
    units,
    short ? negInt(amount) : amount,
    short ? opposite(base) : base,
    TRADE,
    flags,
  )
  let owed = short ? money : negInt(money)
  let owedBase = short ? moneyBase : opposite(moneyBase)
  if (leg.expense !== 0) {
    const expense = convert(rate, leg.expense)
    lines.add(place.costs, NO_LOT, NO_ACQUIRED, 0, leg.expense, expense, TRADE, flags)
    owed = subInt(owed, leg.expense)
    owedBase = minus(owedBase, expense)
  }
  if (leg.accrued !== 0) {
    const accrued = short ? negInt(leg.accrued) : leg.accrued
    const accruedBase = convert(rate, accrued)
    lines.add(place.interest, NO_LOT, NO_ACQUIRED, 0, accrued, accruedBase, TRADE, flags)
    owed = subInt(owed, accrued)
    owedBase = minus(owedBase, accruedBase)
  }
  owe(desk, fill, leg, short, short, owed, owedBase, flags)
  lines.add(dimensions.outsideUnsettled, NO_LOT, NO_ACQUIRED, negInt(units), 0, 0, TRADE, flags)
  if (isUnknown(owedBase) || isUnknown(base)) lines.forgetBase()
  return desk.entry(kind, fill, fill.date, fill.phase, fill.settleDay)
}

export function close(
  desk: Desk,
  partition: Partition,
  fill: Fill,
  inForce: InForce,
  rate: Rate,
  leg: Leg,
  scope: readonly Holding[],
  carry: Carry | null = null,
): Entry | null {
  const { lines } = desk
  const { place } = fill
  const { lots, relief } = partition
  const short = fill.buys
  const sign = short ? -1 : 1
  choose(desk, partition, fill, inForce, leg.units, scope)
  if (partition.isContract(place.instrument)) return closeContract(desk, partition, fill, rate, leg)
  const money = short ? addInt(leg.consideration, leg.capital) : subInt(leg.consideration, leg.capital)
  const whole = carry === null ? money : short ? addInt(money, carry.local) : subInt(money, carry.local)
  const common = (rate.carried ? FLAG.carried : 0) | (fill.settleUnknown ? FLAG.fallback : 0)
  lines.begin()
  carry?.write()
  left.base = 0
  left.pending = false
  let soldUnits: Int = 0
  let shared: Int = 0
  for (let i = 0; i < relief.count; i++) {
    const lot = relief.lot[i] ?? 0
    const units = relief.units[i] ?? 0
    const cost = relief.cost[i] ?? 0
    const baseCost = relief.base[i] ?? 0
    const by = relief.rule[i] ?? 0
    const flags = (relief.flags[i] ?? 0) | common
    const holding = lots.holding[lot] ?? place.long
    const currency = lots.currency[lot] ?? place.currency
    const name = lots.name[lot] ?? NO_LOT
    const acquired = lots.acquired[lot] ?? 0
    soldUnits = addInt(soldUnits, units)
    const reached = soldUnits === leg.units ? whole : mulDivHalfEven(whole, soldUnits, leg.units)
    const proceeds = subInt(reached, shared)
    shared = reached
    const dimensions = desk.securities(holding, currency)
    const out = sign * -1
    lines.add(
      dimensions.unsettled,
      name,
      acquired,
      signed(units, out),
      signed(cost, out),
      signed(baseCost, out),
      by,
      flags,
    )
    lines.merge(dimensions.outsideUnsettled, signed(units, sign), 0, 0, TRADE, common)
    if (holding.sleeve !== place.sleeve) {
      const code = desk.currencies.text(currency)
      lines.merge(
        desk.sleeveLine(2500, code, holding.sleeve),
        0,
        signed(cost, sign),
        signed(baseCost, sign),
        TRADE,
        common,
      )
      lines.merge(desk.sleeveLine(2500, code, place.sleeve), 0, signed(cost, out), signed(baseCost, out), TRADE, common)
    }
    relieved.lot = name
    relieved.currency = currency
    relieved.cost = signed(cost, sign)
    relieved.baseCost = signed(baseCost, sign)
    realise(desk, place, inForce, rate, relieved, signed(proceeds, sign), by, flags, left)
  }
  let owed: Int = signed(money, sign)
  let owedBase: Int = left.base
  if (carry !== null) owedBase = plus(owedBase, carriedGain(desk, place, rate, carry, common))
  if (leg.expense !== 0) {
    const expense = convert(rate, leg.expense)
    lines.add(place.costs, NO_LOT, NO_ACQUIRED, 0, leg.expense, expense, TRADE, common)
    owed = subInt(owed, leg.expense)
    owedBase = minus(owedBase, expense)
  }
  if (leg.accrued !== 0) {
    const accrued = signed(leg.accrued, sign * -1)
    const accruedBase = convert(rate, accrued)
    lines.add(place.interest, NO_LOT, NO_ACQUIRED, 0, accrued, accruedBase, TRADE, common)
    owed = subInt(owed, accrued)
    owedBase = minus(owedBase, accruedBase)
  }
  owe(desk, fill, leg, !short, short, owed, left.pending ? UNKNOWN : owedBase, common)
  lines.dropNothing()
  if (left.pending || isUnknown(owedBase)) lines.forgetBase()
  return desk.entry(ENTRY.trade, fill, fill.date, fill.phase, fill.settleDay)
}

/** What an option brings into the trade it ends in, signed as an asset: its cost, or less the proceeds of a written one. */
export interface Carry {
  readonly local: Int
  readonly base: Int
  readonly lot: number
  /** Writes the lines that take the option away. */
  write(): void
}

/**
 * The gain takes an option's cost at the closing rate: what that is more than its base cost is an FX gain of the option. Answers the
 * cost at the closing rate.
 */
function carriedGain(desk: Desk, place: Fill['place'], rate: Rate, carry: Carry, flags: number): Int {
  const now = convert(rate, carry.local)
  const fxGain = minus(now, carry.base)
  if (place.foreign && fxGain !== 0)
    desk.lines.add(place.fxGain, carry.lot, NO_ACQUIRED, 0, 0, opposite(fxGain), TRADE, flags)
  return now
}

/** Decides which lots go: the client's choice first, then the method in force. */
function choose(
  desk: Desk,
  partition: Partition,
  fill: Fill,
  inForce: InForce,
  units: Int,
  scope: readonly Holding[],
): void {
  const { lots, relief } = partition
  const { method } = inForce
  relief.clear()
  if (method === 'average') {
    relieve(relief, lots, scope, units, 'average', 0)
    return
  }
  const lensed = desk.lens.lotMethod !== undefined && method !== 'specific'
  const chosen = lensed ? null : (desk.identified.get(fill.id) ?? fill.chosen)
  if (chosen === null && method !== 'specific') {
    relieve(relief, lots, scope, units, method, 0)
    return
  }
  const nameOf = (name: number) => desk.lotNames.text(name)
  const places = desk.unitPlaces(fill.place.instrument)
  const left = chosen === null ? units : relieveChosen(relief, lots, scope, units, chosen, places, nameOf)
  if (relief.dangling !== null)
    partition.report(
      fill,
      'dangling-lot-choice',
      `lot ${relief.dangling} was chosen but is not held in full`,
      fill.date,
    )
  const fallback = inForce.policy.defaultMethod === 'average' ? 'fifo' : inForce.policy.defaultMethod
  if (left > 0) relieve(relief, lots, scope, left, fallback, FLAG.fallback)
}

/**
 * The receivable (1200) or payable (2200) of a leg, which takes the residual of the entry; in another settlement currency the two
 * are bridged by 9000 at the trade's base value. Legs on short lots are owed on the margin account.
 */
function owe(
  desk: Desk,
  fill: Fill,
  leg: Leg,
  selling: boolean,
  onShort: boolean,
  owed: Int,
  base: Int,
  flags: number,
): void {
  const { lines } = desk
  const { place } = fill
  if (fill.settleCurrency === null) {
    if (owed === 0 && base === 0) return
    const dimension = onShort
      ? selling
        ? place.marginReceivable
        : place.marginPayable
      : selling
        ? place.receivable
        : place.payable
    lines.add(dimension, NO_LOT, NO_ACQUIRED, 0, owed, base, TRADE, flags)
    return
  }
  const amount = selling ? leg.settleAmount : negInt(leg.settleAmount)
  const there = desk.dimensions.of(onShort ? place.marginReceivable : place.receivable)
  const { sleeve, cashAccount, instrument } = there
  const dimension = desk.dimension(selling ? 1200 : 2200, fill.settleCurrency, { sleeve, cashAccount, instrument })
  const bridge = (line: DimensionId, local: Int, value: Int) => {
    if (local !== 0 || (value !== 0 && !isUnknown(value)))
      lines.add(line, NO_LOT, NO_ACQUIRED, 0, local, value, TRADE, flags)
  }
  bridge(place.conversion, owed, base)
  bridge(desk.sleeveLine(9000, fill.settleCurrency, sleeve), negInt(amount), opposite(base))
  if (amount !== 0 || base !== 0) lines.add(dimension, NO_LOT, NO_ACQUIRED, 0, amount, base, TRADE, flags)
}

function signed(amount: Int, sign: number): Int {
  return sign < 0 ? opposite(amount) : amount
}
