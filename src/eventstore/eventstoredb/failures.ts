// What an error of the client says about an append: refused for a reason, never sent, or of unknown outcome.
import {
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  RequiredMetadataPropertyMissingError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client'

export type Failure =
  | { readonly kind: 'wrong-revision'; readonly actual: 'no-stream' | bigint }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'too-large' }
  /** The server will not have it, now or later. */
  | { readonly kind: 'refused'; readonly why: string }
  /** A follower declined; the client now turns to the leader that it named. */
  | { readonly kind: 'not-leader'; readonly why: string }
  /** It found no server. */
  | { readonly kind: 'not-sent'; readonly why: string }
  /** It may have been written, or may yet be. */
  | { readonly kind: 'unknown'; readonly why: string }

/**
 * The words of grpc-js for a call that found no connection, for one whose deadline came while it still waited for a
 * connection (each a first attempt: none says so after an earlier one), and of the client's discovery. Should they change,
 * these cases are taken for unknown outcomes, which costs a read and is safe.
 */
const NEVER_LEFT = [
  /No connection established/,
  /Deadline exceeded after (?!.*previous attempts).*waiting for (?:name resolution|LB pick)$/i,
  /^Failed to discover/,
]

/**
 * Sorts an error by what it proves. Only what the server says of this very append is proof; a time-out, a cut line or an
 * error nobody has thought of proves nothing.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof WrongExpectedVersionError) {
    return {
      kind: 'wrong-revision',
      actual: typeof error.actualVersion === 'bigint' ? error.actualVersion : 'no-stream',
    }
  }
  if (error instanceof StreamDeletedError) return { kind: 'stream-deleted' }
  if (error instanceof MaxAppendSizeExceededError) return { kind: 'too-large' }
  if (error instanceof NotLeaderError) return { kind: 'not-leader', why: 'the node is not the leader' }
  if (error instanceof AccessDeniedError) return { kind: 'refused', why: 'access denied: check the credentials' }
  if (error instanceof InvalidArgumentError || error instanceof RequiredMetadataPropertyMissingError) {
    return { kind: 'refused', why: messageOf(error) }
  }
  const why = messageOf(error)
  if (NEVER_LEFT.some((words) => words.test(why))) return { kind: 'not-sent', why }
  return { kind: 'unknown', why }
}

export function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}
