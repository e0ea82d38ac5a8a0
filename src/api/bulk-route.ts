// Bulk routes: NDJSON in as a stream, a verdict a line out as they fall, nothing held whole in between.
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Verdict } from '../application/bulk-engine.ts'
import { linesOf } from '../application/ndjson.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import type { Role } from '../platform/auth.ts'
import type { Logger } from '../platform/log.ts'
import { problems } from './command-route.ts'
import { type ApiDependencies, startDryRun } from './context.ts'
import { asksForDryRun, dryRunQuery, previewOf } from './dry-run.ts'
import { refusalOrLogged } from './problems.ts'

export interface BulkRoute {
  readonly url: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: readonly Role[]
  readonly params?: z.ZodType
  run(request: FastifyRequest, lines: AsyncIterable<string>): AsyncIterable<Verdict>
}

/** Registers a bulk route. */
export function bulk(api: FastifyInstance, { logger }: ApiDependencies, route: BulkRoute): void {
  const { url, tag, summary, description, access, params, run } = route
  api.route({
    method: 'POST',
    url,
    config: { access, ndjson: true, dryRun: true },
    schema: {
      tags: [tag],
      summary,
      ...(description === undefined ? {} : { description }),
      ...(params === undefined ? {} : { params }),
      querystring: dryRunQuery,
      consumes: ['application/x-ndjson'],
      produces: ['application/x-ndjson'],
      response: { 200: z.string().meta({ description: 'one verdict a line' }), ...problems },
    },
    async handler(request, reply) {
      const { body } = request
      if (!(body instanceof Readable))
        return refuse({
          code: 'unsupported-media-type',
          message: 'a bulk route reads lines',
          field: 'Content-Type',
          remedy: 'send application/x-ndjson, one JSON object a line',
        })
      if (asksForDryRun(request)) {
        const dry = startDryRun(request)
        const verdicts: unknown[] = []
        for await (const verdict of run(request, linesOf(body))) verdicts.push(tried(verdict))
        return previewOf(api, request, dry, { warnings: [], verdicts })
      }
      const verdicts = run(request, linesOf(body))
      reply.type('application/x-ndjson; charset=utf-8')
      return reply.send(Readable.from(written(verdicts, logger, request.id), { objectMode: false }))
    },
  })
}

/** The verdict of a dry run: nothing was recorded, so it has no place in the log. */
function tried(verdict: Verdict): object {
  if (!('fact' in verdict)) return verdict
  const { line, verdict: what, fact, warnings } = verdict
  return { line, verdict: what, fact, warnings }
}

/** A verdict a line. A failure half-way is the last line, so that whoever reads knows where to go on. */
async function* written(verdicts: AsyncIterable<Verdict>, logger: Logger, request: string): AsyncGenerator<string> {
  try {
    for await (const verdict of verdicts)
      yield `${JSON.stringify(verdict, (_, value) => (typeof value === 'bigint' ? String(value) : value))}\n`
  } catch (error) {
    const { code, message } = refusalOrLogged(error, logger, request)
    const remedy = 'send the lines without a verdict again: what was recorded is recognised'
    yield `${JSON.stringify({ line: null, verdict: 'stopped', code, message, remedy })}\n`
  }
}
