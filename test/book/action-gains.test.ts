// The gain report of corporate actions: what a lot gave up, what came for it, and when it was acquired.
import { describe, expect, it } from 'vitest'
import { cash, type Scenario, told, units } from './codes/scenario.ts'

const reported = (scenario: Omit<Scenario, 'of' | 'posts' | 'lots'>) =>
  told({ of: '', posts: [], lots: [], ...scenario })
    .differences.flatMap(({ disposals }) => disposals)
    .map(({ disposal, side, units: gone, proceeds, cost, gain, acquiredOn, custodyAccount }) => [
      disposal.replaceAll('fill:B:2025-01-06:', ''),
      side,
      gone,
      proceeds,
      cost,
      gain,
      acquiredOn,
      custodyAccount,
    ])

const boot = [cash(1, 'boot', '75'), units(2, 'NEW', '1', '1', { replaces: true, worth: '100' })]

describe('the gain report', () => {
  it('has boot that is a gain in full, though the lot gives up nothing', () => {
    // 100 + 75 - 85 = 90 realised, all of the 75 recognised: no cost is repaid
    expect(reported({ held: [['A', 1, '85']], terms: { caev: 'MRGR', legs: boot } })).toStrictEqual([
      ['ca:XYZ:a/main/ex/A/boot', 'long', '0', '75', '0', '75', '2025-01-06', 'main'],
    ])
  })

  it('has what capital returned is above the cost, and nothing of a lot whose cost covers it', () => {
    // A: 120 on a cost of 100; B: 60 on 100
    const held = [
      ['A', 10, '10'],
      ['B', 5, '20'],
    ] as const
    expect(reported({ held, terms: { caev: 'CAPD', legs: [cash(1, 'capital', '12')] } })).toStrictEqual([
      ['ca:XYZ:a/main/ex/A/capital', 'long', '0', '120', '100', '20', '2025-01-06', 'main'],
    ])
  })

  it('has units sold, under the option they took', () => {
    const options = [{ option: 1, caop: 'CASH' as const, legs: [cash(1, 'sale', '15')] }]
    const scenario = { held: [['A', 10, '10']] as const, terms: { caev: 'TEND', legs: [], options } }
    expect(reported({ ...scenario, elected: [[1, '4']] })).toStrictEqual([
      ['ca:XYZ:a/main/1/ex/A/sale', 'long', '4', '60', '40', '20', '2025-01-06', 'main'],
    ])
  })
})
