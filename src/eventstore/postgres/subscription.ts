// One subscription: catches up by pages, then waits to be woken, and never ends by itself.
import type { StoredEvent, SubscribeOptions, SubscriptionItem } from '../event-store.ts'
import { StoreUnavailable } from '../errors.ts'
import { type Pages, nextCount } from './pages.ts'
import type { Tail } from './tail.ts'
import type { WakeUp } from './wake-up.ts'

const PAGE_EVENTS_FIRST = 64

export interface SubscriptionParts {
  readonly pages: Pages
  readonly tail: Tail
  readonly wakeUp: WakeUp
  /** Given when the store is closed. */
  readonly closed: AbortSignal
  readonly log: (message: string) => void
}

/**
 * Positions are gap-free in the order of commits, so what is committed up to the head is all there ever will be up to it:
 * a page after the last position delivered misses nothing and repeats nothing, whatever happened to the connection.
 */
export async function* subscription(
  { pages, tail, wakeUp, closed, log }: SubscriptionParts,
  options: SubscribeOptions,
): AsyncGenerator<SubscriptionItem> {
  const prefixes = options.filter?.streamPrefixes
  const ended = () => closed.aborted || options.signal?.aborted === true
  let after = options.after ?? 0n
  let count = PAGE_EVENTS_FIRST
  /** Whether there is anything since the last `caught-up` that the reader should be told is all there is. */
  let owed = true
  while (!ended()) {
    const seen = wakeUp.count
    const head = await orAway(tail.reach(seen, after), log)
    if (ended()) return
    if (head === 'away') continue
    if (head > after || owed) {
      owed = true
      const recent = tail.since(after)
      if (recent !== undefined) {
        for (const event of recent) {
          if (!passes(event, prefixes)) continue
          yield { kind: 'event', event }
          if (ended()) return
          after = event.position
        }
      } else {
        let short = false
        while (!short) {
          const events = await orAway(pages.page(after, count, prefixes), log)
          if (ended()) return
          if (events === 'away') continue
          for (const event of events) {
            yield { kind: 'event', event }
            if (ended()) return
            after = event.position
          }
          short = events.length < count
          if (events.length > 0) count = nextCount(events)
        }
      }
      // Nothing that passes the filter is left up to the head known before it was looked for.
      if (head > after) after = head
      if (tail.seen < seen) continue
      owed = false
      yield after === 0n ? { kind: 'caught-up' } : { kind: 'caught-up', through: after }
      if (ended()) return
      count = Math.max(count, PAGE_EVENTS_FIRST)
    }
    if (tail.seen >= seen) await wakeUp.after(seen, options.signal)
  }
}

function passes({ stream }: StoredEvent, prefixes: readonly string[] | undefined): boolean {
  return prefixes === undefined || prefixes.some((prefix) => stream.startsWith(prefix))
}

/** The server being away longer than a read waits is no end for a subscription: it asks again. */
async function orAway<T>(read: Promise<T>, log: (message: string) => void): Promise<T | 'away'> {
  try {
    return await read
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    log(`a subscription waits: ${error.message}`)
    return 'away'
  }
}
