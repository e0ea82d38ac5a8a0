// The tax view of an owner, or of one portfolio alone: the gain report of a year with its lots, income, totals and flags.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { TaxAnswer, TaxQuestion } from '../../application/tax-views.ts'
import { type Decimal, decimalText } from '../../domain/kernel/decimal.ts'
import { refuse } from '../../domain/kernel/refusal.ts'
import { lotMethod } from '../../domain/portfolio/policy.ts'
import { ROLES_FOR, requireReach } from '../access.ts'
import { problems } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { csvOf } from '../csv.ts'
import { pageQuery, wantsCsv } from '../read-route.ts'

/** Lines of a page of JSON, unless fewer are asked for; CSV has them all. */
const LINES_MAX = 1000

const PARTS = ['lines', 'lots', 'pools', 'income', 'totals', 'flags'] as const

const taxQuery = z.strictObject({
  ...pageQuery,
  regime: z.string().max(20).meta({ description: 'US, UK, CA, DE, AT, FR or SE' }),
  year: z.string().max(9).optional().meta({ description: 'the tax year, such as 2025; default: all' }),
  effectiveAt: z.iso
    .date()
    .optional()
    .meta({ description: 'disposals through this date, lots at its end; default: the horizon' }),
  horizon: z.iso.date().optional().meta({
    description:
      'facts through this date are taken to be known, what depends on later ones is provisional; default: the day of asAt',
  }),
  lotMethod: lotMethod.optional().meta({ description: 'lots relieved by another method than the portfolios’ own' }),
  convention: z
    .string()
    .max(300)
    .optional()
    .meta({ description: 'conventions of the regime, name:value, separated by commas, such as tacking:holding-date' }),
  part: z.enum(PARTS).optional().meta({
    description: 'which rows: lines (default), lots, pools (regimes that have them), income, totals or flags',
  }),
})
type TaxQuery = z.output<typeof taxQuery>

const anyRow = z.record(z.string(), z.unknown())
const answer = z.object({
  regime: z.string(),
  currency: z.string(),
  conventions: z.record(z.string(), z.string()),
  year: z.string().nullable(),
  horizon: z.string(),
  portfolios: z.array(z.string()),
  rows: z.array(anyRow),
  next: z.string().nullable(),
  totals: z.array(anyRow),
  at: z
    .object({ position: z.string(), effectiveAt: z.string(), horizon: z.string() })
    .meta({ description: 'asked again with asAt = position, effectiveAt and horizon, the answer is the same' }),
})

export function taxRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { tax } = deps.app
  const description =
    'Designed to support a tax return, not to replace advice. Losses whose window reaches beyond the horizon are provisional.'
  api.route<{ Params: { owner: string }; Querystring: TaxQuery }>({
    method: 'GET',
    url: '/v1/owners/:owner/tax',
    config: { access: ROLES_FOR.read },
    schema: {
      tags: ['tax'],
      summary: 'Gains, income and lots of a legal owner under a tax regime, over all its portfolios',
      description,
      params: z.strictObject({ owner: z.string().max(64) }),
      querystring: taxQuery,
      response: { 200: answer, ...problems },
    },
    async handler(request, reply) {
      const { owner } = request.params
      const moment = await momentOf(deps, request.query)
      // What affiliates bought decides the owner's losses: a token without reach over them may not learn of it.
      requireReach(request, await tax.portfoliosOf(owner, moment.at))
      return answered(deps, request, reply, { owner }, moment)
    },
  })
  api.route<{ Params: { portfolio: string }; Querystring: TaxQuery }>({
    method: 'GET',
    url: '/v1/portfolios/:portfolio/tax',
    config: { access: ROLES_FOR.read },
    schema: {
      tags: ['tax'],
      summary: 'The same of one portfolio alone, as if a taxable owner held nothing else',
      description,
      params: z.strictObject({ portfolio: z.string().max(64) }),
      querystring: taxQuery,
      response: { 200: answer, ...problems },
    },
    async handler(request, reply) {
      const { portfolio } = request.params
      const moment = await momentOf(deps, request.query)
      return answered(deps, request, reply, { portfolio }, moment)
    },
  })
}

interface Moment {
  readonly at: bigint
  /** The day to which that is known. */
  readonly day: string
  readonly offset: number
  readonly horizon: string | undefined
}

/** What is known: through the cursor's position, asAt, or all there is. */
async function momentOf({ readModels, log }: ApiDependencies, { asAt, cursor }: TaxQuery): Promise<Moment> {
  if (cursor !== undefined) {
    const [, position, horizon, offset] = /^(\d{1,19})\.(\d{4}-\d\d-\d\d)\.(\d{1,9})$/.exec(cursor) ?? []
    if (position === undefined || horizon === undefined)
      refuse({
        code: 'bad-cursor',
        message: 'the cursor is none of ours',
        field: 'cursor',
        remedy: 'send `next` back as it came',
      })
    return { at: BigInt(position), day: horizon, horizon, offset: Number(offset) }
  }
  const { position, day } = await readModels.knownAt(asAt)
  return { at: position ?? (await log.lastPosition()) ?? -1n, day, offset: 0, horizon: undefined }
}

async function answered(
  { app }: ApiDependencies,
  request: FastifyRequest<{ Querystring: TaxQuery }>,
  reply: FastifyReply,
  of: TaxQuestion['of'],
  moment: Moment,
): Promise<unknown> {
  const { regime, year, convention, part = 'lines', limit, ...query } = request.query
  const horizon = moment.horizon ?? query.horizon ?? later(moment.day, query.effectiveAt)
  const effectiveAt = query.effectiveAt ?? horizon
  const { at } = moment
  const conventions = conventionsIn(convention)
  const view = await app.tax.view({
    of,
    regime,
    at,
    horizon,
    effectiveAt,
    year,
    lotMethod: query.lotMethod,
    conventions,
  })
  const rows = rowsOf(view, part)
  reply
    .header('Quipu-Position', String(at))
    .header('Cache-Control', 'private, no-cache')
    .header('Vary', 'Accept, Authorization')
  if (wantsCsv(request)) return reply.type('text/csv; charset=utf-8').send(csvOf(rows))
  const end = moment.offset + Math.min(limit === undefined ? LINES_MAX : Math.max(Number(limit), 1), LINES_MAX)
  return {
    regime: view.regime,
    currency: view.currency,
    conventions: view.conventions,
    year: year ?? null,
    horizon,
    portfolios: view.portfolios,
    rows: rows.slice(moment.offset, end),
    next: end < rows.length ? `${at}.${horizon}.${end}` : null,
    totals: view.totals.map(written),
    at: { position: String(at), effectiveAt, horizon },
  }
}

function later(day: string, other: string | undefined): string {
  return other !== undefined && other > day ? other : day
}

function conventionsIn(text: string | undefined): Record<string, string> {
  if (text === undefined || text === '') return {}
  return Object.fromEntries(
    text.split(',').map((one) => {
      const [name = '', value = ''] = one.split(':')
      return [name.trim(), value.trim()]
    }),
  )
}

function rowsOf(view: TaxAnswer, part: (typeof PARTS)[number]): readonly object[] {
  return (view[part] ?? []).map(written)
}

/** A row with its decimals as text, at every depth. */
function written(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return isDecimal(value) ? decimalText(value) : written(value)
}

function isDecimal(value: object): value is Decimal {
  return 'comparedTo' in value
}
