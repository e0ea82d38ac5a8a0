// What the book has to say to the command side: warnings about a unit just recorded, what a portfolio holds, which lots a
// transfer moves. Advisory but for the last two: a command never waits for a warning.
import type { BookBreak } from '../domain/book/knowledge.ts'
import type { Posting } from '../domain/book/posting.ts'
import type { ActionTerms } from '../domain/instrument/events.ts'
import type { Warning } from '../domain/kernel/refusal.ts'
import type { MovedLot } from '../domain/portfolio/facts.ts'

/** Whether a portfolio's book holds anything: what closing it must know. */
export interface Holdings {
  holdingsOf(portfolio: string): Promise<'none' | 'some' | 'unknown'>
}

/** Whether the suspense account is zero through a date: what sealing a period must know. */
export interface Suspense {
  suspenseOf(portfolio: string, through: string): Promise<'zero' | 'open' | 'unknown'>
}

export interface LotsQuestion {
  readonly portfolio: string
  readonly sleeve: string
  readonly custodyAccount: string
  readonly instrument: string
  readonly date: string
  /** At the open of the date rather than at its close. */
  readonly atOpen: boolean
  /** The transfer's own effect is left out, so that a restatement can ask again. */
  readonly transfer: string
}

/** The lots a portfolio could give, in its relief order, with what remains of their cost. */
export interface GiverBook {
  /** Null when the book cannot be read just now. */
  lotsToGive(question: LotsQuestion): Promise<readonly MovedLot[] | null>
}

/** A portfolio's book at the end of its stream: what its checklist is worked out from. */
export interface HeadBook {
  readonly journal: Iterable<Posting>
  readonly breaks: readonly BookBreak[]
  /** Revision of the last event of the portfolio's stream that it has learned. */
  readonly revision: bigint
}

export interface Heads {
  /** Null when the book cannot be read just now. */
  headOf(portfolio: string): Promise<HeadBook | null>
}

export interface EligibilityQuestion {
  readonly portfolio: string
  readonly instrument: string
  readonly custodyAccount: string
  readonly terms: ActionTerms
}

/** How many units of an account an action is about: what an election must know. */
export interface Eligibility {
  /** Long units held when the action comes, as known now; null when the book cannot be read just now. */
  eligibleUnits(question: EligibilityQuestion): Promise<string | null>
}

export interface Advisor extends Holdings, Suspense, GiverBook, Heads, Eligibility {
  /**
   * The warnings that the unit at `position` of the portfolio's stream opened. Empty when the book is not at hand: it is then
   * loaded in the background for the next command.
   */
  warningsOf(portfolio: string, position: bigint): readonly Warning[]
}

/** Says nothing: closing a portfolio is refused, because nobody knows what it holds, and transfers must name their lots. */
export const silentAdvisor: Advisor = {
  holdingsOf: async () => 'unknown',
  suspenseOf: async () => 'unknown',
  lotsToGive: async () => null,
  headOf: async () => null,
  eligibleUnits: async () => null,
  warningsOf: () => [],
}
