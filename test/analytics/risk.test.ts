// Parametric risk and risk of tails: by hand, and what must hold for all.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outcome } from '../../src/analytics/not-defined.ts'
import {
  entropicRisk,
  entropicValueAtRisk,
  expectedShortfall,
  giniMeanDifference,
} from '../../src/analytics/performance/tail-risk.ts'
import { parametricRisk } from '../../src/analytics/risk/parametric.ts'
import { quantile } from '../../src/analytics/statistics/quantile.ts'

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const sample = fc.array(
  fc.integer({ min: -500, max: 500 }).map((permille) => permille / 1000),
  { minLength: 5, maxLength: 80 },
)
const confidence = fc.integer({ min: 50, max: 99 }).map((percent) => percent / 100)

describe('the shortfall of a sample', () => {
  it('counts the value at the edge in part: the worst 30 % of four', () => {
    // 1.2 values: -4, and 0.2 of -3: (4 + 0.6) / 1.2.
    expect(expectedShortfall([-4, -3, 1, 2], 0.7)).toBeCloseTo(4.6 / 1.2, 12)
  })

  it('is at least the value at risk, and at most the entropic one', () => {
    fc.assert(
      fc.property(sample, confidence, (values, level) => {
        const shortfall = expectedShortfall(values, level)
        expect(shortfall).toBeGreaterThanOrEqual(-quantile(values, 1 - level, 'lower') - 1e-9)
        expect(entropicValueAtRisk(values, level)).toBeGreaterThanOrEqual(shortfall - 1e-6)
      }),
    )
  })

  it('entropic is the least over tolerances', () => {
    fc.assert(
      fc.property(sample, confidence, fc.double({ min: 0.01, max: 10, noNaN: true }), (values, level, theta) => {
        expect(entropicValueAtRisk(values, level)).toBeLessThanOrEqual(entropicRisk(values, theta, level) + 1e-9)
      }),
    )
  })
})

describe('Gini’s mean difference', () => {
  it('of 1, 2 and 4 is 2: distances 1, 3 and 2 over three pairs', () => {
    expect(giniMeanDifference([4, 1, 2])).toBeCloseTo(2, 12)
  })
})

describe('parametric value at risk', () => {
  const terms = {
    positions: [10_000_000, 5_000_000],
    volatilities: [0.02, 0.01],
    correlations: [
      [1, 0.3],
      [0.3, 1],
    ],
    multiplier: 2.33,
    horizon: 10,
  }

  it('of two stocks, as Hull works it', () => {
    // sigma^2 = 200,000^2 + 50,000^2 + 2 x 0.3 x 200,000 x 50,000 = 4.85e10; x 2.33 x sqrt(10) = 1,622,657.
    expect(parametricRisk(terms).var).toBeCloseTo(2.33 * Math.sqrt(10) * Math.sqrt(4.85e10), 6)
  })

  it('is the sum of its components, and without diversification that of the positions', () => {
    const position = fc.integer({ min: -1_000_000, max: 1_000_000 })
    const three = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(
        three(position),
        three(fc.integer({ min: 1, max: 100 })),
        three(fc.integer({ min: -4, max: 9 })),
        (positions, vols, loads) => {
          // One factor makes correlations that can occur together.
          const l = loads.map((load) => load / 10)
          const correlations = l.map((a, i) => l.map((b, j) => (i === j ? 1 : a * b)))
          const risk = parametricRisk({ ...terms, positions, volatilities: vols.map((v) => v / 1000), correlations })
          expect(sum(risk.component)).toBeCloseTo(risk.var, 4)
          expect(risk.diversification).toBeGreaterThanOrEqual(-1e-6)
          const doubled = parametricRisk({
            ...terms,
            positions: positions.map((p) => 2 * p),
            volatilities: vols.map((v) => v / 1000),
            correlations,
          })
          expect(doubled.var).toBeCloseTo(2 * risk.var, 4)
        },
      ),
    )
  })

  it('of a position and its perfect hedge is nothing, though thirds are not exact', () => {
    const hedged = {
      ...terms,
      positions: [1e9 / 3, -1e9 / 7, -1e9 / 3 + 1e9 / 7],
      volatilities: [0.3, 0.3, 0.3],
      correlations: [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
      ],
    }
    const risk = parametricRisk(hedged)
    expect(risk.var).toBeLessThan(1)
    // Without the first, what is left is as large as it.
    expect(-(risk.incremental[0] ?? 0)).toBeCloseTo(risk.standalone[0] ?? 0, 0)
  })

  it('of correlations that cannot occur together is undefined', () => {
    const correlations = [
      [1, 0.9, -0.9],
      [0.9, 1, 0.9],
      [-0.9, 0.9, 1],
    ]
    const impossible = { ...terms, positions: [1, -1, 1], volatilities: [1, 1, 1], correlations }
    expect(outcome(() => parametricRisk(impossible))).toMatchObject({ ok: false, code: 'undefined' })
    expect(outcome(() => parametricRisk({ ...terms, volatilities: [0.02] }))).toMatchObject({
      code: 'mismatched-series',
    })
  })
})
