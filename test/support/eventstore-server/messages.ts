// The protocol server's words: protobuf messages and error trailers as EventStoreDB forms them.
import { createRequire } from 'node:module'
import type codePb from '@eventstore/db-client/generated/code_pb.js'
import sharedPb from '@eventstore/db-client/generated/shared_pb.js'
import statusPb from '@eventstore/db-client/generated/status_pb.js'
import streamsPb from '@eventstore/db-client/generated/streams_pb.js'
import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import type * as AnyPb from 'google-protobuf/google/protobuf/any_pb.js'
import type * as EmptyPb from 'google-protobuf/google/protobuf/empty_pb.js'
import type { Message } from 'google-protobuf'
import type { Expected, Proposed, Recorded } from './log.ts'

// The client has a google-protobuf of its own below it; messages of another copy would not serialise inside its own.
const clientRequire = createRequire(createRequire(import.meta.url).resolve('@eventstore/db-client'))
const anyPb = clientRequire('google-protobuf/google/protobuf/any_pb.js') as typeof AnyPb
const emptyPb = clientRequire('google-protobuf/google/protobuf/empty_pb.js') as typeof EmptyPb

export const empty = (): sharedPb.Empty => new sharedPb.Empty()
export const googleEmpty = (): EmptyPb.Empty => new emptyPb.Empty()

export function nameOf(identifier: sharedPb.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8')
}

export function identifierOf(name: string): sharedPb.StreamIdentifier {
  return new sharedPb.StreamIdentifier().setStreamName(Buffer.from(name).toString('base64'))
}

/** Both spellings of a UUID on the wire: text, or two signed 64-bit halves. */
export function uuidText(uuid: sharedPb.UUID | undefined): string {
  const structured = uuid?.getStructured()
  if (structured === undefined) return uuid?.getString() ?? ''
  const half = (text: string) => BigInt.asUintN(64, BigInt(text)).toString(16).padStart(16, '0')
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits())
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export function proposed(
  message: streamsPb.AppendReq.ProposedMessage | streamsPb.BatchAppendReq.ProposedMessage,
): Proposed {
  const metadata = message.getMetadataMap()
  return {
    id: uuidText(message.getId()),
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  }
}

export function eventMessage(record: Recorded): streamsPb.ReadResp {
  const event = new streamsPb.ReadResp.ReadEvent.RecordedEvent()
  event.setId(new sharedPb.UUID().setString(record.id))
  event.setStreamIdentifier(identifierOf(record.stream))
  event.setStreamRevision(String(record.revision))
  event.setCommitPosition(String(record.position))
  event.setPreparePosition(String(record.position))
  event.setData(record.data)
  event.setCustomMetadata(record.metadata)
  const metadata = event.getMetadataMap()
  metadata.set('type', record.type)
  metadata.set('content-type', record.contentType)
  metadata.set('created', String(record.created))
  const read = new streamsPb.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(record.position))
  return new streamsPb.ReadResp().setEvent(read)
}

export function checkpointMessage(position: bigint): streamsPb.ReadResp {
  const checkpoint = new streamsPb.ReadResp.Checkpoint()
  checkpoint.setCommitPosition(String(position)).setPreparePosition(String(position))
  return new streamsPb.ReadResp().setCheckpoint(checkpoint)
}

/** google.rpc.Status with one typed detail: how a batch append says no. */
export function batchError(code: codePb.Code, message: string, type: string, detail: Message): statusPb.Status {
  const any = new anyPb.Any()
  any.pack(detail.serializeBinary(), `event_store.client.${type}`)
  return new statusPb.Status().setCode(code).setMessage(message).setDetails(any)
}

export function wrongExpectedVersion(expected: Expected, current: bigint | undefined): sharedPb.WrongExpectedVersion {
  const wrong = new sharedPb.WrongExpectedVersion()
  if (current === undefined) wrong.setCurrentNoStream(googleEmpty())
  else wrong.setCurrentStreamRevision(String(current))
  if (expected.kind === 'exact') wrong.setExpectedStreamPosition(String(expected.revision))
  else if (expected.kind === 'no-stream') wrong.setExpectedNoStream(googleEmpty())
  else if (expected.kind === 'exists') wrong.setExpectedStreamExists(googleEmpty())
  else wrong.setExpectedAny(googleEmpty())
  return wrong
}

/** A status on the wire with the trailer `exception` and its companions. */
export function failure(code: status, details: string, trailers: Record<string, string> = {}): StatusObject {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return { code, details, metadata }
}

export function streamDeleted(stream: string): StatusObject {
  const trailers = { exception: 'stream-deleted', 'stream-name': headerText(stream) }
  return failure(status.FAILED_PRECONDITION, 'Event stream is deleted.', trailers)
}

export function wrongVersionFailure(stream: string, expected: Expected, current: bigint | undefined): StatusObject {
  const asked = { exact: '', 'no-stream': '-1', any: '-2', exists: '-4' }[expected.kind]
  return failure(status.FAILED_PRECONDITION, 'Wrong expected version.', {
    exception: 'wrong-expected-version',
    'stream-name': headerText(stream),
    'expected-version': expected.kind === 'exact' ? String(expected.revision) : asked,
    'actual-version': current === undefined ? '' : String(current),
  })
}

/** Trailers are ASCII on the wire. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?')
}
