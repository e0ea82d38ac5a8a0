// Who may call what: every route names its roles; a portfolio in the path must be within the token's reach.
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { refuse } from '../domain/kernel/refusal.ts'
import { authorize, type Principal, type Role } from '../platform/auth.ts'
import type { Tokens } from '../platform/token-file.ts'
import { principalOf, setPrincipal } from './context.ts'

/** Groups of roles; `admin` is in every one. */
export const ROLES_FOR = {
  /** Records facts. */
  write: ['oms', 'operator'],
  /** Registers instruments, owners, prices, rates; opens and closes portfolios. */
  reference: ['operator'],
  read: ['oms', 'reporting', 'auditor', 'operator'],
  /** Reads the log itself. */
  audit: ['auditor', 'operator'],
  operate: ['operator'],
} as const satisfies Record<string, readonly Role[]>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Roles that may call the route; `open`: anybody. */
    access?: readonly Role[] | 'open'
    /** What the route shows or does cannot be cut to portfolios: a token with a scope may not call it. */
    whole?: boolean
  }
}

/** Installs authentication; a route without `access` cannot be registered. */
export function installAccess(api: FastifyInstance, tokens: Tokens): void {
  api.addHook('onRoute', (route: RouteOptions) => {
    // Swagger's own pages bring no configuration; they hold no data.
    if (route.config?.access === undefined && !route.url.startsWith('/docs'))
      throw new Error(`route ${String(route.method)} ${route.url} names no roles`)
  })
  api.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access
    if (request.is404 || access === 'open' || access === undefined) return
    const principal = tokens.authenticate(request.headers.authorization)
    if (principal === undefined)
      return refuse({
        code: 'unauthenticated',
        message: 'this needs a bearer token that the ledger knows',
        field: 'Authorization',
        remedy: 'send `Authorization: Bearer ...`; for local use the token is in data/admin-token',
      })
    setPrincipal(request, principal)
    const decision = authorize(principal, access, portfolioOf(request))
    if (!decision.allowed)
      refuse({ code: decision.code, message: decision.message, remedy: 'use a token that is allowed to' })
    if (request.routeOptions.config.whole === true) requireWhole(principal)
  })
}

function portfolioOf(request: FastifyRequest): string | undefined {
  const { params } = request
  if (typeof params !== 'object' || params === null || !('portfolio' in params)) return undefined
  return typeof params.portfolio === 'string' ? params.portfolio : undefined
}

/** @throws Refused `portfolio-not-granted` unless the principal reaches every portfolio. */
function requireWhole({ name, portfolios }: Principal): void {
  if (portfolios !== '*')
    refuse({
      code: 'portfolio-not-granted',
      message: `${name} reaches some portfolios; this is about all of them`,
      remedy: 'use a token whose scope is every portfolio ("*")',
    })
}

/** @throws Refused `portfolio-not-granted` when a portfolio named in a body is outside the token's reach. */
export function requireReach(request: FastifyRequest, portfolios: readonly (string | undefined)[]): void {
  const principal = principalOf(request)
  for (const portfolio of portfolios) {
    if (portfolio === undefined) continue
    const decision = authorize(principal, principal.roles, portfolio)
    if (!decision.allowed)
      refuse({ code: decision.code, message: decision.message, remedy: 'use a token whose scope holds the portfolio' })
  }
}

/** @throws Refused `role-not-granted` when what a body asks for needs a role that the route itself does not. */
export function requireRole(request: FastifyRequest, roles: readonly Role[]): void {
  const decision = authorize(principalOf(request), roles, undefined)
  if (!decision.allowed)
    refuse({ code: decision.code, message: decision.message, remedy: 'use a token that is allowed to' })
}
