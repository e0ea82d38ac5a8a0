// What the command handler needs of a decider, and what one submitted command is.
import type { Decision, Layers } from '../domain/kernel/decider.ts'
import type { Warning } from '../domain/kernel/refusal.ts'
import type { Appended } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'

/**
 * The folding half of a decider. `initial` must be a new state each time it is read, because `evolve` may change the state it is
 * given: the stream's lane owns it.
 */
export interface WriteModel<State, Event extends LedgerEvent> {
  readonly initial: State
  evolve(state: State, event: Event): State
  /** Where the state has two layers, it can be taken back and saved. */
  readonly layers?: Layers<State>
}

/** One command for one stream. `decide` may run more than once: when somebody else's append came first, it is asked again. */
export interface Submission<State, Event extends LedgerEvent> {
  readonly stream: string
  readonly model: WriteModel<State, Event>
  /** Unique to the command; with the stream it makes the event ids. */
  readonly commandId: string
  /** SHA-256, in hex, of the canonical input. */
  readonly commandHash: string
  /** True when the sender chose the key, so that it must be remembered with the stream. */
  readonly keyed: boolean
  readonly actor: string
  readonly correlationId?: string | undefined
  readonly causationId?: string | undefined
  readonly effectiveAt?: string | null | undefined
  /**
   * `fold` makes the state of an event at once, for batches whose later lines are decided on what earlier ones recorded; a decision
   * that uses it folds everything it answers, and nothing else.
   */
  decide(state: State, fold: (event: Event) => State): Decision<Event>
  /** Stream revision of the event that first recorded what a command without new events is about; null when unknown. */
  firstRevision?(state: State): number | null
}

/** What became of a submission that was accepted. */
export interface Submitted<Event> {
  /** Empty when nothing had to be recorded. */
  readonly events: readonly Event[]
  readonly appended: Appended
  readonly warnings: readonly Warning[]
}
