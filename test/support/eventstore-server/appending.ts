// The protocol server's appends: the Append and BatchAppend calls, with their caps, deadlines and answers.
import codePb from '@eventstore/db-client/generated/code_pb.js'
import sharedPb from '@eventstore/db-client/generated/shared_pb.js'
import type statusPb from '@eventstore/db-client/generated/status_pb.js'
import streamsPb from '@eventstore/db-client/generated/streams_pb.js'
import type { ServerDuplexStream, ServerReadableStream, sendUnaryData } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import type { AppendSeen, Faults, Verdict } from './faults.ts'
import type { Appended, EventLog, Expected, Proposed } from './log.ts'
import * as say from './messages.ts'

/** Default of EventStoreDB for one whole append. */
const APPEND_BYTES_MAX = 1024 * 1024
const WRITE_TIMEOUT_MS = 2000

interface Batch {
  readonly stream: string
  readonly expected: Expected
  readonly deadlineMs: number | undefined
  readonly events: Proposed[]
}

export class Appending {
  readonly #log: EventLog
  readonly #faults: Faults
  #count = 0

  constructor(log: EventLog, faults: Faults) {
    this.#log = log
    this.#faults = faults
  }

  append(
    call: ServerReadableStream<streamsPb.AppendReq, streamsPb.AppendResp>,
    answer: sendUnaryData<streamsPb.AppendResp>,
  ) {
    let options: streamsPb.AppendReq.Options | undefined
    const events: Proposed[] = []
    call.on('data', (request: streamsPb.AppendReq) => {
      options ??= request.getOptions()
      const message = request.getProposedMessage()
      if (message !== undefined) events.push(say.proposed(message))
    })
    call.on('error', () => {})
    call.on('end', async () => {
      // A call that the client gives up ends too, with what had come so far; that it was cancelled is known an instant later.
      await new Promise((resolve) => setImmediate(resolve))
      if (call.cancelled) return
      if (options === undefined) return answer(say.failure(status.INVALID_ARGUMENT, 'Expected options first'))
      const batch = { stream: say.nameOf(options.getStreamIdentifier()), expected: expectedOf(options), events }
      const incomplete = events.find((event) => event.type === '' || event.contentType === '')
      if (incomplete !== undefined) {
        const trailers = {
          exception: 'missing-required-metadata-property',
          'required-metadata-properties': 'type,content-type',
        }
        return answer(say.failure(status.INVALID_ARGUMENT, 'Required Metadata Property Missing', trailers))
      }
      const max = this.#faults.appendBytesMax ?? APPEND_BYTES_MAX
      if (sizeOf(events) > max) {
        const trailers = { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(max) }
        return answer(say.failure(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded', trailers))
      }
      const outcome = await this.#commit('Append', batch)
      if (outcome === 'never-answer') return
      if ('fail' in outcome) return answer(say.failure(outcome.fail, outcome.details ?? 'a fault of the test'))
      if (outcome.kind === 'stream-deleted') return answer(say.streamDeleted(batch.stream))
      answer(null, appendResponse(batch.expected, outcome))
    })
  }

  batchAppend(call: ServerDuplexStream<streamsPb.BatchAppendReq, streamsPb.BatchAppendResp>) {
    const batches = new Map<string, Batch>()
    call.on('data', async (request: streamsPb.BatchAppendReq) => {
      const correlation = say.uuidText(request.getCorrelationId())
      const options = request.getOptions()
      if (options !== undefined) {
        const stream = say.nameOf(options.getStreamIdentifier())
        const deadline = options.getDeadline()
        const deadlineMs = deadline && deadline.getSeconds() * 1000 + deadline.getNanos() / 1e6
        batches.set(correlation, { stream, expected: expectedOf(options), deadlineMs, events: [] })
      }
      const batch = batches.get(correlation)
      if (batch === undefined) return
      batch.events.push(...request.getProposedMessagesList().map(say.proposed))
      if (!request.getIsFinal()) return
      batches.delete(correlation)

      const response = new streamsPb.BatchAppendResp()
      const id = request.getCorrelationId()
      if (id !== undefined) response.setCorrelationId(id)
      response.setStreamIdentifier(say.identifierOf(batch.stream))
      const error = this.#refuseBatch(batch)
      if (error !== undefined) return void call.write(response.setError(error))
      const outcome = await this.#commit('BatchAppend', batch)
      if (outcome === 'never-answer') return
      if ('fail' in outcome)
        return void call.emit('error', say.failure(outcome.fail, outcome.details ?? 'a fault of the test'))
      call.write(batchResponse(response, batch, outcome))
    })
    call.on('error', () => {})
    call.on('end', () => call.end())
  }

  #refuseBatch(batch: Batch): statusPb.Status | undefined {
    // The deadline is an instant on the client's clock, compared with the server's: a server ahead refuses at once.
    const serverNow = Date.now() + (this.#faults.clockAheadMs ?? 0)
    const timeout = batch.deadlineMs === undefined ? WRITE_TIMEOUT_MS : batch.deadlineMs - serverNow
    if (timeout <= 0) return say.batchError(codePb.Code.DEADLINE_EXCEEDED, 'Timeout', 'Timeout', new sharedPb.Timeout())
    if (sizeOf(batch.events) <= APPEND_BYTES_MAX) return undefined
    const exceeded = new sharedPb.MaximumAppendSizeExceeded().setMaxappendsize(APPEND_BYTES_MAX)
    return say.batchError(
      codePb.Code.INVALID_ARGUMENT,
      'Maximum Append Size Exceeded',
      'MaximumAppendSizeExceeded',
      exceeded,
    )
  }

  async #commit(
    rpc: AppendSeen['rpc'],
    batch: Omit<Batch, 'deadlineMs'>,
  ): Promise<Appended | Exclude<Verdict, 'go-on'>> {
    this.#count += 1
    const seen = { rpc, stream: batch.stream, ids: batch.events.map((event) => event.id), count: this.#count }
    const before = (await this.#faults.beforeCommit?.(seen)) ?? 'go-on'
    if (before !== 'go-on') return before
    const outcome = this.#log.append(batch.stream, batch.expected, batch.events)
    const after = (await this.#faults.afterCommit?.(seen)) ?? 'go-on'
    return after === 'go-on' ? outcome : after
  }
}

function appendResponse(
  expected: Expected,
  outcome: Exclude<Appended, { kind: 'stream-deleted' }>,
): streamsPb.AppendResp {
  if (outcome.kind === 'wrong-expected-version') {
    const wrong = new streamsPb.AppendResp.WrongExpectedVersion()
    if (outcome.current === undefined) wrong.setCurrentNoStream(say.empty())
    else wrong.setCurrentRevision(String(outcome.current))
    if (expected.kind === 'exact') wrong.setExpectedRevision(String(expected.revision))
    else if (expected.kind === 'no-stream') wrong.setExpectedNoStream(say.empty())
    else if (expected.kind === 'exists') wrong.setExpectedStreamExists(say.empty())
    else wrong.setExpectedAny(say.empty())
    return new streamsPb.AppendResp().setWrongExpectedVersion(wrong)
  }
  const success = new streamsPb.AppendResp.Success().setCurrentRevision(String(outcome.revision))
  if (outcome.kind === 'idempotent') success.setNoPosition(say.empty())
  else {
    const position = new streamsPb.AppendResp.Position()
    position.setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position))
    success.setPosition(position)
  }
  return new streamsPb.AppendResp().setSuccess(success)
}

function batchResponse(
  response: streamsPb.BatchAppendResp,
  batch: Batch,
  outcome: Appended,
): streamsPb.BatchAppendResp {
  if (outcome.kind === 'stream-deleted') {
    const deleted = new sharedPb.StreamDeleted().setStreamIdentifier(say.identifierOf(batch.stream))
    return response.setError(say.batchError(codePb.Code.NOT_FOUND, 'StreamDeleted', 'StreamDeleted', deleted))
  }
  if (outcome.kind === 'wrong-expected-version') {
    const wrong = say.wrongExpectedVersion(batch.expected, outcome.current)
    return response.setError(
      say.batchError(codePb.Code.ALREADY_EXISTS, 'WrongExpectedVersion', 'WrongExpectedVersion', wrong),
    )
  }
  const success = new streamsPb.BatchAppendResp.Success().setCurrentRevision(String(outcome.revision))
  if (outcome.kind === 'idempotent') return response.setSuccess(success.setNoPosition(say.googleEmpty()))
  const position = new sharedPb.AllStreamPosition()
  position.setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position))
  return response.setSuccess(success.setPosition(position))
}

function expectedOf(options: streamsPb.AppendReq.Options | streamsPb.BatchAppendReq.Options): Expected {
  if (options.hasNoStream()) return { kind: 'no-stream' }
  if (options.hasAny()) return { kind: 'any' }
  if (options.hasStreamExists()) return { kind: 'exists' }
  return {
    kind: 'exact',
    revision: BigInt('getRevision' in options ? options.getRevision() : options.getStreamPosition()),
  }
}

/** As EventStoreDB counts an append: data, metadata, and two bytes for each UTF-16 unit of the type. */
function sizeOf(events: readonly Proposed[]): number {
  return events.reduce((sum, event) => sum + event.data.length + event.metadata.length + 2 * event.type.length, 0)
}
