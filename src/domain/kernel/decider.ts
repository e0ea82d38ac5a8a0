// The shape of every write model: what to record for a command, and what the record makes of the state.
import type { Refusal, Warning } from './refusal.ts'

/** What a command leads to: events to record (none when it changes nothing), or the reason it was refused. */
export type Decision<Event> =
  | { readonly accepted: true; readonly events: readonly Event[]; readonly warnings: readonly Warning[] }
  | { readonly accepted: false; readonly refusal: Refusal }

/**
 * One pure write model. `decide` never throws for bad input (it rejects), and time and ids arrive inside the command.
 * `evolve` is total over events that were accepted: an event that does not fit the state means a corrupt stream, and throws.
 */
export type Decider<Command, State, Event> = {
  readonly initial: State
  decide(command: Command, state: State): Decision<Event>
  evolve(state: State, event: Event): State
}

/** Accepts with the events to record, in order, and what the caller should be warned of. */
export function accept<Event>(events: readonly Event[], warnings: readonly Warning[] = []): Decision<Event> {
  return { accepted: true, events, warnings }
}

/** Refuses: nothing is recorded. */
export function reject(refusal: Refusal): { readonly accepted: false; readonly refusal: Refusal } {
  return { accepted: false, refusal }
}

/** Marks a switch as exhaustive: the compiler refuses a missing case, and a value from outside the type throws. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
