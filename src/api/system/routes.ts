// How it stands: health for load balancers, metrics for Prometheus.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { reaches } from '../../platform/auth.ts'
import { ROLES_FOR } from '../access.ts'
import type { ApiDependencies } from '../context.ts'

const lane = z.object({
  projection: z.string(),
  portfolio: z.string(),
  projectedTo: z.string(),
  status: z.string(),
  pending: z.number(),
  pendingSince: z.string().optional(),
  error: z.string().optional(),
})
const health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  database: z.enum(['ok', 'unavailable']),
  log: z.enum(['ok', 'unavailable']),
  logPosition: z.string().nullable(),
  projectedTo: z.string().nullable(),
  lanes: z.number(),
  lanesStopped: z.number(),
  lanesBehind: z.number(),
  behind: z.array(lane).meta({
    description: 'lanes that have stopped or lag, at most 50: those within reach of the token sent; none without one',
  }),
})

/** Lanes named in an answer at most. */
const LISTED_MAX = 50

export function systemRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { log, pool, projector, metrics, version, tokens } = deps
  api.route({
    method: 'GET',
    url: '/health',
    config: { access: 'open' },
    schema: { tags: ['system'], summary: 'ok, or what is not', security: [], response: { 200: health, 503: health } },
    async handler(request, reply) {
      const [database, position] = await Promise.all([
        pool.query('SELECT 1').then(
          () => 'ok' as const,
          () => 'unavailable' as const,
        ),
        log.lastPosition().then(
          (last) => last ?? null,
          () => undefined,
        ),
      ])
      const lanes = projector?.lanes() ?? []
      const poisoned = lanes.filter(({ status }) => status === 'poisoned')
      // Anybody may ask how the process does; what portfolios there are is for those who may see them.
      const asking = tokens.authenticate(request.headers.authorization)
      const shown = ({ portfolio }: { readonly portfolio: string }) =>
        asking !== undefined && (portfolio === '' ? asking.portfolios === '*' : reaches(asking, portfolio))
      const behind = lanes.filter(({ pending, status }) => pending > 0 && status !== 'poisoned')
      const well =
        database === 'ok' && position !== undefined && poisoned.length === 0 && projector?.failure === undefined
      // A poisoned lane is for people to see; the process still serves the others, and a restart would not mend it.
      reply.code(database === 'ok' && position !== undefined ? 200 : 503).header('Cache-Control', 'no-store')
      return {
        status: well ? 'ok' : 'degraded',
        version,
        database,
        log: position === undefined ? 'unavailable' : 'ok',
        logPosition: position === undefined || position === null ? null : String(position),
        projectedTo: projector?.position === undefined ? null : String(projector.position),
        lanes: lanes.length,
        lanesStopped: poisoned.length,
        lanesBehind: behind.length,
        behind: [...poisoned, ...behind]
          .filter(shown)
          .slice(0, LISTED_MAX)
          .map((one) => ({
            projection: one.projection,
            portfolio: one.portfolio,
            projectedTo: String(one.projectedTo),
            status: one.status,
            pending: one.pending,
            ...(one.pendingSince === undefined ? {} : { pendingSince: one.pendingSince }),
            ...(one.failed === undefined
              ? {}
              : { error: `${one.failed.type} at ${one.failed.position}: ${one.failed.error}` }),
          })),
      }
    },
  })
  api.route({
    method: 'GET',
    url: '/metrics',
    config: { access: ROLES_FOR.operate },
    schema: { tags: ['system'], summary: 'Prometheus metrics', response: { 200: z.string() } },
    async handler(_request, reply) {
      return reply.type(metrics.contentType).send(await metrics.metrics())
    },
  })
}
