// What must hold of the oracle's own book on random histories, before it judges another.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decimal, sum } from './arithmetic.ts'
import { inOtherOrder } from './arrival.ts'
import { HOLIDAYS, histories, PORTFOLIO } from './histories.ts'
import { balancesOf, type Entry, groupBy, type Line } from './journal.ts'
import { oracleEntries } from './oracle.ts'
import { RUNS } from './runs.ts'

const LAST = 10n ** 15n
const entriesOf = (units: Parameters<typeof oracleEntries>[0]): Entry[] =>
  oracleEntries(units, { portfolio: PORTFOLIO, asAt: LAST, holidays: HOLIDAYS })

function unbalanced(entry: Entry): string[] {
  const totals = (of: (line: Line) => Decimal, by: (line: Line) => string | null): string[] =>
    [...groupBy(entry.lines, (line) => `${line.sleeve} ${by(line)}`)]
      .map(([key, lines]) => [key, sum(lines.map(of))] as const)
      .filter(([, total]) => !total.isZero())
      .map(([key, total]) => `${entry.entry}: ${key} ${total}`)
  const known = entry.pending
    ? []
    : [
        ...totals(
          (l) => l.base!,
          () => 'base',
        ),
        ...totals(
          (l) => (l.account === 9000 ? l.base! : l.base!.times(0)),
          () => 'base of 9000',
        ),
      ]
  return [
    ...known,
    ...totals(
      (line) => line.local,
      (line) => line.currency,
    ),
    ...totals(
      (line) => line.units,
      (line) => line.instrument,
    ),
  ]
}

describe('the oracle on random histories', () => {
  it('balances every entry per sleeve: base, base of 9000, each currency, units with 8000; all bases known or none', () => {
    fc.assert(
      fc.property(histories(), (units) => {
        const entries = entriesOf(units)
        expect(entries.flatMap(unbalanced)).toStrictEqual([])
        for (const { pending, lines } of entries) for (const { base } of lines) expect(base === null).toBe(pending)
      }),
      RUNS,
    )
  })

  it('does not care in which order facts arrive whose keys differ before the root position', () => {
    fc.assert(
      fc.property(histories(), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (units, times) => {
        const other = inOtherOrder(units, () => times.next().value)
        expect(balancesOf(entriesOf(other).flatMap((entry) => entry.lines))).toStrictEqual(
          balancesOf(entriesOf(units).flatMap((entry) => entry.lines)),
        )
      }),
      RUNS,
    )
  })
})
