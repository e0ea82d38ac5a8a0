// The one appender of a process: appends that wait while a call is under way share the next one, and so its commit.
import type pg from 'pg'
import { AppendOutcomeUnknown, AppendTooLarge, StoreUnavailable, WrongExpectedRevision } from '../errors.ts'
import {
  type AppendResult,
  type EventToAppend,
  type ExpectedRevision,
  sizeOf,
  UNIT_BYTES_MAX,
  UNIT_EVENTS_MAX,
} from '../event-store.ts'
import { Backoff, failureOf, NotConnected, withClient } from './connection.ts'

/** One call of the SQL function carries at most so much; beyond it more calls follow. */
const CALL_BYTES_MAX = 4 * 1024 * 1024
const CALL_EVENTS_MAX = 4000
/** What may wait in memory before callers are told to come back. */
const WAITING_BYTES_MAX = 128 * 1024 * 1024

interface Waiting {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly EventToAppend[]
  readonly bytes: number
  readonly resolve: (result: AppendResult) => void
  readonly reject: (error: unknown) => void
}

interface Verdict {
  readonly outcome: 'appended' | 'already-there' | 'refused'
  readonly last_revision: string
  readonly last_position: string
}

export interface AppenderParts {
  readonly pool: pg.Pool
  /** How long one call may take with all its retries. */
  readonly deadlineMs: number
  readonly log: (message: string) => void
  /** Told of every commit. */
  readonly onAppended: () => void
}

export class Appender {
  readonly #parts: AppenderParts
  #queue: Waiting[] = []
  #waitingBytes = 0
  #running: Promise<void> | undefined
  #closed = false

  constructor(parts: AppenderParts) {
    this.#parts = parts
  }

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    const bytes = events.reduce((sum, event) => sum + sizeOf(event), 0)
    if (events.length === 0 || events.length > UNIT_EVENTS_MAX || bytes > UNIT_BYTES_MAX)
      return Promise.reject(new AppendTooLarge(stream, events.length, bytes))
    if (this.#closed) return Promise.reject(new StoreUnavailable('the event store is closed'))
    if (this.#waitingBytes + bytes > WAITING_BYTES_MAX)
      return Promise.reject(new StoreUnavailable('too many appends are waiting: try again later'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ stream, expected, events, bytes, resolve, reject })
      this.#waitingBytes += bytes
      this.#running ??= this.#run()
    })
  }

  /** Takes no more appends, and answers when those taken are done. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn of the loop lets callers that were just answered join this call rather than wait for the next.
      await new Promise(setImmediate)
      const batch = this.#takeBatch()
      await this.#settle(batch)
      for (const { bytes } of batch) this.#waitingBytes -= bytes
    }
    this.#running = undefined
  }

  #takeBatch(): Waiting[] {
    let bytes = 0
    let events = 0
    let taken = 0
    for (const waiting of this.#queue) {
      bytes += waiting.bytes
      events += waiting.events.length
      if (taken > 0 && (bytes > CALL_BYTES_MAX || events > CALL_EVENTS_MAX)) break
      taken++
    }
    return this.#queue.splice(0, taken)
  }

  /** Answers every append of the batch, whatever happens. */
  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const verdicts = await this.#call(batch)
      if (verdicts.some(({ outcome }) => outcome === 'appended')) this.#parts.onAppended()
      for (const [i, waiting] of batch.entries()) answer(waiting, verdicts[i])
    } catch (error) {
      // A fault in one append's content failed the whole call, and nothing of it was written: find whose it is.
      if (
        batch.length > 1 &&
        failureOf(error) === 'fault' &&
        !(error instanceof StoreUnavailable || error instanceof AppendOutcomeUnknown)
      )
        for (const waiting of batch) await this.#settle([waiting])
      else for (const waiting of batch) waiting.reject(error)
    }
  }

  /**
   * Calls the SQL function until it answers. After a lost connection the same call is simply made again: what was written
   * is recognised by its ids, and a call that is still committing on the server holds the lock until that is decided.
   */
  async #call(batch: readonly Waiting[]): Promise<readonly Verdict[]> {
    const deadline = performance.now() + this.#parts.deadlineMs
    const backoff = new Backoff()
    const query = callOf(batch)
    let perhapsWritten = false
    for (;;) {
      try {
        const left = Math.max(1, deadline - performance.now())
        return (await withClient(this.#parts.pool, left, (client) => client.query<Verdict>(query))).rows
      } catch (error) {
        const begun = !(error instanceof NotConnected)
        const failure = failureOf(begun ? error : error.cause)
        if (failure === 'fault') throw error
        if (begun && failure === 'lost') perhapsWritten = true
        if (performance.now() + backoff.next > deadline)
          throw perhapsWritten
            ? new AppendOutcomeUnknown('PostgreSQL did not answer, and could not be asked again in time', {
                cause: error,
              })
            : new StoreUnavailable('nothing was written: PostgreSQL does not answer', { cause: error })
        this.#parts.log(`an append is tried again, because PostgreSQL did not answer: ${String(error)}`)
        await backoff.pause()
      }
    }
  }
}

function answer({ stream, expected, resolve, reject }: Waiting, verdict: Verdict | undefined): void {
  if (verdict === undefined) {
    reject(new Error('quipu_log.append gave no verdict'))
    return
  }
  const revision = BigInt(verdict.last_revision)
  if (verdict.outcome === 'refused')
    reject(new WrongExpectedRevision(stream, expected, revision < 0n ? 'no-stream' : revision))
  else {
    const alreadyThere = verdict.outcome === 'already-there'
    resolve({ revision, position: BigInt(verdict.last_position), alreadyThere })
  }
}

const CALL =
  'SELECT outcome, last_revision, last_position FROM quipu_log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)'

/** The arguments of the SQL function, whose comments say what each holds. */
function callOf(batch: readonly Waiting[]): pg.QueryConfig {
  const places = new Map<string, number>()
  const appends = { stream: [] as number[], expected: [] as string[], events: [] as number[] }
  const events = { append: [] as number[], index: [] as number[], id: [] as string[], type: [] as string[] }
  const bytes = { data: [] as number[], both: [] as number[], start: [] as number[] }
  const texts: string[] = []
  let start = 1
  for (const [a, waiting] of batch.entries()) {
    const place = places.get(waiting.stream) ?? places.size + 1
    places.set(waiting.stream, place)
    appends.stream.push(place)
    appends.expected.push(waiting.expected === 'no-stream' ? '-1' : String(waiting.expected))
    appends.events.push(waiting.events.length)
    for (const [i, event] of waiting.events.entries()) {
      events.append.push(a + 1)
      events.index.push(i)
      events.id.push(event.id)
      events.type.push(event.type)
      const data = Buffer.byteLength(event.data)
      const both = data + Buffer.byteLength(event.metadata)
      bytes.data.push(data)
      bytes.both.push(both)
      bytes.start.push(start)
      texts.push(event.data, event.metadata)
      start += both
    }
  }
  const values = [
    [...places.keys()],
    ...[appends.stream, appends.expected, appends.events],
    ...[events.append, events.index, events.id, events.type],
    ...[bytes.data, bytes.both, bytes.start],
    Buffer.from(texts.join(''), 'utf8'),
  ]
  return { name: 'quipu-append', text: CALL, values }
}
