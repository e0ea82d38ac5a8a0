// Following EventStoreDB's log: a supervisor that subscribes again, after the last event it delivered, whenever a
// subscription ends, fails, or falls silent while the log goes on.
import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  BACKWARDS,
  END,
  type EventStoreDBClient,
  excludeSystemEvents,
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
  { after, filter, signal }: SubscribeOptions = {},
): AsyncGenerator<SubscriptionItem> {
  const stop = signal === undefined ? clients.closing : AbortSignal.any([clients.closing, signal])
  const patience = new Patience(Number.POSITIVE_INFINITY, settings.pauseMs)
  /** The last position delivered: everything up to it has been, nothing after it. The only place to resume from. */
  let last = after
  /** How far our own reads, or a subscription that has caught up, have shown that nothing is missing. */
  let verified = after
  while (!stop.aborted) {
    const client = clients.make()
    let why = 'the server ended it'
    try {
      // Read before subscribing: once caught up, everything up to here has been delivered or filtered out.
      const head = await headOfLog(client, stop, settings)
      const subscription = open(client, last, filter)
      const isDead = async () => {
        for await (const event of readAll(clients, settings, {
          ...startAfter(verified),
          ...(filter && { filter }),
          limit: 1,
        })) {
          settings.onWarning({
            code: 'subscription-stalled',
            message: `silent, though the log holds ${event.position}`,
          })
          return true
        }
        return false
      }
      for await (const message of messages(
        subscription,
        () => subscription.unsubscribe(),
        stop,
        settings.silenceMs,
        isDead,
      )) {
        patience.renew()
        if (message === CAUGHT_UP) {
          verified = latest(verified, latest(head, last))
          yield verified === undefined ? { kind: 'caught-up' } : { kind: 'caught-up', through: verified }
          continue
        }
        const { event } = message
        if (event === undefined || isSystemEvent(event) || !passes(event.streamId, filter)) continue
        const position = event.position.commit
        // Servers repeat the event they were asked to start after; ours to leave out.
        if (last !== undefined && position <= last) continue
        const item = received(event)
        last = position
        verified = latest(verified, position)
        yield { kind: 'event', event: item }
      }
    } catch (error) {
      if (error instanceof CorruptEvent) throw error
      why = messageOf(error)
    } finally {
      await letGo(client)
    }
    if (stop.aborted) return
    settings.onWarning({ code: 'subscription-renewed', message: `after ${last ?? 'the start'}: ${why}` })
    await patience.pause(stop)
  }
}

type Message = AllStreamResolvedEvent | typeof CAUGHT_UP

interface Subscription extends AsyncIterable<Message> {
  on: AllStreamSubscription['on']
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

/** Position of the newest record of any kind; undefined in an empty log. */
async function headOfLog(
  client: EventStoreDBClient,
  stop: AbortSignal,
  settings: Settings,
): Promise<bigint | undefined> {
  const read = client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true })
  for await (const { event } of messages(read, () => read.cancel(), stop, settings.readMs))
    return event?.position.commit
  return undefined
}

function startAfter(position: bigint | undefined): { after?: bigint } {
  return position === undefined ? {} : { after: position }
}

function latest(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a > b ? a : b
}
