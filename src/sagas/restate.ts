// Compares the lots a transfer recorded with those the giver's book really gave, and restates them when they differ.
import type { CommandContext } from '../application/answer.ts'
import type { Application } from '../application/application.ts'
import { transferStream } from '../application/streams.ts'
import { fingerprint } from '../domain/kernel/fingerprint.ts'
import type { MovedLot } from '../domain/portfolio/facts.ts'
import { transfer as model } from '../domain/transfer/transfer.ts'

/** What a giver's book gave. */
export interface GivenLots {
  /**
   * The lots that left `portfolio` with the transfer, as its book knows them at `position` or later; null when the book cannot be
   * read, which is tried again with the next unit that concerns it.
   */
  lotsGiven(portfolio: string, transfer: string, position: bigint): Promise<readonly MovedLot[] | null>
}

/** Restates the lots of a transfer when its giver's book gave others. Changes nothing when it is as recorded. */
export async function restate(
  transfer: string,
  position: bigint,
  context: CommandContext,
  app: Application,
  lots: GivenLots,
): Promise<void> {
  const terms = await app.handler.look(transferStream(transfer), model, (state) => (state.live ? state.terms : null))
  if (terms === null || terms.from === null) return
  const given = await lots.lotsGiven(terms.from.portfolio, transfer, position)
  if (given === null) return
  const restated = asRecorded(terms.lots, given)
  if (fingerprint(restated) === fingerprint(terms.lots)) return
  const command = { type: 'RestateTransferLots', transfer, lots: restated, reason: "the giver's lots changed" } as const
  // Asked twice, it restates once: the same lots again change nothing.
  await app.transfers.send(command, transfer, { lots: restated }, terms.date, context)
}

/** The lots given, in the order they were recorded, each with the market value it was recorded with. */
function asRecorded(recorded: readonly MovedLot[], given: readonly MovedLot[]): MovedLot[] {
  const place = new Map(recorded.map(({ lot }, i) => [lot, i]))
  const valued = given.map((lot) => {
    const before = recorded[place.get(lot.lot) ?? -1]
    return before?.marketValue === undefined ? lot : { ...lot, marketValue: before.marketValue }
  })
  return valued.sort((a, b) => (place.get(a.lot) ?? recorded.length) - (place.get(b.lot) ?? recorded.length))
}
