// How fast a projector reads a log through the EventStoreDB adapter, against a bare subscribeToAll over the same events.
import { EventStoreDBClient, excludeSystemEvents, START } from '@eventstore/db-client'
import { UNIT_EVENTS_MAX } from '../src/eventstore/event-store.ts'
import { openEventStoreDb } from '../src/eventstore/eventstoredb/eventstoredb.ts'
import { Log } from '../src/eventstore/log.ts'
import { sha256Hex } from '../src/platform/ids.ts'
import { startServerProcess } from '../test/support/eventstore-server/as-process.ts'
import type { BenchResult } from './run.ts'
import { logFill, median } from './support/log-fills.ts'

const UNITS = 20
const ROUNDS = 5
const WARM_UP_ROUNDS = 1

/** All take turns, so that a slow moment of the machine or of the server hurts all alike. */
export async function run(): Promise<BenchResult> {
  const server = await startServerProcess()
  const store = await openEventStoreDb({ connectionString: server.connectionString })
  const bare = EventStoreDBClient.connectionString(server.connectionString)
  try {
    const log = new Log({ store })
    const events = UNITS * UNIT_EVENTS_MAX
    for (let unit = 0; unit < UNITS; unit++)
      await log.append({
        stream: `portfolio-${unit}`,
        expected: 'no-stream',
        commandId: `bulk:${unit}`,
        commandHash: sha256Hex(String(unit)),
        actor: 'bench',
        effectiveAt: '2025-03-14',
        events: Array.from({ length: UNIT_EVENTS_MAX }, (_, i) => logFill(unit * UNIT_EVENTS_MAX + i)),
      })

    /** As a projector does it: decoded, hashes compared, in whole units. */
    const throughLog = async () => {
      let read = 0
      for await (const item of log.subscribe()) {
        if (item.kind === 'unit') read += item.unit.events.length
        if (read === events) return
      }
    }
    const throughAdapter = async () => {
      let read = 0
      for await (const item of store.subscribeAll()) {
        if (item.kind === 'event') read += 1
        if (read === events) return
      }
    }
    const past = async () => {
      const subscription = bare.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() })
      let read = 0
      for await (const { event } of subscription) {
        if (event !== undefined) read += 1
        if (read === events) break
      }
      await subscription.unsubscribe()
    }
    const [logged, adapted, plain]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const ms = [await timed(throughLog), await timed(past), await timed(throughAdapter)] as const
      if (round < WARM_UP_ROUNDS) continue
      logged.push(ms[0])
      plain.push(ms[1])
      adapted.push(ms[2])
    }
    const rate = (ms: readonly number[]) => Math.round((events * 1000) / median(ms))
    return {
      value: median(plain.map((ms, i) => ms / (logged[i] ?? Number.NaN))),
      unit: 'x a bare subscribeToAll',
      goal: '>= 0.7x',
      notes: [
        `${events} fills, the server in a process of its own`,
        `through adapter and Log, decoded, hashes compared, in whole units ${rate(logged)} events/s; through the adapter alone ${rate(adapted)}; a bare subscribeToAll ${rate(plain)}`,
      ],
    }
  } finally {
    await bare.dispose()
    await store.close()
    await server.stop()
  }
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}
