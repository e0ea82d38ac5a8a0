// A portfolio's command as the handler takes it.
import type { PortfolioCommand } from '../domain/portfolio/commands.ts'
import type { PortfolioEvent } from '../domain/portfolio/events.ts'
import { factOf, firstRevision, portfolio as model } from '../domain/portfolio/portfolio.ts'
import type { PortfolioState } from '../domain/portfolio/state.ts'
import type { Command } from './command-handler.ts'
import { portfolioStream } from './streams.ts'

/** `input` is what was asked, for the hash beside an idempotency key. */
export function toPortfolio(
  portfolio: string,
  command: PortfolioCommand,
  input: unknown,
  effectiveAt: string | null,
): Command<PortfolioState, PortfolioEvent> {
  return {
    stream: portfolioStream(portfolio),
    model,
    input: { type: command.type, input },
    fact: factOf(command),
    effectiveAt,
    decide: (state) => model.decide(command, state),
    firstRevision: (state) => firstRevision(command, state),
  }
}
