// Live changes as Server-Sent Events: which portfolio's read models moved to which log position.
import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { refuse } from '../../domain/kernel/refusal.ts'
import { reaches } from '../../platform/auth.ts'
import { ROLES_FOR, requireReach } from '../access.ts'
import { problems } from '../command-route.ts'
import { type ApiDependencies, principalOf } from '../context.ts'

/** A comment now and then keeps proxies from ending a quiet stream. */
const HEARTBEAT_MS = 15_000
/** Moves within this time are told together, a portfolio once. */
const TOGETHER_MS = 50
/** A reader that is this far behind is cut off; on connecting again it is told where everything stands. */
const UNREAD_BYTES_MAX = 1024 * 1024

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
        'Events `moved` with {portfolio, position}: read what you show again with minPosition = position. The id is a position up to which everything has been told; on connecting (from it, by Last-Event-ID, or from the start) each portfolio that is past it is told at once, so nothing is missed, and some things may be told twice.',
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
      requireReach(request, [wanted])
      const mine = (portfolio: string): boolean =>
        portfolio !== '' && (wanted === undefined || wanted === portfolio) && reaches(principal, portfolio)
      const lanes = () => projector.lanes().filter(({ portfolio }) => mine(portfolio))
      /** Everything up to here has been applied, and told once what waits is written. */
      const toldTo = (): bigint | undefined =>
        lanes().reduce(
          (low, { projectedTo }) => (low === undefined || projectedTo < low ? projectedTo : low),
          projector.position,
        )

      const stream = new PassThrough()
      open.add(stream)
      const waiting = new Map<string, bigint>()
      const tell = (): void => {
        if (waiting.size === 0) return
        const id = toldTo()
        const named = id === undefined || id < 0n ? '' : `id: ${id}\n`
        const moves = [...waiting]
        waiting.clear()
        // The last one bears the id: whoever has it has the others.
        moves.forEach(([portfolio, position], i) => {
          const data = JSON.stringify({ portfolio, position: String(position) })
          stream.write(`event: moved\n${i === moves.length - 1 ? named : ''}data: ${data}\n\n`)
        })
        if (stream.writableLength > UNREAD_BYTES_MAX) stream.destroy()
      }

      const last = request.headers['last-event-id']
      const seen = typeof last === 'string' && /^\d{1,19}$/.test(last) ? BigInt(last) : -1n
      const stop = projector.onApplied(({ projection, portfolio, position }) => {
        if (projection === 'book' && mine(portfolio)) waiting.set(portfolio, position)
      })
      stream.write('retry: 2000\n\n')
      for (const { portfolio, position } of lanes()) if (position > seen) waiting.set(portfolio, position)
      tell()
      const together = setInterval(tell, TOGETHER_MS)
      const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS)
      stream.once('close', () => {
        clearInterval(together)
        clearInterval(heartbeat)
        stop()
        open.delete(stream)
      })
      request.raw.once('close', () => stream.destroy())
      return reply
        .header('Cache-Control', 'no-store')
        .header('X-Accel-Buffering', 'no')
        .type('text/event-stream; charset=utf-8')
        .send(stream)
    },
  })
}
