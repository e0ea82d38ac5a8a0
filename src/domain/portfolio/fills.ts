// Fills, corrections and busts with FIX semantics: each message has a key of its own, and takes effect whatever order they come in.
import { accept, type Decision } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { within } from '../kernel/guarded.ts'
import { refuse, type Warning } from '../kernel/refusal.ts'
import type { BustFill, CorrectFill, RecordFill } from './commands.ts'
import { bustContent, correctionContent, fillContent } from './content.ts'
import type { PortfolioEvent } from './events.ts'
import { fillFact } from './fact-id.ts'
import { drafted, finished } from './fill-terms.ts'
import { bustOf, correctionOf, follow, ofRoot } from './follow.ts'
import { refuseWhenClosed } from './lifecycle.ts'
import { overfill } from './orders.ts'
import { alreadyRecorded, resolved } from './references.ts'
import type { Message, ParkedReference, PortfolioState } from './state.ts'

/** A fill: recorded, recorded with what waited for it, or parked until its instrument is known. */
export function recordFill({ fill, knowledge }: RecordFill, state: PortfolioState): Decision<PortfolioEvent> {
  const fact = fillFact(fill.source, fill.tradeDate, fill.execId)
  const draft = drafted(state, fill)
  if (alreadyRecorded(state, fact, 'fill', fillContent(draft))) return accept([])
  const closed = refuseWhenClosed(state, draft.tradeDate, 'tradeDate')
  const whole = finished(draft, knowledge)
  if (!whole.known) {
    const { because } = whole
    return accept([{ type: 'FillParked', data: { fact, fill: draft, because } }], [parkedWarning(because), ...closed])
  }
  const { terms, warnings } = whole
  const waiting = follow(state, fact, { execId: fill.execId, date: fill.tradeDate }, knowledge)
  return accept(
    [{ type: 'FillExecuted', data: { fact, fill: terms } }, ...waiting],
    [...warnings, ...closed, ...overfill(state, terms)],
  )
}

/** ExecType G. */
export function correctFill(command: CorrectFill, state: PortfolioState): Decision<PortfolioEvent> {
  const { execId, execRefId, tradeDate, channel, reason, knowledge } = command
  const { source } = command.fill
  const own = fillFact(source, tradeDate, execId)
  const draft = ofRoot(
    within('fill', () => drafted(state, command.fill)),
    fillFact(source, tradeDate, execRefId),
  )
  if (alreadyRecorded(state, own, 'correct', correctionContent(execRefId, draft))) return accept([])
  const closed = refuseWhenClosed(state, draft.tradeDate, 'fill.tradeDate')
  const item: ParkedReference = defined({
    fact: own,
    kind: 'correct' as const,
    source,
    channel,
    execId,
    execRefId,
    tradeDate,
    because: 'unknown-reference' as const,
    fill: draft,
    reason,
  })
  const about = resolved(state, source, execRefId, tradeDate)
  if (!about.found) return parked(item, about.because)
  refuseWhenGone(about.fill, about.root, own)
  const whole = within('fill', () => finished(draft, knowledge))
  if (about.fill.status === 'parked') return parked(item, 'unknown-instrument')
  if (!whole.known) return parked(item, whole.because)
  const events = [
    correctionOf(item, about.root, whole.terms),
    ...follow(state, about.root, { execId, date: tradeDate }, knowledge),
  ]
  return accept(events, [...whole.warnings, ...closed])
}

/** ExecType H. */
export function bustFill(command: BustFill, state: PortfolioState): Decision<PortfolioEvent> {
  const { source, execId, execRefId, tradeDate, channel, reason } = command
  const own = fillFact(source, tradeDate, execId)
  if (alreadyRecorded(state, own, 'bust', bustContent(execRefId))) return accept([])
  const item: ParkedReference = defined({
    fact: own,
    kind: 'bust' as const,
    source,
    channel,
    execId,
    execRefId,
    tradeDate,
    because: 'unknown-reference' as const,
    reason,
  })
  const about = resolved(state, source, execRefId, tradeDate)
  if (!about.found) return parked(item, about.because)
  switch (about.fill.status) {
    case 'applied':
      return accept([bustOf(item, about.root)])
    case 'parked':
      // The fill never reached the book; it leaves the queue together with what took it back.
      return accept([
        { type: 'ReferenceParked', data: { ...item, because: 'unknown-instrument' } },
        { type: 'ParkedSettled', data: { fact: about.root, outcome: 'dismissed', reason: `busted by ${own}` } },
        { type: 'ParkedSettled', data: { fact: own, outcome: 'released' } },
      ])
    default:
      return accept(
        [],
        [
          {
            code: 'already-busted',
            message: `${about.root} is ${about.fill.status} already`,
            field: 'execRefId',
            remedy: 'nothing to do',
          },
        ],
      )
  }
}

/** @throws Refused `fill-busted`, `fill-dismissed`. */
export function refuseWhenGone(fill: Message, root: string, own: string): void {
  if (fill.status !== 'busted' && fill.status !== 'dismissed') return
  refuse({
    code: fill.status === 'busted' ? 'fill-busted' : 'fill-dismissed',
    message: `${own} corrects ${root}, which was ${fill.status}`,
    field: 'execRefId',
    remedy: 'a trade that stands after all is a new fill with an ExecID of its own',
    details: { fact: root },
  })
}

function parked(item: ParkedReference, because: ParkedReference['because']): Decision<PortfolioEvent> {
  return accept([{ type: 'ReferenceParked', data: { ...item, because } }], [parkedWarning(because)])
}

const SAYS = {
  'unknown-instrument': 'no instrument bears that name on that date',
  'ambiguous-instrument': 'more than one instrument bears that name on that date',
  'unknown-reference': 'the fill it refers to has not arrived',
  'ambiguous-reference': 'it could refer to more than one fill',
} as const

function parkedWarning(because: ParkedReference['because']): Warning {
  return {
    code: 'parked',
    message: `${SAYS[because]}: it waits in the parked queue`,
    field: because.endsWith('instrument') ? 'instrument' : 'execRefId',
    remedy: because.endsWith('instrument')
      ? 'register the instrument, or release it naming the instrument that is meant'
      : 'it is applied when the fill arrives; a person can also release or dismiss it',
    details: { because },
  }
}
