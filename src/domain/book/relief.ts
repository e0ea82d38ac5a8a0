// Which lots a closing fill relieves, in which order, and what that takes off their cost: the lot methods of BOOK.md section 2.
import { addInt, type Int, mulInt, parseScaled, rescale, subInt } from '../kernel/scaled.ts'
import type { LotMethod } from '../portfolio/policy.ts'
import { isUnknown, placesOf, smaller } from './amounts.ts'
import type { ChosenLots } from './fill.ts'
import { FLAG } from './lines.ts'
import type { Holding, Lots } from './lots.ts'
import { rule } from './rules.ts'

/** The lots one fill relieves, in relief order; reused from fill to fill. */
export class Relief {
  readonly lot: number[] = []
  readonly units: Int[] = []
  readonly cost: Int[] = []
  readonly base: Int[] = []
  readonly flags: number[] = []
  readonly rule: number[] = []
  count = 0
  /** A chosen lot that was not there, or not there in full. */
  dangling: string | null = null

  clear(): void {
    this.count = 0
    this.dangling = null
  }

  /** Takes units off a lot and notes what that relieves. */
  take(lots: Lots, lot: number, units: Int, flags: number, by: number): void {
    const i = this.count++
    this.lot[i] = lot
    this.units[i] = units
    this.cost[i] = lots.costOf(lot, units)
    this.base[i] = lots.baseOf(lot, units)
    this.flags[i] = flags
    this.rule[i] = by
    lots.take(lot, units)
  }
}

const RULE_OF: Readonly<Record<LotMethod, number>> = {
  fifo: rule('relief:fifo'),
  lifo: rule('relief:lifo'),
  hifo: rule('relief:hifo'),
  'lowest-cost': rule('relief:lowest-cost'),
  average: rule('relief:average'),
  specific: rule('relief:specific'),
}

/** Relieves `units` in the order of a method from the holdings in scope, which together have at least as many. */
export function relieve(
  relief: Relief,
  lots: Lots,
  scope: readonly Holding[],
  units: Int,
  method: LotMethod,
  flags: number,
): void {
  let left = units
  const by = RULE_OF[method]
  while (left > 0) {
    const lot = nextLot(lots, scope, method)
    const held = lots.left[lot] ?? 0
    const cut = smaller(held, left)
    const unranked = (method === 'hifo' || method === 'lowest-cost') && isUnknown(lots.base[lot] ?? 0)
    relief.take(lots, lot, cut, unranked ? flags | FLAG.fallback : flags, by)
    left = subInt(left, cut)
  }
}

/** Relieves the chosen lots, followed through corporate actions by the start of their ids; answers the units left to relieve. */
export function relieveChosen(
  relief: Relief,
  lots: Lots,
  scope: readonly Holding[],
  units: Int,
  chosen: ChosenLots,
  places: number,
  nameOf: (lot: number) => string,
): Int {
  let left = units
  for (const choice of chosen) {
    let wanted = cutTo(choice.units, places)
    for (const lot of followed(lots, scope, choice.lot, nameOf)) {
      if (wanted === 0 || left === 0) break
      const held = lots.left[lot] ?? 0
      const cut = smaller(smaller(held, wanted), left)
      relief.take(lots, lot, cut, 0, RULE_OF.specific)
      wanted = subInt(wanted, cut)
      left = subInt(left, cut)
    }
    // Units beyond the fill itself are the client's generosity, not a lot that is missing.
    if (wanted > 0 && left > 0) relief.dangling ??= choice.lot
  }
  return left
}

function cutTo(units: string, places: number): Int {
  const given = placesOf(units)
  return given <= places ? parseScaled(units, places) : rescale(parseScaled(units, given), given, places, 'down')
}

/** Open lots of a name: the lot itself, then what came of it, FIFO. */
export function followed(
  lots: Lots,
  scope: readonly Holding[],
  name: string,
  nameOf: (lot: number) => string,
): number[] {
  const found: number[] = []
  for (const holding of scope)
    for (let i = holding.head; i < holding.lots.length; i++) {
      const lot = holding.lots[i] ?? 0
      const own = nameOf(lots.name[lot] ?? 0)
      if (own === name || own.startsWith(`${name}/`)) found.push(lot)
    }
  const exact = (lot: number) => (nameOf(lots.name[lot] ?? 0) === name ? 0 : 1)
  return found.sort((a, b) => exact(a) - exact(b) || (lots.earlier(a, b) ? -1 : 1))
}

function nextLot(lots: Lots, scope: readonly Holding[], method: LotMethod): number {
  let best = -1
  for (const holding of scope) {
    if (holding.total === 0) continue
    const lot = nextOf(lots, holding, method)
    if (best < 0 || before(lots, lot, best, method)) best = lot
  }
  if (best < 0) throw new Error('more was to be relieved than is held')
  return best
}

function nextOf(lots: Lots, holding: Holding, method: LotMethod): number {
  if (method === 'lifo') return holding.lots[holding.lots.length - 1] ?? 0
  let best = holding.lots[holding.head] ?? 0
  if (method === 'hifo' || method === 'lowest-cost')
    for (let i = holding.head + 1; i < holding.lots.length; i++) {
      const lot = holding.lots[i] ?? 0
      if (before(lots, lot, best, method)) best = lot
    }
  return best
}

/** Whether lot a is relieved before lot b. */
function before(lots: Lots, a: number, b: number, method: LotMethod): boolean {
  if (method === 'lifo') return lots.earlier(b, a)
  if (method === 'hifo' || method === 'lowest-cost') {
    const order = comparePerUnit(lots, a, b)
    if (order !== 0) return method === 'hifo' ? order > 0 : order < 0
    if (isUnknown(lots.base[a] ?? 0) !== isUnknown(lots.base[b] ?? 0)) return isUnknown(lots.base[b] ?? 0)
  }
  return lots.earlier(a, b)
}

/** Compares base cost per unit at the last rebase, exactly; 0 as well when one is pending. */
function comparePerUnit(lots: Lots, a: number, b: number): number {
  const costA = lots.base[a] ?? 0
  const costB = lots.base[b] ?? 0
  if (isUnknown(costA) || isUnknown(costB)) return 0
  const one = mulInt(costA, lots.units[b] ?? 0)
  const two = mulInt(costB, lots.units[a] ?? 0)
  return one === two ? 0 : one > two ? 1 : -1
}

/** Open units of all holdings in scope. */
export function openUnits(scope: readonly Holding[]): Int {
  if (scope.length === 1) return scope[0]?.total ?? 0
  let sum: Int = 0
  for (const { total } of scope) sum = addInt(sum, total)
  return sum
}
