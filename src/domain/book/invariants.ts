// What every entry must satisfy (BOOK.md section 4), checked as it is made: a book that does not balance stops before anyone reads it.
import { addInt, type Int } from '../kernel/scaled.ts'
import { isUnknown } from './amounts.ts'
import type { Desk } from './desk.ts'
import { NOWHERE } from './dimensions.ts'
import type { Entry } from './entry.ts'

/** An entry that does not balance: a fault of the book itself. */
export class UnbalancedEntry extends Error {
  override readonly name = 'UnbalancedEntry'
}

/** Sums by number, all zero between two checks. */
let sums = new Float64Array(4096)

/**
 * Base and local per currency sum to zero in every sleeve, so does base of 9000; units per instrument with 8000; base is stated on
 * all lines or on none.
 * @throws UnbalancedEntry
 */
export function checkEntry(desk: Desk, entry: Entry): void {
  const { chunk, start, end } = entry
  const { amounts, dimension } = chunk
  const { numbers, size } = desk.dimensions.balancing
  if (size > sums.length) sums = new Float64Array(size * 2)
  let largest = 0
  for (let row = start; row < end; row++) {
    const at = (dimension[row] ?? 0) * 4
    const cell = row * 3
    const units = amounts[cell] ?? 0
    const local = amounts[cell + 1] ?? 0
    const base = amounts[cell + 2] ?? 0
    add(numbers[at] ?? 0, base)
    add(numbers[at + 1] ?? 0, base)
    add(numbers[at + 2] ?? 0, local)
    add(numbers[at + 3] ?? 0, units)
    largest += Math.abs(units) + Math.abs(local) + Math.abs(base)
  }
  // Sums of plain safe integers are exact as floats; anything else (beyond 2^53, unknown) is summed again in full.
  const plain = largest <= Number.MAX_SAFE_INTEGER && !isUnknown(chunk.base(start))
  let balanced = plain
  for (let row = start; row < end; row++) {
    const at = (dimension[row] ?? 0) * 4
    for (let i = at; i < at + 4; i++) {
      const number = numbers[i] ?? NOWHERE
      if (number !== NOWHERE && sums[number] !== 0) balanced = false
    }
  }
  for (let row = start; row < end; row++) {
    const at = (dimension[row] ?? 0) * 4
    for (let i = at; i < at + 4; i++) sums[numbers[i] ?? NOWHERE] = 0
  }
  if (!balanced) checkFully(desk, entry)
}

function add(number: number, amount: number): void {
  sums[number] = (sums[number] ?? 0) + amount
}

/** The same by exact arithmetic, which also names what is wrong. */
function checkFully(desk: Desk, entry: Entry): void {
  const { chunk, start, end } = entry
  const pending = end > start && isUnknown(chunk.base(start))
  const totals = new Map<string, Int>()
  const sum = (what: string, amount: Int) => totals.set(what, addInt(totals.get(what) ?? 0, amount))
  for (let row = start; row < end; row++) {
    const { account, sleeve, currency, instrument } = desk.dimensions.of(chunk.dimension[row] ?? 0)
    const base = chunk.base(row)
    if (isUnknown(base) !== pending) throw new UnbalancedEntry(`entry ${entry.name} states base on some lines only`)
    if (!pending) sum(`base in ${sleeve}`, base)
    if (!pending && account === 9000) sum(`base of 9000 in ${sleeve}`, base)
    sum(`${currency} in ${sleeve}`, chunk.local(row))
    sum(`units of ${instrument} in ${sleeve}`, chunk.units(row))
  }
  for (const [what, total] of totals)
    if (total !== 0) throw new UnbalancedEntry(`entry ${entry.name} does not balance: ${what}`)
}
