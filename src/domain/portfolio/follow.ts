// What a fill or correction that has just come sets free: the corrections and busts that were parked because they came before it.
import { attempt } from '../kernel/refusal.ts'
import type { PortfolioEvent } from './events.ts'
import { partsOfFillFact } from './fact-id.ts'
import type { FillTerms, ParkedFillTerms } from './facts.ts'
import { finished } from './fill-terms.ts'
import type { ReferenceKnowledge } from './reference-knowledge.ts'
import { execKey, type ParkedReference, type PortfolioState } from './state.ts'

/** A link of a fill's chain that this decision adds: what may name it from now on. */
interface Link {
  readonly execId: string
  /** Trade date from which a message may mean it. */
  readonly date: string
}

/**
 * The events that apply everything waiting for `link` of the fill `root`, and for what those corrections add in turn.
 * Corrections go first, down the whole chain, then busts: so whatever order the messages came in, the facts end the same.
 * `released` is the parked message that this decision applies already.
 * A parked message whose reference could mean a newer fill, or whose own instrument is unknown, goes on waiting.
 */
export function follow(
  state: PortfolioState,
  root: string,
  link: Link,
  knowledge: ReferenceKnowledge,
  released?: string,
): PortfolioEvent[] {
  const events: PortfolioEvent[] = []
  const busts: ParkedReference[] = []
  const links = [link]
  // ExecIDs come again on other days: a chain may lead back to a link that it has passed.
  const taken = new Set(released === undefined ? [] : [released])
  for (let next = links.shift(); next !== undefined; next = links.shift()) {
    for (const item of waitingFor(state, root, next)) {
      if (taken.has(item.fact)) continue
      taken.add(item.fact)
      if (item.kind === 'bust') {
        busts.push(item)
        continue
      }
      const applied = correction(item, root, knowledge)
      if (applied === undefined) continue
      events.push(applied, { type: 'ParkedSettled', data: { fact: item.fact, outcome: 'released' } })
      links.push({ execId: item.execId, date: item.tradeDate })
    }
  }
  busts.forEach((item, i) => {
    // The fill is gone with the first; a second bust of it says nothing new.
    if (i === 0) events.push(bustOf(item, root))
    events.push({ type: 'ParkedSettled', data: { fact: item.fact, outcome: 'released' } })
  })
  return events
}

/** Parked messages that name this link, oldest trade date first, and for which no newer message bears the same ExecID. */
function waitingFor(state: PortfolioState, root: string, link: Link): ParkedReference[] {
  if (state.references === 0) return []
  const { source } = partsOfFillFact(root)
  const key = execKey(source, link.execId)
  const items = (state.waiting.get(key) ?? []).flatMap((fact) => {
    const parked = state.parked.get(fact)
    return parked?.kind === 'reference' ? [parked.item] : []
  })
  const others = items.length === 0 ? [] : state.messages.under(key)
  return items
    .filter(({ tradeDate }) => tradeDate >= link.date)
    .filter(({ tradeDate }) => {
      const newer = others.some((m) => m.root !== null && m.root !== root && m.date >= link.date && m.date <= tradeDate)
      return !newer
    })
    .sort((a, b) => (a.tradeDate < b.tradeDate ? -1 : a.tradeDate > b.tradeDate ? 1 : 0))
}

/** The event that applies a parked correction to its fill; undefined while its instrument is not known or its terms do not fit. */
function correction(item: ParkedReference, root: string, knowledge: ReferenceKnowledge): PortfolioEvent | undefined {
  const draft = item.fill
  if (draft === undefined) return undefined
  const read = attempt(() => finished(draft, knowledge))
  if (!read.ok || !read.value.known) return undefined
  return correctionOf(item, root, read.value.terms)
}

/** FillCorrected for a parked message whose terms are whole. */
export function correctionOf(item: ParkedReference, root: string, terms: FillTerms): PortfolioEvent {
  const { execId, execRefId, tradeDate, channel, reason } = item
  return {
    type: 'FillCorrected',
    data: {
      fact: root,
      execId,
      execRefId,
      tradeDate,
      ...(channel === undefined ? {} : { channel }),
      fill: ofRoot(terms, root),
      ...(reason === undefined ? {} : { reason }),
    },
  }
}

/** FillBusted for a parked message. */
export function bustOf(item: ParkedReference, root: string): PortfolioEvent {
  const { execId, execRefId, tradeDate, channel, reason } = item
  return {
    type: 'FillBusted',
    data: {
      fact: root,
      execId,
      execRefId,
      tradeDate,
      ...(channel === undefined ? {} : { channel }),
      ...(reason === undefined ? {} : { reason }),
    },
  }
}

/** Corrected terms keep the ExecID of the fill they correct. */
export function ofRoot<T extends FillTerms | ParkedFillTerms>(terms: T, root: string): T {
  return { ...terms, execId: partsOfFillFact(root).execId }
}
