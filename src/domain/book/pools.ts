// All cash pools of one book: (cash account, account, currency). They follow the cash lines of entries as these change.
import type { Int } from '../kernel/scaled.ts'
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import { ENTRY, type Entry, type EntryKind } from './entry.ts'
import type { BookBreak } from './knowledge.ts'
import { dateOf } from './day.ts'
import { Pool } from './pool.ts'

/** Entries that move cash. */
const MOVES_CASH: ReadonlySet<EntryKind> = new Set<EntryKind>([
  ENTRY.settle,
  ENTRY.settle2,
  ENTRY.cash,
  ENTRY.pay,
  ENTRY.opening,
  ENTRY.interestPaid,
  ENTRY.fail,
  ENTRY.fail2,
  ENTRY.part,
])

interface Member {
  readonly pool: Pool
  readonly sleeve: number
}

export class Pools {
  readonly #desk: Desk
  readonly #pools = new Map<string, Pool>()
  /** By dimension; null where a line is not cash. */
  readonly #members: (Member | null)[] = []
  readonly #dirty = new Set<Pool>()
  readonly #overdrawn = new Map<string, BookBreak>()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Follows a change of an entry. */
  follow(old: Entry | null, fresh: Entry | null): void {
    if (old !== null && MOVES_CASH.has(old.kind)) this.#move(old, -1)
    if (fresh !== null && MOVES_CASH.has(fresh.kind)) this.#move(fresh, 1)
  }

  #move(entry: Entry, sign: 1 | -1): void {
    const { chunk } = entry
    let first = -1
    let more = false
    for (let row = entry.start; row < entry.end; row++) {
      if (this.#member(chunk.dimension[row] ?? 0) === null) continue
      if (first < 0) first = row
      else more = true
    }
    if (first < 0) return
    if (more) this.#moveNet(entry, sign)
    else {
      const member = this.#member(chunk.dimension[first] ?? 0)
      if (member === null) return
      member.pool.move(entry.date, member.sleeve, chunk.local(first), chunk.base(first), sign)
      if (member.pool.dirty) this.#dirty.add(member.pool)
    }
  }

  /** What one entry moves between the sleeves of a pool is no movement of the pool: its lines there count net. */
  #moveNet(entry: Entry, sign: 1 | -1): void {
    const { chunk } = entry
    const lines = new Map<Pool, { readonly sleeve: number; readonly local: Int; readonly base: Int }[]>()
    for (let row = entry.start; row < entry.end; row++) {
      const member = this.#member(chunk.dimension[row] ?? 0)
      if (member === null) continue
      const mine = lines.get(member.pool) ?? []
      lines.set(member.pool, mine)
      mine.push({ sleeve: member.sleeve, local: chunk.local(row), base: chunk.base(row) })
    }
    for (const [pool, moved] of lines) {
      pool.moveNet(entry.date, moved, sign)
      if (pool.dirty) this.#dirty.add(pool)
    }
  }

  #member(dimension: DimensionId): Member | null {
    const known = this.#members[dimension]
    if (known !== undefined) return known
    const { account, cashAccount, currency } = this.#desk.dimensions.of(dimension)
    const cash = (account === 1000 || account === 1010) && cashAccount !== null && currency !== null
    const member = cash ? this.#join(dimension, cashAccount, account, currency) : null
    this.#members[dimension] = member
    return member
  }

  #join(dimension: DimensionId, cashAccount: string, account: number, currency: string): Member {
    const key = `${cashAccount}|${account}|${currency}`
    const pool = this.#pools.get(key) ?? new Pool(this.#desk, cashAccount, account, currency)
    this.#pools.set(key, pool)
    return { pool, sleeve: pool.sleeve(dimension) }
  }

  /** Folds the pools that moved; answers how many of their days that took. */
  fold(cause: string, changed: (old: Entry | null, fresh: Entry | null) => void): number {
    let days = 0
    for (const pool of this.#dirty) days += pool.fold(cause, changed)
    return days
  }

  /** Overdrafts that began or ended with the last fold. */
  breaks(): { readonly opened: BookBreak[]; readonly closed: BookBreak[] } {
    const opened: BookBreak[] = []
    const closed: BookBreak[] = []
    for (const pool of this.#dirty) {
      const before = this.#overdrawn.get(pool.name)
      const since = pool.overdrawnSince()
      if (since !== null && before?.since === dateOf(since)) continue
      if (before !== undefined) {
        closed.push(before)
        this.#overdrawn.delete(pool.name)
      }
      if (since === null) continue
      const message = `${pool.currency} of ${pool.name.slice('pool/'.length)} is overdrawn at the end of the last day known`
      const found: BookBreak = { code: 'overdrawn', fact: pool.name, message, since: dateOf(since) }
      this.#overdrawn.set(pool.name, found)
      opened.push(found)
    }
    this.#dirty.clear()
    return { opened, closed }
  }

  *entries(): Iterable<Entry> {
    for (const pool of this.#pools.values()) yield* pool.entries()
  }
}
