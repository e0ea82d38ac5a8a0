// The protocol server's places for faults: what a test may make it do wrong, and when.
import type { status } from '@grpc/grpc-js'

export interface AppendSeen {
  readonly rpc: 'Append' | 'BatchAppend'
  readonly stream: string
  readonly ids: readonly string[]
  /** 1 for the first append that reached this server, then 2, 3 ... */
  readonly count: number
}

export interface ReadSeen {
  /** undefined: the whole log. */
  readonly stream: string | undefined
  readonly subscription: boolean
  readonly count: number
}

export interface EventSent {
  readonly stream: string
  readonly revision: bigint
  readonly subscription: boolean
  /** 1 for the first event this server is about to send, then 2, 3 ... */
  readonly count: number
}

/** What happens to a call at a place for faults: it goes on, is left without an answer for ever, or fails on the wire. */
export type Verdict = 'go-on' | 'never-answer' | { readonly fail: status; readonly details?: string }

/**
 * Every hook may wait for as long as the test likes before it gives its verdict: that is how delays are made, without clocks.
 * All are settable at any time; a fresh server has none.
 */
export interface Faults {
  /** Before anything is checked or written. */
  beforeCommit?: (append: AppendSeen) => Verdict | Promise<Verdict>
  /** When it has been written (or found to be there), before the answer. */
  afterCommit?: (append: AppendSeen) => Verdict | Promise<Verdict>
  /** Before a read or subscription sends its first message. */
  beforeRead?: (read: ReadSeen) => Verdict | Promise<Verdict>
  /** Before each event that a read or subscription sends: how a slow server is made. */
  beforeEvent?: (sent: EventSent) => void | Promise<void>
  /** The answer to the client's first question, which methods there are. */
  supportedMethods?: () => Verdict | Promise<Verdict>
  /** Ends each subscription after so many events: with OK, or with an error. */
  dropAfter?: { readonly events: number; readonly how: 'ok' | 'error' }
  /** Subscriptions begin at the position asked for instead of after it (or so many events before), and so repeat events. */
  repeatOnSubscribe?: boolean | number
  /** Sends a checkpoint far ahead of what has been delivered, as servers of 2023 and 2025 did. */
  wrongCheckpoints?: boolean
  /** A cap on one append below the default of 1 MiB. */
  appendBytesMax?: number
  /** How far this server's clock is ahead of the client's, in milliseconds; below zero it is behind. */
  clockAheadMs?: number
  /** This node is no leader; it names the one that is. */
  leader?: { readonly host: string; readonly port: number }
}

/** A subscription as the server sees it, for a test to disturb. */
export interface LiveSubscription {
  /** The server ends it with status OK. */
  end(): void
  /** The server ends it with an error. */
  fail(code: status): void
  /** It stays open, and nothing is ever sent on it again. */
  stall(): void
}
