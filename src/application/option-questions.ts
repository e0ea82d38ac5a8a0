// What can be asked of an option that is only described: its value by a named model, greeks where they are in closed form.
import { z } from 'zod'
import { baroneAdesiWhaley, bjerksundStensland, juZhong } from '../analytics/option/american.ts'
import { barrierOption } from '../analytics/option/barrier.ts'
import { black76, blackScholesGreeks, type Market } from '../analytics/option/black-scholes.ts'
import { digitalAtExpiry, oneTouch, type Payoff } from '../analytics/option/digital.ts'
import { barrierLattice, lattice } from '../analytics/option/lattice.ts'
import { growth, impliedRate } from '../analytics/rate.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import { decimalText, positiveDecimalText, unsignedDecimalText } from '../domain/kernel/schemas.ts'
import { figure, numberOf } from './figures.ts'

/** A lattice of more steps costs more than it tells: its work grows with their square. */
const STEPS_MAX = 2000
const STEPS = 400
const steps = z
  .number()
  .int()
  .min(2)
  .max(STEPS_MAX)
  .optional()
  .meta({ description: `of the lattice; default ${STEPS}` })

const terms = {
  type: z.enum(['call', 'put']),
  strike: positiveDecimalText,
  time: positiveDecimalText.meta({ description: 'years to expiry' }),
  rate: decimalText.meta({ description: 'continuous, a year' }),
}
const onAsset = {
  ...terms,
  volatility: positiveDecimalText.meta({ description: 'a year' }),
  spot: positiveDecimalText,
  dividendYield: decimalText
    .optional()
    .meta({ description: 'continuous, a year; default 0. Of a currency: its own rate' }),
}
const barrier = z.strictObject({
  direction: z.enum(['down', 'up']),
  knock: z.enum(['in', 'out']),
  level: positiveDecimalText,
  rebate: unsignedDecimalText
    .optional()
    .meta({ description: 'paid when knocked out, or at expiry when never knocked in' }),
})

export const optionQuestion = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('black-scholes'), ...onAsset }),
  z.strictObject({
    model: z.literal('black-76'),
    ...terms,
    volatility: unsignedDecimalText.meta({ description: 'a year' }),
    forward: positiveDecimalText,
  }),
  z.strictObject({ model: z.literal('barone-adesi-whaley'), ...onAsset }),
  z.strictObject({ model: z.literal('bjerksund-stensland-1993'), ...onAsset }),
  z.strictObject({ model: z.literal('ju-zhong'), ...onAsset }),
  z.strictObject({ model: z.literal('lattice'), ...onAsset, exercise: z.enum(['european', 'american']), steps }),
  z.strictObject({
    model: z.literal('digital'),
    ...onAsset,
    payoff: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('cash'), cash: positiveDecimalText }),
      z.strictObject({ kind: z.literal('asset') }),
      z.strictObject({ kind: z.literal('gap'), strike: positiveDecimalText }),
    ]),
    pays: z
      .enum(['at-expiry', 'on-touch', 'at-expiry-if-touched', 'at-expiry-if-not-touched'])
      .meta({ description: 'at-expiry: when the asset ends beyond the strike; the others look at the whole time' }),
  }),
  z.strictObject({
    model: z.literal('barrier'),
    ...onAsset,
    barrier,
    exercise: z.enum(['european', 'american']),
    steps,
  }),
])
export type OptionQuestion = z.output<typeof optionQuestion>

const text = z.string()
const greeks = z.object({
  delta: text,
  gamma: text,
  vega: text.meta({ description: 'for a volatility higher by 1.00' }),
  theta: text.meta({ description: 'for a year' }),
  thetaPerDay: text.meta({ description: 'theta / 365' }),
  rho: text.meta({ description: 'for a rate higher by 1.00' }),
  dividendRho: text,
  elasticity: text.nullable().meta({ description: 'delta x spot / price; null when the price is zero' }),
})
export const optionAnswer = z.object({
  model: text,
  price: text,
  greeks: greeks.nullable().meta({ description: 'of black-scholes' }),
})

/** Answers a question. @throws Refused `no-value` where the model breaks down (a volatility so small that nothing moves). */
export function askOption(asked: OptionQuestion): z.output<typeof optionAnswer> {
  const { model } = asked
  if (model === 'black-scholes') {
    const { price, elasticity, ...others } = blackScholesGreeks(asked.type, numberOf(asked.strike), marketOf(asked))
    return {
      model,
      price: valued(price),
      greeks: {
        delta: valued(others.delta),
        gamma: valued(others.gamma),
        vega: valued(others.vega),
        theta: valued(others.theta),
        thetaPerDay: valued(others.thetaPerDay),
        rho: valued(others.rho),
        dividendRho: valued(others.dividendRho),
        elasticity: price === 0 ? null : valued(elasticity),
      },
    }
  }
  return { model, price: valued(priceOf(asked)), greeks: null }
}

function valued(value: number): string {
  if (Number.isFinite(value)) return figure(value)
  return refuse({
    code: 'no-value',
    message: 'the model has no value at these terms',
    remedy: 'check time, volatility and rates, or use the lattice',
  })
}

function priceOf(asked: Exclude<OptionQuestion, { model: 'black-scholes' }>): number {
  const { type } = asked
  const strike = numberOf(asked.strike)
  if (asked.model === 'black-76') {
    const time = numberOf(asked.time)
    const deviation = numberOf(asked.volatility) * Math.sqrt(time)
    return black76(type, numberOf(asked.forward), strike, deviation, Math.exp(-numberOf(asked.rate) * time))
  }
  const market = marketOf(asked)
  switch (asked.model) {
    case 'barone-adesi-whaley':
      return baroneAdesiWhaley(type, strike, market)
    case 'bjerksund-stensland-1993':
      return bjerksundStensland(type, strike, market)
    case 'ju-zhong':
      return juZhong(type, strike, market)
    case 'lattice':
      return lattice(type, asked.exercise, strike, market, asked.steps ?? STEPS)
    case 'digital':
      return digitalOf(asked, strike, market)
    case 'barrier': {
      const { direction, knock, level, rebate = '0' } = asked.barrier
      const at = { direction, knock, level: numberOf(level), rebate: numberOf(rebate) }
      if (asked.exercise === 'european') return barrierOption(type, strike, at, market)
      return barrierLattice(type, 'american', strike, at, market, asked.steps ?? STEPS)
    }
  }
}

function digitalOf(asked: Extract<OptionQuestion, { model: 'digital' }>, strike: number, market: Market): number {
  const { type, payoff, pays } = asked
  const paid: Payoff =
    payoff.kind === 'cash'
      ? { kind: 'cash', cash: numberOf(payoff.cash) }
      : payoff.kind === 'gap'
        ? { kind: 'gap', strike: numberOf(payoff.strike) }
        : { kind: 'asset' }
  if (pays === 'at-expiry') return digitalAtExpiry(type, strike, paid, market)
  if (paid.kind === 'gap')
    return refuse({
      code: 'contradictory-terms',
      message: 'a gap option pays at expiry',
      field: 'pays',
      remedy: 'use at-expiry, or another payoff',
    })
  const touch = (
    {
      'on-touch': 'at-hit',
      'at-expiry-if-touched': 'at-expiry',
      'at-expiry-if-not-touched': 'at-expiry-if-not',
    } as const
  )[pays]
  return oneTouch(type, strike, paid, touch, market)
}

function marketOf({
  spot,
  rate,
  dividendYield = '0',
  time,
  volatility,
}: {
  readonly spot: string
  readonly rate: string
  readonly dividendYield?: string | undefined
  readonly time: string
  readonly volatility: string
}): Market {
  return {
    spot: numberOf(spot),
    rate: numberOf(rate),
    dividendYield: numberOf(dividendYield),
    time: numberOf(time),
    volatility: numberOf(volatility),
  }
}

const compounded = {
  compounding: z.enum(['simple', 'compounded', 'continuous', 'simple-then-compounded']),
  frequency: z.literal([1, 2, 3, 4, 6, 12]).optional().meta({ description: 'periods a year; default 1' }),
}
export const rateQuestion = z.strictObject({
  rate: decimalText,
  ...compounded,
  time: positiveDecimalText.meta({ description: 'years over which both make the same' }),
  to: z.strictObject(compounded),
})
export const rateAnswer = z.object({ rate: text, growth: text.meta({ description: 'what one unit grows to' }) })

/** The equal rate under another compounding. @throws Refused `no-value` for a rate that loses all. */
export function askRate({ rate, compounding, frequency = 1, time, to }: z.output<typeof rateQuestion>) {
  const years = numberOf(time)
  const factor = growth({ rate: numberOf(rate), compounding, frequency }, years)
  const other = factor > 0 ? impliedRate(factor, years, to.compounding, to.frequency ?? 1) : Number.NaN
  return { rate: valued(other), growth: valued(factor) }
}
