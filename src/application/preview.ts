// The preview: what a dry run would change in the books it concerns. The same deciders and the same fold; nothing is written.
import { setImmediate as otherTurns } from 'node:timers/promises'
import type { BookBreak, Disposal, KnownEvent, Unit } from '../domain/book/knowledge.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import { changesOf, type FigureChanges, type LiveSeal } from './book-changes.ts'
import { type BookSource, bookOf } from './book-source.ts'
import type { DryRun } from './dry-run.ts'

/** Books of one preview at most: a command that concerns more is asked of some portfolios at a time. */
const BOOKS_MAX = 2000

/** Which portfolios units of the log would concern, their own and those that hold what they are about, as known at a position. */
export type ConcernedBy = (
  units: readonly (Unit & { readonly stream: string })[],
  position: bigint,
) => Promise<readonly string[]>

export interface DisposalChange {
  readonly disposal: string
  readonly before: Disposal | null
  readonly after: Disposal | null
}

export interface PortfolioPreview extends FigureChanges {
  readonly portfolio: string
  readonly gains: readonly DisposalChange[]
  readonly sealed: readonly LiveSeal[]
  readonly reopened: readonly LiveSeal[]
  readonly breaksOpened: readonly BookBreak[]
  readonly breaksClosed: readonly Pick<BookBreak, 'code' | 'fact' | 'message'>[]
}

export interface Preview {
  /** The end of the log that it was worked out at. */
  readonly position: bigint
  /** What would be recorded, in order. */
  readonly records: readonly { readonly stream: string; readonly type: string; readonly data: object }[]
  /** Portfolios in whose book something would change. */
  readonly portfolios: readonly PortfolioPreview[]
  /** Portfolios concerned that the sender may not see. */
  readonly unseen: number
}

export class Previews {
  readonly #source: BookSource
  readonly #concernedBy: ConcernedBy

  constructor(source: BookSource, concernedBy: ConcernedBy) {
    this.#source = source
    this.#concernedBy = concernedBy
  }

  /**
   * What the dry run would change. What sagas would do after it (a transfer's lots restated) is not in it.
   * @param maySee whether the sender's reach holds a portfolio
   * @throws Refused `book-unknown`, `preview-too-large`.
   */
  async of(dry: DryRun, maySee: (portfolio: string) => boolean): Promise<Preview> {
    const position = await this.#source.headPosition()
    if (position === null)
      return refuse({
        code: 'book-unknown',
        message: 'the books could not be read just now',
        remedy: 'try again when they are caught up',
      })
    const records = dry.units.flatMap(({ stream, events }) => events.map(({ type, data }) => ({ stream, type, data })))
    const units = toUnits(dry, position)
    const concerned = units.length === 0 ? [] : await this.#concernedBy(units, position)
    const seen = concerned.filter(maySee)
    if (seen.length > BOOKS_MAX)
      refuse({
        code: 'preview-too-large',
        message: `it concerns ${seen.length} portfolios; a preview works out ${BOOKS_MAX}`,
        remedy: 'ask with a token whose scope is fewer portfolios',
      })
    const reference = this.#source.referenceAt(position)
    for (const unit of units) reference.learn(unit)
    const portfolios: PortfolioPreview[] = []
    for (const portfolio of seen) {
      const before = await this.#source.unitsOf(portfolio, position)
      const { book, learned } = bookOf({ portfolio, reference }, before.units)
      const own = units.filter((unit) => unit.stream === `portfolio-${portfolio}` || isShared(unit.stream))
      const seals = sealsOf(before.units)
      const difference = book.learnAll(own)
      const after = sealsOf([...before.units, ...own])
      const figures = changesOf(difference.postings, book.journal, [...seals.values()])
      const preview: PortfolioPreview = {
        portfolio,
        ...figures,
        gains: gainsOf(learned.disposals, difference.disposals, difference.withdrawnDisposals),
        sealed: [...after].flatMap(([seal, live]) => (seals.has(seal) ? [] : [live])),
        reopened: [...seals].flatMap(([seal, live]) => (after.has(seal) ? [] : [live])),
        breaksOpened: difference.breaksOpened,
        breaksClosed: difference.breaksClosed,
      }
      if (!isEmpty(preview)) portfolios.push(preview)
      // A book may take a while: others have their turn in between.
      await otherTurns()
    }
    return { position, records, portfolios, unseen: concerned.length - seen.length }
  }
}

/** Transfers and reference knowledge go to every book concerned; a portfolio's own stream to its own. */
function isShared(stream: string): boolean {
  return !stream.startsWith('portfolio-')
}

/** What would be recorded, at positions after the end of the log. */
function toUnits(dry: DryRun, head: bigint): (Unit & { readonly stream: string })[] {
  const recordedAt = new Date().toISOString()
  let position = head
  return dry.units.flatMap(({ stream, events }) => {
    const known = events.filter(isKnown).map((event): KnownEvent => {
      position += 1n
      return { ...event, id: `preview-${position - head}`, position }
    })
    return known.length === 0 ? [] : [{ stream, position, recordedAt, events: known }]
  })
}

/** Books understand every event but those of blocks. */
function isKnown(event: LedgerEvent): event is Exclude<LedgerEvent, { type: `Block${string}` }> {
  return !event.type.startsWith('Block')
}

/** The seals that stand, by fact. */
function sealsOf(units: readonly Unit[]): Map<string, LiveSeal> {
  const seals = new Map<string, LiveSeal>()
  for (const { events } of units)
    for (const event of events) {
      if (event.type === 'PeriodSealed')
        seals.set(event.data.fact, { seal: event.data.fact, through: event.data.through })
      else if (event.type === 'PeriodReopened' || event.type === 'FactCancelled') seals.delete(event.data.fact)
    }
  return seals
}

function gainsOf(
  known: readonly Disposal[],
  now: readonly Disposal[],
  withdrawn: readonly string[],
): readonly DisposalChange[] {
  if (now.length + withdrawn.length === 0) return []
  const before = new Map(known.map((each) => [each.disposal, each]))
  const after = new Map(now.map((each) => [each.disposal, each]))
  return [...new Set([...after.keys(), ...withdrawn])].sort().flatMap((disposal): DisposalChange[] => {
    const change = { disposal, before: before.get(disposal) ?? null, after: after.get(disposal) ?? null }
    // Folded again, and the same as it was.
    return JSON.stringify(change.before) === JSON.stringify(change.after) ? [] : [change]
  })
}

function isEmpty({ lots, balances, gains, closed, sealed, reopened, breaksOpened, breaksClosed }: PortfolioPreview) {
  return [lots, balances, gains, closed, sealed, reopened, breaksOpened, breaksClosed].every((of) => of.length === 0)
}
