// One side, long or short, of one custody account while an action is posted on it.
import type { ActionStep } from './action.ts'
import type { Desk } from './desk.ts'
import type { Holding } from './lots.ts'
import type { Partition } from './partition.ts'
import type { WaitingLines } from './waiting.ts'

/** What one custody account's side of an action works on. */
export interface ActionSide {
  readonly desk: Desk
  readonly partition: Partition
  readonly step: ActionStep
  readonly waiting: WaitingLines
  /** Holdings of the account on one side, by sleeve in order of first mention. */
  readonly holdings: readonly Holding[]
  readonly short: boolean
}

/** Open lots of some holdings, FIFO. */
export function openLots(partition: Partition, holdings: readonly Holding[]): number[] {
  const { lots } = partition
  const found = holdings.flatMap((holding) => holding.lots.slice(holding.head))
  return found.sort((a, b) => (lots.earlier(a, b) ? -1 : 1))
}
