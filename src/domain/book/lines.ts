// Posting lines in columns: written once, never changed, so that entries and differences can point at them for ever.
import { addInt, type Int, negInt } from '../kernel/scaled.ts'
import { isUnknown, opposite, UNKNOWN } from './amounts.ts'
import type { DimensionId } from './dimensions.ts'

/** No lot on a line. */
export const NO_LOT = -1

/** Flags of a line, as bits. */
export const FLAG = { fallback: 1, oversold: 2, overdrawn: 4, carried: 8, projected: 16, costPending: 32 } as const

/**
 * Beside the flags: the entry is pending, so the line states no base, though it may have one of its own (a known cost relieved at
 * an unknown rate), which settlement and actions go on with.
 */
const UNSTATED = 64
/** What of a line's flags is part of its key. */
export const STATED_FLAGS = 63

/** Rows per chunk: large enough to amortise its arrays, small enough that a few live rows do not hold much memory. */
const CHUNK_ROWS = 8192

/** A block of lines. An amount beyond 2^53, or one that is unknown, is NaN in its column; the former is then in `big`. */
export class Chunk {
  readonly dimension: Int32Array
  readonly lot: Int32Array
  readonly acquired: Int32Array
  readonly rule: Uint8Array
  readonly flags: Uint8Array
  /** Units, local and base of each row; where one is NaN, the methods below know what it is. */
  readonly amounts: Float64Array
  #big: Map<number, Int> | null = null
  #marketValues: Map<number, Int> | null = null
  readonly rows: number
  size = 0

  constructor(rows: number) {
    this.rows = rows
    this.dimension = new Int32Array(rows)
    this.lot = new Int32Array(rows)
    this.acquired = new Int32Array(rows)
    this.rule = new Uint8Array(rows)
    this.flags = new Uint8Array(rows)
    this.amounts = new Float64Array(rows * 3)
  }

  units(row: number): Int {
    return this.#get(row * 3)
  }
  local(row: number): Int {
    return this.#get(row * 3 + 1)
  }
  /** UNKNOWN on a pending line. */
  base(row: number): Int {
    return ((this.flags[row] ?? 0) & UNSTATED) === 0 ? this.#get(row * 3 + 2) : UNKNOWN
  }
  /** The line's own base, stated or not. */
  ownBase(row: number): Int {
    return this.#get(row * 3 + 2)
  }
  marketValue(row: number): Int | null {
    return this.#marketValues?.get(row) ?? null
  }

  #get(cell: number): Int {
    const value = this.amounts[cell] ?? UNKNOWN
    return Number.isNaN(value) ? (this.#big?.get(cell) ?? UNKNOWN) : value
  }

  set(row: number, units: Int, local: Int, base: Int): void {
    const cell = row * 3
    if (this.#big === null && typeof units === 'number' && typeof local === 'number' && typeof base === 'number') {
      this.amounts[cell] = units
      this.amounts[cell + 1] = local
      this.amounts[cell + 2] = base
      return
    }
    this.#put(cell, units)
    this.#put(cell + 1, local)
    this.#put(cell + 2, base)
  }

  /** Forgets amounts beyond 2^53 that a discarded line left at a row. */
  forgetBig(row: number): void {
    if (this.#big === null) return
    for (let cell = row * 3; cell < row * 3 + 3; cell++) this.#big.delete(cell)
  }

  /** Leaves the line's base unstated. */
  unstate(row: number): void {
    this.flags[row] = (this.flags[row] ?? 0) | UNSTATED
  }

  setMarketValue(row: number, value: Int): void {
    this.#marketValues ??= new Map()
    this.#marketValues.set(row, value)
  }

  #put(cell: number, value: Int): void {
    if (typeof value === 'number') {
      this.amounts[cell] = value
      // An unknown amount must not find what a discarded line left here.
      if (this.#big !== null) this.#big.delete(cell)
    } else {
      this.amounts[cell] = Number.NaN
      this.#big ??= new Map()
      this.#big.set(cell, value)
    }
  }

  /** Copies a row of another chunk onto the end. */
  copy(from: Chunk, row: number): void {
    const at = this.size++
    this.dimension[at] = from.dimension[row] ?? 0
    this.lot[at] = from.lot[row] ?? NO_LOT
    this.acquired[at] = from.acquired[row] ?? 0
    this.rule[at] = from.rule[row] ?? 0
    this.flags[at] = from.flags[row] ?? 0
    this.set(at, from.units(row), from.local(row), from.ownBase(row))
    const value = from.marketValue(row)
    if (value !== null) this.setMarketValue(at, value)
    else this.#marketValues?.delete(at)
  }
}

/** Writes the lines of one entry after the other. The lines of one entry always lie in one chunk. */
export class Lines {
  chunk = new Chunk(CHUNK_ROWS)
  /** First row of the entry being written. */
  start = 0
  #waits = false

  /** Begins an entry. */
  begin(): void {
    this.start = this.chunk.size
    this.#waits = false
  }

  /** The entry waits for a rate even where every line of it could say a base. */
  wait(): void {
    this.#waits = true
  }

  /** Forgets the lines of the entry being written. */
  discard(): void {
    this.chunk.size = this.start
  }

  get count(): number {
    return this.chunk.size - this.start
  }

  add(
    dimension: DimensionId,
    lot: number,
    acquired: number,
    units: Int,
    local: Int,
    base: Int,
    rule: number,
    flags: number,
  ): void {
    if (this.chunk.size === this.chunk.rows) this.#grow()
    const { chunk } = this
    const row = chunk.size++
    chunk.dimension[row] = dimension
    chunk.lot[row] = lot
    chunk.acquired[row] = acquired
    chunk.rule[row] = rule
    chunk.flags[row] = flags
    chunk.set(row, units, local, base)
  }

  /**
   * Moves a line of a written entry: takes it off the dimension it stands on and adds it to another. Nothing is added where the
   * line holds nothing.
   */
  move(from: Chunk, row: number, to: DimensionId, rule: number): void {
    const { amounts } = from
    const cell = row * 3
    const units = amounts[cell] ?? 0
    const local = amounts[cell + 1] ?? 0
    const base = amounts[cell + 2] ?? 0
    const lot = from.lot[row] ?? NO_LOT
    const acquired = from.acquired[row] ?? NO_ACQUIRED
    const dimension = from.dimension[row] ?? 0
    if (Number.isNaN(units + local + base)) {
      const [u, l, b] = [from.units(row), from.local(row), from.ownBase(row)]
      if (u === 0 && l === 0 && (b === 0 || isUnknown(b))) return
      this.add(dimension, lot, acquired, negInt(u), negInt(l), opposite(b), rule, 0)
      this.add(to, lot, acquired, u, l, b, rule, 0)
      return
    }
    if (units === 0 && local === 0 && base === 0) return
    this.#plain(dimension, lot, acquired, 0 - units, 0 - local, 0 - base, rule)
    this.#plain(to, lot, acquired, units, local, base, rule)
  }

  /** A line of plain numbers, without flags. */
  #plain(
    dimension: DimensionId,
    lot: number,
    acquired: number,
    units: number,
    local: number,
    base: number,
    rule: number,
  ): void {
    if (this.chunk.size === this.chunk.rows) this.#grow()
    const { chunk } = this
    const row = chunk.size++
    chunk.dimension[row] = dimension
    chunk.lot[row] = lot
    chunk.acquired[row] = acquired
    chunk.rule[row] = rule
    chunk.flags[row] = 0
    chunk.amounts[row * 3] = units
    chunk.amounts[row * 3 + 1] = local
    chunk.amounts[row * 3 + 2] = base
    chunk.forgetBig(row)
  }

  /** Adds to the entry's line of the same dimension, lot and rule, where there is one; lots relieved by one fill share lines so. */
  merge(dimension: DimensionId, units: Int, local: Int, base: Int, rule: number, flags: number): void {
    const { chunk } = this
    for (let row = this.start; row < chunk.size; row++) {
      if (chunk.dimension[row] !== dimension || chunk.lot[row] !== NO_LOT || chunk.rule[row] !== rule) continue
      const known = chunk.base(row)
      const sum = isUnknown(known) || isUnknown(base) ? UNKNOWN : addInt(known, base)
      chunk.set(row, addInt(chunk.units(row), units), addInt(chunk.local(row), local), sum)
      chunk.flags[row] = (chunk.flags[row] ?? 0) | flags
      return
    }
    this.add(dimension, NO_LOT, NO_ACQUIRED, units, local, base, rule, flags)
  }

  /** Whether a base amount of the entry is unknown, or a rate that it waits for. */
  get hasUnknown(): boolean {
    if (this.#waits) return true
    for (let row = this.start; row < this.chunk.size; row++) if (isUnknown(this.chunk.base(row))) return true
    return false
  }

  /** Takes out lines on which everything is zero: what cancelled while the entry was written. */
  dropNothing(): void {
    const { chunk } = this
    let kept = this.start
    const end = chunk.size
    for (let row = this.start; row < end; row++) {
      if (chunk.units(row) === 0 && chunk.local(row) === 0 && chunk.ownBase(row) === 0) continue
      if (kept !== row) {
        chunk.size = kept
        chunk.copy(chunk, row)
      }
      kept++
    }
    chunk.size = kept
  }

  /** Makes the whole entry pending: when one base amount is unknown, none is stated. */
  forgetBase(): void {
    for (let row = this.start; row < this.chunk.size; row++) this.chunk.unstate(row)
  }

  /** Adds to the market value of the entry's line of a dimension. */
  addMarketValue(dimension: DimensionId, value: Int): void {
    for (let row = this.chunk.size - 1; row >= this.start; row--) {
      if (this.chunk.dimension[row] !== dimension) continue
      this.chunk.setMarketValue(row, addInt(this.chunk.marketValue(row) ?? 0, value))
      return
    }
  }

  /** The entry does not fit: it moves to a new chunk, twice its size when it alone fills one. */
  #grow(): void {
    const full = this.chunk
    const held = full.size - this.start
    const next = new Chunk(Math.max(CHUNK_ROWS, held * 2))
    for (let row = this.start; row < full.size; row++) next.copy(full, row)
    full.size = this.start
    this.chunk = next
    this.start = 0
  }
}

/** On lines that carry no acquisition date. */
export const NO_ACQUIRED = -0x80000000
