// Option values against what must hold for any market, and the models against each other.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalCumulative } from '../../../src/analytics/normal.ts'
import { baroneAdesiWhaley, bjerksundStensland, juZhong } from '../../../src/analytics/option/american.ts'
import { barrierOption } from '../../../src/analytics/option/barrier.ts'
import {
  black76,
  blackScholes,
  blackScholesGreeks,
  type Market,
  type OptionType,
} from '../../../src/analytics/option/black-scholes.ts'
import { digitalAtExpiry, oneTouch } from '../../../src/analytics/option/digital.ts'
import { barrierLattice, lattice, stepsForBarrier } from '../../../src/analytics/option/lattice.ts'

const TYPES: readonly OptionType[] = ['call', 'put']
/** In steps of 0.0001: terms as people write them. */
const real = (min: number, max: number) =>
  fc.integer({ min: Math.ceil(min * 1e4), max: Math.floor(max * 1e4) }).map((n) => n / 1e4)
const strike = real(50, 200)
const market = fc.record({
  spot: real(50, 200),
  rate: real(-0.02, 0.12),
  dividendYield: real(0, 0.12),
  time: real(0.05, 3),
  volatility: real(0.08, 0.6),
})
const RUNS = { numRuns: 200 }

describe('the normal distribution', () => {
  it('has the values of the tables, out to the far tail', () => {
    expect(normalCumulative(0)).toBe(0.5)
    // Abramowitz and Stegun, tables 26.1 and 26.2: to their fifteen digits, and the tail to a relative 1e-9.
    expect(normalCumulative(1)).toBeCloseTo(0.841344746068543, 14)
    expect(normalCumulative(-2)).toBeCloseTo(0.022750131948179, 14)
    expect(normalCumulative(-10) / 7.61985302416e-24).toBeCloseTo(1, 9)
  })

  it('gives both sides of a point one together', () => {
    fc.assert(
      fc.property(real(-8, 8), (x) => {
        expect(normalCumulative(x) + normalCumulative(-x)).toBeCloseTo(1, 14)
      }),
      RUNS,
    )
  })
})

describe('European options', () => {
  it('hold put-call parity: call - put = S e^(-qT) - K e^(-rT)', () => {
    fc.assert(
      fc.property(strike, market, (k, m) => {
        const parity = m.spot * Math.exp(-m.dividendYield * m.time) - k * Math.exp(-m.rate * m.time)
        expect(blackScholes('call', k, m) - blackScholes('put', k, m)).toBeCloseTo(parity, 9)
      }),
      RUNS,
    )
  })

  it('fall with the strike for a call, rise with it for a put, and rise with volatility for both', () => {
    fc.assert(
      fc.property(strike, market, real(0.1, 20), (k, m, more) => {
        expect(blackScholes('call', k + more, m)).toBeLessThanOrEqual(blackScholes('call', k, m) + 1e-12)
        expect(blackScholes('put', k + more, m)).toBeGreaterThanOrEqual(blackScholes('put', k, m) - 1e-12)
        for (const type of TYPES)
          expect(blackScholes(type, k, { ...m, volatility: m.volatility + more / 100 })).toBeGreaterThanOrEqual(
            blackScholes(type, k, m) - 1e-12,
          )
      }),
      RUNS,
    )
  })

  it('have the greeks that finite differences have', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TYPES), strike, market, (type, k, m) => {
        const value = (change: Partial<Market>) => blackScholes(type, k, { ...m, ...change })
        const slope = (by: keyof Market, h: number) =>
          (value({ [by]: m[by] + h }) - value({ [by]: m[by] - h })) / (2 * h)
        const greeks = blackScholesGreeks(type, k, m)
        const near = (found: number, expected: number) =>
          expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(expected)))
        near(greeks.delta, slope('spot', 1e-3))
        near(greeks.gamma, (value({ spot: m.spot + 0.01 }) - 2 * value({}) + value({ spot: m.spot - 0.01 })) / 1e-4)
        near(greeks.vega, slope('volatility', 1e-5))
        near(greeks.theta, -slope('time', 1e-5))
        near(greeks.rho, slope('rate', 1e-5))
        near(greeks.dividendRho, slope('dividendYield', 1e-5))
      }),
      RUNS,
    )
  })

  it('are worth their intrinsic value on the forward when nothing moves', () => {
    expect(black76('call', 100, 90, 0, 0.5)).toBe(5)
    expect(black76('put', 100, 90, 0, 0.5)).toBe(0)
  })
})

describe('American options', () => {
  it('are worth no less than European ones and than exercise now, by every model', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TYPES), strike, market, (type, k, any) => {
        const m = { ...any, rate: Math.abs(any.rate) }
        const least = Math.max(blackScholes(type, k, m), (type === 'call' ? 1 : -1) * (m.spot - k))
        for (const model of [baroneAdesiWhaley, bjerksundStensland])
          expect(model(type, k, m)).toBeGreaterThanOrEqual(least - 1e-7)
      }),
      RUNS,
    )
  })

  it('come near a lattice by every approximation', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TYPES),
        real(80, 120),
        market.map((m) => ({ ...m, spot: 100, rate: Math.abs(m.rate) + 0.005, time: Math.min(m.time, 1) })),
        (type, k, m) => {
          const exact = lattice(type, 'american', k, m, 300)
          // 1 % of the spot: the approximations are made for it, the lattice of 300 steps is within a tenth of that.
          for (const model of [baroneAdesiWhaley, bjerksundStensland, juZhong])
            expect(Math.abs(model(type, k, m) - exact)).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are never called early when the asset yields nothing', () => {
    const m = { spot: 100, rate: 0.05, dividendYield: 0, time: 1, volatility: 0.3 }
    for (const model of [baroneAdesiWhaley, bjerksundStensland, juZhong])
      expect(model('call', 100, m)).toBe(blackScholes('call', 100, m))
  })
})

describe('digitals and barriers', () => {
  it('pay cash one way or the other: call and put digitals make a bond', () => {
    fc.assert(
      fc.property(strike, market, (k, m) => {
        const one = { kind: 'cash', cash: 1 } as const
        expect(digitalAtExpiry('call', k, one, m) + digitalAtExpiry('put', k, one, m)).toBeCloseTo(
          Math.exp(-m.rate * m.time),
          12,
        )
        const touched = oneTouch('put', k, one, 'at-expiry', m)
        expect(touched + oneTouch('put', k, one, 'at-expiry-if-not', m)).toBeCloseTo(Math.exp(-m.rate * m.time), 9)
        expect(touched).toBeGreaterThanOrEqual(digitalAtExpiry('put', k, one, m) - 1e-9)
      }),
      RUNS,
    )
  })

  it('make the plain option of a knock-in and a knock-out without rebate', () => {
    const barrierAt = fc.constantFrom('down', 'up') as fc.Arbitrary<'down' | 'up'>
    fc.assert(
      fc.property(
        fc.constantFrom(...TYPES),
        strike,
        market,
        barrierAt,
        real(1.01, 1.4),
        (type, k, m, direction, far) => {
          const level = direction === 'down' ? m.spot / far : m.spot * far
          const value = (knock: 'in' | 'out') => barrierOption(type, k, { direction, knock, level, rebate: 0 }, m)
          expect(value('in') + value('out')).toBeCloseTo(blackScholes(type, k, m), 8)
          expect(value('in')).toBeGreaterThanOrEqual(-1e-8)
          expect(value('out')).toBeGreaterThanOrEqual(-1e-8)
        },
      ),
      RUNS,
    )
  })

  it('agree with a lattice fitted to the barrier', () => {
    const m = { spot: 100, rate: 0.08, dividendYield: 0.04, time: 0.5, volatility: 0.25 }
    const down = { direction: 'down', knock: 'out', level: 95, rebate: 0 } as const
    // ln(100/95)^2 = 0.002631; 0.0625 x 0.5 / 0.002631 = 11.877: six layers need 427 steps, the first number of at least 400.
    expect(stepsForBarrier(m, 95, 400)).toBe(427)
    expect(barrierLattice('call', 'european', 100, down, m, 400)).toBeCloseTo(barrierOption('call', 100, down, m), 1)
  })
})
