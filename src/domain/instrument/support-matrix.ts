// What the book can carry today, by instrument type and corporate-action code; anything else is refused, never half-booked.
import { refuse } from '../kernel/refusal.ts'
import type { InstrumentType } from './events.ts'

/** Types whose every fact the book can post. Swaps and credit default swaps are not among them. */
export const CARRIED_TYPES: readonly InstrumentType[] = ['equity', 'etf', 'fund', 'adr', 'crypto', 'future']

/** ISO 15022 CAEV codes: forward and reverse split, cash dividend, spin-off, bonus issue. */
export const CARRIED_ACTIONS = ['SPLF', 'SPLR', 'DVCA', 'SOFF', 'BONU'] as const
export type CarriedAction = (typeof CARRIED_ACTIONS)[number]

/** @throws Refused `unsupported-instrument`. */
export function carried(type: InstrumentType, field: string): void {
  if (CARRIED_TYPES.includes(type)) return
  refuse({
    code: 'unsupported-instrument',
    message: `the book does not carry instruments of type ${type} yet`,
    field,
    remedy: `types it carries: ${CARRIED_TYPES.join(', ')}`,
    details: { type, carried: [...CARRIED_TYPES] },
  })
}

/** @throws Refused `unsupported-action`. */
export function carriedAction(caev: string, field: string): CarriedAction {
  const found = CARRIED_ACTIONS.find((code) => code === caev)
  if (found !== undefined) return found
  return refuse({
    code: 'unsupported-action',
    message: `the book cannot apply ${caev} yet`,
    field,
    remedy: `codes it applies: ${CARRIED_ACTIONS.join(', ')}`,
    details: { caev, carried: [...CARRIED_ACTIONS] },
  })
}
