// What the EventStoreDB adapter's tests share: a server to disturb, and a store that is impatient enough to test.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { EventStoreDBClient } from '@eventstore/db-client'
import { afterEach } from 'vitest'
import type { EventStore } from '../../src/eventstore/event-store.ts'
import { openEventStoreDb } from '../../src/eventstore/eventstoredb/eventstoredb.ts'
import type { EventStoreDbOptions, StoreWarning } from '../../src/eventstore/eventstoredb/settings.ts'
import { EventStoreServer } from '../support/eventstore-server/server.ts'

export const IMPATIENT = {
  attemptMs: 2_000,
  appendMs: 4_000,
  readMs: 4_000,
  silenceMs: 200,
  pauseMs: { first: 5, most: 50 },
}

/** For tests in which the server is silent: how long to wait for it. */
export const HASTY = { attemptMs: 150 }

export interface Setting {
  readonly server: EventStoreServer
  readonly store: EventStore
  /** What the store warned of so far. */
  readonly warnings: StoreWarning[]
  open(options?: Partial<EventStoreDbOptions>): Promise<EventStore>
  /** The vendor's client as it comes, to show that a fault is real. */
  rawClient(): EventStoreDBClient
}

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  while (cleanUps.length > 0) await cleanUps.pop()?.()
})

export async function aServer(): Promise<EventStoreServer> {
  const server = await EventStoreServer.start()
  cleanUps.push(() => server.stop())
  return server
}

export async function aSetting(options: Partial<EventStoreDbOptions> = {}): Promise<Setting> {
  const server = await aServer()
  const warnings: StoreWarning[] = []
  const open = async (more: Partial<EventStoreDbOptions> = {}) => {
    const onWarning = (warning: StoreWarning) => void warnings.push(warning)
    const { connectionString } = server
    const store = await openEventStoreDb({ connectionString, ...IMPATIENT, onWarning, ...options, ...more })
    cleanUps.push(() => store.close())
    return store
  }
  const rawClient = () => {
    const client = EventStoreDBClient.connectionString(server.connectionString)
    cleanUps.push(() => client.dispose())
    return client
  }
  return { server, store: await open(), warnings, open, rawClient }
}

/** Takes connections on the port and never answers on them. */
export async function listenMute(port: number): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const mute = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // cut by whoever called
  })
  mute.listen(port, '127.0.0.1')
  await once(mute, 'listening')
  return {
    async close() {
      for (const socket of sockets) socket.destroy()
      mute.close()
      await once(mute, 'close')
    },
  }
}

/** A promise and the function that fulfils it: for holding the server at a place until the test lets it go. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
