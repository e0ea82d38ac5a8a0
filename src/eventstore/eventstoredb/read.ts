// Reading from EventStoreDB: one stream or the whole log, taken up again where a cut line left it.
import {
  type AllStreamResolvedEvent,
  BACKWARDS,
  END,
  FORWARDS,
  START,
  StreamDeletedError,
  StreamNotFoundError,
} from '@eventstore/db-client'
import { CorruptEvent, StoreUnavailable, StreamDeleted } from '../errors.ts'
import type { ReadAllOptions, ReadStreamOptions, StoredEvent, StreamFilter } from '../event-store.ts'
import type { Clients } from './clients.ts'
import { messageOf } from './failures.ts'
import { messages } from './messages.ts'
import { Patience } from './patience.ts'
import { isSystemEvent, received } from './recorded.ts'
import type { Settings } from './settings.ts'

/** Pages of a bounded read of the log grow up to this: most of what they bring may be filtered out here. */
const PAGE_MAX = 1024

/** A read goes on by itself after a fault, from where it was, as long as it makes progress now and then. */
export async function* readStream(
  clients: Clients,
  settings: Settings,
  stream: string,
  options: ReadStreamOptions = {},
): AsyncGenerator<StoredEvent> {
  const backwards = options.direction === 'backwards'
  const patience = new Patience(settings.readMs, settings.pauseMs)
  let left = options.limit ?? Number.MAX_SAFE_INTEGER
  let from = options.from
  while (left > 0 && (from === undefined || from >= 0n)) {
    const read = clients.reader.readStream(stream, {
      direction: backwards ? BACKWARDS : FORWARDS,
      fromRevision: from ?? (backwards ? END : START),
      maxCount: left,
      requiresLeader: true,
    })
    try {
      for await (const { event } of messages(read, () => read.cancel(), clients.closing, settings.attemptMs)) {
        patience.renew()
        if (event === undefined) continue
        from = event.revision + (backwards ? -1n : 1n)
        if (isSystemEvent(event)) continue
        left -= 1
        yield received(event)
      }
      clients.mustBeOpen()
      return
    } catch (error) {
      if (error instanceof StreamNotFoundError) return
      if (error instanceof StreamDeletedError) throw new StreamDeleted(stream)
      await repeatOrGiveUp(error, clients, settings, patience, stream)
    }
  }
}

/** The revision of a stream's last event. */
export async function headOf(clients: Clients, settings: Settings, stream: string): Promise<bigint | 'unknown'> {
  for await (const event of readStream(clients, settings, stream, { direction: 'backwards', limit: 1 }))
    return event.revision
  return 'unknown'
}

/** The client can filter a subscription but no read, so the filter is ours. */
export async function* readAll(
  clients: Clients,
  settings: Settings,
  options: ReadAllOptions = {},
): AsyncGenerator<StoredEvent> {
  let left = options.limit ?? Number.POSITIVE_INFINITY
  // Without a limit the log comes in one call, otherwise in pages, so that no more is sent than is likely to be wanted.
  const bounded = Number.isFinite(left)
  // One more than wanted, for the event at `after` itself may come first and does not count.
  let page = bounded ? left + 1 : Number.MAX_SAFE_INTEGER
  let after = options.after
  while (left > 0) {
    let seen = 0
    for await (const resolved of allOf(clients, settings, options.direction === 'backwards', after, page)) {
      seen += 1
      const { event } = resolved
      if (event === undefined) continue
      after = event.position.commit
      if (isSystemEvent(event) || !passes(event.streamId, options.filter)) continue
      yield received(event)
      left -= 1
      if (left === 0) return
    }
    if (!bounded || seen < page - 1) return
    page = Math.min(PAGE_MAX, page * 4)
  }
}

export function passes(stream: string, filter: StreamFilter | undefined): boolean {
  return filter === undefined || filter.streamPrefixes.some((prefix) => stream.startsWith(prefix))
}

/** Up to `count` events of the log after (or before) a position, that one left out; fewer only where the log ends. */
async function* allOf(
  clients: Clients,
  settings: Settings,
  backwards: boolean,
  after: bigint | undefined,
  count: number,
): AsyncGenerator<AllStreamResolvedEvent> {
  const patience = new Patience(settings.readMs, settings.pauseMs)
  let left = count
  let last = after
  while (left > 0) {
    const read = clients.reader.readAll({
      direction: backwards ? BACKWARDS : FORWARDS,
      fromPosition: last === undefined ? (backwards ? END : START) : { commit: last, prepare: last },
      maxCount: left,
      requiresLeader: true,
    })
    try {
      for await (const resolved of messages(read, () => read.cancel(), clients.closing, settings.attemptMs)) {
        patience.renew()
        left -= 1
        const position = resolved.event?.position.commit
        // Where a read starts, that event may come or not; it has been had.
        if (position !== undefined && last !== undefined && (backwards ? position >= last : position <= last)) continue
        last = position ?? last
        yield resolved
      }
      clients.mustBeOpen()
      return
    } catch (error) {
      await repeatOrGiveUp(error, clients, settings, patience, 'the log')
    }
  }
}

async function repeatOrGiveUp(
  error: unknown,
  clients: Clients,
  settings: Settings,
  patience: Patience,
  what: string,
): Promise<void> {
  if (error instanceof CorruptEvent || error instanceof StoreUnavailable) throw error
  const message = `reading ${what}: ${messageOf(error)}`
  if (!(await patience.pause(clients.closing))) throw new StoreUnavailable(message, { cause: error })
  clients.mustBeOpen()
  settings.onWarning({ code: 'read-repeated', message })
}
