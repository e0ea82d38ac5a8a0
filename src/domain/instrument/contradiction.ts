// The refusal that says which two things in the terms of an action cannot both be so.
import { refuse } from '../kernel/refusal.ts'

/** @throws Refused `contradictory-terms`, always. */
export function contradicts(field: string, message: string, remedy: string): never {
  return refuse({ code: 'contradictory-terms', message, field, remedy })
}
