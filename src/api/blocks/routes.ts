// Block orders: placed for several portfolios, executed, shared out at the average price.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import {
  allocateBlock,
  bustBlockExecution,
  cancelAllocation,
  cancelBlock,
  executeBlock,
  placeBlock,
  replaceBlock,
} from '../../application/commands/orders.ts'
import { ROLES_FOR, requireReach } from '../access.ts'
import { answered, command, commandAnswer, problems, withPosition } from '../command-route.ts'
import { type ApiDependencies, contextOf } from '../context.ts'
import { portfoliosOfBlock } from '../reach.ts'

const tag = 'blocks'

export function blockRoutes(api: FastifyInstance, { app: { blocks, handler } }: ApiDependencies): void {
  const access = ROLES_FOR.write
  const named = (terms: { readonly shares: readonly { readonly portfolio: string }[] }) =>
    terms.shares.map(({ portfolio }) => portfolio)
  const reach = ({ body: { block } }: { readonly body: { readonly block: string } }) =>
    portfoliosOfBlock(handler, block)
  command(api, {
    dryRun: false,
    url: '/v1/blocks',
    tag,
    summary: 'Place a block',
    access,
    body: placeBlock,
    reach: ({ body }) => named(body),
    run: ({ body, context }) => blocks.place(body, context),
  })
  command(api, {
    dryRun: false,
    url: '/v1/blocks/replace',
    tag,
    summary: 'Replace a block’s terms',
    access,
    body: replaceBlock,
    reach: async ({ body }) => [...named(body), ...(await reach({ body }))],
    run: ({ body, context }) => blocks.replace(body, context),
  })
  command(api, {
    dryRun: false,
    url: '/v1/blocks/cancel',
    tag,
    summary: 'Cancel a block',
    access,
    body: cancelBlock,
    reach,
    run: ({ body, context }) => blocks.cancel(body, context),
  })
  command(api, {
    dryRun: false,
    url: '/v1/blocks/executions',
    tag,
    summary: 'Record an execution of a block',
    access,
    body: executeBlock,
    reach,
    run: ({ body, context }) => blocks.execute(body, context),
  })
  command(api, {
    dryRun: false,
    url: '/v1/blocks/executions/bust',
    tag,
    summary: 'Bust an execution that is not allocated',
    access,
    body: bustBlockExecution,
    reach,
    run: ({ body, context }) => blocks.bustExecution(body, context),
  })
  command(api, {
    dryRun: false,
    url: '/v1/blocks/allocations/cancel',
    tag,
    summary: 'Cancel an allocation: its fills are busted',
    access,
    body: cancelAllocation,
    reach,
    run: ({ body, context }) => blocks.cancelAllocation(body, context),
  })

  const allocated = z.object({
    allocation: commandAnswer,
    fills: z.array(z.object({ portfolio: z.string(), answer: commandAnswer })),
  })
  api.route<{ Body: z.output<typeof allocateBlock> }>({
    method: 'POST',
    url: '/v1/blocks/allocate',
    config: { access },
    schema: {
      tags: [tag],
      summary: 'Share out a day’s executions at their average price',
      description:
        'Pro rata to what each portfolio asked for; residual units by largest remainder; the parts sum to the block exactly. Each part becomes a fill in its portfolio. Safe to repeat.',
      body: allocateBlock,
      response: { 200: allocated, 201: allocated, ...problems },
    },
    async handler(request, reply) {
      requireReach(request, await reach(request))
      const { allocation, fills } = await blocks.allocate(request.body, contextOf(request))
      const last = fills.reduce(
        (newest, { answer }) => (answer.position > newest.position ? answer : newest),
        allocation,
      )
      withPosition(reply, { ...last, alreadyThere: allocation.alreadyThere })
      return {
        allocation: answered(allocation),
        fills: fills.map(({ portfolio, answer }) => ({ portfolio, answer: answered(answer) })),
      }
    },
  })
}
