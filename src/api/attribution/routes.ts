// Attribution of series that the caller brings: by segment over periods, with currencies, down a hierarchy.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ankrimHensel, geometricCurrency, karnoskySinger } from '../../analytics/attribution/currency.ts'
import { attributionByLevel } from '../../analytics/attribution/levels.ts'
import { attribution, LINKINGS } from '../../analytics/attribution/linking.ts'
import { outcome } from '../../analytics/not-defined.ts'
import { ROLES_FOR } from '../access.ts'
import { calculationByBody } from '../calculation-route.ts'
import type { ApiDependencies } from '../context.ts'

const tag = 'analytics'
const SEGMENTS_MAX = 5_000
const PERIODS_MAX = 600

const numbers = z.array(z.number()).min(1).max(SEGMENTS_MAX)
const period = {
  weightsPortfolio: numbers,
  weightsBenchmark: numbers,
  returnsPortfolio: numbers,
  returnsBenchmark: numbers,
}

const segments = z.strictObject({
  periods: z.array(z.strictObject(period)).min(1).max(PERIODS_MAX),
  model: z.enum(['bhb', 'bf']).default('bf').meta({ description: 'Brinson-Hood-Beebower or Brinson-Fachler' }),
  interaction: z.enum(['separate', 'in-selection', 'in-allocation']).default('separate'),
  form: z.enum(['arithmetic', 'geometric']).default('arithmetic'),
  linking: z.enum(LINKINGS).default('carino').meta({ description: 'geometric for the geometric form, and no other' }),
})

const currencies = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('ankrim-hensel'),
    ...period,
    spotStart: numbers,
    spotEnd: numbers,
    forward: numbers,
    forwardWeightsPortfolio: numbers,
    forwardWeightsBenchmark: numbers,
  }),
  z.strictObject({
    method: z.literal('karnosky-singer'),
    ...period,
    cash: numbers,
    currency: numbers,
    exposurePortfolio: numbers,
    exposureBenchmark: numbers,
  }),
  z.strictObject({
    method: z.literal('geometric'),
    ...period,
    baseReturnsPortfolio: numbers,
    baseReturnsBenchmark: numbers,
    hedgedReturnsBenchmark: numbers,
    forwards: z.strictObject(period).optional(),
  }),
])

const levels = z.strictObject({
  anchoring: z.enum(['anchored', 'free']).default('anchored'),
  assets: z
    .array(
      z.strictObject({
        path: z.array(z.string().min(1).max(100)).min(1).max(10),
        weightPortfolio: z.number(),
        weightBenchmark: z.number(),
        returnPortfolio: z.number(),
        returnBenchmark: z.number(),
      }),
    )
    .min(1)
    .max(SEGMENTS_MAX),
})

const result = z
  .object({
    result: z.union([z.record(z.string(), z.unknown()), z.object({ undefined: z.string(), needs: z.string() })]),
  })
  .meta({ description: 'effects, or why there are none and what is needed' })

/** One computation as a route: nothing is recorded. */
function computed<B extends z.ZodType>(
  api: FastifyInstance,
  url: string,
  summary: string,
  body: B,
  compute: (given: z.output<B>) => object,
): void {
  calculationByBody(api, {
    url,
    tag,
    summary,
    access: ROLES_FOR.read,
    body,
    answer: result,
    run: (given) => {
      const got = outcome(() => compute(given))
      return { result: got.ok ? { ...got.value } : { undefined: got.code, needs: got.needs } }
    },
  })
}

export function attributionRoutes(api: FastifyInstance, _: ApiDependencies): void {
  computed(
    api,
    '/v1/analytics/attribution',
    'Allocation, selection and interaction by segment, linked over periods without a residual',
    segments,
    ({ periods, ...options }) => attribution(periods, options),
  )
  computed(
    api,
    '/v1/analytics/attribution/currencies',
    'Attribution with currencies: Ankrim-Hensel, Karnosky-Singer, or geometric',
    currencies,
    (given) => {
      switch (given.method) {
        case 'ankrim-hensel':
          return ankrimHensel(given, given)
        case 'karnosky-singer':
          return karnoskySinger(given)
        case 'geometric': {
          const { forwards, ...rest } = given
          return geometricCurrency(forwards === undefined ? rest : { ...rest, forwards })
        }
      }
    },
  )
  computed(
    api,
    '/v1/analytics/attribution/levels',
    'Geometric attribution down a hierarchy of segments',
    levels,
    ({ assets, anchoring }) => attributionByLevel(assets, anchoring),
  )
}
