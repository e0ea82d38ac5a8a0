// The decider of one instrument: registered, amended, named over time, classified, its corporate actions announced and changed.
import { isCurrency } from '../kernel/currency.ts'
import { accept, type Decider, type Decision, unreachable } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { guarded } from '../kernel/guarded.ts'
import { Refused, refuse } from '../kernel/refusal.ts'
import { checkAction, checkNotPaidByTerms } from './action-rules.ts'
import type { ActionTerms, InstrumentEvent, InstrumentTerms } from './events.ts'
import { checkIdentifier, type Identifier, type IdentifierRegistry, refuseTaken } from './identifiers.ts'
import { checkLife } from './life-rules.ts'
import type { Fixing } from './life-terms.ts'
import { carried } from './support-matrix.ts'

/** The world outside the instrument's stream, as it stands when the command is decided. */
export interface InstrumentKnowledge extends IdentifierRegistry {
  knowsInstrument(id: string): boolean
  knowsCalendar(id: string): boolean
  /** A market of the settlement cycles. */
  knowsMarket(id: string): boolean
}

type Changes = Extract<InstrumentEvent, { type: 'InstrumentAmended' }>['data']['changes']
type Classification = InstrumentTerms['classifications'][number]
type Known = { readonly knowledge: InstrumentKnowledge }
type Reason = { readonly reason?: string | undefined }

export type InstrumentCommand =
  | ({ readonly type: 'RegisterInstrument'; readonly terms: InstrumentTerms } & Known)
  | ({ readonly type: 'AmendInstrument'; readonly changes: Changes } & Known & Reason)
  | ({ readonly type: 'AssignIdentifier'; readonly identifier: Identifier } & Known)
  | ({ readonly type: 'WithdrawIdentifier'; readonly identifier: Identifier } & Known & Reason)
  | { readonly type: 'ClassifyInstrument'; readonly classification: Classification }
  | { readonly type: 'RecordFixing'; readonly fixing: Fixing }
  | ({ readonly type: 'AnnounceAction'; readonly terms: ActionTerms } & Known)
  | ({ readonly type: 'AmendAction'; readonly terms: ActionTerms } & Known & Reason)
  | ({ readonly type: 'CancelAction'; readonly action: string; readonly outcome?: 'withdrawn' | undefined } & Reason)

interface Action {
  caev: string
  /** The newest terms, also of a cancelled action. */
  terms: ActionTerms
  first: number
  newest: number
  revision: number
  live: boolean
}

/** Plain maps, arrays, text and numbers only. */
export interface InstrumentState {
  revision: number
  terms: Omit<InstrumentTerms, 'identifiers' | 'classifications'> | null
  registered: number
  identifiers: Identifier[]
  /** `{taxonomy}/{from}` to code. */
  readonly classifications: Map<string, string>
  /** `{kind}/{from}` to value. */
  readonly fixings: Map<string, string>
  readonly actions: Map<string, Action>
}

/** Note that `evolve` changes the state it is given, and `initial` is a new state each time it is read. */
export const instrument: Decider<InstrumentCommand, InstrumentState, InstrumentEvent> = {
  get initial() {
    return {
      revision: -1,
      terms: null,
      registered: 0,
      identifiers: [],
      classifications: new Map(),
      fixings: new Map(),
      actions: new Map(),
    }
  },
  decide: guarded(decide),
  evolve,
}

function decide(command: InstrumentCommand, state: InstrumentState): Decision<InstrumentEvent> {
  if (command.type === 'RegisterInstrument') return register(command.terms, command.knowledge, state)
  if (state.terms === null)
    return refuse({
      code: 'unknown-instrument',
      message: 'there is no such instrument',
      field: 'instrument',
      remedy: 'register it first',
    })
  const { terms: known } = state
  const { instrument: id } = known
  switch (command.type) {
    case 'AmendInstrument':
      return amend(command, state, state.terms)
    case 'AssignIdentifier': {
      const { identifier, knowledge } = command
      checkIdentifier(identifier, 'identifier')
      if (state.identifiers.some((one) => same(one, identifier))) return accept([])
      refuseTaken(id, [...state.identifiers, identifier], knowledge)
      return accept([{ type: 'IdentifierAssigned', data: { instrument: id, identifier } }])
    }
    case 'WithdrawIdentifier': {
      const { identifier, knowledge, reason } = command
      const left = state.identifiers.filter((one) => !same(one, identifier))
      if (left.length === state.identifiers.length) return accept([])
      // What it named before the mistake it names again, which somebody else may bear by now.
      refuseTaken(id, left, knowledge)
      return accept([{ type: 'IdentifierWithdrawn', data: defined({ instrument: id, identifier, reason }) }])
    }
    case 'ClassifyInstrument': {
      const { classification } = command
      if (state.classifications.get(keyOf(classification)) === classification.code) return accept([])
      return accept([{ type: 'InstrumentClassified', data: { instrument: id, classification } }])
    }
    case 'RecordFixing': {
      const { fixing } = command
      if (state.fixings.get(fixingKey(fixing)) === fixing.value) return accept([])
      if (state.terms.bond === undefined)
        return refuse({
          code: 'fixing-not-expected',
          message: `${id} is a ${state.terms.type}: it has no running terms to fix`,
          field: 'fixing',
          remedy: 'check the instrument',
        })
      return accept([{ type: 'FixingRecorded', data: { instrument: id, fixing } }])
    }
    case 'AnnounceAction': {
      const { terms, knowledge } = command
      const before = state.actions.get(terms.action)
      if (before !== undefined)
        return before.first === fingerprint(terms) ? accept([]) : conflict(`ca:${id}:${terms.action}`)
      inTerms(() => checkAction(id, terms, (other) => other === id || knowledge.knowsInstrument(other)))
      inTerms(() => checkNotPaidByTerms(known, terms))
      return accept([{ type: 'CorporateActionAnnounced', data: { instrument: id, terms } }])
    }
    case 'AmendAction': {
      const { terms, knowledge, reason } = command
      const before = liveAction(state, terms.action)
      if (before.newest === fingerprint(terms)) return accept([])
      if (before.caev !== terms.caev)
        refuse({
          code: 'caev-changed',
          message: `${terms.action} was announced as ${before.caev}`,
          field: 'caev',
          remedy: 'cancel it and announce another',
        })
      inTerms(() => checkAction(id, terms, (other) => other === id || knowledge.knowsInstrument(other)))
      inTerms(() => checkNotPaidByTerms(known, terms))
      return accept([{ type: 'CorporateActionAmended', data: defined({ instrument: id, terms, reason }) }])
    }
    case 'CancelAction': {
      const { action, outcome, reason } = command
      if (state.actions.get(action)?.live === false) return accept([])
      liveAction(state, action)
      return accept([{ type: 'CorporateActionCancelled', data: defined({ instrument: id, action, outcome, reason }) }])
    }
    default:
      return unreachable(command)
  }
}

function register(
  terms: InstrumentTerms,
  knowledge: InstrumentKnowledge,
  state: InstrumentState,
): Decision<InstrumentEvent> {
  if (state.terms !== null) return state.registered === fingerprint(terms) ? accept([]) : conflict(terms.instrument)
  checkTerms(terms, knowledge, '')
  checkLife(terms, knowledge, '')
  terms.identifiers.forEach((one, i) => {
    checkIdentifier(one, `identifiers.${i}`)
  })
  refuseTaken(terms.instrument, terms.identifiers, knowledge)
  return accept([{ type: 'InstrumentRegistered', data: terms }])
}

function amend(
  { changes: asked, reason, knowledge }: Extract<InstrumentCommand, { type: 'AmendInstrument' }>,
  state: InstrumentState,
  terms: NonNullable<InstrumentState['terms']>,
): Decision<InstrumentEvent> {
  const changes = defined(asked)
  checkTerms(changes, knowledge, 'changes.')
  checkLife({ ...terms, ...withoutHoles(changes) }, knowledge, 'changes.')
  const { quantityPlaces } = changes
  if (quantityPlaces !== undefined && quantityPlaces < terms.quantityPlaces) {
    refuse({
      code: 'quantity-places-lowered',
      message: `it is kept to ${terms.quantityPlaces} places, and quantities with that many may be recorded`,
      field: 'changes.quantityPlaces',
      remedy: 'places can be raised only',
    })
  }
  if (fingerprint({ ...terms, ...changes }) === fingerprint(terms)) return accept([])
  return accept([
    { type: 'InstrumentAmended', data: defined({ instrument: state.terms?.instrument ?? '', changes, reason }) },
  ])
}

/** @throws Refused `unsupported-instrument`, `unknown-currency`, `unknown-market`, `unknown-calendar`. */
function checkTerms(
  { type, currency, market, tradingCalendar }: Changes,
  knowledge: InstrumentKnowledge,
  path: string,
): void {
  if (type !== undefined) carried(type, `${path}type`)
  if (currency !== undefined && !isCurrency(currency))
    refuse({
      code: 'unknown-currency',
      message: `${currency} is not a currency this ledger knows`,
      field: `${path}currency`,
      remedy: 'use an ISO 4217 code such as "EUR"',
    })
  if (market !== undefined && !knowledge.knowsMarket(market))
    refuse({
      code: 'unknown-market',
      message: `there are no settlement cycles for ${market}`,
      field: `${path}market`,
      remedy: 'use a market such as "US", "UK", "EU" or "JP"',
    })
  if (tradingCalendar !== undefined && !knowledge.knowsCalendar(tradingCalendar))
    refuse({
      code: 'unknown-calendar',
      message: `there is no calendar ${tradingCalendar}`,
      field: `${path}tradingCalendar`,
      remedy: 'use a calendar that is loaded, such as "XNYS"',
    })
}

function evolve(state: InstrumentState, { type, data }: InstrumentEvent): InstrumentState {
  state.revision++
  switch (type) {
    case 'InstrumentRegistered': {
      const { identifiers, classifications, ...terms } = data
      state.terms = terms
      state.registered = fingerprint(data)
      state.identifiers = [...identifiers]
      for (const one of classifications) state.classifications.set(keyOf(one), one.code)
      return state
    }
    case 'InstrumentAmended':
      if (state.terms === null) throw new Error(`corrupt stream: ${type} before registration`)
      state.terms = { ...state.terms, ...withoutHoles(data.changes) }
      return state
    case 'IdentifierAssigned':
      state.identifiers.push(data.identifier)
      return state
    case 'IdentifierWithdrawn':
      state.identifiers = state.identifiers.filter((one) => !same(one, data.identifier))
      return state
    case 'InstrumentClassified':
      state.classifications.set(keyOf(data.classification), data.classification.code)
      return state
    case 'FixingRecorded':
      state.fixings.set(fixingKey(data.fixing), data.fixing.value)
      return state
    case 'CorporateActionAnnounced': {
      const mark = fingerprint(data.terms)
      const { action, caev } = data.terms
      state.actions.set(action, {
        caev,
        terms: data.terms,
        first: mark,
        newest: mark,
        revision: state.revision,
        live: true,
      })
      return state
    }
    case 'CorporateActionAmended': {
      const action = liveAction(state, data.terms.action)
      action.newest = fingerprint(data.terms)
      action.terms = data.terms
      return state
    }
    case 'CorporateActionCancelled':
      liveAction(state, data.action).live = false
      return state
    default:
      return unreachable(type)
  }
}

/** Changes name only what changes, so nothing in them is undefined. */
function withoutHoles(changes: Changes): Partial<InstrumentTerms> {
  return defined(changes) as Partial<InstrumentTerms>
}

function liveAction(state: InstrumentState, action: string): Action {
  const known = state.actions.get(action)
  if (known === undefined)
    return refuse({
      code: 'unknown-action',
      message: `no action ${action} was announced`,
      field: 'action',
      remedy: 'announce it first',
    })
  if (known.live) return known
  return refuse({
    code: 'action-cancelled',
    message: `${action} was cancelled`,
    field: 'action',
    remedy: 'announce it anew under another id',
  })
}

function same(a: Identifier, b: Identifier): boolean {
  return a.scheme === b.scheme && a.value === b.value && a.market === b.market && a.from === b.from
}

function keyOf({ taxonomy, from }: Classification): string {
  return `${taxonomy}/${from ?? ''}`
}

function fixingKey({ kind, from }: Fixing): string {
  return `${kind}/${from}`
}

function conflict(what: string): never {
  return refuse({
    code: 'idempotency-conflict',
    message: `${what} was recorded before with other content`,
    remedy: 'amend it, or use another id',
    details: { fact: what },
  })
}

/** Runs a check of terms; what it refuses names the field as the command has it. */
function inTerms(check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.field === undefined) throw error
    refuse({ ...error.refusal, field: `terms.${error.refusal.field}` })
  }
}
