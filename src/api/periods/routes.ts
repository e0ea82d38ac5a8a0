// Periods: their checklist, closed, sealed and reopened; manual entries; what was restated since; the roll-forward.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import {
  approveEntry,
  closePeriod,
  prepareEntry,
  reopenPeriod,
  requestReopening,
  sealPeriod,
  withdrawEntry,
} from '../../application/commands/portfolios.ts'
import { refuse } from '../../domain/kernel/refusal.ts'
import { CHECKS } from '../../domain/portfolio/periods.ts'
import { ROLES_FOR } from '../access.ts'
import { command, problems } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { portfolioParams, read } from '../read-route.ts'

const tag = 'periods'
const of = '/v1/portfolios/:portfolio'

const checklist = z
  .object({
    through: z.string(),
    revision: z.number().meta({ description: "revision of the portfolio's stream that it holds at" }),
    passes: z.boolean(),
    items: z.array(
      z.object({
        check: z.enum(CHECKS),
        outcome: z.enum(['passed', 'failed', 'waived', 'not-asked']),
        open: z.number().meta({ description: 'how many members do not pass' }),
        members: z.array(z.string()),
        reason: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Checklist' })

export function periodRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { periods } = deps.app
  const params = portfolioParams
  const operate = { tag, access: ROLES_FOR.operate, params }
  api.route<{ Params: { portfolio: string }; Body: z.output<typeof closePeriod> }>({
    method: 'POST',
    url: `${of}/periods/checklist`,
    config: { access: ROLES_FOR.read },
    schema: {
      tags: [tag],
      summary: 'What closing a period looks at, as it stands now; writes nothing',
      params,
      body: closePeriod,
      response: { 200: checklist, ...problems },
    },
    handler: ({ params: { portfolio }, body }) => periods.check(portfolio, body),
  })
  command(api, {
    ...operate,
    url: `${of}/periods/close`,
    summary: 'Close a period: sealed with the checklist it passes, or refused with what does not pass',
    body: closePeriod,
    run: ({ params: { portfolio }, body, context }) => periods.close(portfolio, body, context),
  })
  command(api, {
    ...operate,
    url: `${of}/periods/seal`,
    summary: 'Seal everything dated up to a day; what changes it later is a prior-period adjustment',
    body: sealPeriod,
    run: ({ params: { portfolio }, body, context }) => periods.seal(portfolio, body, context),
  })
  command(api, {
    ...operate,
    url: `${of}/periods/reopen/request`,
    summary: 'Ask to take back the newest seal, with a reason; somebody else must do it',
    body: requestReopening,
    run: ({ params: { portfolio }, body, context }) => periods.requestReopening(portfolio, body, context),
  })
  command(api, {
    ...operate,
    url: `${of}/periods/reopen`,
    summary: 'Take back the newest seal that somebody else has asked to reopen',
    body: reopenPeriod,
    run: ({ params: { portfolio }, body, context }) => periods.reopen(portfolio, body, context),
  })
  command(api, {
    ...operate,
    access: ROLES_FOR.write,
    url: `${of}/manual-entries`,
    summary: 'Prepare a manual journal entry; it is in the book once somebody else approves it',
    body: prepareEntry,
    run: ({ params: { portfolio }, body, context }) => periods.prepareEntry(portfolio, body, context),
  })
  command(api, {
    ...operate,
    url: `${of}/manual-entries/approve`,
    summary: 'Post a manual entry that somebody else has prepared',
    body: approveEntry,
    run: ({ params: { portfolio }, body, context }) => periods.approveEntry(portfolio, body, context),
  })
  command(api, {
    ...operate,
    access: ROLES_FOR.write,
    url: `${of}/manual-entries/withdraw`,
    summary: 'Take back a manual entry that is not posted',
    body: withdrawEntry,
    run: ({ params: { portfolio }, body, context }) => periods.withdrawEntry(portfolio, body, context),
  })
  reports(api, deps)
}

const date = z.iso.date()
const word = z.string().max(64).optional()
const account = z
  .string()
  .regex(/^\d{4}$/)
  .optional()

function reports(api: FastifyInstance, deps: ApiDependencies): void {
  const common = { tag, access: ROLES_FOR.read }
  for (const [at, more, query] of [
    [of, '', {}],
    ['/v1', '; all portfolios within reach', { portfolio: word }],
  ] as const) {
    read(api, deps, 'portfolios', {
      ...common,
      url: `${at}/roll-forward`,
      summary: `By security: open + buys + sells + actions + transfers = close, in units, cost and base cost${more}`,
      query: { from: date, to: date, instrument: word, ...query },
      read: ({ from, to, instrument }, page, scope) =>
        deps.readModels.rollForward(scope, { from: given(from), to: given(to), instrument, ...page }),
    })
    read(api, deps, 'portfolios', {
      ...common,
      url: `${at}/periods/adjustments`,
      summary: `Prior-period adjustments: what became known after its day was sealed, by disposal; from and to are accounting dates${more}`,
      query: { from: date.optional(), to: date.optional(), account, instrument: word, ...query },
      read: ({ from, to, account: code, instrument }, page, scope) =>
        deps.readModels.adjustments(scope, { from, to, account: code, instrument, ...page }),
    })
  }
  read(api, deps, 'portfolios', {
    ...common,
    url: `${of}/periods/restatement`,
    summary: 'Which figures of a period are other now than at its seal (or at `since`), and which event changed them',
    query: {
      through: date,
      since: z
        .string()
        .max(40)
        .optional()
        .meta({ description: "a position or an instant; default: the period's seal" }),
      account,
      instrument: word,
    },
    read: ({ through, ...filter }, page, scope) =>
      deps.readModels.restatement(scope, { ...filter, through: given(through), ...page }),
  })
}

/** The query's schema has seen to it. */
function given(value: string | undefined): string {
  return value ?? refuse({ code: 'missing-field', message: 'a date is missing', remedy: 'name it' })
}
