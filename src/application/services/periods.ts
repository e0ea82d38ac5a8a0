// Closes periods by checklist, seals and reopens them, and takes manual journal entries from two people.
import { Refused, refuse } from '../../domain/kernel/refusal.ts'
import type { PortfolioCommand } from '../../domain/portfolio/commands.ts'
import type { ManualGiven } from '../../domain/portfolio/manual-entry.ts'
import type { CheckItem } from '../../domain/portfolio/periods.ts'
import { portfolio as model } from '../../domain/portfolio/portfolio.ts'
import type { Heads, Suspense } from '../advisor.ts'
import type { Answer, CommandContext } from '../answer.ts'
import { checklistOf, parkedOf, type Statement, waitingEntriesOf } from '../checklist.ts'
import type { CommandHandler } from '../command-handler.ts'
import type { ClosePeriod, ReopenPeriod, RequestReopening, SealPeriod } from '../commands/portfolios.ts'
import { toPortfolio } from '../portfolio-command.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { portfolioStream } from '../streams.ts'

/** The newest price date of each instrument up to a day; null when it cannot be read. */
export type PriceDates = (
  instruments: readonly string[],
  through: string,
) => Promise<ReadonlyMap<string, string> | null>

/** How often a checklist is worked out again because something was recorded meanwhile. */
const ATTEMPTS = 3

export interface Checklist {
  readonly through: string
  /** Revision of the portfolio's stream that it holds at. */
  readonly revision: number
  /** Whether the period could be closed now. */
  readonly passes: boolean
  readonly items: readonly CheckItem[]
}

export class Periods {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory
  readonly #books: Heads & Suspense
  readonly #priceDates: PriceDates

  constructor(handler: CommandHandler, directory: ReferenceDirectory, books: Heads & Suspense, priceDates: PriceDates) {
    this.#handler = handler
    this.#directory = directory
    this.#books = books
    this.#priceDates = priceDates
  }

  /** The checklist as it stands; writes nothing. @throws Refused `unknown-portfolio`, `book-unknown`. */
  async check(portfolio: string, input: ClosePeriod): Promise<Checklist> {
    const { through, priceDays, waive } = input
    // The book before the decider's state: if anything comes between, the revisions differ and closing is refused.
    const head = await this.#books.headOf(portfolio)
    const state = await this.#handler.look(portfolioStream(portfolio), model, (seen) => ({
      defaults: seen.opened?.defaults ?? null,
      parked: parkedOf(seen),
      waitingEntries: waitingEntriesOf(seen),
    }))
    if (state.defaults === null)
      return refuse({ code: 'unknown-portfolio', message: `there is no portfolio ${portfolio}`, field: 'portfolio' })
    if (head === null)
      return refuse({
        code: 'book-unknown',
        message: 'the book could not be read just now',
        remedy: 'try again when the book is caught up',
      })
    const items = await checklistOf({
      through,
      journal: head.journal,
      breaks: head.breaks,
      parked: state.parked,
      waitingEntries: state.waitingEntries,
      priceDates: (instruments) => this.#priceDates(instruments, through),
      priceDays,
      statement: statementOf(input, state.defaults),
      waivers: waive,
    })
    const passes = items.every(({ outcome }) => outcome !== 'failed')
    return { through, revision: Number(head.revision), passes, items }
  }

  /** Seals a period with the checklist it passed. @throws Refused `checklist-not-passed`, `period-already-sealed`, `book-moved`. */
  async close(portfolio: string, input: ClosePeriod, context: CommandContext): Promise<Answer> {
    const { through, ref = through } = input
    for (let attempt = 1; ; attempt++) {
      const { items, revision } = await this.check(portfolio, input)
      const command = { type: 'ClosePeriod', ref, through, items, revision, actor: context.actor } as const
      try {
        return await this.#send(portfolio, command, input, through, context)
      } catch (error) {
        if (!(error instanceof Refused) || error.refusal.code !== 'book-moved' || attempt >= ATTEMPTS) throw error
      }
    }
  }

  /** Seals without a checklist but suspense. @throws Refused `period-already-sealed`, `suspense-not-zero`, `idempotency-conflict`. */
  async seal(portfolio: string, input: SealPeriod, context: CommandContext): Promise<Answer> {
    const { through, ref = through } = input
    const suspense = await this.#books.suspenseOf(portfolio, through)
    return this.#send(portfolio, { type: 'SealPeriod', ref, through, suspense }, input, through, context)
  }

  /** @throws Refused `not-the-newest-seal`, `unknown-fact`, `reopening-requested`. */
  requestReopening(portfolio: string, input: RequestReopening, context: CommandContext): Promise<Answer> {
    const command = { type: 'RequestReopening', ...input, actor: context.actor } as const
    return this.#send(portfolio, command, input, null, context)
  }

  /** A second person's word on a request. @throws Refused `approval-needed`, `same-person`, `not-the-newest-seal`, `unknown-fact`. */
  reopen(portfolio: string, input: ReopenPeriod, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, { type: 'ReopenPeriod', ...input, actor: context.actor }, input, null, context)
  }

  /** Records a manual entry that is not in the book yet. @throws Refused `unbalanced-entry`, `account-not-by-hand`, `idempotency-conflict`. */
  prepareEntry(portfolio: string, entry: ManualGiven, context: CommandContext): Promise<Answer> {
    const command = { type: 'PrepareEntry', entry, actor: context.actor, knowledge: this.#directory } as const
    return this.#send(portfolio, command, entry, entry.date, context)
  }

  /** Posts it. @throws Refused `same-person`, `unknown-fact`, `entry-withdrawn`. */
  approveEntry(portfolio: string, input: { readonly ref: string }, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, { type: 'ApproveEntry', ...input, actor: context.actor }, input, null, context)
  }

  /** Takes back what was prepared. @throws Refused `entry-posted`, `unknown-fact`. */
  withdrawEntry(
    portfolio: string,
    input: { readonly ref: string; readonly reason: string },
    context: CommandContext,
  ): Promise<Answer> {
    return this.#send(portfolio, { type: 'WithdrawEntry', ...input, actor: context.actor }, input, null, context)
  }

  #send(
    portfolio: string,
    command: PortfolioCommand,
    input: unknown,
    effectiveAt: string | null,
    context: CommandContext,
  ): Promise<Answer> {
    return this.#handler.handle(toPortfolio(portfolio, command, input, effectiveAt), context)
  }
}

function statementOf(
  { statement }: ClosePeriod,
  defaults: { readonly custodyAccount: string; readonly cashAccount: string },
): Statement | null {
  if (statement === undefined) return null
  const { view, positions, cash } = statement
  return {
    view,
    positions:
      positions?.map((row) => ({ ...row, custodyAccount: row.custodyAccount ?? defaults.custodyAccount })) ?? null,
    cash: cash?.map((row) => ({ ...row, cashAccount: row.cashAccount ?? defaults.cashAccount })) ?? null,
  }
}
