// The protocol server's reads and subscriptions: one Read call that pages through the log, filters it, and follows it.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import streamsPb from '@eventstore/db-client/generated/streams_pb.js'
import { type ServerWritableStream, type StatusObject, status } from '@grpc/grpc-js'
import type { Faults, LiveSubscription } from './faults.ts'
import type { EventLog, Recorded } from './log.ts'
import * as say from './messages.ts'

type Call = ServerWritableStream<streamsPb.ReadReq, streamsPb.ReadResp>
type Options = streamsPb.ReadReq.Options

/** How many records a filter looks at between two checkpoints, unless the client says otherwise. */
const SEARCH_WINDOW = 32

export class Reading {
  readonly subscriptions = new Set<LiveSubscription>()
  readonly #log: EventLog
  readonly #faults: Faults
  #count = 0
  #sent = 0

  constructor(log: EventLog, faults: Faults) {
    this.#log = log
    this.#faults = faults
  }

  async read(call: Call): Promise<void> {
    call.on('error', () => {})
    const options = call.request.getOptions()
    if (options === undefined) return fail(call, say.failure(status.INVALID_ARGUMENT, 'no options'))
    this.#count += 1
    const stream = options.hasStream() ? say.nameOf(options.getStream()?.getStreamIdentifier()) : undefined
    const seen = { stream, subscription: options.hasSubscription(), count: this.#count }
    const verdict = (await this.#faults.beforeRead?.(seen)) ?? 'go-on'
    if (verdict === 'never-answer' || call.cancelled) return
    if (verdict !== 'go-on') return fail(call, say.failure(verdict.fail, verdict.details ?? 'a fault of the test'))

    const backwards = options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS
    if ((options.hasFilter() && stream !== undefined) || (options.hasSubscription() && backwards)) {
      return fail(call, say.failure(status.INVALID_ARGUMENT, 'The combination of options is invalid.'))
    }
    if (options.hasSubscription()) return this.#subscribe(call, options, stream)
    if (stream === undefined) return this.#readAll(call, options, backwards)
    return this.#readStream(call, options, stream, backwards)
  }

  async #readStream(call: Call, options: Options, stream: string, backwards: boolean): Promise<void> {
    const records = this.#log.readStream(stream)
    if (records === 'deleted') return fail(call, say.streamDeleted(stream))
    if (records === 'not-found') {
      const notFound = new streamsPb.ReadResp.StreamNotFound().setStreamIdentifier(say.identifierOf(stream))
      call.write(new streamsPb.ReadResp().setStreamNotFound(notFound))
      call.end()
      return
    }
    const from = options.getStream()!
    const revision = from.hasRevision() ? BigInt(from.getRevision()) : from.hasEnd() ? records.at(-1)!.revision : 0n
    const selected = backwards
      ? records.filter((record) => record.revision <= revision).reverse()
      : records.filter((record) => record.revision >= revision)
    await this.#send(call, selected, Number(options.getCount()))
  }

  async #readAll(call: Call, options: Options, backwards: boolean): Promise<void> {
    const all = options.getAll()!
    const position = all.hasPosition() ? BigInt(all.getPosition()!.getCommitPosition()) : undefined
    const passes = filterOf(options)
    const limit = Number(options.getCount())
    // Read backwards, a position stands before its own record, as the reader of a log file does.
    const end = this.#log.all.length
    const start = position !== undefined ? this.#log.indexAt(position) : all.hasEnd() ? end : backwards ? end : 0
    const step = backwards ? -1 : 1
    await this.#send(
      call,
      walk(this.#log.all, backwards ? start - 1 : start, step, backwards ? -1 : end, passes),
      limit,
    )
  }

  async #send(call: Call, records: Iterable<Recorded>, limit: number): Promise<void> {
    let sent = 0
    for (const record of records) {
      if (sent >= limit || call.cancelled) break
      await this.#event(call, record, false)
      sent += 1
    }
    call.end()
  }

  async #subscribe(call: Call, options: Options, stream: string | undefined): Promise<void> {
    let stalled = false
    let open = true
    let wake: (() => void) | undefined
    const handle: LiveSubscription = {
      end: () => {
        open = false
        wake?.()
        call.end()
      },
      fail: (code) => {
        open = false
        wake?.()
        fail(call, say.failure(code, 'a fault of the test'))
      },
      stall: () => {
        stalled = true
      },
    }
    this.subscriptions.add(handle)
    const stopListening = this.#log.onWrite(() => wake?.())
    const done = () => {
      open = false
      wake?.()
      stopListening()
      this.subscriptions.delete(handle)
    }
    call.on('cancelled', done)
    call.on('close', done)

    const confirmation = new streamsPb.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())
    await write(call, new streamsPb.ReadResp().setConfirmation(confirmation))
    const passes = stream === undefined ? filterOf(options) : (record: Recorded) => record.stream === stream
    const window =
      (options.getFilter()?.getMax() || SEARCH_WINDOW) * (options.getFilter()?.getCheckpointintervalmultiplier() || 1)
    let next = this.#startOf(options)
    let [considered, sent] = [0, 0]
    let caughtUp = false
    while (open) {
      if (next < this.#log.all.length) {
        const record = this.#log.all[next]!
        next += 1
        considered += 1
        if (stalled) continue
        if (passes(record)) {
          await this.#event(call, record, true)
          sent += 1
          const drop = this.#faults.dropAfter
          if (drop !== undefined && sent >= drop.events) {
            if (drop.how === 'ok') handle.end()
            else handle.fail(status.UNAVAILABLE)
          }
        }
        if (options.hasFilter() && considered % window === 0) await this.#checkpoint(call, record.position)
        continue
      }
      if (!caughtUp && !stalled) {
        caughtUp = true
        const last = this.#log.all.at(-1)
        if (options.hasFilter() && last !== undefined) await this.#checkpoint(call, last.position)
        await write(call, new streamsPb.ReadResp().setCaughtUp(new streamsPb.ReadResp.CaughtUp()))
        continue
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    done()
  }

  async #event(call: Call, record: Recorded, subscription: boolean): Promise<void> {
    if (this.#faults.beforeEvent !== undefined) {
      this.#sent += 1
      const { stream, revision } = record
      await this.#faults.beforeEvent({ stream, revision, subscription, count: this.#sent })
    }
    await write(call, say.eventMessage(record))
  }

  async #checkpoint(call: Call, position: bigint): Promise<void> {
    await write(call, say.checkpointMessage(this.#faults.wrongCheckpoints ? position + 1_000_000_000n : position))
  }

  /** Subscriptions begin after the position given. */
  #startOf(options: Options): number {
    const all = options.getAll()
    const stream = options.getStream()
    if (all?.hasEnd() || stream?.hasEnd()) return this.#log.all.length
    if (all?.hasPosition()) {
      const position = BigInt(all.getPosition()!.getCommitPosition())
      const { repeatOnSubscribe = false } = this.#faults
      if (repeatOnSubscribe === false) return this.#log.indexAt(position + 1n)
      return Math.max(0, this.#log.indexAt(position) - (repeatOnSubscribe === true ? 0 : repeatOnSubscribe))
    }
    if (stream?.hasRevision()) {
      const name = say.nameOf(stream.getStreamIdentifier())
      const after = BigInt(stream.getRevision())
      return this.#log.all.findIndex((record) => record.stream === name && record.revision > after) >>> 0
    }
    return 0
  }
}

function filterOf(options: Options): (record: Recorded) => boolean {
  const filter = options.getFilter()
  if (filter === undefined) return () => true
  const by = filter.hasStreamIdentifier() ? filter.getStreamIdentifier() : filter.getEventType()
  const textOf = (record: Recorded) => (filter.hasStreamIdentifier() ? record.stream : record.type)
  const regex = by?.getRegex() ? new RegExp(by.getRegex()) : undefined
  const prefixes = by?.getPrefixList() ?? []
  return (record) => regex?.test(textOf(record)) ?? prefixes.some((prefix) => textOf(record).startsWith(prefix))
}

function* walk(
  all: readonly Recorded[],
  from: number,
  step: 1 | -1,
  to: number,
  passes: (record: Recorded) => boolean,
) {
  for (let i = from; i !== to && i >= 0; i += step) {
    const record = all[i]
    if (record !== undefined && passes(record)) yield record
  }
}

function fail(call: Call, why: StatusObject): void {
  call.emit('error', why)
}

/** Waits while the reader is slow, and stops waiting when it is gone. */
async function write(call: Call, message: streamsPb.ReadResp): Promise<void> {
  if (call.cancelled || call.destroyed || call.write(message)) return
  const gone = new AbortController()
  const waits = ['drain', 'close', 'cancelled', 'error'].map((event) => once(call, event, { signal: gone.signal }))
  await Promise.race(waits).catch(() => {})
  gone.abort()
  for (const wait of waits) wait.catch(() => {})
}
