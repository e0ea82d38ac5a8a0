// The gain report of an entry: one disposal per lot relieved, read off its lines.
import { addDays, addYears, plainDate } from '../kernel/date.ts'
import { addInt, formatScaled, type Int } from '../kernel/scaled.ts'
import { isUnknown, minus, opposite, plus } from './amounts.ts'
import { dateOf } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import type { Disposal } from './knowledge.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { ruleName } from './rules.ts'

/** Ids of the disposals of an entry: the entry and the lot. */
export function disposalIds(desk: Desk, entry: Entry | null): string[] {
  return entry === null ? [] : rowsOf(desk, entry).map((row) => idOf(desk, entry, row))
}

/** One lot may realise in several ways in one entry of an action: beside relief and fractions the rule is part of the id. */
function idOf(desk: Desk, entry: Entry, row: number): string {
  const by = ruleName(entry.chunk.rule[row] ?? 0)
  const way = ACTION_RULES.has(by) ? `/${by}` : ''
  return `${entry.name}/${desk.lotNames.text(entry.chunk.lot[row] ?? NO_LOT)}${way}`
}

/** Lines that take a lot's units or cost away for money; of a lot that goes in both states, the first. */
function rowsOf(desk: Desk, entry: Entry): number[] {
  const rows: number[] = []
  if (entry.kind !== ENTRY.trade && entry.kind !== ENTRY.ex && entry.kind !== ENTRY.out && entry.kind !== ENTRY.mark)
    return rows
  for (let row = entry.start; row < entry.end; row++) {
    const { account } = desk.dimensions.of(entry.chunk.dimension[row] ?? 0)
    const by = ruleName(entry.chunk.rule[row] ?? 0)
    // A lot that had no cost left to give up says no more than its gain.
    const gainOnly = (account === 4100 || account === 4110) && ACTION_RULES.has(by) && !givesUp(desk, entry, row)
    if (gainOnly && !rows.some((other) => sameLot(entry, other, row))) rows.push(row)
    if (account !== 1100 && account !== 2100) continue
    if (by.startsWith('relief:') || by === 'cash-in-lieu' || by === 'expiry' || by === 'maturity') rows.push(row)
    else if (ACTION_RULES.has(by) && realises(desk, entry, row) && !rows.some((other) => sameLot(entry, other, row)))
      rows.push(row)
  }
  return rows
}

/** Rules of actions under which a lot gives up units or cost; they dispose of something where a gain or loss is posted. */
const ACTION_RULES: ReadonlySet<string> = new Set(['sale', 'capital', 'boot', 'removal', 'taxable-exchange'])

function sameLot({ chunk }: Entry, a: number, b: number): boolean {
  return chunk.lot[a] === chunk.lot[b] && chunk.rule[a] === chunk.rule[b]
}

/** Whether an entry takes units or cost of a line's lot away under the line's rule. */
function givesUp(desk: Desk, entry: Entry, row: number): boolean {
  for (let other = entry.start; other < entry.end; other++) {
    const { account } = desk.dimensions.of(entry.chunk.dimension[other] ?? 0)
    if ((account === 1100 || account === 2100) && sameLot(entry, other, row)) return true
  }
  return false
}

/** Whether a line's lot is short, where the line is its gain alone: then what came with it is owed. */
function owes(desk: Desk, entry: Entry, row: number): boolean {
  for (let other = entry.start; other < entry.end; other++) {
    const { account } = desk.dimensions.of(entry.chunk.dimension[other] ?? 0)
    if (account === 2300 && sameLot(entry, other, row)) return true
  }
  return false
}

/** Units sold are a disposal even without a gain; cost given back is one only where more came than it was. */
function realises(desk: Desk, entry: Entry, row: number): boolean {
  const { chunk } = entry
  if (ruleName(chunk.rule[row] ?? 0) === 'sale') return true
  for (let other = entry.start; other < entry.end; other++) {
    const { account } = desk.dimensions.of(chunk.dimension[other] ?? 0)
    if (sameLot(entry, other, row) && (account === 4100 || account === 4110)) return true
  }
  return false
}

/** The disposals of an entry. */
export function disposalsOf(desk: Desk, entry: Entry): Disposal[] {
  return rowsOf(desk, entry).map((row) => disposal(desk, entry, row))
}

/** What a lot gives up in an entry under one rule: one line, or one in each state. */
function givenUp(
  desk: Desk,
  entry: Entry,
  row: number,
): { readonly units: Int; readonly local: Int; readonly base: Int } {
  const { chunk } = entry
  const { account: own } = desk.dimensions.of(chunk.dimension[row] ?? 0)
  if (own !== 1100 && own !== 2100) return { units: 0, local: 0, base: 0 }
  let sum = { units: chunk.units(row), local: chunk.local(row), base: chunk.base(row) }
  if (!ACTION_RULES.has(ruleName(chunk.rule[row] ?? 0))) return sum
  for (let other = row + 1; other < entry.end; other++) {
    const { account } = desk.dimensions.of(chunk.dimension[other] ?? 0)
    if (!sameLot(entry, other, row) || (account !== 1100 && account !== 2100)) continue
    sum = {
      units: addInt(sum.units, chunk.units(other)),
      local: addInt(sum.local, chunk.local(other)),
      base: plus(sum.base, chunk.base(other)),
    }
  }
  return sum
}

function disposal(desk: Desk, entry: Entry, row: number): Disposal {
  const { chunk } = entry
  const lot = chunk.lot[row] ?? NO_LOT
  const flags = chunk.flags[row] ?? 0
  const dimension = desk.dimensions.of(chunk.dimension[row] ?? 0)
  const short = dimension.account === 2100 || (dimension.account !== 1100 && owes(desk, entry, row))
  // Debit is positive: relieving a long lot credits its cost, relieving a short one debits its proceeds.
  const sign = short ? 1 : -1
  const gone = givenUp(desk, entry, row)
  const cost = signed(gone.local, sign)
  const baseCost = signed(gone.base, sign)
  let gain: Int = 0
  let priceGain: Int = isUnknown(baseCost) ? baseCost : 0
  let fxGain: Int = priceGain
  let currency = dimension.currency ?? ''
  for (let other = entry.start; other < entry.end; other++) {
    if (chunk.lot[other] !== lot || chunk.rule[other] !== chunk.rule[row]) continue
    const of = desk.dimensions.of(chunk.dimension[other] ?? 0)
    if (of.account === 4100) {
      gain = opposite(chunk.local(other))
      priceGain = opposite(chunk.base(other))
      currency = of.currency ?? currency
    } else if (of.account === 4110) fxGain = opposite(chunk.base(other))
  }
  const baseGain = plus(priceGain, fxGain)
  const sameCurrency = currency === dimension.currency
  const places = desk.places(currency)
  const basePlaces = desk.places(desk.functional)
  const base = (amount: Int) => (isUnknown(amount) ? null : formatScaled(amount, basePlaces))
  const acquired = chunk.acquired[row] ?? NO_ACQUIRED
  const acquiredOn = dateOf(acquired)
  // A short sale's proceeds were the lot's; what covering cost is the other side of the gain.
  const other = short ? minus(cost, gain) : plus(cost, gain)
  const otherBase = short ? minus(baseCost, baseGain) : plus(baseCost, baseGain)
  return {
    disposal: idOf(desk, entry, row),
    fact: entry.origin.id,
    lot: desk.lotNames.text(lot),
    sleeve: dimension.sleeve,
    custodyAccount: dimension.custodyAccount ?? entry.where?.split('/')[0] ?? '',
    instrument: dimension.instrument ?? '',
    side: short ? 'short' : 'long',
    tradeDate: dateOf(entry.date),
    acquiredOn,
    longTermFrom: addYears(addDays(plainDate(acquiredOn), 1), 1),
    units: formatScaled(signed(gone.units, sign), dimension.unitPlaces),
    // A lot bought in another currency: cost and proceeds are told in the lot's, the gain in the fill's.
    currency,
    proceeds: formatScaled(short ? cost : other, sameCurrency ? places : desk.places(dimension.currency ?? currency)),
    cost: formatScaled(short ? other : cost, sameCurrency ? places : desk.places(dimension.currency ?? currency)),
    gain: formatScaled(gain, places),
    baseProceeds: base(short ? baseCost : otherBase),
    baseCost: base(short ? otherBase : baseCost),
    priceGain: base(priceGain),
    fxGain: base(fxGain),
    baseGain: base(baseGain),
    flags: (flags & FLAG.fallback) !== 0 ? ['fallback'] : [],
  }
}

function signed(amount: Int, sign: number): Int {
  return sign < 0 ? opposite(amount) : amount
}
