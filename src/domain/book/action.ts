// A corporate action in one book: on its ex-date, account by account, what each lot is entitled to (docs/book.md, "Corporate
// actions"). Terms are the instrument's; the action of a partition is their place among its facts.
import { actionCode } from '../instrument/action-codes.ts'
import { everyLeg, takesUnits } from '../instrument/action-legs.ts'
import type { ActionLeg } from '../instrument/events.ts'
import { type ActionSide, openLots, type Piece, pieceOf } from './action-side.ts'
import { dateOf, dayOf, NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import { payOut } from './dividend.ts'
import { optionsTaken } from './election.ts'
import { ENTRY, type Entry, EntryChain } from './entry.ts'
import { exchange } from './exchange.ts'
import type { BookBreak } from './knowledge.ts'
import { checkConservation, Lineage } from './lineage.ts'
import type { Partition } from './partition.ts'
import { remove } from './recovery.ts'
import type { KnownAction } from './reference.ts'
import { compareSteps, type Step } from './step.ts'
import { type MovedWaiting, WaitingLines } from './waiting.ts'

/** A known action that is not cancelled. */
export interface Standing extends KnownAction {
  readonly terms: NonNullable<KnownAction['terms']>
}

/** Place among the actions of one day that state no sequence: cash before a split, the split, cash after it, what detaches. */
const CASH_BEFORE = 20
const REPLACES = 30
const CASH_AFTER = 35
const DETACHES = 40

export class ActionStep implements Step {
  readonly kind = 'action'
  readonly id: string
  readonly cause: string
  readonly date: number
  readonly phase: number
  readonly sequence: number
  readonly micros = NO_INSTANT
  readonly rank = 0
  readonly root: number
  readonly index = 0
  readonly action: Standing
  /** Null when the terms name none: then only a receipt pays. */
  readonly payDay: number | null
  mark = 0
  entries: Entry | null = null
  settles: Entry | null = null
  moved: MovedWaiting = []
  /** Replaced or cancelled. */
  gone = false

  constructor(action: Standing) {
    const { terms } = action
    this.id = action.fact
    this.cause = action.cause
    this.date = dayOf(terms.exDate)
    this.payDay = terms.payDate === undefined ? null : Math.max(dayOf(terms.payDate), this.date)
    this.phase = actionCode(terms.caev)?.phase ?? 1
    this.root = Number(action.root)
    this.action = action
    this.sequence = terms.sequence ?? classOf(everyLeg(terms), terms.rateBasis)
  }
}

function classOf(legs: readonly ActionLeg[], rateBasis: 'pre' | 'post' | undefined): number {
  if (legs.some(takesUnits)) return REPLACES
  if (legs.some((leg) => leg.kind === 'security')) return DETACHES
  return rateBasis === 'post' ? CASH_AFTER : CASH_BEFORE
}

/**
 * Breaks of actions on one instrument that post on one ex-date without saying in which order, and of one class, so that the class
 * does not say it either: each but the first is told of, beside the one it is taken after.
 */
export function unstatedOrders(steps: Iterable<ActionStep>): BookBreak[] {
  const unstated = [...steps].filter((step) => step.entries !== null && step.action.terms.sequence === undefined)
  const before = new Map<string, ActionStep>()
  const found: BookBreak[] = []
  for (const step of unstated.sort(compareSteps)) {
    const { instrument, action } = step.action
    const place = `${step.date}|${step.phase}|${step.sequence}|${instrument}`
    const first = before.get(place)
    before.set(place, step)
    if (first === undefined) continue
    const since = dateOf(step.date)
    const message = `${first.action.action} and ${action} of ${instrument} are both on ${since} and state no sequence: ${action} is taken last`
    found.push({ code: 'ambiguous-action-order', fact: step.id, message, since })
  }
  return found
}

/** Legs see the position as it was before the action: cash first, then what detaches, and what takes the units away last. */
function inOrder(legs: readonly ActionLeg[]): ActionLeg[] {
  const place = (leg: ActionLeg) => (takesUnits(leg) ? 3 : leg.kind === 'cash' ? 1 : 2)
  return [...legs].sort((a, b) => place(a) - place(b) || a.leg - b.leg)
}

/** Posts the ex-date: one entry per custody account that holds the instrument, and one for each option that its units take. */
export function postAction(desk: Desk, partition: Partition, step: ActionStep): Entry | null {
  const { instrument, terms } = step.action
  const waiting = new WaitingLines(partition, step)
  const chain = new EntryChain()
  for (const [account, holdings] of partition.places.byAccount(instrument)) {
    const sides = [false, true].map((short) => {
      const mine = holdings.filter((holding) => holding.short === short)
      const lots = openLots(partition, mine)
      const taken = lots.length === 0 ? [] : optionsTaken(desk, partition, step, account, lots, short)
      return { holdings: mine, short, lots, taken }
    })
    const post = (legs: readonly ActionLeg[], where: string, option: number | null) => {
      desk.lines.begin()
      const lineage = new Lineage()
      for (const { holdings: mine, short, lots, taken } of sides) {
        const units = taken.find((each) => each.option.option === option)?.units
        const pieces = lots.flatMap((lot, i): Piece[] => {
          const chosen = option === null ? (partition.lots.left[lot] ?? 0) : (units?.[i] ?? 0)
          return chosen === 0 ? [] : [pieceOf(partition.lots, lot, chosen)]
        })
        const side: ActionSide = { desk, partition, step, waiting, holdings: mine, short, lineage, legs, pieces }
        for (const leg of inOrder(legs)) postLeg(side, leg, option === null)
      }
      desk.lines.dropNothing()
      checkConservation(desk, lineage, step.id)
      chain.add(desk.finish(ENTRY.ex, step, step.date, step.phase, step.payDay ?? NO_DAY, where))
    }
    post(terms.legs, account, null)
    for (const { option, legs } of terms.options ?? []) {
      if (sides.some(({ taken }) => taken.some((each) => each.option.option === option)))
        post(legs, `${account}/${option}`, option)
    }
  }
  step.moved = waiting.commit(partition)
  return chain.first
}

/** `whole`: the leg is about everything there is, so that what was sold and only waits for settlement follows it. */
function postLeg(side: ActionSide, leg: ActionLeg, whole: boolean): void {
  if (leg.kind === 'cash') payOut(side, leg)
  else if (leg.kind === 'removal') remove(side, leg)
  else exchange(side, leg, whole)
}
