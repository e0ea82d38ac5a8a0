// The change to average cost: on its day, before anything else, the lots of every holding become one pool under the oldest's id.
import { NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import { NO_LOT } from './lines.ts'
import { amountsOf, linesInUnits, postArrival, postAway, signed } from './lot-moves.ts'
import type { Holding } from './lots.ts'
import type { Partition } from './partition.ts'
import type { PolicyChange } from './policies.ts'
import { rule } from './rules.ts'
import type { Step } from './step.ts'
import { type MovedWaiting, WaitingLines } from './waiting.ts'

const METHOD = rule('method')

export class MethodStep implements Step {
  readonly kind = 'method'
  readonly id: string
  readonly cause: string
  readonly date: number
  readonly phase = 0
  readonly sequence = 0
  readonly micros = NO_INSTANT
  readonly rank = 0
  readonly root: number
  readonly index: number
  /** The entry of a change has one part for each instrument. */
  readonly instrument: string
  mark = 0
  entries: Entry | null = null
  settles: Entry | null = null
  moved: MovedWaiting = []

  constructor(change: PolicyChange, instrument: string) {
    this.id = change.fact
    this.cause = change.cause
    this.date = change.day
    this.root = change.root
    this.index = change.index
    this.instrument = instrument
  }
}

/** Posts the change for every holding of the instrument. */
export function postMethod(desk: Desk, partition: Partition, step: MethodStep): Entry | null {
  const waiting = new WaitingLines(partition, step)
  desk.lines.begin()
  for (const holding of partition.places.holdings) {
    if (holding.instrument !== step.instrument) continue
    const currencies = new Set(holding.lots.slice(holding.head).map((lot) => partition.lots.currency[lot] ?? 0))
    for (const currency of currencies) pool(desk, partition, waiting, holding, currency)
  }
  step.moved = waiting.commit(partition)
  return desk.finish(ENTRY.method, step, step.date, 0, NO_DAY, step.instrument)
}

function pool(desk: Desk, partition: Partition, waiting: WaitingLines, holding: Holding, currency: number): void {
  const { lots } = partition
  const [oldest, ...others] = holding.lots.slice(holding.head).filter((lot) => lots.currency[lot] === currency)
  if (oldest === undefined) return
  const mover = { desk, partition, waiting, short: holding.short, rule: METHOD }
  const dimensions = desk.securities(holding, currency)
  const to = { dimensions, name: lots.name[oldest] ?? NO_LOT, acquired: lots.acquired[oldest] ?? 0 }
  for (const lot of others) {
    const from = { dimensions, name: lots.name[lot] ?? NO_LOT }
    const now = amountsOf(mover, lot)
    const lines = linesInUnits(mover, from, now.units, now.units)
    postAway(mover, from, lots.acquired[lot] ?? 0, now)
    postArrival(mover, from, to, now, lines)
    const { units, local, base } = signed(holding.short, now)
    lots.take(lot, units)
    lots.join(oldest, units, local, base)
  }
  // The change counts as a rebase even for a single lot.
  if (others.length === 0) lots.reduce(oldest, 0, 0)
}
