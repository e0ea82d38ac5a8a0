// The event store port: what the ledger asks of its log, modelled on EventStoreDB's semantics.
// Two adapters implement it (postgres/, eventstoredb/); one contract suite in test/contract holds both to this page.

/** 'no-stream' for a first append, otherwise the exact revision of the stream's last event. There is no "any". */
export type ExpectedRevision = 'no-stream' | bigint

/**
 * An event as the adapters move it: text that the codec has already made canonical (RFC 8785).
 * `id` is the UUIDv5 of (stream, command id, index), so that a retried append is recognised by its ids.
 */
export interface EventToAppend {
  readonly id: string
  readonly type: string
  /** Canonical JSON text of the event's data. */
  readonly data: string
  /** Canonical JSON text of the envelope (see envelope.ts). */
  readonly metadata: string
}

/** An event as the log holds it. */
export interface StoredEvent extends EventToAppend {
  readonly stream: string
  /** Place in its stream: 0, 1, 2 ... without gaps. */
  readonly revision: bigint
  /** Place in the whole log: strictly increasing, sparse; nothing may assume 0, 1, 2. */
  readonly position: bigint
}

export interface AppendResult {
  /** Revision of the last event appended. */
  readonly revision: bigint
  /** Log position of the last event appended. */
  readonly position: bigint
  /** True when the same events (by id) were already there: nothing was written now. */
  readonly alreadyThere: boolean
}

export interface ReadStreamOptions {
  /** Inclusive revision to start from; default: the first (forwards) or the last (backwards). */
  readonly from?: bigint
  readonly direction?: 'forwards' | 'backwards'
  readonly limit?: number
}

export interface StreamFilter {
  /** Only streams whose name starts with one of these. */
  readonly streamPrefixes: readonly string[]
}

export interface ReadAllOptions {
  /** Exclusive position to start after (forwards) or before (backwards); default: from the start or the end. */
  readonly after?: bigint
  readonly direction?: 'forwards' | 'backwards'
  readonly limit?: number
  readonly filter?: StreamFilter
}

export interface SubscribeOptions {
  /** Exclusive position: events after it are delivered; default: from the start. */
  readonly after?: bigint
  readonly filter?: StreamFilter
  /** Ends the iteration quietly. */
  readonly signal?: AbortSignal
}

/**
 * What a subscription yields. It never ends by itself: an adapter's supervisor resubscribes after the last event
 * it delivered, and never delivers a position twice or out of order.
 * 'caught-up' says that everything the log held at some moment after subscribing has been delivered.
 * `through` on it is a position the reader may treat as read when nothing it filters for lies before it (undefined
 * where the store cannot say).
 */
export type SubscriptionItem =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'caught-up'; readonly through?: bigint }

export interface EventStore {
  /**
   * Appends all events of one unit to one stream, or none. Refuses an empty unit and one over the caps (limits.ts).
   * @throws WrongExpectedRevision when the stream is elsewhere (and these very events are not already there);
   * @throws AppendTooLarge; StreamDeleted; StoreUnavailable when nothing was written for certain;
   * @throws AppendOutcomeUnknown only when reading back, too, could not tell within the deadline.
   */
  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult>
  /** The events of one stream; a stream that does not exist yields nothing. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent>
  /** The events of the whole log, system events left out. */
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>
  subscribeAll(options?: SubscribeOptions): AsyncIterable<SubscriptionItem>
  /** Position of the last event of the ledger's own streams; undefined when the log is empty. */
  lastPosition(): Promise<bigint | undefined>
  close(): Promise<void>
}

/** The caps of one unit: under EventStoreDB's 1 MiB for a whole append. Both adapters refuse alike. */
export const UNIT_EVENTS_MAX = 500
export const UNIT_BYTES_MAX = 512 * 1024

/** The size the caps count: data, metadata and type as EventStoreDB counts them (UTF-16 for the type). */
export function sizeOf(event: EventToAppend): number {
  return Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata) + 2 * event.type.length
}
