// The API's description as text, from the routes alone: nothing behind them is opened.
import { createApplication } from '../application/application.ts'
import { Log } from '../eventstore/log.ts'
import type { EventStore } from '../eventstore/event-store.ts'
import { createLogger } from '../platform/log.ts'
import { createMetrics } from '../platform/metrics.ts'
import { openReadModels } from '../projections/read-models.ts'
import { openPool } from '../projections/schema/connection.ts'
import { createApi } from './app.ts'

/** A store that is never asked: describing registers routes and calls none. */
const silent: EventStore = {
  append: () => Promise.reject(new Error('only described')),
  async *readStream() {},
  async *readAll() {},
  async *subscribeAll() {},
  lastPosition: async () => undefined,
  close: async () => undefined,
}

/** OpenAPI 3.1 as JSON text with a line end, the same at every call. */
export async function describedApi(): Promise<string> {
  const log = new Log({ store: silent })
  const pool = openPool('postgres://described@127.0.0.1:1/never')
  const api = await createApi({
    app: createApplication({ log }),
    log,
    readModels: openReadModels(pool),
    projector: undefined,
    pool,
    tokens: { entries: () => [], authenticate: () => undefined, add: () => '' },
    metrics: createMetrics('described'),
    logger: createLogger('silent'),
    version: '1',
  })
  const text = `${JSON.stringify(api.swagger(), null, 1)}\n`
  await api.close()
  await pool.end()
  return text
}
