// How a calculation becomes a route: checked input, an answer that depends on nothing recorded, and so may be kept by anybody.
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { Role } from '../platform/auth.ts'
import { problems } from './command-route.ts'

interface Calculation<A extends z.ZodType> {
  readonly url: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: readonly Role[]
  readonly answer: A
}

export interface CalculationByQuery<P extends z.ZodType, Q extends z.ZodType, A extends z.ZodType>
  extends Calculation<A> {
  readonly params?: P
  readonly query: Q
  run(query: z.output<Q>, params: z.output<P>): z.input<A>
}

/** Registers a calculation asked by query. */
export function calculation<P extends z.ZodType, Q extends z.ZodType, A extends z.ZodType>(
  api: FastifyInstance,
  route: CalculationByQuery<P, Q, A>,
): void {
  api.route({
    method: 'GET',
    url: route.url,
    config: { access: route.access },
    schema: {
      ...described(route),
      ...(route.params === undefined ? {} : { params: route.params }),
      querystring: route.query,
    },
    async handler(request, reply) {
      reply.header('Cache-Control', 'private, max-age=3600').header('Vary', 'Authorization')
      return route.run(request.query as z.output<Q>, request.params as z.output<P>)
    },
  })
}

export interface CalculationByBody<B extends z.ZodType, A extends z.ZodType> extends Calculation<A> {
  readonly body: B
  run(body: z.output<B>): z.input<A> | Promise<z.input<A>>
}

/** Registers a calculation whose question is too long for a query. It records nothing, although it is a POST. */
export function calculationByBody<B extends z.ZodType, A extends z.ZodType>(
  api: FastifyInstance,
  route: CalculationByBody<B, A>,
): void {
  api.route({
    method: 'POST',
    url: route.url,
    config: { access: route.access },
    schema: { ...described(route), body: route.body },
    async handler(request) {
      return route.run(request.body as z.output<B>)
    },
  })
}

function described<A extends z.ZodType>({ tag, summary, description, answer }: Calculation<A>) {
  return {
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    response: { 200: answer, ...problems },
  }
}
