// Every fact but a fill: recorded under the sender's reference, corrected to its newest terms, cancelled.
import { accept, type Decision } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { refuse } from '../kernel/refusal.ts'
import type { PortfolioCommand } from './commands.ts'
import { factContent } from './content.ts'
import type { PortfolioEvent } from './events.ts'
import { election, electionIsNotCorrected } from './elections.ts'
import { factNamed, kindOf } from './fact-id.ts'
import type { CompletedFact, FactTerms } from './completed-fact.ts'
import { completed } from './fact-terms.ts'
import { refuseWhenClosed } from './lifecycle.ts'
import { conflict } from './references.ts'
import { messageOf, type OtherFact, type PortfolioState } from './state.ts'

type Command<T> = Extract<PortfolioCommand, { type: T }>

export function recordFact(
  { ref, as, reason, knowledge, eligible }: Command<'RecordFact'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const fact = factNamed(as.type, ref)
  const before = state.facts.get(fact)
  const whole =
    as.type === 'ElectionMade'
      ? election(as, state, { knowledge, eligible, recorded: before !== undefined })
      : completed(as, fact, state, knowledge)
  if (before !== undefined) return before.first === contentOf(whole.terms) ? accept([]) : conflict(fact)
  return accept([eventOf(fact, whole.terms, reason)], warningsOf(whole, state))
}

/** The fact's whole new terms. The same terms again change nothing. */
export function correctFact(
  { ref, as, reason, knowledge }: Command<'CorrectFact'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const fact = factNamed(as.type, ref)
  if (as.type === 'ElectionMade') electionIsNotCorrected(fact)
  const before = liveFact(state, fact)
  if (kindOf(before.type) !== kindOf(as.type)) throw new Error(`unreachable: ${fact} is a ${before.type}`)
  const whole = completed(as, fact, state, knowledge)
  if (before.fingerprint === contentOf(whole.terms)) return accept([])
  return accept([{ type: 'FactCorrected', data: defined({ fact, reason, as: whole.terms }) }], warningsOf(whole, state))
}

/** The fact never was; cancelling it again changes nothing. */
export function cancelFact({ fact, reason }: Command<'CancelFact'>, state: PortfolioState): Decision<PortfolioEvent> {
  const before = state.facts.get(fact)
  if (before !== undefined && !before.live) return accept([])
  liveFact(state, fact)
  return accept([{ type: 'FactCancelled', data: defined({ fact, reason }) }])
}

/** @throws Refused `unknown-fact`, `fact-cancelled`, `bust-the-fill`. */
function liveFact(state: PortfolioState, fact: string): OtherFact {
  const known = state.facts.get(fact)
  if (known === undefined) {
    if (messageOf(state, fact) !== undefined) {
      return refuse({
        code: 'bust-the-fill',
        message: `${fact} is a fill: it is corrected and busted by messages with an ExecID of their own`,
        field: 'fact',
        remedy: 'send a correction or a bust that refers to it',
      })
    }
    return refuse({ code: 'unknown-fact', message: `there is no ${fact}`, field: 'fact', remedy: 'record it first' })
  }
  if (known.live) return known
  return refuse({
    code: 'fact-cancelled',
    message: `${fact} was cancelled, and a cancelled fact stays cancelled`,
    field: 'fact',
    remedy: 'record it anew under another reference',
  })
}

function warningsOf({ date, field, warnings }: CompletedFact, state: PortfolioState) {
  return [...warnings, ...refuseWhenClosed(state, date, field)]
}

function contentOf(as: FactTerms): number {
  const { type, ...terms } = as
  return factContent(type, terms)
}

function eventOf(fact: string, as: FactTerms, reason: string | undefined): PortfolioEvent {
  switch (as.type) {
    case 'PolicyChanged':
      return { type: as.type, data: defined({ fact, effectiveOn: as.effectiveOn, changes: as.changes, reason }) }
    case 'FeeCharged':
      return { type: as.type, data: { fact, fee: as.fee, cash: as.cash } }
    case 'TaxPaid':
      return { type: as.type, data: { fact, tax: as.tax, cash: as.cash } }
    case 'CashReceived':
      return { type: as.type, data: defined({ fact, cash: as.cash, settles: as.settles, standalone: as.standalone }) }
    case 'CashTransferred':
      return { type: as.type, data: { fact, cash: as.cash, toCashAccount: as.toCashAccount, toSleeve: as.toSleeve } }
    case 'FxTraded':
      return { type: as.type, data: { fact, fx: as.fx } }
    case 'OpeningBalanceDeclared':
      return { type: as.type, data: { fact, opening: as.opening } }
    case 'ElectionMade':
      return { type: as.type, data: { fact, election: as.election } }
    case 'FeeScheduleSet':
      return { type: as.type, data: { fact, schedule: as.schedule } }
    case 'FeeAccrued':
      return { type: as.type, data: { fact, accrual: as.accrual } }
    case 'FeeInvoiced':
      return { type: as.type, data: { fact, invoice: as.invoice } }
    case 'OptionEnded':
      return { type: as.type, data: { fact, option: as.option } }
    case 'LotsIdentified': {
      const { type, fill, lots, algorithm, identifiedAt } = as
      return { type, data: defined({ fact, fill, lots, algorithm, identifiedAt }) }
    }
    case 'CashInterestSet':
      return { type: as.type, data: { fact, interest: as.interest } }
    case 'BorrowRateSet':
      return { type: as.type, data: { fact, borrow: as.borrow } }
    case 'BorrowPriceTaken':
      return { type: as.type, data: { fact, taken: as.taken } }
    case 'MarginTermsSet':
      return { type: as.type, data: { fact, margin: as.margin } }
    case 'SettlementFailed':
      return { type: as.type, data: { fact, failed: as.failed } }
    case 'SettlementConfirmed':
      return { type: as.type, data: { fact, settled: as.settled } }
    default:
      return { type: as.type, data: { fact, cash: as.cash } }
  }
}
