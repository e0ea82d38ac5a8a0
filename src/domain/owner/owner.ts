// The decider of one legal owner: registered, amended, linked to portfolios and affiliates from a date.
import { accept, type Decider, type Decision, unreachable } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { guarded } from '../kernel/guarded.ts'
import { refuse } from '../kernel/refusal.ts'
import type { OwnerEvent } from './events.ts'

type Data<T extends OwnerEvent['type']> = Extract<OwnerEvent, { type: T }>['data']

export type OwnerCommand =
  | { readonly type: 'RegisterOwner'; readonly terms: Data<'OwnerRegistered'> }
  | { readonly type: 'AmendOwner'; readonly changes: Data<'OwnerAmended'> }
  | { readonly type: 'LinkPortfolio'; readonly link: Data<'PortfolioLinked'>; readonly knowsPortfolio: boolean }
  | { readonly type: 'LinkAffiliate'; readonly link: Data<'AffiliateLinked'>; readonly knowsAffiliate: boolean }

/** Holds the owner's name in memory only, to tell a resubmission from other content; null when none or erased. */
export interface OwnerState {
  revision: number
  registered: number | null
  name: string | null
  firstName: string | null
  taxStatus: string
  readonly links: Set<string>
}

/** Note that `evolve` changes the state it is given, and `initial` is a new state each time it is read. */
export const owner: Decider<OwnerCommand, OwnerState, OwnerEvent> = {
  get initial() {
    return { revision: -1, registered: null, name: null, firstName: null, taxStatus: '', links: new Set<string>() }
  },
  decide: guarded(decide),
  evolve,
}

function decide(command: OwnerCommand, state: OwnerState): Decision<OwnerEvent> {
  if (command.type === 'RegisterOwner') {
    const { terms } = command
    if (state.registered === null) return accept([{ type: 'OwnerRegistered', data: terms }])
    const sameName = state.firstName === null || state.firstName === terms.name
    if (state.registered === contentOf(terms) && sameName) return accept([])
    return refuse({
      code: 'idempotency-conflict',
      message: `owner ${terms.owner} was registered before with other content`,
      field: 'owner',
      remedy: 'amend it, or use another id',
      details: { fact: terms.owner },
    })
  }
  if (state.registered === null)
    return refuse({
      code: 'unknown-owner',
      message: 'there is no such owner',
      field: 'owner',
      remedy: 'register it first',
    })
  switch (command.type) {
    case 'AmendOwner': {
      const { name, taxStatus } = command.changes
      const nothing =
        (name === undefined || name === state.name) && (taxStatus === undefined || taxStatus === state.taxStatus)
      return nothing ? accept([]) : accept([{ type: 'OwnerAmended', data: defined(command.changes) }])
    }
    case 'LinkPortfolio': {
      const { link, knowsPortfolio } = command
      if (!knowsPortfolio)
        refuse({
          code: 'unknown-portfolio',
          message: `there is no portfolio ${link.portfolio}`,
          field: 'portfolio',
          remedy: 'open it first',
        })
      return state.links.has(fingerprint(link).toString())
        ? accept([])
        : accept([{ type: 'PortfolioLinked', data: link }])
    }
    case 'LinkAffiliate': {
      const { link, knowsAffiliate } = command
      if (!knowsAffiliate)
        refuse({
          code: 'unknown-owner',
          message: `there is no owner ${link.affiliate}`,
          field: 'affiliate',
          remedy: 'register it first',
        })
      if (link.affiliate === link.owner)
        refuse({
          code: 'own-affiliate',
          message: 'nobody is an affiliate of themselves',
          field: 'affiliate',
          remedy: 'name another owner',
        })
      return state.links.has(fingerprint(link).toString())
        ? accept([])
        : accept([{ type: 'AffiliateLinked', data: link }])
    }
    default:
      return unreachable(command)
  }
}

function evolve(state: OwnerState, { type, data }: OwnerEvent): OwnerState {
  state.revision++
  switch (type) {
    case 'OwnerRegistered':
      state.registered = contentOf(data)
      state.name = typeof data.name === 'string' ? data.name : null
      state.firstName = state.name
      state.taxStatus = data.taxStatus
      return state
    case 'OwnerAmended':
      if (data.name !== undefined) state.name = typeof data.name === 'string' ? data.name : null
      if (data.taxStatus !== undefined) state.taxStatus = data.taxStatus
      return state
    case 'PortfolioLinked':
    case 'AffiliateLinked':
      state.links.add(fingerprint(data).toString())
      return state
    default:
      return unreachable(type)
  }
}

/** Without the name: a mark of a person's name would outlive its erasure. */
function contentOf({ name: _, ...terms }: Data<'OwnerRegistered'>): number {
  return fingerprint(terms)
}
