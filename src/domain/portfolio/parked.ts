// The queue of what waits: released by a person or by the saga that saw the instrument arrive, or dismissed with a reason.
import { accept, type Decision } from '../kernel/decider.ts'
import { refuse } from '../kernel/refusal.ts'
import type { ReleaseParked } from './commands.ts'
import type { PortfolioEvent } from './events.ts'
import { partsOfFillFact } from './fact-id.ts'
import { type Finished, finished } from './fill-terms.ts'
import { refuseWhenGone } from './fills.ts'
import { bustOf, correctionOf, follow } from './follow.ts'
import { resolved } from './references.ts'
import {
  type Message,
  messageOf,
  type Parked,
  type ParkedFill,
  type ParkedReference,
  type PortfolioState,
} from './state.ts'

/** Records what was parked, now that it can be; what was settled before stays as it is. */
export function releaseParked(command: ReleaseParked, state: PortfolioState): Decision<PortfolioEvent> {
  const parked = parkedOrSettled(state, command.fact)
  if (parked === 'settled') return accept([])
  return parked.kind === 'fill'
    ? releaseFill(command, parked.item, state)
    : releaseReference(command, parked.item, state)
}

/** Leaves the queue without effect. */
export function dismissParked(fact: string, reason: string, state: PortfolioState): Decision<PortfolioEvent> {
  if (parkedOrSettled(state, fact) === 'settled') return accept([])
  return accept([{ type: 'ParkedSettled', data: { fact, outcome: 'dismissed', reason } }])
}

/** @throws Refused `unknown-parked`. */
function parkedOrSettled(state: PortfolioState, fact: string): Parked | 'settled' {
  const parked = state.parked.get(fact)
  if (parked !== undefined) return parked
  if (messageOf(state, fact) !== undefined) return 'settled'
  return refuse({
    code: 'unknown-parked',
    message: `nothing was ever parked as ${fact}`,
    field: 'fact',
    remedy: 'take the fact from the list of what is parked',
  })
}

function releaseFill(
  { fact, instrument, knowledge }: ReleaseParked,
  { fill }: ParkedFill,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const { terms, warnings } = known(finished(fill, knowledge, instrument), fact)
  const waiting = follow(state, fact, { execId: fill.execId, date: fill.tradeDate }, knowledge)
  const events: PortfolioEvent[] = [
    { type: 'FillExecuted', data: { fact, fill: terms } },
    { type: 'ParkedSettled', data: { fact, outcome: 'released' } },
    ...waiting,
  ]
  return accept(events, warnings)
}

function releaseReference(
  { fact, instrument, root: chosen, knowledge }: ReleaseParked,
  item: ParkedReference,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  const { root, fill } = chosen === undefined ? meant(state, item) : rootNamed(state, item, chosen)
  const settled: PortfolioEvent = { type: 'ParkedSettled', data: { fact, outcome: 'released' } }
  if (item.kind === 'bust') {
    if (fill.status === 'parked') waitsForFill(root)
    return accept(fill.status === 'applied' ? [bustOf(item, root), settled] : [settled])
  }
  refuseWhenGone(fill, root, fact)
  if (fill.status === 'parked' || item.fill === undefined) return waitsForFill(root)
  const { terms, warnings } = known(finished(item.fill, knowledge, instrument), fact)
  const waiting = follow(state, root, { execId: item.execId, date: item.tradeDate }, knowledge, fact)
  return accept([correctionOf(item, root, terms), settled, ...waiting], warnings)
}

/** @throws Refused `unknown-reference`, `ambiguous-reference`. */
function meant(state: PortfolioState, { source, execRefId, tradeDate }: ParkedReference) {
  const about = resolved(state, source, execRefId, tradeDate)
  if (about.found) return about
  return refuse({
    code: about.because,
    message:
      about.because === 'unknown-reference'
        ? `the fill ${execRefId} of ${source} has not arrived`
        : `${execRefId} of ${source} could mean more than one fill`,
    field: 'root',
    remedy: 'name the fill that is meant in `root`, or dismiss it',
  })
}

/** @throws Refused `unknown-fill`. */
function rootNamed(
  state: PortfolioState,
  { source }: ParkedReference,
  root: string,
): { readonly root: string; readonly fill: Message } {
  const fill = messageOf(state, root)
  if (fill !== undefined && fill.kind === 'fill' && partsOfFillFact(root).source === source) return { root, fill }
  return refuse({
    code: 'unknown-fill',
    message: `${source} sent no fill ${root}`,
    field: 'root',
    remedy: 'name a fill of the same source',
  })
}

/** @throws Refused `unknown-instrument`, `ambiguous-instrument`. */
function known(whole: Finished, fact: string): Extract<Finished, { known: true }> {
  if (whole.known) return whole
  return refuse({
    code: whole.because,
    message: `${fact} still names ${whole.because === 'unknown-instrument' ? 'no instrument we know' : 'more than one instrument'}`,
    field: 'instrument',
    remedy: 'register the instrument first, or say in `instrument` which one is meant',
  })
}

/** @throws Refused `fill-parked`, always. */
function waitsForFill(root: string): never {
  return refuse({
    code: 'fill-parked',
    message: `${root}, which it is about, is parked itself`,
    field: 'fact',
    remedy: `release ${root}: what waits for it follows`,
  })
}
