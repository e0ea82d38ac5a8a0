// The section 104 holdings of one taxpayer: pools by instrument, run through in the order of the days after identification.
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { TaxPoolStep } from '../core/regime.ts'
import { type Amount, shareOf } from '../pool/amount.ts'
import type { CostPool } from '../pool/cost-pool.ts'
import { type ActionEvent, type CapitalEvent, isDeal, type MoveEvent, type PoolEvent } from '../pool/pool-event.ts'
import { Share, type UkDisposal } from './share.ts'

/** What a return of capital paid above the pool's cost: a gain of its own (TCGA 1992 s.122). */
export interface CapitalGain {
  readonly event: CapitalEvent
  readonly gain: Amount
}

export interface UkMatching {
  readonly disposals: readonly UkDisposal[]
  readonly capitalGains: readonly CapitalGain[]
  readonly steps: readonly TaxPoolStep[]
  /** What was taken of each amount that an action told of, by fact: more than it under `pool`. */
  readonly taken: ReadonlyMap<string, { readonly told: Amount; readonly taken: Amount }>
  /** Holdings with units, by instrument. */
  readonly pools: ReadonlyMap<string, CostPool>
}

/** What an amount per unit counts on: units held (default), or those of the pool, so also units awaited by sales of the last thirty days. */
export type CapitalUnits = 'held' | 'pool'

interface Day {
  readonly actions: ActionEvent[]
  readonly dealt: Set<Share>
}

/** Runs the events of one taxpayer, in the order of the book, through the identification rules and the pools. */
export function matchUk(events: readonly PoolEvent[], capitalUnits: CapitalUnits = 'held'): UkMatching {
  const shares = new Map<string, Share>()
  const shareNamed = (owner: string, instrument: string): Share => {
    const known = shares.get(instrument)
    if (known !== undefined) return known
    const share = new Share(owner, instrument)
    shares.set(instrument, share)
    return share
  }
  const days = new Map<string, Day>()
  for (const event of events) {
    const share = shareNamed(event.owner, event.instrument)
    const day = days.get(event.date) ?? { actions: [], dealt: new Set<Share>() }
    days.set(event.date, day)
    if (isDeal(event)) {
      share.deal(event)
      day.dealt.add(share)
    } else {
      if (event.kind === 'split') share.scale.add(event)
      if (event.kind === 'move') shareNamed(event.owner, event.to)
      day.actions.push(event)
    }
  }
  for (const share of shares.values()) share.identify()
  const run: Run = { steps: [], capitalGains: [], taken: new Map(), capitalUnits }
  for (const [date, { actions, dealt }] of [...days].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const action of actions) act(run, action, shareNamed)
    for (const share of dealt) share.day(date, run.steps)
  }
  return {
    disposals: [...shares.values()].flatMap((share) => share.disposals()),
    capitalGains: run.capitalGains,
    steps: run.steps,
    taken: run.taken,
    pools: new Map([...shares].filter(([, { pool }]) => !pool.units.isZero()).map(([name, { pool }]) => [name, pool])),
  }
}

interface Run {
  readonly steps: TaxPoolStep[]
  readonly capitalGains: CapitalGain[]
  readonly taken: Map<string, { told: Amount; taken: Amount }>
  readonly capitalUnits: CapitalUnits
}

function act(run: Run, event: ActionEvent, shareNamed: (owner: string, instrument: string) => Share): void {
  const share = shareNamed(event.owner, event.instrument)
  if (event.kind === 'split') share.split(event)
  else if (event.kind === 'capital') capital(run, event, share.pool)
  else {
    const taker = shareNamed(event.owner, event.to)
    move(event, share.pool, taker.pool)
    run.steps.push(taker.step(event.date, event.fact, 'moved'))
  }
  run.steps.push(share.step(event.date, event.fact, event.kind === 'move' ? 'moved' : event.kind))
}

function capital(run: Run, event: CapitalEvent, pool: CostPool): void {
  const onPool = run.capitalUnits === 'pool' && !event.units.isZero()
  const taken = onPool ? shareOf(event.amount, pool.units, event.units) : event.amount
  run.taken.set(event.fact, { told: event.amount, taken })
  const gain = pool.adjust(taken)
  if (gain === null || !gain.isZero()) run.capitalGains.push({ event, gain })
}

/** A reorganisation: the new holding stands in the place of the old one, or takes its part of the cost (TCGA 1992 ss.127, 129). */
function move({ share, received, gone }: MoveEvent, from: CostPool, to: CostPool): void {
  const units: Decimal = gone.isZero() ? from.units : gone
  const cost = gone.isZero() ? from.cost : from.take(gone.greaterThan(from.units) ? from.units : units)
  const moved = share === null ? null : shareOf(cost, share.part, share.whole)
  if (gone.isZero()) from.adjust(moved === null ? null : moved.negated())
  to.add(received, moved ?? (cost?.isZero() ? ZERO : null))
}
