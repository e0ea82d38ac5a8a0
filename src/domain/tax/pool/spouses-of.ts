// Who among the affiliates is the owner's spouse.
import type { Affiliate } from '../core/owners.ts'

export function spousesOf(affiliates: readonly Affiliate[]): ReadonlySet<string> {
  return new Set(affiliates.filter(({ relation }) => relation === 'spouse').map(({ owner }) => owner))
}
