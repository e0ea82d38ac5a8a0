// Both adapters, opened as the configuration would, each on an empty log of its own.
import type { EventStore } from '../../src/eventstore/event-store.ts'
import { openStore } from '../../src/eventstore/open-store.ts'
import { EventStoreServer } from '../support/eventstore-server/server.ts'
import { freshDatabase } from '../support/postgres.ts'

export interface EmptyLog {
  readonly store: EventStore
  /** Closes the store and throws its log away. */
  readonly drop: () => Promise<void>
}

export const ADAPTERS: readonly { readonly name: string; readonly open: () => Promise<EmptyLog> }[] = [
  {
    name: 'PostgreSQL',
    async open() {
      const database = await freshDatabase()
      const store = await openStore({ postgres: database.url })
      return { store, drop: () => store.close().then(() => database.drop()) }
    },
  },
  {
    name: 'EventStoreDB (protocol server)',
    async open() {
      const server = await EventStoreServer.start()
      const store = await openStore({ eventStoreUrl: server.connectionString, postgres: 'postgres://not-asked' })
      return { store, drop: () => store.close().then(() => server.stop()) }
    },
  },
]
