// Bonds: worked figures, and what must hold for any payments and any yield.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { presentValue, sensitivities, yieldOf } from '../../../src/analytics/bond/yield.ts'
import { type Compounding, growth, impliedRate } from '../../../src/analytics/rate.ts'
import { bondQuestion } from '../../../src/application/bond-question.ts'
import { askBond } from '../../../src/application/bond-questions.ts'
import { figure } from '../../../src/application/figures.ts'
import { CALENDARS } from '../../../src/domain/kernel/calendars.ts'

const COMPOUNDINGS: readonly Compounding[] = ['simple', 'compounded', 'continuous', 'simple-then-compounded']
/** In steps of 0.0001: terms as people write them. */
const real = (min: number, max: number) =>
  fc.integer({ min: Math.ceil(min * 1e4), max: Math.floor(max * 1e4) }).map((n) => n / 1e4)
const flows = fc.array(fc.record({ amount: real(0.5, 120), time: real(0.05, 30) }), { minLength: 1, maxLength: 40 })
const RUNS = { numRuns: 200 }
const ask = (question: object) => askBond(bondQuestion.parse(question), CALENDARS)

describe('yields', () => {
  it('are found again from the price they make', () => {
    fc.assert(
      fc.property(
        flows,
        real(-0.02, 0.4),
        fc.constantFrom(...COMPOUNDINGS),
        fc.constantFrom(1, 2, 4, 12),
        (paid, rate, compounding, frequency) => {
          const value = presentValue(paid, { rate, compounding, frequency })
          expect(yieldOf(paid, value, compounding, frequency)).toBeCloseTo(rate, 9)
        },
      ),
      RUNS,
    )
  })

  it('move prices as durations and convexity say', () => {
    fc.assert(
      fc.property(flows, real(0.001, 0.3), fc.constantFrom(...COMPOUNDINGS), (paid, rate, compounding) => {
        const at = (y: number) => presentValue(paid, { rate: y, compounding, frequency: 2 })
        // Wide enough for the second difference; away from where simple turns into compounded nothing jumps.
        fc.pre(paid.every(({ time }) => Math.abs(time - 0.5) > 1e-6))
        const h = 1e-4
        const { modifiedDuration, convexity, macaulayDuration } = sensitivities(paid, {
          rate,
          compounding,
          frequency: 2,
        })
        const slope = -(at(rate + h) - at(rate - h)) / (2 * h) / at(rate)
        const curve = (at(rate + h) - 2 * at(rate) + at(rate - h)) / (h * h) / at(rate)
        expect(modifiedDuration / slope).toBeCloseTo(1, 4)
        expect(convexity / curve).toBeCloseTo(1, 3)
        if (compounding === 'continuous') expect(modifiedDuration).toBeCloseTo(macaulayDuration, 9)
      }),
      RUNS,
    )
  })
})

describe('rates', () => {
  it('make the same under another compounding, and come back', () => {
    const any = fc.constantFrom(...COMPOUNDINGS)
    fc.assert(
      fc.property(real(0.001, 0.3), real(0.05, 5), any, any, (rate, time, one, other) => {
        const factor = growth({ rate, compounding: one, frequency: 2 }, time)
        const there = impliedRate(factor, time, other, 4)
        expect(growth({ rate: there, compounding: other, frequency: 4 }, time)).toBeCloseTo(factor, 12)
        expect(impliedRate(factor, time, one, 2)).toBeCloseTo(rate, 9)
      }),
      RUNS,
    )
  })
})

describe('a bond', () => {
  const bond = {
    coupons: ['0.05'],
    frequency: 2,
    start: '2025-01-15',
    maturity: '2030-01-15',
    dayCount: '30/360-ISDA',
  }

  it('is at par on a coupon date when its yield is its coupon', () => {
    const answer = ask({ ...bond, settlement: '2025-07-15', given: { yield: '0.05' } })
    expect([answer.cleanPrice, answer.accrued, answer.exCoupon]).toStrictEqual(['100', '0', false])
    expect(answer.flows.length).toBe(9)
  })

  it('accrues between coupons', () => {
    // 15 January to 14 April: 89 days of 360, 5 x 89 / 360 = 1.2361.
    const answer = ask({ ...bond, settlement: '2025-04-14', given: { cleanPrice: '100' } })
    expect(answer.accrued).toBe('1.23611111111111')
    expect(answer.dirtyPrice).toBe('101.236111111111')
  })

  it('leaves the coupon with the seller from the ex-date on: interest is then owed to the buyer', () => {
    const answer = ask({ ...bond, settlement: '2025-07-10', exCoupon: { days: 7 }, given: { cleanPrice: '100' } })
    // 5 days to 15 July: -5 x 5 / 360.
    expect([answer.exCoupon, answer.accrued]).toStrictEqual([true, '-0.0694444444444444'])
    expect(answer.flows[0]).toStrictEqual({ date: '2026-01-15', amount: '2.5' })
  })

  it('pays a long first coupon by its days', () => {
    const answer = ask({
      ...bond,
      start: '2024-11-15',
      firstCoupon: '2025-07-15',
      settlement: '2024-11-15',
      given: { yield: '0.05' },
    })
    // 8 months: 5 x 240 / 360.
    expect(answer.flows[0]).toStrictEqual({ date: '2025-07-15', amount: '3.33333333333333' })
  })

  it('refuses what has been paid back, and terms that do not run forward', () => {
    const code = (question: object) => {
      try {
        return ask(question)
      } catch (error) {
        return Reflect.get(Object(Reflect.get(Object(error), 'refusal')), 'code')
      }
    }
    expect(code({ ...bond, settlement: '2031-01-15', given: { yield: '0.05' } })).toBe('nothing-to-come')
    expect(code({ ...bond, maturity: '2024-01-15', settlement: '2025-01-15', given: { yield: '0.05' } })).toBe(
      'dates-out-of-order',
    )
  })
})

describe('figures of the analytics', () => {
  it('are plain decimals of fifteen digits', () => {
    expect([0, 1, -1200, 1 / 3, 1e-7, 123456789012345680000, 99.99999999999999].map(figure)).toStrictEqual([
      '0',
      '1',
      '-1200',
      '0.333333333333333',
      '0.0000001',
      '123456789012346000000',
      '100',
    ])
  })
})
