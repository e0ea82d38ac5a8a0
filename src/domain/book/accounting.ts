// When postings are accounted for: on their effective date, or on the first open day when that date was sealed by the time they
// became known (BOOK.md section 1). Remembers only the entries whose lines are not all on their own date.
import { NO_DAY } from './day.ts'
import type { Dimensions } from './dimensions.ts'
import { LineSums } from './difference.ts'
import { type Entry, sameTime } from './entry.ts'

/** Lines of one entry that stand at one time and are accounted for on one day. */
export interface AccountedGroup {
  readonly entry: Entry
  readonly day: number
  readonly sums: LineSums
}

/** When what a change reverses, and what it brings, is accounted for. */
export interface AccountingDays {
  readonly oldDay: number
  readonly freshDay: number
}

export class Accounting {
  /** Days through which seals stand, by fact. */
  readonly #seals = new Map<string, number>()
  /** Everything up to this day is closed for what becomes known now. */
  #sealedThrough = NO_DAY
  readonly #exceptions = new Map<string, AccountedGroup[]>()

  seal(fact: string, through: number): void {
    this.#seals.set(fact, through)
  }

  /** Takes back a seal; the newest of the others governs from then on. */
  unseal(fact: string): boolean {
    return this.#seals.delete(fact)
  }

  /** Lets the seals taken so far count from the next unit on. */
  apply(): void {
    this.#sealedThrough = Math.max(NO_DAY, ...this.#seals.values())
  }

  #firstOpen(day: number): number {
    return day > this.#sealedThrough ? day : this.#sealedThrough + 1
  }

  /**
   * The accounting days of a change: of what is reversed or differs, and of what is new; null when both are their own dates, as
   * nearly always. Remembers them where they matter.
   */
  days(dimensions: Dimensions, old: Entry | null, fresh: Entry | null): AccountingDays | null {
    const oldDate = old?.date ?? NO_DAY
    const freshDate = fresh?.date ?? oldDate
    if (
      this.#exceptions.size === 0 &&
      freshDate > this.#sealedThrough &&
      (old === null || oldDate > this.#sealedThrough)
    )
      return null
    const name = (fresh ?? old)?.name ?? ''
    const groups = this.#exceptions.get(name)
    // Never before the posting it changes: the latest day on which lines of this entry were accounted for.
    let latest = oldDate
    for (const group of groups ?? []) latest = Math.max(latest, group.day)
    const oldDay = Math.max(this.#firstOpen(oldDate), latest)
    const freshDay = this.#firstOpen(freshDate)
    if (old === null && groups !== undefined)
      return this.#note(dimensions, name, null, fresh, oldDay, Math.max(freshDay, latest))
    return this.#note(dimensions, name, old, fresh, oldDay, freshDay)
  }

  #note(
    dimensions: Dimensions,
    name: string,
    old: Entry | null,
    fresh: Entry | null,
    oldDay: number,
    freshDay: number,
  ): AccountingDays {
    const known = this.#exceptions.get(name)
    const groups = known ?? (old === null ? [] : [group(dimensions, old, old.date, old, 1)])
    const same = old !== null && fresh !== null && sameTime(old, fresh)
    if (old !== null) put(dimensions, groups, old, oldDay, -1)
    if (fresh !== null) put(dimensions, groups, fresh, same ? oldDay : freshDay, 1)
    const left = groups.filter(({ sums }) => !sums.empty)
    const plain = left.every(({ entry, day }) => entry.date === day) && left.length <= 1
    if (plain) this.#exceptions.delete(name)
    else this.#exceptions.set(name, left)
    return { oldDay, freshDay }
  }

  /** The groups of an entry whose lines are not all accounted for on their own date. */
  exception(name: string): readonly AccountedGroup[] | undefined {
    return this.#exceptions.get(name)
  }

  get hasExceptions(): boolean {
    return this.#exceptions.size > 0
  }

  /** All of them, by entry name. */
  get exceptions(): ReadonlyMap<string, readonly AccountedGroup[]> {
    return this.#exceptions
  }
}

function put(dimensions: Dimensions, groups: AccountedGroup[], entry: Entry, day: number, sign: 1 | -1): void {
  const known = groups.find((each) => each.day === day && sameTime(each.entry, entry))
  if (known !== undefined) known.sums.add(entry, sign)
  else groups.push(group(dimensions, entry, day, entry, sign))
}

function group(dimensions: Dimensions, entry: Entry, day: number, lines: Entry, sign: 1 | -1): AccountedGroup {
  const sums = new LineSums(dimensions)
  sums.add(lines, sign)
  return { entry, day, sums }
}
