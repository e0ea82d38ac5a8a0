// Given/when/then over any decider: the commands accepted before, the one asked, and what follows.
import { expect } from 'vitest'
import type { Decider } from '../../../src/domain/kernel/decider.ts'

/** `story(decider)` answers `given(...commands).when(command)`, then `.records(...)`, `.refused(...)` or `.warned(...)`. */
export function story<Command, State, Event>(decider: Decider<Command, State, Event>) {
  return (...commands: Command[]) => {
    let state = decider.initial
    for (const command of commands) {
      const decision = decider.decide(command, state)
      if (!decision.accepted) throw new Error(`refused: ${JSON.stringify(decision.refusal)}`)
      for (const event of decision.events) state = decider.evolve(state, event)
    }
    return {
      when(command: Command) {
        const decision = decider.decide(command, state)
        return {
          records(...events: unknown[]) {
            expect(decision.accepted ? decision.events : decision.refusal).toStrictEqual(events)
            return this
          },
          warned(...codes: string[]) {
            expect(decision.accepted ? decision.warnings.map(({ code }) => code) : decision.refusal).toStrictEqual(
              codes,
            )
            return this
          },
          refused(refusal: Record<string, unknown>) {
            expect(decision.accepted ? decision.events : decision.refusal).toMatchObject(refusal)
            return this
          },
        }
      },
    }
  }
}
