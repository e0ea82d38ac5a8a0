// What deciding a fact's terms answers with, and the look-up its terms share.
import type { z } from 'zod'
import { refuse, type Warning } from '../kernel/refusal.ts'
import type { portfolioEvents } from './events.ts'
import type { FactGiven } from './given.ts'
import type { KnownInstrument, ReferenceKnowledge } from './reference-knowledge.ts'

/** The terms as FactCorrected holds them. */
export type FactTerms = z.output<(typeof portfolioEvents)['FactCorrected']>['as']
/** One kind of fact as given. */
export type GivenFact<T extends FactGiven['type']> = Extract<FactGiven, { type: T }>

export interface CompletedFact {
  readonly terms: FactTerms
  /** The date that says whether a closed portfolio still takes it, and the field that holds it. */
  readonly date: string
  readonly field: string
  readonly warnings: readonly Warning[]
}

/** @throws Refused `unknown-instrument`. */
export function instrumentOf(knowledge: ReferenceKnowledge, id: string, on: string, field: string): KnownInstrument {
  const instrument = knowledge.instrument({ scheme: 'id', value: id }, on)
  if (instrument !== 'unknown' && instrument !== 'ambiguous') return instrument
  return refuse({
    code: 'unknown-instrument',
    message: `there is no instrument ${id}`,
    field,
    remedy: 'register the instrument first',
  })
}
