// Transfers in kind between portfolios, or to and from outside.
import type { FastifyInstance } from 'fastify'
import { cancelTransfer, correctTransfer, recordTransfer } from '../../application/commands/reference.ts'
import { ROLES_FOR } from '../access.ts'
import { command } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { portfoliosOfTransfer } from '../reach.ts'

const tag = 'transfers'

type Ends = { readonly from: { readonly portfolio: string } | null; readonly to: { readonly portfolio: string } | null }

export function transferRoutes(api: FastifyInstance, { app: { transfers, handler } }: ApiDependencies): void {
  const access = ROLES_FOR.write
  const named = ({ from, to }: Ends) => [from?.portfolio, to?.portfolio]
  const recorded = (transfer: string) => portfoliosOfTransfer(handler, transfer)
  command(api, {
    url: '/v1/transfers',
    tag,
    summary: 'Record a transfer in kind',
    description:
      'Name the lots it moved, or give `units` and the giver’s book chooses by its relief order; what it chose is recorded.',
    access,
    body: recordTransfer,
    reach: ({ body }) => named(body),
    run: ({ body, context }) => transfers.record(body, context),
  })
  command(api, {
    url: '/v1/transfers/correct',
    tag,
    summary: 'The newest terms, whole',
    access,
    body: correctTransfer,
    reach: async ({ body }) => [...named(body), ...(await recorded(body.transfer))],
    run: ({ body, context }) => transfers.correct(body, context),
  })
  command(api, {
    url: '/v1/transfers/cancel',
    tag,
    summary: 'A transfer that never was',
    access,
    body: cancelTransfer,
    reach: ({ body }) => recorded(body.transfer),
    run: ({ body, context }) => transfers.cancel(body, context),
  })
}
