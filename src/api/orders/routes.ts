// Orders: placed, replaced, ended, read as chains.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { endOrder, placeOrder, replaceOrder } from '../../application/commands/orders.ts'
import { ROLES_FOR } from '../access.ts'
import { command } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { portfolioParams, read } from '../read-route.ts'

const tag = 'orders'
const of = '/v1/portfolios/:portfolio'

export function orderRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { orders } = deps.app
  const access = ROLES_FOR.write
  const params = portfolioParams
  command(api, {
    url: `${of}/orders`,
    tag,
    summary: 'Place an order',
    access,
    params,
    body: placeOrder,
    run: ({ params: { portfolio }, body, context }) => orders.place(portfolio, body, context),
  })
  command(api, {
    url: `${of}/orders/replace`,
    tag,
    summary: 'Replace an order (OrigClOrdID is the previous link)',
    access,
    params,
    body: replaceOrder,
    run: ({ params: { portfolio }, body, context }) => orders.replace(portfolio, body, context),
  })
  command(api, {
    url: `${of}/orders/end`,
    tag,
    summary: 'End an order: filled, cancelled, expired ...',
    access,
    params,
    body: endOrder,
    run: ({ params: { portfolio }, body, context }) => orders.end(portfolio, body, context),
  })
  const query = {
    status: z.string().max(20).optional(),
    instrument: z.string().max(64).optional(),
    order: z.string().max(64).optional(),
  }
  for (const url of [`${of}/orders`, '/v1/orders'])
    read(api, deps, 'portfolios', {
      url,
      tag,
      summary: url === '/v1/orders' ? 'Orders of every portfolio within reach' : 'Orders, one row a chain',
      access: ROLES_FOR.read,
      query,
      read: ({ status, instrument, order }, page, scope) =>
        deps.readModels.orders(scope, { status, instrument, order, ...page }),
    })
}
