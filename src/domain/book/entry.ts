// One journal entry of the book as it is now: which fact it comes from, when it holds, and where its lines are.
import type { Chunk } from './lines.ts'

/** What an entry's name ends in; the number orders the entries of one fact. */
export const ENTRY = {
  trade: 0,
  trade2: 1,
  settle: 2,
  settle2: 3,
  cash: 4,
  ex: 5,
  pay: 6,
  out: 7,
  in: 8,
  opening: 9,
  method: 10,
  pool: 11,
  mark: 12,
  accrual: 13,
  manual: 14,
  reversal: 15,
  interest: 16,
  interestPaid: 17,
  fail: 18,
  fail2: 19,
  part: 20,
} as const
export type EntryKind = (typeof ENTRY)[keyof typeof ENTRY]

const ENDINGS = [
  'trade',
  'trade/2',
  'settle',
  'settle/2',
  'cash',
  'ex',
  'pay',
  'out',
  'in',
  'opening',
  'method',
  '',
  'mark',
  'accrual',
  'manual',
  'reversal',
  '',
  '',
  'fail',
  'fail/2',
  'settle',
]

/** Entries of which a fact has one for each custody account. */
const BY_ACCOUNT: ReadonlySet<EntryKind> = new Set([ENTRY.ex, ENTRY.pay, ENTRY.mark, ENTRY.accrual])

/** The fact (as it is now known) an entry comes from. */
export interface Origin {
  /** The fact's id. */
  readonly id: string
  /** Id of the event that gave it its present terms. */
  readonly cause: string
  /** Microseconds since 1970, or NO_INSTANT. */
  readonly micros: number
}

export class Entry {
  readonly kind: EntryKind
  readonly origin: Origin
  /** A custody account for actions, a declared line for openings, an instrument for method changes, the whole name for pools and accruals; null where one entry is enough. */
  readonly where: string | null
  readonly date: number
  readonly phase: number
  readonly settleDate: number
  readonly chunk: Chunk
  readonly start: number
  readonly end: number
  /** The fact's next entry. */
  next: Entry | null = null
  /** Log position at which its lines became known. */
  knownFrom = 0n

  constructor(
    kind: EntryKind,
    origin: Origin,
    where: string | null,
    date: number,
    phase: number,
    settleDate: number,
    chunk: Chunk,
    start: number,
    end: number,
  ) {
    this.kind = kind
    this.origin = origin
    this.where = where
    this.date = date
    this.phase = phase
    this.settleDate = settleDate
    this.chunk = chunk
    this.start = start
    this.end = end
  }

  get name(): string {
    if (this.kind === ENTRY.pool || this.kind === ENTRY.interest || this.kind === ENTRY.interestPaid)
      return this.where ?? ''
    if (this.kind === ENTRY.opening || this.kind === ENTRY.method)
      return `${this.origin.id}/${ENDINGS[this.kind]}/${this.where}`
    if (this.kind === ENTRY.part) return `${this.origin.id}/${ENDINGS[this.kind]}/${this.where}`
    const account = BY_ACCOUNT.has(this.kind) && this.where !== null ? `/${this.where}` : ''
    return `${this.origin.id}${account}/${ENDINGS[this.kind]}`
  }
}

/** Whether two entries stand at the same place in time; the instant counts only among trades. */
export function sameTime(a: Entry, b: Entry): boolean {
  return (
    a.date === b.date &&
    a.phase === b.phase &&
    a.settleDate === b.settleDate &&
    (a.phase !== 4 || a.origin.micros === b.origin.micros)
  )
}

/** Whether two entries have the very same lines, in the same order: then nothing changed. */
export function sameLines(a: Entry, b: Entry): boolean {
  const count = a.end - a.start
  if (count !== b.end - b.start) return false
  const one = a.chunk
  const two = b.chunk
  for (let i = 0; i < count; i++) {
    const x = a.start + i
    const y = b.start + i
    if (
      one.dimension[x] !== two.dimension[y] ||
      one.lot[x] !== two.lot[y] ||
      one.acquired[x] !== two.acquired[y] ||
      one.rule[x] !== two.rule[y] ||
      one.flags[x] !== two.flags[y] ||
      one.local(x) !== two.local(y) ||
      one.units(x) !== two.units(y) ||
      !Object.is(one.base(x), two.base(y)) ||
      one.marketValue(x) !== two.marketValue(y)
    )
      return false
  }
  return true
}

/** Gathers the entries of one fact. */
export class EntryChain {
  first: Entry | null = null
  #last: Entry | null = null

  add(entry: Entry | null): void {
    if (entry === null) return
    if (this.#last === null) this.first = entry
    else this.#last.next = entry
    this.#last = entry
  }
}
