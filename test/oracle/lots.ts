// Lots: what opens, joins, orders, relieves and settles them. Short lots carry negative units and negative cost (their proceeds).
import { addBase, type Base, type Decimal, money, subBase, ZERO } from './arithmetic.ts'
import type { Part } from './fails.ts'
import { compare, type Fold, policyAt } from './fold.ts'
import { Draft } from './journal.ts'
import type { Method, Policy } from './shapes.ts'

export interface Amounts {
  readonly units: Decimal
  readonly cost: Decimal
  readonly base: Base
}
/** What one leg of one fill moved on a lot and has not settled. */
export interface Waiting extends Amounts {
  readonly fact: string
  readonly leg: number
  /** Which part of its fill it is, where something was said of the fill's settlement. */
  readonly part: Part | null
}
export interface Lot {
  readonly id: string
  readonly sleeve: string
  readonly custodyAccount: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly currency: string
  readonly acquiredOn: string
  /** Place of the opening fact in the fold: the tie-break of FIFO. Later lots made of this one keep it. */
  readonly born: number
  /** Place of its own making: what parts lots that several actions made of one. */
  readonly made: number
  now: Amounts
  /** What the lot was at its last rebase, and what has been relieved since. */
  rebased: Amounts
  relieved: Amounts
  waiting: Waiting[]
}
export type NewLot = Omit<Lot, 'born' | 'made' | 'rebased' | 'relieved'> & { readonly born?: number }

export const NOTHING: Amounts = { units: ZERO, cost: ZERO, base: ZERO }
export const plus = (a: Amounts, b: Amounts): Amounts => ({
  units: a.units.plus(b.units),
  cost: a.cost.plus(b.cost),
  base: addBase(a.base, b.base),
})
export const minus = (a: Amounts, b: Amounts): Amounts => ({
  units: a.units.minus(b.units),
  cost: a.cost.minus(b.cost),
  base: subBase(a.base, b.base),
})
export const sumOf = (amounts: readonly Amounts[]): Amounts => amounts.reduce(plus, NOTHING)
export const waitingOf = (lot: Lot): Amounts => sumOf(lot.waiting)
export const settledOf = (lot: Lot): Amounts => minus(lot.now, waitingOf(lot))

export const accountOf = (lot: Pick<Lot, 'side'>): 1100 | 2100 => (lot.side === 'long' ? 1100 : 2100)
export const dimensionsOf = (
  lot: Pick<Lot, 'id' | 'sleeve' | 'custodyAccount' | 'instrument' | 'side' | 'currency'>,
) => ({
  sleeve: lot.sleeve,
  custodyAccount: lot.custodyAccount,
  account: accountOf(lot),
  instrument: lot.instrument,
  lot: lot.id,
  currency: lot.currency,
})
export const sameHolding = (a: Omit<NewLot, 'born'>, b: Omit<NewLot, 'born'>): boolean =>
  a.sleeve === b.sleeve &&
  a.custodyAccount === b.custodyAccount &&
  a.instrument === b.instrument &&
  a.side === b.side &&
  a.currency === b.currency

export function rebase(lot: Lot): void {
  lot.rebased = lot.now
  lot.relieved = NOTHING
}

/**
 * Puts a lot into the book, or into the lot it joins: under average the pool of its holding that has units, else the lot of the
 * same id that is still held. Answers the lot that now has it.
 */
export function putIn(fold: Fold, coming: NewLot, date: string): Lot {
  const average = policyAt(fold, date).lotMethod === 'average'
  // What was sold and only waits for settlement has no units to join with.
  const joins = (lot: Lot) => !lot.now.units.isZero() && !coming.now.units.isZero() && (average || lot.id === coming.id)
  const joined = fold.lots.find((lot) => sameHolding(lot, coming) && joins(lot))
  if (joined) {
    joined.now = plus(joined.now, coming.now)
    joined.waiting.push(...coming.waiting)
    rebase(joined)
    return joined
  }
  fold.born += 1
  const lot: Lot = {
    ...coming,
    born: coming.born ?? fold.born,
    made: fold.born,
    rebased: coming.now,
    relieved: NOTHING,
  }
  fold.lots.push(lot)
  return lot
}

/** FIFO: acquisition date, then the order in which the opening facts stand, then that in which actions made them. */
export const byAge = (a: Lot, b: Lot): number =>
  compare(a.acquiredOn, b.acquiredOn) || a.born - b.born || a.made - b.made

/** The order in which a method takes lots. */
export function inOrderOf(method: Exclude<Method, 'specific'>, lots: readonly Lot[]): Lot[] {
  const perUnit = (lot: Lot): Decimal | null =>
    lot.rebased.base === null ? null : lot.rebased.base.dividedBy(lot.rebased.units)
  const byCost = (direction: 1 | -1) => (a: Lot, b: Lot) => {
    const [costA, costB] = [perUnit(a), perUnit(b)]
    if (costA === null || costB === null) return Number(costA === null) - Number(costB === null) || byAge(a, b)
    return direction * costA.cmp(costB) || byAge(a, b)
  }
  const sorted = [...lots]
  if (method === 'lifo') return sorted.sort((a, b) => byAge(b, a))
  if (method === 'hifo') return sorted.sort(byCost(-1))
  if (method === 'lowest-cost') return sorted.sort(byCost(1))
  return sorted.sort(byAge)
}

/** Lots with units that a fill of this sleeve and account may take. Under average only those of its own holding. */
export function inScope(
  fold: Fold,
  policy: Policy,
  at: { sleeve: string; custodyAccount: string; instrument: string; side: 'long' | 'short' },
): Lot[] {
  const scope = policy.lotMethod === 'average' ? 'sleeve-account' : policy.reliefScope
  return fold.lots.filter(
    (lot) =>
      lot.instrument === at.instrument &&
      lot.side === at.side &&
      !lot.now.units.isZero() &&
      (scope === 'portfolio' || lot.custodyAccount === at.custodyAccount) &&
      (scope !== 'sleeve-account' || lot.sleeve === at.sleeve),
  )
}

/** Takes `units` (above zero) off a lot. Cost = round(cost x all units relieved since the rebase / units then) - relieved before. */
export function relieve(fold: Fold, lot: Lot, units: Decimal): Amounts {
  const signed = lot.side === 'long' ? units : units.negated()
  const { rebased, relieved } = lot
  const all = relieved.units.plus(signed)
  const part = (amount: Decimal, currency: string) => money(amount.times(all).dividedBy(rebased.units), currency)
  const taken: Amounts = {
    units: signed,
    cost: part(rebased.cost, lot.currency).minus(relieved.cost),
    base: rebased.base === null ? null : subBase(part(rebased.base, fold.functional), relieved.base),
  }
  lot.relieved = plus(relieved, taken)
  lot.now = minus(lot.now, taken)
  return taken
}

/** The lots a choice names: the lot itself, then those that actions made of it (by id prefix), oldest first. */
export const chosenAmong = (lots: readonly Lot[], id: string): Lot[] => [
  ...lots.filter((lot) => lot.id === id).sort(byAge),
  ...lots.filter((lot) => lot.id.startsWith(`${id}/`)).sort(byAge),
]

/** Change to average: every holding's lots become one, under the id and date of its oldest. One entry an instrument. */
export function poolLots(fold: Fold, date: string): void {
  for (const instrument of new Set(fold.lots.map((lot) => lot.instrument))) poolLotsOf(fold, instrument, date)
}

function poolLotsOf(fold: Fold, instrument: string, date: string): void {
  const draft = new Draft()
  for (const oldest of [...fold.lots].sort(byAge)) {
    if (oldest.instrument !== instrument || !fold.lots.includes(oldest) || oldest.now.units.isZero()) continue
    const others = fold.lots.filter((lot) => lot !== oldest && sameHolding(lot, oldest) && !lot.now.units.isZero())
    for (const lot of others) {
      for (const [state, amounts] of [['unsettled', waitingOf(lot)] as const, ['settled', settledOf(lot)] as const]) {
        const { units, cost: local, base } = amounts
        const gone = minus(NOTHING, amounts)
        draft.add({ ...dimensionsOf(lot), state, units: gone.units, local: gone.cost, base: gone.base })
        draft.add({ ...dimensionsOf(oldest), state, units, local, base })
      }
      oldest.now = plus(oldest.now, lot.now)
      oldest.waiting.push(...lot.waiting)
    }
    fold.lots = fold.lots.filter((lot) => !others.includes(lot))
    rebase(oldest)
  }
  if (draft.lines.length > 0)
    fold.entries.push(draft.done(`method/${instrument}/${date}`, { date, phase: 0, instant: null }))
}
