// The gRPC clients of one store: made when needed, set up so that their known faults cannot bite, and replaced when in doubt.
import { setMaxListeners } from 'node:events'
import { EventStoreDBClient } from '@eventstore/db-client'
import { StoreUnavailable } from '../errors.ts'
import { within } from './patience.ts'

const LETTING_GO_MS = 1_000

/**
 * One for appends and one for reads, so that trouble on a read (the client closes its whole channel) never cuts an append;
 * and one for each subscription.
 */
export class Clients {
  readonly #connectionString: string
  #writer: EventStoreDBClient
  #reader: EventStoreDBClient
  readonly #closed = new AbortController()

  /** @throws TypeError when the address cannot be understood. */
  constructor(connectionString: string) {
    this.#connectionString = understood(connectionString)
    // Every read under way listens to it; that many is no leak.
    setMaxListeners(0, this.#closed.signal)
    this.#writer = this.make()
    this.#reader = this.make()
  }

  /** Given when the store is closed. */
  get closing(): AbortSignal {
    return this.#closed.signal
  }

  /** @throws StoreUnavailable when the store is closed. */
  mustBeOpen(): void {
    if (this.closing.aborted) throw new StoreUnavailable('the event store has been closed')
  }

  get writer(): EventStoreDBClient {
    return this.#writer
  }

  get reader(): EventStoreDBClient {
    return this.#reader
  }

  make(): EventStoreDBClient {
    const client = EventStoreDBClient.connectionString(this.#connectionString)
    // "No, the server has no BatchAppend": the client then sends each append as a call of its own, with a deadline of its
    // own. Its BatchAppend shares one table of promises among all clients of the process, where an error of one rejects the
    // appends of another and a late reply throws out of an event handler, and its deadline compares two machines' clocks.
    // It also spares the question for the server's features, whose failure the client would remember for life.
    // biome-ignore lint/complexity/useLiteralKeys: the member is protected
    client['supports'] = async () => false
    return client
  }

  /** A client in doubt is replaced and let go. */
  async renew(which: 'writer' | 'reader'): Promise<void> {
    const old = this[which]
    if (which === 'writer') this.#writer = this.make()
    else this.#reader = this.make()
    await letGo(old)
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await Promise.all([letGo(this.#writer), letGo(this.#reader)])
  }
}

/** Cancels the client's calls and closes its channel, which its own `dispose` leaves open. */
export async function letGo(client: EventStoreDBClient): Promise<void> {
  try {
    // biome-ignore lint/complexity/useLiteralKeys: the member is protected
    const channel = await within(LETTING_GO_MS, client['getChannel']())
    client.dispose().catch(() => {})
    channel.close()
  } catch {
    // It never found a server; there is nothing to close.
  }
}

/** KurrentDB is EventStoreDB under a later name, and its addresses have a scheme that this client does not know. */
function understood(address: string): string {
  const connectionString = address.replace(/^kurrent(db)?(?=:|\+)/, 'esdb')
  // With it, the client answers a conflict with a revision that is not the stream's.
  if (/throw[_-]?on[_-]?append[_-]?failure/i.test(connectionString)) {
    throw new TypeError('the address of the event store must not set throwOnAppendFailure')
  }
  try {
    EventStoreDBClient.connectionString(connectionString)
    return connectionString
  } catch {
    // The client's own message repeats the address, which may hold a password.
    throw new TypeError('the address of the event store is not like esdb://user:password@host:2113?tls=true')
  }
}
