// What the book says: positions, lots, cash, gains, journal, at any effective date, as known at any position.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { AnsweredAt, ReadScope } from '../../projections/read/point.ts'
import { ROLES_FOR } from '../access.ts'
import type { ApiDependencies } from '../context.ts'
import { read } from '../read-route.ts'

const word = z.string().max(64).optional()
const long = z.string().max(600).optional()
const date = z.iso.date().optional()

interface BookRead {
  readonly path: string
  readonly summary: string
  readonly query: z.ZodRawShape
  readonly shared?: boolean
  rows(
    input: Readonly<Record<string, string | undefined>>,
    page: { readonly limit?: number; readonly cursor?: string },
    scope: ReadScope,
  ): Promise<{ readonly rows: readonly object[]; readonly next: string | null; readonly at: AnsweredAt }>
}

export function bookRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { readModels } = deps
  const reads: readonly BookRead[] = [
    {
      path: 'positions',
      summary: 'Positions: units and cost by sleeve, custody account, instrument and side',
      query: { instrument: word },
      rows: ({ instrument }, page, scope) => readModels.positions(scope, { instrument, ...page }),
    },
    {
      path: 'lots',
      summary: 'Open lots with their cost, dates and origin',
      query: { instrument: word },
      rows: ({ instrument }, page, scope) => readModels.lots(scope, { instrument, ...page }),
    },
    {
      path: 'cash',
      summary: 'Cash by account and currency, with its cost in base',
      query: { currency: word },
      rows: ({ currency }, page, scope) => readModels.cash(scope, { currency, ...page }),
    },
    {
      path: 'cash-ladder',
      summary:
        'Cash by account, currency and value date: settled, unsettled, projected, from the day it stands on (effectiveAt)',
      query: { currency: word, cashAccount: word },
      rows: ({ currency, cashAccount }, page, scope) =>
        readModels.cashLadder(scope, { currency, cashAccount, ...page }),
    },
    {
      path: 'settlements',
      summary: 'Settlements by fill: pending, failed with their age, in part, settled; all but settled unless asked',
      query: {
        status: z.enum(['pending', 'failed', 'partial', 'failing', 'settled']).optional(),
        from: date,
        to: date,
      },
      rows: ({ status, from, to }, page, scope) => readModels.settlements(scope, { status, from, to, ...page }),
    },
    {
      path: 'margin',
      summary: 'Margin by Regulation T and FINRA rule 4210 at recorded prices: equity, requirements, excess, the call',
      query: {},
      shared: true,
      rows: (_, page, scope) => readModels.margin(scope, page),
    },
    {
      path: 'available-to-sell',
      summary: 'Units that may be sold: held, less open sell orders',
      query: { instrument: word },
      rows: ({ instrument }, page, scope) => readModels.availableToSell(scope, { instrument, ...page }),
    },
    {
      path: 'activity',
      summary: 'What was recorded, as it now stands: facts with their status',
      query: {
        fact: long,
        kind: word,
        status: word,
        instrument: word,
        source: word,
        execId: word,
        order: word,
        from: date,
        to: date,
      },
      rows: ({ fact, kind, status, instrument, source, execId, order, from, to }, page, scope) =>
        readModels.activity(scope, { fact, kind, status, instrument, source, execId, order, from, to, ...page }),
    },
    {
      path: 'journal',
      summary: 'The journal: double-entry postings, append-only in knowledge',
      query: {
        entry: long,
        account: z
          .string()
          .regex(/^\d{4}$/)
          .optional(),
        instrument: word,
        lot: long,
        from: date,
        to: date,
      },
      rows: ({ entry, account, instrument, lot, from, to }, page, scope) =>
        readModels.journal(scope, {
          entry,
          account: account === undefined ? undefined : Number(account),
          instrument,
          lot,
          from,
          to,
          ...page,
        }),
    },
    {
      path: 'disposals',
      summary: 'Realised gains: one row a lot relieved, price and FX parts',
      query: { instrument: word, fact: long, from: date, to: date },
      rows: ({ instrument, fact, from, to }, page, scope) =>
        readModels.disposals(scope, { instrument, fact, from, to, ...page }),
    },
    {
      path: 'trial-balance',
      summary: 'The trial balance: every account, zero in all',
      query: {},
      rows: (_, page, scope) => readModels.trialBalance(scope, page),
    },
    {
      path: 'breaks',
      summary: 'What needs a person',
      query: { code: word },
      rows: ({ code }, page, scope) => readModels.breaks(scope, { code, ...page }),
    },
  ]
  for (const { path, summary, query, rows, shared = false } of reads) {
    const route = { tag: 'book', access: ROLES_FOR.read, read: rows, shared }
    read(api, deps, 'portfolios', { ...route, url: `/v1/portfolios/:portfolio/${path}`, summary, query })
    read(api, deps, 'portfolios', {
      ...route,
      url: `/v1/${path}`,
      summary: `${summary}; all portfolios within reach`,
      query: { ...query, portfolio: word },
    })
  }
}
