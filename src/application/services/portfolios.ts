// Opens, changes and closes portfolios.
import { defined } from '../../domain/kernel/defined.ts'
import type { PortfolioCommand } from '../../domain/portfolio/commands.ts'
import { portfolio as model } from '../../domain/portfolio/portfolio.ts'
import type { PortfolioState } from '../../domain/portfolio/state.ts'
import type { Holdings } from '../advisor.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import type { AddPlaces, ClosePortfolio, OpenPortfolio } from '../commands/portfolios.ts'
import { toPortfolio } from '../portfolio-command.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { portfolioStream } from '../streams.ts'

export class Portfolios {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory
  readonly #book: Holdings

  constructor(handler: CommandHandler, directory: ReferenceDirectory, book: Holdings) {
    this.#handler = handler
    this.#directory = directory
    this.#book = book
  }

  /** @throws Refused `portfolio-exists`, `unknown-default`, `unknown-calendar`, `unknown-currency`, `duplicate-place`, `unknown-time-zone`. */
  open(input: OpenPortfolio, context: CommandContext): Promise<Answer> {
    const { sleeves, custodyAccounts, cashAccounts, defaults: given } = input
    const cash = cashAccounts.find(({ kind }) => kind === 'cash') ?? cashAccounts[0]
    const cashAccount = given.cashAccount ?? cash?.id ?? ''
    const defaults = {
      sleeve: given.sleeve ?? sleeves[0] ?? '',
      custodyAccount: given.custodyAccount ?? custodyAccounts[0] ?? '',
      cashAccount,
      marginAccount: given.marginAccount ?? cashAccounts.find(({ kind }) => kind === 'margin')?.id ?? cashAccount,
    }
    const terms = defined({ ...input, defaults })
    return this.#send(
      input.portfolio,
      { type: 'OpenPortfolio', terms, knowledge: this.#directory },
      input,
      input.openedOn,
      context,
    )
  }

  addPlaces(portfolio: string, input: AddPlaces, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, { type: 'AddPlaces', places: input }, input, null, context)
  }

  /** Terminal. @throws Refused `open-orders`, `parked-items`, `holdings-remain`, `holdings-unknown`, `portfolio-closed`. */
  async close(portfolio: string, input: ClosePortfolio, context: CommandContext): Promise<Answer> {
    const holdings = await this.#book.holdingsOf(portfolio)
    return this.#send(portfolio, { type: 'ClosePortfolio', ...input, holdings }, input, input.closedOn, context)
  }

  /** What `view` makes of the write model: for what must be as certain as the next command. */
  look<T>(portfolio: string, view: (state: PortfolioState) => T): Promise<T> {
    return this.#handler.look(portfolioStream(portfolio), model, view)
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
