// Manual journal entries: written by one person, posted on the word of another, undone only by another entry.
import { z } from 'zod'
import { accept, type Decision } from '../kernel/decider.ts'
import { decimal, decimalText as textOf, ZERO } from '../kernel/decimal.ts'
import { defined } from '../kernel/defined.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { decimalGiven } from '../kernel/given.ts'
import { refuse } from '../kernel/refusal.ts'
import { actorText, currencyText, dateText, decimalText, factIdText, idText, shortText } from '../kernel/schemas.ts'
import { dayWarning, wholeMinorUnits } from './amounts.ts'
import type { PortfolioCommand } from './commands.ts'
import type { PortfolioEvent } from './events.ts'
import { entryFact } from './fact-id.ts'
import { onOrAfterOpening } from './fill-terms.ts'
import { refuseWhenClosed } from './lifecycle.ts'
import { placeOf } from './places.ts'
import type { ReferenceKnowledge } from './reference-knowledge.ts'
import { conflict } from './references.ts'
import type { PortfolioState } from './state.ts'

/**
 * Accounts that a person may post to. Not among them: securities and what is owed on trades and actions (facts and terms say
 * those), cash (what moved at the bank is a cash fact), gains (the book works them out), contributions and openings.
 */
export const BY_HAND = [1310, 1900, 2400, 4000, 4010, 4020, 5000, 5100, 5200, 5300, 5310, 5400, 5500] as const
/** Of these, the ones that are kept by cash account. */
const ON_CASH_ACCOUNT: ReadonlySet<number> = new Set([1310, 1900])

const line = z.strictObject({
  account: z.union(BY_HAND.map((code) => z.literal(code))),
  currency: currencyText,
  /** Debit above zero, credit below, in minor units of the currency. */
  amount: decimalText,
  sleeve: idText,
  /** On 1310 and 1900 only. */
  cashAccount: idText.optional(),
  /** On accounts that say which instrument money came from. */
  instrument: idText.optional(),
})

/** A balanced entry as the log records it. */
export const manualTerms = z.strictObject({
  ref: idText,
  date: dateText,
  lines: z.array(line).min(2).max(100),
  /** The day on which the opposite entry is posted by itself. */
  reverseOn: dateText.optional(),
  reason: shortText,
})
export type ManualTerms = z.output<typeof manualTerms>

const lineGiven = z.strictObject({
  ...line.shape,
  /** Which accounts these may be is the decider's to say, in one sentence. */
  account: z.number().int(),
  amount: decimalGiven,
  sleeve: idText.optional(),
})
export const manualGiven = z.strictObject({ ...manualTerms.shape, lines: z.array(lineGiven).min(2).max(100) })
export type ManualGiven = z.output<typeof manualGiven>

/** What was prepared: recorded, and not in the book yet. */
export const manualEntryEvents = {
  ManualEntryPrepared: z.strictObject({
    fact: factIdText,
    entry: manualTerms,
    preparedBy: actorText,
  }),
  /** A second person's word: from here on it is a fact of the book. */
  ManualEntryPosted: z.strictObject({
    fact: factIdText,
    entry: manualTerms,
    preparedBy: actorText,
    approvedBy: actorText,
  }),
  /** It was prepared and will not be posted. */
  ManualEntryWithdrawn: z.strictObject({ fact: factIdText, by: actorText, reason: shortText }),
} as const

type Command<T> = Extract<PortfolioCommand, { type: T }>

/** @throws Refused `account-not-by-hand`, `unbalanced-entry`, `no-amount`, `reverses-before-entry`, and for places and amounts. */
export function prepareEntry(
  { entry: given, actor, knowledge }: Command<'PrepareEntry'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const fact = entryFact(given.ref)
  const entry = completed(given, state, knowledge)
  const before = state.entries.get(fact)
  if (before !== undefined) return before.fingerprint === fingerprint(entry) ? accept([]) : conflict(fact)
  const warnings = [
    ...refuseWhenClosed(state, entry.date, 'date'),
    ...dayWarning(knowledge, state.calendar, entry.date, 'date'),
  ]
  return accept([{ type: 'ManualEntryPrepared', data: { fact, entry, preparedBy: actor } }], warnings)
}

/** @throws Refused `unknown-fact`, `entry-withdrawn`, `same-person`. */
export function approveEntry({ ref, actor }: Command<'ApproveEntry'>, state: PortfolioState): Decision<PortfolioEvent> {
  const fact = entryFact(ref)
  const known = preparedEntry(state, fact)
  if (known.status === 'posted') return accept([])
  if (known.status === 'withdrawn')
    refuse({
      code: 'entry-withdrawn',
      message: `${fact} was withdrawn`,
      field: 'ref',
      remedy: 'prepare it anew under another reference',
    })
  if (known.preparedBy === actor) refuse(samePerson(`${fact} was prepared by ${actor}`))
  const { entry, preparedBy } = known
  return accept([{ type: 'ManualEntryPosted', data: { fact, entry, preparedBy, approvedBy: actor } }])
}

/** @throws Refused `unknown-fact`, `entry-posted`. */
export function withdrawEntry(
  { ref, actor, reason }: Command<'WithdrawEntry'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const fact = entryFact(ref)
  const known = preparedEntry(state, fact)
  if (known.status === 'withdrawn') return accept([])
  if (known.status === 'posted')
    refuse({
      code: 'entry-posted',
      message: `${fact} is posted`,
      field: 'ref',
      remedy: 'undo it by preparing the opposite entry',
    })
  return accept([{ type: 'ManualEntryWithdrawn', data: { fact, by: actor, reason } }])
}

/** What to say when one person does what takes two. */
export function samePerson(message: string) {
  return { code: 'same-person', message, remedy: 'let somebody else approve it, with a token of their own' }
}

function preparedEntry(state: PortfolioState, fact: string) {
  const known = state.entries.get(fact)
  return (
    known ??
    refuse({ code: 'unknown-fact', message: `there is no ${fact}`, field: 'ref', remedy: 'prepare the entry first' })
  )
}

function completed(given: ManualGiven, state: PortfolioState, knowledge: ReferenceKnowledge): ManualTerms {
  onOrAfterOpening(state, given.date, 'date')
  if (given.reverseOn !== undefined && given.reverseOn <= given.date)
    refuse({
      code: 'reverses-before-entry',
      message: `it would be reversed on ${given.reverseOn}, not after its own date ${given.date}`,
      field: 'reverseOn',
      remedy: 'name a later day, such as the first of the next month',
    })
  const lines = given.lines.map((one, i) => lineOf(one, `lines.${i}.`, given.date, state, knowledge))
  balanced(lines)
  return defined({ ...given, lines })
}

function lineOf(
  given: ManualGiven['lines'][number],
  path: string,
  date: string,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): ManualTerms['lines'][number] {
  const account = BY_HAND.find((code) => code === given.account)
  if (account === undefined)
    return refuse({
      code: 'account-not-by-hand',
      message: `account ${given.account} is not posted by hand`,
      field: `${path}account`,
      remedy: `use one of ${BY_HAND.join(', ')}; record cash and securities as the facts they are`,
    })
  wholeMinorUnits(given.amount, given.currency, `${path}amount`)
  if (decimal(given.amount).isZero())
    refuse({ code: 'no-amount', message: 'a line of nothing', field: `${path}amount`, remedy: 'leave the line out' })
  if (given.instrument !== undefined) {
    const known = knowledge.instrument({ scheme: 'id', value: given.instrument }, date)
    if (known === 'unknown' || known === 'ambiguous')
      refuse({
        code: 'unknown-instrument',
        message: `there is no instrument ${given.instrument}`,
        field: `${path}instrument`,
        remedy: 'register the instrument first',
      })
  }
  const sleeve = placeOf(state, 'sleeve', given.sleeve, `${path}sleeve`)
  const onCash = ON_CASH_ACCOUNT.has(account)
  const cashAccount = onCash ? placeOf(state, 'cashAccount', given.cashAccount, `${path}cashAccount`) : undefined
  return defined({ ...given, account, sleeve, cashAccount })
}

/** @throws Refused `unbalanced-entry` unless debits equal credits in every currency of every sleeve. */
function balanced(lines: ManualTerms['lines']): void {
  const sums = new Map<string, ReturnType<typeof decimal>>()
  for (const { sleeve, currency, amount } of lines) {
    const key = `${currency} in sleeve ${sleeve}`
    sums.set(key, (sums.get(key) ?? ZERO).plus(decimal(amount)))
  }
  for (const [what, sum] of sums)
    if (!sum.isZero())
      refuse({
        code: 'unbalanced-entry',
        message: `debits less credits are ${textOf(sum)} ${what}`,
        field: 'lines',
        remedy: 'debits (above zero) and credits (below zero) must be equal in every currency of every sleeve',
      })
}
