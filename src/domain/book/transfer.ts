// Transfers in kind: the giver relieves its own lots at its own cost, the receiver books the recorded ones (docs/book.md,
// "Transfers, openings"). Between sleeves or accounts of one portfolio lots move with their base cost, through 2500.
import { absInt, addInt, type Int, mulDivHalfEven, negInt, parseScaled, subInt } from '../kernel/scaled.ts'
import type { MovedLot } from '../portfolio/facts.ts'
import type { TransferTerms } from '../transfer/events.ts'
import { amountOf, opposite, smaller } from './amounts.ts'
import { arriveInKind } from './arrival.ts'
import { dayOf, NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import { type Realised, realise } from './gain.ts'
import { FLAG, NO_LOT } from './lines.ts'
import type { Partition } from './partition.ts'
import { followed, Relief } from './relief.ts'
import { rule } from './rules.ts'
import type { Step } from './step.ts'

const TRANSFER = rule('transfer')
/** Order inside a phase: what passes through comes in first, then out, then in. */
const PASSES_THROUGH = 2
const OUT = 3
const IN = 4

export type Direction = 'out' | 'in' | 'within'

export class TransferStep implements Step {
  readonly kind = 'transfer'
  readonly id: string
  readonly cause: string
  readonly date: number
  readonly phase: number
  readonly sequence: number
  readonly micros = NO_INSTANT
  readonly rank = 0
  readonly root: number
  readonly index: number
  readonly terms: TransferTerms
  /** What the receiver books: as recorded, or as restated since. */
  readonly arriving: readonly MovedLot[]
  readonly direction: Direction
  mark = 0
  entries: Entry | null = null
  settles: Entry | null = null

  constructor(
    cause: string,
    root: number,
    index: number,
    terms: TransferTerms,
    arriving: readonly MovedLot[],
    direction: Direction,
    sequence: number = direction === 'in' ? IN : OUT,
  ) {
    this.id = `transfer:${terms.transfer}`
    this.cause = cause
    this.date = dayOf(terms.date)
    this.phase = terms.atOpen ? 0 : 9
    this.sequence = sequence
    this.root = root
    this.index = index
    this.terms = terms
    this.arriving = arriving
    this.direction = direction
  }

  /** The same transfer at another place among those of its day. A step in the order never changes its own place. */
  at(sequence: number): TransferStep {
    const { cause, root, index, terms, arriving, direction } = this
    const step = new TransferStep(cause, root, index, terms, arriving, direction, sequence)
    step.entries = this.entries
    return step
  }

  get rateDays(): readonly number[] {
    return this.arriving.map((lot) => dayOf(lot.acquiredOn))
  }
}

/** Of one lot in before out, otherwise out before in: whether what arrives leaves again the same day. */
export function sequenceAmong(step: TransferStep, others: Iterable<TransferStep>): number {
  if (step.direction !== 'in') return OUT
  for (const other of others)
    if (
      other !== step &&
      other.date === step.date &&
      other.direction !== 'in' &&
      other.terms.lots.some((lot) => step.arriving.some((arrived) => arrived.lot === lot.lot))
    )
      return PASSES_THROUGH
  return IN
}

export function postTransfer(desk: Desk, partition: Partition, step: TransferStep): Entry | null {
  desk.lines.begin()
  if (step.direction === 'in') takeIn(desk, partition, step)
  else giveAway(desk, partition, step)
  return desk.finish(step.direction === 'in' ? ENTRY.in : ENTRY.out, step, step.date, step.phase, NO_DAY)
}

/** Parts of a market value: shared over lots by units, cumulated. */
function valuesOf(desk: Desk, terms: TransferTerms, units: readonly Int[]): Int[] {
  if (terms.marketValue === undefined) return units.map(() => 0)
  const { amount, currency } = terms.marketValue
  const value = amountOf(amount, desk.places(currency))
  const all = units.reduce<Int>((sum, each) => addInt(sum, absInt(each)), 0)
  let upTo: Int = 0
  let given: Int = 0
  return units.map((each) => {
    upTo = addInt(upTo, absInt(each))
    const reached = all === 0 ? 0 : mulDivHalfEven(value, upTo, all)
    const part = subInt(reached, given)
    given = reached
    return part
  })
}

const relief = new Relief()

/** The giver's side, or both sides when the portfolio is its own receiver. */
function giveAway(desk: Desk, partition: Partition, step: TransferStep): void {
  const { terms } = step
  const { from, to, instrument } = terms
  if (from === null) return
  const { lots, places } = partition
  const nameOf = (name: number) => desk.lotNames.text(name)
  const unitPlaces = desk.unitPlaces(instrument)
  const wanted = terms.lots.map((lot) => parseScaled(lot.units, unitPlaces))
  const values = valuesOf(desk, terms, wanted)
  const coming: (() => void)[] = []
  for (const [i, recorded] of terms.lots.entries()) {
    const all = wanted[i] ?? 0
    const short = all < 0
    const holding = places.holding(from.sleeve, from.custodyAccount, instrument, short)
    let left = absInt(all)
    for (const lot of followed(lots, [holding], recorded.lot, nameOf)) {
      if (left === 0) break
      const held = lots.left[lot] ?? 0
      const units = smaller(held, left)
      left = subInt(left, units)
      relief.clear()
      const origin = { name: lots.name[lot] ?? NO_LOT, acquired: lots.acquired[lot] ?? 0, order: lots.order[lot] ?? 0 }
      const currency = lots.currency[lot] ?? 0
      relief.take(lots, lot, units, 0, TRANSFER)
      const cost = relief.cost[0] ?? 0
      const base = relief.base[0] ?? 0
      const sign = short ? -1 : 1
      const dimensions = desk.securities(holding, currency)
      const { lines } = desk
      const changed = step.direction === 'out' && terms.ownership === 'changed'
      const by = changed ? rule('relief:specific') : TRANSFER
      lines.add(
        dimensions.settled,
        origin.name,
        origin.acquired,
        flip(units, -sign),
        flip(cost, -sign),
        flip(base, -sign),
        by,
        0,
      )
      lines.merge(dimensions.outsideSettled, flip(units, sign), 0, 0, TRANSFER, 0)
      const code = desk.currencies.text(currency)
      const part = mulDivHalfEven(values[i] ?? 0, units, absInt(all))
      if (changed)
        realiseAt(desk, step, from.sleeve, instrument, { name: origin.name, currency, cost, base }, part, sign)
      else {
        const against = desk.sleeveLine(step.direction === 'within' ? 2500 : 3020, code, from.sleeve)
        lines.merge(against, 0, flip(cost, sign), flip(base, sign), TRANSFER, 0)
        if (step.direction === 'out' && terms.marketValue !== undefined) lines.addMarketValue(against, flip(part, sign))
      }
      if (step.direction === 'within' && to !== null)
        coming.push(() => {
          const { sleeve, custodyAccount } = to
          const there = {
            sleeve,
            custodyAccount,
            instrument,
            short,
            units,
            currency: code,
            cost,
            baseCost: base,
            against: 2500,
          } as const
          const { name, acquired, order } = origin
          arriveInKind(desk, partition, step, { ...there, name, acquired, order, marketValue: null, rule: TRANSFER })
        })
    }
    if (left > 0)
      partition.report(
        step,
        'transfer-exceeds-holding',
        `less of lot ${recorded.lot} is held than was given away`,
        step.date,
      )
  }
  for (const arrive of coming) arrive()
}

/** Ownership changes: a sale at fair value on the transfer's date. */
function realiseAt(
  desk: Desk,
  step: TransferStep,
  sleeve: string,
  instrument: string,
  lot: { readonly name: number; readonly currency: number; readonly cost: Int; readonly base: Int },
  value: Int,
  sign: number,
): void {
  const { marketValue } = step.terms
  const code = marketValue?.currency ?? desk.currencies.text(lot.currency)
  const inForce = desk.policies.on(step.date)
  const rate = desk.rates.on(desk.currencies.id(code), step.date, inForce.series)
  const flags = rate.carried ? FLAG.carried : 0
  const amount = flip(value, sign)
  const result: Realised = { base: 0, pending: false }
  const relieved = { lot: lot.name, currency: lot.currency, cost: flip(lot.cost, sign), baseCost: flip(lot.base, sign) }
  const place = desk.gainPlace(sleeve, instrument, code)
  realise(desk, place, inForce, rate, relieved, amount, rule('relief:specific'), flags, result)
  const against = desk.sleeveLine(3020, code, sleeve)
  desk.lines.merge(against, 0, amount, result.base, TRANSFER, flags)
  desk.lines.addMarketValue(against, amount)
}

/** The receiver's side: recorded lots at their recorded cost, or new lots at market value when the owner changes. */
function takeIn(desk: Desk, partition: Partition, step: TransferStep): void {
  const { terms, arriving } = step
  const { to, instrument } = terms
  if (to === null) return
  const unitPlaces = desk.unitPlaces(instrument)
  const units = arriving.map((lot) => parseScaled(lot.units, unitPlaces))
  const values = valuesOf(desk, terms, units)
  for (const [i, recorded] of arriving.entries()) {
    const all = units[i] ?? 0
    const short = all < 0
    const value = values[i] ?? 0
    const changed = terms.ownership === 'changed' && terms.marketValue !== undefined
    const currency = changed ? (terms.marketValue?.currency ?? recorded.currency) : recorded.currency
    arriveInKind(desk, partition, step, {
      name: desk.lotNames.id(changed ? `${step.id}/${i + 1}` : recorded.lot),
      sleeve: to.sleeve,
      custodyAccount: to.custodyAccount,
      instrument,
      short,
      units: absInt(all),
      currency,
      cost: changed ? value : amountOf(recorded.cost, desk.places(currency)),
      baseCost: null,
      acquired: changed ? step.date : dayOf(recorded.acquiredOn),
      against: 3020,
      marketValue: terms.marketValue === undefined ? null : short ? value : negInt(value),
      rule: TRANSFER,
    })
  }
}

function flip(amount: Int, sign: number): Int {
  return sign < 0 ? opposite(amount) : amount
}
