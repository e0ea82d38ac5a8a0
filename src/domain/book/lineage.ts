// The conservation check of BOOK.md section 8: lot by lot, what an action takes from cost it gives as cost, cash, income or gain.
import { addInt, type Int } from '../kernel/scaled.ts'
import { isUnknown } from './amounts.ts'
import type { Desk } from './desk.ts'
import { UnbalancedEntry } from './invariants.ts'
import { NO_LOT } from './lines.ts'

/** Which lots of one entry come from one another: a lot and its children, a lot without units and the one that inherits its cost. */
export class Lineage {
  readonly #parents = new Map<number, number>()

  /** Names belong to one family from now on. */
  join(one: number, other: number): void {
    const [a, b] = [this.of(one), this.of(other)]
    if (a !== b) this.#parents.set(b, a)
  }

  /** The name that stands for a lot's family. */
  of(name: number): number {
    let at = name
    for (let up = this.#parents.get(at); up !== undefined; up = this.#parents.get(at)) at = up
    return at
  }
}

/**
 * Checks the entry being written: in functional currency, for each family of lots,
 * basis before + income + recognised gain + cash paid = basis after + cash received, which is to say that its lines sum to zero.
 * Nothing can be said while an amount is pending.
 * @throws UnbalancedEntry
 */
export function checkConservation({ lines, lotNames }: Desk, lineage: Lineage, fact: string): void {
  const { chunk, start } = lines
  const sums = new Map<number, Int>()
  if (lines.hasUnknown) return
  for (let row = start; row < chunk.size; row++) {
    const lot = chunk.lot[row] ?? NO_LOT
    if (lot === NO_LOT) continue
    const base = chunk.base(row)
    if (isUnknown(base)) return
    const family = lineage.of(lot)
    sums.set(family, addInt(sums.get(family) ?? 0, base))
  }
  for (const [family, sum] of sums)
    if (sum !== 0)
      throw new UnbalancedEntry(`${fact} does not conserve the basis of ${lotNames.text(family)}: ${sum} are left over`)
}
