// Attribution: by hand, and that nothing is left over in any linking.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brinson, type BrinsonOptions, returnsOf, type SegmentPeriod } from '../../src/analytics/attribution/brinson.ts'
import { ankrimHensel, geometricCurrency, karnoskySinger } from '../../src/analytics/attribution/currency.ts'
import { attributionByLevel } from '../../src/analytics/attribution/levels.ts'
import { attribution, LINKINGS } from '../../src/analytics/attribution/linking.ts'
import { outcome } from '../../src/analytics/not-defined.ts'

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/** Shares that sum to 1, from a few integers. */
const shares = (count: number) =>
  fc.array(fc.integer({ min: 1, max: 100 }), { minLength: count, maxLength: count }).map((parts) => {
    const whole = sum(parts)
    return parts.map((part) => part / whole)
  })
const returns = (count: number) =>
  fc.array(
    fc.integer({ min: -300, max: 400 }).map((permille) => permille / 1000),
    { minLength: count, maxLength: count },
  )
const period = (count: number): fc.Arbitrary<SegmentPeriod> =>
  fc.record({
    weightsPortfolio: shares(count),
    weightsBenchmark: shares(count),
    returnsPortfolio: returns(count),
    returnsBenchmark: returns(count),
  })
const periods = fc.integer({ min: 1, max: 5 }).chain((count) => fc.array(period(count), { minLength: 1, maxLength: 8 }))
const models = fc.record({
  model: fc.constantFrom('bhb' as const, 'bf' as const),
  interaction: fc.constantFrom('separate' as const, 'in-selection' as const, 'in-allocation' as const),
})

/** domain-standards.md 6.2: two periods of segments X and Y. */
const TWO: readonly SegmentPeriod[] = [
  {
    weightsPortfolio: [0.6, 0.4],
    weightsBenchmark: [0.5, 0.5],
    returnsPortfolio: [0.05, 0.03],
    returnsBenchmark: [0.04, 0.02],
  },
  {
    weightsPortfolio: [0.7, 0.3],
    weightsBenchmark: [0.5, 0.5],
    returnsPortfolio: [-0.02, 0.03],
    returnsBenchmark: [-0.01, 0.01],
  },
]

describe('one period', () => {
  it('is what weights and returns add to the benchmark', () => {
    const one = brinson(TWO[0]!, { model: 'bf', interaction: 'separate', form: 'arithmetic' })
    // Benchmark 3 %: (0.6 - 0.5)(0.04 - 0.03) = 0.001; 0.5 (0.05 - 0.04) = 0.005; 0.1 x 0.01 = 0.001.
    expect(one.allocation[0]).toBeCloseTo(0.001, 15)
    expect(one.selection[0]).toBeCloseTo(0.005, 15)
    expect(one.interaction[0]).toBeCloseTo(0.001, 15)
  })

  it('sums to the excess return, by every model', () => {
    fc.assert(
      fc.property(period(4), models, (one, options) => {
        const effects = brinson(one, { ...options, form: 'arithmetic' })
        const { portfolio, benchmark } = returnsOf(one)
        const all = sum([...effects.allocation, ...effects.selection, ...effects.interaction])
        expect(all).toBeCloseTo(portfolio - benchmark, 12)
      }),
    )
  })

  it('needs a weight and a return for every segment', () => {
    const short = { ...TWO[0]!, returnsBenchmark: [0.04] }
    const options: BrinsonOptions = { model: 'bf', interaction: 'separate', form: 'arithmetic' }
    expect(outcome(() => brinson(short, options))).toMatchObject({ ok: false, code: 'mismatched-series' })
  })
})

describe('several periods', () => {
  it('by Carino, as worked in the standards', () => {
    const linked = attribution(TWO, { model: 'bf', interaction: 'separate', form: 'arithmetic', linking: 'carino' })
    // Portfolio 1.042 x 0.995 - 1 = 0.03679, benchmark 1.03 x 1.00 - 1 = 0.03.
    expect(linked.excess).toBeCloseTo(0.00679, 12)
    expect(linked.effects.allocation).toBeCloseTo(-0.0021489474, 10)
    expect(linked.effects.selection).toBeCloseTo(0.0151548479, 10)
    expect(linked.effects.interaction).toBeCloseTo(-0.0062159004, 10)
  })

  it('leave nothing over, in any linking', () => {
    fc.assert(
      fc.property(periods, models, fc.constantFrom(...LINKINGS), (several, options, linking) => {
        const form = linking === 'geometric' ? 'geometric' : 'arithmetic'
        const { effects, excess, total, adjusted } = attribution(several, { ...options, form, linking })
        if (form === 'geometric') {
          expect((1 + effects.allocation) * (1 + effects.selection) - 1).toBeCloseTo(excess, 10)
          return
        }
        expect(effects.allocation + effects.selection + effects.interaction).toBeCloseTo(excess, 10)
        if (linking === 'davies-laker') return
        expect(sum([...total.allocation, ...total.selection, ...total.interaction])).toBeCloseTo(excess, 10)
        expect(sum(adjusted.flatMap((one) => [...one.allocation, ...one.selection, ...one.interaction]))).toBeCloseTo(
          excess,
          10,
        )
      }),
    )
  })

  it('are linked geometrically in the geometric form only', () => {
    const mixed = () =>
      attribution(TWO, { model: 'bf', interaction: 'separate', form: 'arithmetic', linking: 'geometric' })
    expect(outcome(mixed)).toMatchObject({ ok: false, code: 'undefined' })
  })
})

describe('currencies', () => {
  it('by Karnosky and Singer sum to the excess return in base', () => {
    fc.assert(
      fc.property(period(3), shares(3), shares(3), returns(3), returns(3), (one, hp, hb, cash, currency) => {
        const effects = karnoskySinger({ ...one, cash, currency, exposurePortfolio: hp, exposureBenchmark: hb })
        // In base: the premium over cash of each market held, and cash plus appreciation of each currency held.
        const side = (weights: readonly number[], local: readonly number[], exposure: readonly number[]) =>
          sum(weights.map((w, i) => w * (local[i]! - cash[i]!))) +
          sum(exposure.map((h, i) => h * (cash[i]! + currency[i]!)))
        const excess =
          side(one.weightsPortfolio, one.returnsPortfolio, hp) - side(one.weightsBenchmark, one.returnsBenchmark, hb)
        const all = [...effects.allocation, ...effects.selection, ...effects.interaction, ...effects.management]
        expect(sum(all)).toBeCloseTo(excess, 10)
      }),
    )
  })

  it('by Ankrim and Hensel sum to the excess return in base, forwards included', () => {
    fc.assert(
      fc.property(period(3), shares(3), (one, hedge) => {
        const forwardWeightsPortfolio = hedge.map((h, i) => (one.weightsPortfolio[i] ?? 0) - h)
        const forwardWeightsBenchmark = hedge.map((h, i) => (one.weightsBenchmark[i] ?? 0) - h)
        const terms = {
          spotStart: [1, 1, 1],
          spotEnd: [1, 1.1, 0.9],
          forward: [1, 1.02, 0.99],
          forwardWeightsPortfolio,
          forwardWeightsBenchmark,
        }
        const effects = ankrimHensel(one, terms)
        const { portfolio, benchmark } = returnsOf(one)
        const contract = terms.spotEnd.map((spot, i) => spot / (terms.forward[i] ?? 1) - 1)
        const forwards = sum(contract.map((r, i) => r * (forwardWeightsPortfolio[i]! - forwardWeightsBenchmark[i]!)))
        const all = [
          effects.allocation,
          effects.selection,
          effects.interaction,
          effects.management,
          effects.forwardPremium,
        ]
        // Both sides' forward weights sum to nothing, so that no mean is taken off twice.
        expect(sum(all.flat())).toBeCloseTo(portfolio - benchmark + forwards, 10)
      }),
    )
  })

  it('geometrically compound to the excess return in base', () => {
    fc.assert(
      fc.property(period(3), returns(3), returns(3), returns(3), (one, baseP, baseB, hedged) => {
        const got = geometricCurrency({
          ...one,
          baseReturnsPortfolio: baseP,
          baseReturnsBenchmark: baseB,
          hedgedReturnsBenchmark: hedged,
        })
        const compounded =
          (1 + sum(got.allocation)) * (1 + sum(got.selection)) * (1 + got.hedging) * (1 + got.currency) - 1
        expect(compounded).toBeCloseTo(got.excess, 10)
      }),
    )
  })
})

describe('a hierarchy', () => {
  it('compounds to the excess return, anchored or free', () => {
    const assets = fc.tuple(shares(6), shares(6), returns(6), returns(6)).map(([wp, wb, rp, rb]) =>
      wp.map((weightPortfolio, i) => ({
        path: [i < 3 ? 'A' : 'B', i % 2 === 0 ? 'x' : 'y', `asset ${i}`],
        weightPortfolio,
        weightBenchmark: wb[i] ?? 0,
        returnPortfolio: rp[i] ?? 0,
        returnBenchmark: rb[i] ?? 0,
      })),
    )
    fc.assert(
      fc.property(assets, (given) => {
        const anchored = attributionByLevel(given, 'anchored')
        const totals = anchored.allocationTotals.reduce((value, effect) => value * (1 + effect), 1)
        expect(totals * (1 + anchored.selectionTotal) - 1).toBeCloseTo(anchored.excess, 10)
        // Anchored, each level's groups sum to the level; its leaves' selection sums to what each group above shows.
        for (const [i, level] of anchored.allocation.entries())
          expect(sum(Object.values(level))).toBeCloseTo(anchored.allocationTotals[i] ?? Number.NaN, 10)
        for (const level of anchored.selection)
          expect(sum(Object.values(level))).toBeCloseTo(anchored.selectionTotal, 10)
      }),
    )
  })

  it('has no return where the benchmark has no weight and the portfolio has', () => {
    const asset = { weightPortfolio: 1, weightBenchmark: 0, returnPortfolio: 0.1, returnBenchmark: 0 }
    const other = { path: ['B', 'b'], weightPortfolio: 0, weightBenchmark: 1, returnPortfolio: 0, returnBenchmark: 0.1 }
    const given = [{ ...asset, path: ['A', 'a'] }, other]
    expect(outcome(() => attributionByLevel(given, 'free'))).toMatchObject({ ok: false, code: 'undefined' })
  })
})
