// Measures of performance on series that the caller brings: what the ledger computes for its own portfolios, for anybody's numbers.
import { setImmediate as otherTurns } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import {
  type Annuity,
  futureOf,
  interestOf,
  paymentOf,
  presentOf,
  principalOf,
} from '../../analytics/cash-flows/annuity.ts'
import {
  chosenRate,
  type Flow,
  futureValue,
  internalRates,
  presentValue,
} from '../../analytics/cash-flows/internal-rate.ts'
import { outcome } from '../../analytics/not-defined.ts'
import type { Conventions, History, MeasureValue } from '../../analytics/performance/measure.ts'
import { MEASURES, type MeasureRequest, measured } from '../../analytics/performance/measures.ts'
import { simpleReturns } from '../../analytics/performance/returns.ts'
import { QUANTILE_RULES } from '../../analytics/statistics/quantile.ts'
import { compareDates, plainDate } from '../../domain/kernel/date.ts'
import { DAY_COUNTS, type DayCount, yearFraction } from '../../domain/kernel/day-count.ts'
import { rationalText } from '../../domain/kernel/rational.ts'
import { refuse } from '../../domain/kernel/refusal.ts'
import { ROLES_FOR } from '../access.ts'
import { calculationByBody } from '../calculation-route.ts'
import { problems } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'

const tag = 'analytics'
/** Forty years of days; longer bodies are refused by their size. */
const POINTS_MAX = 15_000
const REQUESTS_MAX = 200
/** Of one rolling measure: some tens of milliseconds. */
const ROLLING_POINTS_MAX = 2_000_000
/** Looks at the series that a measure takes which searches for its value. */
const SEARCH_STEPS = 50
/** Flows of one question; a thousand places are tried on each. */
const FLOWS_MAX = 2_000

const finite = z.number()
const series = z.array(finite.nullable()).max(POINTS_MAX)
const rate = z.union([finite, series])

const conventions = {
  annualisation: z.enum(['none', 'square-root', 'geometric', 'arithmetic', 'compounded']),
  deviation: z.enum(['sample', 'population']),
  drawdowns: z.enum(['compounded', 'percent-scaled', 'logarithmic', 'additive']),
  skewness: z.enum(['moment', 'fisher', 'sample']),
  kurtosis: z.enum(['moment', 'excess', 'sample', 'sample-excess']),
  kurtosisTerm: z.enum(['squared', 'root']),
  quantileRule: z.enum(QUANTILE_RULES),
  prospect: z.enum(['mean', 'total']),
  reward: z.enum(['geometric', 'arithmetic']),
  modified: z.boolean(),
  largest: z.number().int().min(1).max(POINTS_MAX),
  addOn: finite,
  order: z.number().int().min(1).max(10),
  probability: z.number().min(0).max(1),
  confidence: z.number().gt(0).lt(1),
  trials: z.number().int().min(2),
  varianceOfTrials: z.number().min(0),
  benchmarkRatio: finite,
  direction: z.enum(['all', 'up', 'down', 'ratio']),
  method: z.enum(['arithmetic', 'geometric']),
  weights: z.enum(['convex', 'mirrored', 'equal']),
  threshold: z.enum(['mean', 'minimum']),
  theta: z.number().gt(0),
  shortfall: z.enum(['inclusive', 'fractional']),
  unpaired: z.enum(['dropped', 'flat']),
  period: z.enum(['weekly', 'monthly', 'quarterly', 'yearly']),
  start: finite,
  base: z.enum(['start', 'first-period']),
  downsideOf: z.enum(['excess', 'returns']),
}

const wanted = z.strictObject({
  measure: z.string().max(64),
  window: z.number().int().min(1).max(POINTS_MAX).optional().meta({ description: 'periods of a rolling window' }),
  ...z.object(conventions).partial().shape,
})

const body = z.strictObject({
  returns: series.optional().meta({ description: 'decimal returns per period, null where unknown; or send prices' }),
  prices: z.array(finite).max(POINTS_MAX).optional(),
  dates: z.array(z.iso.date()).max(POINTS_MAX).optional().meta({ description: 'of the prices, else of the returns' }),
  benchmark: series.optional(),
  riskFree: rate.optional().meta({ description: 'per period: one rate, or one for each' }),
  riskFreeAnnual: finite.optional(),
  minimumAcceptable: rate.optional(),
  minimumAcceptableAnnual: finite.optional(),
  periodsPerYear: z.number().gt(0).max(366),
  measures: z.array(wanted).min(1).max(REQUESTS_MAX),
})

const value = z.union([finite, z.array(z.unknown())])
const result = z.union([
  z.object({ value }),
  z
    .object({ undefined: z.string(), needs: z.string() })
    .meta({ description: 'why there is no value, and what is needed' }),
])
const results = z.object({
  results: z.array(
    z.object({
      measure: z.string(),
      conventions: z.record(z.string(), z.unknown()),
      result: z.union([result, z.array(result)]),
    }),
  ),
})

/** Those that need nothing but two dates. */
const FLOW_DAY_COUNTS = DAY_COUNTS.filter(
  (name): name is Exclude<DayCount, 'ACT/ACT-ICMA' | 'ACT/365L' | 'BUS/252'> =>
    name !== 'ACT/ACT-ICMA' && name !== 'ACT/365L' && name !== 'BUS/252',
)
/** More than a double holds. */
const YEAR_PLACES = 18

const flows = z.strictObject({
  flows: z
    .array(z.strictObject({ date: z.iso.date().optional(), time: finite.optional(), amount: finite }))
    .min(1)
    .max(FLOWS_MAX)
    .meta({ description: 'each with a date, or each with a time in years or periods' }),
  dayCount: z
    .enum(FLOW_DAY_COUNTS)
    .optional()
    .meta({ description: 'of dated flows; default ACT/365F, as spreadsheets' }),
  root: z.enum(['only', 'nearest-zero', 'lowest', 'highest']).optional(),
  rate: z.number().gt(-1).optional().meta({ description: 'also answer the value at this rate, first and last day' }),
})

const level = z.strictObject({
  solve: z.enum(['future', 'present', 'payment', 'interest', 'principal']),
  rate: z.number().gt(-1).meta({ description: 'per period' }),
  periods: z.number().int().min(1).max(POINTS_MAX),
  begin: z.boolean().optional().meta({ description: 'payments at the start of each period' }),
  payment: finite.optional(),
  present: finite.optional(),
  future: finite.optional(),
  period: z.number().int().min(1).optional().meta({ description: 'of interest and principal: which payment, from 1' }),
})

export function performanceRoutes(api: FastifyInstance, _: ApiDependencies): void {
  api.route({
    method: 'GET',
    url: '/v1/analytics/measures',
    config: { access: ROLES_FOR.read },
    schema: {
      tags: [tag],
      summary: 'Every measure with its formula, source and conventions',
      response: { 200: z.object({ measures: z.array(z.record(z.string(), z.unknown())) }), ...problems },
    },
    handler: async () => ({
      measures: [...MEASURES.values()].map(({ compute: _compute, ...described }) => described),
    }),
  })
  const access = ROLES_FOR.read
  calculationByBody(api, {
    url: '/v1/analytics/performance',
    tag,
    summary: 'Measures of performance and risk of the series sent',
    description:
      'Nothing is recorded. A measure that has no value says why (`undefined`) and what it needs; it is never NaN or infinite.',
    access,
    body,
    answer: results,
    run: async ({ measures, ...rest }) => {
      const history = historyOf(rest)
      const wanted = measures.map((one, i) => requestOf(one, `measures.${i}`))
      checkWork(history, wanted)
      const answers = []
      for (const one of wanted) {
        answers.push(answer(history, one))
        await otherTurns()
      }
      return { results: answers }
    },
  })
  calculationByBody(api, {
    url: '/v1/analytics/money-weighted',
    tag,
    summary: 'Internal rate of return of dated or timed flows, with every root',
    access,
    body: flows,
    answer: z.object({
      rate: result,
      roots: z.array(finite),
      presentValue: finite.optional(),
      futureValue: finite.optional(),
    }),
    run: ({ flows: given, dayCount, root, rate }) => {
      const timed = timedFlows(given, dayCount)
      const roots = internalRates(timed)
      return {
        rate: shown(outcome(() => chosenRate(roots, root))),
        roots,
        ...(rate === undefined
          ? {}
          : { presentValue: presentValue(timed, rate), futureValue: futureValue(timed, rate) }),
      }
    },
  })
  calculationByBody(api, {
    url: '/v1/analytics/annuity',
    tag,
    summary: 'Value, payment, interest or principal of level payments; what is paid is negative',
    access,
    body: level,
    answer: z.object({ result }),
    run: (given) => ({ result: shown(outcome(() => solved(given))) }),
  })
}

function solved({ solve, payment = 0, present = 0, future = 0, period = 1, ...rest }: z.output<typeof level>): number {
  const { rate, periods, begin = false } = rest
  const annuity: Annuity = { rate, periods, begin }
  switch (solve) {
    case 'future':
      return futureOf(annuity, payment, present)
    case 'present':
      return presentOf(annuity, payment, future)
    case 'payment':
      return paymentOf(annuity, present, future)
    case 'interest':
      return interestOf(annuity, period, present, future)
    case 'principal':
      return principalOf(annuity, period, present, future)
  }
}

function historyOf({ returns, prices, ...rest }: Omit<z.output<typeof body>, 'measures'>): History {
  if ((returns === undefined) === (prices === undefined))
    refuse({
      code: 'returns-or-prices',
      message: returns === undefined ? 'there are neither returns nor prices' : 'there are both returns and prices',
      field: 'returns',
      remedy: 'send one of the two',
    })
  const made = prices === undefined ? (returns ?? []) : priced(prices)
  const defined = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return { ...(defined as typeof rest), returns: made, ...(prices === undefined ? {} : { prices }) } as History
}

/** Where a price is zero, what was made of it is unknown. */
function priced(prices: readonly number[]): (number | null)[] {
  return prices.slice(1).map((price, i) => {
    const made = outcome(() => simpleReturns([prices[i] ?? 0, price])[0] ?? 0)
    return made.ok ? made.value : null
  })
}

/** A measure with what is wanted of it. @throws Refused `unknown-measure`, `unknown-convention`. */
function requestOf({ measure: name, window, ...chosen }: z.output<typeof wanted>, field: string): MeasureRequest {
  const measure = MEASURES.get(name)
  if (measure === undefined)
    return refuse({
      code: 'unknown-measure',
      message: `there is no measure ${name}`,
      field: `${field}.measure`,
      remedy: 'GET /v1/analytics/measures lists them',
    })
  for (const convention of Object.keys(chosen))
    if (!(convention in measure.conventions))
      refuse({
        code: 'unknown-convention',
        message: `${name} has no convention ${convention}`,
        field: `${field}.${convention}`,
        remedy: `it has: ${Object.keys(measure.conventions).join(', ') || 'none'}`,
      })
  return { measure, conventions: chosen as Conventions, ...(window === undefined ? {} : { window }) }
}

/** Others wait while a measure is worked out: a rolling one looks at every window of the series. */
function checkWork({ returns }: History, requests: readonly MeasureRequest[]): void {
  for (const [i, { measure, window }] of requests.entries()) {
    if (window === undefined) continue
    const points = Math.max(returns.length - window + 1, 0) * window * (measure.searches === true ? SEARCH_STEPS : 1)
    if (points > ROLLING_POINTS_MAX)
      refuse({
        code: 'too-much-work',
        message: `a window of ${window} over ${returns.length} returns looks at ${points} points; at most ${ROLLING_POINTS_MAX} in one go`,
        field: `measures.${i}.window`,
        remedy: 'send a shorter series, or parts of it',
      })
  }
}

function answer(history: History, request: MeasureRequest) {
  const { measure, conventions } = request
  const got = measured(history, request)
  return {
    measure: measure.name,
    conventions: { ...measure.conventions, ...conventions },
    result: Array.isArray(got) ? got.map(shown) : shown(got as Exclude<typeof got, readonly unknown[]>),
  }
}

type Shown = { value: number | unknown[] } | { undefined: string; needs: string }

function shown(got: ReturnType<typeof outcome<MeasureValue>>): Shown {
  if (!got.ok) return { undefined: got.code, needs: got.needs }
  return { value: typeof got.value === 'number' ? got.value : [...got.value] }
}

function timedFlows(given: z.output<typeof flows>['flows'], dayCount: DayCount = 'ACT/365F'): Flow[] {
  const dated = given.every(({ date, time }) => date !== undefined && time === undefined)
  const timed = given.every(({ date, time }) => date === undefined && time !== undefined)
  if (!dated && !timed)
    refuse({
      code: 'dates-or-times',
      message: 'flows are all dated or all timed',
      field: 'flows',
      remedy: 'give each a date, or each a time',
    })
  if (timed) return given.map(({ time, amount }) => ({ time: time ?? 0, amount }))
  const dates = given.map(({ date = '' }) => plainDate(date))
  const [first = plainDate('1970-01-01')] = [...dates].sort(compareDates)
  return dates.map((date, i) => ({
    time: Number(rationalText(yearFraction(dayCount, first, date), YEAR_PLACES)),
    amount: given[i]?.amount ?? 0,
  }))
}
