// One balance over effective dates as a list of ranges, and what changes of it do to the ranges: the rectangles' arithmetic.
import { addText } from '../rows/exact-sum.ts'

/** What a balance is: units, local amount, known base amount, lines that wait for a rate. Canonical decimal texts. */
export type Value = readonly [units: string, local: string, base: string, pending: string]

/** A range of dates over which the value is constant and not zero; `to` is not included, null has no end. */
export interface Range {
  readonly from: string
  readonly to: string | null
  readonly value: Value
}

/** From `date` on, the value is this much more. */
export interface Change {
  readonly date: string
  readonly by: Value
}

const NOTHING: Value = ['0', '0', '0', '0']

export interface Restepped {
  /** Ranges that are no more. */
  readonly removed: readonly Range[]
  /** Ranges that are new. */
  readonly added: readonly Range[]
}

/**
 * Applies changes to the ranges of a balance, in place. The result is the one shortest list: no two neighbours have the same value and zero
 * has no range; so which ranges exist follows from the step function alone, however it was reached. A change at the end costs no more for a long list.
 * @param ranges in order of date, those that end on or before the first change may be missing except the last of them
 */
export function restep(ranges: Range[], changes: readonly Change[]): Restepped {
  const steps = [...changes].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
  const first = steps[0]
  if (first === undefined) return { removed: [], added: [] }
  // Ranges before `start` end before the first change and do not touch it.
  let start = ranges.length
  while (start > 0 && reaches(ranges[start - 1]!, first.date)) start--
  const touched = ranges.splice(start)
  const after = merged(stepped(touched, steps))
  for (const range of after) ranges.push(range)
  const kept = new Set(after.map(spelled))
  const before = new Set(touched.map(spelled))
  return {
    removed: touched.filter((range) => !kept.has(spelled(range))),
    added: after.filter((range) => !before.has(spelled(range))),
  }
}

/** Whether a range holds on a date or ends exactly there: only then can a change from that date on touch it. */
function reaches(range: Range, date: string): boolean {
  return range.to === null || range.to >= date
}

/** The values on every stretch between the dates at which something happens. */
function stepped(ranges: readonly Range[], changes: readonly Change[]): Range[] {
  const dates = [
    ...new Set([
      ...ranges.flatMap(({ from, to }) => (to === null ? [from] : [from, to])),
      ...changes.map(({ date }) => date),
    ]),
  ]
  dates.sort()
  const result: Range[] = []
  let more = NOTHING
  let nextChange = 0
  let nextRange = 0
  for (let i = 0; i < dates.length; i++) {
    const from = dates[i]!
    const to = dates[i + 1] ?? null
    while (nextChange < changes.length && changes[nextChange]!.date <= from)
      more = plus(more, changes[nextChange++]!.by)
    while (nextRange < ranges.length && ends(ranges[nextRange]!, from)) nextRange++
    const range = ranges[nextRange]
    const value = plus(range !== undefined && range.from <= from ? range.value : NOTHING, more)
    if (!isNothing(value)) result.push({ from, to, value })
  }
  return result
}

function ends(range: Range, date: string): boolean {
  return range.to !== null && range.to <= date
}

function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = []
  for (const range of ranges) {
    const last = result.at(-1)
    if (last !== undefined && last.to === range.from && same(last.value, range.value))
      result[result.length - 1] = { from: last.from, to: range.to, value: last.value }
    else result.push(range)
  }
  return result
}

/** a + b. */
export function plus(a: Value, b: Value): Value {
  return [addText(a[0], b[0]), addText(a[1], b[1]), addText(a[2], b[2]), addText(a[3], b[3])]
}

export function isNothing(value: Value): boolean {
  return value.every((part) => part === '0')
}

function same(a: Value, b: Value): boolean {
  return a.every((part, i) => part === b[i])
}

function spelled({ from, to, value }: Range): string {
  return `${from} ${to} ${value.join(' ')}`
}
