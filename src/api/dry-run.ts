// `dryRun=true` on a command: nothing is recorded, and the answer says what would change, before and after.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { DryRun } from '../application/dry-run.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import type { Preview } from '../application/preview.ts'
import { type ApiDependencies, principalOf } from './context.ts'

/** Taken by every command that can be tried out. */
export const dryRunQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: nothing is recorded; the answer is a Preview of what would change' }),
})

const amounts = z.object({ units: z.string(), local: z.string(), base: z.string().nullable() }).nullable()
const change = (of: z.ZodRawShape) =>
  z.object({ ...of, before: amounts, after: amounts, because: z.array(z.string()).meta({ description: 'entries' }) })
const figure = change({
  account: z.number(),
  sleeve: z.string(),
  cashAccount: z.string().nullable(),
  instrument: z.string().nullable(),
  currency: z.string(),
})
const lot = change({
  sleeve: z.string(),
  custodyAccount: z.string(),
  instrument: z.string(),
  side: z.enum(['long', 'short']),
  lot: z.string(),
  currency: z.string(),
})
const gain = z.record(z.string(), z.unknown()).nullable()
const seal = z.object({ seal: z.string(), through: z.string() })

/** What a dry run answers. */
export const previewAnswer = z
  .object({
    dryRun: z.literal(true),
    position: z.string().meta({ description: 'the end of the log that it was worked out at' }),
    records: z
      .array(z.object({ stream: z.string(), type: z.string(), data: z.unknown() }))
      .meta({ description: 'what would be recorded; empty when nothing would' }),
    warnings: z.array(z.unknown()),
    verdicts: z.array(z.unknown()).optional().meta({ description: 'of lines: what would become of each' }),
    portfolios: z.array(
      z.object({
        portfolio: z.string(),
        lots: z.array(lot),
        balances: z.array(figure),
        gains: z.array(z.object({ disposal: z.string(), before: gain, after: gain })),
        closedPeriods: z
          .array(z.object({ ...seal.shape, figures: z.array(figure) }))
          .meta({ description: 'by seal, the figures it was closed with that would be restated' }),
        sealed: z.array(seal),
        reopened: z.array(seal),
        breaksOpened: z.array(z.unknown()),
        breaksClosed: z.array(z.unknown()),
      }),
    ),
    unseen: z.number().meta({ description: 'portfolios concerned outside the reach of the token' }),
  })
  .meta({ id: 'Preview' })

/** Whether a request asks for a dry run. */
export function asksForDryRun(request: FastifyRequest): boolean {
  const { query } = request
  return typeof query === 'object' && query !== null && 'dryRun' in query && query.dryRun === 'true'
}

const applications = new WeakMap<FastifyInstance, ApiDependencies['app']>()

/** Lets commands be tried out, and refuses `dryRun` where it would be passed over and the command recorded. */
export function installDryRun(api: FastifyInstance, { app }: Pick<ApiDependencies, 'app'>): void {
  applications.set(api, app)
  api.addHook('preValidation', async (request) => {
    const { query } = request
    if (typeof query !== 'object' || query === null || !('dryRun' in query)) return
    if (request.routeOptions.config.dryRun === true || request.is404) return
    refuse({
      code: 'no-dry-run',
      message: 'this route cannot be tried out',
      field: 'dryRun',
      remedy: 'leave it out; commands on portfolios, instruments, transfers, prices and rates can be',
    })
  })
}

/** What the dry run would change, as far as the sender may see. */
export async function previewOf(
  api: FastifyInstance,
  request: FastifyRequest,
  dry: DryRun,
  said: { readonly warnings: readonly unknown[]; readonly verdicts?: readonly unknown[] },
): Promise<object> {
  const app = applications.get(api)
  if (app === undefined) throw new Error('dry runs were not installed')
  const { portfolios } = principalOf(request)
  const preview: Preview = await app.previews.of(dry, (id) => portfolios === '*' || portfolios.includes(id))
  return {
    dryRun: true,
    position: String(preview.position),
    records: preview.records,
    ...said,
    portfolios: preview.portfolios.map(({ lots, balances, closed, ...rest }) => ({
      ...rest,
      lots: lots.map(flat),
      balances: balances.map(flat),
      closedPeriods: closed.map(({ seal: of, figures }) => ({ ...of, figures: figures.map(flat) })),
    })),
    unseen: preview.unseen,
  }
}

function flat<Of extends object>({ of, ...change }: { readonly of: Of }): Of {
  return { ...of, ...change }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether `dryRun=true` is understood. */
    dryRun?: boolean
  }
}
