// The ways an append or a read can fail, as the port promises them. `code` is stable.

export abstract class EventStoreError extends Error {
  abstract readonly code: string
}

/** Somebody else appended first; read the tail and decide again. */
export class WrongExpectedRevision extends EventStoreError {
  readonly code = 'wrong-expected-revision'
  readonly stream: string
  readonly expected: 'no-stream' | bigint
  readonly actual: 'no-stream' | bigint | 'unknown'
  constructor(stream: string, expected: 'no-stream' | bigint, actual: 'no-stream' | bigint | 'unknown') {
    super(`stream ${stream} was expected at ${expected} and is at ${actual}`)
    this.stream = stream
    this.expected = expected
    this.actual = actual
  }
}

/** The unit is over UNIT_EVENTS_MAX events or UNIT_BYTES_MAX bytes, or empty. */
export class AppendTooLarge extends EventStoreError {
  readonly code = 'append-too-large'
  readonly stream: string
  readonly events: number
  readonly bytes: number
  constructor(stream: string, events: number, bytes: number) {
    super(`an append of ${events} events and ${bytes} bytes to ${stream} is outside the limits of one unit`)
    this.stream = stream
    this.events = events
    this.bytes = bytes
  }
}

/** The stream was deleted or tombstoned behind our back: a ledger stream never should be. */
export class StreamDeleted extends EventStoreError {
  readonly code = 'stream-deleted'
  readonly stream: string
  constructor(stream: string) {
    super(`stream ${stream} has been deleted in the event store`)
    this.stream = stream
  }
}

/** Nothing was written; trying again is safe. */
export class StoreUnavailable extends EventStoreError {
  readonly code = 'store-unavailable'
}

/** It may or may not have been written, and reading back could not tell. Retrying with the same ids is safe. */
export class AppendOutcomeUnknown extends EventStoreError {
  readonly code = 'append-outcome-unknown'
}

/** What the log holds is not what was written: the hash in the envelope does not match the data. */
export class CorruptEvent extends EventStoreError {
  readonly code = 'corrupt-event'
}

/** An event type or a schema version that this release does not know: a newer one wrote it. Nothing may skip it. */
export class UnknownEvent extends EventStoreError {
  readonly code = 'unknown-event'
}

/** What was to be recorded does not fit the schema of its type: a bug in what decided it, found before the log has it. */
export class InvalidEvent extends EventStoreError {
  readonly code = 'invalid-event'
}
