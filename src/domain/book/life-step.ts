// One moment of an instrument's life in a book: a mark, an accrual, a coupon, a maturity; made from terms and time, not recorded.
import { dateOf, NO_INSTANT } from './day.ts'
import type { Entry } from './entry.ts'
import type { Step } from './step.ts'
import type { Owing } from './settling.ts'
import type { MovedWaiting } from './waiting.ts'

/** What can come to pass, and in which phase of its day (BOOK.md section 6). */
const PHASES = { coupon: 1, maturity: 2, mark: 7, accrual: 8, expired: 9 } as const
export type LifeKind = keyof typeof PHASES

export class LifeStep implements Step {
  readonly kind = 'life'
  readonly what: LifeKind
  readonly instrument: string
  /** `{what}:{instrument}:{date}`. */
  readonly id: string
  readonly cause: string
  readonly date: number
  readonly phase: number
  readonly sequence = 0
  readonly micros = NO_INSTANT
  readonly rank = 0
  readonly root: number
  readonly index = 0
  /** When what it leaves owed is paid; null when it leaves nothing. */
  readonly payDay: number | null
  mark = 0
  entries: Entry | null = null
  settles: Entry | null = null
  moved: MovedWaiting = []
  /** What it leaves owed, where its entries do not say it all: by custody account. */
  owing: readonly Owing<{ readonly where: string | null }>[] | null = null
  /** Replaced or no more. */
  gone = false

  constructor(what: LifeKind, instrument: string, date: number, cause: string, root: bigint, payDay: number | null) {
    this.what = what
    this.instrument = instrument
    this.id = `${what}:${instrument}:${dateOf(date)}`
    this.cause = cause
    this.date = date
    this.phase = PHASES[what]
    this.root = Number(root)
    this.payDay = payDay
  }
}
