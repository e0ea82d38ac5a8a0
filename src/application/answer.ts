// Who asks, and what every accepted command answers.
import type { Warning } from '../domain/kernel/refusal.ts'
import type { DryRun } from './dry-run.ts'

/** Who sent a command, and how it hangs together with others. */
export interface CommandContext {
  /** The authenticated sender; an opaque id, never a person's name. */
  readonly actor: string
  /** The sender's own key for this command: the same key and content answers with the first outcome. */
  readonly idempotencyKey?: string | undefined
  readonly correlationId?: string | undefined
  /** Id of the event that led to the command. */
  readonly causationId?: string | undefined
  /** With it nothing is recorded: what would be is gathered there, and nothing of the answer but its warnings counts. */
  readonly dryRun?: DryRun | undefined
}

/** What became of an accepted command. */
export interface Answer {
  /** The fact, order, action ... it is about; null where it has no name of its own. */
  readonly fact: string | null
  /** Log position from which on it is known: what reads take as `minPosition`. */
  readonly position: bigint
  /** Revision of the last event of its unit. */
  readonly revision: bigint
  /** Ids of the events of its unit. */
  readonly eventIds: readonly string[]
  readonly recordedAt: string
  /** True when it was recorded before, or changes nothing: what is answered is the first outcome. */
  readonly alreadyThere: boolean
  /** True when it waits in the parked queue. */
  readonly parked: boolean
  /** Advisory: an oversell, a date that is no business day. */
  readonly warnings: readonly Warning[]
}
