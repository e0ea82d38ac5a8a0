// The protocol server's log: streams, sparse byte-like positions, expected revisions and idempotency as EventStoreDB has them.

export type Expected =
  | { readonly kind: 'exact'; readonly revision: bigint }
  | { readonly kind: 'no-stream' | 'any' | 'exists' }

export interface Proposed {
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

export interface Recorded extends Proposed {
  readonly stream: string
  readonly revision: bigint
  readonly position: bigint
  /** 100 ns ticks since the Unix epoch. */
  readonly created: bigint
}

export type Appended =
  | { readonly kind: 'written'; readonly revision: bigint; readonly position: bigint }
  /** These ids are there already; the revision is that of the first write, and the server names no position. */
  | { readonly kind: 'idempotent'; readonly revision: bigint }
  | { readonly kind: 'wrong-expected-version'; readonly current: bigint | undefined }
  | { readonly kind: 'stream-deleted' }

interface Stream {
  readonly records: Recorded[]
  head: bigint
  tombstoned: boolean
}

/** int64.MaxValue: the revision of a tombstone, and the $tb that a soft delete sets. */
const DELETED = 9223372036854775807n

export class EventLog {
  /** Everything in the order of writing. */
  readonly all: Recorded[] = []
  readonly #streams = new Map<string, Stream>()
  /** Where an id was last written: what 'any' and 'exists' go by; a restart forgets it, as the real one does. */
  #idCache = new Map<string, { stream: string; revision: bigint }>()
  readonly #listeners = new Set<() => void>()
  readonly #now: () => number
  #end = 0n

  constructor(now: () => number) {
    this.#now = now
    // A real node writes records of its own before anybody appends; nothing may take position 0 for its own.
    this.#system('$epoch-information', '$epoch-information', { epochNumber: 0 })
  }

  /** Calls `listener` after each write, until the function returned is called. */
  onWrite(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  forgetIds(): void {
    this.#idCache = new Map()
  }

  append(name: string, expected: Expected, events: readonly Proposed[]): Appended {
    const refusalOrRepeat = this.#check(name, expected, events)
    if (refusalOrRepeat !== undefined) return refusalOrRepeat
    const undelete = this.#softDeleted(name)
    let last: Recorded | undefined
    for (const event of events) last = this.#write(name, event)
    if (undelete) this.#setTruncateBefore(name, this.#head(name) - BigInt(events.length) + 1n)
    // Every few writes the server adds statistics of its own, so that readers meet system events anywhere.
    if (this.all.length % 7 === 0) this.#system('$stats-127.0.0.1:2113', '$statsCollected', { 'proc-mem': 1 })
    for (const listener of this.#listeners) listener()
    return { kind: 'written', revision: this.#head(name), position: last?.position ?? this.#end }
  }

  /** Soft delete: the events are hidden, the numbering goes on. Tombstone: nothing is read or written there again. */
  delete(name: string, expected: Expected, how: 'soft' | 'tombstone'): Appended {
    const stream = this.#streams.get(name)
    if (stream?.tombstoned) return { kind: 'stream-deleted' }
    const current = stream === undefined ? undefined : stream.head
    const matches =
      expected.kind === 'any' ||
      (expected.kind === 'no-stream' && current === undefined) ||
      (expected.kind === 'exists' && current !== undefined) ||
      (expected.kind === 'exact' && current === expected.revision)
    if (!matches) return { kind: 'wrong-expected-version', current }
    const written = how === 'soft' ? this.#setTruncateBefore(name, DELETED) : this.#tombstone(name)
    for (const listener of this.#listeners) listener()
    return { kind: 'written', revision: written.revision, position: written.position }
  }

  /** The visible events of a stream, or why there are none. */
  readStream(name: string): readonly Recorded[] | 'not-found' | 'deleted' {
    const stream = this.#streams.get(name)
    if (stream?.tombstoned) return 'deleted'
    if (stream === undefined || this.#softDeleted(name)) return 'not-found'
    const { truncateBefore, maxCount } = this.#metadata(name)
    const keepFrom = maxCount === undefined ? 0n : stream.head + 1n - maxCount
    const first = keepFrom > truncateBefore ? keepFrom : truncateBefore
    return first <= 0n ? stream.records : stream.records.filter((record) => record.revision >= first)
  }

  /** Index in `all` of the first record at or after the position. */
  indexAt(position: bigint): number {
    let [low, high] = [0, this.all.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.all[middle]!.position < position) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The rules of IndexWriter.CheckCommit; undefined means: write. */
  #check(name: string, expected: Expected, events: readonly Proposed[]): Appended | undefined {
    const stream = this.#streams.get(name)
    if (stream === undefined) {
      const allowed =
        expected.kind === 'any' ||
        expected.kind === 'no-stream' ||
        (expected.kind === 'exists' && this.#streams.has(`$$${name}`))
      return allowed ? undefined : { kind: 'wrong-expected-version', current: undefined }
    }
    if (stream.tombstoned) return { kind: 'stream-deleted' }
    const wrong = { kind: 'wrong-expected-version', current: stream.head } as const
    if (expected.kind === 'exists' && this.#softDeleted(name)) return { kind: 'stream-deleted' }

    if (expected.kind === 'any' || expected.kind === 'exists') {
      let revision: bigint | undefined
      for (const [i, event] of events.entries()) {
        const known = this.#idCache.get(event.id)
        if (known?.stream !== name) return i === 0 ? undefined : wrong
        revision = known.revision
      }
      return revision === undefined ? undefined : { kind: 'idempotent', revision }
    }

    const at = expected.kind === 'exact' ? expected.revision : -1n
    // At the head nothing looks at the ids: an id alone makes no event unique.
    if (at === stream.head) return undefined
    if (at > stream.head) return wrong
    for (const [i, event] of events.entries()) {
      const there = stream.records[Number(at) + 1 + i]
      if (there?.id !== event.id) {
        return i === 0 && expected.kind === 'no-stream' && this.#softDeleted(name) ? undefined : wrong
      }
    }
    return { kind: 'idempotent', revision: at + BigInt(events.length) }
  }

  #write(name: string, event: Proposed, revision = this.#head(name) + 1n): Recorded {
    const record: Recorded = {
      ...event,
      stream: name,
      revision,
      position: this.#end,
      created: BigInt(this.#now()) * 10000n,
    }
    // The position is where the record starts in the log file, so it grows by the size of the record.
    this.#end += BigInt(140 + 2 * (name.length + event.type.length) + event.data.length + event.metadata.length)
    const stream = this.#streams.get(name) ?? { records: [], head: -1n, tombstoned: false }
    this.#streams.set(name, stream)
    stream.records.push(record)
    stream.head = revision
    this.all.push(record)
    this.#idCache.set(event.id, { stream: name, revision })
    return record
  }

  #tombstone(name: string): Recorded {
    const record = this.#write(name, systemEvent('$streamDeleted', {}), DELETED)
    this.#streams.get(name)!.tombstoned = true
    return record
  }

  #system(stream: string, type: string, data: object): void {
    this.#write(stream, systemEvent(type, data))
  }

  #setTruncateBefore(name: string, revision: bigint): Recorded {
    return this.#write(`$$${name}`, systemEvent('$metadata', { $tb: Number(revision) }))
  }

  #head(name: string): bigint {
    return this.#streams.get(name)?.head ?? -1n
  }

  #softDeleted(name: string): boolean {
    return this.#metadata(name).truncateBefore >= DELETED
  }

  #metadata(name: string): { truncateBefore: bigint; maxCount: bigint | undefined } {
    const last = this.#streams.get(`$$${name}`)?.records.at(-1)
    if (last === undefined) return { truncateBefore: 0n, maxCount: undefined }
    const { $tb = 0, $maxCount }: { $tb?: number; $maxCount?: number } = JSON.parse(Buffer.from(last.data).toString())
    return { truncateBefore: BigInt($tb), maxCount: $maxCount === undefined ? undefined : BigInt($maxCount) }
  }
}

let systemEvents = 0
function systemEvent(type: string, data: object): Proposed {
  systemEvents += 1
  const id = `00000000-0000-4000-8000-${String(systemEvents).padStart(12, '0')}`
  return {
    id,
    type,
    contentType: 'application/json',
    data: Buffer.from(JSON.stringify(data)),
    metadata: new Uint8Array(),
  }
}
