// How fast units of 500 fills go through log and EventStoreDB adapter, against the bare client sending the same batches.
import { EventStoreDBClient, type JSONEventData, NO_STREAM } from '@eventstore/db-client'
import { Codec } from '../src/eventstore/codec.ts'
import { UNIT_EVENTS_MAX } from '../src/eventstore/event-store.ts'
import { openEventStoreDb } from '../src/eventstore/eventstoredb/eventstoredb.ts'
import { Log } from '../src/eventstore/log.ts'
import { sha256Hex } from '../src/platform/ids.ts'
import { startServerProcess } from '../test/support/eventstore-server/as-process.ts'
import type { BenchResult } from './run.ts'
import { logFill, median } from './support/log-fills.ts'

const ROUNDS = 9
const WARM_UP_ROUNDS = 2
/** Each on a stream of its own, one unit after the other: a loader that waits for every answer, and some beside it. */
const CALLERS = 4
const UNITS_PER_CALLER = 3

/** Both take turns, so that a slow moment of the machine or of the server hurts both alike. */
export async function run(): Promise<BenchResult> {
  const server = await startServerProcess()
  const store = await openEventStoreDb({ connectionString: server.connectionString })
  const bare = EventStoreDBClient.connectionString(server.connectionString)
  try {
    const log = new Log({ store })
    const codec = new Codec()
    let units = 0
    const unit = (stream: string) => {
      const first = units++ * UNIT_EVENTS_MAX
      return {
        stream,
        commandId: `bulk:${first}`,
        commandHash: sha256Hex(String(first)),
        actor: 'bench',
        effectiveAt: '2025-03-14',
        events: Array.from({ length: UNIT_EVENTS_MAX }, (_, i) => logFill(first + i)),
      }
    }
    const through = async (streams: string): Promise<number> => {
      const lanes = Array.from({ length: CALLERS }, (_, c) =>
        Array.from({ length: UNITS_PER_CALLER }, () => unit(`${streams}-${c}`)),
      )
      return await perSecond(lanes, async (lane) => {
        let head: bigint | undefined
        for (const next of lane) head = (await log.append({ ...next, expected: head ?? 'no-stream' })).revision
      })
    }
    /** The client gets what the adapter would make of the fills; making it is not its work, sending it is. */
    const past = async (streams: string): Promise<number> => {
      const lanes = await Promise.all(
        Array.from({ length: CALLERS }, async (_, c) => {
          const stream = `${streams}-${c}`
          const batches: JSONEventData[][] = []
          for (let u = 0; u < UNITS_PER_CALLER; u++) {
            const encoded = await codec.encode({ ...unit(stream), recordedAt: '2025-03-14T15:00:00.000000Z' })
            batches.push(
              encoded.map(({ id, type, data, metadata }) => {
                const contentType = 'application/json' as const
                return { contentType, id, type, data: JSON.parse(data), metadata: JSON.parse(metadata) }
              }),
            )
          }
          return { stream, batches }
        }),
      )
      return await perSecond(lanes, async ({ stream, batches }) => {
        let head: bigint | undefined
        for (const batch of batches) {
          const answer = await bare.appendToStream(stream, batch, { expectedRevision: head ?? NO_STREAM })
          head = answer.nextExpectedRevision
        }
      })
    }
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const rates = [await through(`portfolio-ours${round}`), await past(`portfolio-theirs${round}`)] as const
      if (round < WARM_UP_ROUNDS) continue
      ours.push(rates[0])
      theirs.push(rates[1])
    }
    return {
      value: median(ours.map((rate, i) => rate / (theirs[i] ?? Number.NaN))),
      unit: 'x the bare client',
      goal: '>= 0.6x',
      notes: [
        `${CALLERS} callers, units of ${UNIT_EVENTS_MAX} fills, the server in a process of its own`,
        `through Log, codec and adapter (validated, hashed, canonical) ${Math.round(median(ours))} fills/s; the bare client ${Math.round(median(theirs))} events/s with the same bytes`,
      ],
    }
  } finally {
    await bare.dispose()
    await store.close()
    await server.stop()
  }
}

async function perSecond<T>(lanes: readonly T[], run: (lane: T) => Promise<void>): Promise<number> {
  const start = performance.now()
  await Promise.all(lanes.map(run))
  return (CALLERS * UNITS_PER_CALLER * UNIT_EVENTS_MAX * 1000) / (performance.now() - start)
}
