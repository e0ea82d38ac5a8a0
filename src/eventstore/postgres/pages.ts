// Reads the event table in pages by key, so that neither a long log nor large events fill the memory.
import type pg from 'pg'
import type { ReadAllOptions, ReadStreamOptions, StoredEvent } from '../event-store.ts'
import { read } from './connection.ts'

const PAGE_EVENTS_FIRST = 64
const PAGE_EVENTS_MAX = 2000
/** Pages grow and shrink towards this many bytes of JSON. */
const PAGE_BYTES = 2 * 1024 * 1024

type Row = [
  position: string,
  stream: string,
  revision: string,
  id: string,
  type: string,
  data: string,
  metadata: string,
]
const COLUMNS = 'position, stream, revision, id, type, data::text, metadata::text'

/**
 * Yields what `page` answers, each time for the key after the last, until a page is short or `limit` is reached.
 * The next page is asked for while the reader works on this one.
 */
async function* pages<Key>(
  limit: number,
  from: Key,
  keyOf: (last: StoredEvent) => Key,
  page: (from: Key, count: number) => Promise<StoredEvent[]>,
): AsyncGenerator<StoredEvent> {
  let left = limit
  let asked = Math.min(left, PAGE_EVENTS_FIRST)
  let coming = left > 0 ? page(from, asked) : undefined
  while (coming !== undefined) {
    const events: StoredEvent[] = await coming
    coming = undefined
    left -= events.length
    if (events.length === asked && left > 0) {
      asked = Math.min(left, nextCount(events))
      coming = page(keyOf(events.at(-1)!), asked)
      // Should it fail, the reader hears of it when it gets there, if it does.
      coming.catch(() => undefined)
    }
    yield* events
  }
}

/** How many events the next page should have, given what these weighed. */
export function nextCount(events: readonly StoredEvent[]): number {
  let bytes = 1
  for (const event of events) bytes += event.data.length + event.metadata.length
  const fitting = Math.floor((PAGE_BYTES * events.length) / bytes)
  return Math.max(1, Math.min(fitting, events.length * 4, PAGE_EVENTS_MAX))
}

export class Pages {
  readonly #pool: pg.Pool
  readonly #deadlineMs: number

  /** `deadlineMs` is how long one page may take, with the server away in between. */
  constructor(pool: pg.Pool, deadlineMs: number) {
    this.#pool = pool
    this.#deadlineMs = deadlineMs
  }

  /** See EventStore.readStream. */
  readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    const backwards = options.direction === 'backwards'
    const [compare, order] = backwards ? ['<=', 'DESC'] : ['>=', 'ASC']
    const first = options.from ?? (backwards ? MAX_BIGINT : 0n)
    const step = backwards ? -1n : 1n
    return pages(
      options.limit ?? Number.POSITIVE_INFINITY,
      first,
      (last) => last.revision + step,
      (from, count) =>
        this.#select(
          `SELECT ${COLUMNS} FROM quipu_log.event WHERE stream = $1 AND revision ${compare} $2 ORDER BY revision ${order} LIMIT $3`,
          [stream, String(from), count],
        ),
    )
  }

  /** See EventStore.readAll. */
  readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    const backwards = options.direction === 'backwards'
    return pages(
      options.limit ?? Number.POSITIVE_INFINITY,
      options.after ?? (backwards ? MAX_BIGINT : 0n),
      (last) => last.position,
      (after, count) => this.page(after, count, options.filter?.streamPrefixes, backwards),
    )
  }

  /** Up to `count` events after (or before) a position that pass the filter; undefined lets everything pass. */
  async page(
    after: bigint,
    count: number,
    prefixes: readonly string[] | undefined,
    backwards = false,
  ): Promise<StoredEvent[]> {
    if (prefixes?.length === 0) return []
    const [compare, order] = backwards ? ['<', 'DESC'] : ['>', 'ASC']
    const values: unknown[] = [String(after), count]
    const passes = (prefixes ?? ['']).map((prefix) => {
      values.push(prefix)
      const low = `stream >= $${values.length}`
      const end = endOfPrefix(prefix)
      if (end === undefined) return low
      values.push(end)
      return `(${low} AND stream < $${values.length})`
    })
    const filter = prefixes === undefined ? '' : ` AND (${passes.join(' OR ')})`
    return this.#select(
      `SELECT ${COLUMNS} FROM quipu_log.event WHERE position ${compare} $1${filter} ORDER BY position ${order} LIMIT $2`,
      prefixes === undefined ? values.slice(0, 2) : values,
    )
  }

  /** Position of the last event; 0 when there is none. */
  async head(): Promise<bigint> {
    const rows = await read(this.#pool, this.#deadlineMs, (client) =>
      client.query<{ head: string }>('SELECT coalesce(max(position), 0) AS head FROM quipu_log.event'),
    )
    return BigInt(rows.rows[0]?.head ?? 0)
  }

  // Not prepared: with the prefixes known, PostgreSQL chooses between the two indexes by what they let through.
  async #select(text: string, values: unknown[]): Promise<StoredEvent[]> {
    const { rows } = await read(this.#pool, this.#deadlineMs, (client) =>
      client.query<Row>({ text, values, rowMode: 'array' }),
    )
    return rows.map(([position, stream, revision, id, type, data, metadata]) => ({
      position: BigInt(position),
      stream,
      revision: BigInt(revision),
      id,
      type,
      data,
      metadata,
    }))
  }
}

const MAX_BIGINT = 2n ** 63n - 1n
const LAST_CODE_POINT = 0x10ffff

/** The first text after all that start with `prefix`, by code points; undefined when there is no end. */
export function endOfPrefix(prefix: string): string | undefined {
  const points = [...prefix]
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0)!
    // Surrogates are no characters: the one after U+D7FF is U+E000.
    if (point < LAST_CODE_POINT) return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1)
  }
  return undefined
}
