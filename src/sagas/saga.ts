// What a saga is: a pure decider over the units of the log. What it remembers is kept with its place in the log; what it asks for is
// done after, with ids or natural keys derived from the trigger, so that a crash between repeats nothing.
import type { RecordedUnit } from '../eventstore/log.ts'
import type { InstrumentName } from '../domain/instrument/name.ts'
import type { JsonValue } from '../domain/kernel/canonical-json.ts'

/** What a saga may ask for. `trigger` is the id of the event that led to it: the cause in the envelope, and part of the command's id. */
export type SagaCommand =
  | {
      readonly type: 'ReleaseParked'
      readonly trigger: string
      readonly portfolio: string
      readonly fact: string
      readonly named: InstrumentName
      readonly on: string
    }
  | { readonly type: 'RecordAllocation'; readonly trigger: string; readonly block: string; readonly allocation: number }
  | { readonly type: 'BustAllocation'; readonly trigger: string; readonly block: string; readonly allocation: number }
  | { readonly type: 'CheckTransfer'; readonly trigger: string; readonly transfer: string; readonly position: bigint }

/** `State` is plain JSON: it is stored as it is. */
export interface Saga<State extends JsonValue> {
  /** Its name for ever: its place in the log is stored under it. */
  readonly name: string
  /** The streams it sees. */
  readonly streamPrefixes: readonly string[]
  readonly initial: State
  /** Pure: what it remembers after a unit, and what it asks for. */
  see(state: State, unit: RecordedUnit): { readonly state: State; readonly commands: readonly SagaCommand[] }
}
