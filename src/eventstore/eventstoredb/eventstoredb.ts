// The event store port on EventStoreDB or KurrentDB, a single node or a cluster.
import { StoreUnavailable } from '../errors.ts'
import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
  SubscriptionItem,
} from '../event-store.ts'
import { append } from './append.ts'
import { Clients } from './clients.ts'
import { messageOf } from './failures.ts'
import { Patience } from './patience.ts'
import { readAll, readStream } from './read.ts'
import { type EventStoreDbOptions, type Settings, settingsOf } from './settings.ts'
import { subscribeAll } from './subscribe.ts'

/**
 * Connects and reads once, so that a wrong address or password shows here and not at the first fill.
 * Needs a server of version 22.6 or later: older ones do not say at which position the events of a stream lie.
 * @throws StoreUnavailable when no server answers within `openMs`; TypeError when the connection string is malformed.
 */
export async function openEventStoreDb(options: EventStoreDbOptions): Promise<EventStore> {
  const settings = settingsOf(options)
  const store = new EventStoreDb(settings)
  const patience = new Patience(settings.openMs, settings.pauseMs)
  for (;;) {
    try {
      await store.tryOnce()
      return store
    } catch (error) {
      const message = `the event store does not answer: ${messageOf(error)}`
      if (!(await patience.pause())) {
        await store.close()
        throw new StoreUnavailable(message, { cause: error })
      }
      settings.onWarning({ code: 'open-repeated', message })
    }
  }
}

class EventStoreDb implements EventStore {
  readonly #settings: Settings
  readonly #clients: Clients
  readonly #appending = new Set<Promise<AppendResult>>()

  constructor(settings: Settings) {
    this.#settings = settings
    this.#clients = new Clients(settings.connectionString)
  }

  /** One read; a client that fails its first call is replaced, since it may never recover from that. */
  async tryOnce(): Promise<void> {
    try {
      const brief = { ...this.#settings, readMs: Math.min(this.#settings.attemptMs, this.#settings.openMs) }
      for await (const _ of readAll(this.#clients, brief, { direction: 'backwards', limit: 1 })) return
    } catch (error) {
      await this.#clients.renew('reader')
      await this.#clients.renew('writer')
      throw error
    }
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    this.#clients.mustBeOpen()
    const appending = append(this.#clients, this.#settings, stream, expected, events)
    this.#appending.add(appending)
    try {
      return await appending
    } finally {
      this.#appending.delete(appending)
    }
  }

  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    return readStream(this.#clients, this.#settings, stream, options)
  }

  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    return readAll(this.#clients, this.#settings, options)
  }

  subscribeAll(options?: SubscribeOptions): AsyncIterable<SubscriptionItem> {
    return subscribeAll(this.#clients, this.#settings, options)
  }

  async lastPosition(): Promise<bigint | undefined> {
    for await (const event of this.readAll({ direction: 'backwards', limit: 1 })) return event.position
    return undefined
  }

  /** Lets appends under way come to their end, then ends all reads and subscriptions. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#appending)
    await this.#clients.close()
  }
}
