// Market data: prices and FX rates, single batches and NDJSON lines, corrected and withdrawn; business days closed.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import {
  closeBusinessDay,
  correctPrice,
  correctRate,
  recordPrices,
  recordRates,
  withdrawPrice,
  withdrawRate,
} from '../../application/commands/market.ts'
import { ROLES_FOR } from '../access.ts'
import { bulk } from '../bulk-route.ts'
import { command } from '../command-route.ts'
import { type ApiDependencies, contextOf } from '../context.ts'
import { read } from '../read-route.ts'

const date = z.iso.date().optional()
const word = z.string().max(64).optional()

export function marketRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { prices, rates, calendars, bulk: lines } = deps.app
  const { readModels } = deps
  const access = ROLES_FOR.reference
  command(api, {
    url: '/v1/prices',
    tag: 'prices',
    summary: 'Up to 1,000 prices of one source, date, basis and snap',
    access,
    body: recordPrices,
    run: ({ body, context }) => prices.record(body, context),
  })
  command(api, {
    url: '/v1/prices/correct',
    tag: 'prices',
    summary: 'A price that was wrong, with its cause',
    access,
    body: correctPrice,
    run: ({ body, context }) => prices.correct(body, context),
  })
  command(api, {
    url: '/v1/prices/withdraw',
    tag: 'prices',
    summary: 'A price that never was: unknown again',
    access,
    body: withdrawPrice,
    run: ({ body, context }) => prices.withdraw(body, context),
  })
  bulk(api, deps, {
    url: '/v1/prices/bulk',
    tag: 'prices',
    summary: 'Prices as NDJSON lines, a verdict a line',
    access,
    run: (request, text) => lines.prices(text, contextOf(request)),
  })
  command(api, {
    url: '/v1/rates',
    tag: 'rates',
    summary: 'Up to 1,000 FX rates of one source, fixing and date',
    access,
    body: recordRates,
    run: ({ body, context }) => rates.record(body, context),
  })
  command(api, {
    url: '/v1/rates/correct',
    tag: 'rates',
    summary: 'A rate that was wrong, with its cause',
    access,
    body: correctRate,
    run: ({ body, context }) => rates.correct(body, context),
  })
  command(api, {
    url: '/v1/rates/withdraw',
    tag: 'rates',
    summary: 'A rate that never was: what used it is pending again',
    access,
    body: withdrawRate,
    run: ({ body, context }) => rates.withdraw(body, context),
  })
  bulk(api, deps, {
    url: '/v1/rates/bulk',
    tag: 'rates',
    summary: 'FX rates as NDJSON lines, a verdict a line',
    access,
    run: (request, text) => lines.rates(text, contextOf(request)),
  })
  command(api, {
    url: '/v1/calendars/close-day',
    tag: 'calendars',
    summary: 'A business day of a calendar is over',
    access,
    body: closeBusinessDay,
    run: ({ body, context }) => calendars.close(body, context),
  })

  read(api, deps, 'shared', {
    url: '/v1/prices',
    tag: 'prices',
    summary: 'Prices as known at a position; raw, as traded',
    access: ROLES_FOR.read,
    query: { instrument: word, source: word, basis: word, snap: word, from: date, to: date },
    read: ({ instrument, source, basis, snap, from, to, asAt }, page) =>
      readModels.prices({ instrument, source, basis, snap, from, to, asAt, ...page }),
  })
  read(api, deps, 'shared', {
    url: '/v1/rates',
    tag: 'rates',
    summary: 'FX rates as known at a position: one unit of base is worth `rate` of quote',
    access: ROLES_FOR.read,
    query: { source: word, fixing: word, base: word, quote: word, from: date, to: date },
    read: ({ source, fixing, base, quote, from, to, asAt }, page) =>
      readModels.rates({ source, fixing, base, quote, from, to, asAt, ...page }),
  })
}
