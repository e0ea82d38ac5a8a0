// For operators: rebuild the read models beside the old ones, verify them against the log, take up a lane that stopped.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { refuse } from '../../domain/kernel/refusal.ts'
import { newLedger } from '../../projections/ledger.ts'
import { verify } from '../../projections/generations/verify.ts'
import type { Logger } from '../../platform/log.ts'
import type { RunningProjector } from '../../projections/start-projector.ts'
import { ROLES_FOR } from '../access.ts'
import { problems } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { problemOf, refusalOrLogged } from '../problems.ts'

const PROGRESS_MS = 250
const progressed = {
  200: z.string().meta({ description: 'NDJSON: {progress} lines, then {result} or {problem}' }),
  ...problems,
}

export function adminRoutes(api: FastifyInstance, { log, pool, projector, logger }: ApiDependencies): void {
  api.route({
    method: 'POST',
    url: '/v1/admin/verify',
    config: { access: ROLES_FOR.audit, whole: true },
    schema: {
      tags: ['admin'],
      summary: 'Fold the log again and compare every row',
      produces: ['application/x-ndjson'],
      response: progressed,
    },
    async handler(_request, reply) {
      return streamed(reply, logger, (report) =>
        verify({
          pool,
          log,
          ledger: newLedger(),
          onProgress: ({ lanes, lanesDone, rows }) => report({ total: lanes, done: lanesDone, rows }),
        }),
      )
    },
  })
  api.route({
    method: 'POST',
    url: '/v1/admin/rebuild',
    config: { access: ROLES_FOR.operate, whole: true },
    schema: {
      tags: ['admin'],
      summary: 'Build the read models anew beside the old, then swap',
      produces: ['application/x-ndjson'],
      response: progressed,
    },
    async handler(_request, reply) {
      const running = here(projector)
      return streamed(reply, logger, (report) =>
        running.rebuild({
          onProgress: ({ position, head, applied }) =>
            report({ total: Number(head), done: Number(position < 0n ? 0n : position), units: applied }),
        }),
      )
    },
  })
  const target = z.strictObject({ portfolio: z.string().max(64) })
  api.route<{ Body: z.output<typeof target> }>({
    method: 'POST',
    url: '/v1/admin/resume',
    config: { access: ROLES_FOR.operate, whole: true },
    schema: {
      tags: ['admin'],
      summary: 'Take up a lane that stopped, after its cause was mended',
      body: target,
      response: { 200: z.object({ resumed: z.string() }), ...problems },
    },
    async handler({ body: { portfolio } }) {
      await here(projector).resume(portfolio)
      return { resumed: portfolio }
    },
  })
}

function here(projector: RunningProjector | undefined): RunningProjector {
  return (
    projector ??
    refuse({
      code: 'projector-elsewhere',
      message: 'this process does not project',
      remedy: 'ask a process with the role projector',
    })
  )
}

/** Answers at once and keeps the connection alive with progress; the last line is the outcome. */
function streamed(
  reply: FastifyReply,
  logger: Logger,
  work: (report: (progress: object) => void) => Promise<object>,
): FastifyReply {
  const lines = new Readable({ read: () => undefined })
  let reported = 0
  work((progress) => {
    if (Date.now() - reported < PROGRESS_MS) return
    reported = Date.now()
    lines.push(`${text({ progress })}\n`)
  })
    .then(
      (result) => lines.push(`${text({ result })}\n`),
      (error: unknown) => {
        lines.push(`${text({ problem: problemOf(refusalOrLogged(error, logger, reply.request.id)) })}\n`)
      },
    )
    .finally(() => lines.push(null))
  return reply.type('application/x-ndjson; charset=utf-8').send(lines)
}

function text(value: object): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one))
}
