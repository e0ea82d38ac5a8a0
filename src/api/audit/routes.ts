// For auditors: the log itself, unit by unit, as it was recorded.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { portfolioStream } from '../../application/streams.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { refuse } from '../../domain/kernel/refusal.ts'
import type { Principal } from '../../platform/auth.ts'
import { ROLES_FOR } from '../access.ts'
import { problems } from '../command-route.ts'
import { type ApiDependencies, principalOf } from '../context.ts'

const UNITS_MAX = 500
const UNITS_DEFAULT = 100
const digits = z.string().regex(/^\d{1,19}$/, 'a log position is digits')

const unitsQuery = z.strictObject({
  after: digits.optional().meta({ description: 'units after this position; default: from the start' }),
  until: digits.optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .optional(),
  stream: z.string().max(200).optional().meta({ description: 'only streams whose name starts so, e.g. portfolio-P1' }),
})

export function auditRoutes(api: FastifyInstance, { log }: ApiDependencies): void {
  api.route<{ Querystring: z.output<typeof unitsQuery> }>({
    method: 'GET',
    url: '/v1/log/units',
    config: { access: ROLES_FOR.audit, whole: true },
    schema: {
      tags: ['audit'],
      summary: 'Units of the log in order: what was recorded, by whom, when',
      querystring: unitsQuery,
      response: {
        200: z.object({ units: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() }),
        ...problems,
      },
    },
    async handler({ query: { after, until, limit, stream } }) {
      const most = Math.min(Number(limit ?? UNITS_DEFAULT) || 1, UNITS_MAX)
      const units: object[] = []
      let last: string | null = null
      const options = {
        ...(after === undefined ? {} : { after: BigInt(after) }),
        ...(until === undefined ? {} : { until: BigInt(until) }),
        ...(stream === undefined ? {} : { filter: { streamPrefixes: [stream] } }),
      }
      for await (const unit of log.readAll(options)) {
        if (units.length === most) return { units, next: last }
        units.push(shown(unit))
        last = String(unit.position)
      }
      return { units, next: null }
    },
  })
  api.route<{ Params: { stream: string } }>({
    method: 'GET',
    url: '/v1/log/streams/:stream',
    config: { access: ROLES_FOR.audit },
    schema: {
      tags: ['audit'],
      summary: 'One stream from its first event',
      params: z.strictObject({ stream: z.string().max(200) }),
      response: {
        200: z.object({ units: z.array(z.record(z.string(), z.unknown())), truncated: z.boolean() }),
        ...problems,
      },
    },
    async handler(request) {
      const { stream } = request.params
      requireStream(principalOf(request), stream)
      const units: object[] = []
      for await (const unit of log.readStream(stream)) {
        if (units.length === UNITS_MAX) return { units, truncated: true }
        units.push(shown(unit))
      }
      if (units.length === 0)
        refuse({
          code: 'unknown-stream',
          message: `there is no stream ${stream}`,
          field: 'stream',
          remedy: 'GET /v1/log/units shows the streams there are',
        })
      return { units, truncated: false }
    },
  })
}

/** A token with a scope reads the streams of its portfolios and no other. @throws Refused `portfolio-not-granted`. */
function requireStream(principal: Principal, stream: string): void {
  const { name, portfolios } = principal
  if (portfolios === '*' || portfolios.some((portfolio) => portfolioStream(portfolio) === stream)) return
  refuse({
    code: 'portfolio-not-granted',
    message: `${name} reads the streams of its own portfolios only`,
    field: 'stream',
    remedy: 'use a token whose scope is every portfolio ("*")',
  })
}

/** A unit with its numbers as text. Events are as decoded: personal fields of erased persons are gone. */
function shown(unit: RecordedUnit): object {
  return {
    stream: unit.stream,
    position: String(unit.position),
    firstPosition: String(unit.firstPosition),
    revision: String(unit.revision),
    recordedAt: unit.recordedAt,
    actor: unit.actor,
    commandId: unit.commandId,
    commandHash: unit.commandHash,
    events: unit.events.map((event) =>
      JSON.parse(JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? String(value) : value))),
    ),
  }
}
