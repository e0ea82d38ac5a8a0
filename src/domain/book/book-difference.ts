// The difference one call of `learn` made, kept as pairs of entries; postings and disposals are written out when first read.
import type { Accounting, AccountingDays } from './accounting.ts'
import type { Desk } from './desk.ts'
import { type AccountedChange, PostingWriter, writeChange } from './difference.ts'
import { disposalIds, disposalsOf } from './disposals.ts'
import type { Entry } from './entry.ts'
import type { BookBreak, Difference, Disposal, Unit } from './knowledge.ts'
import type { Posting } from './posting.ts'

/** Old and fresh entries and their accounting days, in columns: a bulk unit has thousands. */
export class BookDifference implements Difference {
  readonly breaksOpened: BookBreak[] = []
  readonly breaksClosed: Pick<BookBreak, 'code' | 'fact' | 'message'>[] = []
  readonly folded = { facts: 0, partitions: 0, poolDays: 0 }
  position = -1n
  readonly #old: (Entry | null)[] = []
  readonly #fresh: (Entry | null)[] = []
  /** Accounting days by change, where they are not the entries' own dates. */
  #days: Map<number, AccountingDays> | null = null
  readonly #accounting: Accounting
  #desk: Desk | null = null
  #cause = ''
  #postings: Posting[] | null = null
  #disposals: { readonly now: Disposal[]; readonly withdrawn: string[] } | null = null

  constructor(accounting: Accounting) {
    this.#accounting = accounting
  }

  /** The unit up to which this difference reaches. */
  reach(unit: Unit): void {
    this.position = unit.position
    this.#cause = unit.events.at(-1)?.id ?? ''
  }

  note(desk: Desk, old: Entry | null, fresh: Entry | null): void {
    const days = this.#accounting.days(desk.dimensions, old, fresh)
    if (days !== null) {
      this.#days ??= new Map()
      this.#days.set(this.#old.length, days)
    }
    this.#old.push(old)
    this.#fresh.push(fresh)
  }

  counted(desk: Desk, facts: number, partitions: number, poolDays: number): void {
    this.#desk = desk
    this.folded.facts += facts
    this.folded.partitions += partitions
    this.folded.poolDays += poolDays
  }

  opened(found: BookBreak): void {
    this.breaksOpened.push(found)
  }

  closed({ code, fact, message }: BookBreak): void {
    this.breaksClosed.push({ code, fact, message })
  }

  /** How many entries came, went or changed. */
  get changeCount(): number {
    return this.#old.length
  }

  *#changes(): Iterable<AccountedChange> {
    for (let i = 0; i < this.#old.length; i++) {
      const old = this.#old[i] ?? null
      const fresh = this.#fresh[i] ?? null
      const days = this.#days?.get(i)
      yield { old, fresh, oldDay: days?.oldDay ?? old?.date ?? 0, freshDay: days?.freshDay ?? fresh?.date ?? 0 }
    }
  }

  get postings(): readonly Posting[] {
    if (this.#postings !== null) return this.#postings
    if (this.#desk === null) return []
    const writer = new PostingWriter(this.#desk)
    for (const change of this.#changes()) writeChange(writer, change, this.position, this.#cause)
    this.#postings = writer.postings
    return this.#postings
  }

  get disposals(): readonly Disposal[] {
    return this.#gains().now
  }

  get withdrawnDisposals(): readonly string[] {
    return this.#gains().withdrawn
  }

  #gains(): { readonly now: Disposal[]; readonly withdrawn: string[] } {
    if (this.#disposals !== null) return this.#disposals
    const now = new Map<string, Disposal>()
    const gone = new Set<string>()
    if (this.#desk !== null)
      for (const { old, fresh } of this.#changes()) {
        for (const id of disposalIds(this.#desk, old)) {
          gone.add(id)
          now.delete(id)
        }
        for (const each of fresh === null ? [] : disposalsOf(this.#desk, fresh)) {
          now.set(each.disposal, each)
          gone.delete(each.disposal)
        }
      }
    this.#disposals = { now: [...now.values()], withdrawn: [...gone] }
    return this.#disposals
  }
}
