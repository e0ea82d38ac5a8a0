// Blocks: placed, executed, shared out; an allocation becomes fills in the portfolios, safe to send again at any point.
import { type BlockCommand, type BlockKnowledge, block as model } from '../../domain/block/block.ts'
import type { BlockEvent, BlockTerms } from '../../domain/block/events.ts'
import { defined } from '../../domain/kernel/defined.ts'
import { portfolio as portfolioModel } from '../../domain/portfolio/portfolio.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import type {
  AllocateBlock,
  BustBlockExecution,
  CancelAllocation,
  CancelBlock,
  ExecuteBlock,
  PlaceBlock,
  ReplaceBlock,
} from '../commands/orders.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { blockStream, portfolioStream } from '../streams.ts'
import type { Fills } from './fills.ts'

type Allocated = Extract<BlockEvent, { type: 'BlockAllocated' }>['data']

/** An allocation's answer, and those of the fills it became, in the order of its parts. */
export interface AllocationAnswer {
  readonly allocation: Answer
  readonly fills: readonly { readonly portfolio: string; readonly answer: Answer }[]
}

export class Blocks {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory
  readonly #fills: Fills

  constructor(handler: CommandHandler, directory: ReferenceDirectory, fills: Fills) {
    this.#handler = handler
    this.#directory = directory
    this.#fills = fills
  }

  /** @throws Refused `unknown-portfolio`, `unknown-instrument`, `quantity-too-fine`. */
  async place(terms: PlaceBlock, context: CommandContext): Promise<Answer> {
    const knowledge = await this.#knowing(terms)
    return this.#send(terms.block, { type: 'PlaceBlock', terms, knowledge }, terms, terms.tradeDate, context)
  }

  /** @throws Refused `other-block`, `block-allocated`, `block-cancelled`. */
  async replace({ reason, ...terms }: ReplaceBlock, context: CommandContext): Promise<Answer> {
    const knowledge = await this.#knowing(terms)
    const command = { type: 'ReplaceBlock', terms, knowledge, reason } as const
    return this.#send(terms.block, command, { terms, reason: reason ?? null }, terms.tradeDate, context)
  }

  cancel(input: CancelBlock, context: CommandContext): Promise<Answer> {
    return this.#send(input.block, { type: 'CancelBlock', ...input }, input, null, context)
  }

  execute(execution: ExecuteBlock, context: CommandContext): Promise<Answer> {
    const knowledge = this.#knowledge(new Set())
    const command = { type: 'ExecuteBlock', execution: defined(execution), knowledge } as const
    return this.#send(execution.block, command, execution, execution.tradeDate, context)
  }

  /** @throws Refused `unknown-execution`, `execution-allocated`. */
  bustExecution(bust: BustBlockExecution, context: CommandContext): Promise<Answer> {
    return this.#send(bust.block, { type: 'BustBlockExecution', bust }, bust, bust.tradeDate, context)
  }

  /**
   * Shares out what was executed, then records the fills. A crash between the two is mended by sending the same again, or by the
   * allocation saga: the fills' keys follow from the allocation.
   * @throws Refused `nothing-to-allocate`.
   */
  async allocate(input: AllocateBlock, context: CommandContext): Promise<AllocationAnswer> {
    const { block, ...rest } = input
    const command = { type: 'AllocateBlock', ...rest, knowledge: this.#knowledge(new Set()) } as const
    const allocation = await this.#send(block, command, input, input.tradeDate, context)
    const made = await this.#handler.look(blockStream(block), model, ({ allocations, terms }) => ({
      terms,
      live: [...allocations.values()].filter(({ live, data }) => live && data.tradeDate === input.tradeDate),
    }))
    const fills: { portfolio: string; answer: Answer }[] = []
    if (made.terms !== null) {
      for (const { data } of made.live) fills.push(...(await this.recordFills(made.terms, data, context)))
    }
    return { allocation, fills }
  }

  /** Takes an allocation back: its fills are busted. @throws Refused `unknown-allocation`. */
  async cancelAllocation(input: CancelAllocation, context: CommandContext): Promise<Answer> {
    const { block, ...rest } = input
    const answer = await this.#send(block, { type: 'CancelAllocation', ...rest }, input, null, context)
    const taken = await this.#handler.look(blockStream(block), model, ({ allocations }) =>
      allocations.get(input.allocation),
    )
    if (taken !== undefined) await this.bustFills(taken.data, context)
    return answer
  }

  /** The fills of an allocation, recorded; those already there stay as they are. */
  async recordFills(
    terms: BlockTerms,
    allocated: Allocated,
    context: CommandContext,
  ): Promise<{ portfolio: string; answer: Answer }[]> {
    const { instrument, side, currency, block } = terms
    const { source, tradeDate, averagePrice, settlementDate } = allocated
    const inner = { ...context, idempotencyKey: undefined }
    return Promise.all(
      allocated.allocations.map(async ({ portfolio, quantity, consideration, costs, execId, ...destination }) => {
        const fill = defined({
          ...destination,
          source,
          execId,
          block,
          tradeDate,
          instrument: { scheme: 'id' as const, value: instrument },
          side,
          quantity,
          price: averagePrice,
          currency,
          consideration,
          costs,
          settlement: defined({ date: settlementDate }),
        })
        return { portfolio, answer: await this.#fills.record(portfolio, fill, inner) }
      }),
    )
  }

  /** Busts the fills of an allocation that was taken back; those already busted stay so. */
  async bustFills({ source, tradeDate, allocations, allocation }: Allocated, context: CommandContext): Promise<void> {
    const inner = { ...context, idempotencyKey: undefined }
    await Promise.all(
      allocations.map(({ portfolio, execId }) =>
        this.#fills.bust(
          portfolio,
          {
            source,
            tradeDate,
            execId: `${execId}.x`,
            execRefId: execId,
            reason: `allocation ${allocation} was cancelled`,
          },
          inner,
        ),
      ),
    )
  }

  #send(
    block: string,
    command: BlockCommand,
    input: unknown,
    effectiveAt: string | null,
    context: CommandContext,
  ): Promise<Answer> {
    return this.#handler.handle(
      {
        stream: blockStream(block),
        model,
        input: { type: command.type, input },
        fact: block,
        effectiveAt,
        decide: (state) => model.decide(command, state),
        firstRevision: () => (command.type === 'PlaceBlock' ? 0 : null),
      },
      context,
    )
  }

  async #knowing({ shares }: BlockTerms): Promise<BlockKnowledge> {
    const known = new Set<string>()
    for (const id of new Set(shares.map(({ portfolio }) => portfolio))) {
      if (await this.#handler.look(portfolioStream(id), portfolioModel, ({ opened }) => opened !== null)) known.add(id)
    }
    return this.#knowledge(known)
  }

  #knowledge(portfolios: ReadonlySet<string>): BlockKnowledge {
    return {
      instrument: (id) => this.#directory.instrumentById(id),
      knowsPortfolio: (id) => portfolios.has(id),
    }
  }
}
