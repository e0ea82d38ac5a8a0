// Risk of positions that the caller brings.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { outcome } from '../../analytics/not-defined.ts'
import { parametricRisk } from '../../analytics/risk/parametric.ts'
import { normalQuantile } from '../../analytics/statistics/distributions.ts'
import { refuse } from '../../domain/kernel/refusal.ts'
import { ROLES_FOR } from '../access.ts'
import { calculationByBody } from '../calculation-route.ts'
import type { ApiDependencies } from '../context.ts'

/** A square of these fits into one request's body. */
const POSITIONS_MAX = 300

const list = z.array(z.number()).min(1).max(POSITIONS_MAX)
const body = z.strictObject({
  positions: list.meta({ description: 'market values or deltas in one currency; negative: short' }),
  volatilities: list.meta({ description: 'of each return, per period' }),
  correlations: z.array(list).min(1).max(POSITIONS_MAX),
  confidence: z.number().gt(0.5).lt(1).optional(),
  multiplier: z.number().gt(0).optional().meta({ description: 'standard deviations, instead of a confidence' }),
  horizon: z.number().gt(0).default(1).meta({ description: 'periods; risk grows with their square root' }),
})
const figures = z.array(z.number()).readonly()
const result = z.union([
  z.object({
    var: z.number(),
    deviation: z.number(),
    standalone: figures,
    undiversified: z.number(),
    diversification: z.number(),
    marginal: figures,
    component: figures,
    incremental: figures,
  }),
  z.object({ undefined: z.string(), needs: z.string() }),
])

export function riskRoutes(api: FastifyInstance, _: ApiDependencies): void {
  calculationByBody(api, {
    url: '/v1/analytics/risk/parametric-var',
    tag: 'analytics',
    summary: 'Normal value at risk of positions, with standalone, marginal, component and incremental parts',
    access: ROLES_FOR.read,
    body,
    answer: z.object({ result }),
    run: ({ confidence, multiplier, ...terms }) => {
      if ((confidence === undefined) === (multiplier === undefined))
        return refuse({
          code: 'confidence-or-multiplier',
          message: confidence === undefined ? 'there is neither' : 'there are both',
          field: 'confidence',
          remedy: 'send a confidence, or a number of standard deviations',
        })
      const got = outcome(() =>
        parametricRisk({ ...terms, multiplier: multiplier ?? normalQuantile(confidence ?? 0.95) }),
      )
      return { result: got.ok ? got.value : { undefined: got.code, needs: got.needs } }
    },
  })
}
