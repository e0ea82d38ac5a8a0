// Measures, rates and risk of series that the caller brings, over HTTP: what is answered, what is unknown, what is refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger
beforeAll(async () => {
  ledger = await startLedger()
})
afterAll(() => ledger?.close())

const post = (path: string, body: object) => ledger.request('POST', `/v1/analytics/${path}`, body)
const history = { returns: [0.1, -0.1], periodsPerYear: 12 }
const total = { measure: 'total-return' }

describe('measures of a series', () => {
  it('are answered with the conventions they were made by, or with why there is none', async () => {
    const reply = await post('performance', { ...history, measures: [total, { measure: 'beta' }] })
    // 1.1 x 0.9 = 0.99
    expect(reply.body.results).toStrictEqual([
      { measure: 'total-return', conventions: { base: 'start' }, result: { value: expect.closeTo(-0.01, 12) } },
      {
        measure: 'beta',
        conventions: { direction: 'all' },
        result: { undefined: 'undefined', needs: 'returns of a benchmark' },
      },
    ])
  })

  it('of prices leave out only the return after a price of zero', async () => {
    const prices = { prices: [100, 110, 0, 50, 55], periodsPerYear: 12, measures: [{ measure: 'growth' }] }
    const reply = await post('performance', prices)
    // 10 %, -100 %, unknown, 10 %: what was lost whole stays lost.
    expect(reply.body.results).toMatchObject([{ result: { value: [1.1, 0, 0, 0].map((v) => expect.closeTo(v, 12)) } }])
  })

  it('are listed, each with its formula and source', async () => {
    const reply = await ledger.request('GET', '/v1/analytics/measures')
    const measures = reply.body.measures as readonly { readonly formula: string; readonly source: string }[]
    expect(measures.length).toBeGreaterThan(80)
    expect(measures.filter(({ formula, source }) => formula === '' || source === '')).toStrictEqual([])
  })

  it.each([
    ['unknown-measure', 'measures.0.measure', { ...history, measures: [{ measure: 'luck' }] }],
    ['unknown-convention', 'measures.0.order', { ...history, measures: [{ ...total, order: 2 }] }],
    ['returns-or-prices', 'returns', { periodsPerYear: 12, measures: [total] }],
    ['returns-or-prices', 'returns', { ...history, prices: [1, 2], measures: [total] }],
    [
      'too-much-work',
      'measures.0.window',
      { returns: Array(3000).fill(0.01), periodsPerYear: 252, measures: [{ measure: 'volatility', window: 1500 }] },
    ],
    [
      'too-much-work',
      'measures.0.window',
      { returns: Array(600).fill(0.01), periodsPerYear: 252, measures: [{ measure: 'entropic-var', window: 300 }] },
    ],
  ])('are refused with %s at %s', async (code, field, body) => {
    expect((await post('performance', body)).body).toMatchObject({ status: 422, code, field })
  })
})

describe('rates of flows', () => {
  it('are all answered, and none is picked unasked', async () => {
    // -100 + 230/(1+r) - 132/(1+r)^2 is nothing at 10 % and 20 %.
    const flows = [-100, 230, -132].map((amount, time) => ({ time, amount }))
    const reply = await post('money-weighted', { flows, rate: 0 })
    expect(reply.body).toMatchObject({
      rate: { undefined: 'no-unique-root' },
      roots: [expect.closeTo(0.1, 10), expect.closeTo(0.2, 10)],
      presentValue: -2,
      futureValue: -2,
    })
    const chosen = await post('money-weighted', { flows, root: 'highest' })
    expect(chosen.body.rate).toStrictEqual({ value: expect.closeTo(0.2, 10) })
  })

  it('need a date for each flow or a time for each', async () => {
    const flows = [
      { date: '2025-01-01', amount: -1 },
      { time: 1, amount: 1 },
    ]
    expect((await post('money-weighted', { flows })).body).toMatchObject({ code: 'dates-or-times', field: 'flows' })
  })
})

describe('parametric risk', () => {
  it('needs a confidence or a multiplier, not both', async () => {
    const one = { positions: [100], volatilities: [0.01], correlations: [[1]] }
    const refused = { code: 'confidence-or-multiplier', field: 'confidence' }
    expect((await post('risk/parametric-var', one)).body).toMatchObject(refused)
    expect((await post('risk/parametric-var', { ...one, confidence: 0.99, multiplier: 2 })).body).toMatchObject(refused)
    const reply = await post('risk/parametric-var', { ...one, multiplier: 2 })
    expect(reply.body.result).toMatchObject({ var: expect.closeTo(2, 12), component: [expect.closeTo(2, 12)] })
  })
})

describe('attribution', () => {
  it('says what it needs where segments do not match', async () => {
    const period = {
      weightsPortfolio: [1],
      weightsBenchmark: [1],
      returnsPortfolio: [0.1],
      returnsBenchmark: [0.1, 0.2],
    }
    const reply = await post('attribution', { periods: [period] })
    expect(reply.body.result).toStrictEqual({
      undefined: 'mismatched-series',
      needs: 'weights and returns for 1 segments',
    })
  })
})
