// The shape of every write model: what to record for a command, and what the record makes of the state.
import type { Refusal, Warning } from './refusal.ts'
import type { Tables } from './rows.ts'

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

/**
 * How a state of two layers is made: a small head, which is never changed but replaced, and tables whose rows need not all be in
 * memory. Such a state can be taken back to what it was, and saved.
 */
export interface Layers<State> {
  /** What head and rows look like. Whoever changes that, or what events make of it, changes this: what was saved before is then thrown away. */
  readonly shape: string
  /** The state before the first event, with its tables among `tables`. */
  empty(tables: Tables): State
  /** The state without its rows, as plain JSON. */
  headOf(state: State): unknown
  /** The state of a head that {@link headOf} made, with tables that hold no rows yet. @throws for anything else. */
  revived(head: unknown, tables: Tables): State
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
