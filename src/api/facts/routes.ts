// Every fact but a fill: cash, fees, interest, taxes, receipts, FX, openings, chosen lots, policies; corrected and cancelled by name.
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import {
  cancelFact,
  type FactCommand,
  type FactKind,
  factCommands,
  isPolicyFact,
  POLICY_KINDS,
} from '../../application/commands/facts.ts'
import { ROLES_FOR, requireRole } from '../access.ts'
import { command } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { portfolioParams } from '../read-route.ts'

const of = '/v1/portfolios/:portfolio'

/** Where each kind lives, and what it is called. */
const PATHS: Readonly<Record<FactKind, readonly [path: string, tag: string, summary: string]>> = {
  contribution: ['cash/contributions', 'cash', 'Money put into the portfolio'],
  withdrawal: ['cash/withdrawals', 'cash', 'Money taken out of the portfolio'],
  fee: ['cash/fees', 'cash', 'A fee paid'],
  'interest-received': ['cash/interest-received', 'cash', 'Interest received on a cash account'],
  'interest-paid': ['cash/interest-paid', 'cash', 'Interest paid on a cash account'],
  tax: ['cash/taxes', 'cash', 'A tax paid'],
  receipt: ['cash/receipts', 'cash', 'Money that arrived: clears what it settles, is income, or waits in suspense'],
  'cash-transfer': ['cash/transfers', 'cash', 'Money moved between two cash accounts or sleeves of the portfolio'],
  fx: ['fx', 'fx', 'An exchange of currencies'],
  opening: ['openings', 'openings', 'Opening balances: cash and lots with their history'],
  'fee-schedule': ['fees/schedules', 'fees', 'How a fee that depends on value is charged'],
  'fee-accrual': [
    'fees/accruals',
    'fees',
    'What a schedule charges on the net asset value struck before, with its inputs',
  ],
  'fee-invoice': ['fees/invoices', 'fees', 'An invoice: trues up what accrued, and is paid'],
  option: ['options', 'options', 'An option exercised, assigned or expired'],
  lots: ['lots-identified', 'lots', 'The lots a sale relieves, chosen by the client or an algorithm'],
  election: ['elections', 'corporate actions', 'A choice among the options of a corporate action'],
  policy: ['policies', 'portfolios', 'A change of policy from a date on'],
  'interest-terms': ['interest-terms', 'cash', 'Interest on one currency of a cash account from a date on, in bands'],
  'borrow-rate': ['borrow-rates', 'cash', 'What borrowing an instrument sold short costs from a date on'],
  'borrow-price': ['borrow-prices', 'cash', "The price that one day's borrow fee is charged on"],
  'margin-terms': ['margin-terms', 'margin', "The house's margin rates from a date on"],
  'settlement-fail': ['settlements/failed', 'settlement', 'A fill that did not settle on its date'],
  settlement: ['settlements/confirmed', 'settlement', 'A fill that settled, whole or in part'],
}

export function factRoutes(api: FastifyInstance, { app: { facts } }: ApiDependencies): void {
  const params = portfolioParams
  const register = <K extends FactKind>(kind: K): void => {
    const [path, tag, summary] = PATHS[kind]
    // The pair of a kind and the output of that kind's own schema is a FactCommand; TypeScript cannot correlate the two.
    const commandOf = (body: z.output<(typeof factCommands)[K]>): FactCommand => ({ kind, body }) as FactCommand
    const schema = factCommands[kind]
    // How a portfolio keeps its books is not the OMS's to change: a policy re-flows every lot from its date on.
    const access = POLICY_KINDS.has(kind) ? ROLES_FOR.operate : ROLES_FOR.write
    command(api, {
      url: `${of}/${path}`,
      tag,
      summary,
      access,
      params,
      body: schema,
      run: ({ params: { portfolio }, body, context }) =>
        facts.record(portfolio, commandOf(body as z.output<typeof schema>), context),
    })
    command(api, {
      url: `${of}/${path}/correct`,
      tag,
      summary: `${summary}: the newest terms, whole`,
      access,
      params,
      body: schema,
      run: ({ params: { portfolio }, body, context }) =>
        facts.correct(portfolio, commandOf(body as z.output<typeof schema>), context),
    })
  }
  for (const kind of Object.keys(factCommands)) register(kind as FactKind)
  command(api, {
    url: `${of}/facts/cancel`,
    tag: 'activity',
    summary: 'A fact that never was (any but a fill, which is busted); a change of policy only by an operator',
    access: ROLES_FOR.write,
    params,
    body: cancelFact,
    run: ({ params: { portfolio }, body, context, request }) => {
      if (isPolicyFact(body.fact)) requireRole(request, ROLES_FOR.operate)
      return facts.cancel(portfolio, body, context)
    },
  })
}
