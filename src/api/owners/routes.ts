// Owners: registered and linked to their portfolios. Names are personal data: only operators and auditors of the whole ledger read them.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { amendOwner, linkAffiliate, linkPortfolio, registerOwner } from '../../application/commands/reference.ts'
import { ROLES_FOR } from '../access.ts'
import { command } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { read } from '../read-route.ts'

const tag = 'owners'
const owner = z.string().max(64).optional()

export function ownerRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { owners } = deps.app
  const access = ROLES_FOR.reference
  command(api, {
    url: '/v1/owners',
    tag,
    summary: 'Register a legal owner',
    access,
    body: registerOwner,
    run: ({ body, context }) => owners.register(body, context),
  })
  command(api, {
    url: '/v1/owners/amend',
    tag,
    summary: 'Change an owner’s name or tax status',
    access,
    body: amendOwner,
    run: ({ body, context }) => owners.amend(body, context),
  })
  command(api, {
    url: '/v1/owners/portfolios',
    tag,
    summary: 'Link a portfolio to its owner from a date on',
    access,
    body: linkPortfolio,
    reach: ({ body }) => [body.portfolio],
    run: ({ body, context }) => owners.linkPortfolio(body, context),
  })
  command(api, {
    url: '/v1/owners/affiliates',
    tag,
    summary: 'Link an affiliate',
    access,
    body: linkAffiliate,
    run: ({ body, context }) => owners.linkAffiliate(body, context),
  })
  read(api, deps, 'shared', {
    url: '/v1/owners',
    tag,
    summary: 'Legal owners',
    access: ROLES_FOR.audit,
    whole: true,
    query: { owner },
    read: ({ owner: id, asAt }, page) => deps.readModels.owners({ owner: id, asAt, ...page }),
  })
  read(api, deps, 'shared', {
    url: '/v1/owners/portfolios',
    tag,
    summary: 'Which owner holds which portfolio, by date',
    access: ROLES_FOR.audit,
    whole: true,
    query: { owner },
    read: ({ owner: id, asAt }, page) => deps.readModels.ownerLinks({ owner: id, asAt, ...page }),
  })
}
