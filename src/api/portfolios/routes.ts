// Portfolios: opened, changed, closed.
import type { FastifyInstance } from 'fastify'
import { addPlaces, closePortfolio, openPortfolio } from '../../application/commands/portfolios.ts'
import { ROLES_FOR } from '../access.ts'
import { command } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { portfolioParams, read } from '../read-route.ts'

const tag = 'portfolios'

export function portfolioRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { portfolios } = deps.app
  const params = portfolioParams
  command(api, {
    url: '/v1/portfolios',
    tag,
    summary: 'Open a portfolio',
    access: ROLES_FOR.reference,
    body: openPortfolio,
    reach: ({ body }) => [body.portfolio],
    run: ({ body, context }) => portfolios.open(body, context),
  })
  command(api, {
    url: '/v1/portfolios/:portfolio/places',
    tag,
    summary: 'Add sleeves (strategies), custody accounts or cash accounts',
    access: ROLES_FOR.reference,
    params,
    body: addPlaces,
    run: ({ params: { portfolio }, body, context }) => portfolios.addPlaces(portfolio, body, context),
  })
  command(api, {
    url: '/v1/portfolios/:portfolio/close',
    tag,
    summary: 'Close a portfolio that holds nothing',
    access: ROLES_FOR.reference,
    params,
    body: closePortfolio,
    run: ({ params: { portfolio }, body, context }) => portfolios.close(portfolio, body, context),
  })
  read(api, deps, 'portfolios', {
    url: '/v1/portfolios',
    tag,
    summary: 'The portfolios within the token’s reach',
    access: ROLES_FOR.read,
    query: {},
    read: (_, page, scope) => deps.readModels.portfolios(scope, page),
  })
  read(api, deps, 'portfolios', {
    url: '/v1/portfolios/:portfolio',
    tag,
    summary: 'One portfolio (a list of one)',
    access: ROLES_FOR.read,
    query: {},
    read: (_, page, scope) => deps.readModels.portfolios(scope, page),
  })
  read(api, deps, 'portfolios', {
    url: '/v1/portfolios/:portfolio/policies',
    tag,
    summary: 'Its policies by effective date',
    access: ROLES_FOR.read,
    query: {},
    read: (_, page, scope) => deps.readModels.policies(scope, page),
  })
}
