// Following EventStoreDB's log: a supervisor that subscribes again, after the last event it delivered, whenever a
// subscription ends, fails, or falls silent while the log goes on.
import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  BACKWARDS,
  END,
  type EventStoreDBClient,
  excludeSystemEvents,
  NotLeaderError,
  START,
  streamNameFilter,
} from '@eventstore/db-client'
import { CorruptEvent } from '../errors.ts'
import type { StreamFilter, SubscribeOptions, SubscriptionItem } from '../event-store.ts'
import { type Clients, letGo } from './clients.ts'
import { messageOf } from './failures.ts'
import { messages } from './messages.ts'
import { Patience } from './patience.ts'
import { passes, readAll } from './read.ts'
import { isSystemEvent, received } from './recorded.ts'
import type { Settings } from './settings.ts'

/** How often, in records looked at, the server may say how far its filter has come; we do not resume from there. */
const CHECKPOINT_WINDOWS = 32
const CAUGHT_UP = Symbol('caught up')

/** Yields for ever; ends quietly when `options.signal` is given or the store is closed. @throws CorruptEvent */
export async function* subscribeAll(
  clients: Clients,
  settings: Settings,
  options: SubscribeOptions = {},
): AsyncGenerator<SubscriptionItem> {
  const stop = options.signal === undefined ? clients.closing : AbortSignal.any([clients.closing, options.signal])
  const patience = new Patience(Number.POSITIVE_INFINITY, settings.pauseMs)
  const follower = new Follower(clients, settings, options, stop)
  try {
    while (!stop.aborted) {
      let why = 'the server ended it'
      try {
        for await (const item of follower.follow()) {
          patience.renew()
          yield item
        }
      } catch (error) {
        if (error instanceof CorruptEvent) throw error
        why = messageOf(error)
        // A follower node has told the client where the leader is; in any other case the client may be past recovery.
        if (!(error instanceof NotLeaderError)) await follower.renewClient()
      }
      if (stop.aborted) return
      settings.onWarning({ code: 'subscription-renewed', message: `after ${follower.last ?? 'the start'}: ${why}` })
      await patience.pause(stop)
    }
  } finally {
    await follower.close()
  }
}

/** One reader's way along the log, over as many subscriptions as it takes. */
class Follower {
  /** The last position delivered: everything up to it has been, nothing after it. The only place to resume from. */
  last: bigint | undefined
  /** How far our own reads, or a subscription that has caught up, have shown that nothing is missing. */
  #verified: bigint | undefined
  #client: EventStoreDBClient
  readonly #clients: Clients
  readonly #settings: Settings
  readonly #filter: StreamFilter | undefined
  readonly #stop: AbortSignal

  constructor(clients: Clients, settings: Settings, { after, filter }: SubscribeOptions, stop: AbortSignal) {
    this.last = after
    this.#verified = after
    this.#client = clients.make()
    this.#clients = clients
    this.#settings = settings
    this.#filter = filter
    this.#stop = stop
  }

  /** The items of one subscription, until it ends or fails. */
  async *follow(): AsyncGenerator<SubscriptionItem> {
    // Read before subscribing: once caught up, everything up to here has been delivered or filtered out.
    const head = await this.#headOfLog()
    const subscription = open(this.#client, this.last, this.#filter)
    const hangUp = () => subscription.unsubscribe()
    const isDead = () => this.#missedSomething()
    for await (const message of messages(subscription, hangUp, this.#stop, this.#settings.silenceMs, isDead)) {
      if (message === CAUGHT_UP) {
        this.#verified = latest(this.#verified, latest(head, this.last))
        yield this.#verified === undefined ? { kind: 'caught-up' } : { kind: 'caught-up', through: this.#verified }
        continue
      }
      const { event } = message
      if (event === undefined || isSystemEvent(event) || !passes(event.streamId, this.#filter)) continue
      const position = event.position.commit
      // A server may repeat the event it was asked to start after.
      if (this.last !== undefined && position <= this.last) continue
      const item = received(event)
      this.last = position
      yield { kind: 'event', event: item }
    }
  }

  async renewClient(): Promise<void> {
    const old = this.#client
    this.#client = this.#clients.make()
    await letGo(old)
  }

  close(): Promise<void> {
    return letGo(this.#client)
  }

  /** Looks past what has been delivered, with a read: is there anything that the silent subscription should have brought? */
  async #missedSomething(): Promise<boolean> {
    const after = latest(this.#verified, this.last)
    const head = await this.#headOfLog()
    const options = { limit: 1, ...(after !== undefined && { after }), ...(this.#filter && { filter: this.#filter }) }
    for await (const { position } of readAll(this.#clients, this.#settings, options)) {
      const message = `silent since ${this.last ?? 'the start'}, though the log holds ${position}`
      this.#settings.onWarning({ code: 'subscription-stalled', message })
      return true
    }
    this.#verified = latest(after, head)
    return false
  }

  /** Position of the newest record of any kind; undefined in an empty log. */
  async #headOfLog(): Promise<bigint | undefined> {
    const read = this.#client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true })
    const hangUp = () => read.cancel()
    for await (const { event } of messages(read, hangUp, this.#stop, this.#settings.attemptMs))
      return event?.position.commit
    return undefined
  }
}

type Message = AllStreamResolvedEvent | typeof CAUGHT_UP

interface Subscription extends AsyncIterable<Message> {
  on: AllStreamSubscription['on']
  once: AllStreamSubscription['once']
  destroy: AllStreamSubscription['destroy']
  unsubscribe: AllStreamSubscription['unsubscribe']
}

function open(client: EventStoreDBClient, after: bigint | undefined, filter: StreamFilter | undefined): Subscription {
  const often = { checkpointInterval: CHECKPOINT_WINDOWS }
  const prefixes = filter?.streamPrefixes ?? []
  const subscription = client.subscribeToAll({
    fromPosition: after === undefined ? START : { commit: after, prepare: after },
    filter: prefixes.length > 0 ? streamNameFilter({ prefixes: [...prefixes], ...often }) : excludeSystemEvents(often),
    requiresLeader: true,
  })
  // The client tells of caught-up at once, up to 16 events ahead of its reader; pushed into the reader's own queue it comes
  // where it belongs, behind the events that were sent before it.
  subscription.on('caughtUp', () => {
    if (!subscription.destroyed) subscription.push(CAUGHT_UP)
  })
  return subscription
}

function latest(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a > b ? a : b
}
