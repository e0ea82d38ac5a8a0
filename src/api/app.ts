// The HTTP API as one Fastify application: checks, access, problems, documentation, and every resource's routes.
import { randomUUID } from 'node:crypto'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { refusalOf } from '../application/input.ts'
import { Refused, refuse } from '../domain/kernel/refusal.ts'
import { installAccess } from './access.ts'
import { blockRoutes } from './blocks/routes.ts'
import { analyticsRoutes } from './analytics/routes.ts'
import { bookRoutes } from './book/routes.ts'
import { calendarRoutes } from './calendars/routes.ts'
import type { ApiDependencies } from './context.ts'
import { installDryRun } from './dry-run.ts'
import { installEnding } from './ending.ts'
import { factRoutes } from './facts/routes.ts'
import { fillRoutes } from './fills/routes.ts'
import { instrumentRoutes } from './instruments/routes.ts'
import { lensRoutes } from './lens/routes.ts'
import { marketRoutes } from './market/routes.ts'
import { openApiOptions } from './openapi.ts'
import { orderRoutes } from './orders/routes.ts'
import { ownerRoutes } from './owners/routes.ts'
import { periodRoutes } from './periods/routes.ts'
import { performanceRoutes } from './performance/routes.ts'
import { portfolioRoutes } from './portfolios/routes.ts'
import { PROBLEM_TYPE, problemOf, RETRY_AFTER_SECONDS, refusalOrLogged } from './problems.ts'
import { attributionRoutes } from './attribution/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { adminRoutes } from './system/admin.ts'
import { changeRoutes } from './system/changes.ts'
import { systemRoutes } from './system/routes.ts'
import { riskRoutes } from './risk/routes.ts'
import { taxRoutes } from './tax/routes.ts'
import { transferRoutes } from './transfers/routes.ts'

/** Largest body of one command: above the 512 KiB that one unit may record. Bulk bodies are streamed and have no limit in all. */
export const BODY_BYTES_MAX = 1024 * 1024
/** A request, bulk included, must make progress within these. */
const REQUEST_MS_MAX = 10 * 60_000
const CONNECTION_MS_MAX = 2 * 60_000

/** Builds the application; the caller listens and closes. */
export async function createApi(deps: ApiDependencies): Promise<FastifyInstance> {
  const api = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    connectionTimeout: CONNECTION_MS_MAX,
    // See ending.ts.
    forceCloseConnections: 'idle',
    genReqId: (request) => {
      const given = request.headers['x-request-id']
      return typeof given === 'string' && /^[!-~]{1,100}$/.test(given) ? given : randomUUID()
    },
    routerOptions: { maxParamLength: 200 },
  })
  api.setValidatorCompiler(({ schema, httpPart }) => (given: unknown) => {
    if (!(schema instanceof z.ZodType)) throw new Error('a route has a schema that is not zod')
    // Fastify writes null for a body that never came.
    const input = httpPart === 'body' && given === null ? undefined : given
    const result = schema.safeParse(input)
    return result.success ? { value: result.data } : { error: new Refused(refusalOf(result.error, input)) }
  })
  api.setSerializerCompiler(() => (value) => JSON.stringify(value))
  installBodies(api)
  installEnding(api)
  installErrors(api, deps)

  await api.register(helmet, { contentSecurityPolicy: { directives: CONTENT_POLICY }, hsts: false })
  await api.register(swagger, openApiOptions(deps.version))
  await api.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'none' } })
  installAccess(api, deps.tokens)
  installDryRun(api, deps)

  for (const register of [
    systemRoutes,
    portfolioRoutes,
    periodRoutes,
    ownerRoutes,
    taxRoutes,
    fillRoutes,
    orderRoutes,
    blockRoutes,
    factRoutes,
    transferRoutes,
    instrumentRoutes,
    marketRoutes,
    bookRoutes,
    lensRoutes,
    calendarRoutes,
    analyticsRoutes,
    auditRoutes,
    performanceRoutes,
    attributionRoutes,
    riskRoutes,
    changeRoutes,
    adminRoutes,
  ])
    register(api, deps)
  await api.ready()
  return api
}

/** The documentation page's own styles are inline; nothing is loaded from anywhere else. */
const CONTENT_POLICY = {
  defaultSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  scriptSrc: ["'self'"],
  upgradeInsecureRequests: null,
}

/** JSON is parsed whole; NDJSON is handed on as the stream it is, to the routes that read it. */
function installBodies(api: FastifyInstance): void {
  api.removeAllContentTypeParsers()
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)))
    } catch (error) {
      done(
        new Refused({
          code: 'malformed-json',
          message: `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
          remedy: 'send one JSON value',
        }),
      )
    }
  })
  api.addContentTypeParser('application/x-ndjson', { bodyLimit: Number.MAX_SAFE_INTEGER }, (request, payload, done) => {
    if (request.routeOptions.config.ndjson === true) done(null, payload)
    else
      done(
        new Refused({
          code: 'unsupported-media-type',
          message: 'this route reads one JSON body, no lines',
          field: 'Content-Type',
          remedy: 'send application/json, or the lines to a bulk route',
        }),
      )
  })
}

function installErrors(api: FastifyInstance, { logger }: ApiDependencies): void {
  api.setErrorHandler((error, request, reply) => {
    const sent = problemOf(refusalOrLogged(error, logger, request.id), request.id)
    if (sent.status === 503) reply.header('Retry-After', String(RETRY_AFTER_SECONDS))
    if (sent.status === 401) reply.header('WWW-Authenticate', 'Bearer')
    reply.code(sent.status).type(PROBLEM_TYPE).header('x-request-id', request.id).send(sent)
  })
  const routes: { readonly path: RegExp; readonly method: string }[] = []
  api.addHook('onRoute', ({ url, method }) => {
    const path = new RegExp(`^${url.replace(/[.*]/g, '\\$&').replace(/:[a-z]+/gi, '[^/]+')}$`)
    for (const one of [method].flat()) routes.push({ path, method: one })
  })
  api.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?')
    const methods = [...new Set(routes.filter((route) => route.path.test(path)).map(({ method }) => method))]
    if (methods.length === 0)
      refuse({ code: 'unknown-route', message: `there is no ${path}`, remedy: 'see /docs for the routes there are' })
    reply.header('Allow', methods.join(', '))
    refuse({
      code: 'method-not-allowed',
      message: `there is no ${request.method} of ${path}`,
      remedy: `use ${methods.join(', ')}`,
    })
  })
  api.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-request-id', request.id)
    return payload
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads NDJSON lines as a stream. */
    ndjson?: boolean
  }
}
