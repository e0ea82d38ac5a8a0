// The PostgreSQL adapter, held to the contract of the port.
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { freshDatabase } from '../support/postgres.ts'
import { eventStoreContract } from './event-store-contract.ts'

eventStoreContract('PostgreSQL', async () => {
  const database = await freshDatabase()
  const open = () => openPostgresStore({ connectionString: database.url })
  const store = await open()
  return {
    store,
    another: open,
    empty: true,
    close: async () => {
      await store.close()
      await database.drop()
    },
  }
})
