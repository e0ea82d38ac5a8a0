// Records fills, corrections and busts, answers what became of one, and works the parked queue.
import type { PortfolioCommand } from '../../domain/portfolio/commands.ts'
import { partsOfFillFact, fillFact } from '../../domain/portfolio/fact-id.ts'
import { portfolio as model } from '../../domain/portfolio/portfolio.ts'
import { type Message, messageOf, type Parked, parkedQueue } from '../../domain/portfolio/state.ts'
import type { Advisor } from '../advisor.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import type { BustFill, CorrectFill, DismissParked, RecordFill, ReleaseParked } from '../commands/fills.ts'
import { toPortfolio } from '../portfolio-command.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { portfolioStream } from '../streams.ts'

/** What became of a message about a fill. */
export interface FillStatus {
  readonly fact: string
  readonly kind: Message['kind']
  readonly status: Message['status']
  /** The fill it is about; null while unknown. */
  readonly root: string | null
  /** A fill's trade date as corrected. */
  readonly tradeDate: string
  /** Revision, in the portfolio's stream, of the event that first recorded it. */
  readonly revision: bigint
}

export class Fills {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory
  readonly #advisor: Advisor

  constructor(handler: CommandHandler, directory: ReferenceDirectory, advisor: Advisor) {
    this.#handler = handler
    this.#directory = directory
    this.#advisor = advisor
  }

  record(portfolio: string, input: RecordFill, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, fillCommand(input, this.#directory), input, input.tradeDate, context)
  }

  /** @throws Refused `fill-busted`, `idempotency-conflict` and what a fill is refused for. */
  correct(portfolio: string, input: CorrectFill, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, correctionCommand(input, this.#directory), input, input.fill.tradeDate, context)
  }

  bust(portfolio: string, input: BustFill, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, { type: 'BustFill', ...input }, input, input.tradeDate, context)
  }

  /** @throws Refused `unknown-parked`, `unknown-instrument`, `unknown-reference`, `fill-parked`. */
  release(portfolio: string, input: ReleaseParked, context: CommandContext): Promise<Answer> {
    const command = { type: 'ReleaseParked', ...input, knowledge: this.#directory } as const
    return this.#send(portfolio, command, input, partsOfFillFact(input.fact).tradeDate, context)
  }

  dismiss(portfolio: string, input: DismissParked, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, { type: 'DismissParked', ...input }, input, null, context)
  }

  /** "Did you get it?": what became of the message with that key; null when it never came. */
  find(portfolio: string, source: string, tradeDate: string, execId: string): Promise<FillStatus | null> {
    const fact = fillFact(source, tradeDate, execId)
    return this.#handler.look(portfolioStream(portfolio), model, (state) => {
      const message = messageOf(state, fact)
      if (message === undefined) return null
      const { kind, status, root, date, revision } = message
      return { fact, kind, status, root, tradeDate: date, revision: BigInt(revision) }
    })
  }

  /** What waits in the parked queue, oldest first. */
  parked(portfolio: string): Promise<Parked[]> {
    return this.#handler.look(portfolioStream(portfolio), model, (state) =>
      parkedQueue(state).map(([, parked]) => parked),
    )
  }

  async #send(
    portfolio: string,
    command: PortfolioCommand,
    input: unknown,
    effectiveAt: string | null,
    context: CommandContext,
  ): Promise<Answer> {
    const answer = await this.#handler.handle(toPortfolio(portfolio, command, input, effectiveAt), context)
    if (answer.alreadyThere) return answer
    const advice = this.#advisor.warningsOf(portfolio, answer.position)
    return advice.length === 0 ? answer : { ...answer, warnings: [...answer.warnings, ...advice] }
  }
}

/** A fill as the decider takes it. */
export function fillCommand(fill: RecordFill, knowledge: ReferenceDirectory): PortfolioCommand {
  return { type: 'RecordFill', fill, knowledge }
}

/** A correction as the decider takes it: its fill bears the source and a stand-in for the root's ExecID. */
export function correctionCommand({ fill, ...message }: CorrectFill, knowledge: ReferenceDirectory): PortfolioCommand {
  const { source, execRefId } = message
  return { type: 'CorrectFill', ...message, fill: { ...fill, source, execId: execRefId }, knowledge }
}
