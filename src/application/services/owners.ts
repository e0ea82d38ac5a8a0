// Registers legal owners and links them to portfolios and affiliates.
import { defined } from '../../domain/kernel/defined.ts'
import { owner as model, type OwnerCommand } from '../../domain/owner/owner.ts'
import { portfolio as portfolioModel } from '../../domain/portfolio/portfolio.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import type { AmendOwner, LinkAffiliate, LinkPortfolio, RegisterOwner } from '../commands/reference.ts'
import { ownerStream, portfolioStream } from '../streams.ts'

export class Owners {
  readonly #handler: CommandHandler

  constructor(handler: CommandHandler) {
    this.#handler = handler
  }

  /** @throws Refused `idempotency-conflict`. */
  register(terms: RegisterOwner, context: CommandContext): Promise<Answer> {
    return this.#send(terms.owner, { type: 'RegisterOwner', terms: defined(terms) }, terms, null, context)
  }

  /** @throws Refused `unknown-owner`. */
  amend(changes: AmendOwner, context: CommandContext): Promise<Answer> {
    return this.#send(changes.owner, { type: 'AmendOwner', changes }, changes, null, context)
  }

  /** @throws Refused `unknown-owner`, `unknown-portfolio`. */
  async linkPortfolio(link: LinkPortfolio, context: CommandContext): Promise<Answer> {
    const stream = portfolioStream(link.portfolio)
    const knowsPortfolio = await this.#handler.look(stream, portfolioModel, ({ opened }) => opened !== null)
    return this.#send(link.owner, { type: 'LinkPortfolio', link, knowsPortfolio }, link, link.from, context)
  }

  /** @throws Refused `unknown-owner`, `own-affiliate`. */
  async linkAffiliate(link: LinkAffiliate, context: CommandContext): Promise<Answer> {
    const stream = ownerStream(link.affiliate)
    const knowsAffiliate = await this.#handler.look(stream, model, ({ registered }) => registered !== null)
    return this.#send(link.owner, { type: 'LinkAffiliate', link, knowsAffiliate }, link, link.from, context)
  }

  #send(
    owner: string,
    command: OwnerCommand,
    input: unknown,
    effectiveAt: string | null,
    context: CommandContext,
  ): Promise<Answer> {
    return this.#handler.handle(
      {
        stream: ownerStream(owner),
        model,
        // The hash of the input would mark a name for ever; without a key of the sender's nobody compares it.
        input: { type: command.type, input: context.idempotencyKey === undefined ? owner : input },
        fact: owner,
        effectiveAt,
        decide: (state) => model.decide(command, state),
        firstRevision: () => (command.type === 'RegisterOwner' ? 0 : null),
      },
      context,
    )
  }
}
