// What learning a unit changed, as postings: new lines minus old lines, written out only when somebody asks.
import { addInt, formatScaled, type Int, rescale, subInt } from '../kernel/scaled.ts'
import { isUnknown, UNKNOWN } from './amounts.ts'
import { dateOf, instantOf, NO_DAY } from './day.ts'
import type { Desk } from './desk.ts'
import type { DimensionId, Dimensions } from './dimensions.ts'
import { ENTRY, type Entry, sameTime } from './entry.ts'
import { FLAG, NO_ACQUIRED, NO_LOT, STATED_FLAGS } from './lines.ts'
import type { Posting, PostingFlag } from './posting.ts'
import { ruleName } from './rules.ts'

/** One line of a difference, with its key. Base is null where both sides of it are pending. */
interface Line {
  readonly dimension: number
  readonly lot: number
  readonly acquired: number
  readonly rule: number
  readonly flags: number
  units: Int
  local: Int
  base: Int
  /** Lines whose base is unknown, added minus taken away. */
  pending: number
  marketValue: Int | null
}

/** Lines of entries, added (sign 1) or taken away (sign -1), summed by key. */
export class LineSums {
  readonly #lines = new Map<string, Line>()
  readonly #dimensions: Dimensions

  constructor(dimensions: Dimensions) {
    this.#dimensions = dimensions
  }

  add(entry: Entry, sign: 1 | -1): void {
    const { chunk } = entry
    for (let row = entry.start; row < entry.end; row++) {
      const own = chunk.dimension[row] ?? 0
      const dimension = this.#dimensions.finest(own)
      const lot = chunk.lot[row] ?? NO_LOT
      const acquired = chunk.acquired[row] ?? NO_ACQUIRED
      const rule = chunk.rule[row] ?? 0
      const flags = (chunk.flags[row] ?? 0) & STATED_FLAGS
      const key = `${dimension}|${lot}|${acquired}|${rule}|${flags}`
      const base = chunk.base(row)
      const unknown = isUnknown(base)
      const line = this.#lines.get(key) ?? { dimension, lot, acquired, rule, flags, ...NOTHING }
      this.#lines.set(key, line)
      line.units = signedSum(line.units, this.#inPlaces(chunk.units(row), own, dimension), sign)
      line.local = signedSum(line.local, chunk.local(row), sign)
      if (unknown) line.pending += sign
      else line.base = signedSum(line.base, base, sign)
      const value = chunk.marketValue(row)
      if (value !== null) line.marketValue = signedSum(line.marketValue ?? 0, value, sign)
    }
  }

  /** Units counted as the finest dimension counts them. */
  #inPlaces(units: Int, from: DimensionId, to: DimensionId): Int {
    if (from === to || units === 0) return units
    return rescale(units, this.#dimensions.of(from).unitPlaces, this.#dimensions.of(to).unitPlaces, 'down')
  }

  get empty(): boolean {
    return this.lines().length === 0
  }

  /** The lines that are not zero, in the order they were first added. */
  lines(): Line[] {
    return [...this.#lines.values()].filter(
      (line) => line.units !== 0 || line.local !== 0 || line.base !== 0 || line.pending !== 0,
    )
  }
}

const NOTHING = { units: 0, local: 0, base: 0, pending: 0, marketValue: null }

function signedSum(a: Int, b: Int, sign: 1 | -1): Int {
  return sign > 0 ? addInt(a, b) : subInt(a, b)
}

/** Where a group of lines stands. */
export interface Standing {
  /** Whose time and cause the lines carry. */
  readonly entry: Entry
  readonly cause: string
  readonly accountingDay: number
  readonly knownFrom: bigint
}

/** Writes postings, numbering the lines of each entry. */
export class PostingWriter {
  readonly postings: Posting[] = []
  readonly #desk: Desk
  readonly #basePlaces: number
  /** Line numbers reached by the entries before the present one; a fact's lines nearly always come in one go. */
  readonly #numbers = new Map<string, number>()
  #name = ''
  #number = 0

  constructor(desk: Desk) {
    this.#desk = desk
    this.#basePlaces = desk.places(desk.functional)
  }

  /** The number of the next line of an entry. */
  #next(name: string): number {
    if (name !== this.#name) {
      this.#numbers.set(this.#name, this.#number)
      this.#name = name
      this.#number = this.#numbers.get(name) ?? 0
    }
    this.#number += 1
    return this.#number
  }

  /**
   * All lines of an entry as they are. `besideKnown`: lines of known base are written at the same place in knowledge, so that a
   * pending line says 0 and `pending` 1 rather than no base: the bases of one difference are all there, or none.
   */
  whole(standing: Standing, besideKnown = false): void {
    const { entry } = standing
    const { chunk } = entry
    const place = placeOf(standing)
    for (let row = entry.start; row < entry.end; row++) {
      const base = chunk.base(row)
      this.#write(place, {
        dimension: chunk.dimension[row] ?? 0,
        lot: chunk.lot[row] ?? NO_LOT,
        acquired: chunk.acquired[row] ?? NO_ACQUIRED,
        rule: chunk.rule[row] ?? 0,
        flags: (chunk.flags[row] ?? 0) & STATED_FLAGS,
        units: chunk.units(row),
        local: chunk.local(row),
        base: besideKnown && isUnknown(base) ? 0 : base,
        pending: isUnknown(base) ? 1 : 0,
        marketValue: chunk.marketValue(row),
      })
    }
  }

  /** What an entry lost (sign -1 of all its lines). `besidePending`: pending lines are written at the same place in knowledge. */
  reversal(standing: Standing, besidePending = false): void {
    const sums = new LineSums(this.#desk.dimensions)
    sums.add(standing.entry, -1)
    this.sums(standing, sums, besidePending && pendingEntry(standing.entry))
  }

  /** Fresh lines minus old ones at the same place in time. */
  difference(old: Entry, standing: Standing): void {
    const sums = new LineSums(this.#desk.dimensions)
    sums.add(standing.entry, 1)
    sums.add(old, -1)
    const bothPending = pendingEntry(old) && pendingEntry(standing.entry)
    this.sums(standing, sums, bothPending)
  }

  /** Sums that stand for themselves: a line that is only pending has no base. */
  standing(standing: Standing, sums: LineSums): void {
    const place = placeOf(standing)
    for (const line of sums.lines())
      this.#write(place, line.pending > 0 && line.base === 0 ? { ...line, base: UNKNOWN } : line)
  }

  sums(standing: Standing, sums: LineSums, bothPending = false): void {
    const place = placeOf(standing)
    for (const line of sums.lines()) this.#write(place, bothPending ? { ...line, base: UNKNOWN } : line)
  }

  #write(place: Place, line: Line): void {
    const desk = this.#desk
    const dimension = desk.dimensions.of(line.dimension)
    const places = dimension.localPlaces
    this.postings.push({
      entry: place.entry,
      line: this.#next(place.entry),
      cause: place.cause,
      rule: ruleName(line.rule),
      portfolio: desk.opened.portfolio,
      sleeve: dimension.sleeve,
      custodyAccount: dimension.custodyAccount,
      cashAccount: dimension.cashAccount,
      account: dimension.account,
      instrument: dimension.instrument,
      lot: line.lot === NO_LOT ? null : desk.lotNames.text(line.lot),
      acquiredOn: line.acquired === NO_ACQUIRED ? null : dateOf(line.acquired),
      state: dimension.state,
      units: formatScaled(line.units, dimension.unitPlaces),
      currency: dimension.currency,
      local: formatScaled(line.local, places),
      base: isUnknown(line.base) ? null : formatScaled(line.base, this.#basePlaces),
      pending: line.pending,
      marketValue: line.marketValue === null ? null : formatScaled(line.marketValue, places),
      effectiveDate: place.effectiveDate,
      phase: place.phase,
      instant: place.instant,
      settleDate: place.settleDate,
      accountingDate: place.accountingDate,
      knownFrom: place.knownFrom,
      flags: flagNames(line.flags, line.pending !== 0 && isUnknown(line.base)),
    })
  }
}

/** What all lines of a standing have alike, written out once. */
type Place = Pick<
  Posting,
  'entry' | 'cause' | 'effectiveDate' | 'phase' | 'instant' | 'settleDate' | 'accountingDate' | 'knownFrom'
>

function placeOf({ entry, cause, accountingDay, knownFrom }: Standing): Place {
  return {
    entry: entry.name,
    cause,
    effectiveDate: dateOf(entry.date),
    phase: entry.phase,
    instant: entry.phase === 4 ? instantOf(entry.origin.micros) : null,
    settleDate: entry.settleDate === NO_DAY ? null : dateOf(entry.settleDate),
    accountingDate: dateOf(accountingDay),
    knownFrom,
  }
}

/** Whether an entry is pending: then all of its lines are. */
function pendingEntry(entry: Entry): boolean {
  return entry.end > entry.start && isUnknown(entry.chunk.base(entry.start))
}

const FLAG_NAMES: readonly (readonly [number, PostingFlag])[] = [
  [FLAG.fallback, 'fallback'],
  [FLAG.oversold, 'oversold'],
  [FLAG.overdrawn, 'overdrawn'],
  [FLAG.carried, 'carried'],
  [FLAG.projected, 'projected'],
]

const NO_FLAGS: readonly PostingFlag[] = []

function flagNames(flags: number, pending: boolean): readonly PostingFlag[] {
  if (flags === 0 && !pending) return NO_FLAGS
  const names = FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  if (pending || (flags & FLAG.costPending) !== 0) names.push('pending')
  return names
}

/** One change and when it is accounted for. */
export interface AccountedChange {
  readonly old: Entry | null
  readonly fresh: Entry | null
  /** Accounting day of what is reversed (or of the difference, when both stand at the same time), and of what is new. */
  readonly oldDay: number
  readonly freshDay: number
}

/** Writes the difference of one change. `unitCause` is the id of the learned unit's last event: the cause of pool entries. */
export function writeChange(
  writer: PostingWriter,
  change: AccountedChange,
  knownFrom: bigint,
  unitCause: string,
): void {
  const { old, fresh, oldDay, freshDay } = change
  const pool = (fresh ?? old)?.kind === ENTRY.pool
  const cause = pool ? unitCause : ((fresh ?? old)?.origin.cause ?? unitCause)
  if (fresh !== null && old !== null && sameTime(old, fresh)) {
    writer.difference(old, { entry: fresh, cause, accountingDay: oldDay, knownFrom })
    return
  }
  // An entry that moved in time is taken away there and put here, at one place in knowledge.
  if (old !== null)
    writer.reversal({ entry: old, cause, accountingDay: oldDay, knownFrom }, fresh !== null && pendingEntry(fresh))
  if (fresh !== null)
    writer.whole({ entry: fresh, cause, accountingDay: freshDay, knownFrom }, old !== null && !pendingEntry(old))
}
