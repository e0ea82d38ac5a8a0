// Which fill a correction or bust is about, and what waits for a message that has just come (FIX 19, ExecRefID).
import { refuse } from '../kernel/refusal.ts'
import { execKey, type Message, messageOf, type PortfolioState } from './state.ts'

export type Resolved =
  | { readonly found: true; readonly root: string; readonly fill: Message }
  | { readonly found: false; readonly because: 'unknown-reference' | 'ambiguous-reference' }

/**
 * The newest fill of (source, ExecRefID) on or before the message's trade date. The reference may name the fill itself or any
 * correction of its chain; two different fills on the newest date are ambiguous.
 */
export function resolved(state: PortfolioState, source: string, execRefId: string, onOrBefore: string): Resolved {
  let newest = ''
  let root: string | null = null
  let ambiguous = false
  for (const message of state.messages.under(execKey(source, execRefId))) {
    // A correction that is itself parked leads nowhere yet; a bust is the end of a chain.
    if (message.root === null || message.kind === 'bust') continue
    if (message.date > onOrBefore || message.date < newest) continue
    const another = root !== null && root !== message.root
    ambiguous = message.date === newest && (ambiguous || another)
    newest = message.date
    root = message.root
  }
  const fill = root === null ? undefined : messageOf(state, root)
  if (root === null || fill === undefined) return { found: false, because: 'unknown-reference' }
  return ambiguous ? { found: false, because: 'ambiguous-reference' } : { found: true, root, fill }
}

/**
 * Whether this very message was recorded before.
 * @throws Refused `idempotency-conflict` when its key was used for other content.
 */
export function alreadyRecorded(state: PortfolioState, own: string, kind: Message['kind'], content: number): boolean {
  const before = messageOf(state, own)
  if (before === undefined) return false
  if (before.kind === kind && before.fingerprint === content) return true
  return conflict(own)
}

/** @throws Refused `idempotency-conflict`, always. */
export function conflict(own: string): never {
  return refuse({
    code: 'idempotency-conflict',
    message: `${own} was recorded before with other content`,
    remedy: 'a change is a correction with an id of its own; a new fact needs a new id',
    details: { fact: own },
  })
}
