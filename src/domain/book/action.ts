// A corporate action in one book: on its ex-date, account by account, what each lot is entitled to (docs/book.md, "Corporate
// actions"). Terms are the instrument's; the action of a partition is their place among its facts.
import type { ActionLeg } from '../instrument/events.ts'
import { dateOf, dayOf, NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import { payOut } from './dividend.ts'
import { ENTRY, type Entry, EntryChain } from './entry.ts'
import { exchange } from './exchange.ts'
import type { BookBreak } from './knowledge.ts'
import type { Partition } from './partition.ts'
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
  readonly phase = 1
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
    this.root = Number(action.root)
    this.action = action
    this.sequence = terms.sequence ?? classOf(terms.legs, terms.rateBasis)
  }
}

function classOf(legs: readonly ActionLeg[], rateBasis: 'pre' | 'post' | undefined): number {
  const securities = legs.filter((leg) => leg.kind === 'security')
  if (securities.some((leg) => leg.replaces)) return REPLACES
  if (securities.length > 0) return DETACHES
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
    const place = `${step.date}|${step.sequence}|${instrument}`
    const first = before.get(place)
    before.set(place, step)
    if (first === undefined) continue
    const since = dateOf(step.date)
    const message = `${first.action.action} and ${action} of ${instrument} are both on ${since} and state no sequence: ${action} is taken last`
    found.push({ code: 'ambiguous-action-order', fact: step.id, message, since })
  }
  return found
}

/** Legs see the position as it was before the action: cash first, then what detaches, and what replaces the lots last. */
function inOrder(legs: readonly ActionLeg[]): ActionLeg[] {
  const place = (leg: ActionLeg) => (leg.kind === 'cash' ? 1 : leg.replaces ? 3 : 2)
  return [...legs].sort((a, b) => place(a) - place(b) || a.leg - b.leg)
}

/** Posts the ex-date: one entry per custody account that holds the instrument. */
export function postAction(desk: Desk, partition: Partition, step: ActionStep): Entry | null {
  const { instrument, terms } = step.action
  const waiting = new WaitingLines(partition, step)
  const legs = inOrder(terms.legs)
  const chain = new EntryChain()
  for (const [account, holdings] of partition.places.byAccount(instrument)) {
    desk.lines.begin()
    for (const short of [false, true]) {
      const mine = holdings.filter((holding) => holding.short === short)
      const side = { desk, partition, step, waiting, holdings: mine, short }
      for (const leg of legs) {
        if (leg.kind === 'cash') payOut(side, leg)
        else exchange(side, leg)
      }
    }
    chain.add(desk.finish(ENTRY.ex, step, step.date, 1, step.payDay ?? NO_DAY, account))
  }
  step.moved = waiting.commit(partition)
  return chain.first
}
