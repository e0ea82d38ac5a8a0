// Internal rates and level payments: by hand, and what holds for all.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { futureOf, interestOf, paymentOf, presentOf, principalOf } from '../../src/analytics/cash-flows/annuity.ts'
import {
  chosenRate,
  type Flow,
  futureValue,
  internalRates,
  presentValue,
  type RootRule,
} from '../../src/analytics/cash-flows/internal-rate.ts'
import { outcome } from '../../src/analytics/not-defined.ts'

const internalRate = (flows: readonly Flow[], rule?: RootRule) => chosenRate(internalRates(flows), rule)

describe('an internal rate', () => {
  it('of 100 out and 121 in after two years is 10 %', () => {
    const flows = [
      { time: 0, amount: -100 },
      { time: 2, amount: 121 },
    ]
    expect(internalRate(flows)).toBeCloseTo(0.1, 14)
    expect(futureValue(flows, 0)).toBe(21)
  })

  it('that is one of two is named as such, and chosen by a rule', () => {
    // -100 + 230/(1+r) - 132/(1+r)^2 is nothing at 10 % and 20 %.
    const flows = [-100, 230, -132].map((amount, time) => ({ time, amount }))
    expect(internalRates(flows).map((rate) => Number(rate.toFixed(10)))).toStrictEqual([0.1, 0.2])
    expect(outcome(() => internalRate(flows))).toMatchObject({ ok: false, code: 'no-unique-root' })
    expect(internalRate(flows, 'lowest')).toBeCloseTo(0.1, 10)
    expect(internalRate(flows, 'highest')).toBeCloseTo(0.2, 10)
    expect(internalRate(flows, 'nearest-zero')).toBeCloseTo(0.1, 10)
  })

  it('of flows of one sign does not exist', () => {
    expect(outcome(() => internalRate([{ time: 0, amount: 1 }]))).toMatchObject({ ok: false, code: 'no-root' })
  })

  it('brings the flows to nothing, wherever it is', () => {
    const flow = fc.record({
      time: fc.double({ min: 0, max: 20, noNaN: true }),
      amount: fc.integer({ min: -100_000, max: 100_000 }).map((cents) => cents / 100),
    })
    fc.assert(
      fc.property(fc.array(flow, { minLength: 2, maxLength: 12 }), (flows) => {
        for (const rate of internalRates(flows)) {
          const size = flows.reduce((sum, { time, amount }) => sum + Math.abs(amount) * (1 + rate) ** -time, 0)
          expect(Math.abs(presentValue(flows, rate))).toBeLessThanOrEqual(size * 1e-9)
        }
      }),
    )
  })

  it('of an investment and its proceeds is the growth that was put in', () => {
    const rates = fc.double({ min: -0.9, max: 5, noNaN: true })
    fc.assert(
      fc.property(rates, fc.double({ min: 0.1, max: 30, noNaN: true }), (rate, time) => {
        const flows = [
          { time: 0, amount: -1 },
          { time, amount: (1 + rate) ** time },
        ]
        expect(internalRate(flows)).toBeCloseTo(rate, 8)
      }),
    )
  })
})

describe('level payments', () => {
  it('of a loan of 1,000 at 1 % over two periods', () => {
    // 1000 = p/1.01 + p/1.0201: p = 507.51243...; interest 10, then (1000 - 497.51243...) x 1 %.
    const loan = { rate: 0.01, periods: 2 }
    expect(paymentOf(loan, 1000)).toBeCloseTo(-507.5124378109, 9)
    expect(interestOf(loan, 1, 1000)).toBeCloseTo(-10, 12)
    expect(interestOf(loan, 2, 1000)).toBeCloseTo(-5.024875621891, 9)
  })

  it('pay back what was lent, interest apart, and leave nothing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (rate, periods, begin) => {
          const annuity = { rate, periods, begin }
          const payment = paymentOf(annuity, 1000)
          const principal = Array.from({ length: periods }, (_, i) => principalOf(annuity, i + 1, 1000))
          expect(principal.reduce((a, b) => a + b, 0)).toBeCloseTo(-1000, 6)
          expect(futureOf(annuity, payment, 1000)).toBeCloseTo(0, 6)
          expect(presentOf(annuity, payment, 0)).toBeCloseTo(1000, 6)
        },
      ),
    )
  })
})
