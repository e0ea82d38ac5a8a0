// The periods of a portfolio: sealed with the checklist they passed, reopened by two people.
import { z } from 'zod'
import { accept, type Decision } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { refuse, type Warning } from '../kernel/refusal.ts'
import { actorText, dateText, factIdText, shortText } from '../kernel/schemas.ts'
import type { PortfolioCommand } from './commands.ts'
import type { PortfolioEvent } from './events.ts'
import { sealFact } from './fact-id.ts'
import { samePerson } from './manual-entry.ts'
import { newestSeal, type PortfolioState } from './state.ts'

/** What is looked at before a period closes. */
export const CHECKS = [
  'suspense',
  'breaks',
  'pending-rates',
  'parked-messages',
  'prices',
  'overdrawn-cash',
  'trial-balance',
  'manual-entries',
  'tie-out',
] as const
export type Check = (typeof CHECKS)[number]

/** A checklist as a seal records it: what was looked at, and what let it pass. Members are named while they are few. */
export const recordedChecklist = z.strictObject({
  /** Revision of the portfolio's stream that it was worked out at. */
  revision: z.number().int(),
  closedBy: actorText,
  items: z
    .array(
      z.strictObject({
        check: z.enum(CHECKS),
        outcome: z.enum(['passed', 'waived', 'not-asked']),
        /** How many members did not pass; zero unless waived. */
        open: z.number().int(),
        members: z.array(z.string().max(700)).max(20).optional(),
        /** Why it was waived. */
        reason: shortText.optional(),
      }),
    )
    .max(CHECKS.length),
})

export const waiver = z.strictObject({ check: z.enum(CHECKS), reason: shortText })
export type Waiver = z.output<typeof waiver>

/** One line of a checklist that was worked out. */
export interface CheckItem {
  readonly check: Check
  readonly outcome: 'passed' | 'failed' | 'waived' | 'not-asked'
  /** How many members do not pass. */
  readonly open: number
  /** What does not pass, by name. */
  readonly members: readonly string[]
  readonly reason?: string | undefined
}

const MEMBERS_RECORDED = 20

type Command<T> = Extract<PortfolioCommand, { type: T }>

export function sealPeriod(
  { ref, through, suspense }: Command<'SealPeriod'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const fact = sealFact(ref)
  if (!mayBeSealed(fact, through, state)) return accept([])
  if (suspense === 'open') {
    refuse({
      code: 'suspense-not-zero',
      message: `money in suspense (account 1900) through ${through} is not explained yet`,
      field: 'through',
      remedy: 'correct the receipts: say what they settle, or that they stand alone',
    })
  }
  const unsure: Warning = {
    code: 'suspense-unknown',
    message: 'the book could not be asked whether suspense (account 1900) is zero',
    field: 'through',
    remedy: 'look at the trial balance',
  }
  return accept([{ type: 'PeriodSealed', data: { fact, through } }], suspense === 'unknown' ? [unsure] : [])
}

/**
 * Seals a period with the checklist it passed.
 * @throws Refused `checklist-not-passed` with the items that fail, `book-moved` when the checklist is of an earlier revision.
 */
export function closePeriod(
  { ref, through, items, revision, actor }: Command<'ClosePeriod'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const fact = sealFact(ref)
  if (!mayBeSealed(fact, through, state)) return accept([])
  if (revision !== state.revision)
    refuse({
      code: 'book-moved',
      message: 'something was recorded while the checklist was worked out',
      field: 'through',
      remedy: 'close again',
    })
  const failed = items.filter(({ outcome }) => outcome === 'failed')
  if (failed.length > 0)
    refuse({
      code: 'checklist-not-passed',
      message: `${failed.map(({ check, open }) => `${check} (${open})`).join(', ')} ${failed.length === 1 ? 'does' : 'do'} not pass through ${through}`,
      field: 'through',
      remedy: 'see to the members, or waive a check with a reason',
      details: {
        failed: failed.map(({ check, open, members }) => ({
          check,
          open,
          members: members.slice(0, MEMBERS_RECORDED),
        })),
      },
    })
  const recorded = items.map(({ check, outcome, open, members, reason }) =>
    defined({
      check,
      outcome: outcome as Exclude<CheckItem['outcome'], 'failed'>,
      open,
      members:
        outcome === 'waived' ? members.slice(0, MEMBERS_RECORDED).map((member) => member.slice(0, 700)) : undefined,
      reason,
    }),
  )
  const checklist = { revision, closedBy: actor, items: recorded }
  return accept([{ type: 'PeriodSealed', data: { fact, through, checklist } }])
}

/** Whether there is anything to do. @throws Refused `idempotency-conflict`, `period-already-sealed`. */
function mayBeSealed(fact: string, through: string, state: PortfolioState): boolean {
  const before = state.seals.get(fact)
  if (before?.live === true && before.through === through) return false
  if (before !== undefined) {
    refuse({
      code: 'idempotency-conflict',
      message: `${fact} was recorded before${before.live ? ' with another date' : ' and reopened since'}`,
      field: 'ref',
      remedy: 'seal the period under a new reference',
    })
  }
  const newest = newestSeal(state)
  if (newest !== undefined && through <= newest.through) {
    refuse({
      code: 'period-already-sealed',
      message: `everything through ${newest.through} is sealed already`,
      field: 'through',
      remedy: `seal a later date, or reopen ${newest.fact} first`,
    })
  }
  return true
}

/** @throws Refused `unknown-fact`, `not-the-newest-seal`, `reopening-requested` when somebody else has asked already. */
export function requestReopening(
  { ref, reason, actor }: Command<'RequestReopening'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const fact = sealFact(ref)
  const through = newestLive(fact, state)
  if (through === null) return accept([])
  const asked = state.reopenings.get(fact)
  if (asked !== undefined) {
    if (asked.requestedBy === actor) return accept([])
    refuse({
      code: 'reopening-requested',
      message: `${asked.requestedBy} has asked to reopen ${fact}: ${asked.reason}`,
      field: 'ref',
      remedy: 'approve it by reopening the period',
    })
  }
  return accept([{ type: 'ReopeningRequested', data: { fact, through, reason, requestedBy: actor } }])
}

/** A second person's approval of a request. @throws Refused `approval-needed`, `same-person`, `not-the-newest-seal`, `unknown-fact`. */
export function reopenPeriod(
  { ref, reason, actor }: Command<'ReopenPeriod'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const fact = sealFact(ref)
  const through = newestLive(fact, state)
  if (through === null) return accept([])
  const asked = state.reopenings.get(fact)
  if (asked === undefined)
    return refuse({
      code: 'approval-needed',
      message: `nobody has asked to reopen ${fact}: it takes two people`,
      field: 'ref',
      remedy: 'request the reopening with its reason, and let somebody else reopen',
    })
  if (asked.requestedBy === actor) refuse({ ...samePerson(`${actor} has asked to reopen ${fact}`), field: 'ref' })
  const { requestedBy } = asked
  return accept([
    {
      type: 'PeriodReopened',
      data: { fact, through, reason: reason ?? asked.reason, requestedBy, approvedBy: actor },
    },
  ])
}

/** The date of a seal that may be reopened; null when it is open already. */
function newestLive(fact: string, state: PortfolioState): string | null {
  const seal = state.seals.get(fact)
  if (seal === undefined)
    return refuse({
      code: 'unknown-fact',
      message: `there is no ${fact}`,
      field: 'ref',
      remedy: 'name the seal by its reference',
    })
  if (!seal.live) return null
  const newest = newestSeal(state)
  if (newest !== undefined && newest.fact !== fact) {
    refuse({
      code: 'not-the-newest-seal',
      message: `${newest.fact} sealed a later period, through ${newest.through}`,
      field: 'ref',
      remedy: `reopen ${newest.fact} first`,
    })
  }
  return seal.through
}

/** The event of a request to reopen. */
export const reopeningRequested = z.strictObject({
  fact: factIdText,
  through: dateText,
  reason: shortText,
  requestedBy: actorText,
})
