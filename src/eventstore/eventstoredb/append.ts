// Appending to EventStoreDB so that the outcome is always known: repeated with the same ids, read back, and then decided.
import { type JSONEventData, NO_STREAM } from '@eventstore/db-client'
import {
  AppendOutcomeUnknown,
  AppendTooLarge,
  StoreUnavailable,
  StreamDeleted,
  WrongExpectedRevision,
} from '../errors.ts'
import {
  type AppendResult,
  type EventToAppend,
  type ExpectedRevision,
  sizeOf,
  UNIT_BYTES_MAX,
  UNIT_EVENTS_MAX,
} from '../event-store.ts'
import type { Clients } from './clients.ts'
import { type Failure, failureOf } from './failures.ts'
import { Patience, TookTooLong, within } from './patience.ts'
import { headOf, readStream } from './read.ts'
import { toSend } from './recorded.ts'
import type { Settings } from './settings.ts'

/** The client enforces its deadline by itself; this much later we stop trusting that it does. */
const GRACE_MS = 500

interface Unit {
  readonly stream: string
  readonly expected: ExpectedRevision
  readonly events: readonly EventToAppend[]
  readonly messages: JSONEventData[]
}

type Outcome = { readonly kind: 'written'; readonly revision: bigint; readonly position: bigint | undefined } | Failure

/**
 * Appends one unit at an exact revision.
 *
 * An outcome nobody told us (time-out, cut line, any unforeseen error) is never guessed. The stream is read back from the
 * expected revision: our ids there mean written, other ids mean that somebody else was first, nothing there means that it
 * is not written yet. Then the same ids go to the same revision again, which the server recognises for ever, however late
 * the first attempt lands: at an exact revision it compares ids with its disk, not with its memory.
 */
export async function append(
  clients: Clients,
  settings: Settings,
  stream: string,
  expected: ExpectedRevision,
  events: readonly EventToAppend[],
): Promise<AppendResult> {
  const bytes = events.reduce((sum, event) => sum + sizeOf(event), 0)
  if (events.length === 0 || events.length > UNIT_EVENTS_MAX || bytes > UNIT_BYTES_MAX) {
    throw new AppendTooLarge(stream, events.length, bytes)
  }
  const unit: Unit = { stream, expected, events, messages: events.map(toSend) }
  const patience = new Patience(settings.appendMs, settings.pauseMs)
  // Set once an attempt has ended without word: from then on, only reading back can say that nothing was written.
  let inDoubt = false
  for (;;) {
    const outcome = await attempt(clients, settings, unit, patience)
    let why: string
    switch (outcome.kind) {
      case 'written': {
        if (outcome.position !== undefined) {
          return { revision: outcome.revision, position: outcome.position, alreadyThere: false }
        }
        // The server says "already there" by leaving the position out, which only reading back can tell.
        const found = await lookUp(clients, settings, unit, patience)
        if (found.kind === 'ours') return { ...found.at, alreadyThere: !inDoubt }
        why = 'the events are said to be there and could not be read back'
        inDoubt = true
        break
      }
      case 'wrong-revision': {
        const found = await lookUp(clients, settings, unit, patience)
        if (found.kind === 'ours') return { ...found.at, alreadyThere: !inDoubt }
        if (found.kind !== 'unreadable') throw new WrongExpectedRevision(stream, expected, outcome.actual)
        why = found.why
        inDoubt = true
        break
      }
      case 'unknown': {
        inDoubt = true
        why = outcome.why
        const found = await lookUp(clients, settings, unit, patience)
        // Whether this call wrote it or an earlier one cannot be told apart; it is written once, and that is said.
        if (found.kind === 'ours') return { ...found.at, alreadyThere: false }
        if (found.kind === 'others') throw new WrongExpectedRevision(stream, expected, found.actual)
        break
      }
      case 'not-leader':
      case 'not-sent':
        why = outcome.why
        break
      case 'stream-deleted':
        throw new StreamDeleted(stream)
      case 'too-large':
        throw new AppendTooLarge(stream, events.length, bytes)
      case 'refused':
        if (!inDoubt) throw new StoreUnavailable(`append to ${stream} was refused: ${outcome.why}`)
        why = outcome.why
        break
    }
    settings.onWarning({ code: 'append-repeated', message: `append to ${stream}: ${why}` })
    if (await patience.pause()) continue
    if (!inDoubt) throw new StoreUnavailable(`append to ${stream} found no server: ${why}`)
    throw new AppendOutcomeUnknown(`append to ${stream} may or may not have been written: ${why}`)
  }
}

async function attempt(clients: Clients, settings: Settings, unit: Unit, patience: Patience): Promise<Outcome> {
  const { stream, expected, messages } = unit
  const client = clients.writer
  // A last attempt must leave time to read back what came of it.
  const deadline = Math.max(1, Math.min(settings.attemptMs, patience.leftMs / 2))
  try {
    // `throwOnAppendFailure` stays true: when false, the client answers with a wrong revision.
    const sent = client.appendToStream(stream, messages, {
      expectedRevision: expected === 'no-stream' ? NO_STREAM : expected,
      requiresLeader: true,
      deadline,
    })
    const result = await within(deadline + GRACE_MS, sent)
    return { kind: 'written', revision: result.nextExpectedRevision, position: result.position?.commit }
  } catch (error) {
    // A client that does not even keep its own deadline is replaced, and so is one whose channel does not come back.
    const failure = failureOf(error)
    if (clients.writer === client && (error instanceof TookTooLong || failure.kind === 'not-sent')) {
      await clients.renew('writer')
    }
    return failure
  }
}

type Found =
  | { readonly kind: 'ours'; readonly at: { readonly revision: bigint; readonly position: bigint } }
  | { readonly kind: 'others'; readonly actual: bigint | 'unknown' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly why: string }

/** What lies where the unit would lie. */
async function lookUp(clients: Clients, settings: Settings, unit: Unit, patience: Patience): Promise<Found> {
  const { stream, expected, events } = unit
  const from = expected === 'no-stream' ? 0n : expected + 1n
  const brief = { ...settings, readMs: Math.max(settings.pauseMs.first, Math.min(settings.attemptMs, patience.leftMs)) }
  try {
    let found = 0
    for await (const event of readStream(clients, brief, stream, { from, limit: events.length })) {
      if (event.id !== events[found]?.id) return { kind: 'others', actual: await headOf(clients, brief, stream) }
      found += 1
      if (found === events.length) return { kind: 'ours', at: { revision: event.revision, position: event.position } }
    }
    if (found === 0) return { kind: 'nothing' }
    // Our first events without the rest: a shorter unit of the same beginning, for no unit is written in part.
    return { kind: 'others', actual: from + BigInt(found) - 1n }
  } catch (error) {
    if (error instanceof StreamDeleted) throw error
    return { kind: 'unreadable', why: error instanceof Error ? error.message : String(error) }
  }
}
