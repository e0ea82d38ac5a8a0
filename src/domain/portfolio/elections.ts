// Elections: what may be chosen, by whom, until when, and for how many units.
import { electionDeadline } from '../instrument/action-legs.ts'
import type { ActionTerms } from '../instrument/events.ts'
import { decimal, decimalText } from '../kernel/decimal.ts'
import { defined } from '../kernel/defined.ts'
import { refuse } from '../kernel/refusal.ts'
import type { CompletedFact } from './completed-fact.ts'
import type { FactGiven } from './given.ts'
import { placeOf } from './places.ts'
import type { ReferenceKnowledge } from './reference-knowledge.ts'
import { electionKey, type PortfolioState } from './state.ts'

type Given = Extract<FactGiven, { type: 'ElectionMade' }>

interface Around {
  readonly knowledge: ReferenceKnowledge
  /** Units of the account that the action is about, where the book could say. */
  readonly eligible: string | undefined
  /** The very fact was recorded before: it is looked up, not decided again. */
  readonly recorded: boolean
}

/**
 * The whole terms of an election.
 * @throws Refused `unknown-action`, `no-options`, `unknown-option`, `election-too-late`, `election-exceeds-holding`.
 */
export function election({ type, election: given }: Given, state: PortfolioState, around: Around): CompletedFact {
  const custodyAccount = placeOf(state, 'custodyAccount', given.custodyAccount, 'custodyAccount')
  const terms = defined({ ...given, custodyAccount })
  if (!around.recorded) {
    const action = around.knowledge.action(given.instrument, given.action)
    if (action === null)
      refuse({
        code: 'unknown-action',
        message: `no action ${given.action} on ${given.instrument} stands`,
        field: 'action',
        remedy: 'announce it first',
      })
    checkChoice(action, given)
    checkUnits(terms, state, around.eligible)
  }
  return { terms: { type, election: terms }, date: given.electedOn, field: 'electedOn', warnings: [] }
}

function checkChoice(action: ActionTerms, { option, electedOn }: Given['election']): void {
  const options = action.options ?? []
  if (options.length === 0)
    refuse({
      code: 'no-options',
      message: `${action.action} leaves nothing to choose`,
      field: 'action',
      remedy: 'name an action with options',
    })
  if (!options.some((each) => each.option === option))
    refuse({
      code: 'unknown-option',
      message: `${action.action} has no option ${option}`,
      field: 'option',
      remedy: `use one of ${options.map((each) => `${each.option} (${each.caop})`).join(', ')}`,
    })
  const deadline = electionDeadline(action)
  if (deadline !== null && electedOn > deadline)
    refuse({
      code: 'election-too-late',
      message: `elections ended on ${deadline}`,
      field: 'electedOn',
      remedy: 'the default option applies to what was not elected by then',
      details: { deadline },
    })
}

/** What an account elects in one action is at most what it holds. */
function checkUnits(
  { ref, instrument, action, custodyAccount, quantity }: { readonly custodyAccount: string } & Given['election'],
  state: PortfolioState,
  eligible: string | undefined,
): void {
  if (eligible === undefined) return
  let elected = decimal(quantity)
  for (const other of state.elections.get(electionKey(instrument, action, custodyAccount)) ?? [])
    if (other.fact !== `election:${ref}`) elected = elected.plus(decimal(other.quantity))
  if (elected.lessThanOrEqualTo(decimal(eligible))) return
  refuse({
    code: 'election-exceeds-holding',
    message: `${decimalText(elected)} would be elected, and ${custodyAccount} holds ${eligible}`,
    field: 'quantity',
    remedy: 'elect no more than is held; cancel another election first to choose anew',
    details: { eligible },
  })
}

/** @throws Refused `election-not-corrected`, always. */
export function electionIsNotCorrected(fact: string): never {
  return refuse({
    code: 'election-not-corrected',
    message: `${fact} is an instruction that was given`,
    field: 'ref',
    remedy: 'cancel it and make another election',
  })
}
