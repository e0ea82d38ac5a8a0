// What entries did to lots, read off their lines: opened, relieved, replaced, moved, cost changed, income. Tax views start from here.
import { type Decimal, scaledDecimal, ZERO } from '../kernel/decimal.ts'
import { absInt, addInt, type Int, negInt } from '../kernel/scaled.ts'
import { isUnknown, opposite, plus } from './amounts.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import { Fill } from './fill.ts'
import { fillMoney } from './fill-money.ts'
import { NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { DeclaredWash, LotChange } from './lot-change.ts'
import { OpeningStep } from './opening.ts'
import { RunningLots, type RunningLot } from './running-lots.ts'
import { ruleName } from './rules.ts'
import { TransferStep } from './transfer.ts'

/** The lines of one lot in one entry under one rule, both states together, as posted (debit positive). */
interface LotLine {
  readonly dimension: number
  readonly lot: number
  readonly rule: number
  readonly acquired: number
  units: Int
  base: Int
}

/** Every change of lots, entry by entry. */
export function lotChangesOf(desk: Desk, entries: Iterable<Entry>): LotChange[] {
  const reader = new Reader(desk)
  for (const entry of entries) reader.read(entry)
  return reader.found
}

class Reader {
  readonly found: LotChange[] = []
  readonly #desk: Desk
  readonly #running: RunningLots
  readonly #places: number
  readonly #lines: LotLine[] = []
  /** Name of the entry being read. */
  #name = ''

  constructor(desk: Desk) {
    this.#desk = desk
    this.#running = new RunningLots(desk)
    this.#places = desk.places(desk.functional)
  }

  read(entry: Entry): void {
    if (entry.kind === ENTRY.settle || entry.kind === ENTRY.settle2 || entry.kind === ENTRY.pool) return
    const lines = this.#lines
    lines.length = 0
    this.#name = entry.name
    let income = false
    let marked = false
    let realised = false
    const { chunk } = entry
    for (let row = entry.start; row < entry.end; row++) {
      const id = chunk.dimension[row] ?? 0
      const { account } = this.#desk.dimensions.of(id)
      if (account === 1100 || account === 2100) this.#gather(entry, row, id)
      else if (account === 4000 || account === 4010 || account === 4020 || account === 5300) income = true
      else if (account === 4140) marked = true
      else if (account === 4100) realised = true
    }
    if (lines.length > 0) {
      if (entry.kind === ENTRY.trade || entry.kind === ENTRY.trade2)
        for (const line of lines) this.#byItself(entry, line)
      else this.#among(entry)
    }
    if (realised && entry.kind === ENTRY.ex) this.#costless(entry)
    if (income && entry.kind !== ENTRY.pay) this.#income(entry)
    if (marked) this.#mark(entry)
  }

  #gather({ chunk }: Entry, row: number, id: number): void {
    const dimension = this.#running.holdingOf(id)
    const lot = chunk.lot[row] ?? NO_LOT
    const rule = chunk.rule[row] ?? 0
    for (const line of this.#lines) {
      if (line.dimension !== dimension || line.lot !== lot || line.rule !== rule) continue
      // Both signs of one rule on one lot are two movements: what left, and what came for it.
      if (chunk.units(row) !== 0 && line.units !== 0 && chunk.units(row) < 0 !== line.units < 0) continue
      line.units = addInt(line.units, chunk.units(row))
      line.base = plus(line.base, chunk.base(row))
      return
    }
    const acquired = chunk.acquired[row] ?? NO_ACQUIRED
    this.#lines.push({ dimension, lot, rule, acquired, units: chunk.units(row), base: chunk.base(row) })
  }

  /** A line that stands for itself: a purchase opens, everything that takes away relieves. */
  #byItself(entry: Entry, line: LotLine): void {
    const lot = this.#running.at(line.dimension, line.lot)
    const grows = lot.short ? line.units < 0 : line.units > 0
    if (grows) this.#opened(entry, line, lot, 'trade')
    else this.#relieved(entry, line, lot, 'trade')
  }

  /** Lines of an action, a transfer, an opening or a change of method. */
  #among(entry: Entry): void {
    const how = entry.kind === ENTRY.opening ? 'opening' : 'action'
    const came: LotLine[] = []
    const left: LotLine[] = []
    const costs: LotLine[] = []
    for (const line of this.#lines) {
      const { short } = this.#running.at(line.dimension, line.lot)
      const name = ruleName(line.rule)
      const shrinks = short ? line.units > 0 : line.units < 0
      if (entry.kind === ENTRY.in || entry.kind === ENTRY.out) this.#transferred(entry, line, shrinks)
      else if (name === 'cash-in-lieu' || name === 'maturity' || name === 'expiry' || name.startsWith('relief:'))
        this.#relieved(entry, line, this.#running.at(line.dimension, line.lot), 'action')
      else if (line.units === 0) costs.push(line)
      else (shrinks ? left : came).push(line)
    }
    const taken = new Set<LotLine>()
    for (const line of left) this.#replaced(entry, line, came, taken)
    for (const line of came) {
      if (taken.has(line)) continue
      const parent = costs.find((cost) => isChild(this.#nameOf(line), this.#nameOf(cost)))
      if (parent === undefined) this.#opened(entry, line, this.#running.at(line.dimension, line.lot), how)
      else {
        costs.splice(costs.indexOf(parent), 1)
        this.#detached(entry, parent, line)
      }
    }
    for (const line of costs) this.#cost(entry, line)
  }

  #nameOf(line: LotLine): string {
    return this.#desk.lotNames.text(line.lot)
  }

  /** A lot whose units went for others: one change for each that came in its place. */
  #replaced(entry: Entry, line: LotLine, came: readonly LotLine[], taken: Set<LotLine>): void {
    const from = this.#running.at(line.dimension, line.lot)
    const before = { units: from.units, base: from.base }
    const name = this.#nameOf(line)
    let heirs = came.filter((other) => isChild(this.#nameOf(other), name))
    // Under average cost, and where a lot got no unit, another lot of the same side takes it in.
    if (heirs.length === 0)
      heirs = came.filter((other) => this.#running.sameSide(other.dimension, line.dimension)).slice(0, 1)
    if (heirs.length === 0) {
      this.#relieved(entry, line, from, 'action')
      return
    }
    this.#running.put(from, absInt(line.units), this.#signed(from, line.base), -1)
    for (const heir of heirs) {
      const to = this.#running.at(heir.dimension, heir.lot)
      const whole = !taken.has(heir)
      taken.add(heir)
      if (whole) this.#running.put(to, absInt(heir.units), this.#signed(to, heir.base), 1)
      to.acquired = heir.acquired
      this.found.push({
        ...this.#place(entry, from),
        kind: 'restated',
        to: this.#nameOf(heir),
        toInstrument: to.instrument,
        toAcquired: heir.acquired,
        replaces: true,
        acquired: line.acquired,
        unitsBefore: scaledDecimal(before.units, from.unitPlaces),
        unitsAfter: whole ? scaledDecimal(absInt(heir.units), to.unitPlaces) : ZERO,
        costBefore: this.#amount(before.base),
        cost: whole ? this.#amount(this.#signed(to, heir.base)) : ZERO,
      })
    }
  }

  #detached(entry: Entry, line: LotLine, child: LotLine): void {
    const from = this.#running.at(line.dimension, line.lot)
    const to = this.#running.at(child.dimension, child.lot)
    this.found.push({
      ...this.#place(entry, from),
      kind: 'restated',
      to: this.#nameOf(child),
      toInstrument: to.instrument,
      toAcquired: child.acquired,
      replaces: false,
      acquired: line.acquired,
      unitsBefore: scaledDecimal(from.units, from.unitPlaces),
      unitsAfter: scaledDecimal(absInt(child.units), to.unitPlaces),
      costBefore: this.#amount(from.base),
      cost: this.#amount(this.#signed(to, child.base)),
    })
    this.#running.put(from, 0, opposite(this.#signed(from, line.base)), -1)
    this.#running.put(to, absInt(child.units), this.#signed(to, child.base), 1)
    to.acquired = child.acquired
  }

  #transferred(entry: Entry, line: LotLine, shrinks: boolean): void {
    const lot = this.#running.at(line.dimension, line.lot)
    const step = entry.origin
    const changed = step instanceof TransferStep && step.terms.ownership === 'changed'
    if (changed) {
      if (shrinks) this.#relieved(entry, line, lot, 'transfer')
      else this.#opened(entry, line, lot, 'transfer')
      return
    }
    const base = absBase(line.base)
    this.#running.put(lot, absInt(line.units), base, shrinks ? -1 : 1)
    lot.acquired = line.acquired
    this.found.push({
      ...this.#place(entry, lot),
      kind: 'moved',
      direction: shrinks ? 'out' : 'in',
      acquired: line.acquired,
      units: scaledDecimal(absInt(line.units), lot.unitPlaces),
      cost: this.#amount(base),
    })
  }

  #opened(entry: Entry, line: LotLine, lot: RunningLot, how: 'trade' | 'opening' | 'transfer' | 'action'): void {
    const base = this.#signed(lot, line.base)
    const units = absInt(line.units)
    this.#running.put(lot, units, base, 1)
    lot.acquired = line.acquired
    this.found.push({
      ...this.#place(entry, lot),
      ...this.#ofFill(entry, lot),
      kind: 'opened',
      how,
      // A pool keeps the date of its opener; what joins it was acquired on its own day.
      acquired: how === 'trade' ? entry.date : line.acquired,
      units: scaledDecimal(units, lot.unitPlaces),
      cost: this.#amount(base),
      wash: entry.origin instanceof OpeningStep ? washOf(entry.origin, entry.where) : null,
    })
  }

  #relieved(entry: Entry, line: LotLine, lot: RunningLot, how: 'trade' | 'transfer' | 'action'): void {
    const gain = this.#gainOf(entry, line)
    // Relief credits a long lot's cost and debits a short lot's proceeds.
    const base = opposite(this.#signed(lot, line.base))
    const units = absInt(line.units)
    this.#running.put(lot, units, base, -1)
    this.found.push({
      ...this.#place(entry, lot),
      ...this.#ofFill(entry, lot),
      kind: 'relieved',
      how,
      acquired: line.acquired,
      units: scaledDecimal(units, lot.unitPlaces),
      cost: this.#amount(base),
      gain: this.#amount(gain),
      rule: ruleName(line.rule),
    })
  }

  #cost(entry: Entry, line: LotLine): void {
    const lot = this.#running.at(line.dimension, line.lot)
    const amount = this.#signed(lot, line.base)
    this.found.push({
      ...this.#place(entry, lot),
      kind: 'cost',
      acquired: line.acquired,
      units: scaledDecimal(lot.units, lot.unitPlaces),
      amount: this.#amount(amount),
      gain: this.#amount(this.#gainOf(entry, line)),
    })
    this.#running.put(lot, 0, amount, 1)
  }

  /** A gain on a lot that had no cost left to lower, so that no line of the lot says it. */
  #costless(entry: Entry): void {
    const { chunk, start, end } = entry
    for (let row = start; row < end; row++) {
      const dimension = this.#desk.dimensions.of(chunk.dimension[row] ?? 0)
      const [lot, rule] = [chunk.lot[row] ?? NO_LOT, chunk.rule[row] ?? 0]
      if (dimension.account !== 4100 || dimension.instrument === null) continue
      if (this.#lines.some((line) => line.lot === lot && line.rule === rule)) continue
      const held = this.#running.named(lot, dimension.sleeve, dimension.instrument, entry.where, false)
      if (held === null || held.units === 0) continue
      this.found.push({
        ...this.#place(entry, held),
        kind: 'cost',
        acquired: held.acquired,
        units: scaledDecimal(held.units, held.unitPlaces),
        amount: ZERO,
        gain: this.#amount(opposite(chunk.base(row))),
      })
    }
  }

  /** 4100 and 4110 of a lot under a rule, as a gain. What an action takes without a word on 4100 went for nothing: its cost is lost. */
  #gainOf({ chunk, start, end }: Entry, { lot, rule, units, base }: LotLine): Int {
    let gain: Int = units !== 0 && ruleName(rule) === 'exchange' ? base : 0
    for (let row = start; row < end; row++) {
      if (chunk.lot[row] !== lot || chunk.rule[row] !== rule) continue
      const { account } = this.#desk.dimensions.of(chunk.dimension[row] ?? 0)
      if (account === 4100 || account === 4110) gain = plus(gain, opposite(chunk.base(row)))
    }
    return gain
  }

  #income(entry: Entry): void {
    const { chunk, start, end } = entry
    for (let row = start; row < end; row++) {
      const dimension = this.#desk.dimensions.of(chunk.dimension[row] ?? 0)
      const income = INCOMES[dimension.account]
      const { instrument } = dimension
      if (income === undefined || instrument === null) continue
      const lot = chunk.lot[row] ?? NO_LOT
      let withheld: Int = 0
      let reclaimable: Int = 0
      for (let other = start; other < end; other++) {
        const of = this.#desk.dimensions.of(chunk.dimension[other] ?? 0)
        if (chunk.lot[other] !== lot || of.sleeve !== dimension.sleeve || of.instrument !== instrument) continue
        if (of.account === 5200) withheld = plus(withheld, chunk.base(other))
        else if (of.account === 1320) reclaimable = plus(reclaimable, chunk.base(other))
      }
      const short = income === 'short-dividend'
      const held = lot === NO_LOT ? null : this.#running.named(lot, dimension.sleeve, instrument, entry.where, short)
      const gross = chunk.base(row)
      this.found.push({
        ...this.#moment(entry),
        kind: 'income',
        income,
        sleeve: dimension.sleeve,
        account: held?.account ?? '',
        instrument,
        lot: lot === NO_LOT ? null : this.#desk.lotNames.text(lot),
        short,
        acquired: held?.acquired ?? null,
        units: held === null ? ZERO : scaledDecimal(held.units, held.unitPlaces),
        gross: this.#amount(short ? gross : opposite(gross)),
        withheld: this.#amount(withheld),
        reclaimable: this.#amount(reclaimable),
      })
    }
  }

  /** Variation margin and what closes it: together the gain of the day on a contract that is marked. */
  #mark(entry: Entry): void {
    const { chunk, start, end } = entry
    const byInstrument = new Map<string, { sleeve: string; amount: Int }>()
    for (let row = start; row < end; row++) {
      const { account, instrument, sleeve } = this.#desk.dimensions.of(chunk.dimension[row] ?? 0)
      if ((account !== 4140 && account !== 4100) || instrument === null) continue
      const sum = byInstrument.get(instrument) ?? { sleeve, amount: 0 }
      byInstrument.set(instrument, { sleeve, amount: plus(sum.amount, opposite(chunk.base(row))) })
    }
    for (const [instrument, { sleeve, amount }] of byInstrument)
      this.found.push({
        ...this.#moment(entry),
        kind: 'mark',
        sleeve,
        account: entry.where ?? '',
        instrument,
        amount: this.#amount(amount),
      })
  }

  #signed({ short }: RunningLot, base: Int): Int {
    return short ? opposite(base) : base
  }

  #amount(base: Int): Decimal | null {
    return isUnknown(base) ? null : scaledDecimal(base, this.#places)
  }

  #moment({ origin, date, phase }: Entry) {
    return { entry: this.#name, fact: origin.id, day: date, phase, micros: origin.micros }
  }

  #ofFill({ origin }: Entry, { unitPlaces }: RunningLot) {
    if (!(origin instanceof Fill)) return { order: null, settles: null, money: null }
    return { order: origin.order, settles: origin.settleDay, money: () => fillMoney(this.#desk, origin, unitPlaces) }
  }

  #place(entry: Entry, lot: RunningLot) {
    const { sleeve, account, instrument, short } = lot
    return { ...this.#moment(entry), sleeve, account, instrument, short, lot: this.#desk.lotNames.text(lot.name) }
  }
}

const INCOMES: Readonly<Partial<Record<number, 'dividend' | 'interest' | 'other' | 'short-dividend'>>> = {
  4000: 'dividend',
  4010: 'interest',
  4020: 'other',
  5300: 'short-dividend',
}

/** What was declared of a lot; an opening's entry is named after the lot. */
function washOf({ lots }: OpeningStep, where: string | null): DeclaredWash | null {
  return lots.find(({ lot }) => `lot/${lot}` === where)?.wash ?? null
}

/** Whether an action's leg named a lot after another. */
function isChild(name: string, parent: string): boolean {
  if (!name.startsWith(parent) || name.charCodeAt(parent.length) !== 47) return false
  const rest = name.slice(parent.length + 1)
  return rest.indexOf('/') === rest.lastIndexOf('/') && rest.includes('/')
}

function absBase(base: Int): Int {
  return isUnknown(base) ? base : base < 0 ? negInt(base) : base
}
