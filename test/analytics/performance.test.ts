// Measures of performance on series small enough to check by hand, and what holds for every series.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalCumulative } from '../../src/analytics/normal.ts'
import { outcome } from '../../src/analytics/not-defined.ts'
import { drawdownEpisodes, drawdowns, losingRuns, maximumDrawdown } from '../../src/analytics/performance/drawdown.ts'
import { MEASURES, measured } from '../../src/analytics/performance/measures.ts'
import type { History } from '../../src/analytics/performance/measure.ts'
import { alpha, beta, residuals } from '../../src/analytics/performance/relative.ts'
import { annualised, byPeriod, perPeriod, toDate, totalReturn } from '../../src/analytics/performance/returns.ts'
import { mean, standardDeviation } from '../../src/analytics/statistics/moments.ts'
import { incompleteBeta, normalQuantile, studentProbability } from '../../src/analytics/statistics/distributions.ts'
import { QUANTILE_RULES, quantile } from '../../src/analytics/statistics/quantile.ts'

const of = (history: Partial<History>, name: string, conventions = {}) => {
  const measure = MEASURES.get(name)
  if (measure === undefined) throw new Error(`no measure ${name}`)
  return measured({ returns: [], periodsPerYear: 12, ...history }, { measure, conventions })
}
const answered = (history: Partial<History>, name: string, conventions = {}) => {
  const found = of(history, name, conventions)
  return 'ok' in found && found.ok ? found.value : found
}

const someReturns = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 4, maxLength: 60 })

describe('returns', () => {
  it('link: 10 % and then -10 % is a loss of 1 %', () => {
    // 1.1 x 0.9 = 0.99
    expect(totalReturn([0.1, -0.1])).toBeCloseTo(-0.01, 15)
  })

  it('are annualised and brought back to the period without loss', () => {
    // Two years of 21 % in all are 10 % a year: 1.21^(1/2) = 1.1.
    expect(annualised(0.21, 2)).toBeCloseTo(0.1, 15)
    expect(perPeriod(0.21, 2)).toBeCloseTo(0.1, 15)
  })

  it('of a month are from the last price of the month before', () => {
    const dates = ['2024-01-30', '2024-01-31', '2024-02-01', '2024-02-15']
    // 121 / 110 - 1
    expect(toDate([100, 110, 115, 121], dates, 'month')).toBeCloseTo(0.1, 15)
    // No price of 2023: from the first there is, 121 / 100 - 1.
    expect(toDate([100, 110, 115, 121], dates, 'year')).toBeCloseTo(0.21, 15)
  })

  it('by ISO week put the first days of January where their Thursday is', () => {
    // 2021-01-03 is the Sunday of 2020-W53; the 4th is a Monday.
    expect(byPeriod([0.1, 0.1], ['2021-01-03', '2021-01-04'], 'weekly').map(({ period }) => period)).toStrictEqual([
      '2020-W53',
      '2021-W01',
    ])
  })

  it('by calendar period link to the total, whatever the period', () => {
    fc.assert(
      fc.property(someReturns, fc.constantFrom('weekly', 'monthly', 'quarterly', 'yearly'), (returns, period) => {
        const dates = returns.map((_, i) => new Date(Date.UTC(2023, 10, 20 + 3 * i)).toISOString().slice(0, 10))
        const linked = byPeriod(returns, dates, period).map(({ value }) => value)
        expect(totalReturn(linked)).toBeCloseTo(totalReturn(returns), 12)
      }),
    )
  })
})

describe('drawdowns', () => {
  it('are measured from the highest value so far, the start included', () => {
    // 0.9, 0.99, 1.089, 0.9801: -10 %, -1 %, 0, 0.9801/1.089 - 1 = -10 %.
    expect(drawdowns([-0.1, 0.1, 0.1, -0.1]).map((depth) => Number(depth.toFixed(12)))).toStrictEqual([
      -0.1, -0.01, 0, -0.1,
    ])
  })

  it('have a peak, a trough and a recovery, and may still last', () => {
    expect(drawdownEpisodes([0.1, -0.2, -0.1, 0.5, -0.05])).toStrictEqual([
      // 1.1, 0.88, 0.792 = 1.1 x 0.72, 1.188 again above 1.1, and 5 % below that at the end.
      { peak: 0, trough: 2, depth: expect.closeTo(-0.28, 12), recovery: 3 },
      { peak: 3, trough: 4, depth: expect.closeTo(-0.05, 12), recovery: null },
    ])
    expect(drawdownEpisodes([0.1, -0.2, 0.3]).map(({ recovery }) => recovery)).toStrictEqual([2])
  })

  it('of the deepest episode are the maximum drawdown', () => {
    fc.assert(
      fc.property(someReturns, (returns) => {
        const depths = drawdownEpisodes(returns).map(({ depth }) => depth)
        expect(Math.min(0, ...depths)).toBe(maximumDrawdown(returns))
        expect(losingRuns(returns).every((run) => run >= 0)).toBe(true)
      }),
    )
  })
})

describe('a measure that has no value', () => {
  it('says so and what it needs, and never answers NaN or infinity', () => {
    expect(of({ returns: [] }, 'total-return')).toStrictEqual({
      ok: false,
      code: 'insufficient-history',
      needs: 'at least 1 returns, 0 given',
    })
    expect(of({ returns: [0.01, 0.01, 0.01] }, 'sharpe-ratio')).toMatchObject({ ok: false, code: 'undefined' })
    expect(of({ returns: [0.01, 0.02] }, 'sortino-ratio')).toMatchObject({ ok: false, code: 'undefined' })
    expect(of({ returns: [0.01, 0.02] }, 'beta')).toMatchObject({ ok: false, needs: 'returns of a benchmark' })
    expect(of({ returns: [0.01], benchmark: [0.01, 0.02] }, 'beta')).toMatchObject({ code: 'mismatched-series' })
    expect(of({ returns: [-1.5, 0.2] }, 'annual-return')).toMatchObject({ ok: false, code: 'undefined' })
  })

  it('for any series and any measure', () => {
    const anything = fc.array(
      fc.option(fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, -1, 0.01)), { freq: 5 }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(anything, anything, fc.constantFrom(...MEASURES.values()), (returns, benchmark, measure) => {
        const found = measured({ returns, benchmark, periodsPerYear: 12 }, { measure, conventions: {} })
        if (!('ok' in found) || !found.ok) return
        const numbers = [found.value].flat().flatMap((one) => (typeof one === 'object' ? Object.values(one) : [one]))
        for (const one of numbers) if (typeof one === 'number') expect(Number.isFinite(one)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('ratios', () => {
  it('of Sharpe are the mean excess over its sample deviation, times the root of the periods', () => {
    // Mean 0.02, deviations -0.01 and 0.01: sigma sqrt(0.0002) = 0.0141421...; 0.02 / 0.0141421 = 1.41421...; times sqrt(12).
    expect(answered({ returns: [0.01, 0.03] }, 'sharpe-ratio')).toBeCloseTo(Math.SQRT2 * Math.sqrt(12), 12)
    expect(answered({ returns: [0.01, 0.03] }, 'sharpe-ratio', { annualisation: 'none' })).toBeCloseTo(Math.SQRT2, 12)
    // A risk-free rate of 0.02 leaves nothing.
    expect(answered({ returns: [0.01, 0.03], riskFree: 0.02 }, 'sharpe-ratio')).toBeCloseTo(0, 12)
  })

  it('of omega at the mean are one: gains and losses about it are equal', () => {
    fc.assert(
      fc.property(someReturns, (returns) => {
        fc.pre(standardDeviation(returns) > 1e-6)
        expect(answered({ returns, minimumAcceptable: mean(returns) }, 'omega-ratio')).toBeCloseTo(1, 6)
      }),
    )
  })

  it('over a window are those of each part', () => {
    const measure = MEASURES.get('total-return')
    if (measure === undefined) throw new Error('no total return')
    const found = measured({ returns: [0.1, 0.1, -0.1], periodsPerYear: 12 }, { measure, conventions: {}, window: 2 })
    expect(found).toStrictEqual([
      { ok: true, value: expect.closeTo(0.21, 12) },
      { ok: true, value: expect.closeTo(-0.01, 12) },
    ])
  })
})

describe('a regression on the benchmark', () => {
  it('leaves residuals that sum to nothing and do not go with it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: -0.2, max: 0.2, noNaN: true }), fc.double({ min: -0.2, max: 0.2, noNaN: true })),
          { minLength: 3, maxLength: 40 },
        ),
        (points) => {
          const pair = { returns: points.map(([r]) => r), benchmark: points.map(([, b]) => b) }
          fc.pre(standardDeviation(pair.benchmark) > 1e-4)
          const left = residuals(pair)
          expect(mean(left)).toBeCloseTo(0, 10)
          expect(mean(left.map((e, i) => e * (pair.benchmark[i] ?? 0)))).toBeCloseTo(0, 10)
        },
      ),
    )
  })

  it('of a line is the line: r = 0.01 + 2 b', () => {
    const benchmark = [-0.02, 0.01, 0.03]
    const pair = { returns: benchmark.map((b) => 0.01 + 2 * b), benchmark }
    expect(beta(pair)).toBeCloseTo(2, 12)
    expect(alpha(pair)).toBeCloseTo(0.01, 12)
  })
})

describe('quantiles', () => {
  it('of four values at a quarter, by each rule', () => {
    const at = (rule: (typeof QUANTILE_RULES)[number]) => quantile([4, 1, 3, 2], 0.25, rule)
    // Places 1.75, 1.5, 1.25, 4.3333 x 0.25 + 0.3333 = 1.41667, 1 and 2.
    expect(at('linear')).toBe(1.75)
    expect(at('hazen')).toBe(1.5)
    expect(at('weibull')).toBe(1.25)
    expect(at('median-unbiased')).toBeCloseTo(1.41666667, 8)
    expect(at('lower')).toBe(1)
    expect(at('higher')).toBe(2)
  })

  it('rise with the probability, by every rule', () => {
    fc.assert(
      fc.property(
        someReturns,
        fc.constantFrom(...QUANTILE_RULES),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, rule, p, q) => {
          const [low, high] = p < q ? [p, q] : [q, p]
          expect(quantile(values, low, rule)).toBeLessThanOrEqual(quantile(values, high, rule))
        },
      ),
    )
  })
})

describe('distributions', () => {
  it('of the normal at tabulated places', () => {
    // NIST: 0.975 at 1.959963984540054.
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
    expect(normalCumulative(1.959963984540054)).toBeCloseTo(0.975, 14)
    expect(normalCumulative(-10) / 7.61985302416047e-24).toBeCloseTo(1, 10)
  })

  it('of the normal are each other’s inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-10, max: 1 - 1e-10, noNaN: true }), (p) => {
        expect(normalCumulative(normalQuantile(p)) / p).toBeCloseTo(1, 10)
      }),
    )
  })

  it('of Student with one degree of freedom are Cauchy’s: 3/4 at 1', () => {
    expect(studentProbability(1, 1)).toBeCloseTo(0.75, 12)
    expect(studentProbability(-1, 1)).toBeCloseTo(0.25, 12)
    expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 12)
    expect(outcome(() => studentProbability(1, 0))).toMatchObject({ ok: false })
  })
})

describe('the Pareto tail', () => {
  it('of exponential losses has a shape of nothing and their scale', () => {
    // Quantiles of an exponential of mean 0.02 at (i + 0.5)/2000.
    const returns = Array.from({ length: 2000 }, (_, i) => 0.02 * Math.log(1 - (i + 0.5) / 2000))
    const [fit] = answered({ returns }, 'pareto-tail') as readonly {
      shape: number
      scale: number
      exceedances: number
    }[]
    expect(fit?.exceedances).toBe(200)
    expect(fit?.shape).toBeCloseTo(0, 1)
    expect(fit?.scale).toBeCloseTo(0.02, 3)
  })

  it('of few losses is none', () => {
    expect(of({ returns: [-0.1, 0.1] }, 'pareto-tail')).toMatchObject({ ok: false, code: 'insufficient-history' })
  })
})
