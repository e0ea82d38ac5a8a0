// What makes two messages under one key the same message: what was said, without what we derived from it.
import { byId } from '../instrument/name.ts'
import { fingerprint, fingerprintOfText } from '../kernel/fingerprint.ts'
import type { FactType } from './fact-id.ts'
import type { FillTerms, ParkedFillTerms } from './facts.ts'

/** The members that are text, in the order they are hashed. */
const TEXTS = [
  'source',
  'execId',
  'order',
  'block',
  'tradeDate',
  'executedAt',
  'side',
  'positionEffect',
  'quantity',
  'price',
  'currency',
  'accruedInterest',
  'contractRate',
  'venue',
  'entitlement',
  'sleeve',
  'custodyAccount',
  'cashAccount',
] as const satisfies readonly (keyof ParkedFillTerms)[]

/** The members that `said` treats one by one. Channel is left out: a resend may take another. */
type Others = 'channel' | 'named' | 'consideration' | 'considerationFrom' | 'costs' | 'settlement' | 'lots'
/** The compiler refuses a member of a fill that is in neither list: it would not count as content. */
type Forgotten = Exclude<keyof ParkedFillTerms, (typeof TEXTS)[number] | Others>
const START: [Forgotten] extends [never] ? '' : Forgotten = ''

/** Separators that none of the texts can hold. */
const PART = '\u001f'
const ITEM = '\u001e'

/**
 * The content of a fill. Left out: the channel, a derived settlement date, a consideration worked out from the price, and the id
 * we resolved a name to.
 */
export function fillContent(terms: FillTerms | ParkedFillTerms): number {
  return fingerprintOfText(said(terms, terms.execId))
}

/** The content of a correction: the message's reference and the terms it sets; whose ExecID the fill has is not its content. */
export function correctionContent(execRefId: string, terms: FillTerms | ParkedFillTerms): number {
  return fingerprintOfText(`${execRefId}${ITEM}${said(terms, '')}`)
}

/** The content of a bust. */
export function bustContent(execRefId: string): number {
  return fingerprint({ execRefId })
}

/** The content of any other fact: what it is and its terms, whatever reason was given. */
export function factContent(type: FactType, terms: object): number {
  return fingerprint({ type, ...terms })
}

/** One line of text, written without copies of the terms: every fill is hashed when it is decided and when it is folded. */
function said(terms: FillTerms | ParkedFillTerms, execId: string): string {
  let text: string = START
  for (const key of TEXTS) text += `${(key === 'execId' ? execId : terms[key]) ?? ''}${PART}`
  const { scheme, value, market } = terms.named ?? byId('instrument' in terms ? terms.instrument : '')
  const { settlement, lots } = terms
  const given = !('given' in settlement) || settlement.given
  text += `${scheme}${PART}${value}${PART}${market ?? ''}${PART}`
  text += `${terms.considerationFrom === undefined ? (terms.consideration ?? '') : ''}${PART}`
  text += `${given ? (settlement.date ?? '') : ''}${PART}${settlement.currency}${PART}${settlement.amount ?? ''}${PART}`
  for (const { type, amount, currency } of terms.costs) text += `${type}${PART}${amount}${PART}${currency}${ITEM}`
  for (const { lot, units } of lots ?? []) text += `${ITEM}${lot}${PART}${units}`
  return text
}
