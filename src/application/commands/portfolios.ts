// What a caller sends to open, change and close a portfolio, seal its periods, and identify lots. Unknown fields are refused.
import { z } from 'zod'
import { dateText, idText, shortText, tenantIdText } from '../../domain/kernel/schemas.ts'
import { cashAccount, portfolioEvents } from '../../domain/portfolio/events.ts'
import { policy } from '../../domain/portfolio/policy.ts'

const opened = portfolioEvents.PortfolioOpened.shape

/** Policies as given: what a portfolio must decide has no default; what the rest of the world would assume has. */
const policyGiven = z.strictObject({
  ...policy.shape,
  defaultMethod: policy.shape.defaultMethod.default('fifo'),
  selection: policy.shape.selection.default('reflow'),
  reliefScope: policy.shape.reliefScope.default('sleeve-account'),
  costs: policy.shape.costs.default({}),
  gainConvention: policy.shape.gainConvention.default('closing-rate'),
  settlement: policy.shape.settlement.default('contractual'),
  taxRegime: policy.shape.taxRegime.default('none'),
})

export const openPortfolio = z.strictObject({
  portfolio: tenantIdText,
  baseCurrency: opened.baseCurrency,
  openedOn: dateText,
  owner: idText.optional(),
  policy: policyGiven,
  sleeves: opened.sleeves.max(1000).default(['main']),
  custodyAccounts: opened.custodyAccounts.max(1000).default(['main']),
  cashAccounts: z
    .array(cashAccount)
    .min(1)
    .max(1000)
    .default([
      { id: 'main', kind: 'cash' },
      { id: 'margin', kind: 'margin' },
    ]),
  /** Absent: the first of each; for margin the first margin account, else the cash account. */
  defaults: opened.defaults.partial().default({}),
})
export type OpenPortfolio = z.output<typeof openPortfolio>

export const addPlaces = z.strictObject({
  sleeves: z.array(idText).max(1000).default([]),
  custodyAccounts: z.array(idText).max(1000).default([]),
  cashAccounts: z.array(cashAccount).max(1000).default([]),
})
export type AddPlaces = z.output<typeof addPlaces>

export const closePortfolio = z.strictObject({ closedOn: dateText, reason: shortText.optional() })
export type ClosePortfolio = z.output<typeof closePortfolio>

/** Without `ref` the date names the seal. */
export const sealPeriod = z.strictObject({ ref: idText.optional(), through: dateText })
export type SealPeriod = z.output<typeof sealPeriod>

export const reopenPeriod = z.strictObject({ ref: idText, reason: shortText })
export type ReopenPeriod = z.output<typeof reopenPeriod>
