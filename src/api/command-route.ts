// How a command becomes a route: body and path checked by their schemas, the application asked, the answer with its log position.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Answer, CommandContext } from '../application/answer.ts'
import type { Role } from '../platform/auth.ts'
import { requireReach } from './access.ts'
import { contextOf, startDryRun } from './context.ts'
import { asksForDryRun, dryRunQuery, previewAnswer, previewOf } from './dry-run.ts'
import { problem } from './problems.ts'

const warning = z.object({
  code: z.string(),
  message: z.string(),
  field: z.string().optional(),
  remedy: z.string().optional(),
})

/** What every accepted command answers. */
export const commandAnswer = z
  .object({
    fact: z.string().nullable().meta({ description: 'the name of what was recorded, for ever' }),
    position: z.string().meta({ description: 'log position from which on it is known: `minPosition` of a read' }),
    revision: z.string().meta({ description: 'revision of the last event of its unit in the stream' }),
    eventIds: z.array(z.string()),
    recordedAt: z.string(),
    replayed: z.boolean().meta({ description: 'true when this is the outcome of an earlier, equal command' }),
    parked: z.boolean().meta({ description: 'true when it waits in the parked queue' }),
    warnings: z.array(warning),
  })
  .meta({ id: 'CommandAnswer' })

export type Answered = z.output<typeof commandAnswer>

export function answered({ position, revision, alreadyThere, warnings, ...rest }: Answer): Answered {
  return {
    ...rest,
    eventIds: [...rest.eventIds],
    position: String(position),
    revision: String(revision),
    replayed: alreadyThere,
    warnings: warnings.map(({ code, message, field, remedy }) => ({
      code,
      message,
      ...(field === undefined ? {} : { field }),
      ...(remedy === undefined ? {} : { remedy }),
    })),
  }
}

/** Headers of an answer: the position for read-your-writes, and whether it was there before. */
export function withPosition(reply: FastifyReply, { position, alreadyThere }: Answer): void {
  reply.header('Quipu-Position', String(position))
  if (alreadyThere) reply.header('Quipu-Replayed', 'true')
  reply.code(alreadyThere ? 200 : 201)
}

export interface CommandRoute<P extends z.ZodType, B extends z.ZodType> {
  readonly url: string
  readonly method?: 'POST' | 'PUT'
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: readonly Role[]
  /** False where it cannot be tried out: it goes on from what it has recorded. */
  readonly dryRun?: false
  readonly params?: P
  readonly body: B
  /** Portfolios named outside the path that the sender must have reach over. */
  reach?(input: {
    readonly params: z.output<P>
    readonly body: z.output<B>
  }): readonly (string | undefined)[] | Promise<readonly (string | undefined)[]>
  run(input: {
    readonly params: z.output<P>
    readonly body: z.output<B>
    readonly context: CommandContext
    readonly request: FastifyRequest
  }): Promise<Answer>
}

export const problems = { '4xx': problem, '5xx': problem } as const

/** Registers a command. */
export function command<P extends z.ZodType, B extends z.ZodType>(
  api: FastifyInstance,
  route: CommandRoute<P, B>,
): void {
  const { url, method = 'POST', tag, summary, description, access, params, body } = route
  const dryRun = route.dryRun ?? true
  api.route({
    method,
    url,
    config: { access, dryRun },
    schema: {
      tags: [tag],
      summary,
      ...(description === undefined ? {} : { description }),
      ...(params === undefined ? {} : { params }),
      ...(dryRun ? { querystring: dryRunQuery } : {}),
      body,
      response: {
        200: dryRun ? z.union([commandAnswer, previewAnswer]) : commandAnswer,
        201: commandAnswer,
        ...problems,
      },
    },
    async handler(request, reply) {
      // The validator has replaced both by the output of the schemas above: the decoding edge.
      const input = { params: request.params as z.output<P>, body: request.body as z.output<B> }
      if (route.reach !== undefined) requireReach(request, await route.reach(input))
      const dry = asksForDryRun(request) ? startDryRun(request) : null
      const answer = await route.run({ ...input, context: contextOf(request), request })
      if (dry !== null) return previewOf(api, request, dry, { warnings: answered(answer).warnings })
      withPosition(reply, answer)
      return answered(answer)
    },
  })
}
