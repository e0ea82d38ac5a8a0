// What makes two messages under one key the same message: what was said, without what we derived from it.
import { byId } from '../instrument/name.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import type { FactType } from './fact-id.ts'
import type { FillTerms, ParkedFillTerms } from './facts.ts'

/**
 * The content of a fill. Left out: the channel (a resend may take another), a derived settlement date, a consideration
 * worked out from the price, and the id we resolved a name to.
 */
export function fillContent(terms: FillTerms | ParkedFillTerms): number {
  return fingerprint(said(terms))
}

/** The content of a correction: the message's reference and the terms it sets; whose ExecID the fill has is not its content. */
export function correctionContent(execRefId: string, terms: FillTerms | ParkedFillTerms): number {
  const { execId: _, ...rest } = said(terms)
  return fingerprint({ execRefId, ...rest })
}

/** The content of a bust. */
export function bustContent(execRefId: string): number {
  return fingerprint({ execRefId })
}

/** The content of any other fact: what it is and its terms, whatever reason was given. */
export function factContent(type: FactType, terms: object): number {
  return fingerprint({ type, ...terms })
}

function said(terms: FillTerms | ParkedFillTerms) {
  if (!('instrument' in terms)) {
    const { channel: _, ...rest } = terms
    return rest
  }
  const { channel: _, instrument, named, considerationFrom, consideration, settlement, ...rest } = terms
  const { given, date, ...settles } = settlement
  return {
    ...rest,
    named: named ?? byId(instrument),
    ...(considerationFrom === undefined ? { consideration } : {}),
    settlement: given ? { date, ...settles } : settles,
  }
}
