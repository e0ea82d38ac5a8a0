// Live changes as Server-Sent Events: which portfolio's read models moved to which log position.
import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { refuse } from '../../domain/kernel/refusal.ts'
import { reaches } from '../../platform/auth.ts'
import { ROLES_FOR } from '../access.ts'
import { problems } from '../command-route.ts'
import { type ApiDependencies, principalOf } from '../context.ts'

/** A comment now and then keeps proxies from ending a quiet stream. */
const HEARTBEAT_MS = 15_000

const query = z.strictObject({ portfolio: z.string().max(64).optional() })

export function changeRoutes(api: FastifyInstance, { projector }: ApiDependencies): void {
  const open = new Set<PassThrough>()
  api.addHook('preClose', async () => {
    for (const stream of open) stream.end()
  })
  api.route<{ Querystring: z.output<typeof query> }>({
    method: 'GET',
    url: '/v1/changes',
    config: { access: ROLES_FOR.read },
    schema: {
      tags: ['changes'],
      summary: 'Server-Sent Events: a portfolio’s read models moved on',
      description:
        'Events `moved` with {portfolio, position}; the id is the position. On connecting (or with Last-Event-ID) each portfolio that is past it is told at once, so that nothing is missed: read what you show again with minPosition = position.',
      querystring: query,
      produces: ['text/event-stream'],
      response: { 200: z.string(), ...problems },
    },
    async handler(request, reply) {
      if (projector === undefined)
        return refuse({
          code: 'projector-elsewhere',
          message: 'this process does not project, so it hears of no changes',
          remedy: 'ask a process with the role projector',
        })
      const principal = principalOf(request)
      const { portfolio: wanted } = request.query
      const mine = (portfolio: string): boolean =>
        portfolio !== '' && (wanted === undefined || wanted === portfolio) && reaches(principal, portfolio)
      const stream = new PassThrough()
      open.add(stream)
      const tell = (portfolio: string, position: bigint): void => {
        stream.write(
          `event: moved\nid: ${position}\ndata: ${JSON.stringify({ portfolio, position: String(position) })}\n\n`,
        )
      }
      const last = request.headers['last-event-id']
      const seen = typeof last === 'string' && /^\d{1,19}$/.test(last) ? BigInt(last) : -1n
      const stop = projector.onApplied(({ projection, portfolio, position }) => {
        if (projection === 'book' && mine(portfolio)) tell(portfolio, position)
      })
      for (const { portfolio, position } of projector.lanes())
        if (mine(portfolio) && position > seen) tell(portfolio, position)
      const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS)
      stream.write('retry: 2000\n\n')
      const end = (): void => {
        clearInterval(heartbeat)
        stop()
        open.delete(stream)
      }
      stream.once('close', end)
      request.raw.once('close', () => stream.destroy())
      return reply
        .header('Cache-Control', 'no-store')
        .header('X-Accel-Buffering', 'no')
        .type('text/event-stream; charset=utf-8')
        .send(stream)
    },
  })
}
