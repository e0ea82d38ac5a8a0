// The accounting basis: what each unit of knowledge changed, dated after what was sealed when it became known.
import { type Decimal, sum, ZERO } from './arithmetic.ts'
import { addDays } from './days.ts'
import { type Dimensions, groupBy, keyOf, type Line } from './journal.ts'
import { type OracleOptions, oracleEntries } from './oracle.ts'
import type { OracleUnit } from './shapes.ts'

/** What is posted on one key: known base, and how many lines wait for a rate. */
export interface Amount {
  readonly key: string
  readonly units: Decimal
  readonly local: Decimal
  readonly base: Decimal
  readonly pending: number
}
interface Dated extends Amount {
  readonly effectiveDate: string
}
export interface Change extends Dated {
  readonly accountingDate: string
}

/** Every change of the book, unit by unit. Seals only grow here: a history with reopened periods needs more than this. */
export function changesOf(units: readonly OracleUnit[], options: OracleOptions): Change[] {
  const changes: Change[] = []
  let before = new Map<string, Dated>()
  let sealed = ''
  for (const unit of units) {
    const after = postedAt(units, { ...options, asAt: unit.position })
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      const change = minus(after.get(id), before.get(id))
      if (isNothing(change)) continue
      const { effectiveDate } = change
      const accountingDate = effectiveDate <= sealed ? addDays(sealed, 1) : effectiveDate
      changes.push({ ...change, accountingDate })
    }
    before = after
    // A seal counts for what becomes known after its own unit.
    for (const event of unit.events) if (event.type === 'PeriodSealed') sealed = event.data.through
  }
  return changes
}

/** Per key and effective date. */
function postedAt(units: readonly OracleUnit[], options: OracleOptions): Map<string, Dated> {
  const lines = oracleEntries(units, options).flatMap(({ effectiveDate, lines }) =>
    lines.map((line) => ({ ...line, effectiveDate })),
  )
  const groups = groupBy(lines, (line) => `${line.effectiveDate} ${keyOf(line)}`)
  return new Map([...groups].map(([id, group]) => [id, { ...amountOf(group), effectiveDate: group[0]!.effectiveDate }]))
}

const amountOf = (group: readonly (Line & Dimensions)[]): Amount => ({
  key: keyOf(group[0]!),
  units: sum(group.map((line) => line.units)),
  local: sum(group.map((line) => line.local)),
  base: sum(group.map((line) => line.base ?? ZERO)),
  pending: group.filter((line) => line.base === null).length,
})

function minus(after: Dated | undefined, before: Dated | undefined): Dated {
  const { key, effectiveDate } = (after ?? before)!
  const less = (of: (amount: Dated) => Decimal) =>
    (after === undefined ? ZERO : of(after)).minus(before === undefined ? ZERO : of(before))
  return {
    key,
    effectiveDate,
    units: less((amount) => amount.units),
    local: less((amount) => amount.local),
    base: less((amount) => amount.base),
    pending: (after?.pending ?? 0) - (before?.pending ?? 0),
  }
}

const isNothing = ({ units, local, base, pending }: Amount): boolean =>
  units.isZero() && local.isZero() && base.isZero() && pending === 0
