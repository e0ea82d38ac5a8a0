// Fills: executed, corrected, busted, one at a time or as lines; asked about by key; what waits is listed, released, dismissed.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { bustFill, correctFill, dismissParked, recordFill, releaseParked } from '../../application/commands/fills.ts'
import { dateText, idText } from '../../domain/kernel/schemas.ts'
import { refuse } from '../../domain/kernel/refusal.ts'
import { execIdText } from '../../domain/portfolio/facts.ts'
import { ROLES_FOR } from '../access.ts'
import { bulk } from '../bulk-route.ts'
import { command, problems } from '../command-route.ts'
import { type ApiDependencies, contextOf, principalOf } from '../context.ts'
import { authorize, reaches } from '../../platform/auth.ts'
import { portfolioParams, read } from '../read-route.ts'

const tag = 'fills'
const of = '/v1/portfolios/:portfolio'

export function fillRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { fills, bulk: lines } = deps.app
  const access = ROLES_FOR.write
  const params = portfolioParams
  command(api, {
    url: `${of}/fills`,
    tag,
    summary: 'Record a fill (FIX ExecType F)',
    description:
      'Repeating it with the same source, trade date and ExecID answers with the first outcome; other content is a 409.',
    access,
    params,
    body: recordFill,
    run: ({ params: { portfolio }, body, context }) => fills.record(portfolio, body, context),
  })
  command(api, {
    url: `${of}/fills/correct`,
    tag,
    summary: 'Correct a fill (ExecType G); parked when the fill has not arrived',
    access,
    params,
    body: correctFill,
    run: ({ params: { portfolio }, body, context }) => fills.correct(portfolio, body, context),
  })
  command(api, {
    url: `${of}/fills/bust`,
    tag,
    summary: 'Bust a fill (ExecType H); parked when the fill has not arrived',
    access,
    params,
    body: bustFill,
    run: ({ params: { portfolio }, body, context }) => fills.bust(portfolio, body, context),
  })
  command(api, {
    url: `${of}/parked/release`,
    tag,
    summary: 'Release what waits, now that what it waited for is there',
    access,
    params,
    body: releaseParked,
    run: ({ params: { portfolio }, body, context }) => fills.release(portfolio, body, context),
  })
  command(api, {
    url: `${of}/parked/dismiss`,
    tag,
    summary: 'Dismiss what waits, with a reason',
    access,
    params,
    body: dismissParked,
    run: ({ params: { portfolio }, body, context }) => fills.dismiss(portfolio, body, context),
  })
  bulk(api, deps, {
    url: `${of}/activity`,
    tag: 'activity',
    summary: 'Activity as NDJSON lines: fills, corrections, busts, cash, FX, orders ...',
    description:
      'One JSON object a line, `type` first: fill, correct-fill, bust-fill, order, replace-order, end-order, cancel-fact, contribution, withdrawal, fee, interest-received, interest-paid, tax, receipt, cash-transfer, fx, opening, lots, policy. A verdict a line; a bad line spoils no other.',
    access,
    params,
    run: (request, text) =>
      lines.activity(text, {
        context: contextOf(request),
        portfolio: String(Reflect.get(Object(request.params), 'portfolio')),
        mayChangePolicies: mayChangePolicies(request),
      }),
  })
  bulk(api, deps, {
    url: '/v1/activity',
    tag: 'activity',
    summary: 'The same for many portfolios; each line names its own',
    access,
    run: (request, text) => {
      const principal = principalOf(request)
      return lines.activity(text, {
        context: contextOf(request),
        mayWrite: (portfolio) => reaches(principal, portfolio),
        mayChangePolicies: mayChangePolicies(request),
      })
    },
  })
  api.route<{ Params: { portfolio: string }; Querystring: z.output<typeof fillKey> }>({
    method: 'GET',
    url: `${of}/fills/find`,
    config: { access: ROLES_FOR.read },
    schema: {
      tags: [tag],
      summary: 'Did you get it? What became of the message with this key',
      description: 'Answered from the log itself, so that it is right the moment a command was answered.',
      params,
      querystring: fillKey,
      response: { 200: z.record(z.string(), z.unknown()), ...problems },
    },
    async handler({ params: { portfolio }, query: { source, tradeDate, execId } }) {
      const found = await fills.find(portfolio, source, tradeDate, execId)
      if (found === null)
        return refuse({
          code: 'unknown-fill',
          message: `no message ${execId} of ${source} and ${tradeDate} was recorded in ${portfolio}`,
          remedy: 'send it: it is safe to send again',
        })
      return { ...found, revision: String(found.revision) }
    },
  })
  read(api, deps, 'portfolios', {
    url: `${of}/parked`,
    tag,
    summary: 'What waits for an instrument or for the fill it refers to',
    access: ROLES_FOR.read,
    query: {},
    read: (_, page, scope) => deps.readModels.parked(scope, page),
  })
  read(api, deps, 'portfolios', {
    url: '/v1/parked',
    tag,
    summary: 'Everything parked within the token’s reach',
    access: ROLES_FOR.read,
    query: {},
    read: (_, page, scope) => deps.readModels.parked(scope, page),
  })
}

const fillKey = z.strictObject({ source: idText, tradeDate: dateText, execId: execIdText })

function mayChangePolicies(request: FastifyRequest): boolean {
  return authorize(principalOf(request), ROLES_FOR.operate).allowed
}
