// One foreign cash pool: its movements by day, and the day's entry that brings its base cost to the moving average
// (BOOK.md section 1, docs/book.md "Pool entry").
import { absInt, addInt, type Int, mulDivHalfEven, negInt, subInt } from '../kernel/scaled.ts'
import { isUnknown, minus, opposite, plus, spread, UNKNOWN } from './amounts.ts'
import { dateOf, NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'
import { ENTRY, type Entry } from './entry.ts'
import { NO_ACQUIRED, NO_LOT } from './lines.ts'
import { rule } from './rules.ts'

const POOL = rule('pool')

/** What moved on one day: receipts and payments as positive numbers; base of known movements, and how many are unknown. */
class Day {
  readonly day: number
  receipts: Int = 0
  receiptsBase: Int = 0
  receiptsUnknown = 0
  payments: Int = 0
  paymentsBase: Int = 0
  paymentsUnknown = 0
  movements = 0
  /** Net and gross movement by sleeve. */
  readonly net: Int[] = []
  readonly gross: Int[] = []
  /** How the day ends: local by sleeve, and base of the whole pool. */
  closing: Int[] = []
  closingLocal: Int = 0
  closingBase: Int = 0
  /** First day of the overdraft in which it ends; NO_DAY when it ends with none. */
  overdrawnSince = NO_DAY
  entry: Entry | null = null

  constructor(day: number) {
    this.day = day
  }
}

/** A sleeve's lines in a pool. */
interface SleeveLines {
  readonly sleeve: string
  readonly cash: DimensionId
  /** 4120. */
  readonly gain: DimensionId
}

const NO_CLOSING: readonly Int[] = []

export class Pool {
  readonly name: string
  readonly currency: string
  readonly foreign: boolean
  readonly #desk: Desk
  readonly #sleeves: SleeveLines[] = []
  readonly #days: Day[] = []
  #dirtyFrom = Number.POSITIVE_INFINITY
  #dirtyTo = NO_DAY

  constructor(desk: Desk, cashAccount: string, account: number, currency: string) {
    this.#desk = desk
    this.name = `pool/${cashAccount}/${account}/${currency}`
    this.currency = currency
    this.foreign = currency !== desk.functional
  }

  /** The number of a sleeve's cash line in this pool. */
  sleeve(cash: DimensionId): number {
    const known = this.#sleeves.findIndex((lines) => lines.cash === cash)
    if (known >= 0) return known
    const { sleeve } = this.#desk.dimensions.of(cash)
    return this.#sleeves.push({ sleeve, cash, gain: this.#desk.sleeveLine(4120, this.currency, sleeve) }) - 1
  }

  /** Adds the movement of one line (sign 1) or takes it away (sign -1). */
  move(date: number, sleeve: number, local: Int, base: Int, sign: 1 | -1): void {
    if (local === 0 && base === 0) return
    const day = this.#day(date)
    this.#flow(day, local, base, sign)
    this.#sleeveFlow(day, sleeve, local, sign)
    this.#touch(day)
  }

  /** The same for the lines of one entry, which count net for the pool and each for its sleeve. */
  moveNet(
    date: number,
    lines: readonly { readonly sleeve: number; readonly local: Int; readonly base: Int }[],
    sign: 1 | -1,
  ): void {
    const day = this.#day(date)
    const local = lines.reduce<Int>((sum, line) => addInt(sum, line.local), 0)
    const base = lines.reduce<Int>((sum, line) => plus(sum, line.base), 0)
    this.#flow(day, local, base, sign)
    for (const line of lines) this.#sleeveFlow(day, line.sleeve, line.local, sign)
    this.#touch(day)
  }

  #flow(day: Day, local: Int, base: Int, sign: 1 | -1): void {
    const amount = sign > 0 ? absInt(local) : negInt(absInt(local))
    const known = isUnknown(base) ? 0 : sign > 0 ? absInt(base) : negInt(absInt(base))
    const unknown = isUnknown(base) && local !== 0 ? sign : 0
    if (local > 0) {
      day.receipts = addInt(day.receipts, amount)
      day.receiptsBase = addInt(day.receiptsBase, known)
      day.receiptsUnknown += unknown
    } else if (local < 0) {
      day.payments = addInt(day.payments, amount)
      day.paymentsBase = addInt(day.paymentsBase, known)
      day.paymentsUnknown += unknown
    }
    day.movements += sign
  }

  #sleeveFlow(day: Day, sleeve: number, local: Int, sign: 1 | -1): void {
    while (day.net.length <= sleeve) {
      day.net.push(0)
      day.gross.push(0)
    }
    const size = absInt(local)
    day.net[sleeve] = addInt(day.net[sleeve] ?? 0, sign > 0 ? local : negInt(local))
    day.gross[sleeve] = addInt(day.gross[sleeve] ?? 0, sign > 0 ? size : negInt(size))
  }

  #touch({ day }: Day): void {
    if (day < this.#dirtyFrom) this.#dirtyFrom = day
    if (day > this.#dirtyTo) this.#dirtyTo = day
  }

  get dirty(): boolean {
    return this.#dirtyTo !== NO_DAY
  }

  #day(date: number): Day {
    const days = this.#days
    const last = days.at(-1)
    if (last !== undefined && last.day === date) return last
    const at = this.#place(date)
    const found = days[at]
    if (found !== undefined && found.day === date) return found
    const made = new Day(date)
    days.splice(at, 0, made)
    return made
  }

  #place(date: number): number {
    let low = 0
    let high = this.#days.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#days[middle]?.day ?? 0) < date) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Folds again from the first day that changed until nothing changes any more; answers how many days that were. */
  fold(cause: string, changed: (old: Entry | null, fresh: Entry | null) => void): number {
    const first = this.#place(this.#dirtyFrom)
    let kept = first
    let folded = 0
    let i = first
    for (; i < this.#days.length; i++) {
      const day = this.#days[i]
      if (day === undefined) break
      const before = kept > 0 ? this.#days[kept - 1] : undefined
      folded++
      const { entry, closing, closingLocal, closingBase, overdrawnSince } = day
      const gone = day.movements === 0
      const fresh = gone ? null : this.#close(day, before, cause)
      day.entry = fresh
      if (entry !== null || fresh !== null) changed(entry, fresh)
      if (!gone) this.#days[kept++] = day
      const settled =
        !gone &&
        day.day > this.#dirtyTo &&
        closingLocal === day.closingLocal &&
        overdrawnSince === day.overdrawnSince &&
        Object.is(closingBase, day.closingBase)
      if (settled && sameBalances(closing, day.closing)) {
        i++
        break
      }
    }
    if (kept < i) this.#days.splice(kept, i - kept)
    this.#dirtyFrom = Number.POSITIVE_INFINITY
    this.#dirtyTo = NO_DAY
    return this.foreign ? folded : 0
  }

  /** Works out how a day ends, and writes its entry. */
  #close(day: Day, before: Day | undefined, cause: string): Entry | null {
    const opening = before?.closing ?? NO_CLOSING
    const openingLocal = before?.closingLocal ?? 0
    const openingBase = before?.closingBase ?? 0
    day.closing = this.#sleeves.map((_, s) => addInt(opening[s] ?? 0, day.net[s] ?? 0))
    day.closingLocal = subInt(addInt(openingLocal, day.receipts), day.payments)
    day.overdrawnSince = day.closingLocal >= 0 ? NO_DAY : since(before, day)
    const receipts = day.receiptsUnknown > 0 ? UNKNOWN : day.receiptsBase
    const payments = day.paymentsUnknown > 0 ? UNKNOWN : day.paymentsBase
    if (!this.foreign) {
      day.closingBase = day.closingLocal
      return null
    }
    day.closingBase =
      openingLocal >= 0
        ? remaining(addInt(openingLocal, day.receipts), plus(openingBase, receipts), day.payments, payments)
        : opposite(
            remaining(addInt(negInt(openingLocal), day.payments), minus(payments, openingBase), day.receipts, receipts),
          )
    const gap = minus(day.closingBase, plus(openingBase, minus(receipts, payments)))
    if (gap === 0) return null
    return this.#entry(day, opening, gap, cause)
  }

  #entry(day: Day, opening: readonly Int[], gap: Int, cause: string): Entry | null {
    const { lines } = this.#desk
    // Sleeves by id, so that ties of the largest remainder fall the same way in every book.
    const order = this.#sleeves.map((_, s) => s)
    order.sort((a, b) => ((this.#sleeves[a]?.sleeve ?? '') < (this.#sleeves[b]?.sleeve ?? '') ? -1 : 1))
    const balances = order.map((s) => absInt(addInt(opening[s] ?? 0, day.closing[s] ?? 0)))
    const weights = balances.some((weight) => weight !== 0) ? balances : order.map((s) => day.gross[s] ?? 0)
    const shares = isUnknown(gap) ? weights.map((w) => (w === 0 ? 0 : UNKNOWN)) : spread(gap, weights)
    lines.begin()
    for (const [i, s] of order.entries()) {
      const part = shares[i] ?? 0
      const sleeve = this.#sleeves[s]
      if (part === 0 || sleeve === undefined) continue
      lines.add(sleeve.cash, NO_LOT, NO_ACQUIRED, 0, 0, part, POOL, 0)
      lines.add(sleeve.gain, NO_LOT, NO_ACQUIRED, 0, 0, opposite(part), POOL, 0)
    }
    const name = `${this.name}/${dateOf(day.day)}`
    return this.#desk.entry(ENTRY.pool, { id: name, cause, micros: NO_INSTANT }, day.day, 9, NO_DAY, name)
  }

  /** The first day of the stretch in which the pool is overdrawn at its end; null when it is not. */
  overdrawnSince(): number | null {
    const last = this.#days.at(-1)?.overdrawnSince ?? NO_DAY
    return last === NO_DAY ? null : last
  }

  /** The pool's entries as they are now, by day. */
  *entries(): Iterable<Entry> {
    for (const { entry } of this.#days) if (entry !== null) yield entry
  }
}

/**
 * Base of what is left when `out` leaves `held` (cost `cost`): held - round-half-even(cost x out / held); when more leaves than is
 * held, the other side begins at the leaving day's rate, with a negative sign. Any pending movement makes it unknown until then.
 */
function remaining(held: Int, cost: Int, out: Int, outBase: Int): Int {
  if (out === held) return 0
  if (out < held) {
    if (isUnknown(cost) || isUnknown(outBase)) return UNKNOWN
    return out === 0 ? cost : subInt(cost, mulDivHalfEven(cost, out, held))
  }
  return isUnknown(outBase) ? UNKNOWN : negInt(mulDivHalfEven(outBase, subInt(out, held), out))
}

function since(before: Day | undefined, day: Day): number {
  const earlier = before?.overdrawnSince ?? NO_DAY
  return earlier === NO_DAY ? day.day : earlier
}

function sameBalances(a: readonly Int[], b: readonly Int[]): boolean {
  const length = Math.max(a.length, b.length)
  for (let i = 0; i < length; i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return false
  return true
}
