// What the event store contract asks of an adapter's test set-up, and the small tools its chapters share.
import { randomUUID } from 'node:crypto'
import { canonicalJson, type JsonObject } from '../../src/domain/kernel/canonical-json.ts'
import type { EventStore, EventToAppend, StoredEvent, SubscribeOptions } from '../../src/eventstore/event-store.ts'

/** One log under test. The chapters share it, so they use streams of their own and assume nothing of what else it holds. */
export interface Bench {
  readonly store: EventStore
  /** A second, independent store on the same log, as another process would open it; the contract closes it. */
  readonly another: () => Promise<EventStore>
  /** True when the log holds nothing yet; then `lastPosition` of an empty log is tested, too. */
  readonly empty: boolean
  /** Called once, after the last test; closes `store` and whatever serves it. */
  readonly close: () => Promise<void>
}

/** An event with a fresh id. */
export function anEvent(data: JsonObject = { note: 'hello' }, type = 'Noted'): EventToAppend {
  return { id: randomUUID(), type, data: canonicalJson(data), metadata: canonicalJson({ actor: 'test', schema: 1 }) }
}

/** `count` events with fresh ids, numbered in their data. */
export function someEvents(count: number, label = 'event'): EventToAppend[] {
  return Array.from({ length: count }, (_, i) => anEvent({ label, i }))
}

/** A stream prefix nobody else uses; names made from it sort and filter together. */
export function freshPrefix(word = 'contract'): string {
  return `${word}-${randomUUID()}.`
}

/** What the log should hold for `events`, given where they went; positions are the store's to choose, so they are left out. */
export function stored(
  stream: string,
  first: bigint,
  events: readonly EventToAppend[],
): Omit<StoredEvent, 'position'>[] {
  return events.map((event, i) => ({ ...event, stream, revision: first + BigInt(i) }))
}

export function withoutPosition({ position: _, ...rest }: StoredEvent): Omit<StoredEvent, 'position'> {
  return rest
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** Subscribes and takes `count` events, then stops; `onCaughtUp` is called at each such item. */
export async function take(
  store: EventStore,
  count: number,
  options: SubscribeOptions,
  onCaughtUp: (through: bigint | undefined, soFar: readonly StoredEvent[]) => void = () => {},
): Promise<StoredEvent[]> {
  const taken: StoredEvent[] = []
  if (count === 0) return taken
  for await (const item of store.subscribeAll(options)) {
    if (item.kind === 'caught-up') onCaughtUp(item.through, taken)
    else if (taken.push(item.event) === count) break
  }
  return taken
}

/** True when each position is greater than the one before. */
export function strictlyIncreasing(events: readonly StoredEvent[]): boolean {
  return events.every((event, i) => i === 0 || event.position > events[i - 1]!.position)
}
