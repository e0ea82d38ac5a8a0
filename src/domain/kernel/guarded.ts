// Lets the parts of a decider refuse by throwing, while `decide` itself answers every refusal as a value.
import { type Decision, reject } from './decider.ts'
import { attempt } from './refusal.ts'

/** The same decision, with a thrown Refused turned into a rejection; any other exception is a bug and passes through. */
export function guarded<Command, State, Event>(
  decide: (command: Command, state: State) => Decision<Event>,
): (command: Command, state: State) => Decision<Event> {
  return (command, state) => {
    const decided = attempt(() => decide(command, state))
    return decided.ok ? decided.value : reject(decided.refusal)
  }
}
