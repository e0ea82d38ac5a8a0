// What every entry must satisfy (BOOK.md section 4), checked as it is made: a book that does not balance stops before anyone reads it.
import { addInt, type Int } from '../kernel/scaled.ts'
import { isUnknown } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { Entry } from './entry.ts'

/** An entry that does not balance: a fault of the book itself. */
export class UnbalancedEntry extends Error {
  override readonly name = 'UnbalancedEntry'
}

/** Sums by small keys; an entry has a handful of them, so that looking through a list beats any map. */
class Tally {
  readonly #keys: number[] = []
  readonly #sums: Int[] = []
  #used = 0

  clear(): void {
    this.#used = 0
  }

  add(key: number, amount: Int): void {
    if (amount === 0) return
    for (let i = 0; i < this.#used; i++)
      if (this.#keys[i] === key) {
        this.#sums[i] = addInt(this.#sums[i] ?? 0, amount)
        return
      }
    this.#keys[this.#used] = key
    this.#sums[this.#used++] = amount
  }

  /** The first key whose sum is not zero. */
  get off(): number | null {
    for (let i = 0; i < this.#used; i++) if (this.#sums[i] !== 0) return this.#keys[i] ?? 0
    return null
  }
}

const base = new Tally()
const converted = new Tally()
const local = new Tally()
const units = new Tally()

/**
 * Base and local per currency sum to zero in every sleeve, so does base of 9000; units per instrument with 8000; base is stated on
 * all lines or on none.
 * @throws UnbalancedEntry
 */
export function checkEntry(desk: Desk, entry: Entry): void {
  const { chunk, start, end } = entry
  const pending = end > start && isUnknown(chunk.base(start))
  base.clear()
  converted.clear()
  local.clear()
  units.clear()
  for (let row = start; row < end; row++) {
    const dimension = desk.dimensions.of(chunk.dimension[row] ?? 0)
    const amount = chunk.base(row)
    if (isUnknown(amount) !== pending) throw unbalanced(entry, 'states base on some lines only')
    if (!pending) {
      base.add(dimension.sleeveNumber, amount)
      if (dimension.account === 9000) converted.add(dimension.sleeveNumber, amount)
    }
    local.add(dimension.currencyNumber, chunk.local(row))
    units.add(dimension.instrumentNumber, chunk.units(row))
  }
  const off = base.off ?? converted.off ?? local.off ?? units.off
  if (off !== null) throw unbalanced(entry, `does not balance in ${desk.dimensions.nameOf(off)}`)
}

function unbalanced(entry: Entry, how: string): UnbalancedEntry {
  return new UnbalancedEntry(`entry ${entry.name} ${how}`)
}
