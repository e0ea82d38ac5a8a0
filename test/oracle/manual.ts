// Manual journal entries: lines at their day's rate, the last of each currency and sleeve taking what rounding leaves.
import { type Base, decimal, negBase, subBase, sumBase, ZERO } from './arithmetic.ts'
import { type Fold, post, rateOn } from './fold.ts'
import { Draft, groupBy, type When } from './journal.ts'
import { convert } from './rates.ts'
import type { ManualEntry } from './shapes.ts'

/** Base of each line on the entry's own date: its reversal takes back exactly that. */
function basesOf(fold: Fold, entry: ManualEntry): Base[] {
  const bases = entry.lines.map(({ amount, currency }) =>
    convert(decimal(amount), rateOn(fold, currency, entry.date), fold.functional),
  )
  const groups = groupBy([...entry.lines.keys()], (at) => `${entry.lines[at]!.currency} ${entry.lines[at]!.sleeve}`)
  for (const places of groups.values()) {
    const last = places.at(-1)!
    if (bases[last] !== null) bases[last] = subBase(ZERO, sumBase(places.slice(0, -1).map((at) => bases[at]!)))
  }
  return bases
}

export function postByHand(fold: Fold, fact: string, entry: ManualEntry, when: When, reversing: boolean): void {
  const draft = new Draft()
  const bases = basesOf(fold, entry)
  for (const [at, { account, currency, amount, sleeve, cashAccount, instrument }] of entry.lines.entries()) {
    const local = decimal(amount)
    const base = bases[at] ?? null
    draft.add({
      account,
      currency,
      sleeve,
      cashAccount: cashAccount ?? null,
      instrument: instrument ?? null,
      local: reversing ? local.negated() : local,
      base: reversing ? negBase(base) : base,
    })
  }
  post(fold, draft, `${fact}/${reversing ? 'reversal' : 'manual'}`, when)
}
