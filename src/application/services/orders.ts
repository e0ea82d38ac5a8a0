// Places, replaces and ends orders.
import type { PortfolioCommand } from '../../domain/portfolio/commands.ts'
import { leavesOf } from '../../domain/portfolio/evolve.ts'
import { portfolio as model } from '../../domain/portfolio/portfolio.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import type { EndOrder, PlaceOrder, ReplaceOrder } from '../commands/orders.ts'
import { toPortfolio } from '../portfolio-command.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { portfolioStream } from '../streams.ts'

export class Orders {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory

  constructor(handler: CommandHandler, directory: ReferenceDirectory) {
    this.#handler = handler
    this.#directory = directory
  }

  /** @throws Refused `unknown-instrument`, `idempotency-conflict`. */
  place(portfolio: string, input: PlaceOrder, context: CommandContext): Promise<Answer> {
    return this.#send(
      portfolio,
      { type: 'PlaceOrder', order: input, knowledge: this.#directory },
      input,
      input.tradeDate,
      context,
    )
  }

  /** @throws Refused `unknown-order`, `order-already-replaced`, `order-ended`. */
  replace(portfolio: string, input: ReplaceOrder, context: CommandContext): Promise<Answer> {
    const { replaces, ...order } = input
    const command = { type: 'ReplaceOrder', replaces, order, knowledge: this.#directory } as const
    return this.#send(portfolio, command, input, order.tradeDate, context)
  }

  /** @throws Refused `unknown-order`, `order-ended`. */
  end(portfolio: string, input: EndOrder, context: CommandContext): Promise<Answer> {
    return this.#send(portfolio, { type: 'EndOrder', ...input }, input, input.at, context)
  }

  /** Units an order's chain has left; null for an order nobody placed. */
  leaves(portfolio: string, order: string): Promise<string | null> {
    return this.#handler.look(portfolioStream(portfolio), model, (state) => leavesOf(state, order))
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
