// Which portfolios a block or a transfer that was recorded before is about: acting on it needs reach over all of them.
import type { CommandHandler } from '../application/command-handler.ts'
import { blockStream, transferStream } from '../application/streams.ts'
import { block as blockModel } from '../domain/block/block.ts'
import { transfer as transferModel } from '../domain/transfer/transfer.ts'

/** Portfolios of a block's shares and of what was allocated; none when there is no such block. */
export function portfoliosOfBlock(handler: CommandHandler, block: string): Promise<readonly string[]> {
  return handler.look(blockStream(block), blockModel, ({ terms, allocations }) => [
    ...(terms?.shares ?? []).map(({ portfolio }) => portfolio),
    ...[...allocations.values()].flatMap(({ data }) => data.allocations.map(({ portfolio }) => portfolio)),
  ])
}

/** Portfolios at both ends of a transfer as it stands; none when there is no such transfer. */
export function portfoliosOfTransfer(handler: CommandHandler, transfer: string): Promise<readonly string[]> {
  return handler.look(transferStream(transfer), transferModel, ({ terms }) =>
    [terms?.from?.portfolio, terms?.to?.portfolio].filter((portfolio) => portfolio !== undefined),
  )
}
