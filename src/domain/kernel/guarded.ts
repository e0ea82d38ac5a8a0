// Lets the parts of a decider refuse by throwing, while `decide` itself answers every refusal as a value.
import { type Decision, reject } from './decider.ts'
import { attempt, refuse } from './refusal.ts'

/** The same decision, with a thrown Refused turned into a rejection; any other exception is a bug and passes through. */
export function guarded<Command, State, Event>(
  decide: (command: Command, state: State) => Decision<Event>,
): (command: Command, state: State) => Decision<Event> {
  return (command, state) => {
    const decided = attempt(() => decide(command, state))
    return decided.ok ? decided.value : reject(decided.refusal)
  }
}

/** Runs a check of something nested: a refusal's field is put under `path`. */
export function within<T>(path: string, check: () => T): T {
  const read = attempt(check)
  if (read.ok) return read.value
  const { field } = read.refusal
  return refuse({ ...read.refusal, field: field === undefined ? path : `${path}.${field}` })
}
