// The time axis: a running maximum in log order, and what an instant or a position on it means.
import { describe, expect, it } from 'vitest'
import { instant } from '../../src/domain/kernel/instant.ts'
import { type KnownUnit, placed, positionAt, unitEndAtOrBefore } from '../../src/eventstore/known-time.ts'

// Four units; the third writer's clock is 3 s behind the second's. Positions are sparse, as EventStoreDB's are.
const clocks = ['15:00:00', '15:00:05', '15:00:02', '15:00:09']
const axis: KnownUnit[] = []
for (const [i, clock] of clocks.entries()) {
  const recordedAt = instant(`2025-03-14T${clock}Z`)
  const unit = { firstPosition: BigInt(100 * i + 90), position: BigInt(100 * i + 100), recordedAt }
  axis.push(placed(axis.at(-1)?.knownAt, unit))
}
const at = (clock: string) => positionAt(axis, instant(`2025-03-14T${clock}Z`))

describe('the time axis', () => {
  it('is the running maximum of the clocks', () => {
    expect(axis.map(({ knownAt }) => knownAt.slice(11, 19))).toStrictEqual([
      '15:00:00',
      '15:00:05',
      '15:00:05',
      '15:00:09',
    ])
    expect(axis.map(({ recordedAt }) => recordedAt.slice(11, 19))).toStrictEqual(clocks)
  })

  it('resolves an instant to the last position recorded by then, inclusive', () => {
    expect(at('14:59:59.999999')).toBe(0n)
    expect(at('15:00:00')).toBe(100n)
    expect(at('15:00:04.999999')).toBe(100n)
    // The third unit was recorded at :02 by its writer, and became known after the second: at :05.
    expect(at('15:00:05')).toBe(300n)
    expect(at('15:00:08')).toBe(300n)
    expect(at('23:59:59')).toBe(400n)
    expect(positionAt([], instant('2025-03-14T15:00:00Z'))).toBe(0n)
  })

  it('takes a position inside a unit for the end of the unit before', () => {
    expect(unitEndAtOrBefore(axis, 99n)).toBe(0n)
    expect(unitEndAtOrBefore(axis, 100n)).toBe(100n)
    expect(unitEndAtOrBefore(axis, 190n)).toBe(100n)
    expect(unitEndAtOrBefore(axis, 199n)).toBe(100n)
    expect(unitEndAtOrBefore(axis, 200n)).toBe(200n)
    expect(unitEndAtOrBefore(axis, 9999n)).toBe(400n)
  })
})
