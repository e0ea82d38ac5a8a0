// The contract on the EventStoreDB adapter: against the protocol server always, against a real server where there is one.
import { describe, test } from 'vitest'
import { openEventStoreDb } from '../../src/eventstore/eventstoredb/eventstoredb.ts'
import { EventStoreServer } from '../support/eventstore-server/server.ts'
import { findRealServer } from '../support/eventstore-server/real-server.ts'
import { eventStoreContract } from './event-store-contract.ts'

eventStoreContract('EventStoreDB (protocol server)', async () => {
  const server = await EventStoreServer.start()
  const { connectionString } = server
  const store = await openEventStoreDb({ connectionString })
  const close = async () => {
    await store.close()
    server.stop()
  }
  return { store, another: () => openEventStoreDb({ connectionString }), empty: true, close }
})

const real = await findRealServer()
if (real.kind === 'found') {
  eventStoreContract(`EventStoreDB (${real.what})`, async () => {
    const { connectionString, stop } = await real.start()
    const store = await openEventStoreDb({ connectionString, openMs: 120_000 })
    const close = async () => {
      await store.close()
      await stop()
    }
    return { store, another: () => openEventStoreDb({ connectionString }), empty: false, close }
  })
} else {
  // Aloud: a run without a real server must not pass for one with it.
  console.warn(`SKIPPED: the event store contract on a real EventStoreDB or KurrentDB. ${real.why}`)
  describe('the event store contract on EventStoreDB (real server)', () => {
    test.skip(`not run: ${real.why}`, () => {})
  })
}
