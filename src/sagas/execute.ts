// Does what sagas ask for, through the application's own methods: asking twice does it once.
import type { CommandContext } from '../application/answer.ts'
import type { Application } from '../application/application.ts'
import { block as blockModel } from '../domain/block/block.ts'
import { Refused } from '../domain/kernel/refusal.ts'
import { blockStream } from '../application/streams.ts'
import type { SagaCommand } from './saga.ts'
import { type GivenLots, restate } from './restate.ts'

/** Refusals that mean there is nothing to do (any more): a person or another process came first, or it is not time yet. */
const NOTHING_TO_DO = new Set([
  'unknown-instrument',
  'ambiguous-instrument',
  'unknown-parked',
  'unknown-reference',
  'fill-parked',
  'fill-busted',
  'fill-dismissed',
  'transfer-cancelled',
])

/** What executing needs beside the application. */
export interface Executor {
  readonly app: Application
  readonly lots: GivenLots
}

/**
 * Executes one command.
 * @throws Refused for a refusal that needs a person; EventStoreError when the store could not say: then it is to be tried again.
 */
export async function execute(command: SagaCommand, saga: string, { app, lots }: Executor): Promise<void> {
  const context: CommandContext = { actor: `saga.${saga}`, causationId: command.trigger }
  try {
    await asked(command, context, app, lots)
  } catch (error) {
    if (!(error instanceof Refused) || !NOTHING_TO_DO.has(error.refusal.code)) throw error
  }
}

async function asked(command: SagaCommand, context: CommandContext, app: Application, lots: GivenLots): Promise<void> {
  switch (command.type) {
    case 'ReleaseParked': {
      const { portfolio, fact, named, on } = command
      const known = app.directory.instrument(named, on)
      if (known !== 'unknown' && known !== 'ambiguous') await app.fills.release(portfolio, { fact }, context)
      return
    }
    case 'RecordAllocation':
    case 'BustAllocation': {
      const { block, allocation } = command
      const found = await app.handler.look(blockStream(block), blockModel, ({ allocations, terms }) => ({
        terms,
        taken: allocations.get(allocation),
      }))
      if (found.terms === null || found.taken === undefined) return
      const { data, live } = found.taken
      if (command.type === 'BustAllocation') await app.blocks.bustFills(data, context)
      else if (live) await app.blocks.recordFills(found.terms, data, context)
      return
    }
    case 'CheckTransfer':
      return restate(command.transfer, command.position, context, app, lots)
  }
}
