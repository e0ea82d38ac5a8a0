// Records, corrects and cancels every fact but a fill: cash, fees, interest, taxes, receipts, FX, openings, lots, policies.
import type { PortfolioCommand } from '../../domain/portfolio/commands.ts'
import type { ElectionGiven, FactGiven } from '../../domain/portfolio/given.ts'
import { portfolio as portfolioModel } from '../../domain/portfolio/portfolio.ts'
import type { Advisor } from '../advisor.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import { type CancelFact, type FactCommand, factOfCommand } from '../commands/facts.ts'
import { toPortfolio } from '../portfolio-command.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { portfolioStream } from '../streams.ts'

export class Facts {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory
  readonly #advisor: Advisor

  constructor(handler: CommandHandler, directory: ReferenceDirectory, advisor: Advisor) {
    this.#handler = handler
    this.#directory = directory
    this.#advisor = advisor
  }

  /** @throws Refused `idempotency-conflict` when the reference was used for other content, and for what the book could not carry. */
  async record(portfolio: string, command: FactCommand, context: CommandContext): Promise<Answer> {
    const decided = factCommand(command, this.#directory)
    const eligible = command.kind === 'election' ? await this.#eligible(portfolio, command.body) : null
    const asked = eligible === null ? decided : { ...decided, eligible }
    return this.#send(portfolio, asked, command, dateOf(command), context)
  }

  /** Units of the account that an action is about; null while nobody can say. */
  async #eligible(portfolio: string, election: ElectionGiven): Promise<string | null> {
    const terms = this.#directory.action(election.instrument, election.action)
    if (terms === null) return null
    const { instrument } = election
    const custodyAccount = election.custodyAccount ?? (await this.#defaultAccount(portfolio))
    if (custodyAccount === null) return null
    return this.#advisor.eligibleUnits({ portfolio, instrument, custodyAccount, terms })
  }

  /** Sets the fact's whole new terms. @throws Refused `unknown-fact`, `fact-cancelled`. */
  correct(portfolio: string, command: FactCommand, context: CommandContext): Promise<Answer> {
    const decided = { ...factOfCommand(command), type: 'CorrectFact', knowledge: this.#directory } as const
    return this.#send(portfolio, decided, command, dateOf(command), context)
  }

  #defaultAccount(portfolio: string): Promise<string | null> {
    const stream = portfolioStream(portfolio)
    return this.#handler.look(stream, portfolioModel, ({ opened }) => opened?.defaults.custodyAccount ?? null)
  }

  /** @throws Refused `unknown-fact`, `bust-the-fill`. */
  cancel(portfolio: string, input: CancelFact, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, { type: 'CancelFact', ...input }, input, null, context)
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

/** A fact as the decider takes it. */
export function factCommand(
  command: FactCommand,
  knowledge: ReferenceDirectory,
): Extract<PortfolioCommand, { type: 'RecordFact' }> {
  return { ...factOfCommand(command), type: 'RecordFact', knowledge }
}

/** The business date a fact takes effect on; null where it has none of its own. */
export function dateOf(command: FactCommand): string | null {
  const { as } = factOfCommand(command)
  return dateOfGiven(as)
}

function dateOfGiven(as: FactGiven): string | null {
  switch (as.type) {
    case 'PolicyChanged':
      return as.effectiveOn
    case 'FeeScheduleSet':
      return as.schedule.from
    case 'FeeAccrued':
      return as.accrual.date
    case 'FeeInvoiced':
      return as.invoice.date
    case 'OptionEnded':
      return as.option.date
    case 'FxTraded':
      return as.fx.tradeDate
    case 'OpeningBalanceDeclared':
      return as.opening.date
    case 'ElectionMade':
      return as.election.electedOn
    case 'LotsIdentified':
      return null
    case 'CashInterestSet':
      return as.interest.effectiveOn
    case 'BorrowRateSet':
      return as.borrow.effectiveOn
    case 'BorrowPriceTaken':
      return as.taken.date
    case 'MarginTermsSet':
      return as.margin.effectiveOn
    case 'SettlementFailed':
      return as.failed.date
    case 'SettlementConfirmed':
      return as.settled.date
    default:
      return as.cash.valueDate
  }
}
