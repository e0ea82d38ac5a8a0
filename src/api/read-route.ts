// How a read becomes a route: the two times and paging in the query, the answer stamped with what it was made from, ETag and CSV.
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { canonicalJson } from '../domain/kernel/canonical-json.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import type { Role } from '../platform/auth.ts'
import type { AnsweredAt, ReadScope } from '../projections/read/point.ts'
import { problems } from './command-route.ts'
import { type ApiDependencies, principalOf } from './context.ts'
import { csvOf } from './csv.ts'

/** Longest wait for a read model to reach `minPosition`, in milliseconds. */
const WAIT_MS_MAX = 5_000

const position = z.string().regex(/^\d{1,19}$/, 'a log position is digits')

/** Taken by every read. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'a number from 1 to 1000')
    .optional()
    .meta({ description: 'rows of a page, 1 to 1000; default 200' }),
  cursor: z.string().max(2000).optional().meta({ description: '`next` of the page before' }),
  minPosition: position.optional().meta({
    description: 'wait (up to 5 s) until this position is projected; the header Quipu-Position does the same',
  }),
  asAt: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'what was known then: a log position or an instant; default: now' }),
}

/** Taken by reads of portfolios. */
export const scopeQuery = {
  ...pageQuery,
  effectiveAt: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'a date (to its end) or an instant; default: all recorded, future dates included' }),
  view: z.enum(['trade', 'settlement']).optional(),
  basis: z.enum(['economic', 'accounting']).optional(),
  sleeve: z.string().max(64).optional(),
}

export const portfolioParams = z.strictObject({ portfolio: z.string().max(64) })

/** What an answer was made from. */
export const answeredAt = z
  .object({
    position: z.string(),
    lanePosition: z.string(),
    generation: z.number(),
    bookVersion: z.string(),
    effectiveAt: z.string().nullable(),
  })
  .meta({
    id: 'AnsweredAt',
    description: 'asked again with asAt = position, under the same bookVersion, the answer is identical',
  })

const anyRow = z.record(z.string(), z.unknown())

interface Rows {
  readonly rows: readonly object[]
  readonly next: string | null
  readonly at: AnsweredAt
}

type Paging = { readonly limit?: number; readonly cursor?: string }

export interface ReadRoute<Q extends z.ZodRawShape> {
  readonly url: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly access: readonly Role[]
  /** See FastifyContextConfig. */
  readonly whole?: boolean
  readonly query: Q
  /** It looks at prices, rates or instruments too: wait for the shared read models as well. */
  readonly shared?: boolean
  read(
    input: Readonly<Record<string, string | undefined>>,
    page: Paging,
    scope: ReadScope,
    request: FastifyRequest,
  ): Promise<Rows>
}

/** Registers a read: `kind` says whether it is about portfolios (scope, two times) or about shared data. */
export function read<Q extends z.ZodRawShape>(
  api: FastifyInstance,
  deps: ApiDependencies,
  kind: 'portfolios' | 'shared',
  route: ReadRoute<Q>,
): void {
  const named = route.url.includes(':portfolio')
  const common = kind === 'portfolios' ? scopeQuery : pageQuery
  api.route<{ Params: Record<string, string>; Querystring: Record<string, string | undefined> }>({
    method: 'GET',
    url: route.url,
    config: { access: route.access, ...(route.whole === true ? { whole: true } : {}) },
    schema: {
      tags: [route.tag],
      summary: route.summary,
      ...(route.description === undefined ? {} : { description: route.description }),
      ...(named ? { params: portfolioParams } : {}),
      querystring: z.strictObject({ ...common, ...route.query }),
      response: {
        200: z.object({ rows: z.array(anyRow), next: z.string().nullable(), at: answeredAt }),
        ...problems,
      },
    },
    async handler(request, reply) {
      const { limit, cursor, minPosition, effectiveAt, asAt, view, basis, sleeve, ...filter } = request.query
      const portfolios = kind === 'shared' ? null : portfoliosOf(request, filter)
      await awaited(deps, request, kind === 'shared' ? 'shared' : (portfolios ?? 'all'), minPosition)
      if (route.shared === true) await awaited(deps, request, 'shared', minPosition)
      const scope = definedOnly({ effectiveAt, asAt, view, basis, sleeve })
      const page = definedOnly({ limit: limit === undefined ? undefined : Number(limit), cursor })
      const answer = await route.read(
        { ...filter, asAt },
        page as Paging,
        { portfolios, ...scope } as ReadScope,
        request,
      )
      return send(request, reply, answer)
    },
  })
}

/** The portfolios a read is about: the one of the path, else all within the token's reach. */
function portfoliosOf(
  request: FastifyRequest<{ Params: Record<string, string> }>,
  filter: { readonly portfolio?: string | undefined },
): readonly string[] | null {
  const named = request.params.portfolio ?? filter.portfolio
  const { portfolios } = principalOf(request)
  if (named === undefined) return portfolios === '*' ? null : portfolios
  if (portfolios !== '*' && !portfolios.includes(named))
    refuse({
      code: 'portfolio-not-granted',
      message: `this token has no reach over portfolio ${named}`,
      field: 'portfolio',
      remedy: 'use a token whose scope holds the portfolio',
    })
  return [named]
}

/** Waits until what the caller has written is there to be read. */
async function awaited(
  { readModels }: ApiDependencies,
  request: FastifyRequest,
  about: readonly string[] | 'all' | 'shared',
  minPosition: string | undefined,
): Promise<void> {
  const header = request.headers['quipu-position']
  const wanted = minPosition ?? (typeof header === 'string' ? header : undefined)
  if (wanted === undefined) return
  const parsed = position.safeParse(wanted)
  if (!parsed.success)
    refuse({
      code: 'bad-position',
      message: 'Quipu-Position holds no log position',
      field: 'Quipu-Position',
      remedy: 'send back the one that a command answered with',
    })
  await readModels.awaitPosition(about, BigInt(wanted), WAIT_MS_MAX)
}

/** Answers with a strong validator over what was asked and what the answer was made from. */
function send(request: FastifyRequest, reply: FastifyReply, answer: Rows): unknown {
  const csv = wantsCsv(request)
  // Two representations of one answer are not byte for byte the same, which a strong validator promises.
  const made = canonicalJson({ url: request.url, csv, scope: scopeText(request), at: { ...answer.at } })
  const etag = `"${createHash('sha256').update(made).digest('base64url')}"`
  reply.header('ETag', etag).header('Quipu-Position', answer.at.position).header('Cache-Control', 'private, no-cache')
  reply.header('Vary', 'Accept, Authorization')
  if (matches(request.headers['if-none-match'], etag)) {
    reply.code(304)
    return reply.send()
  }
  if (csv) {
    if (answer.next !== null) reply.header('Quipu-Next', answer.next)
    return reply.type('text/csv; charset=utf-8').send(csvOf(answer.rows))
  }
  return answer
}

/** RFC 9110, 13.1.2: a list of validators, compared weakly, or `*`. */
function matches(header: string | undefined, etag: string): boolean {
  const given = (header ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''))
  return given.includes(etag) || given.includes('*')
}

function scopeText(request: FastifyRequest): string {
  const { portfolios } = principalOf(request)
  return portfolios === '*' ? '*' : [...portfolios].sort().join(',')
}

/** Whether the caller asked for CSV. */
export function wantsCsv(request: FastifyRequest): boolean {
  const { accept = '' } = request.headers
  return /(^|,)\s*text\/csv\b/.test(accept)
}

function definedOnly<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>
}
