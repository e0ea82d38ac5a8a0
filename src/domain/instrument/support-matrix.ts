// What the book can carry today, by instrument type and corporate-action code; anything else is refused, never half-booked.
import { refuse } from '../kernel/refusal.ts'
import { type ActionCode, actionCode } from './action-codes.ts'
import type { InstrumentType } from './events.ts'

/** Types whose every fact the book can post. Swaps and credit default swaps are not among them. */
export const CARRIED_TYPES: readonly InstrumentType[] = [
  'equity',
  'etf',
  'fund',
  'adr',
  'crypto',
  'future',
  'option',
  'bond',
  'money-market',
]

/** @throws Refused `unsupported-instrument`. */
export function carried(type: InstrumentType, field: string): void {
  if (CARRIED_TYPES.includes(type)) return
  refuse({
    code: 'unsupported-instrument',
    message: `the book does not carry instruments of type ${type} yet`,
    field,
    remedy:
      type === 'fx-forward'
        ? 'record the forward as an FX trade with its value date; a swap is two of them'
        : `types it carries: ${CARRIED_TYPES.join(', ')}`,
    details: { type, carried: [...CARRIED_TYPES] },
  })
}

/** The code's row of the table. @throws Refused `unknown-action-code`. */
export function knownAction(caev: string, field: string): ActionCode {
  const found = actionCode(caev)
  if (found !== null) return found
  return refuse({
    code: 'unknown-action-code',
    message: `${caev} is no corporate-action code`,
    field,
    remedy: 'use a CAEV code of ISO 15022, such as DVCA, SPLF or MRGR',
    details: { caev },
  })
}
