// Picks the event store that the configuration names: EventStoreDB where its address is given, else PostgreSQL.
import type pg from 'pg'
import { openEventStoreDb } from './eventstoredb/eventstoredb.ts'
import type { EventStore } from './event-store.ts'
import { openPostgresStore } from './postgres/postgres-store.ts'

export interface StoreChoice {
  /** `esdb://...`, see EventStoreDbOptions. */
  readonly eventStoreUrl?: string | undefined
  /** The database that holds the log when no EventStoreDB is named: a connection string, or a pool to share. */
  readonly postgres: string | pg.Pool
  /** Told, in whole sentences, what an operator should know. */
  readonly log?: (message: string) => void
}

/** Opens the log's store; the caller closes it. */
export function openStore({ eventStoreUrl, postgres, log }: StoreChoice): Promise<EventStore> {
  if (eventStoreUrl !== undefined && eventStoreUrl !== '')
    return openEventStoreDb({
      connectionString: eventStoreUrl,
      ...(log === undefined ? {} : { onWarning: ({ message }) => log(message) }),
    })
  return openPostgresStore({
    ...(typeof postgres === 'string' ? { connectionString: postgres } : { pool: postgres }),
    ...(log === undefined ? {} : { log }),
  })
}
