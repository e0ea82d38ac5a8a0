// What a kernel test says about a refusal: its code, and nothing about its words unless the test quotes them.
import { expect } from 'vitest'
import { attempt, type Refusal } from '../../../src/domain/kernel/refusal.ts'

/** The refusal of an act that must be refused. */
export function refusalOf(act: () => unknown): Refusal {
  const result = attempt(act)
  if (result.ok) return expect.unreachable(`it was accepted: ${String(result.value)}`)
  return result.refusal
}

/** The code of the refusal of an act that must be refused. */
export function codeOf(act: () => unknown): string {
  return refusalOf(act).code
}
